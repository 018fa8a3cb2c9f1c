"""Bodies are written as ElementTree would write them, whatever stands in a field."""

from __future__ import annotations

from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest

from cdsync.connectors.prestashop.webservice import xml

VALUES = ("", "Élise & fils", "<b>", "]]>", "&amp;", "a\nb\tc", "\ud800", "𝔘", 7, 0, Decimal("12.500000"), '"', "'")


def by_element_tree(value: object) -> bytes:
    root = ET.Element("prestashop")
    for _ in range(2):
        cart = ET.SubElement(root, "cart")
        ET.SubElement(cart, "name").text = str(value)
        row = ET.SubElement(ET.SubElement(ET.SubElement(cart, "associations"), "cart_rows"), "cart_row")
        ET.SubElement(row, "id_product").text = str(value)
        ET.SubElement(row, "quantity").text = "2"
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


@pytest.mark.parametrize("value", VALUES)
def test_a_field_is_written_so_that_it_is_read_the_same(value):
    rows = {"cart_rows": [{"id_product": value, "quantity": 2}]}
    assert xml.body("carts", [{"name": value, "associations": rows}] * 2) == by_element_tree(value)


def test_lists_without_rows_and_entities_without_fields_are_empty_elements():
    assert xml.body("addresses", [{"associations": {"cart_rows": []}}, {}]).endswith(
        b"<prestashop><address><associations><cart_rows /></associations></address><address /></prestashop>"
    )

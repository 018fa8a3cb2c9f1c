"""A value from an order never changes what a question asks: the row that has it is found, and no other is taken."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdsync.connectors.prestashop.webservice import filters
from cdsync.connectors.prestashop.webservice.access import Access
from cdsync.connectors.prestashop.webservice.client import Webservice
from cdsync.sandbox.prestashop import PrestaShopSandbox
from cdsync.sandbox.prestashop.webservice.filter_grammar import condition
from tests.connectors.prestashop.shop import Kept, connector, draft, failure, line, one, rehearsal_shop, run

ODD = [
    "A[B]", "[x]", "A|B", "|A", "|", "1,5", "12.50,13", "a<b>c", "x<y", "50%", "5_0", "A\\B", "~[A]", "!A", ">[1]",
    "%[A]%", "é|è", "]", "[", "A]B[", "a\"b'c", "a`b", "a&b=c#d", "a+b", "tab\there", "deux  blancs", "A^B", "😀[1]",
]  # fmt: skip
SIGNS = st.text(st.sampled_from(list("bX1ù ,.|[]<>%_~!\\\"'&+#`-\t")), min_size=1, max_size=8)


@pytest.fixture(scope="module")
def running() -> Iterator[PrestaShopSandbox]:
    with rehearsal_shop() as shop:
        for number in range(40):
            shop.add_product(f"PLAIN-{number}", "Bol", Decimal(5))
        for sku in ODD:
            shop.add_product(sku, "Bol", Decimal(5), stock=9)
        yield shop


@pytest.fixture
def shop(running: PrestaShopSandbox) -> Iterator[PrestaShopSandbox]:
    clean = running.snapshot()
    yield running
    running.restore(clean)
    running.server.log.clear()


def finds(term: filters.Term, text: str) -> bool:
    """Whether PrestaShop's own reading of the term finds a row with this text; no filter at all would find any."""
    asked = condition(term.text)
    assert asked is not None, f"{term.text!r} is no filter: the shop would answer every row"
    return asked.check(number=False)(text)


@settings(max_examples=400)
@given(st.lists(SIGNS, min_size=1, max_size=6))
def test_whatever_signs_values_are_made_of_each_is_found_and_nothing_far_from_them(values: list[str]) -> None:
    terms = list(filters.any_of(values))

    for value in values:
        assert any(finds(term, value) for term in terms)
    if all(any(sign.isalnum() for sign in value) for value in values):
        assert not any(finds(term, "Nothing of the kind") for term in terms)


@given(SIGNS, SIGNS)
def test_what_begins_like_a_value_is_found_whatever_signs_it_has(value: str, rest: str) -> None:
    assert finds(filters.begins(value), value + rest)


def test_only_numbers_and_times_are_asked_for_what_is_above_them() -> None:
    assert filters.above("2026-11-23 12:00:00").text == ">[2026-11-23 12:00:00]"
    with pytest.raises(ValueError, match="neither"):
        filters.above("1] OR [")


@pytest.mark.parametrize("value", ODD)
def test_rows_of_an_odd_value_are_few_and_it_is_among_them(shop: PrestaShopSandbox, value: str) -> None:
    ws = Webservice(shop.url, Access(shop.key), Kept())
    rows = [row["reference"] for row in ws.rows_where("products", "reference", [value], display="[id,reference]")]

    assert value in rows
    assert len(rows) < 12 or value == "[", "asked no wider than by the shape of the value"


@pytest.mark.parametrize("sku", ODD)
def test_a_sku_of_any_signs_is_the_product_that_has_it(shop: PrestaShopSandbox, sku: str) -> None:
    one(run(connector(shop), draft(lines=(line(sku, 1, "9.99"),))))

    (row,) = shop.rows("order_details")
    assert row["product_reference"] == sku


@pytest.mark.parametrize("sku", ["PLAIN[1]", "PLAIN-1|PLAIN-2", "1,40", "PLAIN-1<", "%", "!", "[[", "PLAIN_1"])
def test_a_sku_the_shop_does_not_have_is_no_other_product(shop: PrestaShopSandbox, sku: str) -> None:
    error = failure(run(connector(shop), draft(lines=(line(sku, 1, "9.99"),)))).error

    assert error.code == "product.unknown"


@pytest.mark.parametrize("ref", ["26[11]23", "26|11", "26,11", "2611<23", "%", "26\\11"])
def test_an_order_of_any_number_is_found_again_and_made_once(shop: PrestaShopSandbox, ref: str) -> None:
    made = one(run(connector(shop), draft(ref)))
    again = one(run(connector(shop), draft(ref)))

    assert (again.adopted, again.order.shop_ref) == (True, made.order.shop_ref)
    assert len(shop.rows("orders")) == 1
    assert [found.shop_ref for found in connector(shop).find_orders(payment_texts=[f"Cdiscount {ref}"])] == ["1"]

"""A filter's text means to the rehearsal's shop what it means to PrestaShop: SQLUtils::getSQLRetrieveFilter."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from urllib.parse import quote

import pytest
from prestashop_client import ShopClient

from cdsync.sandbox.prestashop import PrestaShopSandbox

REFERENCES = ("A", "B", "A|B", "|A", "A[1]", "A]", "1,5", "3", "a<b", "É-1", "50%", "5_0", "A\\B", "a<")
EVERY = list(REFERENCES)


@pytest.fixture(scope="module")
def client() -> Iterator[ShopClient]:
    shop = PrestaShopSandbox(demo=False).start()
    for reference in REFERENCES:
        shop.add_product(reference, "Bol", Decimal(1))
    yield ShopClient(shop)
    shop.stop()


@pytest.mark.parametrize(
    ("term", "found"),
    [
        ("[A]", ["A"]),
        ("A", ["A"]),
        ("[A|B]", ["A", "B"]),
        ("[|A]", ["|A"]),  # a bar that comes first makes no list
        ("[|A|B]", []),
        ("[A]]", ["A]"]),
        ("[A[1]]", EVERY),  # an unknown sign before the last bracket: no filter at all
        ("[B|A[1]]", EVERY),
        ("~[A]", EVERY),
        ("[1,5]", ["1,5", "3"]),  # an interval
        ("[5,1]", ["1,5", "3"]),
        ("[1,5|1,5]", ["1,5"]),
        ("[a<b]", ["A"]),  # tags are stripped, closed or not
        ("[a< b]", []),
        ("[é-1]", ["É-1"]),
        ("[e-1]", ["É-1"]),
        ("[A ]", ["A"]),
        ("[50%]", ["50%"]),
        ("[5_]%", ["50%", "5_0"]),
        ("[5\\_]%", ["5_0"]),
        ("%[B]", ["B", "A|B", "a<b", "A\\B"]),
        ("![A|B]", [one for one in EVERY if one not in ("A", "B")]),
        ("[A\n]", []),  # a line break: the brackets are looked for as well
    ],
)
def test_a_filter_is_read_as_prestashop_reads_it(client: ShopClient, term: str, found: list[str]) -> None:
    rows = client.get(f"products?display=[id,reference]&filter[reference]={quote(term)}").entities

    assert [row["reference"] for row in rows] == found


def test_a_text_asked_of_a_number_is_the_number_it_begins_with(client: ShopClient) -> None:
    assert [row["id"] for row in client.get("products?display=[id]&filter[id]=[2abc|x]").entities] == ["2"]

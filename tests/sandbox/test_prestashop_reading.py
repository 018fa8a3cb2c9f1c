"""Lists, filters, chosen fields and formats of the rehearsal's PrestaShop."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal

import pytest
from prestashop_client import ShopClient

from cdsync.sandbox.prestashop import Combination, PrestaShopSandbox


@pytest.fixture(scope="module")
def client() -> Iterator[ShopClient]:
    shop = PrestaShopSandbox(demo=False).start()
    for number, name in enumerate(("Bol bleu", "Bol rouge", "Carafe", "Assiette", "Tasse"), start=1):
        shop.add_product(f"SKU-{number}", name, Decimal(number), ean13=f"376000000000{number}")
    shop.add_product(
        "TEE", "T-shirt", Decimal(10), combinations=[Combination("TEE-S", "S", 3), Combination("TEE-M", "M", 4)]
    )
    yield ShopClient(shop)
    shop.stop()


def ids(client: ShopClient, query: str) -> list[str]:
    return [one["id"] for one in client.get(f"products?display=[id]&{query}").entities]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("filter[reference]=[SKU-2]", ["2"]),
        ("filter[reference]=[sku-2|SKU-4]", ["2", "4"]),
        ("filter[id]=[2,4]", ["2", "3", "4"]),
        ("filter[id]=>[4]", ["5", "6"]),
        ("filter[id]=<[3]", ["1", "2"]),
        ("filter[reference]=![SKU-1|TEE]", ["2", "3", "4", "5"]),
        ("filter[reference]=%25[KU]%25", ["1", "2", "3", "4", "5"]),
        ("filter[reference]=[T]%25", ["6"]),
        ("filter[reference]=%25[5]", ["5"]),
        ("filter[price]=[2]", ["2"]),
        ("filter[name]=[Carafe]", ["3"]),
        ("filter[ean13]=[3760000000003]", ["3"]),
        ("sort=[id_DESC]&limit=2", ["6", "5"]),
        ("limit=1,2", ["2", "3"]),
        ("limit=abc", []),
    ],
)
def test_filters_sort_and_limit_choose_the_rows(client: ShopClient, query: str, found: list[str]) -> None:
    assert ids(client, query) == found


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("filter[colour]=[1]", 32),
        ("filter[quantity]=[1]", 34),
        ("display=[id,colour]", 35),
        ("sort=[colour_ASC]", 38),
        ("filter[date_upd]=>[2026-01-01 00:00:00]".replace(" ", "%20"), 32),
        ("schema=full", 28),
    ],
)
def test_a_bad_question_is_refused_and_php_warnings_make_it_a_500(client: ShopClient, query: str, code: int) -> None:
    answer = client.get(f"products?{query}")
    assert (answer.status, answer.codes) == (500, [code, 3, 3, 3, 3])


def test_dates_are_filtered_with_date_1(client: ShopClient) -> None:
    assert len(ids(client, "filter[date_upd]=>[2026-01-01%2000%3A00%3A00]&date=1")) == 6
    assert ids(client, "filter[date_add]=[2000-01-01,2001-01-01]&date=1") == []


def test_a_list_without_display_gives_ids_with_addresses(client: ShopClient) -> None:
    listed = client.get("products?limit=1").xml[0][0]
    assert (listed.tag, listed.get("id")) == ("product", "1")
    assert listed.get("{http://www.w3.org/1999/xlink}href") == f"{client.shop.url}/api/products/1"


def test_an_empty_list_is_an_array_in_json_and_an_empty_element_in_xml(client: ShopClient) -> None:
    nothing = "products?filter[reference]=[NONE]&display=full"
    assert json.loads(client.get(nothing + "&output_format=JSON").body) == []
    assert client.get(nothing).entities == []


def test_an_unknown_id_is_404_with_an_empty_body_and_no_type(client: ShopClient) -> None:
    answer = client.get("products/999")
    assert (answer.status, answer.body, answer.headers.get("content-type")) == (404, b"", None)


def test_a_product_shows_its_combinations_and_their_stock_rows(client: ShopClient) -> None:
    product = client.get("products/6").xml[0]
    combinations = [one.text for one in product.iterfind("associations/combinations/combination/id")]
    assert combinations == ["1", "2"]
    stock = client.get("stock_availables?filter[id_product]=[6]&display=full").entities
    assert [(one["id_product_attribute"], one["quantity"]) for one in stock] == [("0", "7"), ("1", "3"), ("2", "4")]


def test_the_shop_computes_a_price_for_a_country(client: ShopClient) -> None:
    answer = client.get(
        "products/3?price[ti][use_tax]=1&price[ti][country]=8&price[ti][decimals]=6&price[te][use_tax]=0"
    )
    product = answer.entities[0]
    assert (product["ti"], product["te"]) == ("3.600000", "3.000000")


def test_a_resource_prestashop_does_not_have_is_not_there(client: ShopClient) -> None:
    assert client.get("modules").status == 400

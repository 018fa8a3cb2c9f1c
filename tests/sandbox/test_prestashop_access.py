"""Who may do what on the rehearsal's PrestaShop, and what it says to those who may not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from prestashop_client import ShopClient, customer_fields, entity

from cdsync.sandbox.prestashop import PrestaShopSandbox

READER = "R" * 32
OFF = "O" * 32


@pytest.fixture(scope="module")
def shop() -> Iterator[PrestaShopSandbox]:
    sandbox = PrestaShopSandbox(demo=False).start()
    sandbox.add_key(READER, {"customers": {"GET"}})
    sandbox.add_key(OFF, active=False)
    yield sandbox
    sandbox.stop()


@pytest.mark.parametrize(
    ("key", "method", "path", "status", "codes"),
    [
        ("X" * 32, "GET", "customers", 401, [20, 21]),
        (OFF, "GET", "customers", 401, [20, 21]),
        ("short", "GET", "customers", 401, [18]),
        (READER, "GET", "orders", 401, [26]),
        (READER, "POST", "customers", 405, [25]),
        (READER, "GET", "customerz", 400, [27]),
    ],
)
def test_a_request_without_the_right_is_refused_with_its_code(
    shop: PrestaShopSandbox, key: str, method: str, path: str, status: int, codes: list[int]
) -> None:
    answer = ShopClient(shop, key).send(method, path)
    assert (answer.status, answer.codes) == (status, codes)


def test_a_reader_sees_its_only_resource_at_the_root(shop: PrestaShopSandbox) -> None:
    listed = list(ShopClient(shop, READER).get("").xml[0])
    assert [(one.tag, one.get("get"), one.get("post")) for one in listed] == [("customers", "true", "false")]


def test_the_key_may_come_in_the_address_and_every_answer_names_the_version(shop: PrestaShopSandbox) -> None:
    answer = ShopClient(shop).send("GET", f"customers?ws_key={shop.key}", Authorization="")
    assert (answer.status, answer.headers["psws-version"]) == (200, "9.1.4")


def test_the_key_in_the_address_does_not_count_beside_the_header(shop: PrestaShopSandbox) -> None:
    """webservice/dispatcher.php: PHP_AUTH_USER first, so a site's user name is taken for the key."""
    answer = ShopClient(shop, "visitor").get(f"customers?ws_key={shop.key}")
    assert (answer.status, answer.codes) == (401, [18])


def test_without_any_key_the_answer_is_plain_text(shop: PrestaShopSandbox) -> None:
    answer = ShopClient(shop).send("GET", "customers", Authorization="")
    assert (answer.status, answer.body) == (401, b"401 Unauthorized")
    assert answer.headers["www-authenticate"].startswith("Basic realm=")


def test_a_webservice_that_is_off_answers_503(shop: PrestaShopSandbox) -> None:
    shop.webservice_on = False
    try:
        answer = ShopClient(shop).get("customers")
    finally:
        shop.webservice_on = True
    assert (answer.status, answer.codes) == (503, [22])


def test_under_a_foreign_host_name_the_shop_redirects_and_does_nothing(shop: PrestaShopSandbox) -> None:
    before = len(shop.rows("customers"))
    body = f"<prestashop>{entity('customer', customer_fields())}</prestashop>"
    answer = ShopClient(shop).send("POST", "customers", body, Host="shop.example")
    assert (answer.status, answer.headers["location"]) == (302, f"{shop.url}/?url=customers")
    assert len(shop.rows("customers")) == before


def test_1_7_knows_no_patch() -> None:
    shop = PrestaShopSandbox(version="1.7.8.11", demo=False).start()
    try:
        client = ShopClient(shop)
        answer = client.patch("orders/1", "<order><id>1</id></order>")
        assert (answer.status, answer.codes) == (405, [23])
        orders = client.get("").xml.find("api/orders")
        assert orders is not None
        assert "patch" not in orders.attrib
    finally:
        shop.stop()

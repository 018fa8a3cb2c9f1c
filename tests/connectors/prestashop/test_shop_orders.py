"""What became of orders: found, changed since, listed for reconcile, moved; and products looked up by SKU."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from cdsync.connectors.prestashop.shop_data.back_office import BackOffice
from cdsync.errors import ConfigError
from cdsync.sandbox.prestashop import PrestaShopSandbox
from tests.connectors.prestashop.shop import VERSIONS, connector, draft, drafts, one, rehearsal_shop, run


@pytest.fixture(params=VERSIONS)
def shop(request: pytest.FixtureRequest) -> Iterator[PrestaShopSandbox]:
    with rehearsal_shop(request.param) as running:
        yield running


def an_hour_ago() -> datetime:
    return datetime.now(UTC) - timedelta(hours=1)


def test_orders_are_found_by_payment_text_and_by_number(shop: PrestaShopSandbox) -> None:
    presta = connector(shop)
    run(presta, drafts(3))
    found = presta.find_orders(["Cdiscount 2611230003BATCH", "Cdiscount nothing"], ["1"])

    assert [(o.shop_ref, o.payment_text) for o in found] == [
        ("1", "Cdiscount 2611230001BATCH"),
        ("3", "Cdiscount 2611230003BATCH"),
    ]
    assert (found[0].total_paid, found[0].total_shipping, found[0].currency) == (
        Decimal("84.35"),
        Decimal("5.90"),
        "EUR",
    )


def test_nothing_asked_is_nothing_found_without_a_request(shop: PrestaShopSandbox) -> None:
    assert connector(shop).find_orders() == []
    assert shop.server.log == []


def test_a_tracking_number_is_read_although_the_order_does_not_say_it_changed(shop: PrestaShopSandbox) -> None:
    presta = connector(shop)
    run(presta, draft())
    shop.set_state(1, 4)
    shop.set_tracking(1, "8R00123456789")
    (order,) = presta.find_orders(shop_refs=["1"])

    assert (order.tracking_number, order.status_ref, order.carrier_ref) == ("8R00123456789", "4", "2")


def test_the_status_of_an_order_is_told_by_name(shop: PrestaShopSandbox) -> None:
    presta = connector(shop)
    imported = one(run(presta, draft())).order
    assert (imported.status_ref, imported.status_name) == ("2", "Paiement accepté")
    shop.set_state(1, 4)
    (order,) = presta.find_orders(shop_refs=["1"])
    assert (order.status_ref, order.status_name) == ("4", "Expédié")


def test_an_order_has_its_page_in_the_back_office_when_its_address_is_set(shop: PrestaShopSandbox) -> None:
    presta = connector(shop, admin_url="https://shop.example/admin123/")
    imported = one(run(presta, draft())).order
    (found,) = presta.find_orders(shop_refs=["1"])

    page = "https://shop.example/admin123/index.php?controller=AdminOrders&id_order=1&vieworder"
    assert (imported.url, found.url) == (page, page)
    assert connector(shop).find_orders(shop_refs=["1"])[0].url == ""


@pytest.mark.parametrize(
    "pasted", ["https://shop.example/a1", "https://shop.example/a1/index.php", "https://shop.example/a1/index.php/sell"]
)
def test_the_back_offices_address_may_be_one_of_its_pages(pasted: str) -> None:
    page = "https://shop.example/a1/index.php?controller=AdminOrders&id_order=7&vieworder"
    assert BackOffice(pasted).order_url("7") == page


def test_the_carrier_of_an_order_is_known_after_the_merchant_edited_it(shop: PrestaShopSandbox) -> None:
    run(connector(shop), draft())
    shop.edit_carrier(2)

    assert connector(shop).find_orders(shop_refs=["1"])[0].carrier_ref == "2"


def test_orders_are_asked_in_the_shops_clock(shop: PrestaShopSandbox) -> None:
    shop.shop.now_utc = datetime(2026, 7, 1, 10, 0, tzinfo=UTC)
    presta = connector(shop)
    run(presta, draft())
    run(presta, draft("LATER"))
    before, after = (datetime(2026, 7, 1, 10, 0, tzinfo=UTC) + timedelta(seconds=s) for s in (-1, 1))

    assert [o.shop_ref for o in presta.marketplace_orders(before, "")] == ["1", "2"]
    assert list(presta.marketplace_orders(after, "")) == []
    (order, _) = presta.marketplace_orders(before, "")
    assert order.created_at == datetime(2026, 7, 1, 10, 0, tzinfo=UTC)


def test_orders_are_read_page_by_page(shop: PrestaShopSandbox) -> None:
    run(connector(shop), draft())
    row = shop.shop.store.table("orders").get(1)
    assert row is not None
    for _ in range(230):
        shop.shop.store.table("orders").insert({**row})
    shop.server.log.clear()

    assert len(list(connector(shop).marketplace_orders(an_hour_ago(), ""))) == 231
    assert len(shop.server.requests("GET", "/api/orders")) == 3
    assert all(len(s.query) < 4000 for s in shop.server.log)


def test_the_marketplaces_orders_are_told_from_the_shops_own(shop: PrestaShopSandbox) -> None:
    presta = connector(shop)
    run(presta, drafts(2))
    shop.shop.store.table("orders").update(2, {"payment": "Carte bancaire"})

    assert [o.shop_ref for o in presta.marketplace_orders(an_hour_ago(), "Cdiscount")] == ["1"]
    assert list(presta.marketplace_orders(datetime.now(UTC) + timedelta(hours=1), "Cdiscount")) == []


def test_an_order_is_moved_once(shop: PrestaShopSandbox) -> None:
    presta = connector(shop)
    run(presta, draft())
    presta.set_status("1", "6")
    presta.set_status("1", "6")

    assert [h["id_order_state"] for h in shop.rows("order_histories")] == ["8", "2", "6"]
    assert shop.rows("orders")[0]["valid"] == "0"
    assert shop.stock(1) == 300


def test_a_status_that_is_gone_is_a_wrong_setting(shop: PrestaShopSandbox) -> None:
    run(connector(shop), draft())
    with pytest.raises(ConfigError) as caught:
        connector(shop).set_status("1", "77")

    assert (caught.value.code, caught.value.data) == ("shop.status_missing", {"status": "77"})


def test_products_are_looked_up_by_sku_in_few_requests(shop: PrestaShopSandbox) -> None:
    presta = connector(shop)
    found = presta.products(["MUG", "TSHIRT-M", "3760000000017", "NOPE"])

    assert [(m.product_ref, m.combination_ref) for m in found["TSHIRT-M"]] == [("2", "2")]
    assert (found["MUG"][0].stock, found["MUG"][0].vat_rate) == (300, Decimal(20))
    assert found["3760000000017"][0].matched_by == "ean"
    assert found["NOPE"] == []

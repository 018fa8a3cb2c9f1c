"""One PrestaShop, several shops: what belongs to another shop or group decides nothing about an order of ours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from cdsync.connectors.prestashop.shop_data.own_shop import OwnShop, own_settings, own_stock
from cdsync.connectors.prestashop.webservice.xml import Row
from cdsync.errors import ConfigError
from cdsync.sandbox.prestashop import PrestaShopSandbox
from tests.connectors.prestashop.shop import POLICY, VERSIONS, connector, draft, failure, line, one, rehearsal_shop, run

NO_BACKORDERS = replace(POLICY, import_without_stock=False)


@pytest.fixture(params=VERSIONS)
def shop(request: pytest.FixtureRequest) -> Iterator[PrestaShopSandbox]:
    """Three shops: 1 and 2 in group 1, 3 in group 2."""
    with rehearsal_shop(request.param) as running:
        add_shops(running)
        yield running


def add_shops(shop: PrestaShopSandbox) -> None:
    shop.configuration.update({"PS_MULTISHOP_FEATURE_ACTIVE": "1", "PS_SHOP_DEFAULT": "1"})
    shop.shop.insert("shop_groups", {"name": "Others", "active": "1"})
    for group in ("1", "2"):
        shop.shop.insert("shops", {"id_shop_group": group, "active": "1", "name": f"Another of group {group}"})


def configure(shop: PrestaShopSandbox, name: str, value: str, id_shop: str, id_group: str) -> None:
    shop.shop.insert("configurations", {"name": name, "value": value, "id_shop": id_shop, "id_shop_group": id_group})


def stock_row(shop: PrestaShopSandbox, quantity: str, id_shop: str, id_group: str) -> None:
    row = {"id_product": "1", "id_product_attribute": "0", "quantity": quantity, "out_of_stock": "2"}
    shop.shop.insert("stock_availables", row | {"id_shop": id_shop, "id_shop_group": id_group})


@pytest.mark.parametrize("chosen", [None, "1"])
@pytest.mark.parametrize(("id_shop", "id_group"), [("2", "1"), ("3", "2"), ("", "2")])
def test_a_setting_of_another_shop_or_group_does_not_count(
    shop: PrestaShopSandbox, chosen: str | None, id_shop: str, id_group: str
) -> None:
    configure(shop, "PS_TAX", "0", id_shop, id_group)
    order = draft()
    one(run(connector(shop, shop_id=chosen), order))

    (made,) = shop.rows("orders")
    assert Decimal(made["total_paid_tax_excl"]) < Decimal(made["total_paid"]) == order.total


@pytest.mark.parametrize(
    ("rows", "taxed"),
    [
        ([("0", "1", "1")], False),
        ([("0", "", "1")], False),
        ([("1", "1", "1"), ("0", "", "1")], True),  # the shop's own goes before its group's
        ([("0", "1", "1"), ("1", "", "1")], False),
    ],
)
def test_the_shops_own_setting_goes_before_its_groups_and_that_before_the_general_one(
    shop: PrestaShopSandbox, rows: list[tuple[str, str, str]], taxed: bool
) -> None:
    for row in rows:
        configure(shop, "PS_TAX", *row)
    order = draft()
    one(run(connector(shop), order))

    (made,) = shop.rows("orders")
    assert (Decimal(made["total_paid_tax_excl"]) < Decimal(made["total_paid"])) is taxed
    assert Decimal(made["total_paid"]) == order.total


def test_rows_left_from_a_multistore_that_is_off_do_not_count(shop: PrestaShopSandbox) -> None:
    configure(shop, "PS_TAX", "0", "1", "1")
    shop.configuration["PS_MULTISHOP_FEATURE_ACTIVE"] = "0"
    one(run(connector(shop), draft()))

    (made,) = shop.rows("orders")
    assert Decimal(made["total_paid_tax_excl"]) < Decimal(made["total_paid"])


def test_a_key_that_may_not_tell_whose_a_setting_is_stops_before_any_write(shop: PrestaShopSandbox) -> None:
    configure(shop, "PS_TAX", "0", "", "2")
    rights: dict[str, set[str]] = {name: {"GET", "POST", "PATCH", "PUT"} for name in shop.shop.resources}
    del rights["shops"]
    shop.add_key("W" * 32, rights)
    with pytest.raises(ConfigError) as caught:
        run(connector(shop, key="W" * 32), draft())

    assert (caught.value.code, caught.value.data["resource"]) == ("shop.right_missing", "shops")
    assert not shop.server.requests("POST")


def test_the_connection_test_names_the_rights_that_only_several_shops_need(shop: PrestaShopSandbox) -> None:
    names = {each.name for each in connector(shop).check()}
    shop.configuration["PS_MULTISHOP_FEATURE_ACTIVE"] = "0"

    alone = {each.name for each in connector(shop).check()}
    assert names - alone == {"right GET shops", "right GET shop_groups"}


def test_a_shop_alone_is_not_asked_whose_its_settings_are() -> None:
    with rehearsal_shop() as shop:
        one(run(connector(shop, shop_id="1"), draft()))

        assert not shop.server.requests("GET", "/api/shops")
        assert not shop.server.requests("GET", "/api/shop_groups")


@pytest.mark.parametrize("chosen", [None, "1"])
def test_stock_of_another_shop_does_not_count(shop: PrestaShopSandbox, chosen: str | None) -> None:
    for id_shop, id_group in (("2", "0"), ("3", "0"), ("0", "2")):
        stock_row(shop, "0", id_shop, id_group)
    one(run(connector(shop, shop_id=chosen), draft(lines=(line("MUG", 300),)), NO_BACKORDERS))

    assert shop.stock(1) == 0


def test_a_group_that_shares_its_stock_keeps_it_in_rows_of_its_own(shop: PrestaShopSandbox) -> None:
    shop.shop.store.table("shop_groups").update("1", {"share_stock": "1"})
    stock_row(shop, "7", "0", "1")
    order = draft(lines=(line("MUG", 8),))
    error = failure(run(connector(shop), order, NO_BACKORDERS)).error

    assert (error.code, error.data["stock"]) == ("product.out_of_stock", 7)
    one(run(connector(shop), draft(lines=(line("MUG", 7),)), NO_BACKORDERS))
    assert shop.stock(1) == 0


def test_what_is_left_of_a_shared_stock_does_not_count_once_it_is_no_longer_shared(shop: PrestaShopSandbox) -> None:
    stock_row(shop, "0", "0", "1")
    one(run(connector(shop), draft(lines=(line("MUG", 8),)), NO_BACKORDERS))


def test_a_carrier_or_country_of_another_shop_only_is_not_there(shop: PrestaShopSandbox) -> None:
    carriers, countries = shop.shop.store.table("carriers"), shop.shop.store.table("countries")
    carriers.update("2", {"in_shops": ["2"]})
    assert failure(run(connector(shop), draft())).error.code == "carrier.unusable"
    carriers.update("2", {"in_shops": ["1", "2"]})
    countries.update("8", {"in_shops": ["2"]})
    assert failure(run(connector(shop), draft())).error.code == "address.country_unknown"
    assert not shop.server.requests("POST")


def test_a_tax_rule_of_another_shop_is_not_taken_for_no_tax(shop: PrestaShopSandbox) -> None:
    """The webservice leaves its group out of the list, and the tax manager takes its rules all the same."""
    shop.shop.store.table("tax_rule_groups").update("1", {"in_shops": ["2"]})

    assert failure(run(connector(shop), draft())).error.code == "tax.rate_unknown"
    assert not shop.server.requests("POST")


def test_a_price_of_another_shop_does_not_count(shop: PrestaShopSandbox) -> None:
    price = {"id_product": "1", "id_product_attribute": "0", "from_quantity": "1", "reduction_type": "amount"}
    never = {"from": "0000-00-00 00:00:00", "to": "0000-00-00 00:00:00"}
    for id_shop in ("0", "1", "2"):
        shop.shop.insert("specific_prices", price | never | {"id_shop": id_shop, "price": "1.000000"})
    order = draft()
    one(run(connector(shop), order))

    assert [Decimal(made["total_paid"]) for made in shop.rows("orders")] == [order.total]


def row(**fields: Any) -> Row:
    return Row({"id_product": "1", "id_product_attribute": "0", **fields})


def test_rows_of_one_owner_are_believed_where_no_shop_was_chosen() -> None:
    """The shop's address decides for which of its shops the webservice answers, and nothing else says which."""

    def asked() -> OwnShop:
        raise AssertionError("nothing to ask for")

    rows = [row(id_shop="2", id_shop_group="0")]
    assert own_stock(rows, asked, "") == rows
    assert own_settings([Row({"name": "PS_TAX", "value": "1", "id_shop": "", "id_shop_group": ""})], asked) == {
        "PS_TAX": "1"
    }

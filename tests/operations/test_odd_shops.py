"""Public bug reports of order importers about prices and taxes, played from the marketplace to the shop."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cdsync import settings
from cdsync.orders.shop_side.money_proof import money_proof
from cdsync.sandbox.octopia import line_json, order_json
from tests.conftest import settings_for
from tests.worlds import order_of


@pytest.mark.parametrize(("quantity", "price", "total"), [(4, "3.125", "12.50"), (3, "3.333333", "10.00")])
def test_prices_that_are_a_part_of_a_cent_go_all_the_way(account, market, shop, run, quantity, price, total):
    ref = market.add(order_json(lines=[line_json(sku="MUG-ARDOISE", quantity=quantity, unit_price=price)]))
    run(account, "lookup")
    run(account, "import")

    order = order_of(ref)
    assert (order.state, order.problem_code, order.lines[0].total) == ("imported", None, Decimal(total))
    assert [Decimal(made["total_paid"]) for made in shop.rows("orders")] == [Decimal(total)]


def test_a_country_without_a_vat_rule_waits_until_the_merchant_says_how(account, market, shop, run):
    (monaco,) = shop.shop.store.table("countries").where("iso_code", "MC")
    shop.shop.store.table("countries").update(monaco["id"], {"active": "1", "id_zone": "1"})
    there = {"countryCode": "MC", "postalCode": "98000", "city": "Monaco"}
    ref = market.add(order_json(lines=[line_json(sku="MUG-ARDOISE")], billing=there))
    run(account, "lookup")
    assert order_of(ref).problem_code == "tax.no_rule"
    document = settings_for(market, shop)
    document["orders"]["country_without_vat_rule"] = "without_vat"
    account = settings.load(document)
    run(account, "import", order_ids=[order_of(ref).id])

    order = order_of(ref)
    assert (order.state, order.problem_code) == ("imported", None)
    (made,) = shop.rows("orders")
    assert Decimal(made["total_paid_tax_excl"]) == Decimal(made["total_paid"])


@pytest.mark.parametrize(
    ("shop_id", "owner"), [(None, {"id_shop": "2", "id_shop_group": "1"}), ("1", {"id_shop": "", "id_shop_group": "2"})]
)
def test_settings_of_another_shop_or_group_of_a_multistore_do_not_count(market, shop, run, app, shop_id, owner):
    """doofinder/doofinder-prestashop#286, PrestaShop#25335."""
    table = shop.shop.store.table("configurations")
    (tax,) = table.where("name", "PS_TAX")
    table.insert({**tax, "value": "0", **owner})
    document = settings_for(market, shop)
    document["shop"]["shop_id"] = shop_id
    account = settings.load(document)
    ref = market.add(order_json(lines=[line_json(sku="MUG-ARDOISE", quantity=2, shipping="5.90")]))
    run(account, "lookup")
    run(account, "import")

    assert (order_of(ref).state, order_of(ref).problem_code) == ("imported", None)
    (made,) = shop.rows("orders")
    assert (made["total_paid"], Decimal(made["total_paid_tax_excl"]) < 25) == ("25.880000", True)


def test_ecotax_without_a_tax_rule_is_told_in_the_money_of_the_order(account, market, shop, run, app):
    """Product::priceCalculation: ecotax bears VAT by a rules group of its own, and none without one."""
    shop.configuration["PS_USE_ECOTAX"] = "1"
    shop.add_product("LAMP", "Lampe", Decimal("20.00"), ecotax=Decimal("0.50"))
    ref = market.add(order_json(lines=[line_json(sku="LAMP", unit_price="12.99", shipping="0.00")]))
    run(account, "lookup")
    run(account, "import")

    order = order_of(ref)
    assert (order.state, [each["code"] for each in order.warnings]) == ("imported", ["tax.ecotax_rate"])
    found = money_proof(order)
    assert [(each.ecotax, each.with_tax, each.tax) for each in found.rates] == [
        (False, Decimal("12.49"), Decimal("2.08")),
        (True, Decimal("0.50"), Decimal("0.00")),
    ]
    assert [side.tax.quantize(Decimal("0.01")) for side in found.shop] == [Decimal("2.08")]

"""The tax the shop will take is known before anything is written: VAT numbers, countries without a rule, ecotax."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from cdsync.connectors.base import Address, Examination, ImportPolicy, OrderDraft
from cdsync.connectors.prestashop.shop_data.taxes import TaxTable
from cdsync.connectors.prestashop.webservice.xml import Row
from cdsync.sandbox.prestashop import PrestaShopSandbox
from cdsync.sandbox.prestashop.core.tax import rate_of
from tests.connectors.prestashop.shop import (
    HOME,
    POLICY,
    VERSIONS,
    connector,
    draft,
    failure,
    line,
    rehearsal_shop,
    run,
)

COMPANY = Address(
    first_name="Luc", last_name="Peeters", company="Peeters SA", vat_number="BE0123456789",
    lines=("1 rue Haute",), postcode="1000", city="Bruxelles", country_code="BE",
)  # fmt: skip
LENIENT = replace(POLICY, country_without_vat_rule="without_vat")


@pytest.fixture(params=VERSIONS)
def shop(request: pytest.FixtureRequest) -> Iterator[PrestaShopSandbox]:
    with rehearsal_shop(request.param) as running:
        yield running


def activate(shop: PrestaShopSandbox, code: str) -> str:
    (country,) = shop.shop.store.table("countries").where("iso_code", code)
    shop.shop.store.table("countries").update(country["id"], {"active": "1", "id_zone": "1"})
    return str(country["id"])


def exempt_companies(shop: PrestaShopSandbox, country: str = "8", address: str = "id_address_invoice") -> None:
    """What the module `vatnumber` leaves in the configuration once it is installed."""
    shop.configuration["VATNUMBER_MANAGEMENT"] = "1"
    shop.configuration["VATNUMBER_COUNTRY"] = country
    shop.configuration["PS_TAX_ADDRESS_TYPE"] = address
    activate(shop, "BE")


def examined(shop: PrestaShopSandbox, order: OrderDraft, policy: ImportPolicy = POLICY) -> Examination:
    return connector(shop).examine([order], policy)[order.ref]


def warned(found: Examination) -> Mapping[str, Mapping[str, Any]]:
    assert found.problems == ()
    return {each.code: each.data for each in found.warnings}


def sums(shop: PrestaShopSandbox) -> tuple[Decimal, Decimal, str]:
    """Paid with and without tax, and the status, of the shop's only order."""
    (order,) = shop.rows("orders")
    net = Decimal(order["total_paid_tax_excl"]).quantize(Decimal("0.01"))
    return Decimal(order["total_paid"]), net, order["current_state"]


def test_a_company_with_a_vat_number_abroad_is_sold_to_without_vat_as_the_shop_does(shop: PrestaShopSandbox) -> None:
    exempt_companies(shop)
    order = draft(invoice=COMPANY)
    found = examined(shop, order)
    run(connector(shop), order)

    assert warned(found) == {"tax.vat_number": {"country": "BE"}}
    assert {match.vat_rate for match in found.matches.values()} == {Decimal(0)}
    assert sums(shop) == (order.total, order.total, "2")


@pytest.mark.parametrize(
    ("country", "address", "company"),
    [
        ("3", "id_address_invoice", COMPANY),  # the module's own country
        ("8", "id_address_delivery", COMPANY),  # taxed where it is delivered: a person in France
        ("8", "id_address_invoice", replace(COMPANY, vat_number="")),
    ],
)
def test_without_the_modules_conditions_vat_is_taken(
    shop: PrestaShopSandbox, country: str, address: str, company: Address
) -> None:
    exempt_companies(shop, country, address)
    order = draft(invoice=company)
    found = examined(shop, order)
    run(connector(shop), order)

    assert warned(found) == {}
    assert sums(shop) == (order.total, (order.total / Decimal("1.2")).quantize(Decimal("0.01")), "2")


def test_a_vat_number_on_the_delivery_address_counts_where_that_is_taxed(shop: PrestaShopSandbox) -> None:
    exempt_companies(shop, address="id_address_delivery")
    order = draft(delivery=COMPANY, invoice=COMPANY)
    run(connector(shop), order)

    assert sums(shop) == (order.total, order.total, "2")


def test_a_module_that_is_off_takes_nothing_away(shop: PrestaShopSandbox) -> None:
    exempt_companies(shop)
    shop.configuration["VATNUMBER_MANAGEMENT"] = "0"
    order = draft(invoice=COMPANY)
    run(connector(shop), order)

    assert sums(shop)[1] < order.total


def in_monaco(shop: PrestaShopSandbox, **changes: Any) -> OrderDraft:
    activate(shop, "MC")
    home = replace(HOME, country_code="MC", postcode="98000", city="Monaco")
    return draft(delivery=home, invoice=home, **changes)


def test_a_country_of_the_vat_area_that_the_tax_rule_leaves_out_is_a_problem_before_any_write(
    shop: PrestaShopSandbox,
) -> None:
    order = in_monaco(shop, lines=(line("BOOK"),))
    error = failure(run(connector(shop), order)).error

    assert (error.code, error.data) == ("tax.no_rule", {"what": "BOOK", "country": "MC"})
    told = [(each.code, each.data["what"]) for each in examined(shop, order).problems]
    assert told == [("tax.no_rule", "BOOK"), ("tax.no_rule", "My carrier")]
    assert not shop.server.requests("POST")


def test_the_merchant_may_choose_to_sell_there_without_vat(shop: PrestaShopSandbox) -> None:
    order = in_monaco(shop, shipping="0.00")
    found = examined(shop, order, LENIENT)
    run(connector(shop), order, LENIENT)

    assert [(each.code, each.data["country"]) for each in found.warnings] == [("tax.no_vat", "MC")] * 2
    assert sums(shop) == (order.total, order.total, "2")


def test_adding_the_country_to_the_tax_rule_is_the_way_on(shop: PrestaShopSandbox) -> None:
    order = in_monaco(shop)
    failure(run(connector(shop), order))
    (monaco,) = (c["id"] for c in shop.rows("countries") if c["iso_code"] == "MC")
    rule = {"id_tax_rules_group": "1", "id_country": monaco, "id_tax": "1", "zipcode_from": "0", "zipcode_to": "0"}
    shop.shop.insert("tax_rules", rule)
    run(connector(shop), order)

    assert sums(shop) == (order.total, (order.total / Decimal("1.2")).quantize(Decimal("0.01")), "2")


def test_nothing_is_said_where_the_marketplace_sold_without_vat_too(shop: PrestaShopSandbox) -> None:
    order = in_monaco(shop, lines=(line(vat_rate=Decimal(0)),), shipping="0.00")
    found = examined(shop, order)

    assert (found.problems, found.warnings) == ((), ())


def test_goods_that_leave_the_vat_area_have_a_word_and_are_imported(shop: PrestaShopSandbox) -> None:
    activate(shop, "CH")
    order = draft(delivery=replace(HOME, country_code="CH", postcode="1200", city="Genève"), lines=(line(),))
    found = examined(shop, replace(order, invoice=order.delivery))
    run(connector(shop), order)

    assert [(each.code, each.data["what"]) for each in found.warnings] == [
        ("tax.no_vat", "MUG"),
        ("tax.no_vat", "My carrier"),
    ]
    assert sums(shop) == (order.total, order.total, "2")


def test_a_tax_rule_that_is_switched_off_takes_no_vat_and_is_a_problem(shop: PrestaShopSandbox) -> None:
    shop.shop.store.table("tax_rule_groups").update("3", {"active": "0"})

    assert failure(run(connector(shop), draft(lines=(line("BOOK"),)))).error.code == "tax.no_rule"
    assert not shop.server.requests("POST")


def test_a_product_without_any_tax_rule_is_the_merchants_choice(shop: PrestaShopSandbox) -> None:
    shop.add_product("STAMP", "Timbre", Decimal("1.00"), tax_rate="0")
    order = draft(lines=(line("STAMP"),), shipping="0.00")
    run(connector(shop), order)

    assert warned(examined(shop, order)) == {}
    assert sums(shop) == (order.total, order.total, "2")


def test_a_rule_of_a_tax_that_is_switched_off_is_not_believed(shop: PrestaShopSandbox) -> None:
    shop.shop.store.table("taxes").update("3", {"active": "0"})

    assert failure(run(connector(shop), draft(lines=(line("BOOK"),)))).error.code == "tax.rate_unknown"


def with_ecotax(shop: PrestaShopSandbox, group: str) -> OrderDraft:
    shop.configuration["PS_USE_ECOTAX"] = "1"
    shop.configuration["PS_ECOTAX_TAX_RULES_GROUP_ID"] = group
    shop.add_product("LAMP", "Lampe", Decimal("20.00"), ecotax=Decimal("0.50"))
    return draft(lines=(line("LAMP", 1, "12.99"),), shipping="0.00")


def test_ecotax_without_a_tax_rule_bears_no_vat_in_the_shop_and_that_is_said(shop: PrestaShopSandbox) -> None:
    order = with_ecotax(shop, "0")
    found = examined(shop, order)
    run(connector(shop), order)

    assert warned(found) == {"tax.ecotax_rate": {"sku": "LAMP", "ecotax": "0.5", "rate": "0", "goods": "20"}}
    assert sums(shop) == (Decimal("12.99"), Decimal("10.91"), "2")  # VAT 2.08: 12.49 of goods at 20 %, 0.50 at none


def test_ecotax_at_the_rate_of_the_goods_needs_no_word(shop: PrestaShopSandbox) -> None:
    order = with_ecotax(shop, "1")
    found = examined(shop, order)
    run(connector(shop), order)

    assert warned(found) == {}
    assert sums(shop)[0] == Decimal("12.99")


def test_shipping_taxed_at_the_average_of_goods_of_another_rate_is_a_problem(shop: PrestaShopSandbox) -> None:
    shop.configuration["PS_ATCP_SHIPWRAP"] = "1"
    order = draft(lines=(line("MUG"), line("BOOK", line_ref="2")))
    error = failure(run(connector(shop), order)).error

    assert (error.code, error.data) == ("tax.shipping_average", {"carrier": "My carrier", "rate": "20"})
    assert not shop.server.requests("POST")
    shop.configuration["PS_ATCP_SHIPWRAP"] = "0"  # as its problem advises
    run(connector(shop), order)
    assert sums(shop)[0] == order.total


@pytest.mark.parametrize(("skus", "shipping"), [(("MUG", "TSHIRT-S"), "5.90"), (("MUG", "BOOK"), "0.00")])
def test_shipping_at_the_average_is_right_where_all_goods_have_the_carriers_rate_or_it_costs_nothing(
    shop: PrestaShopSandbox, skus: tuple[str, ...], shipping: str
) -> None:
    shop.configuration["PS_ATCP_SHIPWRAP"] = "1"
    lines = tuple(line(sku, line_ref=sku) for sku in skus)
    order = draft(lines=lines, shipping=shipping)
    run(connector(shop), order)

    rates = {"BOOK": Decimal("1.055")}
    exact = sum((each.total / rates.get(each.sku, Decimal("1.2")) for each in lines), order.shipping / Decimal("1.2"))
    paid, net, status = sums(shop)
    assert (paid, status) == (order.total, "2")
    assert abs(net - exact) <= Decimal("0.02")


GROUPS = [{"id": "1", "active": "1", "deleted": "1"}, {"id": "2", "active": "0", "deleted": "0"}]
RULES = [
    {"id_country": "8", "id_state": "0", "zipcode_from": "0", "zipcode_to": "0", "id_tax": "1", "behavior": "0"},
    {"id_country": "3", "id_state": "0", "zipcode_from": "1000", "zipcode_to": "1999", "id_tax": "2", "behavior": "1"},
    {"id_country": "3", "id_state": "0", "zipcode_from": "0", "zipcode_to": "0", "id_tax": "3", "behavior": "0"},
    {"id_country": "3", "id_state": "0", "zipcode_from": "0", "zipcode_to": "0", "id_tax": "4", "behavior": "1"},
    {"id_country": "6", "id_state": "7", "zipcode_from": "0", "zipcode_to": "0", "id_tax": "4", "behavior": "2"},
    {"id_country": "6", "id_state": "0", "zipcode_from": "0", "zipcode_to": "0", "id_tax": "1", "behavior": "2"},
    {"id_country": "6", "id_state": "0", "zipcode_from": "35000", "zipcode_to": "0", "id_tax": "3", "behavior": "0"},
]


@pytest.mark.parametrize("country", ["8", "3", "6", "148"])
def test_the_rate_is_the_shops_for_every_country_postcode_and_state(country: str) -> None:
    """Held against the rehearsal shop's own arithmetic, written apart from the product."""
    shop = PrestaShopSandbox(demo=False)
    tables = shop.shop.store
    for name, rows in (("tax_rule_groups", GROUPS), ("tax_rules", RULES)):
        for row in list(tables.table(name)):
            tables.table(name).delete(row["id"])
        for values in rows:
            shop.shop.insert(name, {"id_tax_rules_group": "1", **values}, int(values.get("id", 0)) or None)
    named = {n: [Row(dict(r)) for r in shop.rows(n)] for n in ("tax_rules", "taxes", "tax_rule_groups")}
    table = TaxTable(named["tax_rules"], named["taxes"], named["tax_rule_groups"])
    for group, postcode, state in itertools.product("12", ("", "1000", "1999", "35000", "980"), ("0", "7")):
        address = {"id_country": country, "postcode": postcode, "id_state": state}
        assert table.rate(group, country, postcode, state) == rate_of(shop.shop, group, address), address
    assert table.lacks_rule("1", country) is (country == "148")
    assert table.lacks_rule("2", country) is False

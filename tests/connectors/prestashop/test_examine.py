"""The checks before any write: every problem of an order with its data, and few requests for many orders."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from cdsync.connectors.base import Address, Examination, Fee, ImportPolicy, OrderDraft
from cdsync.errors import CdsyncError, ConfigError
from cdsync.sandbox.prestashop import Combination, PrestaShopSandbox
from tests.connectors.prestashop.shop import (
    HOME,
    POLICY,
    connector,
    draft,
    drafts,
    failure,
    line,
    one,
    rehearsal_shop,
    run,
)


@pytest.fixture
def shop() -> Iterator[PrestaShopSandbox]:
    with rehearsal_shop() as running:
        yield running


def examined(shop: PrestaShopSandbox, order: OrderDraft, policy: ImportPolicy = POLICY) -> Examination:
    found = connector(shop).examine([order], policy)[order.ref]
    assert {seen.method for seen in shop.server.log} <= {"GET"}
    return found


def problems(shop: PrestaShopSandbox, order: OrderDraft, policy: ImportPolicy = POLICY) -> dict[str, dict[str, Any]]:
    return told(examined(shop, order, policy).problems)


def told(errors: tuple[CdsyncError, ...]) -> dict[str, dict[str, Any]]:
    return {error.code: dict(error.data) for error in errors}


def test_the_addresses_are_told_as_the_shop_would_get_them(shop: PrestaShopSandbox) -> None:
    odd = replace(HOME, first_name="Camille 2", lines=("12 rue des Lilas <A>",), pickup_id="058231")
    found = examined(shop, draft(delivery=odd, invoice=Address()))
    assert found.delivery is not None
    assert (found.delivery.first_name, found.delivery.lines) == (
        "Camille",
        ("12 rue des Lilas A", "Point relais 058231"),
    )
    assert found.invoice is not None
    assert (found.invoice.lines, found.invoice.city) == (("12 rue des Lilas A",), "Lyon")


def with_line(sku: str, **changes: Any) -> OrderDraft:
    return draft(lines=(line(sku, **changes),))


def test_an_order_without_a_problem_names_its_products_and_carrier(shop: PrestaShopSandbox) -> None:
    found = examined(shop, draft())

    assert found.problems == ()
    assert found.warnings == ()
    assert found.carrier is not None
    assert (found.carrier.ref, found.carrier.name) == ("2", "My carrier")
    shirt = found.matches["2"]
    assert (shirt.product_ref, shirt.combination_ref, shirt.matched_by) == ("2", "1", "reference")
    assert (shirt.stock, shirt.vat_rate) == (200, Decimal(20))


def test_all_problems_are_told_not_only_the_first(shop: PrestaShopSandbox) -> None:
    order = draft(
        lines=(line("NOPE", 1), line("TSHIRT", 1, line_ref="2")), currency="USD", delivery_modes=("Elsewhere",)
    )

    assert list(problems(shop, order)) == ["currency.unknown", "carrier.unmapped", "product.unknown", "product.parent"]


def test_nothing_is_written_for_an_order_with_a_problem(shop: PrestaShopSandbox) -> None:
    error = failure(run(connector(shop), with_line("NOPE"))).error

    assert (error.code, error.data) == ("product.unknown", {"sku": "NOPE", "title": "Title of NOPE"})
    assert not shop.server.requests("POST")


def test_one_order_with_a_problem_does_not_stop_the_others(shop: PrestaShopSandbox) -> None:
    orders = [*drafts(2), with_line("NOPE")]
    results = run(connector(shop), orders)

    assert [type(r).__name__ for r in results.values()] == ["NotImported", "Imported", "Imported"]


def test_a_hundred_orders_are_examined_in_few_requests(shop: PrestaShopSandbox) -> None:
    presta = connector(shop)
    presta.examine(drafts(1), POLICY)
    shop.server.log.clear()
    found = presta.examine(
        drafts(100, lines=(line("MUG"), line("BOOK", line_ref="2"), line("NOPE", line_ref="3"))), POLICY
    )

    assert len(found) == 100
    assert len(shop.server.log) <= 10


def test_a_sku_on_two_products_is_ambiguous(shop: PrestaShopSandbox) -> None:
    shop.add_product("MUG", "Another mug", Decimal(3))
    data = problems(shop, with_line("MUG"))["product.ambiguous"]

    assert (data["sku"], data["count"], data["products"]) == ("MUG", 2, ["Mug (1/0)", "Another mug (4/0)"])


def test_the_merchants_own_mapping_wins_over_an_ambiguous_sku(shop: PrestaShopSandbox) -> None:
    other = shop.add_product("MUG", "Another mug", Decimal(3))
    match = examined(shop, with_line("MUG", mapped_to=(str(other), "0"))).matches["1"]

    assert (match.product_ref, match.matched_by) == (str(other), "mapping")


@pytest.mark.parametrize("target", [("999", "0"), ("1", "2"), ("2", "99")])
def test_a_mapping_to_nothing_is_a_problem(shop: PrestaShopSandbox, target: tuple[str, str]) -> None:
    data = problems(shop, with_line("MUG", mapped_to=target))["product.mapping_invalid"]

    assert data == {"sku": "MUG", "product": "/".join(target)}


def test_a_parent_and_one_combination_of_the_same_reference_mean_the_combination(shop: PrestaShopSandbox) -> None:
    shop.add_product(
        "CAP", "Cap", Decimal(9), combinations=[Combination("CAP", "Red", 5), Combination("CAP-B", "Blue", 5)]
    )

    assert examined(shop, with_line("CAP")).matches["1"].combination_ref == "3"


def test_combinations_that_all_carry_the_parents_reference_are_ambiguous(shop: PrestaShopSandbox) -> None:
    shop.add_product(
        "CAP", "Cap", Decimal(9), combinations=[Combination("CAP", "Red", 5), Combination("CAP", "Blue", 5)]
    )

    assert problems(shop, with_line("CAP"))["product.ambiguous"]["count"] == 2


def test_a_parent_of_combinations_is_not_sold(shop: PrestaShopSandbox) -> None:
    assert problems(shop, with_line("TSHIRT")) == {"product.parent": {"sku": "TSHIRT", "product": "T-shirt"}}


def test_inactive_and_not_orderable_products_are_problems(shop: PrestaShopSandbox) -> None:
    shop.add_product("OFF", "Off", Decimal(3), active=False)
    shop.add_product("SHOWN", "Only shown", Decimal(3), available_for_order=False)

    assert problems(shop, with_line("OFF")) == {"product.inactive": {"sku": "OFF", "product": "Off"}}
    assert problems(shop, with_line("SHOWN")) == {"product.not_orderable": {"sku": "SHOWN", "product": "Only shown"}}


def test_a_sku_unknown_as_reference_is_found_by_ean_then_by_supplier_reference(shop: PrestaShopSandbox) -> None:
    shop.add_product("PEN", "Pen", Decimal(1), supplier_reference="SUP-9")
    by_gtin = examined(shop, with_line("FOREIGN", gtin="3760000000017")).matches["1"]
    by_sku = examined(shop, with_line("3760000000017")).matches["1"]
    by_supplier = examined(shop, with_line("SUP-9")).matches["1"]

    assert [(m.product_ref, m.matched_by) for m in (by_gtin, by_sku, by_supplier)] == [
        ("1", "ean"),
        ("1", "ean"),
        ("4", "supplier_reference"),
    ]


def test_a_reference_wins_over_the_ean_of_another_product(shop: PrestaShopSandbox) -> None:
    match = examined(shop, with_line("BOOK", gtin="3760000000017")).matches["1"]

    assert (match.product_ref, match.matched_by) == ("3", "reference")


def test_case_is_forgiven_but_an_exact_reference_comes_first(shop: PrestaShopSandbox) -> None:
    shop.add_product("mug", "Small letters", Decimal(1))

    assert examined(shop, with_line("book")).matches["1"].product_ref == "3"
    assert examined(shop, with_line("mug")).matches["1"].product_ref == "4"


@pytest.mark.parametrize("sku", ["A|B", "12,34", "A&B = C", "50%", "été"])
def test_a_sku_with_signs_of_the_filter_grammar_is_found(shop: PrestaShopSandbox, sku: str) -> None:
    shop.shop.store.table("products").update(shop.add_product("X", "Odd", Decimal(1)), {"reference": sku})

    assert examined(shop, with_line(sku)).matches["1"].product_ref == "4"


def test_short_stock_is_a_warning_or_a_problem_by_policy(shop: PrestaShopSandbox) -> None:
    order = draft(lines=(line("BOOK", 30, "10.00", "1"), line("BOOK", 30, "10.00", "2")))
    expected = {"product.out_of_stock": {"sku": "BOOK", "product": "Livre", "stock": 50, "wanted": 60}}

    assert told(examined(shop, order).warnings) == expected
    assert problems(shop, order, replace(POLICY, import_without_stock=False)) == expected


def test_an_order_is_imported_although_stock_is_short_when_the_merchant_says_so(shop: PrestaShopSandbox) -> None:
    one(run(connector(shop), draft(lines=(line("BOOK", 60, "10.00"),))))

    assert shop.stock(3) == -10


def test_stock_is_not_judged_in_a_shop_that_keeps_none(shop: PrestaShopSandbox) -> None:
    shop.configuration["PS_STOCK_MANAGEMENT"] = "0"

    assert examined(shop, draft(lines=(line("BOOK", 60, "10.00"),))).warnings == ()


def test_a_sum_that_does_not_add_up_is_refused(shop: PrestaShopSandbox) -> None:
    data = problems(shop, draft(total=Decimal("84.36")))["order.total_mismatch"]

    assert data == {"expected": "84.36", "found": "84.35", "difference": "-0.01"}


def test_odd_quantities_and_amounts_are_refused(shop: PrestaShopSandbox) -> None:
    order = draft(lines=(line("MUG", 0, "9.99"), line("BOOK", 1, "-1.00", "2"), line("TSHIRT-M", 1, "1.005", "3")))
    found = [(e.code, e.data) for e in examined(shop, order).problems]

    assert found == [
        ("order.quantity_invalid", {"sku": "MUG", "quantity": 0}),
        ("order.amount_invalid", {"field": "unit_price", "value": "-1.00"}),
        ("order.part_of_a_cent", {"sku": "TSHIRT-M", "quantity": 1, "price": "1.005", "total": "1.005"}),
    ]


def test_an_order_without_lines_is_refused(shop: PrestaShopSandbox) -> None:
    assert "order.no_lines" in problems(shop, draft(lines=()))


def test_countries_the_shop_does_not_know_or_has_switched_off_are_problems(shop: PrestaShopSandbox) -> None:
    unknown, inactive = replace(HOME, country_code="XX"), replace(HOME, country_code="BE", postcode="1000")

    assert problems(shop, draft(delivery=unknown)) == {"address.country_unknown": {"country": "XX"}}
    assert problems(shop, draft(delivery=inactive)) == {"address.country_inactive": {"country": "BE"}}
    assert problems(shop, draft(invoice=inactive)) == {}


def test_an_incomplete_address_names_what_is_missing(shop: PrestaShopSandbox) -> None:
    assert problems(shop, draft(delivery=replace(HOME, city=""))) == {"address.incomplete": {"field": "delivery.city"}}
    assert problems(shop, draft(invoice=replace(HOME, postcode=""))) == {
        "address.incomplete": {"field": "invoice.postcode"}
    }
    assert problems(shop, draft(delivery=Address(), invoice=Address())) == {"order.no_address": {}}


def test_an_order_without_billing_address_is_billed_where_it_is_delivered(shop: PrestaShopSandbox) -> None:
    found = examined(shop, draft(invoice=Address()))

    assert found.problems == ()
    assert [(c.field, c.after) for c in found.corrections] == [("invoice", "delivery")]


def test_a_carrier_is_found_for_any_name_of_the_delivery_mode_whatever_its_case(shop: PrestaShopSandbox) -> None:
    policy = replace(POLICY, carriers={"sto": "1"})
    found = examined(shop, draft(delivery_modes=("TrackedHomeDelivery", "STO")), policy)

    assert found.carrier is not None
    assert found.carrier.ref == "1"


def test_an_unmapped_mode_takes_the_default_carrier_or_is_a_problem(shop: PrestaShopSandbox) -> None:
    order = draft(delivery_modes=("Drone",))
    found = examined(shop, order, replace(POLICY, default_carrier="2"))

    assert found.carrier is not None
    assert problems(shop, order) == {"carrier.unmapped": {"mode": "Drone"}}


@pytest.mark.parametrize(("ref", "name", "reason"), [("3", "My cheap carrier", "inactive"), ("99", "99", "deleted")])
def test_a_carrier_that_cannot_deliver_is_a_problem(shop: PrestaShopSandbox, ref: str, name: str, reason: str) -> None:
    data = problems(shop, draft(), replace(POLICY, carriers={"TrackedHomeDelivery": ref}))["carrier.unusable"]

    assert data == {"carrier": name, "mode": "TrackedHomeDelivery", "reason": reason}


def test_a_fee_needs_a_product_of_the_merchant(shop: PrestaShopSandbox) -> None:
    order = draft(fees=(Fee("Paiement en 4 fois", Decimal("3.20")),))

    assert problems(shop, order) == {"order.fee_without_product": {"label": "Paiement en 4 fois", "amount": "3.20"}}
    assert problems(shop, order, replace(POLICY, fee_sku="NOFEE"))["product.unknown"]["sku"] == "NOFEE"


def test_a_vat_rate_that_the_marketplace_sees_otherwise_is_a_warning(shop: PrestaShopSandbox) -> None:
    found = examined(shop, with_line("BOOK", vat_rate=Decimal(20)))

    assert told(found.warnings) == {"tax.rate_differs": {"sku": "BOOK", "marketplace": "20", "shop": "5.5"}}


def test_a_tax_that_is_gone_is_a_problem(shop: PrestaShopSandbox) -> None:
    shop.shop.store.table("taxes").delete(3)

    assert problems(shop, with_line("BOOK")) == {"tax.rate_unknown": {"sku": "BOOK", "country": "FR"}}


@pytest.mark.parametrize("currency", ["USD", ""])
def test_an_order_in_another_currency_is_a_problem(shop: PrestaShopSandbox, currency: str) -> None:
    assert problems(shop, draft(currency=currency)) == {"currency.unknown": {"currency": currency}}


@pytest.mark.parametrize(
    ("policy", "code", "data"),
    [
        (replace(POLICY, imported_status="77"), "shop.status_missing", {"status": "77"}),
        (replace(POLICY, customer_group="9"), "shop.group_missing", {"group": "9"}),
    ],
)
def test_a_status_or_group_that_is_gone_stops_the_run(
    shop: PrestaShopSandbox, policy: ImportPolicy, code: str, data: dict[str, str]
) -> None:
    with pytest.raises(ConfigError) as caught:
        run(connector(shop), draft(), policy)

    assert (caught.value.code, caught.value.data) == (code, data)
    assert not shop.server.requests("POST")


def test_a_customer_group_with_a_discount_stops_the_run(shop: PrestaShopSandbox) -> None:
    shop.shop.store.table("groups").update(3, {"reduction": "5.00"})

    with pytest.raises(ConfigError) as caught:
        run(connector(shop), draft())
    assert (caught.value.code, caught.value.data) == ("shop.group_reduces", {"group": "Customer", "reduction": "5.00"})

"""Products tied to different carriers: the shop makes an order of each package, and cdsync follows them as one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest

from cdsync.sandbox.prestashop import PrestaShopSandbox
from tests.connectors.journal import Clock, MemoryJournal
from tests.connectors.prestashop.crashes import KillingRecorder, import_until_done, stocks
from tests.connectors.prestashop.shop import POLICY, VERSIONS, connector, draft, failure, one, rehearsal_shop, run

OTHER = 3  # "My cheap carrier"


@pytest.fixture(params=VERSIONS)
def shop(request: pytest.FixtureRequest) -> Iterator[PrestaShopSandbox]:
    """The mug goes with carrier 2 alone, the T-shirt with another alone."""
    with rehearsal_shop(request.param) as running:
        running.shop.store.table("carriers").update(OTHER, {"active": "1"})
        running.tie(1, 2)
        running.tie(2, OTHER)
        yield running


def money(shop: PrestaShopSandbox, name: str) -> list[Decimal]:
    return [Decimal(row[name]) for row in shop.rows("orders")]


def exact_wrongs(shop: PrestaShopSandbox, before: dict[str, int]) -> list[str]:
    """Two parts that together are the order: 84.35 with 5.90 of shipping, one payment, an invoice each, stock once."""
    orders = shop.rows("orders")
    if len(orders) != 2:
        return [f"{len(orders)} orders"]
    payments = [(Decimal(p["amount"]), p["transaction_id"]) for p in shop.rows("order_payments")]
    carried = [(c["id_carrier"], Decimal(c["shipping_cost_tax_incl"])) for c in shop.rows("order_carriers")]
    invoices = [Decimal(i["total_paid_tax_incl"]) for i in shop.rows("order_invoices")]
    taken = {sku: before[sku] - left for sku, left in stocks(shop).items() if before[sku] != left}
    checks = {
        "one cart and reference": len({(o["id_cart"], o["reference"]) for o in orders}) == 1,
        "states": [o["current_state"] for o in orders] == ["2", "2"],
        "total": sum(money(shop, "total_paid")) == sum(money(shop, "total_paid_tax_incl")) == Decimal("84.35"),
        "shipping": sum(money(shop, "total_shipping")) == Decimal("5.90"),
        "really paid": sum(money(shop, "total_paid_real")) == Decimal("84.35"),
        "payments": payments == [(Decimal("84.35"), draft().ref)],
        "carriers": [c for c, _ in carried] == ["2", str(OTHER)]
        and sum(cost for _, cost in carried) == Decimal("5.90"),
        "invoices": sorted(invoices) == sorted(money(shop, "total_paid")),
        "stock": taken == {"MUG": 2, "TSHIRT-S": 3},
    }
    return [name for name, holds in checks.items() if not holds]


def test_both_parts_are_one_order_to_the_cent(shop: PrestaShopSandbox) -> None:
    before = stocks(shop)
    imported = one(run(connector(shop), draft()))

    assert [imported.order.shop_ref, *(part.shop_ref for part in imported.parts)] == ["1", "2"]
    assert imported.order.total_paid + imported.parts[0].total_paid == Decimal("84.35")
    assert [imported.order.carrier_ref, imported.parts[0].carrier_ref] == ["2", str(OTHER)]
    assert exact_wrongs(shop, before) == []


def test_asked_again_both_are_adopted_without_any_write(shop: PrestaShopSandbox) -> None:
    run(connector(shop), draft())
    shop.server.log.clear()

    again = one(run(connector(shop), draft()))

    assert (again.adopted, len(again.parts)) == (True, 1)
    assert {seen.method for seen in shop.server.log} == {"GET"}


def test_products_that_one_carrier_brings_make_one_order(shop: PrestaShopSandbox) -> None:
    shop.tie(1, 2, OTHER)
    imported = one(run(connector(shop), draft()))
    assert (imported.parts, len(shop.rows("orders"))) == ((), 1)


def test_a_spoiled_split_is_put_away_in_all_its_parts_and_made_anew(shop: PrestaShopSandbox) -> None:
    before, journal = stocks(shop), MemoryJournal()
    shop.shop.automatic_discount = Decimal(10)

    error = failure(run(connector(shop), draft(), journal=journal)).error

    assert (error.code, error.data["shop_order"]) == ("import.put_away", "1, 2")
    assert [o["current_state"] for o in shop.rows("orders")] == ["6", "6"]
    assert stocks(shop) == before
    shop.shop.automatic_discount = Decimal(0)
    assert one(run(connector(shop), draft(), journal=journal)).parts[0].shop_ref == "4"


def test_a_split_left_as_it_is_can_be_cancelled_and_made_anew_as_one(shop: PrestaShopSandbox) -> None:
    journal, left = MemoryJournal(), replace(POLICY, put_away_spoiled=False)
    shop.shop.automatic_discount = Decimal(10)
    assert failure(run(connector(shop), draft(), left, journal)).error.code == "import.lines_differ"
    shop.shop.automatic_discount = Decimal(0)
    for number in (1, 2):
        shop.set_state(number, 6)
    shop.tie(2, 2)

    assert one(run(connector(shop), draft(), left, journal)).parts == ()


def test_a_product_that_is_gone_since_leaves_a_split_to_a_person(shop: PrestaShopSandbox) -> None:
    """Without its products nobody can tell which part is to cost what."""
    run(connector(shop), draft())
    shop.shop.store.table("products").update(1, {"active": "0"})
    error = failure(run(connector(shop), draft())).error
    assert (error.code, error.data) == ("import.split", {"shop_orders": ["1", "2"]})


def test_three_requests_at_once_made_three_orders_and_no_split(shop: PrestaShopSandbox) -> None:
    run(connector(shop), draft())
    shop.shop.store.table("orders").update(2, {"reference": "ANOTHERONE"})
    assert failure(run(connector(shop), draft())).error.code == "import.several_orders"


@pytest.mark.parametrize("shop", VERSIONS[:1], indirect=True)
def test_wherever_it_is_killed_it_ends_as_one_order_in_two_parts(shop: PrestaShopSandbox) -> None:
    before, clean = stocks(shop), shop.snapshot()
    run(connector(shop), draft())
    methods = [seen.method for seen in shop.server.log]
    found = []
    for number in range(len(methods) - 1 - methods[::-1].index("POST"), len(methods)):
        shop.restore(clean)
        journal = MemoryJournal(clock := Clock())
        outcome = import_until_done(shop, [draft()], KillingRecorder(after=number), journal, clock)
        found.append((list(outcome.imported), exact_wrongs(shop, before)))

    assert len(found) > 8
    assert found == [([draft().ref], [])] * len(found)

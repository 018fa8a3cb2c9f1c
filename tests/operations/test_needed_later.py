"""What the shipment needs is looked for when the shop order is read back: a warning then, gone once it is mended."""

from __future__ import annotations

import pytest

from cdsync import settings
from cdsync.sandbox.octopia import line_json, order_json
from cdsync.web.one_order.words import why
from cdsync.web.shell.current_account import look_at
from tests.worlds import order_of

MUG = {"sku": "MUG-ARDOISE", "quantity": 2, "unit_price": "9.99"}
OWN_SHIPPING = "8.40"  # what the shop asks itself: nothing to correct


@pytest.fixture(params=["5.90", OWN_SHIPPING])
def ref(request, market, account, run) -> str:
    ref = str(market.add(order_json(lines=[line_json(**MUG, shipping=request.param)])))
    run(account, "lookup")
    return ref


def warned(ref: str) -> list[str]:
    return [each["code"] for each in order_of(ref).warnings]


def test_a_carrier_that_the_marketplace_has_no_name_for_is_said_at_the_import(app, account, run, ref):
    known = dict(settings.read(account).orders.marketplace_carriers)
    settings.load({"orders": {"marketplace_carriers": {}}})
    run(account, "import")
    order = order_of(ref)
    assert (order.state, order.problem_code, warned(ref)) == ("imported", None, ["ship.carrier_unmapped"])
    with app.test_request_context():
        look_at(account)
        assert "is called on Cdiscount" in why(order).text
    settings.load({"orders": {"marketplace_carriers": known}})
    run(account, "ship")
    assert warned(ref) == []


def test_a_shop_order_without_a_carrier_is_said_when_it_is_read(account, shop, run, ref):
    run(account, "import")
    assert warned(ref) == []
    shop.shop.store.table("order_carriers").delete(1)
    run(account, "ship")
    assert (order_of(ref).problem_code, warned(ref)) == (None, ["import.no_carrier_row"])


def test_a_number_without_a_carrier_is_told_to_nobody(account, market, shop, run, ref):
    run(account, "import")
    shop.set_tracking(1, "6A11111111111")
    shop.set_state(1, 4)
    carrier = shop.rows("order_carriers")[0]["id_carrier"]
    shop.shop.store.table("order_carriers").update(1, {"id_carrier": "0"})
    run(account, "ship")
    assert (order_of(ref).problem_code, market.shipments) == ("import.no_carrier_row", [])
    shop.shop.store.table("order_carriers").update(1, {"id_carrier": carrier})
    run(account, "ship")
    assert (order_of(ref).state, order_of(ref).problem_code) == ("shipped", None)

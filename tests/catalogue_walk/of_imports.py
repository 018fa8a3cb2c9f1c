"""Walks of articles about what an import met in the shop, and what a shipment met."""

from __future__ import annotations

from decimal import Decimal

from tests.worlds import order_of

from .place import MUG, Place
from .walk import AVOID, LOOK, Walk, again, nothing

SHIPPED = ("shipped", None)


def _imported(place: Place, **line: object) -> str:
    ref = place.sold({**MUG, **line})
    place.run(place.account, "import")
    assert order_of(ref).state == "imported", order_of(ref).problem_code
    return ref


# Imports.
def _discount(place: Place, percent: int) -> None:
    place.shop.shop.automatic_discount = Decimal(percent)


def _spoiled(place: Place) -> str:
    _discount(place, 10)
    ref = place.sold()
    place.run(place.account, "import")
    return ref


def _spoiled_and_left(place: Place) -> str:
    place.setting(put_away_spoiled=False)
    return _spoiled(place)


def _cancel_and_import(place: Place, ref: str) -> None:
    _discount(place, 0)
    place.cancel_in_shop()
    place.again(ref)


def _other_total(place: Place) -> str:
    """An invoiced order that a module made dearer; cdsync's database is from before."""
    ref = _imported(place)
    dearer = {"total_shipping_tax_incl": "7.90", "total_paid_tax_incl": "27.88", "total_paid": "27.88"}
    place.table("orders").update(place.shop_order(), dearer)
    place.forgotten(ref)
    place.run(place.account, "import")
    return ref


def _other_net(place: Place) -> str:
    """Shipping without its VAT is that with it; cdsync's database is from before."""
    ref = _imported(place)
    place.table("orders").update(place.shop_order(), {"total_shipping_tax_excl": "5.900000"})
    place.forgotten(ref)
    place.run(place.account, "import")
    return ref


def _several(place: Place) -> str:
    """Another program has made the order once more; cdsync's database is from before."""
    ref = _imported(place)
    number = place.shop_order()
    reference = f"SECOND{place.number:03}"
    first = place.table("orders").get(number)
    two = place.table("orders").insert({**first, "reference": reference, "id_cart": str(900 + place.number)})
    for name in ("order_details", "order_carriers"):
        for row in place.table(name).where("id_order", number):
            place.table(name).insert({**row, "id_order": str(two)})
    (payment,) = place.table("order_payments").where("order_reference", first["reference"])
    place.table("order_payments").insert({**payment, "order_reference": reference})
    place.forgotten(ref)
    place.run(place.account, "import")
    return ref


# Shipments.
def _ship(place: Place, ref: str, number: str = "6A11111111111") -> None:
    shop_order = int(order_of(ref).shop_orders[-1].shop_ref)
    if number:
        place.shop.set_tracking(shop_order, number)
    place.shop.set_state(shop_order, 4)
    place.run(place.account, "ship")


def _no_tracking(place: Place) -> str:
    place.setting(wait_for_tracking_hours=0)
    ref = _imported(place)
    _ship(place, ref, "")
    return ref


def _enter_number(place: Place, ref: str) -> None:
    place.shop.set_tracking(int(order_of(ref).shop_orders[-1].shop_ref), "6A11111111111")


def _wait_longer(place: Place, ref: str) -> None:
    place.setting(wait_for_tracking_hours=48)
    _enter_number(place, ref)
    place.again(ref)


def _carrier_without_name(place: Place) -> str:
    place.kept.setdefault("names", dict(place.chosen().marketplace_carriers))
    place.setting(marketplace_carriers={})
    ref = _imported(place)
    _ship(place, ref)
    return ref


def _name_carrier(place: Place, _ref: str) -> None:
    place.setting(marketplace_carriers=place.kept["names"])


def _carrier_unknown_there(place: Place) -> str:
    place.market.variants.carrier_name = "exact"
    place.kept.setdefault("names", dict(place.chosen().marketplace_carriers))
    place.setting(marketplace_carriers=dict.fromkeys(place.kept["names"], "Pigeons of the North"))
    ref = _imported(place)
    _ship(place, ref)
    return ref


def _cancelled_in_shop(place: Place) -> str:
    ref = _imported(place)
    place.cancel_in_shop()
    place.run(place.account, "ship")
    return ref


def _cancel_at_marketplace(place: Place, ref: str) -> None:
    place.market.cancel(ref)
    place.look_up()
    place.settled(ref)


def _status_back(place: Place, _ref: str) -> None:
    place.shop.set_state(place.shop_order(), 2)


def _deleted(place: Place) -> str:
    ref = _imported(place)
    place.table("orders").delete(place.shop_order())
    place.run(place.account, "ship")
    return ref


def _make_anew(place: Place, ref: str) -> None:
    place.run(place.account, "import", order_ids=[order_of(ref).id], options={"anew": True})


WALKS = (
    Walk("import.put_away", _spoiled, ({1: lambda place, _ref: _discount(place, 0), 2: again},), {0: LOOK}),
    Walk("import.lines_differ", _spoiled_and_left, ({1: _cancel_and_import},), {0: LOOK}),
    Walk("import.total_differs", _other_total, ({2: Place.cancel_in_shop, 3: again},), {0: LOOK, 1: LOOK}),
    Walk("import.net_differs", _other_net, ({1: Place.cancel_in_shop, 2: again},), {0: LOOK}),
    Walk("import.several_orders", _several, ({1: Place.cancel_in_shop, 2: again},), {0: LOOK, 3: AVOID}),
    Walk("ship.no_tracking", _no_tracking, ({0: _enter_number, 1: again}, {2: _wait_longer}), {}, SHIPPED),
    Walk("ship.carrier_unmapped", _carrier_without_name, ({0: _name_carrier, 1: again},), {}, SHIPPED),
    Walk("ship.refused", _carrier_unknown_there, ({2: _name_carrier, 3: again},), {0: LOOK, 1: LOOK}, SHIPPED),
    Walk("ship.shop_order_cancelled", _cancelled_in_shop, (
        {0: _cancel_at_marketplace}, {1: _status_back, 2: again},
    ), {}),
    Walk("ship.shop_order_gone", _deleted, (
        {0: _make_anew}, {1: _cancel_at_marketplace}, {2: Place.settled},
    ), {}),
)  # fmt: skip
__all__ = ["WALKS", "nothing"]

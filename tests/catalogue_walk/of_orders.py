"""Walks of articles about what the marketplace tells: addresses, amounts, carriers, cancellations."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from cdsync.db import db, now
from tests.worlds import order_of

from .place import MUG, Place
from .walk import LOOK, TELL, Walk, again, nothing

ELSEWHERE = ("elsewhere", None)
COUNTRIES = ("NO", "IS")  # without VAT of the EU, and not in the shop


def _far_away(place: Place) -> str:
    place.kept["country"] = COUNTRIES[place.number % 2]
    place.kept["id"] = 900 + place.number
    for row in place.table("countries").where("iso_code", place.kept["country"]):
        place.table("countries").delete(row["id"])
    return place.sold(billing={"countryCode": place.kept["country"], "postalCode": "0150", "city": "Oslo"})


def _add_country(place: Place, _ref: str) -> None:
    france = place.table("countries").where("iso_code", "FR")[0]
    place.table("countries").insert({
        **france, "iso_code": place.kept["country"], "active": "1", "id_zone": "0", "zip_code_format": "NNNN",
    })  # fmt: skip


def _give_zone(place: Place, _ref: str) -> None:
    (row,) = place.table("countries").where("iso_code", place.kept["country"])
    place.table("countries").update(row["id"], {"id_zone": "1"})


def _switched_off(place: Place) -> str:
    _portugal(place, "0")
    lisbon = {"countryCode": "PT", "postalCode": "1100-148", "city": "Lisboa", "addressLine1": "Rua Augusta 12"}
    return place.sold(billing=lisbon)


def _portugal(place: Place, active: str) -> None:
    (row,) = place.table("countries").where("iso_code", "PT")
    place.table("countries").update(row["id"], {"active": active})


def _without_city(place: Place) -> str:
    return place.sold(billing={"city": ""})


def _without_postcode(place: Place) -> str:
    _postcodes(place, "1")
    return place.sold(billing={"postalCode": ""})


def _postcodes(place: Place, needed: str) -> None:
    (row,) = place.table("countries").where("iso_code", "FR")
    place.table("countries").update(row["id"], {"need_zip_code": needed})


def _gives_city(place: Place, ref: str) -> None:
    told = place.at_marketplace(ref)
    for address in (told["billingAddress"], *(line["shippingAddress"] for line in told["lines"])):
        address["city"] = "Lyon"
    place.look_up()


def _unmapped(place: Place) -> str:
    kept = {mode: ref for mode, ref in place.chosen().carriers.items() if mode != "FixedDateHomeDelivery"}
    place.setting(default_carrier=None, carriers=kept)
    return place.sold({**MUG, "delivery_mode": "FixedDateHomeDelivery"})


def _map_mode(place: Place, _ref: str) -> None:
    place.setting(carriers={**place.chosen().carriers, "FixedDateHomeDelivery": "2"})


def _unusable(place: Place) -> str:
    carrier = place.shop.add_carrier(f"Going {place.number}", active=False)
    place.kept["carrier"] = carrier
    place.setting(carriers={**place.chosen().carriers, "FixedDateHomeDelivery": str(carrier)})
    return place.sold({**MUG, "delivery_mode": "FixedDateHomeDelivery"})


def _correct_carrier(place: Place, _ref: str) -> None:
    place.table("carriers").update(place.kept["carrier"], {"active": "1"})


def _wrong_total(place: Place) -> str:
    return place.sold(total="20.00")


def _corrected_by_cdiscount(place: Place, ref: str) -> None:
    told = place.at_marketplace(ref)
    told["totalPrice"] = {"offerPrice": Decimal("25.88"), "sellingPrice": Decimal("25.88")}
    place.look_up()
    place.again(ref)


def _cancel_request(place: Place) -> str:
    ref = place.sold()
    place.at_marketplace(ref)
    place.market.request_cancellation(ref)
    place.look_up()
    return ref


def _request_refused(place: Place, ref: str) -> None:
    for line in place.at_marketplace(ref)["lines"]:
        line["status"] = "InPreparation"
    place.look_up()
    place.again(ref)


def _import_anyway(place: Place, ref: str) -> None:
    """The button of that name."""
    order_of(ref).import_anyway = True
    db.session.commit()
    place.again(ref)


def _cancelled_after_import(place: Place) -> str:
    place.setting(cancelled_status=None)
    ref = place.sold()
    place.run(place.account, "import")
    place.market.cancel(ref)
    place.look_up()
    return ref


def _changed_after_import(place: Place) -> str:
    ref = place.sold()
    place.run(place.account, "import")
    place.at_marketplace(ref)["lines"][0]["quantity"] = 3
    place.look_up()
    return ref


def _unknown_status(place: Place) -> str:
    ref = place.sold(look_up=False)
    place.at_marketplace(ref)["status"] = "OnTheMoon"
    place.look_up()
    return ref


def _status_passes(place: Place, ref: str) -> None:
    place.at_marketplace(ref)["status"] = "InPreparation"
    place.look_up()
    place.run(place.account, "import")


def _no_pieces(place: Place) -> str:
    ref = place.sold(look_up=False)
    told = place.at_marketplace(ref)
    place.kept["quantity"], told["lines"][0]["quantity"] = told["lines"][0]["quantity"], 0
    place.look_up()
    return ref


def _pieces_given(place: Place, ref: str) -> None:
    place.at_marketplace(ref)["lines"][0]["quantity"] = place.kept["quantity"]
    place.look_up()
    place.again(ref)


def _accepted_long_ago(place: Place) -> str:
    place.market.accept_delay = 10**9
    ref = place.sold(status="Accepted")
    order_of(ref).state_since = now() - timedelta(hours=25)
    db.session.commit()
    place.look_up()
    return ref


def _released(place: Place, ref: str) -> None:
    place.market.set_status(ref, "InPreparation")
    place.look_up()
    place.run(place.account, "import")


WALKS = (
    Walk("address.country_unknown", _far_away, ({0: _add_country, 1: _give_zone, 2: again},), {}),
    Walk("address.country_inactive", _switched_off, (
        {0: lambda place, _ref: _portugal(place, "1"), 1: again},
    ), {}),
    Walk("address.incomplete", _without_city, ({0: _gives_city, 2: again},), {1: "walked with a postcode"}),
    Walk("address.incomplete", _without_postcode, (
        {1: lambda place, _ref: _postcodes(place, "0"), 2: again},
    ), {0: "walked with a town"}),
    Walk("carrier.unmapped", _unmapped, ({0: _map_mode, 1: again},), {}),
    Walk("carrier.unusable", _unusable, ({0: _map_mode, 2: again}, {1: _correct_carrier, 2: again}), {}),
    Walk("order.total_mismatch", _wrong_total, ({1: _corrected_by_cdiscount},), {0: LOOK, 2: TELL}),
    Walk("order.cancel_requested", _cancel_request, ({0: _request_refused}, {1: _import_anyway}), {}),
    Walk("order.cancelled_after_import", _cancelled_after_import, (
        {1: Place.cancel_in_shop, 3: Place.settled},
        {2: lambda place, _ref: place.setting(cancelled_status="6"), 3: Place.settled},
    ), {0: "done in the warehouse"}),
    Walk("order.changed_after_import", _changed_after_import, ({1: nothing, 2: Place.settled},), {0: LOOK}),
    Walk("order.quantity_invalid", _no_pieces, ({1: _pieces_given},), {0: LOOK}),
    Walk("order.waiting_too_long", _accepted_long_ago, ({1: _released},), {0: LOOK}),
    Walk("order.status_unknown", _unknown_status, ({1: _status_passes},), {0: LOOK, 2: TELL}),
)  # fmt: skip

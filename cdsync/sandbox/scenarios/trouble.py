"""Kinds of order that need a person: something in them does not fit the shop, or they are not whole."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from .catalogue import INACTIVE, SHORT, SIMPLE, SOLD_OUT, TWINS, WITH_VARIATIONS
from .maker import Arrival, Maker, line


def unknown_sku(make: Maker) -> Arrival:
    ghost: dict[str, Any] = {
        "sku": f"INCONNU-{make.number:03d}",
        "gtin": None,
        "title": "Article jamais publié dans la boutique",
    }
    return make.arrival([line(make.pick(SIMPLE)), line(SIMPLE[0], shipping="0.00", **ghost)])


def no_sku(make: Maker) -> Arrival:
    return make.arrival([line(SIMPLE[0], sku=None, gtin=None)])


def ambiguous_sku(make: Maker) -> Arrival:
    return make.arrival([line(TWINS[0])])


def parent_sku(make: Maker) -> Arrival:
    parent = WITH_VARIATIONS[make.number % len(WITH_VARIATIONS)]
    return make.arrival([line(parent, sku=parent.reference, gtin=None, title=parent.name)])


def inactive_product(make: Maker) -> Arrival:
    return make.arrival([line(INACTIVE)])


def short_stock(make: Maker) -> Arrival:
    return make.arrival([line(SHORT, quantity=3)])


def sold_out(make: Maker) -> Arrival:
    return make.arrival([line(SOLD_OUT)])


def unmapped_delivery(make: Maker) -> Arrival:
    return make.arrival([line(make.pick(SIMPLE), delivery_mode="FixedDateHomeDelivery", shipping="29.00")])


def unknown_delivery(make: Maker) -> Arrival:
    return make.arrival([line(make.pick(SIMPLE), delivery_mode="DroneDelivery")])


def wrong_total(make: Maker) -> Arrival:
    article = make.pick(SIMPLE)
    return make.arrival([line(article)], total=article.price + Decimal("5.90") - Decimal("2.00"))


def other_currency(make: Maker) -> Arrival:
    return make.arrival([line(make.pick(SIMPLE))], currency="GBP")


def overseas(make: Maker) -> Arrival:
    place = (
        {"countryCode": "RE", "postalCode": "97400", "city": "Saint-Denis"},
        {"countryCode": "GP", "postalCode": "97110", "city": "Pointe-à-Pitre"},
    )[make.number % 2]
    return make.arrival([line(make.pick(SIMPLE), shipping="14.90")], billing=place)


def inactive_country(make: Maker) -> Arrival:
    place = {"countryCode": "PT", "postalCode": "1100-148", "city": "Lisboa", "addressLine1": "Rua Augusta 12"}
    return make.arrival([line(make.pick(SIMPLE))], billing=place)


def unknown_country(make: Maker) -> Arrival:
    return make.arrival([line(make.pick(SIMPLE))], shipping={"countryCode": "XX"})


def no_address(make: Maker) -> Arrival:
    blank = dict.fromkeys(("addressLine1", "postalCode", "city", "firstName", "lastName"))
    return make.arrival([line(make.pick(SIMPLE))], billing=blank)


def cancellation_asked(make: Maker) -> Arrival:
    arrival = make.arrival([line(make.pick(SIMPLE))])
    arrival.cancellation_asked_by = ("customer", "seller", "channel")[make.number % 3]
    return arrival


def malformed_lines(make: Maker) -> Arrival:
    arrival = make.arrival([line(make.pick(SIMPLE))])
    if make.number % 2:
        del arrival.order["lines"]
    else:
        arrival.order["lines"] = []
    return arrival


def malformed_status(make: Maker) -> Arrival:
    return make.arrival([line(make.pick(SIMPLE), status="InPreparation")], status=None)


def malformed_money(make: Maker) -> Arrival:
    arrival = make.arrival([line(make.pick(SIMPLE))])
    arrival.order["lines"][0]["sellingPrice"]["unitSalesPrice"] = "douze euros"
    return arrival


def zero_quantity(make: Maker) -> Arrival:
    arrival = make.arrival([line(make.pick(SIMPLE)), line(SIMPLE[0], shipping="0.00")])
    arrival.order["lines"][1]["quantity"] = 0
    arrival.order["totalPrice"]["sellingPrice"] -= SIMPLE[0].price
    arrival.order["totalPrice"]["offerPrice"] -= SIMPLE[0].price
    return arrival


def unknown_status(make: Maker) -> Arrival:
    return make.arrival([line(make.pick(SIMPLE), status="InPreparation")], status="BlockedForReview")


def cancelled_after_import(make: Maker) -> Arrival:
    """`react` cancels it as soon as the shop has it."""
    return make.arrival([line(make.pick(SIMPLE))])

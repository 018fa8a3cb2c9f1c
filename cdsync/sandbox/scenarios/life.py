"""Kinds of order by where they are in their life: not yet the seller's, waiting, gone, or somebody else's."""

from __future__ import annotations

from collections.abc import Callable

from .catalogue import SHORT, SIMPLE, WITH_VARIATIONS
from .maker import Arrival, Maker, line
from .trouble import unknown_sku


def processing(make: Maker) -> Arrival:
    arrival = make.arrival([line(make.pick(SIMPLE))], status="Processing", created_at=make.ago(0.2))
    if make.number % 2:
        arrival.moves_to, arrival.moves_after = "WaitingAcceptance", 120.0
    return arrival


def to_accept(make: Maker) -> Arrival:
    """Waits with a deadline between 6 and 44 hours away."""
    return _waiting(make, make.arrival([line(make.pick(SIMPLE))], **_waits(make)), 6 + make.number * 7 % 39)


def to_accept_soon(make: Maker) -> Arrival:
    """Waits with two hours left."""
    return _waiting(make, make.arrival([line(make.pick(SIMPLE), quantity=2)], **_waits(make)), 2)


def to_accept_last_minutes(make: Maker) -> Arrival:
    """The deadline passes in ten minutes; then the marketplace cancels it."""
    return _waiting(make, make.arrival([line(make.pick(SIMPLE))], **_waits(make)), 1 / 6)


def to_accept_unknown_sku(make: Maker) -> Arrival:
    arrival = unknown_sku(make)
    _restate(arrival, "WaitingAcceptance")
    return _waiting(make, arrival, 20)


def to_accept_short_stock(make: Maker) -> Arrival:
    return _waiting(make, make.arrival([line(SHORT, quantity=5)], **_waits(make)), 30)


def to_accept_combination(make: Maker) -> Arrival:
    shirt = WITH_VARIATIONS[0]
    lines = [line(shirt, variation=make.source.choice(shirt.variations))]
    return _waiting(make, make.arrival(lines, **_waits(make)), 26)


def accepted(make: Maker) -> Arrival:
    """Accepted a moment ago; prepared two minutes after it arrives."""
    arrival = make.arrival([line(make.pick(SIMPLE))], status="Accepted", created_at=make.ago(1))
    arrival.moves_to, arrival.moves_after = "InPreparation", 120.0
    return arrival


def accepted_long_ago(make: Maker) -> Arrival:
    """Accepted yesterday and never released: something is wrong at the marketplace."""
    return make.arrival([line(make.pick(SIMPLE))], status="Accepted", created_at=make.ago(30))


def fulfilment(make: Maker) -> Arrival:
    return make.arrival([line(make.pick(SIMPLE), supply_mode="Fulfillment")])


def xdock(make: Maker) -> Arrival:
    return make.arrival([line(make.pick(SIMPLE), supply_mode="Xdock")])


def mixed_supply(make: Maker) -> Arrival:
    ours, theirs = make.some(SIMPLE, 2)
    return make.arrival([line(ours, quantity=2), line(theirs, supply_mode="Fulfillment", shipping="0.00")])


def _at_status(status: str, hours: float) -> Callable[[Maker], Arrival]:
    """A kind named as `status` whose orders came `hours` ago and are at `status`; those that left show their parcel."""

    def build(make: Maker) -> Arrival:
        created = make.ago(hours + make.number % 5)
        arrival = make.arrival([line(make.pick(SIMPLE))], status=status, created_at=created)
        if status in ("Shipped", "Delivered"):
            parcel = {"parcelNumber": f"6A{make.number:011d}", "carrierName": "Colissimo", "trackingUrl": None}
            for row in arrival.order["lines"]:
                row["parcels"] = [dict(parcel)]
        return arrival

    build.__name__ = status.lower()
    return build


shipped = _at_status("Shipped", 60)
delivered = _at_status("Delivered", 130)
refused = _at_status("Refused", 40)
rejected = _at_status("Rejected", 50)
cancelled = _at_status("Cancelled", 30)


def _waits(make: Maker) -> dict[str, object]:
    return {"status": "WaitingAcceptance", "created_at": make.ago(1 + make.number % 4)}


def _waiting(make: Maker, arrival: Arrival, hours: float) -> Arrival:
    arrival.accept_until = make.ahead(hours)
    return arrival


def _restate(arrival: Arrival, status: str) -> None:
    arrival.order["status"] = status
    for row in arrival.order["lines"]:
        row["status"] = status

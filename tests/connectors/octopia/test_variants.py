"""Whatever turns out to be true about what nobody has established, an order gets through its whole life."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest

from cdsync.connectors.base import MarketplaceOrder, Parcel
from cdsync.sandbox.octopia import OctopiaSandbox, Variants, line_json, order_json
from tests.connectors.octopia.account import WEEK_AGO, account, rehearsal_market

NUMBERS = {
    "approval_status": (200, 201, 202, 204),
    "approval_wrong_state": (400, 409, 422),
    "shipment_refused": (400, 409, 422),
    "page_size": (1, 100),
    "requests_per_minute": (1000,),
}


def knobs() -> list[tuple[str, Any]]:
    """Each knob with each value it can have."""
    found: list[tuple[str, Any]] = [(name, value) for name, values in NUMBERS.items() for value in values]
    for name, kind in get_type_hints(Variants).items():
        if get_origin(kind) is Literal:
            found += [(name, value) for value in get_args(kind)]
        elif kind is bool:
            found += [(name, False), (name, True)]
    return found


@pytest.fixture
def market() -> Iterator[OctopiaSandbox]:
    with rehearsal_market() as started:
        yield started


@pytest.mark.parametrize(("name", "value"), knobs())
def test_an_order_is_found_accepted_prepared_and_shipped(market: OctopiaSandbox, name: str, value: Any) -> None:
    setattr(market.variants, name, value)
    line = line_json(sku="MUG", quantity=2, unit_price="9.95", shipping="4.90")
    ref = market.add(order_json(status="WaitingAcceptance", lines=[line]))
    octopia = account(market)

    waiting = only(octopia.orders(WEEK_AGO))
    assert (waiting.ref, waiting.state, waiting.shipping, waiting.faults) == (ref, "to_accept", None, ())
    octopia.accept(ref)
    octopia.accept(ref)
    ready = only(octopia.orders(WEEK_AGO))
    assert (ready.state, ready.total, ready.faults) == ("to_import", Decimal("24.80"), ())
    assert ready.shipping is not None
    octopia.ship(ref, Parcel("6A1", "Colissimo"))
    octopia.ship(ref, Parcel("6A1", "Colissimo"))
    assert only(octopia.orders(WEEK_AGO)).state == "shipped"
    assert market.approvals == [(ref, "Accepted")]
    assert len(market.shipments) == 1


def only(entries: Iterator[Any]) -> MarketplaceOrder:
    (found,) = entries
    assert isinstance(found, MarketplaceOrder)
    return found

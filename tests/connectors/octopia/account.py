"""A seller account on the rehearsal marketplace, and what the connector records, for the Octopia tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from cdsync.connectors.base import MarketplaceOrder, UnreadableOrder
from cdsync.connectors.octopia import Octopia
from cdsync.connectors.octopia.api.json_text import Entry, decode
from cdsync.connectors.octopia.mapping.mapper import read_order
from cdsync.connectors.testing.wire import Kept
from cdsync.sandbox.octopia import OctopiaSandbox, to_json

WEEK_AGO = datetime.now(UTC) - timedelta(days=7)


@contextmanager
def rehearsal_market() -> Iterator[OctopiaSandbox]:
    market = OctopiaSandbox().start()
    try:
        yield market
    finally:
        market.stop()


def account(market: OctopiaSandbox, recorder: Kept | None = None, **changes: Any) -> Octopia:
    """The connector set up for this marketplace."""
    values = {
        "api_url": market.api_url,
        "token_url": market.token_url,
        "client_id": market.client_id,
        "client_secret": market.client_secret,
        "seller_id": market.seller_id,
    }
    return Octopia(values | changes, recorder or Kept())


def refs(octopia: Octopia) -> list[str]:
    return [order.ref for order in octopia.orders(WEEK_AGO)]


def mapped(order: Any) -> MarketplaceOrder:
    """An order as the mapper reads it from its JSON."""
    found = read(order)
    assert isinstance(found, MarketplaceOrder), found
    return found


def read(order: Any) -> MarketplaceOrder | UnreadableOrder:
    text = to_json(order)
    return read_order(Entry(decode(text), text))


def codes(order: MarketplaceOrder) -> list[str]:
    return [fault.code for fault in order.faults]

"""How many orders came that wait for somebody, since a list was read: a small number instead of the list.

Facts (docs/octopia.md, 2): `/orders/count` takes the filters of the list and answers a bare integer (seen); `status`
takes one value, perhaps several, so each status is a request of its own. The mark is the latest `updatedAt` that the
list told: the marketplace's own clock, so that no other clock has to agree with it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from .client import OctopiaClient
from .fields import moment
from .numbered_pages import spelled

UNIT = timedelta(seconds=1)  # of a bound: what changed in the second of the mark itself, the next list tells


def mark_of(newest: Mapping[str, datetime], channels: Sequence[str]) -> str:
    """The mark of a list that told changes until then, by channel; "" while it has not come to each of them."""
    if any(channel not in newest for channel in channels):
        return ""
    return json.dumps({channel: newest[channel].isoformat() for channel in channels})


def count_since(client: OctopiaClient, mark: str, channels: Sequence[str], statuses: Collection[str]) -> int | None:
    """How many orders of these statuses changed after the mark; None for a mark of other channels, or of none.

    Raises what the client raises.
    """
    since = _moments(mark)
    if since.keys() != set(channels):
        return None
    return sum(
        client.how_many([("status", status), ("updatedAtMin", spelled(at + UNIT))], channel)
        for channel, at in since.items()
        for status in statuses
    )


def _moments(mark: str) -> dict[str, datetime]:
    try:
        told = json.loads(mark)
        found = {str(channel): moment(at) for channel, at in told.items()}
    except (ValueError, TypeError, AttributeError):
        return {}
    return {channel: at for channel, at in found.items() if at is not None}

"""All orders changed since a moment, from numbered pages that shift while they are read. Knows no order's meaning.

Facts (docs/octopia.md, 2): pages from 1, at most 100 an answer, the end is a short or empty page; when an order
changes, the same one can come twice and another can slip past. Hence: read again until a reading is calm.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from typing import NamedTuple

from cdsync.errors import CdsyncError

from ...http.read_retry import Pauses
from ...http.transient_errors import TransientError
from .client import OctopiaClient
from .fields import moment, section, text
from .json_text import Entry

# Sizes of the first and the further readings: other borders, so that no order can slip past at each of them.
PAGE_SIZES = (100, 93, 85, 77, 100)
MOST_PAGES = 2000
_NEVER = datetime.min.replace(tzinfo=UTC)


def changed_orders(client: OctopiaClient, since: datetime, channels: Sequence[str]) -> Iterator[Entry]:
    """Each order once, in its newest reading; entries without an id as they come.

    Pauses that the marketplace asks for are kept, and the same page is asked for again. When a page can't be had all
    the same, what was read is handed out first, then the error is raised. With several channels the list is read for
    each: whether the SalesChannelId header narrows it is not established.
    """
    found: dict[str, Entry] = {}
    failure: CdsyncError | None = None
    pauses = Pauses()
    try:
        for channel in channels or ("",):
            _read_until_calm(client, pauses, _Wanted(since, channel), found)
    except CdsyncError as exc:
        failure = exc
    while found:
        yield found.pop(next(iter(found)))
    if failure:
        raise failure


class _Wanted(NamedTuple):
    """Which orders: changed since, of that channel ("" is any)."""

    since: datetime
    channel: str


@dataclass
class _Reading:
    """What one reading from the first page to the last met."""

    pages: int = 0
    news: int = 0
    restless: bool = False  # an order came twice, or changed while we read


def _read_until_calm(client: OctopiaClient, pauses: Pauses, wanted: _Wanted, found: dict[str, Entry]) -> None:
    for attempt, size in enumerate(PAGE_SIZES):
        reading = _read(client, pauses, wanted, size, found)
        told_nothing_new = attempt > 0 and not reading.news
        if reading.pages == 1 or not reading.restless or told_nothing_new:
            return


def _read(client: OctopiaClient, pauses: Pauses, wanted: _Wanted, size: int, found: dict[str, Entry]) -> _Reading:
    reading, seen, began = _Reading(), set[str](), _NEVER
    for index in range(1, MOST_PAGES):
        query = _query(wanted.since, index, size)
        page = pauses.kept(partial(client.page, "/orders", query, wanted.channel))
        if index == 1:
            began = _server_time(page.date)
        keys = [_key(entry) for entry in page.entries]
        if len(keys) >= size and seen.issuperset(keys):
            raise TransientError("marketplace.unreadable", host=client.host, reason=f"page {index} repeats others")
        reading.pages = index
        reading.news += sum(_keep(key, entry, found) for key, entry in zip(keys, page.entries, strict=True))
        changed = any(_updated(entry) >= began for entry in page.entries)
        reading.restless |= changed or not seen.isdisjoint(keys)
        seen.update(keys)
        if not keys or (len(keys) < size and not page.says_more):
            return reading
    raise TransientError("marketplace.unreadable", host=client.host, reason="the list has no end")


def _query(since: datetime, index: int, size: int) -> list[tuple[str, str]]:
    start = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return [("updatedAtMin", start), ("pageIndex", str(index)), ("pageSize", str(size))]


def _keep(key: str, entry: Entry, found: dict[str, Entry]) -> bool:
    """Keeps the newer of two readings; whether this one tells anything new."""
    known = found.get(key)
    if known is not None and _updated(entry) < _updated(known):
        return False
    found[key] = entry
    return known is None or known.raw != entry.raw


def _key(entry: Entry) -> str:
    """Two channels may give the same id to orders of their own: neither must hide the other."""
    order_id = text(section(entry.value).get("orderId"))
    return f"{text(section(entry.value, 'salesChannel').get('id'))} {order_id}" if order_id else entry.raw


def _updated(entry: Entry) -> datetime:
    return moment(section(entry.value).get("updatedAt")) or _NEVER


def _server_time(date: str) -> datetime:
    """The server's clock when the reading began; ours may differ."""
    try:
        return parsedate_to_datetime(date).astimezone(UTC)
    except (TypeError, ValueError):
        return datetime.now(UTC).replace(microsecond=0)

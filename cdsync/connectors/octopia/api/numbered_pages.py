"""One part of the list from its numbered pages, which shift while they are read. Knows no order's meaning.

Facts (docs/octopia.md, 2): pages from 1, at most 100 an answer, the end is a short or empty page; when an order
changes, the same one can come twice and another can slip past. Hence each page begins with the last entry of the one
before: where that is another one now, or anything changed meanwhile, all are read again until a reading is calm.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from typing import NamedTuple

from cdsync.errors import CdsyncError

from ...http.read_retry import Pauses
from ...http.transient_errors import TransientError
from .client import OctopiaClient, Page
from .fields import moment, section, text
from .json_text import Entry

LARGEST_PAGE = 100
READINGS = 5  # of one part at most
COUNTED_AFTER = 3  # pages of a part that may be too long: by then one more request is little
_NEVER = datetime.min.replace(tzinfo=UTC)


class Part(NamedTuple):
    """Which orders: changed since, and until (None: whenever), of that channel ("" is any)."""

    since: datetime
    until: datetime | None
    channel: str

    @property
    def query(self) -> list[tuple[str, str]]:
        until = [] if self.until is None else [("updatedAtMax", spelled(self.until))]
        return [("updatedAtMin", spelled(self.since)), *until]


class TooLongError(Exception):
    """The part has more pages than it may. newest: the latest change that was seen in it; orders: how many the
    marketplace counts, None where it does not say."""

    def __init__(self, newest: datetime, orders: int | None, page_size: int) -> None:
        super().__init__("a part of the list has too many pages")
        self.newest, self.orders, self.page_size = newest, orders, page_size


@dataclass
class PartReader:
    """Reads one part. pages: how many were asked for; newest: the latest change that was seen."""

    client: OctopiaClient
    pauses: Pauses
    part: Part
    most_pages: int | None
    pages: int = 0
    newest: datetime = _NEVER
    server_time: datetime = _NEVER  # when the part's reading began, by the server's clock; ours may differ
    _known: dict[str, int] = field(default_factory=dict)
    _counted: bool = False

    def entries(self) -> Iterator[list[Entry]]:
        """What each page tells, but for what was told already in the very same words.

        Raises TooLongError at the first page too many, and what the client raises; what was handed out holds.
        """
        for attempt in range(READINGS):
            reading = _Reading()
            yield from self._read(reading)
            told_nothing_new = attempt > 0 and not reading.news
            if reading.pages == 1 or not reading.restless or told_nothing_new:
                return

    def _read(self, reading: _Reading) -> Iterator[list[Entry]]:
        largest = LARGEST_PAGE
        while True:
            index, size = next_page(len(reading.keys), largest)
            self._mind_the_length(reading.pages)
            page = self._page(index, size)
            if not reading.pages:
                reading.began = _server_time(page.date)
                self.server_time = max(self.server_time, reading.began)
            is_full = len(page.entries) >= size
            names, newest = [key(entry) for entry in page.entries], max(map(changed_at, page.entries), default=_NEVER)
            self.newest = max(self.newest, newest)
            if reading.take(names, newest, (index - 1) * size) == 0 and is_full and reading.pages > 1:
                raise TransientError(
                    "marketplace.unreadable", host=self.client.host, reason=f"page {index} repeats others"
                )
            yield self._news(reading, names, page.entries)
            if reading.at_end or not (is_full or page.says_more):
                return
            if not is_full:
                largest = min(largest, len(page.entries))  # a server that gives fewer than it is asked for

    def _page(self, index: int, size: int) -> Page:
        self.pages += 1
        query = [*self.part.query, ("pageIndex", str(index)), ("pageSize", str(size))]
        return self.pauses.kept(partial(self.client.page, "/orders", query, self.part.channel))

    def _mind_the_length(self, pages: int) -> None:
        if self.most_pages is None:
            return
        orders = None
        if pages == COUNTED_AFTER and not self._counted:
            self._counted, orders = True, self._count()
        if pages >= self.most_pages or (orders or 0) > self.most_pages * LARGEST_PAGE:
            raise TooLongError(self.newest, orders, LARGEST_PAGE)

    def _count(self) -> int | None:
        """How many orders the part has, None where that cannot be had: only the parts' lengths depend on it."""
        try:
            return self.client.how_many(self.part.query, self.part.channel)
        except CdsyncError:
            return None

    def _news(self, reading: _Reading, names: list[str], entries: list[Entry]) -> list[Entry]:
        told = []
        for name, entry in zip(names, entries, strict=True):
            words = hash(entry.raw)
            if self._known.get(name) != words:
                self._known[name] = words
                told.append(entry)
        reading.news += len(told)
        return told


@dataclass
class _Reading:
    """What one reading from the first page to the last met."""

    keys: list[str] = field(default_factory=list)
    pages: int = 0
    news: int = 0
    began: datetime = _NEVER
    restless: bool = False  # an order came twice or slipped past, or changed while we read
    at_end: bool = False  # the page brought nothing behind what was read
    _seen: set[str] = field(default_factory=set)

    def take(self, names: list[str], newest: datetime, offset: int) -> int:
        """Takes the entries from this place of the list on, newest: their latest change; how many had not come yet."""
        self.pages += 1
        known = max(0, len(self.keys) - offset)
        if names[:known] != self.keys[offset:] and self.pages > 1:
            self.restless = True
            known = 0
        new = names[known:]
        fresh = [name for name in new if name not in self._seen]
        self.restless |= len(fresh) < len(new) or newest >= self.began
        if names:
            self.keys[offset:] = names
        self.at_end = not new
        self._seen.update(names)
        return len(fresh)


def next_page(read: int, largest: int) -> tuple[int, int]:
    """pageIndex and pageSize of the page that reaches farthest and begins with an entry that was read already.

    Pages of one size only touch each other; of another size, one begins inside the last. 100 → (2, 99): from the
    hundredth entry to the 198th. read: entries so far; largest: entries that the server gives at most.
    """
    if read == 0:
        return 1, largest
    sizes = range(largest, largest // 2, -1)
    index, size = max((((read - 1) // size + 1, size) for size in sizes), key=lambda page: page[0] * page[1])
    return (index, size) if index * size > read else (read // largest + 1, largest)


def key(entry: Entry) -> str:
    """Two channels may give the same id to orders of their own: neither must hide the other."""
    name = order_id(entry)
    return f"{text(section(entry.value, 'salesChannel').get('id'))} {name}" if name else entry.raw


def order_id(entry: Entry) -> str:
    return text(section(entry.value).get("orderId"))


def changed_at(entry: Entry) -> datetime:
    return moment(section(entry.value).get("updatedAt")) or _NEVER


def spelled(at: datetime) -> str:
    """A moment as a query says it: whole seconds, cut off."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _server_time(date: str) -> datetime:
    try:
        return parsedate_to_datetime(date).astimezone(UTC)
    except (TypeError, ValueError):
        return datetime.now(UTC).replace(microsecond=0)

"""All orders changed since a moment, in parts of that time one after the other, however many there are.

An order that changes goes to a later part, never to an earlier one: who reads on from the end of a part that was read
to its end misses nothing, whenever that is. The last part has no end, and holds what changed while we read.

Facts (docs/octopia.md, 2): updatedAtMin and updatedAtMax are read in the code of four clients; whether the bounds
belong to the span is not established, so parts overlap. Nor is it that the later one is kept to: where it is not, the
list is one part. A list that is short is one part as well, which has no end.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from ...http.read_retry import Pauses
from .client import OctopiaClient
from .fields import moment
from .json_text import Entry
from .numbered_pages import Part, PartReader, TooLongError
from .waiting import mark_of

MOST_PAGES = 25  # of a part: so many are read again after a stop
BOUND = timedelta(seconds=1)  # the unit in which a part's bounds are said: it reaches so much over both
SHORTEST = timedelta(seconds=1)  # a part is not divided further
LONGEST = 10**8  # seconds
UNSETTLED = timedelta(minutes=10)  # until so long ago a part has an end: clocks differ, and what is written comes later


@dataclass(frozen=True)
class Place:
    """Where to go on: until `at` that channel was read, and those before it of these wholly; "" is the beginning.

    seconds: how long parts are, 0 as long as may be.
    """

    channels: tuple[str, ...] = ()
    channel: str = ""
    at: str = ""
    seconds: int = 0

    @classmethod
    def of(cls, text: str) -> Place:
        """Of what `str` made of one; of anything else the beginning."""
        try:
            told = json.loads(text)
            found = cls(**{**told, "channels": tuple(told["channels"])})
            return found if isinstance(found.seconds, int) and 0 <= found.seconds <= LONGEST else cls()
        except (ValueError, TypeError, KeyError):
            return cls()

    def __str__(self) -> str:
        return json.dumps(asdict(self)) if self.at else ""


class Listed(NamedTuple):
    """A page: its entries that tell anything new in their part, and what `OrderPage` calls place and mark."""

    entries: list[Entry]
    place: str
    mark: str


def list_orders(client: OctopiaClient, since: datetime, channels: Sequence[str], place: str = "") -> Iterator[Listed]:
    """The pages of all orders changed since, from a place on.

    Pauses that the marketplace asks for are kept, and the same page is asked for again. Raises what the client raises.
    With several channels the list is read for each: whether the SalesChannelId header narrows it is not established.
    """
    told, wanted = Place.of(place), tuple(channels) or ("",)
    goes_on = bool(told.at) and told.channels == wanted and told.channel in wanted
    pauses, reached = Pauses(), told if goes_on else Place(wanted, wanted[0])
    newest: dict[str, datetime] = {}
    for channel in wanted[wanted.index(reached.channel) :]:
        listing = _Listing(client, pauses, since, replace(reached, channel=channel))
        for entries in listing.pages():
            newest[channel] = listing.newest
            yield Listed(entries, str(listing.place), mark_of(newest, wanted))
        reached = Place(wanted, channel, since.isoformat())


class _Listing:
    """One channel's list. place: where its next part begins, once what was handed out is kept. newest: the latest
    change that was seen in it, or where it began."""

    def __init__(self, client: OctopiaClient, pauses: Pauses, since: datetime, place: Place) -> None:
        self._client, self._pauses, self._since = client, pauses, since
        self.place = place
        self.newest = self._at = max(since, moment(place.at) or since)
        self._seconds = place.seconds
        self._clock = datetime.now(UTC)
        self._divides = True

    def pages(self) -> Iterator[list[Entry]]:
        """Each page's entries that tell anything new in their part."""
        while True:
            until = self._until()
            reader = self._reader(until)
            try:
                for entries in reader.entries():
                    if until is not None and reader.newest > until + 2 * BOUND:
                        raise _UnboundedError
                    self.newest = max(self.newest, reader.newest)
                    yield entries
                if until is None:
                    return
                self._go_on(until, reader.pages)
            except TooLongError as exc:
                self._shorten(until, exc)
            except _UnboundedError:
                self._divides = False
            self._clock = min(datetime.now(UTC), reader.server_time)

    def _until(self) -> datetime | None:
        """Where the next part ends; None where it has no end."""
        if not self._divides or not self._seconds:
            return None
        until = self._at + timedelta(seconds=self._seconds)
        return until if until <= self._clock - UNSETTLED else None

    def _reader(self, until: datetime | None) -> PartReader:
        begin = self._at - BOUND if self._at > self._since else self._at
        part = Part(begin, None if until is None else until + BOUND, self.place.channel)
        length, shortest = (until or self._clock) - self._at, 2 * UNSETTLED if until is None else SHORTEST
        may_be_divided = self._divides and length > shortest
        return PartReader(self._client, self._pauses, part, MOST_PAGES if may_be_divided else None)

    def _shorten(self, until: datetime | None, why: TooLongError) -> None:
        """As long as it may be where orders come evenly; where nobody counted them, at most half as long, and no longer
        than what was seen, should it have come in the order of its changes."""
        whole = ((until or self._clock) - self._at).total_seconds()
        share = 0.7 * MOST_PAGES * why.page_size / why.orders if why.orders else 0.5
        seen = (why.newest - self._at).total_seconds() * 0.9 if not why.orders else whole
        self._seconds = max(1, int(min(whole / 2, whole * share, seen if seen >= 1 else whole)))

    def _go_on(self, until: datetime, pages: int) -> None:
        self._at = until
        self._seconds *= 2 if pages <= MOST_PAGES // 4 else 1
        self.place = replace(self.place, at=until.isoformat(), seconds=self._seconds)


class _UnboundedError(Exception):
    """The marketplace does not keep to where the part ends."""

"""Octopia, the platform behind Cdiscount, as a Marketplace. Wires the parts; holds no rule of its own.

Facts and what is not established about the API: the modules beside name the source of each.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from functools import cached_property, partial
from typing import Any
from urllib.parse import quote

from ...errors import CdsyncError, RejectedError
from ..base import (
    Carrier,
    Check,
    ListedOrder,
    MarketplaceOrder,
    OrderPage,
    Parcel,
    Recorder,
    UnreadableOrder,
)
from ..http.answer import Answer
from ..http.client import about
from ..http.read_retry import with_retries
from .api.client import OctopiaClient
from .api.fields import section, text
from .api.json_text import Entry
from .api.listing import list_orders
from .api.numbered_pages import changed_at, key, order_id
from .api.problem_json import is_problem
from .api.settings import SETTINGS, Connection, connection
from .api.waiting import count_since
from .approval import decide
from .carriers import carriers_of
from .checks import failed, run_checks
from .code_digest import code_digest
from .harmless_fields import HARMLESS_FIELDS
from .mapping.delivery_modes import LABELS, spellings
from .mapping.mapper import read_order
from .mapping.statuses import WAITING
from .shipment import tell


class Octopia:
    """One seller account. Making it never fails: what is wrong with the settings is raised by the first call.

    Every call may raise ConfigError or TemporaryError; a transaction must not be open (the recorder refuses).
    """

    title = "Cdiscount"
    settings = SETTINGS
    found_at = "From the Octopia seller portal, page API credentials"
    harmless_fields = HARMLESS_FIELDS

    def __init__(self, values: Mapping[str, Any], recorder: Recorder) -> None:
        self._values, self._recorder = values, recorder

    @cached_property
    def _connection(self) -> Connection:
        return connection(self._values)

    @cached_property
    def _client(self) -> OctopiaClient:
        return OctopiaClient(self._connection, self._recorder)

    def check(self) -> list[Check]:
        """Sign-in, orders and each sales channel; a wrong setting is a failed check, not an exception."""
        try:
            return run_checks(self._client, self._connection.sales_channels)
        except CdsyncError as exc:
            return [failed("Settings", exc)]

    def orders(self, updated_since: datetime) -> Iterator[MarketplaceOrder | UnreadableOrder]:
        """All orders changed since, each once, of the configured sales channels. Requests end before the first yield.

        A page that can't be had: what was read comes first, then the error.
        """
        newest: dict[str, Entry] = {}
        failure: CdsyncError | None = None
        try:
            for page in list_orders(self._client, updated_since, self._connection.sales_channels):
                for entry in page.entries:
                    known = newest.get(name := key(entry))
                    if known is None or changed_at(entry) >= changed_at(known):
                        newest[name] = entry
        except CdsyncError as exc:
            failure = exc
        while newest:
            entry = newest.pop(next(iter(newest)))
            if self._is_wanted(entry):
                yield read_order(entry)
        if failure:
            raise failure

    def pages(self, updated_since: datetime, place: str) -> Iterator[OrderPage]:
        """`powers.ListsByPage`: of the configured sales channels, each entry only split off and not yet understood."""
        understood = code_digest()
        for page in list_orders(self._client, updated_since, self._connection.sales_channels, place):
            wanted = [entry for entry in page.entries if self._is_wanted(entry)]
            yield OrderPage(
                tuple(
                    ListedOrder(order_id(entry), entry.raw, understood, partial(read_order, entry)) for entry in wanted
                ),
                page.place,
                page.mark,
            )

    def waiting_since(self, mark: str, states: Collection[str]) -> int | None:
        """`powers.CountsWhatWaits`: a request for each channel and state."""
        statuses = [status for state, status in WAITING.items() if state in states]
        return count_since(self._client, mark, self._channels, statuses)

    def order(self, ref: str) -> MarketplaceOrder | UnreadableOrder:
        """One order as it is now. Raises RejectedError("order.gone") when the marketplace does not know it."""
        with about(ref):
            found = self._look(ref, self._channels[0])
            for channel in self._channels[1:]:
                found = found or self._look(ref, channel)
        if found is None:
            raise RejectedError("order.gone")
        return found

    def accept(self, ref: str) -> None:
        """Accepts the whole order; already accepted is success. Raises RejectedError, UnknownOutcomeError."""
        self._decide(ref, "Accepted")

    def refuse(self, ref: str) -> None:
        """Refuses the whole order; already refused is success. Raises RejectedError, UnknownOutcomeError."""
        self._decide(ref, "Refused")

    def carriers(self) -> list[Carrier]:
        """Those the marketplace lists. `ref` is the label exactly as given (what is sent back), `name` is trimmed."""
        return carriers_of(self._client.value("/carriers", channel=self._channels[0]))

    def delivery_modes(self) -> list[str]:
        """The known delivery modes, by label."""
        return list(LABELS)

    @staticmethod
    def delivery_mode_spellings(mode: str) -> tuple[str, ...]:
        """Label, code and legacy code of a mode given in any of them; an unknown one has only itself."""
        return spellings(mode)

    def ship(self, ref: str, parcel: Parcel) -> None:
        """Tells the marketplace and reads back; already shipped there is success.

        Raises RejectedError("ship.refused" | "order.gone"), UnknownOutcomeError (also when the parcel was taken but
        does not show yet).
        """
        before = self.order(ref)
        if isinstance(before, UnreadableOrder):
            raise before.error
        with about(ref):
            tell(self._client, _path(ref), self._channel_of(before), parcel, before, lambda: self.order(ref))

    def order_url(self, ref: str) -> str:
        """Unknown: no public source gives the address of an order's page in the seller portal."""
        return ""

    @property
    def _channels(self) -> tuple[str, ...]:
        """What to send as SalesChannelId: some calls want it; whether it narrows an answer is not established."""
        return self._connection.sales_channels or ("",)

    def _channel_of(self, order: MarketplaceOrder | UnreadableOrder) -> str:
        known = order.sales_channel if isinstance(order, MarketplaceOrder) else ""
        return known if known in self._channels else self._channels[0]

    def _is_wanted(self, entry: Entry) -> bool:
        """Whether it is of a configured channel, or says of none; what cannot be read is everybody's."""
        channels = self._connection.sales_channels
        channel = text(section(entry.value, "salesChannel").get("id")).casefold()
        if not channels or not channel or channel in {each.casefold() for each in channels}:
            return True
        return not isinstance(read_order(entry), MarketplaceOrder)

    def _decide(self, ref: str, decision: str) -> None:
        channel = self._channels[0] if len(self._channels) == 1 else self._channel_of(self.order(ref))
        with about(ref):
            decide(self._client, _path(ref), channel, decision, lambda: self.order(ref))

    def _look(self, ref: str, channel: str) -> MarketplaceOrder | UnreadableOrder | None:
        """The order, or None when this channel does not know it."""
        answer, found = with_retries(lambda: self._asked(ref, channel))
        if found is None:
            if not is_problem(answer):
                # A wrong address answers 404 as well: then the list does not answer either, and says so.
                self._client.page("/orders", [("pageIndex", "1"), ("pageSize", "1")], channel)
            return None
        if isinstance(found, MarketplaceOrder) and found.ref != ref:
            return UnreadableOrder(
                ref, "", found.status, found.raw, RejectedError("order.unreadable", reason="another order came")
            )
        return found

    def _asked(self, ref: str, channel: str) -> tuple[Answer, MarketplaceOrder | UnreadableOrder | None]:
        """One answer, and the order in it; None: not found."""
        answer = self._client.send("GET", _path(ref), channel=channel)
        found = answer.status != 404
        return answer, read_order(self._client.decoded(self._client.good(answer))) if found else None


def _path(ref: str) -> str:
    return f"/orders/{quote(ref, safe='')}"

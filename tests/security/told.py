"""Both outside systems, telling marked text: in orders that arrive, and later in every answer they give."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from cdsync.connectors.base import MarketplaceOrder
from cdsync.connectors.octopia.api.json_text import Entry
from cdsync.connectors.octopia.mapping.mapper import read_order
from cdsync.sandbox.octopia import OctopiaSandbox
from cdsync.sandbox.octopia.book.ledger import Record
from cdsync.sandbox.octopia.book.orders import Json
from cdsync.sandbox.octopia.book.view import order_view
from cdsync.sandbox.prestashop import PrestaShopSandbox
from cdsync.sandbox.prestashop.core.front import Front
from cdsync.sandbox.scenarios import KINDS
from cdsync.sandbox.scenarios.catalogue import fill_shop
from cdsync.sandbox.scenarios.maker import Arrival, Maker
from cdsync.sandbox.server import Request, Response

from . import marked
from .marked import MARKS, Path, holds, in_json, in_xml, leaves, with_marks

REFUSALS = {
    "xml": (500, "text/xml;charset=utf-8", "<prestashop><errors><error><code>85</code><message>{}</message></error>"
            "</errors></prestashop>"),
    "page": (503, "text/html; charset=utf-8", "<html><title>{0}</title><body><h1>{0}</h1></body></html>"),
    "json": (422, "application/problem+json", '{"type":"{0}","title":"{0}","detail":"{0}","errors":{"{0}":["{0}"]},'
             '"error":"{0}","error_description":"{0}","instance":"{0}","traceId":"{0}"}'),
}  # fmt: skip


class Told:
    """Both systems. `mark`: the name of what stands in every text they answer; `refusal`: they refuse everything so."""

    def __init__(self) -> None:
        self.mark = self.refusal = ""
        self.marks: dict[str, tuple[list[Path], str]] = {}  # order id → where its answer is marked, and with what
        self.market, self.shop = _Market(self), PrestaShopSandbox(demo=False)
        fill_shop(self.shop)

    def answer(self, given: Response) -> Response:
        if self.refusal:
            return self._refused()
        kind = given.headers.get("Content-Type", "")
        change = in_json if "json" in kind else in_xml if "xml" in kind else None
        if not self.mark or not given.body or change is None:
            return given
        return Response(given.status, change(given.body, self.mark), given.headers)

    def _refused(self) -> Response:
        status, kind, body = REFUSALS[self.refusal]
        text = MARKS[self.mark or "markup"]
        if self.refusal == "json":
            text = text.replace("\\", "\\\\").replace('"', '\\"')
            text = "".join(sign if ord(sign) >= 32 else f"\\u{ord(sign):04x}" for sign in text)
        elif self.refusal == "xml":
            text = f"<![CDATA[{marked.ILLEGAL_IN_XML.sub('', text)}]]>"
        return Response(status, body.replace("{0}", text).replace("{}", text).encode(), {"Content-Type": kind})


class _Market(OctopiaSandbox):
    """Signing in works whatever is marked, unless everything is refused."""

    def __init__(self, told: Told) -> None:
        super().__init__()
        self._told = told
        self.api._view = self._marked  # type: ignore[method-assign]

    def _marked(self, record: Record) -> Json:
        """The order as it is answered: what the marketplace itself goes by, its times for one, stays as it is."""
        order = order_view(record, self.variants)
        places, name = self._told.marks.get(str(order["orderId"]), ([], ""))
        return with_marks(order, [path for path in places if holds(order, path)], name)

    def _answer(self, request: Request) -> Response:
        given = super()._answer(request)
        signs_in = request.path.endswith("/token")
        return given if signs_in and not self._told.refusal else self._told.answer(given)


class _Front(Front):
    def __init__(self, told: Told) -> None:
        super().__init__()
        self._told = told

    def answer(self, request: Request, shop: Any) -> Response:
        return self._told.answer(super().answer(request, shop))


@contextmanager
def telling() -> Iterator[Told]:
    """Both systems, started."""
    told = Told()
    told.market.start()
    told.shop.start()
    told.shop.front = _Front(told)
    yield told
    told.market.stop()
    told.shop.stop()


def arrive(told: Told, kind: str, number: int, mark: str) -> None:
    """An order of a kind, marked in every text that does not decide what becomes of it."""
    arrival = _arrival(kind, number)
    told.marks[_add(told, arrival)] = (neutral(arrival.order), mark)


def arrive_one_by_one(told: Told, kind: str, first: int, mark: str, share: int) -> int:
    """An order for every text that decides, marked there alone; the `share`-th part of them. How many."""
    base = _arrival(kind, first).order
    deciding = [path for path in leaves(base) if path not in neutral(base)]
    for number, path in enumerate(deciding[::share], start=first):
        arrival = _arrival(kind, number)
        if path == ("orderId",):  # the marketplace itself has to know it
            arrival.order = with_marks(arrival.order, [path], mark)
            _add(told, arrival)
        else:
            told.marks[_add(told, arrival)] = ([path], mark)
    return len(deciding[::share])


def neutral(order: Json) -> list[Path]:
    """The places of texts that change nothing in how the order is read."""
    before = _read(order)
    return [path for path in leaves(order) if _read(with_marks(order, [path], "markup")) == before]


def _read(order: Json) -> Any:
    found = read_order(Entry(order, ""))
    if not isinstance(found, MarketplaceOrder):
        return None
    lines = [(line.sku, line.quantity, line.live, line.delivery_mode, line.cancel_requested) for line in found.lines]
    country = (found.shipping.country_code, found.shipping.postcode) if found.shipping else ()
    codes = [fault.code for fault in found.faults]
    return (found.ref, found.state, found.currency, found.sales_channel, found.total, lines, country, codes)


def _arrival(kind: str, number: int) -> Arrival:
    return KINDS[kind].build(Maker(number, datetime.now(UTC)))


def _add(told: Told, arrival: Arrival) -> str:
    ref = told.market.add(arrival.order, arrival.accept_until)
    if arrival.moves_to:
        told.market.schedule(ref, arrival.moves_to, arrival.moves_after)
    if arrival.cancellation_asked_by:
        told.market.request_cancellation(ref, 0, arrival.cancellation_asked_by)
    return ref

"""The seller API's front: gateway, sign-in, content types, and which call goes where. Keeps no orders itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..server import Request, Response
from .book.ledger import Record
from .book.view import order_view
from .calls.approval import approval_answer, approve
from .calls.carriers import CARRIERS
from .calls.json_text import from_json
from .calls.listing import matching, next_link, page_bounds, page_json
from .calls.problems import Refused, gateway_404, json_answer
from .calls.sellers import seller_answers
from .calls.shipments import check_shipment

if TYPE_CHECKING:
    from .market import OctopiaSandbox

BASE = "/seller/v2"
Call = Callable[[Request, str], Response]


class SellerApi:
    """Answers requests under /seller/v2 for one marketplace."""

    def __init__(self, market: OctopiaSandbox) -> None:
        self.market = market
        self.sellers = seller_answers(market.seller_id)
        self.routes: list[tuple[str, re.Pattern[str], Call]] = [
            ("GET", re.compile(r"/orders/?"), self._list),
            ("GET", re.compile(r"/orders/count"), self._count),
            ("GET", re.compile(r"/orders/(.+)", re.S), self._one),
            ("POST", re.compile(r"/orders/(.+)/approval-status", re.S), self._approve),
            ("POST", re.compile(r"/orders/(.+)/shipments", re.S), self._ship),
            ("GET", re.compile(r"/carriers"), lambda request, _: json_answer(CARRIERS)),
            ("GET", re.compile("|".join(self.sellers)), lambda request, _: self._seller(request)),
        ]

    def answer(self, request: Request) -> Response:
        """What a request gets: gateway first, then sign-in, limits, content types, then the call."""
        found = self._route(request)
        if not found:
            return gateway_404()
        call, argument = found
        try:
            self._admit(request)
            return call(request, argument)
        except Refused as refusal:
            return refusal.answer(request.path)

    def _route(self, request: Request) -> tuple[Call, str] | None:
        if not request.path.startswith(BASE + "/"):
            return None
        path = request.path.removeprefix(BASE)
        for method, pattern, call in self.routes:
            if method == request.method and (match := pattern.fullmatch(path)):
                return call, match.group(1) if match.groups() else ""
        return None

    def _admit(self, request: Request) -> None:
        market, headers = self.market, request.headers
        kind, _, token = headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not market.tokens.knows(token):
            raise Refused(401, "Token missing, unknown or expired.", headers={"WWW-Authenticate": "Bearer"})
        if "sellerid" not in headers:
            raise _header_missing("SellerId")
        if headers["sellerid"] != market.seller_id:
            raise Refused(403, f"No delegation for seller '{headers['sellerid']}'.")
        market.limit.count()
        accept = headers.get("accept", "*/*")
        if not re.search(r"\*/\*|application/(\*|json|problem\+json)", accept):
            raise Refused(406, f"Cannot answer as '{accept}'.")
        if request.method == "POST" and not headers.get("content-type", "").startswith("application/json"):
            raise Refused(415, "Content-Type must be application/json.")

    def _list(self, request: Request, _: str) -> Response:
        found = self._matching(request)
        index, size = page_bounds(request, self.market.variants)
        if self.market.shift_between_pages:
            found = self.market.shifts.apply(found, index)
        page = found[(index - 1) * size : index * size]
        headers = {}
        if self.market.variants.link_header and len(found) > index * size:
            headers["Link"] = next_link(request, self.market.api_url + "/orders", index)
        told = size if self.market.variants.items_per_page == "size" else len(page)
        return json_answer(page_json([self._view(record) for record in page], told), headers=headers)

    def _count(self, request: Request, _: str) -> Response:
        return json_answer(len(self._matching(request)))

    def _matching(self, request: Request) -> list[Record]:
        variants = self.market.variants
        if variants.sales_channel_header_required and "saleschannelid" not in request.headers:
            raise _header_missing("SalesChannelId")
        self.market.settle()
        return matching(list(self.market.ledger.records.values()), request, variants)

    def _one(self, request: Request, order_id: str) -> Response:
        self.market.settle()
        return json_answer(self._view(self._record(order_id)))

    def _approve(self, request: Request, order_id: str) -> Response:
        market = self.market
        market.settle()
        record = self._record(order_id)
        decision = approve(market.ledger, record, _body(request), market.variants)
        if decision:
            market.approvals.append((order_id, decision))
        if decision == "Accepted":
            market.ledger.plan(record, "InPreparation", market.accept_delay)
        status, body = approval_answer(self._view(record), market.variants)
        return Response(status) if body is None or status == 204 else json_answer(body, status)

    def _ship(self, request: Request, order_id: str) -> Response:
        market = self.market
        record = self._record(order_id)
        body = _body(request)
        parcels = check_shipment(record, body, market.variants)
        market.shipments.append((order_id, body))
        record.pending_parcels = parcels
        market.ledger.plan(record, "Shipped", market.ship_delay)
        return json_answer(parcels, 201) if market.variants.shipment_answer == "echo" else Response(201)

    def _seller(self, request: Request) -> Response:
        return json_answer(self.sellers[request.path.removeprefix(BASE)])

    def _record(self, order_id: str) -> Record:
        record = self.market.ledger.records.get(order_id)
        if record is None:
            raise Refused(404, f"Order '{order_id}' was not found.")
        return record

    def _view(self, record: Record) -> dict[str, Any]:
        return order_view(record, self.market.variants)


def _body(request: Request) -> Any:
    try:
        return from_json(request.body)
    except ValueError:
        raise Refused(400, "The request body is not JSON.", {"$": ["The JSON value could not be read."]}) from None


def _header_missing(name: str) -> Refused:
    return Refused(400, f"Header {name} is required.", {name: [f"The {name} field is required."]})

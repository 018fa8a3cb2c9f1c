"""The rehearsal marketplace: Octopia's token address and seller API over real HTTP on loopback.

What a test or the rehearsal desk may do to it is on `OctopiaSandbox`; how it answers is in the modules beside.
Must never do what the real one could not, except through the methods meant for the person rehearsing.
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Any

from ..faults import FaultPlan
from ..server import Request, Response, SandboxServer
from . import tokens
from .api import BASE, SellerApi
from .book.ledger import Ledger, Record
from .book.orders import Json
from .book.variants import Variants
from .book.view import order_view
from .calls.listing import Shifts
from .calls.problems import Refused
from .snapshots import dump, load


class OctopiaSandbox:
    """One seller's account on the rehearsal marketplace. Delays are seconds; `math.inf` means never."""

    def __init__(
        self,
        client_id: str = "rehearsal",
        client_secret: str = "rehearsal-secret",
        seller_id: str = "98979",
        variants: Variants | None = None,
    ) -> None:
        self.client_id, self.client_secret, self.seller_id = client_id, client_secret, seller_id
        self.variants = variants or Variants()
        self.accept_delay = 0.0
        self.ship_delay = 0.0
        self.processing_delay = math.inf
        self.automatic_acceptance = False
        self.shift_between_pages = False
        self.shifts = Shifts()
        self.approvals: list[tuple[str, str]] = []
        self.shipments: list[tuple[str, Any]] = []
        self.notes: dict[str, str] = {}  # order id -> what the rehearsal remembers of it; never answered
        self.faults = FaultPlan()
        self.lock = threading.RLock()
        self._ahead = 0.0
        self._server: SandboxServer | None = None
        self.tokens = tokens.TokenDesk(client_id, client_secret, lambda: self.variants, self.now)
        self.limit = MinuteLimit(lambda: self.variants, self.now)
        self.ledger = Ledger(self.now)
        self.api = SellerApi(self)

    def now(self) -> float:
        """The marketplace's clock, in seconds since the epoch: the machine's, plus what `advance` added."""
        return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        """Lets time pass at once: tokens, deadlines and planned moves follow."""
        self._ahead += seconds

    def start(self, port: int = 0) -> OctopiaSandbox:
        """Serves on 127.0.0.1; the request log goes on after a stop."""
        log = self._server.log if self._server else []
        self._server = SandboxServer(self._answer, self.faults, port)
        self._server.log = log
        self._server.start()
        return self

    def stop(self) -> None:
        self.server.stop()

    @property
    def server(self) -> SandboxServer:
        if self._server is None:
            raise RuntimeError("the marketplace was not started")
        return self._server

    @property
    def url(self) -> str:
        return self.server.url

    @property
    def api_url(self) -> str:
        return self.url + BASE

    @property
    def token_url(self) -> str:
        return self.url + tokens.PATH

    def add(self, order: Json, accept_until: datetime | None = None) -> str:
        """A new order arrives; its id. Waiting for acceptance ends `accept_until` (default: by `variants`)."""
        with self.lock:
            deadline = accept_until.timestamp() if accept_until else self._default_deadline(order)
            order_id = self.ledger.add(order, deadline)
            record = self.ledger.records[order_id]
            if record.status == "Processing" and math.isfinite(self.processing_delay):
                self.ledger.plan(record, self._after_processing(), self.processing_delay)
            return order_id

    def order(self, order_id: str) -> Json:
        """The order as a GET would answer it now. KeyError when unknown."""
        with self.lock:
            self.settle()
            return order_view(self.ledger.records[order_id], self.variants)

    def orders(self) -> list[Json]:
        """Every order as a GET would answer it now, in the order they came."""
        with self.lock:
            self.settle()
            return [order_view(record, self.variants) for record in self.ledger.records.values()]

    def set_status(self, order_id: str, status: str) -> None:
        """Moves an order at once, whatever its status was."""
        with self.lock:
            self.ledger.move(self.ledger.records[order_id], status)

    def schedule(self, order_id: str, status: str, seconds: float) -> None:
        """Moves an order at the first read after `seconds`."""
        with self.lock:
            self.ledger.plan(self.ledger.records[order_id], status, seconds)

    def let_pass(self, order_id: str | None = None) -> int:
        """Accepted orders (or the one given) become InPreparation now; how many did."""
        with self.lock:
            waiting = [
                key
                for key, record in self.ledger.records.items()
                if record.status == "Accepted" and order_id in (None, key)
            ]
            for key in waiting:
                self.set_status(key, "InPreparation")
            return len(waiting)

    def cancel(self, order_id: str) -> None:
        """The order is cancelled, as buyer, seller or channel can do at any time."""
        self.set_status(order_id, "Cancelled")

    def request_cancellation(self, order_id: str, line_index: int = 0, by: str = "customer") -> None:
        """A line goes to CancelRequest; `by` is customer, seller or channel."""
        with self.lock:
            record = self.ledger.records[order_id]
            line = record.lines()[line_index]
            line["status"] = "CancelRequest"
            record.cancellation_asked_by[str(line.get("orderLineId"))] = by
            self.ledger.touch(record)

    def expire_tokens(self) -> None:
        """Every token given so far stops working."""
        with self.lock:
            self.tokens.expire()

    def settle(self) -> None:
        """Carries out moves and deadlines that are due; every read does this first."""
        self._pass_on_after_processing()
        self.ledger.settle(self.variants.expired_status)

    def snapshot(self) -> bytes:
        """All of its memory as bytes for `restore`; address and credentials are not in it."""
        with self.lock:
            return dump(self)

    def restore(self, data: bytes) -> None:
        """Takes over a snapshot. ValueError when it is not one."""
        with self.lock:
            load(self, data)

    def _answer(self, request: Request) -> Response:
        with self.lock:
            return self.tokens.answer(request) if request.path == tokens.PATH else self.api.answer(request)

    def _after_processing(self) -> str:
        return "Accepted" if self.automatic_acceptance else "WaitingAcceptance"

    def _pass_on_after_processing(self) -> None:
        """With automatic acceptance an order that came out of Processing goes on like an accepted one."""
        if not self.automatic_acceptance:
            return
        for record in self.ledger.records.values():
            if record.status == "Accepted" and record.move_to is None:
                self.ledger.plan(record, "InPreparation", self.accept_delay)

    def _default_deadline(self, order: Json) -> float | None:
        try:
            created = datetime.fromisoformat(str(order.get("createdAt")))
        except ValueError:
            return None
        return created.timestamp() + self.variants.acceptance_hours * 3600


class MinuteLimit:
    """The request limit of `Variants.requests_per_minute`. The real numbers are not known."""

    def __init__(self, variants: Callable[[], Variants], now: Callable[[], float]) -> None:
        self._variants, self._now = variants, now
        self._seen: deque[float] = deque()

    def count(self) -> None:
        """Counts one request; Refused (429) when the minute is full."""
        variants, now = self._variants(), self._now()
        allowed = variants.requests_per_minute
        while self._seen and self._seen[0] <= now - 60:
            self._seen.popleft()
        if allowed is not None and len(self._seen) >= allowed:
            wait = max(1, math.ceil(self._seen[0] + 60 - now))
            raise Refused(
                429, "Rate limit exceeded.", headers={"Retry-After": str(wait)} if variants.retry_after else {}
            )
        self._seen.append(now)


__all__ = ["MinuteLimit", "OctopiaSandbox", "Record"]

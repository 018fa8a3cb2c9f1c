"""One HTTP exchange, and who is told of it. Records only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Exchange:
    """One HTTP exchange, for the order page. Secrets are already removed; personal data is not."""

    side: str  # "marketplace" | "shop"
    method: str
    url: str
    status: int | None  # None: no answer
    milliseconds: int
    at: datetime
    request_body: str = ""
    response_body: str = ""
    failure: str = ""  # class of the transport failure, when there was no answer
    order_refs: tuple[str, ...] = ()


class Recorder(Protocol):
    """Told of every request by a connector's HTTP client."""

    def sending(self) -> None:
        """Called just before a request leaves; raises when a database transaction is open."""

    def record(self, exchange: Exchange) -> None: ...


class NoRecorder:
    """Keeps nothing: for checks and choices read by the settings page."""

    def sending(self) -> None: ...

    def record(self, exchange: Exchange) -> None: ...

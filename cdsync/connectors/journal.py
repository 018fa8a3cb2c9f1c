"""The import journal as a shop connector sees it: steps that outlive a crash."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True)
class Step:
    """What the journal knows of one step of an order's import."""

    name: str
    data: Mapping[str, Any]
    begun_at: datetime
    done: bool


class Journal(Protocol):
    """Keeps each step of an import across a crash. Both writers commit before they return."""

    def steps(self, ref: str) -> Mapping[str, Step]:
        """The steps earlier attempts left for this order, by name."""

    def begin(self, step: str, intents: Mapping[str, Mapping[str, Any]]) -> frozenset[str]:
        """Commits the intent for each order (by ref) before the request leaves, and renews their claims.

        Answers the refs that may go on: an order whose claim was lost must be dropped without a write.
        """

    def done(self, step: str, results: Mapping[str, Mapping[str, Any]]) -> None:
        """Commits what came of it (remote ids) before the next request."""

    def forget(self, ref: str, step: str) -> None:
        """Drops a step whose remote thing turned out not to exist."""

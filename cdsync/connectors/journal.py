"""The import journal as a shop connector sees it: steps that outlive a crash."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

ANSWERED = "answered"  # in a step's data: its request is over, whatever came of it
MOVES_STOCK = "moves_stock"  # in a step's data: its request may take pieces from stock


@dataclass(frozen=True)
class Step:
    """What the journal knows of one step of an order's import."""

    name: str
    data: Mapping[str, Any]
    begun_at: datetime
    done: bool

    @property
    def over(self) -> bool:
        """Whether the other side is surely through with the step's request."""
        return self.done or bool(self.data.get(ANSWERED))


class Journal(Protocol):
    """Keeps each step of an import across a crash. Every writer commits before it returns."""

    def steps(self, ref: str) -> Mapping[str, Step]:
        """The steps earlier attempts left for this order, by name."""

    def begin(self, step: str, intents: Mapping[str, Mapping[str, Any]]) -> frozenset[str]:
        """Commits the intent for each order (by ref) before the request leaves, and renews their claims.

        Answers the refs that may go on: an order whose claim was lost must be dropped without a write.
        An intent with `MOVES_STOCK` takes the shop's turn, so that no other such request is under way beside it, until
        `done`, `answered` or `forget` gives it back. Raises TemporaryError `shop.stock_busy` when it is not to be had.
        """

    def answered(self, step: str, refs: Iterable[str]) -> None:
        """The request is over, and nothing came of it for these orders that could be kept."""

    def stock_moved(self, step: str) -> None:
        """No answer came, yet the request is seen to have moved its pieces: gives the shop's turn back."""

    def stock_moved_before(self, step: str, ref: str) -> None:
        """The same of an order's step whose own process did not live to see it."""

    def unanswered(self, step: str, refs: Iterable[str]) -> None:
        """No trustworthy answer came: from now on it counts how long the other side may still be at work.

        The shop's turn stays taken that long.
        """

    def done(self, step: str, results: Mapping[str, Mapping[str, Any]]) -> None:
        """Commits what came of it (remote ids) before the next request."""

    def forget(self, ref: str, step: str) -> None:
        """Drops a step whose remote thing turned out not to exist."""

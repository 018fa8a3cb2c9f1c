"""One article to walk: how its problem comes about, and what a person does who follows its steps literally."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from .place import Place

Action = Callable[[Place, str], object]


@dataclass(frozen=True)
class Walk:
    """make: brings an order with the problem about, and answers its ref; also the second time.

    ways: for each way through the article the steps (by their place in it) and what is done at each; alternatives are
    ways of their own. others: the steps at which there is nothing to do in a test, and why.
    ends: the order's state, and its problem if it is dead on purpose.
    """

    code: str
    make: Callable[[Place], str]
    ways: tuple[Mapping[int, Action], ...]
    others: Mapping[int, str]
    ends: tuple[str, str | None] = ("imported", None)


LOOK, TELL = "only looks", "tells somebody outside"
AVOID = "keeps it from coming again"


def again(place: Place, ref: str) -> None:
    place.again(ref)


def nothing(_place: Place, _ref: str) -> None:
    """What the step says: wait, the next run does it."""

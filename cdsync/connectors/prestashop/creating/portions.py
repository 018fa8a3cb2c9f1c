"""A batch's entities in bodies of the size the shop is quick for, until each was sent or one says that no more may be.

Knows neither what is sent nor where.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from cdsync.errors import CdsyncError

T = TypeVar("T")


@dataclass(frozen=True)
class Sent(Generic[T]):
    """What became of a body. again: what of it is worth sending once more. one_by_one: whose content the other side
    dislikes shows only so. stopped_by: nothing more is to be sent now."""

    again: Sequence[T] = field(default=())
    one_by_one: bool = False
    stopped_by: CdsyncError | None = None


def in_portions(
    every: Sequence[T], at_once: Callable[[list[T]], int], send: Callable[[list[T]], Sent[T]]
) -> dict[T, CdsyncError]:
    """Sends all of it; why, by what was not sent. at_once: how many of what is left, from the first on, may go now."""
    left, most = list(every), len(every)
    while left:
        size = min(most, at_once(left))
        some, left = left[:size], left[size:]
        sent = send(some)
        if sent.stopped_by is not None:
            return dict.fromkeys(left, sent.stopped_by)
        most = 1 if sent.one_by_one else most
        left = [*sent.again, *left]
    return {}

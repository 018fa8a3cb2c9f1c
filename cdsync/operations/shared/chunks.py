"""Long lists in chunks, so that no transaction, request or query grows with their length. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from cdsync.errors import CdsyncError

T = TypeVar("T")


def chunks(ids: Sequence[T], size: int) -> Iterator[list[T]]:
    """The ids in lists of at most `size`."""
    for at in range(0, len(ids), size):
        yield list(ids[at : at + size])


def chunks_as_they_come(coming: Iterable[T], size: int) -> Iterator[list[T]]:
    """What comes one by one, in lists of at most `size`; when that fails, what had come is handed out first."""
    some: list[T] = []
    try:
        for each in coming:
            some.append(each)
            if len(some) == size:
                yield some
                some = []
    except CdsyncError:
        if some:
            yield some
        raise
    if some:
        yield some

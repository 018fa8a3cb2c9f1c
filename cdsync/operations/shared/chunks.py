"""Long lists in chunks, so that no transaction, request or query grows with their length. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")


def chunks(ids: Sequence[T], size: int) -> Iterator[list[T]]:
    """The ids in lists of at most `size`."""
    for at in range(0, len(ids), size):
        yield list(ids[at : at + size])

"""Where a connector may keep what it read for some minutes, so that the next run need not ask again. Promises only."""

from __future__ import annotations

from typing import Any, Protocol


class Cache(Protocol):
    """Plain JSON by name, forgotten by itself after some minutes. Never orders, people or secrets.

    No transaction may be open; none is left open. A connector that takes one says so with `uses_cache = True` and
    has a keyword argument `cache`.
    """

    def get(self, name: str) -> Any:
        """What was put last under the name; None when there is nothing, or it is too old."""

    def put(self, name: str, value: Any) -> None: ...

    def clear(self) -> None:
        """Forgets everything but what is to be remembered."""

    def recall(self, name: str) -> Any:
        """What was remembered last under the name, however long ago; None when there is nothing."""

    def remember(self, name: str, value: Any) -> None:
        """Keeps a value until another takes its place."""


class NoCache:
    """Keeps nothing: for pages and checks, whose readers want to see the shop as it is now."""

    def get(self, name: str) -> Any:
        return None

    def put(self, name: str, value: Any) -> None: ...

    def clear(self) -> None: ...

    def recall(self, name: str) -> Any:
        return None

    def remember(self, name: str, value: Any) -> None: ...

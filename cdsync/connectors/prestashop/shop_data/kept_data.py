"""Keeps what was read from a shop: in memory for this run, as rows in the cache for the next ones. Knows no meaning."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from cachetools import TTLCache

from ...base import Cache
from ..webservice.client import Webservice
from ..webservice.xml import Row

KEPT_SECONDS = 600
MOST_KEPT = 100  # kinds of rows, of which there are some dozens
T = TypeVar("T")


class KeptData:
    """Each thing is read at first use; what one run read, another takes from the cache until it is too old."""

    def __init__(self, webservice: Webservice, cache: Cache) -> None:
        self._ws = webservice
        self._cache = cache
        self._scope = hashlib.sha256(f"{webservice.base} {webservice.shop_id}".encode()).hexdigest()[:12]
        self._kept: TTLCache[str, Any] = TTLCache(MOST_KEPT, KEPT_SECONDS)
        self._read_by_another_run = False
        self._anew: set[str] = set()

    def forget(self) -> None:
        """Reads everything anew at the next use."""
        self._kept.clear()
        self._cache.clear()
        self._read_by_another_run = False

    def forget_rows(self, resource: str) -> None:
        """Reads one resource anew at its next use, whoever read it before."""
        self._kept.pop(resource, None)
        self._anew.add(resource)

    def refresh(self) -> bool:
        """Forgets everything if any of it was read by an earlier run; whether it was, and is worth asking again."""
        aged = self._read_by_another_run
        if aged:
            self.forget()
        return aged

    def _rows(self, resource: str, display: str = "full") -> Sequence[Row]:
        """All rows of a resource, from the cache if an earlier run put them there."""
        return self._cached(resource, lambda: self._ws.rows(resource, display=display))

    def _cached(self, resource: str, read: Callable[[], Sequence[Row]]) -> Sequence[Row]:
        name = f"{self._scope} {resource}"
        kept = None if resource in self._anew else self._cache.get(name)
        if kept is not None:
            self._read_by_another_run = True
            return [Row(fields) for fields in kept]
        rows = read()
        self._anew.discard(resource)
        self._cache.put(name, [dict(row.fields) for row in rows])
        return rows

    def _keep(self, name: str, read: Callable[[], T]) -> T:
        value = self._kept.get(name)
        if value is None:
            value = self._kept[name] = read()
        return value

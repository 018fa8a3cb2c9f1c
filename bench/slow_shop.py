"""A shop that takes longer for each request, without using the processor meanwhile."""

from __future__ import annotations

import time

from cdsync.sandbox.faults import Fault, FaultPlan


class Slow(FaultPlan):
    """For a sandbox's `server.faults`: every request waits so many seconds; notes when each began."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.began: list[float] = []
        self._seconds = seconds

    def take(self, method: str, path: str) -> Fault | None:
        self.began.append(time.time())
        time.sleep(self._seconds)
        return super().take(method, path)

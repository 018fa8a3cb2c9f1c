"""The soak's weather: a fault plan that strikes a share of all requests by itself, in a repeatable order."""

from __future__ import annotations

import random
import threading
from collections import Counter

from cdsync.sandbox.faults import KINDS, Fault, FaultPlan

# These are misconfigured hosts and keys: they stop a run on purpose, which a soak cannot wait out.
LEFT_OUT = frozenset({"redirect", "status_401"})


class Weather(FaultPlan):
    """Strikes `share` of the requests with a random fault while `blowing`.

    limit: seconds after which cdsync gives a request up, and after which a request that nobody waits for is over. One
    that goes on beyond it is made again, as it has to be, and is there twice: a shop like that needs another limit.
    """

    def __init__(self, share: float, seed: int, limit: float) -> None:
        super().__init__()
        self.blowing = False
        self.struck: Counter[str] = Counter()
        self._share = share
        self._seconds = {"late": limit + 1.0, "at_work": limit * 0.6}
        self._random = random.Random(seed)
        self._turn = threading.Lock()
        self._kinds = sorted(KINDS - LEFT_OUT)

    def take(self, method: str, path: str) -> Fault | None:
        planned = super().take(method, path)
        if planned or not self.blowing:
            return planned
        with self._turn:
            if self._random.random() >= self._share:
                return None
            kind = self._random.choice(self._kinds)
            self.struck[kind] += 1
        return Fault(kind, seconds=self._seconds.get(kind, 0.0))

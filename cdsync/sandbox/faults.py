"""What can go wrong between a client and a sandbox, as a plan that tests and the rehearsal page fill.

A fault is taken by the first request that fits it. "Before" kinds answer without running the request;
"after" kinds run it, then spoil the answer: that is how an order exists although the client saw an error.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass

BEFORE = frozenset(
    {
        "reset_before",  # connection reset, request not handled
        "status_503_before",
        "status_500_before",
        "status_504_before",
        "status_429",  # with Retry-After
        "status_429_bare",  # without it: nobody has seen Octopia send one
        "status_401",  # as if the token or key had just died
        "html_before",  # 200 text/html, request not handled (a proxy's or maintenance page)
        "status_403_before",  # a firewall's page, request not handled
        "challenge",  # 403 with a page that wants a person to prove that he is one
        "redirect",  # 302 to another host
    }
)
AFTER = frozenset(
    {
        "answer_lost",  # handled, then the connection closes without an answer
        "status_500_after",  # handled, then 500 with an empty body
        "status_403_after",  # handled, then a firewall holds the answer back
        "html_after",  # handled, then 200 text/html
        "php_warning_after",  # handled, then 500 with an XML errors document, code 2
        "late",  # the client's time runs out first; handled `seconds` later all the same
        "at_work",  # no answer; stops before it writes its row number `step`, and goes on `seconds` later
        "died",  # PHP dies before it writes its row number `step`: 500 with an empty body, and nothing goes on
        "cut_short",  # handled, the answer stops half-way
        "xml_entity",  # handled, the answer carries a DOCTYPE with an external entity
    }
)
KINDS = BEFORE | AFTER


@dataclass
class Fault:
    """One fault: its kind, which requests it fits, how many fitting ones pass first, and how often it strikes."""

    kind: str
    method: str = ".*"
    path: str = ".*"
    skip: int = 0
    times: int = 1
    seconds: float = 0.0
    retry_after: int = 1
    step: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown fault {self.kind!r}")

    def fits(self, method: str, path: str) -> bool:
        return bool(re.fullmatch(self.method, method) and re.search(self.path, path))


class FaultPlan:
    """The faults still to come, in the order they were added. Safe to use from many threads."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._faults.append(fault)

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def pending(self) -> list[Fault]:
        with self._lock:
            return list(self._faults)

    def take(self, method: str, path: str) -> Fault | None:
        """The fault that strikes this request, if any; counts it off."""
        with self._lock:
            for fault in list(self._faults):
                if not fault.fits(method, path):
                    continue
                if fault.skip > 0:
                    fault.skip -= 1
                    continue
                fault.times -= 1
                if fault.times <= 0:
                    self._faults.remove(fault)
                return fault
        return None

"""What a test of security found: lines of a table, each with how often it was tried and what did not hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from .table import LINE

SHOWN = 5  # of what did not hold, a line
Record = Callable[[str, object], None]


@dataclass
class Line:
    """One line. `tried` counts; `fault` says in words what did not hold."""

    tried: int = 0
    faults: list[str] = field(default_factory=list)

    def fault(self, words: str) -> None:
        self.faults.append(words)


@dataclass
class Lines:
    """The lines of one table, in the order in which they were first asked for."""

    table: str
    of: dict[str, Line] = field(default_factory=dict)

    def line(self, what: str) -> Line:
        return self.of.setdefault(what, Line())

    def tried(self, what: str, *faults: str) -> None:
        """Counts one try, and what did not hold in it."""
        line = self.line(what)
        line.tried += 1
        line.faults.extend(faults)


@contextmanager
def lines(table: str, record: Record) -> Iterator[Lines]:
    """Tells the table what was found, and fails the test when a line does not hold or nothing was tried in one."""
    found = Lines(table)
    yield found
    for what, line in found.of.items():
        record(LINE, (table, what, line.tried, len(line.faults), line.faults[:SHOWN]))
    assert found.of, "nothing was tried"
    empty = [what for what, line in found.of.items() if not line.tried]
    assert not empty, f"nothing was tried: {empty}"
    held = {what: line.faults[:SHOWN] for what, line in found.of.items() if line.faults}
    assert not held, "\n".join(f"{what}: {each}" for what, faults in held.items() for each in faults)

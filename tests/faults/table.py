"""The table that `make faults` prints at its end, over the processes it ran in (`-p tests.faults.table`)."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from .matrix import FAULTS
from .situations import SITUATIONS

CASES = "fault cases"


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Rows are faults, columns situations, cells "held/cases" over all shop versions."""
    held: dict[tuple[str, str], int] = defaultdict(int)
    ran: dict[tuple[str, str], int] = defaultdict(int)
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", "") != "call":
                continue
            for name, value in getattr(report, "user_properties", ()):
                if name == CASES:
                    fault, situation, good, all_ = value
                    held[fault, situation] += good
                    ran[fault, situation] += all_
    if not ran:
        return
    faults = [*FAULTS, *dict.fromkeys(fault for fault, _ in ran if fault not in FAULTS)]
    columns = [*SITUATIONS, *dict.fromkeys(name for _, name in ran if name not in SITUATIONS)]
    _write_table(terminalreporter, [f for f in faults if any((f, c) in ran for c in columns)],
                 [c for c in columns if any((f, c) in ran for f in faults)], held, ran)  # fmt: skip


def _write_table(
    terminal: Any, faults: list[str], columns: list[str], held: dict[Any, int], ran: dict[Any, int]
) -> None:
    first = max(map(len, (*faults, "in all")))
    widths = [max(len(column), 9) for column in columns]
    terminal.section("cases held / cases", "-")
    terminal.write_line(" " * first + "".join(f"  {c:>{w}}" for c, w in zip(columns, widths, strict=True)))
    for fault in faults:
        cells = [f"{held[fault, c]}/{ran[fault, c]}" if (fault, c) in ran else "" for c in columns]
        terminal.write_line(f"{fault:{first}}" + "".join(f"  {c:>{w}}" for c, w in zip(cells, widths, strict=True)))
    sums = [f"{sum(held[f, c] for f in faults)}/{sum(ran[f, c] for f in faults)}" for c in columns]
    terminal.write_line(f"{'in all':{first}}" + "".join(f"  {c:>{w}}" for c, w in zip(sums, widths, strict=True)))
    terminal.write_line(f"{sum(held.values())} of {sum(ran.values())} cases held")

"""The tables that `make security` prints at its end, over the processes it ran in (`-p tests.security.table`)."""

from __future__ import annotations

from typing import Any

LINE = "security line"
Told = tuple[str, str, int, int, list[str]]  # table, what, how often, how often not, the first that did not hold


def pytest_addoption(parser: Any) -> None:
    parser.addoption("--sample", action="store_true", help="walk only what `make test` walks")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """A section a table; its lines are what was tried, how often, and whether all of it held."""
    lines: dict[tuple[str, str], tuple[int, int, list[str]]] = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", "") != "call":
                continue
            for name, told in getattr(report, "user_properties", ()):
                if name == LINE:
                    table, what, tried, bad, said = told
                    before = lines.get((table, what), (0, 0, []))
                    lines[table, what] = (before[0] + tried, before[1] + bad, before[2] + said)
    if lines:
        _write(terminalreporter, lines)


def _write(terminal: Any, lines: dict[tuple[str, str], tuple[int, int, list[str]]]) -> None:
    width = max(len(what) for _, what in lines)
    for table in dict.fromkeys(table for table, _ in lines):
        terminal.section(table, "-")
        for (of, what), (tried, bad, said) in lines.items():
            if of == table:
                terminal.write_line(f"{what:{width}}  {tried:>7}  {f'NOT HELD: {bad}' if bad else 'held'}")
                for each in said:
                    terminal.write_line(f"{'':{width}}           {each}")
    open_ = sum(1 for _, bad, _ in lines.values() if bad)
    terminal.section(f"{len(lines) - open_} of {len(lines)} lines held", "-")

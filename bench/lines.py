"""What was measured, line by line, each beside its goal; one table of all of it, kept as JSON.

A line may stand in several columns (20,000 orders, 1,000,000 orders; SQLite, PostgreSQL): then the table shows how it
grew from the first to the last column.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path

CELL = 22  # characters


@dataclass(frozen=True)
class Line:
    """One figure. goal: at most so much; None where it only stands beside others. over: what else is over, in words."""

    part: str
    name: str
    figure: float
    unit: str
    goal: float | None = None
    column: str = ""
    over: str = ""

    @property
    def missed(self) -> str:
        """What is over its goal; "" where all holds."""
        too_much = self.goal is not None and self.figure > self.goal
        times = f"{self.figure / self.goal:.1f} ×" if too_much and self.goal else ""
        return ", ".join(each for each in (times, self.over) if each)


def keep(lines: Iterable[Line], path: Path) -> None:
    """As JSON, one line of the file each, so that two files compare."""
    texts = [json.dumps(asdict(each), ensure_ascii=False) for each in lines]
    path.write_text("[\n" + ",\n".join(texts) + "\n]\n", encoding="utf-8")


def kept(path: Path) -> list[Line]:
    """What `keep` wrote."""
    return [Line(**each) for each in json.loads(path.read_text(encoding="utf-8"))]


def table(lines: Sequence[Line]) -> str:
    """All of it as text, part by part: each line's figures by column, what it may be, and what is over."""
    parts = [list(some) for _, some in groupby(sorted(lines, key=_parts(lines)), key=lambda line: line.part)]
    return "\n\n".join(_part(each) for each in parts)


def _parts(lines: Sequence[Line]) -> object:
    order = list(dict.fromkeys(each.part for each in lines))
    return lambda line: order.index(line.part)


def _part(lines: Sequence[Line]) -> str:
    columns = list(dict.fromkeys(each.column for each in lines))
    wide = max(len(each.name) for each in lines) + 4
    rows = [f"{lines[0].part:<{wide}}" + "".join(f"{each:>{CELL}}" for each in columns) + f"{'goal':>10}"]
    for name in dict.fromkeys(each.name for each in lines):
        found = {each.column: each for each in lines if each.name == name}
        cells = (
            f"{f'{found[each].figure:,.2f} {found[each].unit}' if each in found else '':>{CELL}}" for each in columns
        )
        rows.append(f"  {name:<{wide - 2}}" + "".join(cells) + _end(list(found.values())))
    return "\n".join(rows)


def _end(lines: Sequence[Line]) -> str:
    """The goal, and the column that is farthest from it."""
    goal, missed = lines[0].goal, [each for each in lines if each.missed]
    if goal is None:
        return ""
    if not missed:
        return f"{goal:>10,.2f}   holds"
    worst = max(missed, key=lambda line: line.figure)
    more = f" and {len(missed) - 1} more" if missed[1:] else ""
    return f"{goal:>10,.2f}   over: {worst.missed} ({worst.column or 'here'}{more})".replace(" (here)", "")

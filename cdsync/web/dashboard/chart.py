"""The chart of orders per day as plain numbers for a template to draw. No markup, no database.

Lengths are in units of the drawing: WIDTH × HEIGHT, stretched to the page by the SVG's viewBox.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cdsync.overview import Day

WIDTH, HEIGHT = 900, 180
_FILL = 0.78  # share of a day's slot that its bar takes


@dataclass(frozen=True)
class Bar:
    """A rectangle, measured from the top left."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class DayBars:
    """The bars of one day: all found, those imported in front, problems as a stripe beside."""

    day: Day
    slot: Bar
    found: Bar
    imported: Bar
    problems: Bar

    @property
    def shown(self) -> list[tuple[str, Bar]]:
        """Those that are there, by what they count."""
        every = (("found", self.found), ("imported", self.imported), ("problems", self.problems))
        return [(kind, bar) for kind, bar in every if bar.height]


@dataclass(frozen=True)
class Chart:
    """What the template draws; `ticks` are (y, label) of the horizontal lines."""

    days: tuple[DayBars, ...]
    top: int
    ticks: tuple[tuple[float, int], ...]
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def is_empty(self) -> bool:
        return not any(each.day.found or each.day.imported or each.day.problems for each in self.days)


def chart_of(days: Sequence[Day]) -> Chart:
    """The chart of the days given, oldest first."""
    highest = max((max(day.found, day.imported, day.problems) for day in days), default=0)
    top = _round_up(highest)
    slot = WIDTH / max(1, len(days))
    bars = tuple(_bars(day, place * slot, slot, top) for place, day in enumerate(days))
    ticks = tuple((round(HEIGHT - HEIGHT * value / top, 2), value) for value in _steps(top))
    return Chart(bars, top, ticks)


def _bars(day: Day, left: float, slot: float, top: int) -> DayBars:
    width = slot * _FILL
    start = left + (slot - width) / 2
    stripe = width * 0.24
    wide = width - stripe if day.problems else width
    return DayBars(
        day,
        Bar(round(left, 2), 0, round(slot, 2), HEIGHT),
        _bar(start, wide, day.found, top),
        _bar(start, wide, day.imported, top),
        _bar(start + width - stripe, stripe, day.problems, top),
    )


def _bar(left: float, width: float, value: int, top: int) -> Bar:
    height = max(HEIGHT * value / top, 2) if value else 0  # one order among thousands is still seen
    return Bar(round(left, 2), round(HEIGHT - height, 2), round(width, 2), round(height, 2))


def _round_up(highest: int) -> int:
    """The next even figure people like at the top of an axis, at least 4."""
    step = 1
    while True:
        for factor in (4, 6, 8, 10, 12, 16, 20, 24, 30):
            if factor * step >= highest:
                return factor * step
        step *= 10


def _steps(top: int) -> tuple[int, ...]:
    return (top, top // 2, 0)

"""How a few pages grow with the number of orders, as a picture: milliseconds over orders, both by powers of ten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log10
from pathlib import Path

from jinja2 import Template

from .lines import Line

SHOWN = {
    "overview": "#0b7285", "orders, all": "#2b8a3e", "orders shipped, the last page": "#5c940d", "products": "#e67700",
    "an order": "#862e9c", "search: a word of every order": "#c92a2a", "search: a marketplace number": "#495057",
}  # fmt: skip
WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 860, 420, 60, 24, 250, 50
TICKS = (1, 10, 100, 1_000, 10_000)
DASHES = {"sqlite": "", "postgresql": "6 4"}
PICTURE = Template(Path(__file__).with_suffix(".svg").read_text(encoding="utf-8"), autoescape=True)


@dataclass(frozen=True)
class Point:
    """A figure of one page, with so many orders in that database."""

    database: str
    orders: int
    name: str
    milliseconds: float


@dataclass(frozen=True)
class Scale:
    """Where a point lies: both axes by powers of ten, from the fewest orders and from one millisecond."""

    fewest: int
    most: int
    tallest: float

    def x(self, orders: int) -> float:
        """From the left edge of the picture."""
        wide = WIDTH - RIGHT - LEFT
        return round(LEFT + wide * log10(orders / self.fewest) / log10(self.most / self.fewest), 1)

    def y(self, milliseconds: float) -> float:
        """From its upper edge."""
        foot = HEIGHT - BOTTOM
        return round(foot - (foot - TOP) * log10(max(1.0, milliseconds)) / log10(self.tallest), 1)


def drawn(lines: Sequence[Line]) -> str:
    """The picture as SVG, of lines whose columns are named "sqlite 20,000"; several numbers of orders at least."""
    points = [_point(each) for each in lines if each.name in SHOWN and each.column]
    sizes = sorted({each.orders for each in points})
    worst = max(each.milliseconds for each in points)
    scale = Scale(sizes[0], sizes[-1], next((tick for tick in TICKS if tick >= worst), TICKS[-1]))
    databases = list(dict.fromkeys(each.database for each in points))
    named = [(colour, "", name) for name, colour in SHOWN.items()] + [("#212529", DASHES[it], it) for it in databases]
    return PICTURE.render(
        **{"width": WIDTH, "height": HEIGHT, "left": LEFT, "edge": WIDTH - RIGHT, "foot": HEIGHT - BOTTOM},
        rows=[(scale.y(tick), f"{tick:,}") for tick in TICKS if tick <= scale.tallest],
        columns=[(scale.x(size), f"{size:,}") for size in sizes],
        curves=[
            (_path(points, scale, database, name), colour, DASHES[database])
            for database in databases
            for name, colour in SHOWN.items()
        ],
        legend=[(TOP + 12 + 22 * place, *each) for place, each in enumerate(named)],
    )


def _path(points: Sequence[Point], scale: Scale, database: str, name: str) -> str:
    mine = [each for each in points if (each.database, each.name) == (database, name)]
    return " ".join(f"{scale.x(each.orders)},{scale.y(each.milliseconds)}" for each in mine)


def _point(line: Line) -> Point:
    database, _, orders = line.column.partition(" ")
    return Point(database, int(orders.replace(",", "")), line.name, line.figure)

"""PHP dies for good before a row that the shop writes, answers 500, and nothing goes on by itself.

Seen on an 8.2.1: in 7 of 28 bodies that gave orders their status, over an invoice for a mail (the orders before it were
through, it was but for the mail, those after it were as before). What is half made for good is for a person; it is
said, it is one order alone, and no piece goes twice without a word.
"""

from __future__ import annotations

import pytest

from cdsync.sandbox.faults import Fault

from . import verdict
from .matrix import AGAIN, Course, Courses
from .world import SHOP, World

FOR_A_PERSON = {"import.half_made", "import.not_verified"}
NO_LINE = "times paid 0 instead of 1"  # of its history: PrestaShop writes it last, and a status is not set twice


def _wrongs_after_death(world: World, course: Course, number: int, row: int) -> list[str]:
    world.back_to(course.moment)
    world.shop.server.faults.add(Fault("died", skip=course.requests[:number].count(SHOP), step=row))
    world.operate("import")
    assert any(seen.fault == "died" for _side, seen in world.requests())
    for seconds in AGAIN:
        world.pass_time(seconds)
        world.operate("import")
    return _wrongs(world, course) + verdict.run_wrongs(world)


def _wrongs(world: World, course: Course) -> list[str]:
    rows = world.rows("SELECT marketplace_ref, state, problem_code FROM orders")
    stranded = {row["marketplace_ref"] for row in rows if row["problem_code"] in FOR_A_PERSON}
    found = [f"{len(stranded)} orders are for a person"] if len(stranded) > 1 else []
    found += [
        f"{row['marketplace_ref']}: {row['state']}, {row['problem_code']}"
        for row in rows
        if row["marketplace_ref"] not in stranded and (row["state"], row["problem_code"]) != ("imported", None)
    ]
    for order in course.orders:
        own = [row for row in world.shop.rows("orders") if row["payment"] == order.payment]
        if len(own) != 1:
            found.append(f"{order.ref}: {len(own)} shop orders")
        elif order.ref not in stranded:
            wrongs = verdict.money_wrongs(world, own[0], order)
            found += [f"{order.ref}: {wrong}" for wrong in wrongs if wrong != NO_LINE]
    silent = not stranded and not _told_of_stock(world)
    return found + (verdict.stock_wrongs(world, course.orders, course.stock) if silent else [])


def _told_of_stock(world: World) -> int:
    """Orders with the warning that pieces did not move as they must."""
    return sum("import.stock_differs" in str(row["warnings"]) for row in world.rows("SELECT warnings FROM orders"))


def _places(course: Course, every: int) -> list[tuple[int, int]]:
    """Rows of the requests that make an order or change it."""
    rows = [place for place in course.middles if course.asked[place[0]].endswith("/orders")]
    return rows[every // 2 :: every]


@pytest.mark.parametrize(
    ("version", "every"),
    [
        ("9.1.4", 12),
        pytest.param("9.1.4", 1, marks=pytest.mark.faults),
        pytest.param("8.2.1", 1, marks=pytest.mark.faults),
        pytest.param("1.7.8.11", 1, marks=pytest.mark.faults),
    ],
)
def test_what_the_shop_dies_over_is_said_and_is_one_order_alone(courses: Courses, version: str, every: int) -> None:
    world, course = courses.of(version, "import 5")
    failed = {place: found for place in _places(course, every) if (found := _wrongs_after_death(world, course, *place))}
    assert failed == {}


@pytest.mark.parametrize("version", ["9.1.4", "8.2.1", "1.7.8.11"])
def test_pieces_that_go_twice_are_said(courses: Courses, version: str) -> None:
    """Over a status that takes pieces, once they are written and before it is: sent again it takes them again."""
    world, course = courses.of(version, "import 5")
    number = max(n for n, _row in course.middles if course.asked[n] in ("PATCH /api/orders", "PUT /api/orders"))
    statuses = [n for n, asked in enumerate(course.asked) if asked == course.asked[number]]
    place = statuses[1] if len(statuses) > 1 else number
    assert _wrongs_after_death(world, course, place, 1) == []
    assert verdict.stock_wrongs(world, course.orders, course.stock) != []
    assert _told_of_stock(world) == 1

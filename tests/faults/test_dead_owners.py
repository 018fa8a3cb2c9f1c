"""A claim outlives its owner by its lease, and is taken over only after looking at the shop."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote

import pytest

from cdsync import runs
from cdsync.sandbox.server import Seen

from . import verdict
from .matrix import Course, Courses
from .world import SHOP, World

PLACES = ("POST /api/customers", "POST /api/carts", "POST /api/specific_prices", "POST /api/orders")
SLOW = [pytest.param(place, marks=pytest.mark.faults) for place in PLACES[:3]]


@pytest.fixture
def ready(courses: Courses) -> Iterator[tuple[World, Course]]:
    """One order that needs its shipping corrected, and no guard but the claims."""
    world, course = courses.of("9.1.4", "corrected")
    world.back_to(course.moment)
    world.change_database("DROP INDEX uq_runs_open")
    yield world, course
    world.back_to(world.beginning)


def _number_of(course: Course, place: str) -> int:
    return course.asked.index(place)


@pytest.mark.parametrize("place", [*SLOW, PLACES[3]])
@pytest.mark.parametrize("kind", ["killed_before", "killed_after"])
def test_nobody_touches_a_dead_owners_order_before_its_lease_is_over(
    ready: tuple[World, Course], kind: str, place: str
) -> None:
    world, course = ready
    assert world.operate("import", broken={"kind": kind, "number": _number_of(course, place)}).killed
    world.shop.server.log.clear()
    world.pass_time(runs.LEASE_SECONDS - 10.0)
    second = world.operate("import", wanted=world.order_ids()).result
    assert second["counts"] == {"skipped": 1}
    assert [s for s in world.shop.server.log if s.method != "GET"] == []
    world.pass_time(60.0)
    third = world.operate("import").result
    assert third["counts"] == {"done": 1}
    _looked_first(list(world.shop.server.log), made=kind == "killed_after" and place == "POST /api/orders")
    assert verdict.imported_wrongs(world, course.orders, course.stock) == []


def _looked_first(log: list[Seen], made: bool) -> None:
    """The shop was asked for the order before anything was written; one that was there was not posted again."""
    writes = [number for number, seen in enumerate(log) if seen.method != "GET"]
    looks = [
        number for number, seen in enumerate(log)
        if seen.method == "GET" and seen.path == "/api/orders" and "filter[payment]" in unquote(seen.query)
    ]  # fmt: skip
    assert looks
    assert looks[0] < writes[0]
    posts = [seen for seen in log if (seen.method, seen.path) == ("POST", "/api/orders")]
    assert len(posts) == (0 if made else 1)


def test_the_courses_know_the_requests_they_are_asked_for(ready: tuple[World, Course]) -> None:
    _world, course = ready
    assert set(PLACES) <= set(course.asked)
    assert set(course.requests) == {SHOP}

"""Every fault at every request of every operation, in three shop versions; a sample of it in every test run."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from .matrix import FAULTS, Courses, wrongs_after
from .situations import SITUATIONS
from .table import CASES

VERSIONS = ("9.1.4", "8.2.1", "1.7.8.11")
WHOLLY = (
    "import 1",
    "adopted",
    "accept 1",
    "ship 1",
)  # situations whose every request is broken, reads at the start too
OTHERWISE_ANSWERED = ("reset before", "answer lost", "late", "500 empty after", "200 html after", "500 code 2 after")
SAMPLE = 14
SAMPLED = {
    "9.1.4": ("import 5", "corrected", "accept 1", "ship late"),
    "8.2.1": ("corrected",),
    "1.7.8.11": ("corrected", "half-way"),
}


def _cells() -> list[tuple[str, str, str]]:
    """Version, situation and fault; the other versions meet in an import what they answer differently."""
    other = (*OTHERWISE_ANSWERED, "killed before sending", "killed after answer")
    return [
        (version, name, fault)
        for version in VERSIONS
        for name, situation in SITUATIONS.items()
        for fault in FAULTS
        if version == VERSIONS[0] or (situation.operation == "import" and fault in other)
    ]


def _sample() -> list[tuple[str, str, str, float]]:
    """The same few cases each time: cell, and how far into the operation the fault strikes (0 to 1).

    Of few situations, since each has to be prepared first, but of all operations and versions.
    """
    source = random.Random("a sample of the fault matrix")
    cells = [cell for cell in _cells() if cell[1] in SAMPLED[cell[0]]]
    return [(*cell, source.random()) for cell in sorted(source.sample(cells, SAMPLE))]


@pytest.mark.parametrize(("version", "situation", "fault", "place"), _sample())
def test_an_order_survives_a_fault(courses: Courses, version: str, situation: str, fault: str, place: float) -> None:
    world, course = courses.of(version, situation)
    places = course.telling_places(fault)
    number = places[int(place * len(places))]
    assert wrongs_after(world, course, fault, number) == []


@pytest.mark.faults
@pytest.mark.parametrize(("version", "situation", "fault"), _cells())
def test_an_order_survives_a_fault_at_every_request(
    courses: Courses, record_property: Callable[[str, object], None], version: str, situation: str, fault: str
) -> None:
    world, course = courses.of(version, situation)
    every = version == VERSIONS[0] and situation in WHOLLY
    cases = course.places(fault) if every else course.telling_places(fault)
    failed = {number: wrongs for number in cases if (wrongs := wrongs_after(world, course, fault, number))}
    record_property(CASES, (fault, situation, len(cases) - len(failed), len(cases)))
    assert failed == {}

"""An account that is tied to another seller and shop in the middle of an operation, as by a restored database."""

from __future__ import annotations

import pytest

from .matrix import ELSEWHERE, Courses, wrongs_after


@pytest.mark.parametrize("situation", ["import 5", "corrected", "accept 1", "ship 1", "half-way"])
@pytest.mark.parametrize("place", [0.0, 0.5, 0.9])
def test_nothing_of_it_is_written_elsewhere_and_it_ends_well_where_it_belongs(
    courses: Courses, situation: str, place: float
) -> None:
    world, course = courses.of("9.1.4", situation)
    places = course.telling_places(ELSEWHERE)
    assert wrongs_after(world, course, ELSEWHERE, places[int(place * len(places))]) == []

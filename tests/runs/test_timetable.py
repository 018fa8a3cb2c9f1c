"""What a schedule means for whoever asks whether it comes round often."""

from __future__ import annotations

from datetime import datetime

import pytest

from cdsync.runs import timetable


@pytest.mark.parametrize(
    ("expression", "at", "often"),
    [
        ("*/15 * * * *", "2026-11-27T03:07", True),
        ("0 * * * *", "2026-11-27T03:07", True),
        ("0 */4 * * *", "2026-11-27T03:07", False),
        ("15 4 * * *", "2026-11-27T04:14", False),
        ("*/15 8-17 * * 1-5", "2026-11-27T12:00", True),
        ("*/15 8-17 * * 1-5", "2026-11-27T07:50", False),  # the night before
        ("*/15 8-17 * * 1-5", "2026-11-28T12:00", False),  # a Saturday
        (None, "2026-11-27T12:00", False),
        ("every hour", "2026-11-27T12:00", False),
    ],
)
def test_often_is_at_least_hourly_at_present(expression: str | None, at: str, often: bool) -> None:
    assert timetable.is_often(expression, datetime.fromisoformat(at).astimezone()) is often

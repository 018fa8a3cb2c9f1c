"""Schedules as a person thinks of them: named choices, and when a cron expression comes round next. No database.

A cron expression counts in the local time of the machine, as cron itself and RQ's scheduler do.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from croniter import croniter

from cdsync.settings import HALF_HOURLY, NIGHTLY, OFTEN

OFTEN_ENOUGH = timedelta(hours=1)
OFF = "off"
CUSTOM = "custom"

# The choices a page offers, by the value its form sends; the words are the page's business.
PRESETS: dict[str, str | None] = {
    OFF: None,
    "5min": "*/5 * * * *",
    "15min": OFTEN,
    "30min": HALF_HOURLY,
    "hourly": "0 * * * *",
    "4hours": "0 */4 * * *",
    "daily": NIGHTLY,
}


def is_cron(expression: str) -> bool:
    """Whether it is a cron expression of five fields."""
    return len(expression.split()) == 5 and croniter.is_valid(expression)


def preset_of(expression: str | None) -> str:
    """The name of the choice an expression stands for; CUSTOM when it is none of them."""
    wanted = " ".join(expression.split()) if expression else None
    return next((name for name, cron in PRESETS.items() if cron == wanted), CUSTOM)


def expression_of(preset: str, custom: str) -> str | None:
    """What a form with a choice and a field of its own means; an empty custom expression is off."""
    if preset in PRESETS:
        return PRESETS[preset]
    return " ".join(custom.split()) or None


def next_times(expression: str | None, count: int = 1, after: datetime | None = None) -> list[datetime]:
    """The next times an expression comes round, aware UTC; none when it is off or not a cron expression."""
    if not expression or not is_cron(expression):
        return []
    local = (after or datetime.now(UTC)).astimezone().replace(tzinfo=None)
    times = croniter(expression, local)
    return [times.get_next(datetime).astimezone(UTC) for _ in range(count)]


def is_often(expression: str | None, at: datetime | None = None) -> bool:
    """Whether it comes round at least hourly at present, so that nobody means a time of the day by it."""
    if not expression or not is_cron(expression):
        return False
    local = (at or datetime.now(UTC)).astimezone().replace(tzinfo=None)
    times = croniter(expression, local)
    return bool(times.get_next(datetime) - times.get_prev(datetime) <= OFTEN_ENOUGH)

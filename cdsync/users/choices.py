"""What a person chooses for the pages they see: language and time zone. Shows nothing itself."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import available_timezones

from cdsync.db import transaction
from cdsync.errors import ConfigError
from cdsync.models import User

LANGUAGES = ("en", "fr")


def keep_choices(user: User, language: str, timezone: str) -> None:
    """Keeps a person's language and time zone, "" for none. Raises ConfigError user.language_unknown [language],
    user.timezone_unknown [timezone]."""
    if language not in ("", *LANGUAGES):
        raise ConfigError("user.language_unknown", language=language)
    if timezone not in ("", *time_zones()):
        raise ConfigError("user.timezone_unknown", timezone=timezone)
    with transaction():
        user.language, user.timezone = language, timezone


@lru_cache(maxsize=1)
def time_zones() -> tuple[str, ...]:
    """Every zone of the tz database that is called by a place, and UTC; the other names are kept for old systems."""
    of_old = ("Etc/", "SystemV/", "US/")
    known = (name for name in available_timezones() if "/" in name and not name.startswith(of_old))
    return tuple(sorted((*known, "UTC")))

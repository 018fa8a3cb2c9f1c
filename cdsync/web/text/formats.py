"""How values are shown: money, times in the reader's zone, durations, numbers, badges. Templates use these as filters.

Everything that returns Markup escapes what goes into it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache
from urllib.parse import unquote
from zoneinfo import ZoneInfo, available_timezones

from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_decimal
from flask import Flask, request
from flask_babel import get_locale
from flask_login import current_user
from markupsafe import Markup

from cdsync.db import now

from . import words
from .language import _, ngettext

ZONE_COOKIE = "cdsync_zone"
SIGNS = {"EUR": "€", "GBP": "£", "USD": "$", "PLN": "zł"}
SOON = timedelta(hours=8)


def register(app: Flask) -> None:
    """Puts the filters into the app's templates."""
    app.jinja_env.filters.update(
        money=money,
        unit_money=unit_money,
        number=number,
        percent=percent,
        moment=moment,
        relative=relative,
        deadline=deadline,
        exact=exact,
        clock=clock,
        day=day,
        duration=duration,
        badge=badge,
        state_badge=lambda state: badge(words.state_badge(state)),
        order_badge=lambda order: badge(words.order_badge(order)),
        run_badge=lambda run: badge(words.run_badge(run)),
        outcome_badge=lambda outcome: badge(words.outcome_badge(outcome)),
        operation_word=words.operation_word,
        trigger_word=words.trigger_word,
    )
    app.jinja_env.globals.update(zone_name=lambda: str(zone()))


def money(amount: Decimal | None, currency: str = "EUR") -> str:
    """An amount with two decimals and its currency; "–" when it is not known."""
    if amount is None:
        return "–"
    figures = format_decimal(amount, format="#,##0.00", locale=get_locale() or "en")
    return f"{figures}\u00a0{SIGNS.get(currency, currency)}".rstrip()


def unit_money(amount: Decimal | None, currency: str = "EUR") -> str:
    """A unit price with its currency: two decimals, more where it is a part of a cent; "–" when it is not known."""
    if amount is None:
        return "–"
    figures = format_decimal(amount, format="#,##0.00####", locale=get_locale() or "en")
    return f"{figures}\u00a0{SIGNS.get(currency, currency)}".rstrip()


def number(value: float | Decimal) -> str:
    """A count or quantity with thousands marked."""
    return format_decimal(value, locale=get_locale() or "en")


def percent(rate: Decimal | None) -> str:
    """A VAT rate: 20 %, 5.5 %."""
    if rate is None:
        return "–"
    return f"{format_decimal(rate, format='0.##', locale=get_locale() or 'en')}\u00a0%"


@lru_cache(maxsize=64)
def _zone_named(name: str) -> ZoneInfo | None:
    return ZoneInfo(name) if name in available_timezones() else None


def zone() -> tzinfo:
    """The reader's time zone: their own setting, else the browser's (a cookie it sets once), else UTC."""
    chosen = getattr(current_user, "timezone", "") or ""
    return _zone_named(chosen) or _zone_named(browser_zone()) or ZoneInfo("UTC")


def browser_zone() -> str:
    """The time zone that the browser says it is in; "" when it said none, or one that nobody knows."""
    said = unquote(request.cookies.get(ZONE_COOKIE, ""))
    return said if _zone_named(said) else ""


def local(at: datetime) -> datetime:
    """The time in the reader's zone."""
    return at.astimezone(zone())


def _day_word(at: datetime, today: date) -> str:
    days = (at.date() - today).days
    locale = get_locale() or "en"
    near = {0: _("today"), -1: _("yesterday"), 1: _("tomorrow")}
    if days in near:
        return near[days]
    if 1 < days < 7:
        return format_date(at, "EEE", locale=locale)
    pattern = "d MMM" if at.year == today.year else "d MMM yyyy"
    return format_date(at, pattern, locale=locale)


def _time_element(at: datetime, text: str, css: str = "") -> Markup:
    attribute = Markup(' class="{}"').format(css) if css else ""
    return Markup('<time datetime="{}" title="{}"{}>{}</time>').format(
        at.astimezone(UTC).isoformat(timespec="seconds"), exact(at), attribute, text
    )


def exact(at: datetime) -> str:
    """Date, time to the second and zone: "23 Nov 2026, 10:14:22 CET"."""
    return format_datetime(local(at), "d MMM yyyy, HH:mm:ss z", locale=get_locale() or "en")


def moment(at: datetime | None) -> Markup | str:
    """A time as a person says it, "today 10:14", "Wed 18:00", "3 Oct 09:00"; the exact one on the element."""
    if at is None:
        return "–"
    here = local(at)
    clock_time = format_time(here, "HH:mm", locale=get_locale() or "en")
    return _time_element(at, f"{_day_word(here, local(now()).date())} {clock_time}")


def clock(at: datetime | None) -> Markup | str:
    """The time of day to the second, for lines under a date."""
    if at is None:
        return "–"
    return _time_element(at, format_time(local(at), "HH:mm:ss", locale=get_locale() or "en"))


def day(at: datetime | date | None) -> str:
    """A date in words: "Mon 23 Nov 2026"."""
    if at is None:
        return "–"
    return format_date(local(at) if isinstance(at, datetime) else at, "EEE d MMM yyyy", locale=get_locale() or "en")


def duration(span: timedelta | float | None) -> str:
    """How long: "0.4 s", "12 s", "5 min", "3 h 20 min", "2 days 3 h". A number is in seconds."""
    if span is None:
        return "–"
    seconds = span.total_seconds() if isinstance(span, timedelta) else float(span)
    if seconds < 1:
        return f"{max(seconds, 0):.1f} s"
    if seconds < 120:
        return f"{int(seconds)} s"
    minutes = int(seconds // 60)
    if minutes < 60:
        return _("%(n)s min", n=minutes)
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return _("%(h)s h %(m)s min", h=hours, m=minutes) if minutes and hours < 10 else _("%(h)s h", h=hours)
    days, hours = divmod(hours, 24)
    in_days = ngettext("%(num)s day", "%(num)s days", days)
    return _("%(days)s %(h)s h", days=in_days, h=hours) if hours and days < 3 else in_days


def relative(at: datetime | None) -> Markup | str:
    """From now: "in 5 h", "12 min ago", "just now"; the exact time on the element."""
    return "–" if at is None else _time_element(at, _from_now(at))


def _from_now(at: datetime) -> str:
    ahead = at - now()
    if abs(ahead) < timedelta(seconds=45):
        return _("just now") if ahead <= timedelta(0) else _("in a moment")
    if ahead > timedelta(0):
        return _("in %(span)s", span=duration(ahead))
    return _("%(span)s ago", span=duration(-ahead))


def deadline(at: datetime | None) -> Markup | str:
    """From now, red when it is near or over: "in 5 h", "2 h overdue"."""
    if at is None:
        return ""
    ahead = at - now()
    if ahead <= timedelta(0):
        return _time_element(at, _("%(span)s overdue", span=duration(-ahead)), "text-bad")
    return _time_element(at, _from_now(at), "text-bad" if ahead < SOON else "")


def badge(kind_and_word: words.Badge) -> Markup:
    """A badge: word and mark, never colour alone."""
    return Markup('<span class="badge {}">{}</span>').format(*kind_and_word)

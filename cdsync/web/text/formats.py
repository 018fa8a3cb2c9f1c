"""How values are shown: money, times in the reader's zone, durations, numbers, badges. Templates use these as filters.

Everything that returns Markup escapes what goes into it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache
from urllib.parse import unquote
from zoneinfo import ZoneInfo, available_timezones

from babel.dates import format_date, format_datetime, get_day_names, get_month_names
from babel.numbers import format_decimal, get_decimal_symbol, get_group_symbol
from flask import Flask, request
from flask_login import current_user
from markupsafe import Markup, escape

from cdsync.db import now

from . import words
from .language import _, locale_name, ngettext, once

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
    return f"{_separated(f'{amount:,.2f}')}\u00a0{SIGNS.get(currency, currency)}".rstrip()


def unit_money(amount: Decimal | None, currency: str = "EUR") -> str:
    """A unit price with its currency: two decimals, more where it is a part of a cent; "–" when it is not known."""
    if amount is None:
        return "–"
    figures = format_decimal(amount, format="#,##0.00####", locale=locale_name())
    return f"{figures}\u00a0{SIGNS.get(currency, currency)}".rstrip()


def number(value: float | Decimal) -> str:
    """A count or quantity with thousands marked."""
    return _separated(f"{value:,}") if isinstance(value, int) else format_decimal(value, locale=locale_name())


def _separated(figures: str) -> str:
    """Figures as Python writes them ("1,234.50"), with the reader's own marks. A list shows hundreds of them."""
    return figures.translate(_marks(locale_name()))


@lru_cache(maxsize=16)
def _marks(locale: str) -> dict[int, str]:
    return str.maketrans({",": get_group_symbol(locale), ".": get_decimal_symbol(locale)})


def percent(rate: Decimal | None) -> str:
    """A VAT rate: 20 %, 5.5 %."""
    if rate is None:
        return "–"
    return f"{format_decimal(rate, format='0.##', locale=locale_name())}\u00a0%"


@lru_cache(maxsize=64)
def _zone_named(name: str) -> ZoneInfo | None:
    return ZoneInfo(name) if name in available_timezones() else None


def zone() -> tzinfo:
    """The reader's time zone: their own setting, else the browser's (a cookie it sets once), else UTC."""
    return once("zone", _chosen_zone)


def _chosen_zone() -> tzinfo:
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
    if days == 0:
        return _("today")
    if days in (-1, 1):
        return _("tomorrow") if days == 1 else _("yesterday")
    locale = locale_name()
    if 1 < days < 7:
        return _weekdays(locale)[at.weekday()]
    return f"{at.day} {_months(locale)[at.month]}" + ("" if at.year == today.year else f" {at.year}")


def _time_element(at: datetime, text: str, css: str = "") -> Markup:
    attribute = f' class="{escape(css)}"' if css else ""
    moment_there = f'datetime="{at.astimezone(UTC).isoformat(timespec="seconds")}" title="{escape(exact(at))}"'
    return Markup(f"<time {moment_there}{attribute}>{escape(text)}</time>")


def exact(at: datetime) -> str:
    """Date, time to the second and zone: "23 Nov 2026, 10:14:22 CET". A list shows hundreds of them."""
    here, locale = local(at), locale_name()
    clock = f"{here.hour:02}:{here.minute:02}:{here.second:02}"
    return f"{here.day} {_months(locale)[here.month]} {here.year:04}, {clock} {_zone_word(here, locale)}"


@lru_cache(maxsize=16)
def _months(locale: str) -> Mapping[int, str]:
    return dict(get_month_names("abbreviated", "format", locale))


@lru_cache(maxsize=16)
def _weekdays(locale: str) -> Mapping[int, str]:
    return dict(get_day_names("abbreviated", "format", locale))


def _zone_word(at: datetime, locale: str) -> str:
    """ "CET": the same whenever the zone's clock is set alike."""
    alike = (str(at.tzinfo), at.utcoffset(), at.dst(), locale)
    if alike not in _zone_words:
        _zone_words[alike] = format_datetime(at, "z", locale=locale)
    return _zone_words[alike]


_zone_words: dict[tuple[object, ...], str] = {}


def moment(at: datetime | None) -> Markup | str:
    """A time as a person says it, "today 10:14", "Wed 18:00", "3 Oct 09:00"; the exact one on the element."""
    if at is None:
        return "–"
    here = local(at)
    today = once("today", lambda: local(now()).date())
    return _time_element(at, f"{_day_word(here, today)} {here.hour:02}:{here.minute:02}")


def clock(at: datetime | None) -> Markup | str:
    """The time of day to the second, for lines under a date."""
    if at is None:
        return "–"
    return _time_element(at, f"{local(at):%H:%M:%S}")


def day(at: datetime | date | None) -> str:
    """A date in words: "Mon 23 Nov 2026"."""
    if at is None:
        return "–"
    return _day(local(at).date() if isinstance(at, datetime) else at, locale_name())


@lru_cache(maxsize=512)
def _day(on: date, locale: str) -> str:
    return format_date(on, "EEE d MMM yyyy", locale=locale)


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

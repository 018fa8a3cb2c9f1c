"""How values are shown: money, times as a person thinks of them, durations, badges."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_decimal
from flask import Flask

from cdsync.web.text import formats

NOW = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)  # a Monday, 15:30 in Paris


@pytest.fixture(autouse=True)
def _in_paris(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(formats, "now", lambda: NOW)
    with app.test_request_context(headers={"Cookie": "cdsync_zone=Europe%2FParis"}):
        yield


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        ("84.35", "EUR", "84.35 €"),
        ("1204.5", "EUR", "1,204.50 €"),
        ("-0.01", "GBP", "-0.01 £"),
        ("7", "CHF", "7.00 CHF"),
        (None, "EUR", "–"),
    ],
)
def test_money_has_two_decimals_and_its_currency(amount: str | None, currency: str, words: str) -> None:
    value = None if amount is None else Decimal(amount)
    assert formats.money(value, currency).replace("\u00a0", " ") == words


@pytest.mark.parametrize("locale", ["en", "fr"])
@pytest.mark.parametrize("zone", ["Europe/Paris", "UTC", "America/New_York", "Asia/Kolkata"])
def test_what_is_written_by_hand_is_what_babel_writes(locale: str, zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Dates, times and amounts are put together here: a list shows hundreds, and babel takes ten times as long."""
    monkeypatch.setattr(formats, "locale_name", lambda: locale)
    monkeypatch.setattr(formats, "zone", lambda: ZoneInfo(zone))
    for days in range(0, 400, 3):
        at = NOW - timedelta(days=days, hours=7 * days, seconds=days)
        here = at.astimezone(ZoneInfo(zone))
        assert formats.exact(at) == format_datetime(here, "d MMM yyyy, HH:mm:ss z", locale=locale)
        assert format_time(here, "HH:mm:ss", locale=locale) in formats.clock(at)
        if days > 2:
            pattern = "d MMM HH:mm" if here.year == NOW.astimezone(ZoneInfo(zone)).year else "d MMM yyyy HH:mm"
            assert f">{format_datetime(here, pattern, locale=locale)}<" in formats.moment(at)
    for days in range(2, 7):
        at = NOW + timedelta(days=days)
        assert f">{format_date(at.astimezone(ZoneInfo(zone)), 'EEE', locale=locale)} " in formats.moment(at)
    for cents in (0, 5, 99, 12_345, -1, -99_999, 123_456_789):
        amount = Decimal(cents) / 100
        assert formats.money(amount) == format_decimal(amount, format="#,##0.00", locale=locale) + "\u00a0€"
        assert formats.number(cents) == format_decimal(cents, locale=locale)


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (0, "today 15:30"),
        (-16, "yesterday 23:30"),
        (20, "tomorrow 11:30"),
        (51, "Wed 18:30"),
        (-24 * 30, "24 Oct 16:30"),
        (-24 * 400, "19 Oct 2025 16:30"),
    ],
)
def test_a_moment_is_said_as_a_person_says_it_with_the_exact_time_on_it(hours: int, words: str) -> None:
    at = NOW + timedelta(hours=hours)
    html = str(formats.moment(at))
    assert f">{words}</time>" in html
    assert f'datetime="{at.isoformat(timespec="seconds")}"' in html
    assert "+0" in html  # the offset, in the exact time


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.42, "0.4 s"),
        (12, "12 s"),
        (119, "119 s"),
        (300, "5 min"),
        (12000, "3 h 20 min"),
        (36000, "10 h"),
        (97200, "1 day 3 h"),
        (86400 * 9, "9 days"),
    ],
)
def test_a_duration_is_as_exact_as_it_matters(seconds: float, words: str) -> None:
    assert formats.duration(seconds) == words


def test_a_deadline_is_red_when_it_is_near_or_over() -> None:
    assert formats.deadline(NOW + timedelta(days=2)) == formats.relative(NOW + timedelta(days=2))
    assert 'class="text-bad">in 5 h</time>' in str(formats.deadline(NOW + timedelta(hours=5)))
    assert "2 h overdue" in str(formats.deadline(NOW - timedelta(hours=2)))
    assert formats.deadline(None) == ""


def test_what_goes_into_a_badge_is_escaped() -> None:
    assert formats.badge(("bad", "<b>")) == '<span class="badge bad">&lt;b&gt;</span>'


@pytest.mark.parametrize(("rate", "words"), [("20", "20 %"), ("5.5", "5.5 %"), ("2.1", "2.1 %"), (None, "–")])
def test_a_vat_rate_has_no_more_decimals_than_it_needs(rate: str | None, words: str) -> None:
    assert formats.percent(None if rate is None else Decimal(rate)).replace("\u00a0", " ") == words

"""The error catalogue: for each code what happened, why, what to do, who can, and whether waiting helps.

`explain` works with and without a request: outside one it speaks English. `entry_of` says what is done otherwise for a
code. Depends on the names of states only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from importlib import import_module
from typing import Any

from flask import has_request_context

from .articles import (
    belonging,
    comparison,
    importing,
    installation,
    machine,
    marketplace,
    order,
    product,
    shipping,
    shop,
    shop_blocked,
    shop_canary,
    stock,
)
from .articles.entry import N_, TARGETS, Entry, Severity, Who, by_code, past_waiting

CATALOGUE: Mapping[str, Entry] = by_code(
    (
        *marketplace.ENTRIES,
        *shop.ENTRIES,
        *shop_canary.ENTRIES,
        *shop_blocked.ENTRIES,
        *order.ENTRIES,
        *product.ENTRIES,
        *importing.ENTRIES,
        *shipping.ENTRIES,
        *stock.ENTRIES,
        *comparison.ENTRIES,
        *belonging.ENTRIES,
        *machine.ENTRIES,
        *installation.ENTRIES,
    )
)
MISSING = "…"
NAMELESS = N_("the marketplace")
SENTENCE_BEGINS = re.compile(r"(^|[.?!] )%\(market\)s")
_UTC_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00")


@dataclass(frozen=True)
class StepText:
    """One thing to do, in the reader's language; `target` is a name of TARGETS or ""."""

    text: str
    target: str


@dataclass(frozen=True)
class Explanation:
    """An error as a small article. `severity` is "red", or "amber" when nothing is lost and cdsync goes on itself."""

    code: str
    title: str
    why: str
    steps: tuple[StepText, ...]
    who: Who
    waiting_helps: bool
    severity: Severity


def explain(
    code: str, data: Mapping[str, Any] | None = None, *, marketplace: str = "", overdue: bool = False
) -> Explanation:
    """The article for a code, its data filled in. Never raises: missing data is shown as “…”, as is an empty value.

    A code that is not in the catalogue gets an article that names it. `marketplace`: what the account's is called
    ("Cdiscount"); "" where no account is known. `overdue` (or `attempts` in the data, where tries were used up):
    waiting did not help, so that no step says to wait any longer.
    """
    entry, filled = _article(code, data or {}, marketplace, overdue)
    return Explanation(
        code=code,
        title=_text(entry.title, filled),
        why=_text(entry.why, filled),
        steps=tuple(StepText(_text(step.text, filled), step.target) for step in entry.steps),
        who=entry.who,
        waiting_helps=entry.waiting_helps,
        severity=entry.severity,
    )


def title_of(code: str, data: Mapping[str, Any] | None = None, *, marketplace: str = "", overdue: bool = False) -> str:
    """The title of `explain`, without the rest of the article: for lists."""
    entry, filled = _article(code, data or {}, marketplace, overdue)
    return _text(entry.title, filled)


def _article(code: str, data: Mapping[str, Any], marketplace: str, overdue: bool) -> tuple[Entry, _Filled]:
    known = CATALOGUE.get(code)
    entry = known or machine.UNKNOWN
    if overdue or "attempts" in data:
        entry = past_waiting(entry)
    return entry, _Filled(data if known else {"code": code}, marketplace or _translated(NAMELESS))


@lru_cache(maxsize=1024)
def entry_of(code: str | None) -> Entry:
    """What is done otherwise for a code; nothing for None, and what its first word says for one that is not known."""
    return CATALOGUE.get(code or "") or replace(machine.UNKNOWN, code=code or "", found_by=None)


def codes_where(holds: Callable[[Entry], bool]) -> frozenset[str]:
    """The catalogue's codes whose entry is such, for conditions on columns."""
    return frozenset(code for code, entry in CATALOGUE.items() if holds(entry))


class _Filled(dict[str, str]):
    """An error's data as text for a sentence."""

    def __init__(self, data: Mapping[str, Any], market: str) -> None:
        super().__init__({name: _shown(value) for name, value in data.items()})
        self.update(market=market, Market=market[:1].upper() + market[1:])

    def __missing__(self, name: str) -> str:
        return MISSING


def _shown(value: Any) -> str:
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(_shown(item) for item in value) or MISSING
    if isinstance(value, str) and _UTC_TIME.fullmatch(value):
        return _moment(datetime.fromisoformat(value))
    return str(value) if value not in (None, "") else MISSING


def _moment(at: datetime) -> str:
    """In the reader's zone, or the machine's on a terminal: "14:02", with its day when that is not today."""
    try:
        here = _babel().to_user_timezone(at) if has_request_context() else at.astimezone()
    except (KeyError, RuntimeError):  # an app without Flask-Babel
        here = at.astimezone()
    return here.strftime("%H:%M" if here.date() == datetime.now(here.tzinfo).date() else "%Y-%m-%d %H:%M")


def _text(english: str, filled: _Filled) -> str:
    """The sentence in the reader's language; in English where a translation does not fit its data."""
    try:
        return str(_begun(_translated(english)) % filled)
    except (TypeError, ValueError):
        return _begun(english) % filled


def _begun(text: str) -> str:
    """With a capital where a sentence begins with the marketplace."""
    return SENTENCE_BEGINS.sub(r"\1%(Market)s", text)


def _translated(english: str) -> str:
    """English where there is no reader to ask for a language: no request, or an app without Flask-Babel."""
    try:
        return str(gettext(english))
    except (KeyError, RuntimeError):
        return english


def gettext(english: str) -> str:
    """Flask-Babel's, which is loaded with the pages: outside a request nobody has chosen a language."""
    return str(_babel().gettext(english)) if has_request_context() else english


def _babel() -> Any:
    return import_module("flask_babel")


__all__ = ["CATALOGUE", "TARGETS", "Entry", "Explanation", "StepText", "codes_where", "entry_of", "explain", "title_of"]

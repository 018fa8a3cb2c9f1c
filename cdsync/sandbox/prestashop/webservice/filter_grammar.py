"""What a filter asks: its text to a condition on one column, odd readings and all. Reads no rows.

Source: SQLUtils::getSQLRetrieveFilter (in WebserviceRequest before 8.0), pSQL and Db::escape; MySQL's comparisons with
the usual collation, which knows neither case nor accents nor blanks at the end.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from ..core.store import folded

_TERM = re.compile(r"^(.*)\[(.*)\](.*)$")  # greedy, and a line break ends it: as in PHP
_INTERVAL = re.compile(r"^([\d.:\-\s]+),([\d.:\-\s]+)$")
_NUMBER = re.compile(r"\s*([+-]?(?:\d+(?:\.\d*)?|\.\d+))")
_PHP_NUMBER = re.compile(r"\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?\s*")

Check = Callable[[str], bool]


@dataclass(frozen=True)
class Condition:
    """`sign`: = (one of the values) | ! (none of them) | like | between | > | <."""

    sign: str
    values: tuple[str, ...]

    def stored_as(self, *, number: bool) -> list[str] | None:
        """The texts that an equality finds, for an index to look up; None for anything else. `number`: whole ones."""
        if self.sign != "=":
            return None
        if not number:
            return list(self.values)
        wanted = [_as_number(value) for value in self.values]
        return [str(int(one)) for one in wanted if one == int(one)]

    def check(self, *, number: bool) -> Check:
        """Whether a stored text fits; `number`: the column is one, so that MySQL compares numbers."""
        key: Callable[[str], object] = _as_number if number else folded
        first = self.values[0]
        if self.sign == "like":
            pattern = _like(first)
            return lambda text: pattern.fullmatch(folded(text, blanks=True)) is not None
        if self.sign in ("=", "!"):
            wanted = {key(value) for value in self.values}
            return lambda text: (key(text) in wanted) == (self.sign == "=")
        if self.sign == "between":
            low, high = key(first), key(self.values[1])
            return lambda text: low <= key(text) <= high  # type: ignore[operator]
        limit = key(first)
        return lambda text: key(text) > limit if self.sign == ">" else key(text) < limit  # type: ignore[operator]


def condition(text: str) -> Condition | None:
    """None: the filter adds nothing to the query, which then answers every row."""
    match = _TERM.match(text)
    if match is None:
        return Condition("=", (_sql(text),))
    before, inside, after = match.groups()
    if "%" in (before, after):
        return Condition("like", (_sql(before + inside + after),))
    if before == after == "":
        return _equality(inside)
    if before in ("<", ">"):
        return Condition(before, (_sql(inside),))
    return Condition("!", tuple(map(_sql, inside.split("|")))) if before == "!" else None


def _equality(inside: str) -> Condition:
    if inside.find("|") > 0:  # a bar that comes first makes no list
        return Condition("=", tuple(map(_sql, inside.split("|"))))
    interval = _INTERVAL.match(inside)
    if interval:
        return Condition("between", tuple(_sql(end) for end in sorted(interval.groups(), key=_php_order)))
    return Condition("=", (_sql(inside),))


def _sql(text: str) -> str:
    """What pSQL leaves of a text: no tags, nor what follows a "<" that is closed nowhere; numbers are left alone."""
    return text if _PHP_NUMBER.fullmatch(text) else _without_tags(text.replace("\n", ""))


def _without_tags(text: str) -> str:
    """strip_tags: a "<" with a blank after it begins no tag; in a tag, a quoted ">" does not end it."""
    kept, inside, quote = [], False, ""
    for place, sign in enumerate(text):
        if not inside:
            inside = sign == "<" and not text[place + 1 : place + 2].isspace()
            if not inside:
                kept.append(sign)
        elif quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        else:
            inside = sign != ">"
    return "".join(kept)


def _like(pattern: str) -> re.Pattern[str]:
    """LIKE: % is anything, _ is any character, and a backslash makes the next one ordinary."""
    signs = re.findall(r"\\.|.", folded(pattern, blanks=True), re.S)
    parts = {"%": ".*", "_": "."}
    return re.compile("".join(parts.get(one) or re.escape(one[-1]) for one in signs), re.S)


def _as_number(text: str) -> Decimal:
    """A text as MySQL makes a number of it: what it begins with, else 0."""
    match = _NUMBER.match(text)
    try:
        return Decimal(match.group(1)) if match else Decimal(0)
    except InvalidOperation:
        return Decimal(0)


def _php_order(text: str) -> tuple[int, Decimal, str]:
    """PHP's sort: numbers as numbers, before other texts."""
    return (0, Decimal(text.strip()), "") if _PHP_NUMBER.fullmatch(text) else (1, Decimal(0), text)

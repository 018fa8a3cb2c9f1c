"""The webservice's filter grammar: the one place where a value becomes part of a question. Sends nothing.

classes/webservice/SQLUtils.php (1.7.6 to 9; in WebserviceRequest before) reads a filter with `^(.*)\\[(.*)\\](.*)$`:
- what stands before the last `[` is a sign; a sign it does not know, such as a part of the value, is no filter at all,
  and the question is answered with every row;
- `|`, unless it comes first, makes a list; two numbers or dates with a comma between them make an interval;
- tags are stripped (pSQL), so that a `<` eats the rest of the value; a line break makes it look for the brackets too;
- `%` around the brackets makes it a LIKE, in which `%`, `_` and a backslash mean something else than themselves.
So a value is asked as it is only where it cannot be read otherwise. Any other is asked by its shape, with "any
character" in the place of each sign, which finds it and perhaps others: whoever asks compares again, as everybody must
since MySQL compares without case, accents and blanks at the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

LONGEST = 3000  # characters: with the address, URLs stay under the 4 kB that every server takes
_SIGN = re.compile(r"[\[|<]|[^\x20-\x7e\xa0-\U0010ffff]")
_LIKE_SIGN = re.compile(r"[\[<\\]|[^\x20-\x7e\xa0-\U0010ffff]")  # a LIKE knows neither lists nor intervals
_INTERVAL = re.compile(r"[\d.:\-\s]+,[\d.:\-\s]+")
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Term:
    """What a field is asked for, in the webservice's grammar; made by the functions here only."""

    text: str


def equal(value: str) -> Term:
    """Rows with this value, and perhaps others like it. A value the shop cannot hold at all finds none of its own."""
    if _SIGN.search(value):
        return _like(value)
    if _INTERVAL.fullmatch(value):
        return Term(f"[{value}|{value}]")  # in a list a comma is only a comma
    return Term(f"[{value}]")


def begins(value: str) -> Term:
    """Rows whose value begins like this one, and perhaps others."""
    return _like(value)


def above(value: str) -> Term:
    """Rows with a greater number, or a later time; `value` is a number or a time of the shop's own."""
    if not re.fullmatch(r"[\d.:\- ]+", value):
        raise ValueError("neither a number nor a time")
    return Term(f">[{value}]")


def any_of(values: Iterable[str]) -> Iterator[Term]:
    """Rows with one of the values, in as few terms as URLs of a sensible length allow. "" is left out."""
    together: list[str] = []
    length = 0
    for value in dict.fromkeys(values):
        if not value or _SURROGATE.search(value):  # half a character: no database holds it
            continue
        if _SIGN.search(value):
            yield equal(value)
            continue
        if together and length + len(quoted(value)) > LONGEST:
            yield _list(together)
            together, length = [], 0
        together.append(value)
        length += len(quoted(value)) + 3
    if together:
        yield _list(together)


def quoted(text: str) -> str:
    """A part of a query as it stands in a URL."""
    return quote(text, safe="[]", errors="replace")


def _list(values: list[str]) -> Term:
    return equal(values[0]) if len(values) == 1 else Term(f"[{'|'.join(values)}]")


def _like(value: str) -> Term:
    return Term(f"[{_LIKE_SIGN.sub('_', value)}]%")

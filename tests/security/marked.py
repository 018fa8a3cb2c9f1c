"""Text that would do something if anybody took it for more than text, put into every text there is in an answer.

Every leaf is found by walking the structure, so a field that is added to an answer is marked by itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree import ElementTree

Path = tuple[str | int, ...]
SIGN = "zq"  # stands in every mark, and in nothing else
DONE = f"{SIGN}1337"  # what a template would make of the braces
# Short breakouts first: fields that are cut keep some of them.
MARKUP = (
    f"'\"><{SIGN} on{SIGN}=1></textarea></title></script><script>{SIGN}()</script>"
    f'" hx-get="/{SIGN}" hx-trigger=load autofocus onfocus={SIGN}() x=\'{{{{7*191}}}}{SIGN}{{{{7*191}}}}'
)
TERMINAL = f"\x1b]0;{SIGN}\x07\x1b[31m\x9b31m\x08\u202e{SIGN}\u2066\x7f\x85"
FORMULAS = (f"=cmd|'/c {SIGN}'!A1", f"@SUM({SIGN})", f"+{SIGN}+1", f"-{SIGN}", f"\t={SIGN}", f"＝{SIGN}", f"x;={SIGN}")
LINK = f"javascript:{SIGN}()"
MARKS = {
    "markup": f"{SIGN}{MARKUP}",
    "terminal": f"{SIGN}{TERMINAL}",
    "link": LINK,
    **{f"formula {number}": text for number, text in enumerate(FORMULAS, start=1)},
}
REPLACES = frozenset(name for name in MARKS if name.startswith(("formula", "link")))
_NO_TEXT = re.compile(r"[-+]?[\d.]*|\d{4}-\d\d-\d\d[T ][\d:.]+(Z|[+-][\d:]+)?|true|false", re.IGNORECASE)
ILLEGAL_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


def marked(value: str, name: str) -> str:
    """The text with a mark: instead of it where the beginning counts, else behind it."""
    return MARKS[name] if name in REPLACES else f"{value}{MARKS[name]}"


def leaves(value: Any, path: Path = ()) -> Iterator[Path]:
    """Where every text of a JSON value is, and where there is nothing although a text could be."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from leaves(each, (*path, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from leaves(each, (*path, index))
    elif value is None or isinstance(value, str):
        yield path


def at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


def holds(value: Any, path: Path) -> bool:
    """Whether there is a text, or nothing, at that place."""
    try:
        found = at(value, path)
    except (KeyError, IndexError, TypeError):
        return False
    return found is None or isinstance(found, str)


def with_marks(value: Any, paths: list[Path], name: str) -> Any:
    """A copy with a mark at each of these places."""
    copy = _copied(value)
    for path in paths:
        holder = at(copy, path[:-1])
        holder[path[-1]] = marked(holder[path[-1]] or "", name)
    return copy


def in_json(body: bytes, name: str) -> bytes:
    """A JSON answer with a mark in every text that is no number, time or flag."""
    value = json.loads(body, parse_float=lambda number: f"\ufdd0{number}\ufdd0")
    paths = [path for path in leaves(value) if _is_text(at(value, path))]
    text = json.dumps(with_marks(value, paths, name), ensure_ascii=False)
    return re.sub('"\ufdd0([^"]*)\ufdd0"', r"\1", text).encode("utf-8", "replace")


def in_xml(body: bytes, name: str) -> bytes:
    """An XML answer with a mark in every element's text that is no number, time or flag."""
    root = ElementTree.fromstring(body)
    for element in root.iter():
        if len(element) == 0 and _is_text(element.text):
            element.text = ILLEGAL_IN_XML.sub("", marked(element.text or "", name))
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value) and not _NO_TEXT.fullmatch(value)


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(each) for key, each in value.items()}
    return [_copied(each) for each in value] if isinstance(value, list) else value


Mark = Callable[[bytes, str], bytes]

"""Whether what cdsync gives out is still only text where it was only text: pages, tables, JSON, terminals."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urlsplit

from .marked import DONE, SIGN

ADDRESSES = frozenset({"href", "src", "action", "formaction", "hx-get", "hx-post", "hx-push-url", "poster", "data"})
SCHEMES = frozenset({"", "http", "https", "mailto"})
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")
# What a terminal obeys (C0, C1, DEL), and what turns the reading round (bidirectional overrides and isolates).
_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_NO_PAGE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


class _Page(HTMLParser):
    """Notes every element, attribute and script that text must never have become."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self._in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_script = tag in ("script", "style")
        if SIGN in tag or tag in ("iframe", "object", "embed", "base"):
            self.faults.append(f"became the element <{tag}>")
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)):
            self.faults.append(f"an attribute twice in <{tag}>: {names}")
        for name, value in attrs:
            self._attribute(tag, name, value or "")

    def _attribute(self, tag: str, name: str, value: str) -> None:
        if SIGN in name or name.startswith("on") or name == "style":
            self.faults.append(f"became the attribute {name} of <{tag}>")
        if name in ADDRESSES:
            split = urlsplit(value.strip())
            if split.scheme.lower() not in SCHEMES or SIGN in split.netloc:
                self.faults.append(f"became the address {value[:60]!r} of <{tag}>")
            if name.startswith("hx-") and value.startswith(f"/{SIGN}"):
                self.faults.append(f"became {name} of <{tag}>")
        if DONE in value:
            self.faults.append(f"was computed in {name} of <{tag}>")
        if name in ("hx-vals", "hx-headers", "hx-headers:inherited"):
            json.loads(value)

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False

    def handle_data(self, data: str) -> None:
        if self._in_script and data.strip():
            self.faults.append(f"a script or style in the page: {data[:60]!r}")
        if DONE in data:
            self.faults.append("was computed in a text")


def page_faults(html: str) -> Iterator[str]:
    """What a page or a part of one would do that it must not."""
    page = _Page()
    page.feed(html)
    page.close()
    yield from page.faults
    if found := _NO_PAGE.search(html):
        yield f"holds the control character {found[0]!r}"


def table_faults(text: str) -> Iterator[str]:
    """Cells that a spreadsheet would compute, whichever separator its language makes it split at."""
    for separator in (",", ";", "\t"):
        for row in csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=separator):
            for cell in row:
                if (_computed(cell)) and not _NUMBER.fullmatch(cell):
                    yield f"a cell that is computed when split at {separator!r}: {cell[:50]!r}"
                    return
    if found := _OBEYED.search(text.replace("\t", "").replace("\r", "")):
        yield f"holds {found[0]!r}"


def _computed(cell: str) -> bool:
    """An apostrophe before the sign makes it text."""
    return bool(re.match(r"\s*[=+\-@＝＋－＠]", cell)) or cell.startswith(("\t", "\r"))


def terminal_faults(text: str) -> Iterator[str]:
    """What a terminal would obey rather than show."""
    if found := _OBEYED.search(text):
        at = found.start()
        yield f"{found[0]!r} in {text[max(0, at - 40) : at + 20]!r}"


def json_faults(text: str) -> Iterator[str]:
    """Not JSON, or what a terminal would obey."""
    try:
        json.loads(text)
    except ValueError as wrong:
        yield f"no JSON: {wrong}"
    yield from terminal_faults(text)

"""The judges of the walks see what they are there for: without this a walk would hold whatever happened."""

from __future__ import annotations

import pytest

from .harmless import json_faults, page_faults, table_faults, terminal_faults
from .marked import DONE, MARKS, SIGN

BAD_PAGES = (
    f"<p>{MARKS['markup']}</p>", f"<a href='{MARKS['link']}'>x</a>", f'<a href="//{SIGN}.example/">x</a>',
    "<p onclick='x()'>x</p>", "<script>x()</script>", f"<p>{DONE}</p>", f'<p title="{DONE}">x</p>', "<p>a\x1b[31m</p>",
    f"<p {SIGN}=1>x</p>", f'<button hx-get="/{SIGN}">x</button>', "<base href='/x'>", '<p id="a" id="b">x</p>',
)  # fmt: skip
BAD_CELLS = ("=1+1", "@SUM(1)", "+x", "-x", "＝1", "a;=1", "\t=1", '"=1"')


@pytest.mark.parametrize("html", BAD_PAGES)
def test_a_page_that_does_something_is_seen(html: str) -> None:
    assert list(page_faults(html))


def test_a_page_that_only_shows_is_not() -> None:
    shown = MARKS["markup"].replace("&", "&amp;").replace("<", "&lt;").replace('"', "&#34;").replace("'", "&#39;")
    assert not list(page_faults(f'<p title="{shown}">{shown} <a href="/orders?q=%22">x</a></p>'))


@pytest.mark.parametrize("cell", BAD_CELLS)
def test_a_cell_that_is_computed_is_seen(cell: str) -> None:
    assert list(table_faults(f"\ufeffa,b\r\n1,{cell}\r\n"))


def test_numbers_and_marked_text_are_not_computed() -> None:
    assert not list(table_faults("a,b\r\n5,-1.50\r\n3,'=1\r\n"))


@pytest.mark.parametrize("sign", ["\x1b", "\x9b", "\x07", "\x7f", "\u202e", "\u2066", "\r"])
def test_what_a_terminal_obeys_is_seen(sign: str) -> None:
    assert list(terminal_faults(f"a{sign}b"))
    assert list(json_faults(f'"a{sign}b"'))

"""A page asks shop and marketplace through `cdsync.web.shell.outside` only: there the time and the turns are."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

WEB = Path(__file__).resolve().parents[2] / "cdsync" / "web"
DOOR = "shell/outside.py"
OPENERS = {"open_shop", "open_marketplace", "shop_of", "marketplace_of", "shop_class()", "HttpClient", "requests"}
# Of other parts, what asks the other side, or waits for the rehearsal's systems.
ASKING = {
    "relocation": {"load", "move", "prove"},
    "rehearsal": {"take_up", "leave", "reset", "remove"},
    "outside": {"shop", "side"},
}
FILES = sorted({str(path.relative_to(WEB)) for path in WEB.rglob("*.py")} - {DOOR})


def _names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.ImportFrom | ast.Import):
            yield from (alias.name for alias in node.names)


def _asks(node: ast.AST) -> str:
    """ "relocation.load" where a node calls something that asks, else ""."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return ""
    part = node.func.value.id if isinstance(node.func.value, ast.Name) else ""
    return f"{part}.{node.func.attr}" if node.func.attr in ASKING.get(part, ()) else ""


def _is_door(node: ast.AST) -> bool:
    return isinstance(node, ast.With) and any(
        isinstance(item.context_expr, ast.Call) and ast.unparse(item.context_expr.func) == "outside.asked"
        for item in node.items
    )


def _unguarded(node: ast.AST, inside: bool = False) -> Iterator[str]:
    inside = inside or _is_door(node)
    if (asks := _asks(node)) and not inside:
        yield asks
    for child in ast.iter_child_nodes(node):
        yield from _unguarded(child, inside)


def test_every_page_is_looked_at() -> None:
    assert (WEB / DOOR).exists()
    assert {name for name, _ in WITHIN} < set(FILES)


@pytest.mark.parametrize("name", FILES)
def test_no_page_opens_a_connector_itself(name: str) -> None:
    tree = ast.parse((WEB / name).read_text("utf-8"))
    assert OPENERS & set(_names(tree)) == set()


# Called by functions that hold the door open themselves: the call stands in a function of its own.
WITHIN = {("settings/choices.py", "outside.side")}


@pytest.mark.parametrize("name", FILES)
def test_what_asks_stands_inside_the_door(name: str) -> None:
    tree = ast.parse((WEB / name).read_text("utf-8"))
    assert [asks for asks in _unguarded(tree) if (name, asks) not in WITHIN] == []

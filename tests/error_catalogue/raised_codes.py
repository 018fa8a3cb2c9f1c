"""Finds, in the source, each error that is raised: its code and the data keys it is given."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import cdsync

SOURCE = Path(cdsync.__file__).parent
ERROR = re.compile(r"\w+Error")
CODE = re.compile(r"[a-z_]+\.[a-z_]+")
SIDES = ("marketplace", "shop")


class Raised(NamedTuple):
    code: str
    keys: frozenset[str]
    open_ended: bool  # data is passed on with **
    where: str


def raised_errors() -> list[Raised]:
    """Every call of an error class whose code stands in the source; f"{side}.x" counts for both sides."""
    found = []
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ERROR.fullmatch(_called(node)) and node.args:
                where = f"{path.relative_to(SOURCE.parent)}:{node.lineno}"
                keys = frozenset(keyword.arg for keyword in node.keywords if keyword.arg)
                open_ended = any(keyword.arg is None for keyword in node.keywords)
                codes = [code for code in _codes(node.args[0]) if CODE.fullmatch(code)]
                found += [Raised(code, keys, open_ended, where) for code in codes]
    return found


def _called(node: ast.Call) -> str:
    return getattr(node.func, "id", "") or getattr(node.func, "attr", "")


def _codes(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _codes(node.body)
        yield from _codes(node.orelse)
    elif isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.FormattedValue):
        rest = "".join(str(part.value) for part in node.values[1:] if isinstance(part, ast.Constant))
        yield from (side + rest for side in SIDES)

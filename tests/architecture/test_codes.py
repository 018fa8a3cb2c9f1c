"""What is done otherwise for an error's code stands on its entry in the catalogue; nobody else knows codes apart.

Raising one is everybody's. Comparing one, listing some, or looking at how one begins is the catalogue's alone.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from cdsync.error_catalogue import CATALOGUE

ROOT = Path(__file__).resolve().parents[2]
BEGINNINGS = {f"{code.partition('.')[0]}." for code in CATALOGUE}
OF_A_CODE = {"code", "problem_code", "error_code"}
TAKES_APART = {"partition", "rpartition", "split", "rsplit", "startswith", "endswith", "removeprefix", "removesuffix"}
FILES = sorted(
    path
    for top in ("cdsync", "rq_jobs")
    for path in (ROOT / top).rglob("*.py")
    if not {"error_catalogue", "sandbox"} & set(path.relative_to(ROOT).parts)
)


def _is_code(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in CATALOGUE


def _named(tree: ast.AST) -> Iterator[str]:
    """Names that stand for a code, or for several of them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and any(map(_is_code, ast.walk(node.value))):
            targets = [each for target in node.targets for each in getattr(target, "elts", [target])]
            yield from (target.id for target in targets if isinstance(target, ast.Name) and target.id.isupper())


TREES = {path: ast.parse(path.read_text("utf-8")) for path in FILES}
NAMED = {name for tree in TREES.values() for name in _named(tree)}


def _stands_for_one(node: ast.AST) -> bool:
    return _is_code(node) or getattr(node, "id", getattr(node, "attr", "")) in NAMED


def _knows_apart(node: ast.AST) -> bool:
    """Whether this is where a code is told from others."""
    if isinstance(node, ast.Compare):
        return any(_stands_for_one(part) for side in (node.left, *node.comparators) for part in ast.walk(side))
    if isinstance(node, ast.Set | ast.Tuple | ast.List):
        texts = [isinstance(each, ast.Constant) and isinstance(each.value, str) for each in node.elts]
        return bool(texts) and all(texts) and any(map(_is_code, node.elts))
    if isinstance(node, ast.Dict):
        return any(key is not None and _stands_for_one(key) for key in node.keys)
    if isinstance(node, ast.MatchValue):
        return _stands_for_one(node.value)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in TAKES_APART:
        begins = any(isinstance(each, ast.Constant) and each.value in BEGINNINGS for each in ast.walk(node))
        return begins or getattr(node.func.value, "attr", "") in OF_A_CODE
    return False


# Not codes: the names of settings begin with the same two words.
OF_SETTINGS = {"cdsync/launch/first_run.py", "cdsync/web/settings/view.py"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_the_catalogue_knows_codes_apart(path: Path) -> None:
    if str(path.relative_to(ROOT)) in OF_SETTINGS:
        return
    found = [f"{node.lineno}: {ast.unparse(node)}" for node in ast.walk(TREES[path]) if _knows_apart(node)]  # type: ignore[attr-defined]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        'if error.code == "shop.blocked": pass',
        'if order.problem_code not in ("shop.blocked", "shop.timeout"): pass',
        'APART = frozenset({"shop.blocked", "shop.timeout"})',
        'WORDS = {"shop.blocked": 1}',
        'x = code.startswith("shop.")',
        'x = error.code.partition(".")[0]',
        'match code:\n    case "shop.blocked": pass',
    ],
)
def test_it_would_be_seen(source: str) -> None:
    assert any(map(_knows_apart, ast.walk(ast.parse(source))))


@pytest.mark.parametrize(
    "source",
    [
        'raise ConfigError("shop.blocked", host=host)',
        'told.append(("run.not_taken", {}))',
        'MEANT = (ConfigError, "shop.blocked")',
        "context.put(session, order_id, PROBLEM, error.code)",
    ],
)
def test_raising_one_is_everybodys(source: str) -> None:
    assert not any(map(_knows_apart, ast.walk(ast.parse(source))))

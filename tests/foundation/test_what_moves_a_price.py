"""docs/what-moves-a-price.md: the tests it names are there, and no setting is read that it does not speak of."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cdsync.connectors.prestashop.shop_data.reference import SETTINGS
from cdsync.error_catalogue import CATALOGUE

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/what-moves-a-price.md").read_text("utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)))
KINDS = ("handled", "refused", "cannot matter", "seen afterwards")


def rows() -> Iterator[list[str]]:
    """The cells of every row of a table, its head left out."""
    for line in PAGE.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ") and cells[0] != "what":
            yield cells


@pytest.mark.parametrize(("file", "test"), NAMED, ids=[test for _file, test in NAMED])
def test_a_test_it_names_is_there(file: str, test: str) -> None:
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    assert test in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_row_says_where_what_cdsync_does_and_which_test_shows_it() -> None:
    found = list(rows())
    assert len(found) > 30
    for cells in found:
        assert len(cells) == 4, cells
        assert cells[2].startswith(KINDS), cells
        assert re.search(r"`tests/[\w/]+\.py::test_\w+`", cells[3]), cells


@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_that_is_read_stands_in_it(name: str) -> None:
    assert f"`{name}`" in PAGE


def test_the_codes_it_names_are_in_the_catalogue() -> None:
    codes = re.findall(r"\(`((?:tax|order|product|import|currency|shop)\.\w+)`\)", PAGE)
    assert len(set(codes)) > 10
    assert set(codes) <= set(CATALOGUE)

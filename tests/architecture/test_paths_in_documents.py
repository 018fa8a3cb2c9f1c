"""A file that a document names is there: what was moved leads nobody to nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# The changelog tells of what was; all else tells of what is.
DOCUMENTS = [
    path
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "bench/README.md")
    if path.name != "CHANGELOG.md"
]
NAMED = re.compile(r"`((?:cdsync|tests|templates|bench|rq_jobs|docs|migrations)/[\w./-]*\w)/?`")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_path_a_document_names_is_there(document: Path) -> None:
    named = set(NAMED.findall(document.read_text(encoding="utf-8")))
    assert sorted(path for path in named if not (ROOT / path).exists()) == []


def test_paths_are_found_where_they_are_named() -> None:
    """Or the check above would be true of anything."""
    assert "cdsync/states.py" in NAMED.findall((ROOT / "docs/architecture.md").read_text(encoding="utf-8"))

"""Every article is walked, or a table says why not: no code without a way on that somebody has followed."""

from __future__ import annotations

from cdsync.error_catalogue import CATALOGUE
from tests.catalogue_walk.not_walked import NOT_WALKED, reason
from tests.catalogue_walk.test_walk import OF_RUNS, WALKS

WALKED = {walk.code for walk in (*WALKS, *OF_RUNS)}


def test_each_code_has_a_walk_or_a_reason_why_not() -> None:
    """A new code: give it a walk in tests/catalogue_walk/of_….py, or a line in not_walked.py."""
    assert [code for code in CATALOGUE if code not in WALKED and not reason(code)] == []


def test_the_table_names_nothing_that_is_walked_or_gone() -> None:
    codes = [code for code in NOT_WALKED if not code.endswith(".")]
    assert [code for code in codes if code in WALKED or code not in CATALOGUE] == []
    assert WALKED - set(CATALOGUE) == set()

"""Who has to wait so that others do not: a table of what is under way, and what is taken from then."""

from __future__ import annotations

import pytest

from cdsync import runs
from cdsync.models import Account
from cdsync.runs import fair_share
from cdsync.runs.fair_share import LONG, UnderWay, Whose, held_back

QUEUES = [(account, operation) for account in (1, 2) for operation in ("lookup", "accept", "import", "ship")]


def long(account: int, operation: str) -> UnderWay:
    return UnderWay(account, operation, LONG)


@pytest.mark.parametrize(
    ("busy", "lately_long", "waiting"),
    [
        ([], set(), set()),
        ([UnderWay(1, "lookup", LONG - 1), UnderWay(1, "import", LONG - 1)], set(), set()),
        # One that is slow for the first time costs its own account a second lookup, and no import.
        ([long(1, "lookup")], set(), {(1, "lookup")}),
        ([long(1, "import")], set(), set()),
        ([long(1, "import"), long(1, "accept")], set(), {(1, "accept"), (1, "import"), (1, "ship")}),
        # A queue whose last run was long counts from its first second on, and only as such.
        ([UnderWay(1, "lookup", 0)], {(1, "lookup")}, {(1, "lookup")}),
        # Together they get so many workers, and the others are served all the same.
        ([long(n, "lookup") for n in (1, 3, 4)], {(2, "ship")}, {*QUEUES[:4], (2, "ship")}),
        ([long(n, "lookup") for n in (3, 4, 5)], {(2, "ship")}, {(2, "ship")}),
        ([long(n, "lookup") for n in (3, 4, 5)], set(), set()),
    ],
)
def test_who_waits(busy: list[UnderWay], lately_long: set[Whose], waiting: set[Whose]) -> None:
    assert held_back(QUEUES, busy, lately_long, most=3) == waiting


def test_only_runs_that_a_worker_has_are_under_way(fake_account: Account) -> None:
    begun = runs.start(fake_account, "lookup", trigger="scheduler")
    runs.start(fake_account, "import", trigger="scheduler")
    assert fair_share.under_way() == []
    assert runs.take(begun.id, "a worker", 60)
    (found,) = fair_share.under_way()
    assert (found.account_id, found.operation) == (fake_account.id, "lookup")
    assert 0 <= found.seconds < LONG

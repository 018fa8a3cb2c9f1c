"""How each account stands, side by side: counts, what is late or failed, last runs. Read only, two queries in all."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    func,
    literal,
    null,
    select,
    type_coerce,
    union_all,
)

from ..column_types import UtcTime
from ..db import db, now
from ..models import Account, Order, Reconciliation, Run
from ..order_lists import tabs
from ..orders.life.problems import WAITS_AT_MOST, ways_to_a_person
from ..reconciliations import ALARMING
from ..runs.lists import last_ended
from ..settings.fields import OPERATIONS
from ..states import IMPORTED, TO_IMPORT

NEAR = timedelta(hours=4)  # a deadline within this is somebody's matter now
MANY_DUE = 1_000  # of one list; it matters that there are, hardly how many more
NOT_ENDED_WELL = ("failed", "lost")


@dataclass(frozen=True)
class AccountFigures:
    """One account's numbers of orders; times aware UTC."""

    account: Account
    to_accept: int
    to_import: int
    problems: int
    stopped: int  # problems that a person has to look at
    due: int  # deadlines near or over; more than MANY_DUE: at least so many
    imported_today: int
    alarms: int  # orders that the last comparison could not square
    failed: tuple[Run, ...]  # the last run of an operation, where it did not get to its end
    last: dict[str, datetime]  # operation → when its last run ended


@dataclass(frozen=True)
class Totals:
    """The sums over the real accounts; the rehearsal's orders are invented and count nowhere."""

    to_accept: int
    to_import: int
    problems: int
    imported_today: int


def account_figures(known: Sequence[Account], today: datetime) -> list[AccountFigures]:
    """The accounts in the order given. today: the first moment of the reader's day, aware UTC."""
    ids = [account.id for account in known]
    counted, ended = _counts(ids, today), _last_runs(ids)
    return [
        AccountFigures(
            account=account,
            **counted[account.id],
            failed=tuple(run for run in ended.get(account.id, ()) if run.state in NOT_ENDED_WELL),
            last={run.operation: run.finished_at for run in ended.get(account.id, ()) if run.finished_at is not None},
        )
        for account in known
    ]


def totals(statuses: Sequence[AccountFigures]) -> Totals:
    """The sums of the real accounts among them."""
    real = [each for each in statuses if not each.account.rehearsal]
    return Totals(*(sum(getattr(each, name) for each in real) for name in Totals.__annotations__))


_COUNTED = ("to_accept", "to_import", "problems", "stopped", "due", "imported_today", "alarms")


def _counts(ids: Sequence[int], today: datetime) -> dict[int, dict[str, int]]:
    found = {account_id: dict.fromkeys(_COUNTED, 0) for account_id in ids}
    rows: Any = db.session.execute(
        _counting(tuple(ids)), {"soon": now() + NEAR, "waited": now() - WAITS_AT_MOST, "today": today}
    )
    for name, account_id, count, kinds in rows:
        found[account_id][name] += count + sum(json.loads(kinds or "{}").get(kind, 0) for kind in ALARMING)
    return found


@lru_cache(maxsize=8)
def _counting(ids: tuple[int, ...]) -> Any:
    """Each number by an index of its own, in one statement: none reads more orders than it counts. Put together once:
    every page asks for it, and putting it together took longer than the answer."""
    soon, waited, today = (bindparam(name, type_=UtcTime) for name in ("soon", "waited", "today"))
    stopped = tabs.condition(tabs.PROBLEMS)
    conditions = (
        ("to_accept", tabs.condition(tabs.TO_ACCEPT)),
        ("to_import", tabs.condition(tabs.TO_IMPORT)),
        ("problems", stopped),
        *(("stopped", and_(stopped, each)) for each in ways_to_a_person(waited)),
        ("imported_today", Order.imported_at >= today),
    )
    parts = [
        select(literal(name), Order.account_id, func.count(), cast(null(), Text))
        .where(Order.account_id.in_(ids), each)
        .group_by(Order.account_id)
        for name, each in conditions
    ]
    due = (
        (tabs.condition(tabs.TO_ACCEPT), Order.accept_by < soon),
        (Order.state == TO_IMPORT, Order.ship_by < soon),
        (Order.state == IMPORTED, Order.ship_by < soon),
    )
    return union_all(*parts, *(_at_most(ids, *each) for each in due), _compared(ids))


def _at_most(ids: Sequence[int], *conditions: ColumnElement[bool]) -> Select[str, int, int, str]:
    """How many orders of each account are due, of very many only that there are."""
    some = select(literal(1)).where(Order.account_id == Account.id, *conditions).limit(MANY_DUE + 1)
    count = select(func.count()).select_from(some.correlate(Account).subquery()).scalar_subquery()
    return select(literal("due"), Account.id, count, cast(null(), Text)).where(Account.id.in_(ids))


def _last_runs(ids: Sequence[int]) -> dict[int, list[Run]]:
    """By account: the last run of each operation that has ended."""
    found: dict[int, list[Run]] = {}
    for run in db.session.scalars(select(Run).where(Run.id.in_(last_ended(ids, OPERATIONS))).order_by(Run.id)):
        found.setdefault(run.account_id, []).append(run)
    return found


def _compared(ids: Sequence[int]) -> Select[str, int, int, str]:
    """What the last comparison of each account counted, by kind, as its JSON."""
    of_account = Reconciliation.account_id == Account.id
    newest = select(func.max(Reconciliation.id)).where(of_account).correlate(Account).scalar_subquery()
    latest = select(newest).where(Account.id.in_(ids))
    columns = (literal("alarms"), Reconciliation.account_id, literal(0), type_coerce(Reconciliation.counts, Text))
    return select(*columns).where(Reconciliation.id.in_(latest))

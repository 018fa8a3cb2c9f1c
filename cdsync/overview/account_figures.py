"""How each account stands, side by side: counts, what is late or failed, last runs. Read only, three queries in all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select

from ..db import db, now
from ..models import Account, Order, Reconciliation, Run
from ..order_lists import tabs
from ..orders.problems import is_a_persons_matter
from ..reconciliations import ALARMING
from ..states import IMPORTED, TO_ACCEPT, TO_IMPORT

NEAR = timedelta(hours=4)  # a deadline within this is somebody's matter now
NOT_ENDED_WELL = ("failed", "lost")


@dataclass(frozen=True)
class AccountFigures:
    """One account's numbers of orders; times aware UTC."""

    account: Account
    to_accept: int
    to_import: int
    problems: int
    stopped: int  # problems that a person has to look at
    due: int  # deadlines near or over
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
    counted, ended, alarms = _counts(today), _last_runs(), _alarms()
    return [
        AccountFigures(
            account=account,
            **counted.get(account.id, dict.fromkeys(_COUNTED, 0)),
            alarms=alarms.get(account.id, 0),
            failed=tuple(run for run in ended.get(account.id, ()) if run.state in NOT_ENDED_WELL),
            last={run.operation: run.finished_at for run in ended.get(account.id, ()) if run.finished_at is not None},
        )
        for account in known
    ]


def totals(statuses: Sequence[AccountFigures]) -> Totals:
    """The sums of the real accounts among them."""
    real = [each for each in statuses if not each.account.rehearsal]
    return Totals(*(sum(getattr(each, name) for each in real) for name in Totals.__annotations__))


_COUNTED = ("to_accept", "to_import", "problems", "stopped", "due", "imported_today")


def _counts(today: datetime) -> dict[int, dict[str, int]]:
    soon = now() + NEAR
    due = or_(
        and_(Order.state == TO_ACCEPT, Order.accept_by < soon),
        and_(Order.state.in_((TO_IMPORT, IMPORTED)), Order.ship_by < soon),
    )
    conditions = (
        tabs.condition(tabs.TO_ACCEPT),
        tabs.condition(tabs.TO_IMPORT),
        tabs.condition(tabs.PROBLEMS),
        is_a_persons_matter(),
        due,
        Order.imported_at >= today,
    )
    columns = [func.count(Order.id).filter(each).label(name) for name, each in zip(_COUNTED, conditions, strict=True)]
    found: dict[int, dict[str, Any]] = {}
    for row in db.session.execute(select(Order.account_id, *columns).group_by(Order.account_id)):
        found[row.account_id] = {name: getattr(row, name) for name in _COUNTED}
    return found


def _last_runs() -> dict[int, list[Run]]:
    """By account: the last run of each operation that has ended."""
    newest = select(func.max(Run.id)).where(Run.open.is_(False)).group_by(Run.account_id, Run.operation)
    found: dict[int, list[Run]] = {}
    for run in db.session.scalars(select(Run).where(Run.id.in_(newest)).order_by(Run.id)):
        found.setdefault(run.account_id, []).append(run)
    return found


def _alarms() -> dict[int, int]:
    newest = select(func.max(Reconciliation.id)).group_by(Reconciliation.account_id)
    query = select(Reconciliation.account_id, Reconciliation.counts).where(Reconciliation.id.in_(newest))
    return {
        account_id: sum((counts or {}).get(kind, 0) for kind in ALARMING)
        for account_id, counts in db.session.execute(query)
    }

"""The dashboard's numbers: how many orders stand where, how old, and what keeps them from the shop. Read only.

Each number is counted with the condition of the list it links to, so that a click shows as many orders.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, column, func, select, text

from .. import kept_figures
from ..column_types import Json, UtcTime
from ..db import db
from ..models import Order
from ..models.kept_figure import ORDERS
from ..models.order import NOT_IMPORTED
from ..order_lists import listing, tabs
from ..states import IMPORTED, TO_IMPORT

LOOKED_THROUGH = 200  # orders that one problem stops, for how many things there are to mend


@dataclass(frozen=True)
class HeldBack:
    """Why `count` orders are not in the shop: a problem's code, or else the state they wait in."""

    code: str | None
    state: str  # of a problem: the state most of them stand in
    count: int
    oldest: datetime | None  # since when the oldest of them stands there
    data: dict[str, Any] | None  # of the problem of one of them
    kinds: int  # how many different data there are: how many things to mend, of very many orders at least so many


@dataclass(frozen=True)
class Figures:
    """Counts of orders of one account; times aware UTC."""

    total: int
    to_accept: int
    accept_by: datetime | None  # nearest deadline among those to accept
    to_import: int
    stopped: int  # of those to import: with a problem
    import_by: datetime | None  # nearest deadline to ship among those to import
    ship_by: datetime | None  # the same among those imported and not shipped
    waiting: int  # the marketplace's turn
    waiting_since: datetime | None
    problems: int
    retrying: int  # problems that the next run tries again by itself
    imported: int  # in the period, not shipped yet
    last_import_at: datetime | None
    shipped: int  # in the period
    not_imported: int
    reasons: tuple[HeldBack, ...]


def figures(account_id: int, since: datetime) -> Figures:
    """The numbers of an account; imported and shipped ones since then. Two queries: how many there are in all is kept,
    each other number has an index of its own, and none reads more orders than it counts."""
    row = db.session.execute(_counting(account_id), {"since": since}).one()._mapping
    held = _held_back(account_id)
    reasons = _reasons(held)
    by_state: dict[str, Any] = {
        tab: sum(each.count for each in held if each.state in tabs.states_of(tab)) for tab in _BY_STATE
    }
    return Figures(
        **{**row, **by_state, "total": int(row["total"])},
        not_imported=sum(each.count for each in reasons),
        reasons=tuple(reasons),
    )


@lru_cache(maxsize=64)
def _counting(account_id: int) -> Select[Any]:
    """Put together once: that takes longer than the answer."""
    kept, since = kept_figures.counted(account_id, ORDERS).subquery(), bindparam("since", type_=UtcTime)
    where: dict[str, tuple[Any, ...]] = {
        "accept_by": (func.min(Order.accept_by), tabs.condition(tabs.TO_ACCEPT)),
        "stopped": (func.count(), tabs.condition(tabs.PROBLEMS), listing.asked_of_few(Order.state) == TO_IMPORT),
        "import_by": (func.min(Order.ship_by), Order.state == TO_IMPORT),
        "ship_by": (func.min(Order.ship_by), Order.state == IMPORTED),
        "waiting_since": (func.min(Order.state_since), tabs.condition(tabs.WAITING)),
        "problems": (func.count(), tabs.condition(tabs.PROBLEMS)),
        "retrying": (func.count(), tabs.condition(tabs.PROBLEMS), Order.next_try_at.is_not(None)),
        "imported": (func.count(), tabs.condition(tabs.IMPORTED), tabs.date_of(tabs.IMPORTED) >= since),
        "last_import_at": (func.max(Order.imported_at),),
        "shipped": (func.count(), tabs.condition(tabs.SHIPPED), tabs.date_of(tabs.SHIPPED) >= since),
    }
    columns = [
        _of(account_id, figure).where(*conditions).scalar_subquery().label(name)
        for name, (figure, *conditions) in where.items()
    ]
    columns.append(select(func.coalesce(func.sum(kept.c[1]), 0)).scalar_subquery().label("total"))
    return select(*columns)


_BY_STATE = (tabs.TO_ACCEPT, tabs.TO_IMPORT, tabs.WAITING)


def _of(account_id: int, *columns: Any) -> Any:
    return select(*columns).select_from(Order).where(Order.account_id == account_id)


def _held_back(account_id: int) -> list[HeldBack]:
    """Every live order that is not in the shop, by problem and state."""
    rows = db.session.execute(_HELD_BACK, {"account": account_id, "most": LOOKED_THROUGH})
    return [HeldBack(code or None, *more) for code, *more in rows]


# Counted by the index of those; of each problem the data of so many orders is looked at, and no other row is read.
_STOPPED = "orders WHERE account_id = :account AND problem_code = held.code AND state = held.state"
_HELD_BACK = text(f"""
WITH held AS (
  SELECT coalesce(problem_code, '') AS code, state, count(*) AS number, min(state_since) AS oldest
  FROM orders WHERE account_id = :account AND {NOT_IMPORTED} GROUP BY 1, 2)
SELECT code, state, number, oldest,
  (SELECT problem_data FROM {_STOPPED} ORDER BY problem_kind, problem_since LIMIT 1) AS data,
  (SELECT count(DISTINCT told) FROM (SELECT problem_data AS told FROM {_STOPPED} LIMIT :most) AS looked_at) AS kinds
FROM held ORDER BY code, state
""").columns(
    column("code"), column("state"), column("number"), column("oldest", UtcTime), column("data", Json), column("kinds")
)


def _reasons(held: Iterable[HeldBack]) -> list[HeldBack]:
    """By what keeps them out of the shop; the most frequent first."""
    found: dict[str, HeldBack] = {}
    for each in held:
        key = each.code or f"state {each.state}"
        found[key] = _together(found[key], each) if key in found else each
    return sorted(found.values(), key=lambda each: (-each.count, each.code or "", each.state))


def _together(one: HeldBack, other: HeldBack) -> HeldBack:
    """The same problem in two states."""
    oldest = min((each for each in (one.oldest, other.oldest) if each), default=None)
    state = max(one, other, key=lambda each: each.count).state
    kinds = 1 if one.data == other.data and one.kinds == other.kinds == 1 else max(2, one.kinds, other.kinds)
    return HeldBack(one.code, state, one.count + other.count, oldest, one.data, kinds)

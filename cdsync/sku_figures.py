"""Which SKUs an account's orders asked for, as the database keeps it (`cdsync.models.sku_figure`): read, summed up,
recounted. `cdsync.kept_figures` says when.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import Select, delete, select, text
from sqlalchemy.orm import Session

from .db import Base, db, insert_into, one_of
from .models import Order, OrderLine, SkuFigure

AT_ONCE = 5_000  # changes summed up in one transaction
_FIGURE = (SkuFigure.account_id, SkuFigure.sku, SkuFigure.orders, SkuFigure.line_id, SkuFigure.matched)
_CHANGES = Base.metadata.tables["sku_changes"]
_CHANGE = (_CHANGES.c.account_id, _CHANGES.c.sku, _CHANGES.c.line_id, _CHANGES.c.orders)
Key = tuple[int, str]  # account and SKU
_Change = tuple[int, str, int, int]  # account, SKU, line, how many more orders


class Sku(NamedTuple):
    """orders: that ask for it. line_id: its newest line that was matched, else its newest; matched: whether it was."""

    orders: int = 0
    line_id: int | None = None
    matched: bool = False


def changed(account_id: int, kept: Mapping[str, Sku], changes: Iterable[tuple[str, int, int]]) -> dict[str, Sku]:
    """The SKUs that lines of an account changed since they were summed up, as they are now; of those that are on no
    order any more 0 orders. One query, where there are any.

    kept: these as they were then. changes: of `sku_changes`, (SKU, line, how many more orders).
    """
    named = [(account_id, sku, line_id, orders) for sku, line_id, orders in changes]
    before = {(account_id, sku): each for sku, each in kept.items()}
    return {sku: each for (_account, sku), each in _followed(db.session(), before, named).items()}


def sum_up_some(session: Session) -> int:
    """Sums up the oldest changes; how many. The caller sees to it that nobody else does."""
    oldest = select(_CHANGES.c.id).order_by(_CHANGES.c.id).limit(AT_ONCE)
    gone = delete(_CHANGES).where(_CHANGES.c.id.in_(oldest))
    told = session.connection().execute(gone.returning(*_CHANGE))
    changes = [(account_id, sku, line_id, orders) for account_id, sku, line_id, orders in told]
    _keep(session, _followed(session, _kept(session, {(account, sku) for account, sku, *_more in changes}), changes))
    return len(changes)


def _kept(session: Session, keys: Iterable[Key]) -> dict[Key, Sku]:
    of_accounts = defaultdict(list)
    for account_id, sku in sorted(keys):
        of_accounts[account_id].append(sku)
    found = {}
    for account_id, skus in of_accounts.items():
        mine = (SkuFigure.account_id == account_id, one_of(SkuFigure.sku, skus))
        for account, sku, orders, line_id, matched in session.execute(select(*_FIGURE).where(*mine)):
            found[account, sku] = Sku(orders, line_id, matched)
    return found


def _keep(session: Session, figures: Mapping[Key, Sku]) -> None:
    rows = [
        {"account_id": account, "sku": sku, "orders": each.orders, "line_id": each.line_id, "matched": each.matched}
        for (account, sku), each in sorted(figures.items())
    ]
    if rows:
        insert = insert_into(session, SkuFigure)
        new = {each: insert.excluded[each] for each in ("orders", "line_id", "matched")}
        session.execute(insert.on_conflict_do_update(index_elements=["account_id", "sku"], set_=new), rows)


@dataclass
class _Changed:
    orders: int = 0
    lines: set[int] = field(default_factory=set)


def _followed(session: Session, kept: Mapping[Key, Sku], changes: Iterable[_Change]) -> dict[Key, Sku]:
    """The figures of the SKUs that changed, after these changes.

    Only the lines named are looked at: the others stand as they stood when the last line was chosen among them. Where
    that one itself went, or is no longer matched, it is chosen anew.
    """
    changed: defaultdict[Key, _Changed] = defaultdict(_Changed)
    for account_id, sku, line_id, orders in changes:
        changed[account_id, sku].orders += orders
        changed[account_id, sku].lines.add(line_id)
    if not changed:
        return {}
    for key, each in changed.items():
        each.lines |= {line_id for line_id in (kept.get(key, Sku()).line_id,) if line_id is not None}
    lines = _lines(session, {line for each in changed.values() for line in each.lines})
    return {key: _after(session, key, kept.get(key, Sku()), each, lines) for key, each in changed.items()}


def _after(session: Session, key: Key, was: Sku, changed: _Changed, lines: Mapping[int, tuple[Key, bool]]) -> Sku:
    there = {line: lines[line][1] for line in changed.lines if line in lines and lines[line][0] == key}
    fell = was.line_id is not None and (was.line_id not in there or there[was.line_id] < was.matched)
    matched, line = _last(session, key) if fell or not there else max((there[each], each) for each in there)
    return Sku(was.orders + changed.orders, line, matched)


def _lines(session: Session, ids: Iterable[int]) -> dict[int, tuple[Key, bool]]:
    """The live ones of these lines: whose SKU each is, and whether it was matched."""
    query = _of_live(OrderLine.id, Order.account_id, OrderLine.sku, OrderLine.product_ref != "")
    rows = session.connection().execute(query.where(one_of(OrderLine.id, ids)))
    return {line: ((account_id, sku), bool(matched)) for line, account_id, sku, matched in rows}


def _last(session: Session, key: Key) -> tuple[bool, int | None]:
    """A SKU's last line, among all it has: whether it was matched, and its id."""
    mine = _of_live(OrderLine.id).where(Order.account_id == key[0], OrderLine.sku == key[1])
    newest = mine.order_by(OrderLine.id.desc()).limit(1)
    matched = session.scalar(newest.where(OrderLine.product_ref != ""))
    return (True, matched) if matched is not None else (False, session.scalar(newest))


def recount(session: Session, *, mend: bool) -> list[tuple[int, str, int]]:
    """Counts anew: account, SKU, and how many orders were missing, of each SKU whose figures differ; 0: its last line
    was another. With `mend` they are right then. The caller sees to it that nobody sums up meanwhile.

    What is appended while this goes on stays as it is; a SKU's last line is compared where nothing was.
    """
    while sum_up_some(session):
        pass
    found = session.execute(text(_DIFFERENCES)).all()
    if mend:
        keys = [(row.account_id, row.sku) for row in found]
        kept = _kept(session, keys)
        lasts = {key: _last(session, key) for key in keys}
        _keep(
            session,
            {
                (row.account_id, row.sku): Sku(kept.get(key, Sku()).orders + int(row.missing), last[1], last[0])
                for row, (key, last) in zip(found, lasts.items(), strict=True)
            },
        )
    return [(row.account_id, row.sku, int(row.missing)) for row in found]


_DIFFERENCES = """
SELECT account_id, sku, sum(counted) - sum(kept) AS missing FROM (
  SELECT o.account_id, l.sku, count(DISTINCT l.order_id) AS counted, 0 AS kept,
    coalesce(max(CASE WHEN l.product_ref <> '' THEN l.id END), max(l.id)) AS line,
    max(CASE WHEN l.product_ref <> '' THEN 1 ELSE 0 END) AS matched, 0 AS kept_line, 0 AS kept_matched, 0 AS since
  FROM order_lines l JOIN orders o ON o.id = l.order_id WHERE l.live AND l.sku <> '' GROUP BY 1, 2
  UNION ALL SELECT account_id, sku, 0, orders, 0, 0, coalesce(line_id, 0), CASE WHEN matched THEN 1 ELSE 0 END, 0
  FROM sku_figures
  UNION ALL SELECT account_id, sku, 0, orders, 0, 0, 0, 0, 1 FROM sku_changes
) AS sides GROUP BY account_id, sku
HAVING sum(counted) <> sum(kept)
  OR (max(since) = 0 AND (max(line) <> max(kept_line) OR max(matched) <> max(kept_matched)))
ORDER BY account_id, sku
"""


def _of_live(*columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .join(Order, Order.id == OrderLine.order_id)
        .where(OrderLine.live.is_(True), OrderLine.sku != "")
    )

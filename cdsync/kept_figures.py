"""Figures that the database keeps by itself as rows change (`cdsync.models.kept_figure`): read, summed up, recounted.

Those of SKUs are read by `cdsync.sku_figures`, and summed up and recounted here with the others. Knows no page.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Select, delete, func, select, text, union_all
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from . import sku_figures
from .db import Base, db, insert_into, reading, transaction
from .errors import TemporaryError
from .models import FigureChange, KeptFigure, SkuChange
from .models.kept_figure import KEPT, Kept

MANY = 1_000  # changes: fewer are added up while a page asks
AT_ONCE = 5_000  # changes summed up in one transaction
log = logging.getLogger(__name__)
_TURN = 20261129  # PostgreSQL's advisory lock: one sums up, or recounts, at a time

_CHANGES = Base.metadata.tables["figure_changes"]


def counted(account_id: int, of: Kept) -> Select[str, int]:
    """(key, count) of an account, as part of a statement: what was summed up and what was added since."""
    kept = select(KeptFigure.key, KeptFigure.count).where(
        KeptFigure.account_id == account_id, KeptFigure.figure == of.name
    )
    since = select(FigureChange.key, FigureChange.change).where(
        FigureChange.account_id == account_id, FigureChange.figure == of.name
    )
    both = union_all(kept, since).subquery()
    return select(both.c.key, func.sum(both.c.count)).group_by(both.c.key)


def counts(account_id: int, of: Kept) -> dict[str, int]:
    """How many rows an account has of each key; keys without any are left out."""
    return {key: int(count) for key, count in db.session.execute(counted(account_id, of)) if count}


def sum_up() -> int:
    """Sums up what was added since, if it is much, in short commits; how many changes. Whoever is at it already does
    it alone."""
    return _sum_up_all(FigureChange, _sum_up_some) + _sum_up_all(SkuChange, sku_figures.sum_up_some)


def _sum_up_all(changes: type[FigureChange | SkuChange], sum_up_some: Callable[[Session], int]) -> int:
    done = 0
    while _are_many(changes):
        with transaction() as session:
            found = sum_up_some(session) if _is_our_turn(session) else 0
        done += found
        if not found:
            break
    return done


def sum_up_if_free() -> None:
    """`sum_up`, unless the database is busy: nothing depends on when it is done, and nobody is to fail for it."""
    try:
        sum_up()
    except (TemporaryError, SQLAlchemyError) as exc:
        log.warning("figures not summed up: %s", type(exc).__name__)


def _are_many(changes: type[FigureChange | SkuChange]) -> bool:
    with reading() as session:
        some = select(changes.id).limit(MANY).subquery()
        return (session.scalar(select(func.count()).select_from(some)) or 0) >= MANY


def _is_our_turn(session: Session) -> bool:
    postgres = session.connection().dialect.name == "postgresql"
    return not postgres or bool(session.scalar(select(func.pg_try_advisory_xact_lock(_TURN))))


def _sum_up_some(session: Session) -> int:
    oldest = select(_CHANGES.c.id).order_by(_CHANGES.c.id).limit(AT_ONCE)
    columns = (_CHANGES.c.account_id, _CHANGES.c.figure, _CHANGES.c.key, _CHANGES.c.change)
    gone = session.connection().execute(delete(_CHANGES).where(_CHANGES.c.id.in_(oldest)).returning(*columns)).all()
    sums: Counter[tuple[int, str, str]] = Counter()
    for account_id, figure, key, change in gone:
        sums[account_id, figure, key] += change
    rows = [{"account_id": a, "figure": f, "key": k, "count": n} for (a, f, k), n in sorted(sums.items()) if n]
    if rows:
        insert = insert_into(session, KeptFigure)
        more = {"count": KeptFigure.count + insert.excluded["count"]}
        session.execute(insert.on_conflict_do_update(index_elements=["account_id", "figure", "key"], set_=more), rows)
    return len(gone)


@dataclass(frozen=True)
class Difference:
    """A count that was kept wrong: too low by so many, or too high by as many less than nothing. Of a SKU also none:
    then its last line was another."""

    account_id: int
    figure: str
    key: str
    missing: int


def recount(session: Session, *, mend: bool = True) -> list[Difference]:
    """Counts every figure anew and, with `mend`, appends what is missing; what differed.

    One statement a figure sees one moment: what changes meanwhile is appended as ever, and stays right.
    """
    if session.connection().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_TURN)))
    found = []
    for of in KEPT:
        rows = session.execute(text(_DIFFERENCES.format(of=of, key=of.key.format(row="counted"))))
        found += [Difference(row.account_id, of.name, row.key, int(row.missing)) for row in rows]
    if mend:
        session.add_all(
            FigureChange(account_id=each.account_id, figure=each.figure, key=each.key, change=each.missing)
            for each in found
        )
    skus = sku_figures.recount(session, mend=mend)
    return found + [Difference(account_id, "SKU", sku, missing) for account_id, sku, missing in skus]


_DIFFERENCES = """
SELECT account_id, key, sum(n) AS missing FROM (
  SELECT account_id, {key} AS key, count(*) AS n FROM {of.table} AS counted GROUP BY 1, 2
  UNION ALL SELECT account_id, key, -count FROM kept_figures WHERE figure = '{of.name}'
  UNION ALL SELECT account_id, key, -change FROM figure_changes WHERE figure = '{of.name}'
) AS sides GROUP BY account_id, key HAVING sum(n) <> 0 ORDER BY account_id, key
"""

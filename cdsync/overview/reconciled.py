"""What the last comparison of marketplace and shop found, counted and listed. Read only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from ..db import db
from ..list_pages import page_of
from ..models import ReconcileRow
from ..order_lists.long_lists import in_portions
from ..reconciliations import ALARMING, KINDS

T = TypeVar("T")


@dataclass(frozen=True)
class Kind:
    """How many rows of a kind there are, and how many of them somebody has dismissed."""

    kind: str
    count: int
    dismissed: int

    @property
    def open(self) -> int:
        return self.count - self.dismissed


def kinds(reconciliation_id: int) -> list[Kind]:
    """Every kind with its counts, the alarming ones first."""
    rows = db.session.execute(
        select(ReconcileRow.kind, func.count(ReconcileRow.id), func.count(ReconcileRow.dismissed_at))
        .where(ReconcileRow.reconciliation_id == reconciliation_id)
        .group_by(ReconcileRow.kind)
    )
    counted = {kind: (count, dismissed) for kind, count, dismissed in rows}
    return [Kind(kind, *counted.get(kind, (0, 0))) for kind in KINDS]


def rows_of(reconciliation_id: int, kind: str = "", page: int = 1) -> Pagination:
    """One page of rows: those of a kind, or all that somebody must look at when no kind is asked for."""
    return page_of(_chosen(reconciliation_id, kind).order_by(*_order()), page)


def every_row(reconciliation_id: int, told: Callable[[ReconcileRow], T]) -> Iterator[T]:
    """What is told of each row, alarming ones first: what the CSV holds."""
    ids = select(ReconcileRow.id).where(ReconcileRow.reconciliation_id == reconciliation_id).order_by(*_order())

    def read(session: Session, part: Sequence[int]) -> list[T]:
        found = {row.id: row for row in session.scalars(select(ReconcileRow).where(ReconcileRow.id.in_(part)))}
        return [told(found[each]) for each in part if each in found]

    return in_portions(ids, read)


def _chosen(reconciliation_id: int, kind: str) -> Select[ReconcileRow]:
    chosen = select(ReconcileRow).where(ReconcileRow.reconciliation_id == reconciliation_id)
    if kind in KINDS:
        return chosen.where(ReconcileRow.kind == kind)
    return chosen.where(ReconcileRow.kind.in_(ALARMING), ReconcileRow.dismissed_at.is_(None))


def _order() -> tuple[Any, ...]:
    places = {kind: place for place, kind in enumerate(KINDS)}
    return (
        ReconcileRow.dismissed_at.is_not(None),
        case(places, value=ReconcileRow.kind, else_=len(KINDS)),
        ReconcileRow.id,
    )

"""The rows of import steps, for many orders by one statement. Knows an order by its id alone; commits nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from cdsync.db import Base, insert_into, now
from cdsync.models import ImportStep

_STEPS = Base.metadata.tables["import_steps"]  # made into statements once: a dozen of each order go through them
_AFRESH = ("data", "begun_at", "done_at", "run_id")
_FACT = (
    update(_STEPS)
    .where(
        _STEPS.c.order_id == bindparam("of_order"),
        _STEPS.c.name == bindparam("of_step"),
        _STEPS.c.begun_at == bindparam("begun"),
    )
    .values(data=bindparam("told"), done_at=bindparam("now"))
)
_put: dict[str, Any] = {}  # by the database's dialect


class StepRows:
    """Those of one run. What it has begun itself it knows, and need not ask for before it writes what came of it."""

    def __init__(self, run_id: int | None) -> None:
        self._run_id = run_id
        self._begun: dict[tuple[str, int], tuple[Mapping[str, Any], datetime]] = {}

    def put_intents(self, session: Session, step: str, intents: Mapping[int, Mapping[str, Any]]) -> None:
        """A step begun again begins afresh: nothing of its row stays but the row."""
        if not intents:
            return
        at = now()
        values = {"name": step, "begun_at": at, "done_at": None, "run_id": self._run_id}
        rows = [{"order_id": order_id, "data": dict(intent), **values} for order_id, intent in intents.items()]
        connection = session.connection()
        connection.execute(_upsert(session, connection.dialect.name), rows)
        self._begun.update({(step, order_id): (dict(intent), at) for order_id, intent in intents.items()})

    def put_facts(self, session: Session, step: str, facts: Mapping[int, Mapping[str, Any]]) -> None:
        """What came of a step, beside its intent; a row that somebody else has begun since keeps what it says."""
        if not facts or self._put_as_begun(session, step, facts):
            return
        self.forget(step, facts)
        known = self.of(session, step, list(facts))
        for order_id, told in facts.items():
            row = known.get(order_id) or self._new(session, step, order_id)
            row.data, row.done_at = {**(row.data or {}), **told}, now()

    def _put_as_begun(self, session: Session, step: str, facts: Mapping[int, Mapping[str, Any]]) -> bool:
        """Whether all of them are as this run has begun them, and are written."""
        rows, at = [], now()
        for order_id, told in facts.items():
            known = self._begun.get((step, order_id))
            if known is None:
                return False
            of = {"of_order": order_id, "of_step": step, "begun": known[1]}
            rows.append({**of, "told": {**known[0], **told}, "now": at})
        written: int = session.connection().execute(_FACT, rows).rowcount
        return written == len(rows)

    def forget(self, step: str, order_ids: Mapping[int, Any] | list[int]) -> None:
        """They are changed in another way, or gone."""
        for order_id in order_ids:
            self._begun.pop((step, order_id), None)

    def of(self, session: Session, step: str, order_ids: list[int]) -> dict[int, ImportStep]:
        """The rows, to be changed."""
        self.forget(step, order_ids)
        mine = (ImportStep.order_id.in_(order_ids), ImportStep.name == step)
        return {row.order_id: row for row in session.scalars(select(ImportStep).where(*mine))}

    def _new(self, session: Session, step: str, order_id: int) -> ImportStep:
        row = ImportStep(order_id=order_id, name=step, run_id=self._run_id, begun_at=now(), data={})
        session.add(row)
        return row


def _upsert(session: Session, name: str) -> Any:
    if name not in _put:
        insert = insert_into(session, ImportStep)
        afresh = {column: insert.excluded[column] for column in _AFRESH}
        _put[name] = insert.on_conflict_do_update(index_elements=["order_id", "name"], set_=afresh)
    return _put[name]

"""The intent journal: each step of an order's import, written before its request leaves. Never calls the shop."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from cdsync import orders
from cdsync.bookkeeping.stock_turns import Busy, StockTurns, in_turn
from cdsync.connectors.base import ANSWERED, MOVES_STOCK, Step
from cdsync.db import insert_into, now, reading, transaction
from cdsync.models import ImportStep, Order, Run


class OrderJournal:
    """`connectors.base.Journal` on the table import_steps, for the orders one run has claimed.

    `lease_seconds` is what each step renews the claims by. home: the seller and shop this run works for; an order's
    first step ties it to that shop, and one that is tied to another is not begun. turns: who may move its stock.
    """

    def __init__(
        self,
        account_id: int,
        run_id: int | None,
        owner: str,
        lease_seconds: float,
        home: orders.Home | None = None,
        turns: StockTurns | None = None,
    ) -> None:
        self._account_id, self._run_id = account_id, run_id
        self._owner, self._lease, self._home = owner, lease_seconds, home
        self._turns = turns or StockTurns("", owner, lease_seconds / 2)
        self._known_ids: dict[str, int] = {}  # a reference is one order's for good: asked for once

    def steps(self, ref: str) -> dict[str, Step]:
        """What earlier attempts left for this order, by name."""
        with reading() as session:
            its = (Order.account_id == self._account_id, Order.marketplace_ref == ref)
            rows = session.scalars(select(ImportStep).join(Order, Order.id == ImportStep.order_id).where(*its))
            return {row.name: Step(row.name, dict(row.data), row.begun_at, row.done_at is not None) for row in rows}

    def begin(self, step: str, intents: Mapping[str, Mapping[str, Any]]) -> frozenset[str]:
        """Commits the intents and renews the claims; returns the refs that are still ours and belong here.

        Intents that move stock take the shop's turn in the same commit. Raises TemporaryError `shop.stock_busy`.
        """
        moves_stock = any(intent.get(MOVES_STOCK) for intent in intents.values())

        def attempt(session: Session) -> frozenset[str] | Busy:
            allowed = self._held(session, intents)
            if moves_stock and allowed and (busy := self._turns.take(session, step)):
                return busy
            self._put_intents(session, step, {order_id: intents[ref] for ref, order_id in allowed.items()})
            return frozenset(allowed)

        return in_turn(attempt)

    def answered(self, step: str, refs: Iterable[str]) -> None:
        """The step's request is over, and nothing came of it for these orders."""
        with transaction() as session:
            self._turns.give_back(session, step)
            for row in self._known(session, step, refs):
                row.data = {**(row.data or {}), ANSWERED: True}

    def stock_moved(self, step: str) -> None:
        """Gives the shop's turn back, although no answer came."""
        with transaction() as session:
            self._turns.give_back(session, step)

    def stock_moved_before(self, step: str, ref: str) -> None:
        """Gives back the turn that a run which is over has left, when this order's was the last such step it began."""
        with transaction() as session:
            row = next(iter(self._known(session, step, [ref])), None)
            if row is None or row.run_id is None or row.run_id == self._run_id:
                return
            its = (ImportStep.run_id == row.run_id, ImportStep.name == step)
            newest = session.scalar(select(func.max(ImportStep.begun_at)).where(*its))
            over = (Run.id == row.run_id, Run.open.is_(False))
            owner = session.scalar(select(Run.owner).where(*over))
            if owner and row.begun_at == newest:
                self._turns.give_back_left(session, owner, step)

    def unanswered(self, step: str, refs: Iterable[str]) -> None:
        """The other side may be at work on the step's request from now on, until its time limit."""
        with transaction() as session:
            self._turns.doubt(session, step)
            for row in self._known(session, step, refs):
                row.begun_at = now()

    def done(self, step: str, results: Mapping[str, Mapping[str, Any]]) -> None:
        """Commits what came of a step, beside its intent. A fact is kept also when the claim was lost meanwhile."""
        with transaction() as session:
            self._turns.give_back(session, step)
            ids = self._ids(session, list(results))
            known = self._rows(session, step, list(ids.values()))
            for ref, order_id in ids.items():
                row = known.get(order_id) or self._new(session, step, order_id)
                row.data, row.done_at = {**(row.data or {}), **results[ref]}, now()

    def forget(self, ref: str, step: str) -> None:
        """Drops a step whose remote thing turned out not to exist; another owner's step is left alone."""
        with transaction() as session:
            self._turns.give_back(session, step)
            ids = self._ids(session, [ref])
            held = orders.hold(session, list(ids.values()), self._owner, self._lease)
            mine = (ImportStep.order_id.in_(held), ImportStep.name == step)
            session.execute(delete(ImportStep).where(*mine))

    def _held(self, session: Session, refs: Iterable[str]) -> dict[str, int]:
        """The ids of those orders that are still ours and belong here; their claims are renewed."""
        ids = self._ids(session, list(refs))
        held = orders.hold(session, list(ids.values()), self._owner, self._lease, home=self._home)
        return {ref: order_id for ref, order_id in ids.items() if order_id in held}

    def _put_intents(self, session: Session, step: str, intents: Mapping[int, Mapping[str, Any]]) -> None:
        """A step begun again begins afresh: nothing of its row stays but the row."""
        if not intents:
            return
        values = {"name": step, "begun_at": now(), "done_at": None, "run_id": self._run_id}
        rows = [{"order_id": order_id, "data": dict(intent), **values} for order_id, intent in intents.items()]
        insert = insert_into(session, ImportStep)
        afresh = {name: insert.excluded[name] for name in ("data", "begun_at", "done_at", "run_id")}
        session.execute(insert.on_conflict_do_update(index_elements=["order_id", "name"], set_=afresh), rows)

    def _ids(self, session: Session, refs: list[str]) -> dict[str, int]:
        new = [ref for ref in refs if ref not in self._known_ids]
        if new:
            mine = (Order.account_id == self._account_id, Order.marketplace_ref.in_(new))
            found = session.execute(select(Order.marketplace_ref, Order.id).where(*mine))
            self._known_ids.update({row.marketplace_ref: row.id for row in found})
        return {ref: self._known_ids[ref] for ref in refs if ref in self._known_ids}

    def _known(self, session: Session, step: str, refs: Iterable[str]) -> Iterable[ImportStep]:
        return self._rows(session, step, list(self._ids(session, list(refs)).values())).values()

    def _rows(self, session: Session, step: str, order_ids: list[int]) -> dict[int, ImportStep]:
        mine = (ImportStep.order_id.in_(order_ids), ImportStep.name == step)
        return {row.order_id: row for row in session.scalars(select(ImportStep).where(*mine))}

    def _new(self, session: Session, step: str, order_id: int) -> ImportStep:
        row = ImportStep(order_id=order_id, name=step, run_id=self._run_id, begun_at=now(), data={})
        session.add(row)
        return row

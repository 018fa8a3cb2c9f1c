"""The intent journal: each step of an order's import, written before its request leaves. Never calls the shop."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.orm import Session

from cdsync import orders
from cdsync.bookkeeping.step_rows import StepRows
from cdsync.bookkeeping.stock_turns import Busy, StockTurns, in_turn
from cdsync.connectors.base import ANSWERED, MOVES_STOCK, Step
from cdsync.db import now, reading, transaction
from cdsync.models import ImportStep, Order, Run

_LEFT = (
    select(Order.marketplace_ref, ImportStep.name, ImportStep.data, ImportStep.begun_at, ImportStep.done_at)
    .join(Order, Order.id == ImportStep.order_id)
    .where(Order.account_id == bindparam("account"), Order.marketplace_ref.in_(bindparam("refs", expanding=True)))
)
_IDS = select(Order.marketplace_ref, Order.id).where(
    Order.account_id == bindparam("account"), Order.marketplace_ref.in_(bindparam("refs", expanding=True))
)


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
        self._steps = StepRows(run_id)
        self._known_ids: dict[str, int] = {}  # a reference is one order's for good: asked for once
        self._left: dict[str, dict[str, Step]] = {}

    def look_up(self, refs: Iterable[str]) -> None:
        """Asks once for what earlier attempts left for all of these, whose claims are held; each is then told once."""
        self._left = self._left_of(list(refs))

    def steps(self, ref: str) -> dict[str, Step]:
        """What earlier attempts left for this order, by name."""
        known = self._left.pop(ref, None)
        return self._left_of([ref])[ref] if known is None else known

    def _left_of(self, refs: list[str]) -> dict[str, dict[str, Step]]:
        left: dict[str, dict[str, Step]] = {ref: {} for ref in refs}
        with reading() as session:
            for ref, name, data, begun_at, done_at in session.execute(
                _LEFT, {"account": self._account_id, "refs": refs}
            ):
                left[ref][name] = Step(name, dict(data), begun_at, done_at is not None)
        return left

    def begin(self, step: str, intents: Mapping[str, Mapping[str, Any]]) -> frozenset[str]:
        """Commits the intents and renews the claims; returns the refs that are still ours and belong here.

        Intents that move stock take the shop's turn in the same commit. Raises TemporaryError `shop.stock_busy`.
        """
        self._left = {}  # they are not what was left any more
        moves_stock = any(intent.get(MOVES_STOCK) for intent in intents.values())

        def attempt(session: Session) -> frozenset[str] | Busy:
            allowed = self._held(session, intents)
            if moves_stock and allowed and (busy := self._turns.take(session, step)):
                return busy
            self._steps.put_intents(session, step, {order_id: intents[ref] for ref, order_id in allowed.items()})
            return frozenset(allowed)

        return in_turn(attempt)

    def answered(self, step: str, refs: Iterable[str]) -> None:
        """The step's request is over, and nothing came of it for these orders."""
        with transaction() as session:
            self._turns.give_back(session, step)
            for row in self._rows(session, step, refs):
                row.data = {**(row.data or {}), ANSWERED: True}

    def stock_moved(self, step: str) -> None:
        """Gives the shop's turn back, although no answer came."""
        with transaction() as session:
            self._turns.give_back(session, step)

    def stock_moved_before(self, step: str, ref: str) -> None:
        """Gives back the turn that a run which is over has left, when this order's was the last such step it began."""
        with transaction() as session:
            row = next(iter(self._rows(session, step, [ref])), None)
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
            for row in self._rows(session, step, refs):
                row.begun_at = now()

    def done(self, step: str, results: Mapping[str, Mapping[str, Any]]) -> None:
        """Commits what came of a step, beside its intent. A fact is kept also when the claim was lost meanwhile."""
        with transaction() as session:
            self._turns.give_back(session, step)
            ids = self._ids(session, list(results))
            self._steps.put_facts(session, step, {order_id: results[ref] for ref, order_id in ids.items()})

    def forget(self, ref: str, step: str) -> None:
        """Drops a step whose remote thing turned out not to exist; another owner's step is left alone."""
        with transaction() as session:
            self._turns.give_back(session, step)
            ids = self._ids(session, [ref])
            held = orders.hold(session, list(ids.values()), self._owner, self._lease)
            mine = (ImportStep.order_id.in_(held), ImportStep.name == step)
            session.execute(delete(ImportStep).where(*mine))
            self._steps.forget(step, list(held))

    def _held(self, session: Session, refs: Iterable[str]) -> dict[str, int]:
        """The ids of those orders that are still ours and belong here; their claims are renewed."""
        ids = self._ids(session, list(refs))
        held = orders.hold(session, list(ids.values()), self._owner, self._lease, home=self._home)
        return {ref: order_id for ref, order_id in ids.items() if order_id in held}

    def _ids(self, session: Session, refs: list[str]) -> dict[str, int]:
        new = [ref for ref in refs if ref not in self._known_ids]
        if new:
            found = session.execute(_IDS, {"account": self._account_id, "refs": new})
            self._known_ids.update({row.marketplace_ref: row.id for row in found})
        return {ref: self._known_ids[ref] for ref in refs if ref in self._known_ids}

    def _rows(self, session: Session, step: str, refs: Iterable[str]) -> Iterable[ImportStep]:
        return self._steps.of(session, step, list(self._ids(session, list(refs)).values())).values()

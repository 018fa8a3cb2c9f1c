"""How far a run is with the orders it has in hand, which count as through only together. Read only."""

from __future__ import annotations

from sqlalchemy import select

from cdsync.connectors.base import MOVES_STOCK
from cdsync.db import db
from cdsync.models import ImportStep, RunOrder


def written_by_now(run_id: int) -> int:
    """How many of the orders that an import works on stand in the shop by now: a write that takes stock was answered.

    From the journal, a step of which is committed as its answer comes; what became of an order is committed at the end
    of its batch. An order that was in the shop before, and needed no such write, is not among them.
    """
    answered = (ImportStep.run_id == run_id, ImportStep.done_at.is_not(None))
    in_hand = (RunOrder.run_id == run_id, RunOrder.outcome == "working")
    steps = select(ImportStep.order_id, ImportStep.data)
    steps = steps.join(RunOrder, RunOrder.order_id == ImportStep.order_id).where(*in_hand, *answered)
    return len({order_id for order_id, data in db.session.execute(steps) if data.get(MOVES_STOCK)})

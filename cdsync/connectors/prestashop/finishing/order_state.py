"""Where an order made by an import stands in the shop, and whether it stands still. Sends no request."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import datetime

from cdsync.errors import CdsyncError, UnknownOutcomeError

from ...base import Journal, OrderDraft
from ..creating.stages import InShop
from ..creating.steps import PACKS, SEEN
from ..shop_data.improved_shipment import came_apart
from ..shop_data.reference import Reference
from ..webservice.xml import Row
from . import verify
from .verdicts import UnfinishedError

LOOKS, TIMES = "looks", "times"  # in the data of the step SEEN
MOST_LOOKS = 5  # an order that looks otherwise each time is left to a person all the same


def in_force(rows: Sequence[Row], draft: OrderDraft, reference: Reference) -> list[Row]:
    """Which of its shop orders stand for a marketplace order: the live ones.

    Without any, the cancelled ones that once were it, for making another would undo what a person did. One that never
    was (other lines, another total or VAT, half made) and was cancelled, as its problem advises, counts for nothing.
    """
    live = [row for row in rows if not reference.is_cancelled(row)]
    return live or [row for row in rows if _once_was_it(row, draft)]


def _once_was_it(row: Row, draft: OrderDraft) -> bool:
    verdict = verify.judge(row, draft, None)
    same = verdict.error is None and not verdict.shipping_differs
    return same and not came_apart(row) and not verify.taxed_unlike_its_carrier(row)


def is_fresh(order: InShop, reference: Reference) -> bool:
    """The order stands where an import leaves it: the merchant has not moved it on."""
    if order.posted:
        return True
    settings = reference.settings
    left = {settings.get(name) for name in ("PS_OS_WS_PAYMENT", "PS_OS_ERROR", "PS_OS_OUTOFSTOCK_PAID")}
    if order.begun.left_over(PACKS) or order.held:
        left.add(reference.waiting_status)
    return order.row["current_state"] in left


class Steadiness:
    """clock: aware UTC now; wait: the shop's time limit in seconds, after which a request is surely over."""

    def __init__(self, journal: Journal, clock: Callable[[], datetime], wait: float) -> None:
        self._journal = journal
        self._clock = clock
        self._wait = wait

    def verdict(self, order: InShop, error: CdsyncError) -> CdsyncError:
        """What to say of an order that is not whole: the error itself once it stands still, else that it may not yet.

        It stands still when cdsync's own requests for it were all answered, or when it was seen twice the same, the
        shop's time limit apart. What it looked like is kept in the journal.
        """
        if not isinstance(error, UnfinishedError) or order.seen_through:
            return error
        looks, seen = _fingerprint(order, error), order.steps.get(SEEN)
        times = int(seen.data.get(TIMES, 0)) if seen else 0
        if seen is None or seen.data.get(LOOKS) != looks:
            if times < MOST_LOOKS:
                self._journal.begin(SEEN, {order.ref: {LOOKS: looks, TIMES: times + 1}})
                return self._asked_again(order, self._wait)
            return error
        left = self._wait - (self._clock() - seen.begun_at).total_seconds()
        return self._asked_again(order, left) if left > 0 else error

    def _asked_again(self, order: InShop, seconds: float) -> UnknownOutcomeError:
        number = order.row.id
        return UnknownOutcomeError("shop.order_at_work", shop_order=number, retry_after=max(seconds, 1.0))


def _fingerprint(order: InShop, error: CdsyncError) -> str:
    """Changes when anything does that the order, its rows, and what is missing of it are made of."""
    row = order.row
    links = {name: [dict(entry) for entry in entries] for name, entries in row.links.items()}
    made_of = [dict(row.fields), links, error.code, dict(error.data)]
    return hashlib.sha256(json.dumps(made_of, sort_keys=True, default=str).encode()).hexdigest()[:16]

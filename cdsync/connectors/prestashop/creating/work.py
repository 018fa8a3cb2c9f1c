"""One order on its way through a batch: the plan, and the shop's ids as they come. No requests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from cdsync.errors import CdsyncError

from ...base import Correction, Imported, NotImported, OrderDraft, ProductMatch, ShopOrder, Step
from ..checking.plan import Plan
from ..webservice.xml import Row

CUSTOMER, ADDRESSES, CART, PRICES, ORDER = "customer", "addresses", "cart", "prices", "order"
TOTALS, SHIPPING, PACKS, STATUS, INVOICE, PAYMENT = "totals", "shipping", "packs", "status", "invoice", "payment"
PUT_AWAY = "put_away"
CHANGES = (TOTALS, SHIPPING, PACKS, STATUS, INVOICE, PAYMENT, PUT_AWAY)
REQUESTS = (CUSTOMER, ADDRESSES, CART, PRICES, ORDER, *CHANGES)
STOCK_STEPS = (ORDER, PACKS, STATUS)  # that may take pieces from stock
SEEN = "seen"  # what an order looked like that was not whole; no request


@dataclass
class Work:
    """`row`: the order as last read; `parts`: the other parts of one that the shop split.

    `posted`: made by this attempt; `adopted`: in the shop before it, in status `found_in`. `held`: put into the waiting
    status by this attempt, for its packs. `unanswered`: steps of this attempt that no trustworthy answer came to;
    `answered`: those that had one.
    """

    draft: OrderDraft
    steps: Mapping[str, Step]
    plan: Plan | None = None
    email: str = ""
    customer: str = ""
    delivery: str = ""
    invoice: str = ""
    cart: str = ""
    row: Row | None = None
    parts: tuple[Row, ...] = ()
    whole: Decimal | None = None  # of a part: what the whole order comes to
    posted: bool = False
    adopted: bool = False
    held: bool = False
    found_in: str = ""
    stock_before: Mapping[str, Any] = field(default_factory=dict)  # kept in the journal (`stock_check`)
    unanswered: set[str] = field(default_factory=set)
    answered: set[str] = field(default_factory=set)
    corrections: tuple[Correction, ...] = ()
    matches: Mapping[str, ProductMatch] = field(default_factory=dict)

    @property
    def ref(self) -> str:
        return self.draft.ref

    @property
    def order_row(self) -> Row:
        """`row`, for an order that is known to be there."""
        assert self.row is not None
        return self.row

    @property
    def every_row(self) -> list[Row]:
        """`row` and the other parts."""
        return [self.order_row, *self.parts]

    @property
    def paid(self) -> Decimal:
        """The amount of the one payment: parts of a split order share it."""
        return self.draft.total if self.whole is None else self.whole

    @property
    def has_invoice(self) -> bool:
        return self.order_row["invoice_number"] not in ("", "0")

    @property
    def seen_through(self) -> bool:
        """Whether every request of cdsync that made or changed the order was answered: the shop is through with it."""
        own = self.steps.get(ORDER)
        made = ORDER in self.answered or (own is not None and own.done and own.data.get(ORDER) == self.order_row.id)
        before = (step.over or name in self.answered for name, step in self.steps.items() if name in CHANGES)
        return made and not self.unanswered and all(before)

    def left_over(self, step: str) -> bool:
        """True when an earlier attempt began the step: what it makes may exist."""
        return step in self.steps

    def failed(self, error: CdsyncError) -> NotImported:
        return NotImported(self.ref, error, self.corrections, self.matches)

    def imported(
        self, order: ShopOrder, parts: tuple[ShopOrder, ...] = (), warnings: Sequence[CdsyncError] = ()
    ) -> Imported:
        return Imported(self.ref, order, self.corrections, self.matches, self.adopted, parts, tuple(warnings))

"""An order on its way through a batch, stage by stage. No requests.

What is known at a stage is never missing in it. A new order goes from `Begun` by way of `Planned`, `WithCustomer`,
`WithAddresses` and `WithCart`, each of which is the one before and what was made since, to `InShop`; one that is in the
shop already from `Begun` by way of `Found`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Generic, TypeVar

from cdsync.errors import CdsyncError

from ...base import Correction, Imported, NotImported, OrderDraft, ProductMatch, ShopOrder, Step
from ..checking.import_plan import Plan
from ..webservice.xml import Row
from .steps import CHANGES, ORDER

Stage = TypeVar("Stage")


@dataclass(frozen=True)
class Heard:
    """Steps of this attempt, by whether a trustworthy answer came to their request. Grows while the order goes on."""

    answered: set[str] = field(default_factory=set)
    unanswered: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Begun:
    """What is to be made, and what earlier attempts left of it in the journal."""

    draft: OrderDraft
    steps: Mapping[str, Step]
    heard: Heard = field(default_factory=Heard)

    @property
    def ref(self) -> str:
        return self.draft.ref

    def left_over(self, step: str) -> bool:
        """True when an earlier attempt began the step: what it makes may exist."""
        return step in self.steps

    def failed(self, error: CdsyncError) -> NotImported:
        return NotImported(self.ref, error)


@dataclass(frozen=True)
class Found:
    """In the shop before this attempt. `parts`: the other parts of one that the shop split."""

    begun: Begun
    row: Row
    parts: tuple[Row, ...]


@dataclass(frozen=True)
class Checked:
    """What the checks before any write said. `plan`: None where they found a problem."""

    begun: Begun
    plan: Plan | None
    corrections: tuple[Correction, ...]
    matches: Mapping[str, ProductMatch]
    stock_before: Mapping[str, Any]  # kept in the journal (`stock_check`)

    def failed(self, error: CdsyncError) -> NotImported:
        return NotImported(self.begun.ref, error, self.corrections, self.matches)


@dataclass(frozen=True)
class Planned:
    """Not in the shop, and nothing is wrong with it."""

    checked: Checked
    plan: Plan

    @property
    def begun(self) -> Begun:
        return self.checked.begun

    @property
    def ref(self) -> str:
        return self.begun.ref


@dataclass(frozen=True)
class WithCustomer(Planned):
    """Ids are the shop's, here and in what follows."""

    customer: str


@dataclass(frozen=True)
class WithAddresses(WithCustomer):
    delivery: str
    invoice: str


@dataclass(frozen=True)
class WithCart(WithAddresses):
    """Ready to be posted; and what was posted, until it is read back."""

    cart: str


@dataclass(frozen=True)
class Given(Generic[Stage]):
    """The orders that have what was to be made for them, and why the others have not, by ref."""

    through: Sequence[Stage]
    errors: Mapping[str, CdsyncError]


@dataclass
class InShop:
    """An order that exists, while it is finished: `row` and `parts` are it as last read.

    `posted`: made by this attempt; else it was there before, in status `found_in`. `plan`: None where an order that was
    there before would not pass the checks now. `held`: put into the waiting status by this attempt, for its packs.
    `whole`: of a part, what the whole order comes to.
    """

    checked: Checked
    row: Row
    parts: tuple[Row, ...]
    posted: bool
    found_in: str = ""
    held: bool = False
    whole: Decimal | None = None

    @property
    def begun(self) -> Begun:
        return self.checked.begun

    @property
    def ref(self) -> str:
        return self.begun.ref

    @property
    def draft(self) -> OrderDraft:
        return self.begun.draft

    @property
    def plan(self) -> Plan | None:
        return self.checked.plan

    @property
    def heard(self) -> Heard:
        return self.begun.heard

    @property
    def steps(self) -> Mapping[str, Step]:
        return self.begun.steps

    @property
    def every_row(self) -> list[Row]:
        """`row` and the other parts."""
        return [self.row, *self.parts]

    @property
    def paid(self) -> Decimal:
        """The amount of the one payment: parts of a split order share it."""
        return self.draft.total if self.whole is None else self.whole

    @property
    def has_invoice(self) -> bool:
        return self.row["invoice_number"] not in ("", "0")

    @property
    def seen_through(self) -> bool:
        """Whether every request of cdsync that made or changed the order was answered: the shop is through with it."""
        own = self.steps.get(ORDER)
        answered = self.heard.answered
        made = ORDER in answered or (own is not None and own.done and own.data.get(ORDER) == self.row.id)
        before = (step.over or name in answered for name, step in self.steps.items() if name in CHANGES)
        return made and not self.heard.unanswered and all(before)

    def imported(
        self, order: ShopOrder, parts: tuple[ShopOrder, ...] = (), warnings: Sequence[CdsyncError] = ()
    ) -> Imported:
        checked = self.checked
        return Imported(self.ref, order, checked.corrections, checked.matches, not self.posted, parts, tuple(warnings))

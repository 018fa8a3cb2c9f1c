"""What PHP dies over: one entity of a body, again and again perhaps. Whose that is, and when a person is asked.

PrestaShop goes through a body in its order, so what it died over is the first that is not through. Where the body got
somewhere it may be that nothing is wrong with that one: an 8.2.1 died over mails of orders that were through. Where it
got nowhere, that one is held back, and the others go on: it would keep them from their turn each time.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from cdsync.errors import CdsyncError, RejectedError, UnknownOutcomeError

from ...base import Journal, Step
from .doubt import may_be_at_work
from .steps import DIED, STOCK_STEPS

MOST_DEATHS = 2  # over one order at one step: then a person is asked, as where an order is made (`posting`)
MOST_FRUITLESS = 2  # in a row: then it is the shop, and the rest of the bodies waits for the next run


class Deaths:
    """Of the orders of one batch, counted in the journal: DIED holds the deaths by step, 0 where another is blamed."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def passed_over(self, step: str, refs: Collection[str]) -> None:
        """The shop died and got somewhere: these it may have begun."""
        self._journal.begin(DIED, {ref: {step: 0, **self._known(ref)} for ref in refs})

    def over(self, step: str, refs: Collection[str], resource: str, error: CdsyncError) -> CdsyncError:
        """The shop died and got nowhere, with these the first in the body; what to say of them."""
        counts = {ref: {**(known := self._known(ref)), step: int(known.get(step, 0)) + 1} for ref in refs}
        self._journal.begin(DIED, counts)
        if all(count[step] % MOST_DEATHS for count in counts.values()):
            return error
        message = f"PrestaShop stopped without an answer each time ({step}); its error log says why."
        if step in STOCK_STEPS:
            message += " It may have taken the pieces from stock each time."
        return RejectedError("shop.refused", resource=resource, field="", message=message, shop_code="500")

    def _known(self, ref: str) -> dict[str, int]:
        step = self._journal.steps(ref).get(DIED)
        return dict(step.data) if step else {}


def died(error: CdsyncError) -> bool:
    """Whether PHP itself broke off: it is through with the request, and nobody knows with what of it."""
    return isinstance(error, UnknownOutcomeError) and not may_be_at_work(error)


def may_have_taken(steps: Mapping[str, Step]) -> bool:
    """Whether the shop died over a request of an earlier attempt that takes this order's pieces from stock."""
    return DIED in steps and any(name in steps[DIED].data for name in STOCK_STEPS)

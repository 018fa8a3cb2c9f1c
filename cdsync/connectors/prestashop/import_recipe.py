"""The import recipe, batch first: look, examine, customer, addresses, cart, prices, order, read back, finish.

At most one shop order per marketplace order: nothing is made before the shop was asked for the payment text, and the
one request that makes an order is `posting`'s. Everything else may be repeated without harm. Keeps no state but the
journal's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from cdsync.errors import (
    CdsyncError,
    ConfigError,
    RejectedError,
    TemporaryError,
    UnknownOutcomeError,
    WrongStateError,
)

from ..base import Imported, ImportPolicy, Journal, NotImported, OrderDraft
from ..http.client import about
from .already_in_shop import OrdersThere
from .checking.canary import Canary
from .checking.examine import Examiner
from .checking.import_plan import Examined
from .creating.carts import Carts
from .creating.changes import Changer
from .creating.customers import Customers
from .creating.doubt import open_request
from .creating.entities import Maker
from .creating.posting import Posting
from .creating.stages import Begun, Checked, Found, InShop, Planned, WithCart
from .creating.steps import CART, ORDER, PRICES
from .finishing.finish import Finishing
from .finishing.order_state import Steadiness
from .finishing.putting_away import PuttingAway
from .finishing.splitting import SplitOrders
from .finishing.stock_check import StockCheck, articles, remembered
from .shop_data.reference import Reference
from .webservice.client import Webservice
from .webservice.errors import ContentBlockedError
from .webservice.xml import Row

MOST_SILENT = 2  # unanswered orders in a row after which the rest of the batch waits for the next run
A_MOMENT = timedelta(seconds=2)  # the shop's clock is known to the second
Result = Imported | NotImported
_OVER = object()  # there is no stage left


class Batch:
    """Some orders that go through the recipe together; an order that fails leaves, the others go on."""

    def __init__(
        self,
        webservice: Webservice,
        reference: Reference,
        examiner: Examiner,
        canary: Canary,
        policy: ImportPolicy,
        journal: Journal,
        clock: Callable[[], datetime],
        wait: float,
    ) -> None:
        maker = Maker(webservice, journal)
        self._ws = webservice
        self._reference = reference
        self._examiner = examiner
        self._canary = canary
        self._policy = policy
        self._journal = journal
        self._customers = Customers(webservice, reference, maker)
        self._carts = Carts(webservice, maker)
        self._posting = Posting(webservice, journal, clock, wait)
        self._there = OrdersThere(webservice, reference, journal)
        changer = Changer(webservice, journal)
        self._finishing = Finishing(webservice, reference, changer, policy)
        self._splits = SplitOrders(self._finishing, reference)
        self._putting_away = PuttingAway(webservice, reference, changer, policy)
        self._steadiness = Steadiness(journal, clock, wait)
        self._clock = clock
        self._wait = wait
        self._stock = StockCheck(webservice, reference)
        self._unsure: set[tuple[str, str]] = set()  # articles of orders whose outcome is unknown
        self._left: dict[str, Begun | Checked] = {}  # those without a result yet, by ref
        self._results: list[Result] = []

    def run(self, drafts: Sequence[OrderDraft]) -> Iterator[Result]:
        begun = [Begun(draft, self._journal.steps(draft.ref)) for draft in drafts]
        self._left = {order.ref: order for order in begun}
        stages, over = self._stages(begun), False
        while self._left and not over:
            try:
                with about(*self._left):
                    over = next(stages, _OVER) is _OVER
            except TemporaryError as error:  # a look-up that got no answer: nothing was done at this stage
                self._fail(dict.fromkeys(self._left, error))
            except ConfigError:
                yield from self._told()
                raise
            yield from self._told()

    def _told(self) -> Iterator[Result]:
        """What has a result by now, each but the last marked: no request lies between them."""
        results, self._results = self._results, []
        for each in results[:-1]:
            yield replace(each, more_follow=True)
        yield from results[-1:]

    def _stages(self, begun: Sequence[Begun]) -> Iterator[None]:
        """Ends each stage with a yield: what has failed or is through by then is told at once."""
        begun = self._wait_out(begun)
        yield
        found, new = self._look(begun)
        yield
        new = self._resume(new)
        yield
        there, planned = self._examine(found, new)
        yield
        with_cart = self._make(planned)
        yield
        posted = self._post(with_cart)
        yield
        there += self._read_back(posted)
        yield
        self._finish(there)

    def _fail(self, errors: Mapping[str, CdsyncError]) -> None:
        for ref, error in errors.items():
            order = self._left.pop(ref, None)
            if order is None:
                continue
            self._results.append(order.failed(error))
            if isinstance(error, UnknownOutcomeError) and isinstance(order, Checked) and order.plan:
                self._unsure |= articles(order.plan)

    def _doubt(self, errors: Iterable[CdsyncError]) -> None:
        """Where the shop did otherwise than planned, what is kept of its data may be from before a change.

        All is read anew from now on: the change spoils the orders of one batch, not those of ten minutes.
        """
        if any(isinstance(each, RejectedError | UnknownOutcomeError) for each in errors):
            self._reference.forget()

    def _wait_out(self, begun: Sequence[Begun]) -> list[Begun]:
        """Orders that the shop may still be at work on: what they look like meanwhile says nothing."""
        for order in begun:
            step, left = open_request(order.steps, self._clock(), self._wait)
            if step == ORDER:
                self._posting.look_after_death(order)
                self._fail({order.ref: self._posting.unknown(str(order.steps[ORDER].data.get(CART, "")), left)})
            elif step:
                self._fail({order.ref: UnknownOutcomeError("shop.still_at_work", retry_after=max(left, 1.0))})
        return [order for order in begun if order.ref in self._left]

    def _look(self, begun: Sequence[Begun]) -> tuple[list[Found], list[Begun]]:
        """Orders that are in the shop already, by the payment text that only this marketplace order has; and others."""
        found, new = self._sorted_out(begun, self._there.by_payment([order.draft for order in begun]))
        doubtful = {str(o.steps[ORDER].data.get(CART, "")): o.ref for o in new if ORDER in o.steps}
        if not doubtful:
            return found, new
        more, new = self._sorted_out(new, self._there.by_cart(doubtful))
        return found + more, new

    def _sorted_out(
        self, orders: Sequence[Begun], rows: Mapping[str, Sequence[Row]]
    ) -> tuple[list[Found], list[Begun]]:
        """One shop order each; several for one marketplace order are for a person to sort out, none is touched."""
        found: list[Found] = []
        new: list[Begun] = []
        for order in orders:
            try:
                there = self._there.sort_out(order, rows.get(order.ref, ()))
            except RejectedError as error:
                self._fail({order.ref: error})
                continue
            if isinstance(there, Found):
                found.append(there)
            else:
                new.append(there)
        return found, new

    def _resume(self, new: Sequence[Begun]) -> list[Begun]:
        for order in new:
            try:
                self._posting.resume(order, self._policy)
            except RejectedError as error:
                self._fail({order.ref: error})
        return [order for order in new if order.ref in self._left]

    def _examine(self, found: Sequence[Found], new: Sequence[Begun]) -> tuple[list[InShop], list[Planned]]:
        """The checks before any write. An order that exists goes on without a plan when there is a problem now."""
        before = self._ws.now() - A_MOMENT
        every = {order.ref: order for order in (*(each.begun for each in found), *new)}
        examined = self._examiner.examine([every[ref].draft for ref in self._left], self._policy)
        checked = {ref: _checked(every[ref], examined[ref], before) for ref in self._left}
        self._left = dict(checked)
        there = [
            InShop(checked[o.begun.ref], o.row, o.parts, posted=False, found_in=o.row["current_state"]) for o in found
        ]
        self._fail({o.ref: examined[o.ref].examination.problems[0] for o in new if checked[o.ref].plan is None})
        return there, [Planned(checked[o.ref], plan) for o in new if (plan := checked[o.ref].plan) is not None]

    def _make(self, planned: Sequence[Planned]) -> list[WithCart]:
        """Customer, addresses, cart and prices, each kind in one body for all orders that are still new."""
        if not planned:
            return []
        with_customer = self._customers.give(planned, self._policy)
        self._fail(with_customer.errors)
        with_addresses = self._carts.give_addresses(with_customer.through)
        self._fail(with_addresses.errors)
        with_cart = self._carts.give_carts(with_addresses.through, self._ws.shop_id)
        self._fail(with_cart.errors)
        priced = self._carts.give_prices(with_cart.through)
        self._leave_carts(with_cart.through, priced.errors)
        self._fail(priced.errors)
        return list(priced.through)

    def _leave_carts(self, orders: Sequence[WithCart], errors: Mapping[str, CdsyncError]) -> None:
        """A cart that takes no price of ours has one that somebody changed: the next attempt is made with another."""
        for order in orders:
            error = errors.get(order.ref)
            refused = isinstance(error, RejectedError) and not isinstance(error, ContentBlockedError)
            if refused and not order.begun.left_over(ORDER):
                self._journal.forget(order.ref, CART)
                self._journal.forget(order.ref, PRICES)

    def _post(self, orders: Sequence[WithCart]) -> list[WithCart]:
        """Those that were made, as far as the shop answered."""
        posted: list[WithCart] = []
        silent = 0
        for at, order in enumerate(orders):
            if silent >= MOST_SILENT:
                self._fail({order.ref: TemporaryError("shop.timeout", host=self._ws.host)})
                continue
            try:
                self._posting.post(order, self._policy)
            except TemporaryError as error:
                self._fail({each.ref: error for each in orders[at:]})
                break
            except (UnknownOutcomeError, RejectedError, WrongStateError) as error:
                silent += isinstance(error, UnknownOutcomeError)
                self._doubt([error])
                self._fail({order.ref: error})
            else:
                posted.append(order)
                silent = 0
        return posted

    def _read_back(self, posted: Sequence[WithCart]) -> list[InShop]:
        """The orders as they are stored: the answer to the POST only repeats what was sent."""
        if not posted:
            return []
        missing = [order.begun for order in posted]
        found, missing = self._sorted_out(missing, self._there.by_payment([order.draft for order in missing]))
        if missing:
            left = {order.ref for order in missing}
            carts = {order.cart: order.ref for order in posted if order.ref in left}
            more, missing = self._sorted_out(missing, self._there.by_cart(carts))
            found += more
        cart_of = {order.ref: order for order in posted}
        self._fail({order.ref: self._posting.unknown(cart_of[order.ref].cart, 0) for order in missing})
        return [InShop(cart_of[o.begun.ref].checked, o.row, o.parts, posted=True) for o in found]

    def _finish(self, orders: Sequence[InShop]) -> None:
        self._canary.saw(row for order in orders if order.posted for row in order.every_row)
        by_ref = {order.ref: order for order in orders}
        finished = self._finishing.finish([order for order in orders if not order.parts])
        finished.add(self._splits.finish([order for order in orders if order.parts]))
        errors = {ref: self._steadiness.verdict(by_ref[ref], error) for ref, error in finished.errors.items()}
        self._doubt(errors.values())
        self._fail(self._putting_away.after(errors, by_ref))
        imported = [order for order in orders if order.ref in finished.orders]
        warnings = self._stock.warnings(imported, self._unsure)
        for order in imported:
            del self._left[order.ref]
            parts, odd = finished.parts.get(order.ref, ()), warnings.get(order.ref, ())
            self._results.append(order.imported(finished.orders[order.ref], parts, odd))


def _checked(begun: Begun, examined: Examined, before: datetime) -> Checked:
    matches = examined.examination.matches
    return Checked(begun, examined.plan, examined.corrections, matches, remembered(matches, before))

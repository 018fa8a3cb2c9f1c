"""The import recipe, batch first: look, examine, customer, addresses, cart, prices, order, read back, settle.

At most one shop order per marketplace order: nothing is made before the shop was asked for the payment text, and the
one request that makes an order is `posting`'s. Everything else may be repeated without harm. Keeps no state but the
journal's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from ...errors import CdsyncError, ConfigError, RejectedError, TemporaryError, UnknownOutcomeError, WrongStateError
from ..base import Imported, ImportPolicy, Journal, NotImported, OrderDraft
from ..http.client import about
from .checking.canary import Canary
from .checking.cleaning import payment_text
from .checking.examine import Examiner
from .creating.carts import Carts
from .creating.customers import Customers
from .creating.doubt import open_request
from .creating.entities import Changer, Key, Made, Maker
from .creating.posting import Posting
from .creating.work import CART, CHANGES, ORDER, PRICES, SEEN, Work
from .settling.order_state import Standing, in_force
from .settling.putting_away import PuttingAway
from .settling.settlement import Settling
from .settling.splitting import SplitOrders, are_parts
from .settling.stock_check import StockCheck, articles, remembered
from .shop_data.reference import Reference
from .webservice.client import Webservice
from .webservice.errors import ContentBlockedError
from .webservice.xml import Row

BATCH = 20  # orders that share their requests: 1.8 requests an order, and URLs and bodies stay small
MOST_SILENT = 2  # unanswered orders in a row after which the rest of the batch waits for the next run
A_MOMENT = timedelta(seconds=2)  # the shop's clock is known to the second
Result = Imported | NotImported


class Importer:
    def __init__(
        self,
        webservice: Webservice,
        reference: Reference,
        examiner: Examiner,
        canary: Canary,
        clock: Callable[[], datetime],
        wait: float,
    ) -> None:
        self._ws = webservice
        self._reference = reference
        self._examiner = examiner
        self._canary = canary
        self._clock = clock
        self._wait = wait

    def run(self, drafts: Sequence[OrderDraft], policy: ImportPolicy, journal: Journal) -> Iterator[Result]:
        """A result per draft. Raises ConfigError: every order would fail alike."""
        self._reference.status(policy.imported_status)
        self._reference.customer_group(policy.customer_group)
        for start in range(0, len(drafts), BATCH):
            self._canary.before_import()
            some = drafts[start : start + BATCH]
            batch = Batch(
                self._ws, self._reference, self._examiner, self._canary, policy, journal, self._clock, self._wait
            )
            yield from batch.run(some)


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
        changer = Changer(webservice, journal)
        self._settling = Settling(webservice, reference, changer, policy)
        self._splits = SplitOrders(self._settling, reference)
        self._putting_away = PuttingAway(webservice, reference, changer, policy)
        self._standing = Standing(journal, clock, wait)
        self._clock = clock
        self._wait = wait
        self._stock = StockCheck(webservice, reference)
        self._unsure: set[tuple[str, str]] = set()  # articles of orders whose outcome is unknown
        self._works: dict[str, Work] = {}
        self._results: list[Result] = []

    def run(self, drafts: Sequence[OrderDraft]) -> Iterator[Result]:
        self._works = {d.ref: Work(d, self._journal.steps(d.ref)) for d in drafts}
        looking = (self._wait_out, self._look, self._resume, self._examine)
        for stage in (*looking, self._make, self._post, self._read_back, self._settle):
            if not self._works:
                break
            try:
                with about(*self._works):
                    stage()
            except TemporaryError as error:  # a look-up that got no answer: nothing was done at this stage
                self._fail(dict.fromkeys(self._works, error))
            except ConfigError:
                yield from self._results
                raise
            yield from self._results
            self._results = []

    @property
    def _new(self) -> list[Work]:
        return [w for w in self._works.values() if w.row is None]

    def _fail(self, errors: Mapping[str, CdsyncError]) -> None:
        for ref, error in errors.items():
            work = self._works.pop(ref, None)
            if work is not None:
                self._results.append(work.failed(error))
                self._unsure |= articles([work]) if isinstance(error, UnknownOutcomeError) else set()

    def _doubt(self, errors: Iterable[CdsyncError]) -> None:
        """Where the shop did otherwise than planned, what is kept of its data may be from before a change.

        All is read anew from now on: the change spoils the orders of one batch, not those of ten minutes.
        """
        if any(isinstance(each, RejectedError | UnknownOutcomeError) for each in errors):
            self._reference.forget()

    def _wait_out(self) -> None:
        """Orders that the shop may still be at work on: what they look like meanwhile says nothing."""
        for work in list(self._works.values()):
            step, left = open_request(work.steps, self._clock(), self._wait)
            if step == ORDER:
                self._posting.look_after_death(work)
                self._fail({work.ref: self._posting.unknown(str(work.steps[ORDER].data.get(CART, "")), left)})
            elif step:
                self._fail({work.ref: UnknownOutcomeError("shop.still_at_work", retry_after=max(left, 1.0))})

    def _look(self) -> None:
        """Orders that are in the shop already, by the payment text that only this marketplace order has."""
        self._take_rows(self._by_payment())
        doubtful = {str(w.steps[ORDER].data.get(CART, "")): w for w in self._new if ORDER in w.steps}
        if doubtful:
            by_cart: dict[str, list[Row]] = defaultdict(list)
            for row in self._posting.orders_of(list(doubtful)):
                by_cart[doubtful[row["id_cart"]].ref].append(row)
            self._take_rows(by_cart)
        for work in self._works.values():
            work.adopted = work.row is not None
            work.found_in = work.row["current_state"] if work.row else ""

    def _begin_anew(self, work: Work, old_carts: set[str]) -> None:
        """With another cart: PrestaShop takes one order of each. What was begun with a newer one goes on."""
        old = [s for s in (CART, PRICES, ORDER) if s in work.steps and work.steps[s].data.get(CART) in old_carts]
        old += [s for s in (SEEN, *CHANGES) if s in work.steps and old]
        for step in old:
            self._journal.forget(work.ref, step)
        work.steps = {name: step for name, step in work.steps.items() if name not in old}

    def _by_payment(self) -> dict[str, list[Row]]:
        texts = {payment_text(w.draft.payment_text).casefold(): w.ref for w in self._works.values()}
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self._ws.rows_where(
            "orders", "payment", [payment_text(w.draft.payment_text) for w in self._works.values()]
        ):
            if ref := texts.get(row["payment"].casefold()):
                found[ref].append(row)
        return found

    def _take_rows(self, found: Mapping[str, list[Row]]) -> None:
        """One order each: several for one marketplace order are for a person to sort out, none is touched.

        Sorted out is when all but one are cancelled in the shop. None in force: it begins anew.
        """
        for ref, every in found.items():
            if ref not in self._works:
                continue
            work = self._works[ref]
            rows = in_force(every, work.draft, self._reference)
            if not rows:
                self._begin_anew(work, {r["id_cart"] for r in every})
            elif len(rows) > 1 and not are_parts(rows):
                ids = sorted((r.id for r in rows), key=int)
                self._fail({ref: RejectedError("import.several_orders", shop_orders=ids)})
            else:
                work.row, *parts = sorted(rows, key=lambda row: int(row.id))
                work.parts = tuple(parts)

    def _resume(self) -> None:
        for work in self._new:
            try:
                self._posting.resume(work, self._policy)
            except RejectedError as error:
                self._fail({work.ref: error})

    def _examine(self) -> None:
        """The checks before any write. An order that exists goes on without a plan when there is a problem now."""
        before = self._ws.now() - A_MOMENT
        examined = self._examiner.examine([w.draft for w in self._works.values()], self._policy)
        for work in list(self._works.values()):
            found = examined[work.ref]
            work.plan, work.corrections, work.matches = found.plan, found.corrections, found.examination.matches
            work.stock_before = remembered(work.matches, before)
            if found.plan is None and work.row is None:
                self._fail({work.ref: found.examination.problems[0]})

    def _make(self) -> None:
        """Customer, addresses, cart and prices, each kind in one body for all orders that are still new."""
        made = self._customers.give(self._new, self._policy) if self._new else Made()
        self._drop({w.ref: made.errors.get((w.email,)) for w in self._new})
        if self._new:
            self._drop(_by_ref(self._carts.give_addresses(self._new).errors))
        if self._new:
            self._drop(_by_ref(self._carts.give_carts(self._new, self._ws.shop_id).errors))
        if self._new:
            refused = _by_ref(self._carts.give_prices(self._new).errors)
            self._leave_carts(refused)
            self._drop(refused)

    def _leave_carts(self, errors: Mapping[str, CdsyncError]) -> None:
        """A cart that takes no price of ours has one that somebody changed: the next attempt is made with another."""
        for ref, error in errors.items():
            refused = isinstance(error, RejectedError) and not isinstance(error, ContentBlockedError)
            if refused and ORDER not in self._works[ref].steps:
                self._journal.forget(ref, CART)
                self._journal.forget(ref, PRICES)

    def _drop(self, errors: Mapping[str, CdsyncError | None]) -> None:
        self._fail({ref: error for ref, error in errors.items() if error is not None})

    def _post(self) -> None:
        silent = 0
        for work in self._new:
            if silent >= MOST_SILENT:
                self._fail({work.ref: TemporaryError("shop.timeout", host=self._ws.host)})
                continue
            try:
                self._posting.post(work, self._policy)
                work.posted, silent = True, 0
            except TemporaryError as error:
                self._fail({w.ref: error for w in self._new if not w.posted})
                return
            except UnknownOutcomeError as error:
                silent += 1
                self._doubt([error])
                self._fail({work.ref: error})
            except (RejectedError, WrongStateError) as error:
                self._doubt([error])
                self._fail({work.ref: error})

    def _read_back(self) -> None:
        """The orders as they are stored: the answer to the POST only repeats what was sent."""
        missing = {w.ref for w in self._new}
        if missing:
            self._take_rows({ref: rows for ref, rows in self._by_payment().items() if ref in missing})
            carts = {w.cart: w for w in self._new}
            if carts:
                by_cart: dict[str, list[Row]] = defaultdict(list)
                for row in self._posting.orders_of(list(carts)):
                    by_cart[carts[row["id_cart"]].ref].append(row)
                self._take_rows(by_cart)
        self._fail({w.ref: self._posting.unknown(w.cart, 0) for w in self._new})

    def _settle(self) -> None:
        self._canary.saw(row for work in self._works.values() if work.posted for row in work.every_row)
        settled = self._settling.settle([w for w in self._works.values() if not w.parts])
        settled.add(self._splits.settle([w for w in self._works.values() if w.parts]))
        errors = {ref: self._standing.verdict(self._works[ref], error) for ref, error in settled.errors.items()}
        self._doubt(errors.values())
        self._fail(self._putting_away.after(errors, self._works))
        imported = [work for work in self._works.values() if work.ref in settled.orders]
        warnings = self._stock.warnings(imported, self._unsure)
        for ref, order in settled.orders.items():
            parts, odd = settled.parts.get(ref, ()), warnings.get(ref, ())
            self._results.append(self._works.pop(ref).imported(order, parts, odd))


def _by_ref(errors: Mapping[Key, CdsyncError]) -> dict[str, CdsyncError]:
    """Keys start with the order's ref; an order with two failed entities has one problem."""
    return {key[0]: error for key, error in reversed(list(errors.items()))}

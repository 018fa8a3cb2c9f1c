"""The one request that makes a shop order: one at a time, once per cart, and after any doubt only after looking.

A 500, an HTML page or no answer at all may each come with the order existing (recorded on 9.1.4), and the shop's own
guard does not hold against two requests at once: so a cart is posted again only when the shop's time limit has passed
and `orders?filter[id_cart]` still knows nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, NoReturn

from cdsync.errors import CdsyncError, ConfigError, RejectedError, TemporaryError, UnknownOutcomeError

from ...base import MOVES_STOCK, ImportPolicy, Journal
from ...http.client import about
from ..webservice.client import Webservice
from ..webservice.errors import BlockedError, ContentBlockedError
from ..webservice.filters import equal
from ..webservice.xml import Row
from .doubt import may_be_at_work
from .entities import claimed
from .mapper import order_body
from .stages import Begun, WithCart
from .steps import CART, ORDER

SAVE_FAILED = "46"
HELD_BACK = (
    BlockedError,
    ContentBlockedError,
)  # perhaps only the shop's answer was, by a firewall that reads those too
CRASHES = "crashes"
MOST_CRASHES = 2
PHP_STOPPED = (200, 500)  # not a proxy that lost patience (502, 504): behind it PHP may still be at work


class Posting:
    """clock: aware UTC now; wait: seconds after which a request that was not answered is surely over."""

    def __init__(self, webservice: Webservice, journal: Journal, clock: Callable[[], datetime], wait: float) -> None:
        self._ws = webservice
        self._journal = journal
        self._clock = clock
        self._wait = wait

    def post(self, order: WithCart, policy: ImportPolicy) -> None:
        """Makes the order of the cart. Afterwards it exists; read it back, the answer only echoes what was sent.

        Raises RejectedError (refused, nothing made), UnknownOutcomeError, TemporaryError (not made), ConfigError,
        WrongStateError (the claim was lost).
        """
        crashes = self._crashes(order)
        self._begin(order, crashes, moves_stock=True)
        addresses = order.delivery, order.invoice
        body = order_body(order.plan, policy.payment_module, order.customer, *addresses, order.cart)
        try:
            with about(order.ref):
                made = self._ws.create("orders", [body])
        except CdsyncError as error:
            self._after_failure(order, error, crashes)
        else:
            order.begun.heard.answered.add(ORDER)
            self._done(order, made[0].id)

    def _begin(self, order: WithCart, crashes: int, *, moves_stock: bool = False) -> None:
        intent: dict[str, Any] = {CART: order.cart, CRASHES: crashes, **order.checked.stock_before}
        if moves_stock:
            intent[MOVES_STOCK] = True
        if order.ref not in self._journal.begin(ORDER, {order.ref: intent}):
            raise claimed()

    def _after_failure(self, order: WithCart, error: CdsyncError, crashes: int) -> None:
        """Returns when the order is there after all, and the shop has nothing more to do for it."""
        if may_be_at_work(error):
            self._wait_out(order, error)
        if isinstance(error, HELD_BACK) and self._found(order):
            return
        if isinstance(error, ConfigError) or (isinstance(error, RejectedError) and not _doubtful(error)):
            self._journal.forget(order.ref, ORDER)
            raise error
        if self._found(order):
            return
        if isinstance(error, TemporaryError):
            self._journal.forget(order.ref, ORDER)
            raise error
        self._begin(order, crashes + (error.data.get("status") in PHP_STOPPED or isinstance(error, RejectedError)))
        self._journal.stock_moved(ORDER)
        raise self.unknown(order.cart, self._wait) from error

    def _wait_out(self, order: WithCart, error: CdsyncError) -> NoReturn:
        """The shop may still be making the order: whatever it looks like now, it is asked again later.

        One that has a status has taken its pieces from stock, so that the others of the batch may be made.
        """
        self._journal.unanswered(ORDER, [order.ref])
        if any(_has_status(row) for row in self._look(order.begun, order.cart)):
            self._journal.stock_moved(ORDER)
        raise self.unknown(order.cart, self._wait) from error

    def look_after_death(self, order: Begun) -> None:
        """The same of an earlier attempt's request, whose process may not have lived to see its end."""
        step = order.steps[ORDER]
        if any(_has_status(row) for row in self._look(order, str(step.data.get(CART, "")))):
            self._journal.stock_moved_before(ORDER, order.ref)

    def _found(self, order: WithCart) -> bool:
        """Whether the order is there after all, though PHP did not say so: what it lacks may yet come."""
        found = self._look(order.begun, order.cart)
        order.begun.heard.unanswered.add(ORDER)
        if found:
            self._done(order, found[0].id)
        return bool(found)

    def _look(self, order: Begun, cart: str) -> list[Row]:
        """The cart's orders, as far as the shop answers now; nothing found proves nothing yet."""
        try:
            with about(order.ref):
                return self.orders_of([cart])
        except TemporaryError:
            return []

    def orders_of(self, carts: list[str]) -> list[Row]:
        return self._ws.rows_where("orders", "id_cart", carts)

    def _done(self, order: WithCart, shop_ref: str) -> None:
        self._journal.done(ORDER, {order.ref: {ORDER: shop_ref, CART: order.cart}})

    def _crashes(self, order: WithCart) -> int:
        step = order.begun.steps.get(ORDER)
        same = step is not None and not step.done and step.data.get(CART) == order.cart
        return int(step.data.get(CRASHES, 0)) if step is not None and same else 0

    def resume(self, order: Begun, policy: ImportPolicy) -> None:
        """What an earlier attempt left of this step, when no order was found for it: returns when posting may go on.

        Raises RejectedError when the shop crashed on this cart again and again, ConfigError when it has never taken
        an order by this payment module.
        """
        step = order.steps.get(ORDER)
        if step is None:
            return
        cart = str(step.data.get(CART, ""))
        if not step.done and int(step.data.get(CRASHES, 0)) >= MOST_CRASHES:
            self._journal.forget(order.ref, ORDER)
            self._give_up(cart, policy)

    @staticmethod
    def unknown(cart: str, wait: float) -> UnknownOutcomeError:
        return UnknownOutcomeError("shop.order_unknown", cart=cart, retry_after=max(wait, 1.0))

    def _give_up(self, cart: str, policy: ImportPolicy) -> NoReturn:
        """PrestaShop does not say why it crashes: a module that is missing, or a fault of a shop's module."""
        module = policy.payment_module
        if not self._ws.rows("orders", {"module": equal(module)}, display="[id]", limit="0,1"):
            raise ConfigError("shop.payment_module_missing", module=module)
        message = f"PrestaShop stopped without an answer each time cart {cart} was ordered; its error log says why."
        raise RejectedError("shop.refused", resource="orders", field="", message=message, shop_code="500")


def _has_status(row: Row) -> bool:
    return row["current_state"] not in ("", "0")


def _doubtful(error: RejectedError) -> bool:
    """ "Unable to save" comes after the attempt to save; every other code before it."""
    return error.data.get("shop_code") == SAVE_FAILED

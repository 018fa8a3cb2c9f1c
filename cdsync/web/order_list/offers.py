"""A button that a list of orders or the page of one offers, and which ones the page of one does. No database."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for

from cdsync import states
from cdsync.models import Order
from cdsync.order_lists.selection import ACCEPT, IMPORT, LEAVE_OUT, RETRY, RETRYABLE, TAKE_BACK
from cdsync.orders import may_take_back

from ..shell.explaining import place
from ..text.language import _

MAIN, DANGER = "main", "danger"


@dataclass(frozen=True)
class Offer:
    """A button that sends `do` with the form, or a link to `url`. look: "main", "danger" or "".

    by_script: it means all that match, which a page without JavaScript does not offer. asks: a page that asks once
    more, shown in place by HTMX.
    """

    words: str
    do: str = ""
    url: str = ""
    look: str = ""
    by_script: bool = False
    asks: bool = False


def for_one(order: Order, *, merchant: bool) -> list[Offer]:
    """What the head of an order's page offers while no run has it, besides reading it again; the last is the main."""
    if merchant and order.state == states.TO_ACCEPT:
        question = url_for("orders.order_refusal", ref=order.marketplace_ref)
        return [
            Offer(_("Refuse…"), url=question, look=DANGER, asks=True),
            Offer(_("Accept this order"), ACCEPT, look=MAIN),
        ]
    if merchant and order.state == states.TO_IMPORT:
        again = order.problem_code and order.attempts
        return [
            Offer(_("Leave out: entered by hand"), LEAVE_OUT),
            Offer(_("Import again") if again else _("Import this order"), IMPORT, look=MAIN),
        ]
    if merchant and may_take_back(order):
        return [Offer(_("Take back: ready to import"), TAKE_BACK)]
    if order.problem_code and order.problem_operation in RETRYABLE:
        return [Offer(_("Try again"), RETRY, look=MAIN)]
    in_the_shop = place("shop.order", order)
    return [Offer(_("Open in the shop"), url=in_the_shop, look=MAIN)] if in_the_shop else []

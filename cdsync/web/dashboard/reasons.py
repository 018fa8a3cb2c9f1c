"""Why orders are not in the shop: each reason in words, with the list of its orders. No database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from cdsync import states
from cdsync.order_lists import tabs
from cdsync.order_lists.order_filter import NO_PROBLEM
from cdsync.overview.figures import LOOKED_THROUGH, HeldBack

from ..shell.explaining import explain
from ..text.language import _


@dataclass(frozen=True)
class Reason:
    """tone: the class of its words, "" where nothing is the matter. oldest: since when one stands there, if told."""

    count: int
    text: str
    tone: str
    url: str
    others: int = 0  # more causes of the same kind
    at_least: bool = False  # so many others, for not all were looked at
    oldest: datetime | None = None


def reason(of: HeldBack, *, imported_by_itself: bool) -> Reason:
    """imported_by_itself: whether imports have a schedule here (cron may have one)."""
    if of.code:
        told = explain(of.code, of.data)
        url = url_for("orders.page", tab=tabs.PROBLEMS, problem=of.code)
        tone = "text-bad" if told.severity == "red" else "text-wait"
        return Reason(of.count, told.title, tone, url, others=of.kinds - 1, at_least=of.count > LOOKED_THROUGH)
    tab = tabs.WAITING if of.state in states.WAITING else of.state
    url = url_for("orders.page", tab=tab, problem=NO_PROBLEM)
    return Reason(of.count, _waits(of.state, imported_by_itself), "", url, oldest=of.oldest)


def _waits(state: str, imported_by_itself: bool) -> str:
    """Why an order without a problem is not in the shop."""
    known = {
        states.ANNOUNCED: _("The marketplace is still checking them"),
        states.TO_ACCEPT: _("Waiting to be accepted or refused"),
        states.ACCEPTED: _("Accepted; the marketplace is checking the payment"),
        states.TO_IMPORT: _("Ready for the next import") if imported_by_itself else _("Ready to import"),
    }
    return known.get(state, state)

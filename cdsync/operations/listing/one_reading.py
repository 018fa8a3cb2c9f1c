"""One reading of the marketplace's list by a lookup: from when on, where it stands, and what is kept at its end."""

from __future__ import annotations

from dataclasses import replace

from cdsync import runs
from cdsync.bookkeeping import arrivals, list_readings
from cdsync.connectors.base import OrderPage
from cdsync.db import now, transaction

from ..shared.context import RunContext
from .keeping_pages import KeptPage
from .window import short_window_start, window_start


class OneReading:
    """Of the whole window, going on where the last one ended too soon; or short, of what came since the last lookup,
    for a run that the marketplace's own word began. A short one keeps no place and never counts as a whole one.
    """

    def __init__(self, context: RunContext) -> None:
        self._context = context
        self.is_short = context.trigger == runs.ARRIVAL
        self._begun = self._begin()
        self._mark = ""
        self.told: set[int] = set()  # ids of the orders it told anything new of

    @property
    def begun(self) -> list_readings.Begun:
        """Since when, and from which place on."""
        return self._begun

    def kept(self, page: OrderPage, kept: KeptPage) -> None:
        """A page is kept: where it said so, a later reading goes on behind it. Commits then."""
        self._mark = page.mark
        self.told.update(stored.order_id for _, stored in kept.stored)
        if page.place and page.place != self._begun.place:
            self._begun = replace(self._begun, place=page.place)
            if not self.is_short:
                with transaction() as session:
                    list_readings.keep_place(session, self._context.account_id, self._begun)

    def end(self) -> None:
        """It came to its end. Commits."""
        account_id, seller = self._context.account_id, self._begun.seller
        with transaction() as session:
            if not self.is_short:
                list_readings.end(session, account_id, self._begun)
            arrivals.listed(session, account_id, seller, self._mark, anything=bool(self.told))

    def _begin(self) -> list_readings.Begun:
        seller = self._context.seller_home.seller
        if self.is_short:
            return list_readings.Begun(seller, short_window_start(self._context), now(), "")
        unfinished = list_readings.unfinished(self._context.account_id, seller)
        return unfinished or list_readings.Begun(seller, window_start(self._context), now(), "")

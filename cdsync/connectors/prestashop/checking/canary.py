"""Whether the shop still reckons as the import does, asked before orders are made: once a day, and after a change.

A difference is no order's fault: it stops every import of the account with one problem, before anything is written. It
is then asked by each run, so that imports go on as soon as it is mended. A shop that does not know the question is
imported into all the same: what it makes of an order is compared when the order is read back.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from cdsync.errors import CdsyncError, ConfigError, TemporaryError

from ...base import Cache, Check
from ..shop_data import improved_shipment
from ..shop_data.cart_rules import SWITCH as CART_RULES
from ..shop_data.reference import Reference
from ..webservice.client import Webservice
from ..webservice.errors import RightMissingError
from ..webservice.xml import Row
from .price_question import NotTold, PriceQuestion, asked_of

KEPT = timedelta(hours=24)
NAME = "what the shop charges"
ASKED_AT, OF, WELL, APART_AFTER = "asked_at", "of", "well", "apart_after"


class Canary:
    """cache: where its last answer is remembered from one run to the next. clock: aware UTC now."""

    def __init__(
        self, webservice: Webservice, reference: Reference, cache: Cache, clock: Callable[[], datetime]
    ) -> None:
        self._ws = webservice
        self._reference = reference
        self._cache = cache
        self._clock = clock
        self._prices = PriceQuestion(webservice, reference)
        self._name = f"{NAME} {webservice.mark}"
        self._asked = False
        self._error: ConfigError | None = None

    def before_import(self) -> None:
        """Asks where that is due. Raises ConfigError `shop.prices_differ` or `shop.shipments_apart`."""
        if not self._asked:
            with suppress(RightMissingError):  # the import's own requests say what it lacks
                self._look()
            self._asked = True
        if self._error:
            raise self._error

    def _look(self) -> None:
        _ = self._reference.carriers  # which each run reads itself, and with them the shop's version
        before, of = self._cache.recall(self._name) or {}, self._of()
        if not self._holds(before, of):
            apart_after = str(before.get(APART_AFTER, ""))
            told, self._error = self._answer(apart_after)
            if told:
                kept = {APART_AFTER: apart_after} if apart_after and self._error else {}
                self._remember(of, self._error is None, kept)

    def _holds(self, before: Mapping[str, Any], of: str) -> bool:
        if not before.get(WELL) or before.get(OF) != of:
            return False
        return timedelta(0) <= self._clock() - datetime.fromisoformat(str(before[ASKED_AT])) < KEPT

    def _answer(self, apart_after: str) -> tuple[bool, ConfigError | None]:
        """Whether the shop answered, and what is wrong. One that is away says so at the import's own requests."""
        try:
            if self._is_apart(apart_after):
                return True, improved_shipment.error()
            return True, self._prices.difference()
        except NotTold:
            return True, None
        except TemporaryError:
            return False, None

    def _is_apart(self, after: str) -> bool:
        if not improved_shipment.may_be_on(self._ws):
            return False
        seen = improved_shipment.seen(self._ws, after or "0")
        return after != "" if seen is None else seen

    def saw(self, orders: Iterable[Row]) -> None:
        """Orders just made: one that came without a carrier stops the imports that would follow."""
        came = [row for row in orders if improved_shipment.came_apart(row)]
        if came and improved_shipment.may_be_on(self._ws):
            self._error = improved_shipment.error()
            self._remember(self._of(), False, {APART_AFTER: max((row.id for row in came), key=int)})

    def _remember(self, of: str, well: bool, more: Mapping[str, str]) -> None:
        self._cache.remember(self._name, {ASKED_AT: self._clock().isoformat(), OF: of, WELL: well, **more})

    def _of(self) -> str:
        """Changes with the shop's version and with every setting that moves a price."""
        settings = self._reference.settings
        made_of = [self._ws.version_text, asked_of(settings), settings.get(CART_RULES, "")]
        return hashlib.sha256(json.dumps(made_of).encode()).hexdigest()[:16]

    def checks(self) -> list[Check]:
        """The lines of "Test connection": asked anew, whatever is remembered."""
        lines = [self._line("prices", self._of_prices)]
        if improved_shipment.may_be_on(self._ws):
            lines.append(self._line("shipments", self._of_shipments))
        return lines

    def _line(self, name: str, look: Callable[[], str]) -> Check:
        try:
            return Check(name, True, look())
        except CdsyncError as error:
            return Check(name, False, code=error.code, data=error.data)

    def _of_prices(self) -> str:
        try:
            error = self._prices.difference()
        except NotTold:
            return "not compared: your shop does not tell them; each order is compared when it is read back"
        if error:
            raise error
        return "as expected, to six decimals"

    def _of_shipments(self) -> str:
        seen = improved_shipment.seen(self._ws, closely=True)
        if seen:
            raise improved_shipment.error()
        return "no order to tell by yet" if seen is None else "kept on the order"

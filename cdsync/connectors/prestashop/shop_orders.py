"""What became of orders in the shop: found again, listed, and moved to another status. Makes none.

A tracking number typed in the back office does not touch `orders.date_upd` on 8.x and 9.x: numbers are read from
`order_carriers` for every order given back, and open orders are to be asked for by `find`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial

from cdsync.errors import RejectedError

from ..base import ShopOrder
from ..http.read_retry import Pauses
from .addresses.cleaning import payment_text
from .creating.mapper import shop_time
from .finishing.parcels import by_order, parcel_of
from .finishing.read_back import shop_order
from .shop_data.reference import Reference
from .webservice.client import Webservice
from .webservice.filters import Term, above, begins
from .webservice.xml import Row, Value

PAGE = 100


class Watching:
    """Reads orders with their tracking numbers. Times are aware UTC; money includes tax."""

    def __init__(self, webservice: Webservice, reference: Reference) -> None:
        self._ws = webservice
        self._reference = reference

    def find(self, payment_texts: Sequence[str] = (), shop_refs: Sequence[str] = ()) -> list[ShopOrder]:
        """The orders with one of the payment texts, and those with one of the ids; in the order of their ids."""
        texts = {payment_text(t).casefold(): payment_text(t) for t in payment_texts}
        rows = {
            r.id: r
            for r in self._ws.rows_where("orders", "payment", texts.values())
            if r["payment"].casefold() in texts
        }
        rows |= {r.id: r for r in self._ws.rows_where("orders", "id", shop_refs)}
        return self._orders(sorted(rows.values(), key=lambda r: int(r.id)))

    def marketplace_orders(self, since: datetime, title: str) -> Iterator[ShopOrder]:
        """Orders made since whose payment text starts with `title`, by id; with "" every order."""
        moment = shop_time(since, self._reference.timezone)
        begin = payment_text(title)
        named: dict[str, Term] = {"payment": begins(begin)} if begin else {}
        for order in self._pages({"date_add": above(moment), **named}):
            if order.payment_text.casefold().startswith(begin.casefold()):
                yield order

    def buyers(self, shop_refs: Sequence[str]) -> dict[str, str]:
        """First and last name of the customer of each order, by the order's id."""
        rows = self._ws.rows_where("orders", "id", shop_refs, display="[id,id_customer]")
        wanted = {row["id_customer"] for row in rows}
        people = self._ws.rows_where("customers", "id", wanted, display="[id,firstname,lastname]")
        names = {each.id: f"{each['firstname']} {each['lastname']}".strip() for each in people}
        return {row.id: names[row["id_customer"]] for row in rows if row["id_customer"] in names}

    def set_status(self, shop_ref: str, status_ref: str) -> None:
        """Moves an order; nothing is written when it is there already, since each move writes history and mails."""
        status = self._reference.status(status_ref)
        rows = self._ws.rows_where("orders", "id", [shop_ref])
        if not rows:
            raise RejectedError("shop.refused", resource="orders", field="id", message="no such order", shop_code="404")
        if rows[0]["current_state"] == status_ref:
            return
        changes: dict[str, Value] = {"current_state": status_ref}
        if not self._ws.has_patch:  # a PUT of the order as read would put back what the new status decides
            changes["valid"] = int(status.counts_as_sale)
        self._ws.update("orders", [(rows[0], changes)])

    def _pages(self, filters: Mapping[str, Term]) -> Iterator[ShopOrder]:
        """Page by page by id, which no change shifts; pauses that the shop asks for are kept."""
        last, pauses = "0", Pauses()
        while True:
            wanted = {"id": above(last), **filters}
            read = partial(self._ws.rows, "orders", wanted, date=True, sort="[id_ASC]", limit=f"0,{PAGE}")
            rows = pauses.kept(read)
            yield from pauses.kept(partial(self._orders, rows))
            if len(rows) < PAGE:
                return
            last = rows[-1].id

    def _orders(self, rows: Sequence[Row]) -> list[ShopOrder]:
        if not rows:
            return []
        carried = by_order(self._ws.rows_where("order_carriers", "id_order", [r.id for r in rows]))
        return [
            shop_order(row, self._reference, parcel_of(carried.get(row.id, ())), self._currency(row)) for row in rows
        ]

    def _currency(self, row: Row) -> str:
        return next((c for c, r in self._reference.currencies.items() if r.id == row["id_currency"]), "")

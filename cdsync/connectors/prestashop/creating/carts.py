"""Addresses, carts and imposed prices of a batch's orders: one body for each kind, found again after a crash.

Addresses are found by customer and alias, carts by customer and what is in them, prices by cart. Makes no order.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from ..checking.plan import Plan
from ..webservice.client import Webservice
from ..webservice.filters import equal
from ..webservice.xml import Row
from .entities import Item, Key, Made, Maker, holds
from .mapper import address_body, alias, cart_body, delivery_option, price_body
from .work import ADDRESSES, CART, PRICES, Work


class Carts:
    def __init__(self, webservice: Webservice, maker: Maker) -> None:
        self._ws = webservice
        self._maker = maker

    def give_addresses(self, works: Sequence[Work]) -> Made:
        """Sets `delivery` and `invoice`."""
        items = [
            Item((w.ref,), (w.ref, kind), address_body(_plan(w), w.customer, kind), name)
            for w in works
            for kind, name in (("D", "delivery"), ("I", "invoice"))
        ]
        doubtful = [i.key for i in items if _work(works, i).left_over(ADDRESSES)]
        made = self._maker.make(ADDRESSES, "addresses", items, self._find_addresses, doubtful)
        for work in works:
            work.delivery, work.invoice = made.ids.get((work.ref, "D"), ""), made.ids.get((work.ref, "I"), "")
        return made

    def _find_addresses(self, items: Sequence[Item]) -> Mapping[Key, str]:
        """The order's own address with the same content; an older one with other content is left alone."""
        aliases = [alias(*item.key) for item in items]
        rows = self._ws.rows_where("addresses", "alias", aliases, filters={"deleted": equal("0")})
        rows.sort(key=lambda r: int(r.id))
        return {item.key: row.id for item in items for row in rows if holds(row, item.body)}  # type: ignore[arg-type]

    def give_carts(self, works: Sequence[Work], shop: str) -> Made:
        """Sets `cart`."""
        by_ref = {w.ref: w for w in works}
        items = [
            Item((w.ref,), (w.ref,), cart_body(_plan(w), w.customer, w.delivery, w.invoice, shop), CART,
                 {"fingerprint": _plan(w).fingerprint()})
            for w in works
        ]  # fmt: skip
        doubtful = [i.key for i in items if by_ref[i.key[0]].left_over(CART)]

        def find(asked: Sequence[Item]) -> Mapping[Key, str]:
            return self._find_carts([by_ref[i.key[0]] for i in asked])

        made = self._maker.make(CART, "carts", items, find, doubtful)
        for work in works:
            work.cart = made.ids.get((work.ref,), "")
        return made

    def _find_carts(self, works: Sequence[Work]) -> dict[Key, str]:
        rows = self._ws.rows_where("carts", "id_customer", [w.customer for w in works])
        rows.sort(key=lambda r: int(r.id))
        return {(w.ref,): row.id for w in works for row in rows if _is_cart_of(w, row)}

    def give_prices(self, works: Sequence[Work]) -> Made:
        """One row per cart row, under the keys (ref, product, combination)."""
        items = [
            Item((w.ref,), (w.ref, *row.key), price_body(row, w.customer, w.cart), "price", {CART: w.cart})
            for w in works
            for row in _plan(w).rows
        ]
        doubtful = [i.key for i in items if _work(works, i).left_over(PRICES)]
        return self._maker.make(PRICES, "specific_prices", items, self._find_prices, doubtful)

    def _find_prices(self, items: Sequence[Item]) -> Mapping[Key, str]:
        """Whatever is in them counts: a reduction or a quantity of its own would be another price."""
        rows = self._ws.rows_where("specific_prices", "id_cart", [str(i.body["id_cart"]) for i in items])
        return {item.key: row.id for item in items for row in rows if holds(row, item.body)}  # type: ignore[arg-type]


def _is_cart_of(work: Work, row: Row) -> bool:
    """Same addresses, currency, carrier and rows; not a cart whose prices were imposed for something else."""
    plan = _plan(work)
    kept = work.steps.get(CART)
    if kept and kept.data.get(CART) == row.id and kept.data.get("fingerprint") != plan.fingerprint():
        return False
    if (row["id_address_delivery"], row["id_address_invoice"]) != (work.delivery, work.invoice):
        return False
    if row["id_currency"] != plan.currency or row.flag("gift"):  # gift wrapping has a price of its own
        return False
    if _option(row["delivery_option"]) != _option(delivery_option(plan, work.delivery)):
        return False
    there = {
        (r.get("id_product"), r.get("id_product_attribute"), r.get("quantity")) for r in row.links.get("cart_rows", ())
    }
    return there == {(r.product, r.combination, str(r.quantity)) for r in plan.rows}


def _option(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _work(works: Sequence[Work], item: Item) -> Work:
    return next(w for w in works if w.ref == item.refs[0])


def _plan(work: Work) -> Plan:
    assert work.plan is not None
    return work.plan

"""Addresses, carts and imposed prices of a batch's orders: one body for each kind, found again after a crash.

Addresses are found by customer and alias, carts by customer and what is in them, prices by cart. Makes no order.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from cdsync.errors import CdsyncError

from ..webservice.client import Webservice
from ..webservice.filters import equal
from ..webservice.xml import Row
from .changes import holds
from .entities import Item, Key, Maker
from .mapper import address_body, alias, cart_body, delivery_option, price_body
from .stages import Given, Planned, WithAddresses, WithCart, WithCustomer
from .steps import ADDRESSES, CART, PRICES


class Carts:
    def __init__(self, webservice: Webservice, maker: Maker) -> None:
        self._ws = webservice
        self._maker = maker

    def give_addresses(self, orders: Sequence[WithCustomer]) -> Given[WithAddresses]:
        items = [
            Item((o.ref,), (o.ref, kind), address_body(o.plan, o.customer, kind), name)
            for o in orders
            for kind, name in (("D", "delivery"), ("I", "invoice"))
        ]
        made = self._maker.make(
            ADDRESSES, "addresses", items, self._find_addresses, _doubtful(ADDRESSES, orders, items)
        )
        errors = _by_ref(made.errors)
        through = [
            WithAddresses(o.checked, o.plan, o.customer, made.ids[o.ref, "D"], made.ids[o.ref, "I"])
            for o in orders
            if o.ref not in errors
        ]
        return Given(through, errors)

    def _find_addresses(self, items: Sequence[Item]) -> Mapping[Key, str]:
        """The order's own address with the same content; an older one with other content is left alone."""
        aliases = [alias(*item.key) for item in items]
        rows = self._ws.rows_where("addresses", "alias", aliases, filters={"deleted": equal("0")})
        rows.sort(key=lambda r: int(r.id))
        return {item.key: row.id for item in items for row in rows if holds(row, item.body)}  # type: ignore[arg-type]

    def give_carts(self, orders: Sequence[WithAddresses], shop: str) -> Given[WithCart]:
        by_ref = {o.ref: o for o in orders}
        items = [
            Item((o.ref,), (o.ref,), cart_body(o.plan, o.customer, o.delivery, o.invoice, shop), CART,
                 {"fingerprint": o.plan.fingerprint()})
            for o in orders
        ]  # fmt: skip

        def find(asked: Sequence[Item]) -> Mapping[Key, str]:
            return self._find_carts([by_ref[i.key[0]] for i in asked])

        made = self._maker.make(CART, "carts", items, find, _doubtful(CART, orders, items))
        errors = _by_ref(made.errors)
        through = [
            WithCart(o.checked, o.plan, o.customer, o.delivery, o.invoice, made.ids[o.ref,])
            for o in orders
            if o.ref not in errors
        ]
        return Given(through, errors)

    def _find_carts(self, orders: Sequence[WithAddresses]) -> dict[Key, str]:
        rows = self._ws.rows_where("carts", "id_customer", [o.customer for o in orders])
        rows.sort(key=lambda r: int(r.id))
        return {(o.ref,): row.id for o in orders for row in rows if _is_cart_of(o, row)}

    def give_prices(self, orders: Sequence[WithCart]) -> Given[WithCart]:
        """One row per cart row, under the keys (ref, product, combination)."""
        items = [
            Item((o.ref,), (o.ref, *row.key), price_body(row, o.customer, o.cart), "price", {CART: o.cart})
            for o in orders
            for row in o.plan.rows
        ]
        made = self._maker.make(PRICES, "specific_prices", items, self._find_prices, _doubtful(PRICES, orders, items))
        errors = _by_ref(made.errors)
        return Given([o for o in orders if o.ref not in errors], errors)

    def _find_prices(self, items: Sequence[Item]) -> Mapping[Key, str]:
        """Whatever is in them counts: a reduction or a quantity of its own would be another price."""
        rows = self._ws.rows_where("specific_prices", "id_cart", [str(i.body["id_cart"]) for i in items])
        return {item.key: row.id for item in items for row in rows if holds(row, item.body)}  # type: ignore[arg-type]


def _doubtful(step: str, orders: Sequence[Planned], items: Sequence[Item]) -> list[Key]:
    """What an earlier attempt may have made."""
    begun = {o.ref for o in orders if o.begun.left_over(step)}
    return [item.key for item in items if item.refs[0] in begun]


def _by_ref(errors: Mapping[Key, CdsyncError]) -> dict[str, CdsyncError]:
    """Keys start with the order's ref; an order with two failed entities has one problem."""
    return {key[0]: error for key, error in reversed(list(errors.items()))}


def _is_cart_of(order: WithAddresses, row: Row) -> bool:
    """Same addresses, currency, carrier and rows; not a cart whose prices were imposed for something else."""
    plan = order.plan
    kept = order.begun.steps.get(CART)
    if kept and kept.data.get(CART) == row.id and kept.data.get("fingerprint") != plan.fingerprint():
        return False
    if (row["id_address_delivery"], row["id_address_invoice"]) != (order.delivery, order.invoice):
        return False
    if row["id_currency"] != plan.currency or row.flag("gift"):  # gift wrapping has a price of its own
        return False
    if _option(row["delivery_option"]) != _option(delivery_option(plan, order.delivery)):
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

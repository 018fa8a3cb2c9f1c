"""What a change of an order's state does: validity, stock, invoice, delivery slip, payments, history.

Source: OrderHistory::changeIdOrderState, Order::setInvoice and Order::setDelivery, checked against the recordings.
"""

from __future__ import annotations

from decimal import Decimal

from ..carts.cart_price import rounded
from ..core import stock
from ..core.errors import Crashed
from ..core.shop import Shop
from ..core.store import Row, number


def change_state(shop: Shop, order: Row, id_state: str, *, use_existing_payment: bool) -> None:
    """Moves an order to a state, without a history line; `order` is a copy of its row and follows."""
    state = shop.store.table("order_states").get(id_state)
    if state is None:
        raise Crashed()
    old = shop.store.table("order_states").get(order["current_state"])
    if old is not None:
        _move_stock(shop, order, old, state)
    _save(shop, order, {"current_state": state["id"], "valid": state["logable"], "date_upd": shop.now()})
    if state["invoice"] == "1" and order["invoice_number"] in ("0", ""):
        _make_invoice(shop, order, use_existing_payment)
    if state["paid"] == "1":
        _pay_the_rest(shop, order)
    if state["delivery"] == "1":
        _make_delivery(shop, order)


def add_history(shop: Shop, id_order: str, id_state: str, id_employee: str = "0") -> None:
    """OrderHistory::add gives the order the line's state once more: a late line takes an order back."""
    line = {"id_order": id_order, "id_order_state": id_state, "id_employee": id_employee, "date_add": shop.now()}
    shop.insert("order_histories", line)
    shop.store.table("orders").update(id_order, {"current_state": id_state})


def set_state(shop: Shop, order: Row, id_state: str) -> bool:
    """The setter behind orders.current_state: nothing when the state is the same, else change and history line."""
    if id_state in ("", "0") or id_state == order["current_state"]:
        return False
    change_state(shop, order, id_state, use_existing_payment=not invoices_of(shop, order["id"]))
    add_history(shop, order["id"], id_state)
    return True


def invoices_of(shop: Shop, id_order: str) -> list[Row]:
    return shop.store.table("order_invoices").where("id_order", id_order)


def _save(shop: Shop, order: Row, values: Row) -> None:
    """Order::update writes the whole object, also what somebody else has changed since it was loaded."""
    order.update(values)
    fields = shop.resources["orders"].fields
    whole = {"id": order["id"]} | {name: value for name, value in order.items() if name in fields}
    shop.store.table("orders").update(order["id"], shop.cast("orders", whole))


def _move_stock(shop: Shop, order: Row, old: Row, new: Row) -> None:
    """Packs stay as they are where an order begins or ends to be a sale: the core leaves them out there alone.

    From "payment error" to a status that is no sale either, stock is lowered from 9.0 on; before, not at all.
    """
    dead = (shop.setting("PS_OS_ERROR"), shop.setting("PS_OS_CANCELED"))
    was_dead, is_dead = old["id"] in dead, new["id"] in dead
    was_sale, is_sale = old["logable"] == "1", new["logable"] == "1"
    if (was_sale and is_sale) or was_dead == is_dead:
        return
    if was_dead and not is_sale and shop.major < 9:
        return
    for detail in shop.store.table("order_details").where("id_order", order["id"]):
        if was_sale != is_sale and _is_pack(shop, detail["product_id"]):
            continue
        quantity = int(detail["product_quantity"]) * (1 if is_dead else -1)
        stock.move(shop, detail["product_id"], detail["product_attribute_id"], quantity)


def _is_pack(shop: Shop, id_product: str) -> bool:
    product = shop.store.table("products").get(id_product)
    return product is not None and product["type"] == "pack"


def _make_invoice(shop: Shop, order: Row, use_existing_payment: bool) -> None:
    if invoices_of(shop, order["id"]):
        return
    shop.store.counters["invoice"] += 1
    number_, now = str(shop.store.counters["invoice"]), shop.now()
    same = [
        "total_paid_tax_excl",
        "total_paid_tax_incl",
        "total_products",
        "total_products_wt",
        "total_shipping_tax_excl",
        "total_shipping_tax_incl",
        "total_wrapping_tax_excl",
        "total_wrapping_tax_incl",
    ]
    invoice = {name: order[name] for name in same} | {
        "id_order": order["id"],
        "number": number_,
        "total_discount_tax_excl": order["total_discounts_tax_excl"],
        "total_discount_tax_incl": order["total_discounts_tax_incl"],
        "shop_address": shop.name,
        "date_add": now,
    }
    id_ = str(shop.insert("order_invoices", invoice))
    carrier = next(iter(shop.store.table("order_carriers").where("id_order", order["id"])), None)
    if carrier is not None:
        shop.store.table("order_carriers").update(carrier["id"], {"id_order_invoice": id_})
    for detail in shop.store.table("order_details").where("id_order", order["id"]):
        shop.store.table("order_details").update(detail["id"], {"id_order_invoice": id_})
    if use_existing_payment:
        payments = shop.store.table("order_payments").where("order_reference", order["reference"])
        linked = [payment["id"] for payment in payments]
        shop.store.table("order_invoices").update(id_, {"payments": linked})
    _save(shop, order, {"invoice_number": number_, "invoice_date": now})


def _pay_the_rest(shop: Shop, order: Row) -> None:
    for invoice in invoices_of(shop, order["id"]):
        linked = invoice.setdefault("payments", [])
        payments = (shop.store.table("order_payments").get(one) for one in linked)
        paid = sum((number(one["amount"]) for one in payments if one), Decimal(0))
        rest = rounded(number(invoice["total_paid_tax_incl"]) - paid)
        if rest > 0:
            method = shop.modules.get(order["module"], "") if number(order["total_paid"]) else ""
            real = number(order["total_paid_real"]) + rest
            _save(shop, order, {"total_paid_real": f"{real:.6f}"})
            order["total_paid_real"] = plain(real)
            linked.append(str(add_payment(shop, order, rest, method)))


def plain(value: Decimal) -> str:
    """The number as PHP shows a float: without zeros at its end."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def add_payment(shop: Shop, order: Row, amount: Decimal, method: str) -> int:
    """A payment row of the order, in its currency; returns its id."""
    payment = {
        "order_reference": order["reference"][:9],
        "id_currency": order["id_currency"],
        "amount": f"{amount:.6f}",
        "payment_method": method,
        "conversion_rate": order["conversion_rate"],
        "date_add": shop.now(),
    }
    return shop.insert("order_payments", payment)


def _make_delivery(shop: Shop, order: Row) -> None:
    now = shop.now()
    values = {"delivery_date": now}
    for invoice in invoices_of(shop, order["id"]):
        if invoice["delivery_number"] == "0":
            shop.store.counters["delivery"] += 1
            slip = {"delivery_number": str(shop.store.counters["delivery"]), "delivery_date": now}
            shop.store.table("order_invoices").update(invoice["id"], slip)
            values["delivery_number"] = slip["delivery_number"]
    _save(shop, order, values)

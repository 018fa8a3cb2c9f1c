"""The shapes of what comes over the border: money is Decimal, time is aware UTC, references are texts."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from ...errors import CdsyncError, RejectedError
from ...states import STATES
from ..line_total import line_total
from ..marketplace_records import Address, MarketplaceLine, MarketplaceOrder, UnreadableOrder
from ..shop_records import ProductMatch, ShopOrder


def check_money(value: object, what: str) -> None:
    assert isinstance(value, Decimal), f"{what} is a Decimal, not {value!r}"
    assert value.is_finite(), f"{what} is an amount"


def check_moment(value: datetime | None, what: str) -> None:
    if value is not None:
        assert value.utcoffset() == timedelta(0), f"{what} is an aware time in UTC, not {value!r}"


def check_texts(record: object, *names: str, filled: Iterable[str] = ()) -> None:
    """These fields are texts, and those of `filled` are not empty."""
    for name in (*names, *filled):
        value = vars(record)[name]
        assert isinstance(value, str), f"{name} is a text, not {value!r}"
    for name in filled:
        assert vars(record)[name], f"{name} is not empty"


def check_error(error: CdsyncError) -> None:
    """Its data can be kept, and shown in a sentence."""
    assert isinstance(error, RejectedError), f"{error!r} is a RejectedError: it is this order's"
    json.dumps(error.data)


def check_problems(errors: Iterable[CdsyncError], code: str) -> None:
    """What stands against an order, this among it."""
    found = list(errors)
    for each in found:
        check_error(each)
    assert code in [each.code for each in found], f"{code} is not among {found}"


def check_reading(entry: MarketplaceOrder | UnreadableOrder) -> None:
    """An entry of the marketplace's list, or its answer for one order."""
    if isinstance(entry, UnreadableOrder):
        check_texts(entry, "ref", "reference", "status", filled=("raw",))
        check_error(entry.error)
        return
    assert isinstance(entry, MarketplaceOrder), f"{entry!r} is an order"
    check_texts(entry, "sales_channel", "customer_ref", filled=("ref", "reference", "status", "raw"))
    assert entry.state is None or entry.state in STATES, f"{entry.state!r} is one of cdsync.states"
    assert len(entry.currency) == 3, f"{entry.currency!r} is an ISO 4217 code"
    assert entry.currency.isupper(), f"{entry.currency!r} is an ISO 4217 code"
    if entry.total is not None:
        check_money(entry.total, "total")
    for name in ("purchased_at", "created_at", "updated_at", "accept_by", "ship_by"):
        check_moment(vars(entry)[name], name)
    refs = [line.line_ref for line in entry.lines]
    assert len(refs) == len(set(refs)), f"two lines of one line_ref: {refs}"
    for line in entry.lines:
        _check_line(line)
    for fee in entry.fees:
        check_money(fee.amount, f"the fee {fee.label}")
    for address in filter(None, (entry.billing, entry.shipping)):
        _check_address(address)
    for error in entry.faults:
        check_error(error)


def _check_line(line: MarketplaceLine) -> None:
    check_texts(line, "title", "status", "sent_by", "gtin", "delivery_mode", "sku", filled=("line_ref",))
    assert type(line.quantity) is int, f"quantity is a whole number, not {line.quantity!r}"
    for name in ("unit_price", "shipping", "total"):
        check_money(vars(line)[name], name)
    assert line.total == line_total(line.quantity, line.unit_price), "total is the line_total"
    for name in ("vat_rate", "commission"):
        if vars(line)[name] is not None:
            check_money(vars(line)[name], name)
    check_moment(line.ship_by, "ship_by")


def _check_address(address: Address) -> None:
    check_texts(address, *(name for name in vars(address) if name != "lines"))
    assert isinstance(address.lines, tuple), "the lines of an address are a tuple"
    code = address.country_code
    assert code == "" or (len(code) == 2 and code.isupper()), f"{code!r} is an ISO 3166 alpha-2 code"


def check_shop_order(order: ShopOrder) -> None:
    """A shop order read back."""
    assert isinstance(order, ShopOrder), f"{order!r} is a ShopOrder"
    texts = ("cart_ref", "currency", "invoice_number", "tracking_number", "carrier_ref", "url", "status_name")
    check_texts(order, *texts, filled=("shop_ref", "reference", "status_ref", "payment_text"))
    for name in ("total_paid", "payments", "total_products", "total_shipping"):
        check_money(vars(order)[name], name)
    if order.total_without_tax is not None:
        check_money(order.total_without_tax, "total_without_tax")
    check_moment(order.created_at, "created_at")


def check_match(match: ProductMatch) -> None:
    """A product that fits a SKU."""
    assert isinstance(match, ProductMatch), f"{match!r} is a ProductMatch"
    check_texts(match, "name", "matched_by", filled=("product_ref", "combination_ref"))
    assert type(match.stock) is int, f"stock is pieces, not {match.stock!r}"
    if match.vat_rate is not None:
        check_money(match.vat_rate, "vat_rate")

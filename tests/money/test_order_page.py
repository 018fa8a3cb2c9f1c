"""The order page's money: added up with Decimal, and the same as the shop's rows, for orders taken all the way."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from flask import Flask, render_template
from sqlalchemy import select

from cdsync import runs, settings
from cdsync.db import db
from cdsync.models import Account, Order
from cdsync.operations import runner
from cdsync.orders.shop_side.money_proof import MoneyProof
from cdsync.sandbox.octopia import OctopiaSandbox
from cdsync.sandbox.prestashop import PrestaShopSandbox
from cdsync.web.one_order.view import OrderView
from tests.conftest import settings_for

from .catalogue import ARTICLES, FEE_SKU
from .exact import order_tax_tolerance
from .importing import expected
from .random_orders import RandomOrder, random_orders
from .shop_settings import ShopSettings, rehearsal_shop
from .verdict import Ledger, ledger_of

SETTINGS = ShopSettings(ecotax_group="1")
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Imported:
    """One order with what its page computes and what the shop holds."""

    order: RandomOrder
    proof: MoneyProof
    ledger: Ledger

    @property
    def row(self) -> dict[str, str]:
        (row,) = self.ledger.of("orders", f"Cdiscount {self.order.ref}")
        return row


@pytest.mark.parametrize(
    "number", [pytest.param(12, id="a sample"), pytest.param(200, id="200", marks=pytest.mark.faults)]
)
def test_the_page_of_random_orders_adds_up_and_says_what_the_shop_holds(
    app: Flask, market: OctopiaSandbox, number: int
) -> None:
    orders = list(random_orders(f"page {number}", number))
    with rehearsal_shop(SETTINGS) as shop:
        account = _account(market, shop)
        for order in orders:
            market.add(order.json)
        for operation in ("lookup", "import"):
            runner.execute(runs.start(account, operation, trigger="cli").id)
        ledger = ledger_of(shop)
        stored = _stored(account)

    for order in orders:
        view = OrderView(account, stored[order.ref])
        if expected(order, SETTINGS):
            assert stored[order.ref].problem_code in expected(order, SETTINGS)
            assert view.proof.shop == ()
            assert view.proof.difference == order.off_by
        else:
            _check(Imported(order, view.proof, ledger))
    shown = next(order for order in orders if not expected(order, SETTINGS))
    with app.test_request_context():
        text = render_template("one_order/_money.html", view=OrderView(account, stored[shown.ref]))
    assert "adds up to the cent" in text
    assert text.count("difference 0.00") == 2


def _account(market: OctopiaSandbox, shop: PrestaShopSandbox) -> Account:
    document = settings_for(market, shop)
    document["orders"] |= {
        "imported_status": "2",
        "shipped_status": "4",
        "carriers": {"TrackedHomeDelivery": "2"},
        "fee_sku": FEE_SKU,
        "payment_module": "ps_wirepayment",
    }
    return settings.load(document)


def _stored(account: Account) -> dict[str, Order]:
    db.session.rollback()
    found = db.session.scalars(select(Order).where(Order.account_id == account.id))
    return {order.marketplace_ref: order for order in found}


def _check(one: Imported) -> None:
    order, proof = one.order, one.proof
    fees = sum((amount for _, amount in proof.fees), Decimal(0))
    (side,) = proof.shop
    amounts = [proof.lines, proof.shipping, proof.total, fees, side.made.total_paid, side.difference, side.tax]
    assert all(isinstance(amount, Decimal) for amount in amounts)
    assert (proof.lines + proof.shipping + fees, fees) == (proof.total, order.fees)
    assert proof.total == proof.marketplace_total == order.total
    assert not proof.difference
    assert not proof.left_out
    assert proof.holds

    row = one.row
    made = side.made
    assert made.total_paid == made.total_paid_real == Decimal(row["total_paid"]) == order.total
    assert (made.total_products, made.total_shipping) == (order.total - order.shipping, order.shipping)
    assert {side.difference, side.shipping_difference} == {Decimal(0)}
    assert side.tax == Decimal(row["total_paid_tax_incl"]) - Decimal(row["total_paid_tax_excl"])
    _check_rates(one)


def _check_rates(one: Imported) -> None:
    """Each rate's VAT is that of its lines, in cents; all of them with shipping and fee are the shop order's.

    Ecotax stands in a row of its own where its rate is not that of the goods.
    """
    sums: dict[tuple[bool, Decimal], Decimal] = defaultdict(Decimal)
    for bought in one.order.bought:
        article, rate = ARTICLES[bought.sku], SETTINGS.ecotax_rate
        each_ecotax = article.ecotax * (1 + rate / 100) if article.rate != rate else Decimal(0)
        ecotax = (bought.quantity * each_ecotax).quantize(CENT, ROUND_HALF_UP)
        sums[False, article.rate] += bought.quantity * bought.unit_price - ecotax
        if ecotax:
            sums[True, rate] += ecotax
    assert {(each.ecotax, each.rate): each.with_tax for each in one.proof.rates} == sums
    for each in one.proof.rates:
        assert each.rate is not None
        assert each.tax == (each.with_tax * each.rate / (100 + each.rate)).quantize(CENT, ROUND_HALF_UP)

    if one.proof.shop[0].tax is not None:
        other = (one.order.shipping + one.order.fees) * 20 / 120
        told = sum((each.tax or Decimal(0) for each in one.proof.rates), other)
        allowed = order_tax_tolerance(one.order, SETTINGS) + Fraction(len(sums), 200)
        assert abs(Fraction(told - one.proof.shop[0].tax)) <= allowed

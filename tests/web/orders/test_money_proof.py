"""The money's proof: lines + shipping + fees, VAT per rate, and both sides to the cent."""

from __future__ import annotations

from decimal import Decimal

from cdsync import states
from cdsync.models import Account
from cdsync.orders.shop_side.money_proof import money_proof
from tests.web import seed


def test_the_sum_of_lines_shipping_and_fees_is_the_total(seller: Account) -> None:
    lines = [seed.line(quantity=3, price="10.10"), seed.line(price="0.99", shipping=Decimal(0))]
    order = seed.order(seller, lines=lines, fees=[{"label": "INTERETBCA", "amount": "1.05"}], total=Decimal("36.12"))
    found = money_proof(order)
    assert (found.lines, found.shipping, found.fees) == (
        Decimal("31.29"),
        Decimal("3.78"),
        (("INTERETBCA", Decimal("1.05")),),
    )
    assert found.total == Decimal("36.12")
    assert found.difference == 0
    assert found.holds


def test_lines_that_are_not_ours_to_send_are_left_out_and_either_total_is_right(seller: Account) -> None:
    lines = [
        seed.line(price="20.00"),
        seed.line(price="5.00", live=False),
        seed.line(price="7.00", sent_by="Other"),
    ]
    order = seed.order(seller, lines=lines, total=Decimal("23.78"))
    assert money_proof(order).left_out == Decimal("19.56")
    assert money_proof(order).holds
    order.total = Decimal("43.34")  # the marketplace still counts what was left out
    assert money_proof(order).holds
    order.total = Decimal("43.35")
    assert money_proof(order).difference == Decimal("19.57")
    assert not money_proof(order).holds


def test_vat_is_taken_out_of_each_rate_and_a_rate_that_is_not_known_is_not_guessed(seller: Account) -> None:
    lines = [
        seed.line(price="12.00"),
        seed.line(price="5.28", vat_rate=Decimal("5.5")),
        seed.line(price="5.27", vat_rate=Decimal("5.5")),
        seed.line(price="9.99", vat_rate=None),
    ]
    rates = money_proof(seed.order(seller, lines=lines)).rates
    assert [(each.rate, each.with_tax, each.tax) for each in rates] == [
        (Decimal(20), Decimal("12.00"), Decimal("2.00")),
        (Decimal("5.5"), Decimal("10.55"), Decimal("0.55")),
        (None, Decimal("9.99"), None),
    ]


def test_ecotax_that_is_taxed_unlike_the_goods_is_a_row_of_its_own(seller: Account) -> None:
    lines = [seed.line(sku="LAMP", quantity=2, price="12.99"), seed.line(sku="MUG", price="12.00")]
    told = {"sku": "LAMP", "ecotax": "0.5", "rate": "0", "goods": "20"}
    order = seed.order(seller, lines=lines, warnings=[{"code": "tax.ecotax_rate", "data": told}])
    rates = money_proof(order).rates

    assert [(each.ecotax, each.rate, each.with_tax, each.tax) for each in rates] == [
        (False, Decimal(20), Decimal("36.98"), Decimal("6.16")),
        (True, Decimal(0), Decimal("1.00"), Decimal("0.00")),
    ]
    assert sum(each.with_tax for each in rates) == money_proof(order).lines


def test_one_cent_in_the_shop_breaks_the_proof(seller: Account) -> None:
    order = seed.order(seller, states.IMPORTED)
    made = seed.shop_order(order)
    assert money_proof(order).holds
    assert money_proof(order).shop[0].shipping_difference == 0
    made.total_paid += Decimal("0.01")
    assert money_proof(order).shop[0].difference == Decimal("0.01")
    assert not money_proof(order).holds


def test_an_order_without_anything_adds_up_to_nothing_and_claims_nothing(seller: Account) -> None:
    found = money_proof(seed.order(seller, lines=[], total=None))
    assert (found.total, found.difference, found.rates, found.shop) == (Decimal("0.00"), None, (), ())

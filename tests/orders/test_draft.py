"""The draft of an order: its live seller lines with their money, and a refusal where they do not add up."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from cdsync import orders, settings
from cdsync.connectors.base import Fee
from cdsync.db import db
from cdsync.errors import RejectedError
from cdsync.models import ProductMapping
from tests.fakes import HOME, reading, sold
from tests.worlds import keep_reading, order_of, rewind


def draft_of(account, entry, **changes):
    keep_reading(account, entry)
    return orders.draft(order_of(entry.ref), settings.read(account), **changes)


def refusal(account, entry):
    with pytest.raises(RejectedError) as caught:
        draft_of(account, entry)
    return caught.value


def test_a_draft_carries_lines_money_addresses_and_the_payment_text(fake_account):
    company = replace(HOME, company="SARL Durand", vat_number="FR00")
    fees = (Fee("Frais", Decimal("1.37")),)
    draft = draft_of(fake_account, reading(billing=company, fees=fees, business=True))
    assert (draft.total, draft.shipping, draft.fees) == (Decimal("27.25"), Decimal("5.90"), fees)
    assert [(line.sku, line.quantity, line.unit_price) for line in draft.lines] == [("MUG", 2, Decimal("9.99"))]
    assert (draft.delivery, draft.invoice, draft.business) == (HOME, company, True)
    assert (draft.payment_text, draft.customer_ref) == ("Cdiscount A1", "buyer-1")
    assert draft.delivery_modes == ("TrackedHomeDelivery",)


def test_the_payment_text_names_both_numbers_where_they_differ(fake_account):
    assert draft_of(fake_account, reading("SC1", reference="R1")).payment_text == "Cdiscount R1 SC1"


def test_only_live_seller_lines_are_drafted_with_their_money_only(fake_account):
    lines = (sold("MUG"), sold("FBC", sent_by="Fulfillment"), sold("OLD", live=False))
    draft = draft_of(fake_account, reading(lines=lines))
    assert [line.sku for line in draft.lines] == ["MUG"]
    assert (draft.total, draft.shipping) == (Decimal("25.88"), Decimal("5.90"))


def test_a_total_that_still_counts_cancelled_lines_is_no_mismatch(fake_account):
    lines = (sold("MUG"), sold("OLD", live=False))
    assert draft_of(fake_account, reading(lines=lines, total=Decimal("51.76"))).total == Decimal("25.88")


def test_a_cent_of_difference_is_refused(fake_account):
    error = refusal(fake_account, reading(total=Decimal("25.87")))
    assert error.code == "order.total_mismatch"
    assert error.data == {"expected": "25.87", "found": "25.88", "difference": "0.01"}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"lines": ()}, "order.no_lines"),
        ({"lines": (sold(live=False),)}, "order.no_lines"),
        ({"shipping": None, "billing": None}, "order.no_address"),
        ({"lines": (sold(cancel_requested=True),)}, "order.cancel_requested"),
        ({"faults": (RejectedError("order.mixed_currencies"),)}, "order.mixed_currencies"),
    ],
)
def test_what_cannot_be_imported_is_refused_with_its_reason(fake_account, changes, code):
    assert refusal(fake_account, reading(**changes)).code == code


def test_a_person_can_decide_past_a_cancel_request(fake_account):
    fault = RejectedError("order.cancel_requested", lines=["MUG"])
    entry = reading(lines=(sold(cancel_requested=True),), faults=(fault,))
    assert refusal(fake_account, entry).code == "order.cancel_requested"
    rewind("A1", import_anyway=True)
    assert draft_of(fake_account, entry).total == Decimal("25.88")


def test_before_acceptance_an_order_needs_no_address(fake_account):
    entry = reading(state="to_accept", shipping=None, billing=None)
    assert draft_of(fake_account, entry, address_due=False).delivery.city == ""


def test_the_invoice_goes_where_the_parcel_goes_when_nothing_else_is_said(fake_account):
    assert draft_of(fake_account, reading(billing=None)).invoice == HOME


def test_the_merchants_own_mapping_is_carried(fake_account):
    db.session.add(ProductMapping(account_id=fake_account.id, sku="MUG", product_ref="12", combination_ref="3"))
    db.session.commit()
    assert draft_of(fake_account, reading()).lines[0].mapped_to == ("12", "3")

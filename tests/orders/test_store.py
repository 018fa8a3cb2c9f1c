"""Storing a reading: lines and untouched JSON kept, newer wins, nothing is lost when an entry cannot be read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from cdsync.connectors.base import Address, Fee, UnreadableOrder
from cdsync.errors import RejectedError
from cdsync.models import Order
from tests.fakes import HOME, reading, sold
from tests.worlds import keep_reading, kinds, order_of

MONDAY = datetime(2026, 11, 16, 9, tzinfo=UTC)


def unreadable(ref: str = "", reference: str = "", raw: str = '{"orderId": 7}') -> UnreadableOrder:
    return UnreadableOrder(ref, reference, "InPreparation", raw, RejectedError("order.unreadable", reason="no lines"))


def test_an_order_is_stored_with_lines_money_and_untouched_json(fake_account):
    lines = (sold("MUG", vat_rate=Decimal("20")), sold("BOOK", 1, "5.00", shipping=Decimal("0.00")))
    stored = keep_reading(fake_account, reading(raw='{"a": 1.10 }', lines=lines, fees=(Fee("Frais", Decimal("1.37")),)))
    assert (stored.is_new, stored.moved) == (True, True)
    order = order_of("A1")
    assert (order.state, order.raw, order.total) == ("to_import", '{"a": 1.10 }', Decimal("32.25"))
    assert (order.shipping, order.fees) == (Decimal("5.90"), [{"label": "Frais", "amount": "1.37"}])
    assert [(line.sku, line.quantity, line.unit_price) for line in order.lines] == [
        ("MUG", 2, Decimal("9.99")),
        ("BOOK", 1, Decimal("5.00")),
    ]
    assert order.lines[0].sold_vat_rate == Decimal("20")
    assert (order.buyer_name, order.buyer_place, order.buyer_note) == ("Camille Durand", "69003 Lyon", "")


def test_company_and_relay_point_are_noted_for_the_list(fake_account):
    keep_reading(fake_account, reading("A1", billing=replace(HOME, company="SARL Durand")))
    keep_reading(fake_account, reading("A2", shipping=replace(HOME, pickup_id="R1", pickup_name="Tabac")))
    assert [order_of(ref).buyer_note for ref in ("A1", "A2")] == ["company", "relay point"]


def test_reading_the_same_again_changes_nothing_and_says_so(fake_account):
    entry = reading()
    keep_reading(fake_account, entry)
    again = keep_reading(fake_account, entry)
    assert (again.is_new, again.moved, again.changed) == (False, False, False)
    assert kinds("A1") == ["order.found"]


def test_an_older_reading_never_overwrites_a_newer_one(fake_account):
    keep_reading(fake_account, reading(updated_at=MONDAY + timedelta(hours=1), state="to_import"))
    stored = keep_reading(fake_account, reading(updated_at=MONDAY, state="cancelled", currency="USD"))
    assert stored.moved is False
    assert (order_of("A1").state, order_of("A1").currency) == ("to_import", "EUR")


def test_two_accounts_may_have_orders_of_the_same_number(fake_account):
    from cdsync import accounts

    other = accounts.ensure("other")
    assert keep_reading(fake_account, reading()).order_id != keep_reading(other, reading()).order_id


def test_a_line_that_went_is_gone_and_a_line_with_another_sku_forgets_its_product(fake_account):
    keep_reading(fake_account, reading(lines=(sold("MUG"), sold("BOOK"))))
    order = order_of("A1")
    order.lines[0].product_ref = "7"
    from cdsync.db import db

    db.session.commit()
    keep_reading(fake_account, reading(lines=(replace(sold("CUP"), line_ref="L-MUG"),)))
    lines = order_of("A1").lines
    assert [(line.line_ref, line.sku, line.product_ref) for line in lines] == [("L-MUG", "CUP", "")]


def test_an_entry_that_is_no_order_is_kept_as_a_problem(fake_account):
    stored = keep_reading(fake_account, unreadable("A1", raw="{broken"))
    order = order_of("A1")
    assert (order.state, order.status_known, order.raw) == ("announced", False, "{broken")
    assert (order.problem_code, order.problem_data, stored.problem) == (
        "order.unreadable",
        {"reason": "no lines"},
        "order.unreadable",
    )


def test_an_unreadable_entry_leaves_what_is_known_of_the_order(fake_account):
    keep_reading(fake_account, reading())
    keep_reading(fake_account, unreadable("A1"))
    order = order_of("A1")
    assert (order.state, order.total, len(order.lines)) == ("to_import", Decimal("25.88"), 1)
    assert order.problem_code == "order.unreadable"


def test_an_order_that_can_be_read_again_has_no_problem_left(fake_account):
    keep_reading(fake_account, unreadable("A1"))
    keep_reading(fake_account, reading())
    order = order_of("A1")
    assert (order.state, order.status_known, order.problem_code) == ("to_import", True, None)


def test_an_entry_without_its_id_is_kept_once_and_found_again_by_its_reference(fake_account):
    first = keep_reading(fake_account, unreadable("", "R-77"))
    assert keep_reading(fake_account, unreadable("", "R-77")).order_id == first.order_id
    recovered = keep_reading(fake_account, reading("A1", reference="R-77"))
    assert (recovered.order_id, recovered.is_new) == (first.order_id, False)
    assert order_of("A1").problem_code is None


def test_two_entries_without_any_number_are_two_problems(fake_account):
    ids = {keep_reading(fake_account, unreadable(raw=raw)).order_id for raw in ('{"x": 1}', '{"x": 2}')}
    assert len(ids) == 2


def test_a_very_long_name_does_not_stop_an_order(fake_account):
    keep_reading(fake_account, reading(shipping=Address(first_name="A" * 400, last_name="B" * 400, lines=("x",))))
    assert len(order_of("A1").buyer_name) == 255
    assert isinstance(order_of("A1"), Order)


LONG = "é☃" * 2000


def beyond_their_columns(row) -> list[str]:
    lengths = {column.key: getattr(column.type, "length", None) for column in row.__table__.columns}
    return [key for key, length in lengths.items() if length and len(getattr(row, key) or "") > length]


def test_texts_that_are_only_shown_are_cut_to_what_every_database_takes(fake_account):
    line = replace(sold(), title=LONG, gtin=LONG, status=LONG, sent_by=LONG)
    person = replace(HOME, first_name=LONG, postcode=LONG, city=LONG)
    entry = reading(lines=(line,), status=LONG, sales_channel=LONG, currency=LONG, shipping=person, raw=LONG)
    stored = [keep_reading(fake_account, each) for each in (entry, replace(entry, raw="{}"))]
    assert [each.is_new for each in stored] == [True, False]
    order = order_of("A1")
    assert (beyond_their_columns(order), beyond_their_columns(order.lines[0])) == ([], [])
    assert kinds("A1").count("order.status") == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"reference": LONG},
        {"customer_ref": LONG},
        {"lines": (replace(sold(), line_ref=LONG),)},
        {"lines": (replace(sold(), sku=LONG),)},
        {"lines": (replace(sold(), delivery_mode=LONG),)},
    ],
)
def test_a_number_too_long_to_be_kept_whole_is_that_orders_problem(fake_account, changes):
    keep_reading(fake_account, reading("A1", **changes))
    order = order_of("A1")
    assert (order.problem_code, beyond_their_columns(order)) == ("order.unreadable", [])
    assert "4000 characters" in order.problem_data["reason"]


def test_a_long_id_is_kept_whole(fake_account):
    ref = "A/ '\"é☃" * 20
    keep_reading(fake_account, reading(ref))
    assert (order_of(ref).problem_code, beyond_their_columns(order_of(ref))) == (None, [])


def test_two_ids_too_long_to_be_kept_stay_two_orders(fake_account):
    ids = [keep_reading(fake_account, reading(LONG + each)).order_id for each in "aba"]
    assert (ids[0], len(set(ids))) == (ids[2], 2)

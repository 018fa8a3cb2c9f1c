"""The journal writes each step before its request leaves, for orders whose claim is still held."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cdsync import orders
from cdsync.bookkeeping.journal import OrderJournal
from cdsync.db import db, now
from tests.fakes import reading
from tests.worlds import committed, keep_reading, order_of, rewind


@pytest.fixture
def journal(fake_account):
    ids = [keep_reading(fake_account, reading(f"A{n}")).order_id for n in (1, 2)]
    committed(orders.claim, ids, "me", 60)
    return OrderJournal(fake_account.id, None, "me", 600)


def test_an_intent_is_committed_before_begin_returns(journal):
    assert journal.begin("cart", {"A1": {"rows": 2}, "A2": {"rows": 1}}) == {"A1", "A2"}
    assert not db.session().in_transaction()
    step = OrderJournal(1, None, "another process", 60).steps("A1")["cart"]
    assert (step.data, step.done) == ({"rows": 2}, False)


def test_a_result_is_kept_beside_its_intent(journal):
    journal.begin("cart", {"A1": {"rows": 2}})
    journal.done("cart", {"A1": {"cart": "9"}})
    step = journal.steps("A1")["cart"]
    assert (step.data, step.done) == ({"rows": 2, "cart": "9"}, True)


def test_beginning_again_starts_the_step_afresh(journal):
    journal.begin("cart", {"A1": {"rows": 2}})
    journal.done("cart", {"A1": {"cart": "9"}})
    first = journal.steps("A1")["cart"].begun_at
    journal.begin("cart", {"A1": {"rows": 3}})
    again = journal.steps("A1")["cart"]
    assert (again.data, again.done) == ({"rows": 3}, False)
    assert again.begun_at > first


def test_an_order_whose_claim_was_lost_may_not_go_on(journal):
    committed(orders.claim, [order_of("A1").id], "me", 60)
    rewind("A1", claim_owner="somebody", claim_until=now() + timedelta(seconds=60))
    assert journal.begin("cart", {"A1": {}, "A2": {}}) == {"A2"}
    assert journal.steps("A1") == {}


def test_a_fact_is_kept_also_when_the_claim_was_lost(journal):
    journal.begin("order", {"A1": {"cart": "9"}})
    rewind("A1", claim_owner="somebody")
    journal.done("order", {"A1": {"order": "4"}})
    assert journal.steps("A1")["order"].data == {"cart": "9", "order": "4"}


def test_each_step_renews_the_claim(journal):
    journal.begin("cart", {"A1": {}})
    assert order_of("A1").claim_until > now() + timedelta(seconds=500)
    assert order_of("A2").claim_until < now() + timedelta(seconds=100)


def test_a_step_that_came_to_nothing_is_forgotten(journal):
    journal.begin("cart", {"A1": {}})
    journal.forget("A1", "cart")
    assert journal.steps("A1") == {}


def test_an_order_nobody_knows_has_no_steps_and_gets_none(journal):
    assert journal.begin("cart", {"Z9": {}}) == frozenset()
    assert journal.steps("Z9") == {}

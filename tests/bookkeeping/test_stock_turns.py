"""One request at a time moves a shop's stock, whichever process or account it is of."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from cdsync import orders, runs
from cdsync.bookkeeping import stock_turns
from cdsync.bookkeeping.journal import OrderJournal
from cdsync.bookkeeping.stock_turns import StockTurns, shop_of
from cdsync.connectors.base import MOVES_STOCK
from cdsync.db import transaction
from cdsync.errors import RejectedError, TemporaryError, UnknownOutcomeError
from tests.fakes import reading
from tests.worlds import committed, keep_reading

SHOP = "https://shop.example"
MOVING = {MOVES_STOCK: True}


@pytest.fixture(autouse=True)
def longest_wait(monkeypatch):
    monkeypatch.setattr(stock_turns, "LONGEST_WAIT", 0.3)
    monkeypatch.setattr(stock_turns, "PAUSE", 0.02)


@pytest.fixture
def journals(fake_account):
    """Of two runs in one shop."""
    ids = {owner: keep_reading(fake_account, reading(ref)).order_id for owner, ref in (("me", "A1"), ("other", "A2"))}
    for owner, order_id in ids.items():
        committed(orders.claim, [order_id], owner, 600)
    return [OrderJournal(fake_account.id, None, owner, 120, turns=StockTurns(SHOP, owner, 60)) for owner in ids]


def is_free(journal, ref="A2"):
    try:
        journal.begin("order", {ref: MOVING})
    except TemporaryError:
        return False
    return True


def later(seconds):
    return time_machine.travel(datetime.now(UTC) + timedelta(seconds=seconds))


def test_a_second_request_that_moves_stock_waits_for_the_first(journals):
    mine, other = journals
    mine.begin("order", {"A1": MOVING})
    assert not is_free(other)
    assert other.steps("A2") == {}  # nothing was begun
    other.begin("shipping", {"A2": {}})  # what moves no stock goes on
    mine.done("order", {"A1": {"order": "7"}})
    assert is_free(other)


@pytest.mark.parametrize("how", ["answered", "forget", "stock_moved"])
def test_whatever_ends_the_request_gives_the_turn_back(journals, how):
    mine, other = journals
    mine.begin("order", {"A1": MOVING})
    {
        "answered": lambda: mine.answered("order", ["A1"]),
        "forget": lambda: mine.forget("A1", "order"),
        "stock_moved": lambda: mine.stock_moved("order"),
    }[how]()
    assert is_free(other)


def test_an_unanswered_request_blocks_everybody_until_the_shop_must_be_through(journals):
    mine, other = journals
    mine.begin("order", {"A1": MOVING})
    with later(50):
        mine.unanswered("order", ["A1"])  # the client gave up: the shop may need as long again
    with later(100):
        assert not is_free(mine, "A1")
        assert not is_free(other)
        with pytest.raises(TemporaryError, match="stock_busy") as told:
            other.begin("status", {"A2": MOVING})
        assert 5 < told.value.retry_after <= 10
    with later(111):
        assert is_free(other)


def test_a_killed_process_holds_the_turn_no_longer_than_the_shops_time_limit(journals):
    mine, other = journals
    mine.begin("order", {"A1": MOVING})  # and nothing more is heard of it
    with later(59):
        assert not is_free(other)
    with later(61):
        assert is_free(other)


def test_a_late_owner_takes_nobody_elses_turn_away(journals):
    mine, other = journals
    mine.begin("order", {"A1": MOVING})
    with later(61):
        assert is_free(other)
        mine.done("order", {"A1": {"order": "7"}})
        assert not is_free(mine, "A1")


def test_another_step_of_the_same_run_ends_no_turn(journals):
    mine, other = journals
    mine.begin("order", {"A1": MOVING})
    mine.done("prices", {"A1": {}})
    assert not is_free(other)


def test_an_order_whose_claim_is_lost_takes_no_turn(journals):
    mine, other = journals
    assert mine.begin("order", {"A2": MOVING}) == frozenset()
    assert is_free(other)


def test_other_shops_have_turns_of_their_own(journals, fake_account):
    mine, _other = journals
    mine.begin("order", {"A1": MOVING})
    elsewhere = OrderJournal(fake_account.id, None, "other", 120, turns=StockTurns("https://b.example", "other", 60))
    assert is_free(elsewhere)


@pytest.mark.parametrize(
    "address",
    ["https://Shop.example/", "http://shop.example/api", " https://shop.example/api/ ", "https://shop.example:443"],
)
def test_one_shop_is_the_same_however_its_address_is_written(address):
    assert shop_of(address) == shop_of(SHOP)
    assert shop_of("https://shop.example/fr") != shop_of(SHOP)


@pytest.mark.parametrize(
    ("error", "free"),
    [(None, True), (RejectedError("shop.refused"), True), (UnknownOutcomeError("shop.outcome_unknown"), False)],
)
def test_a_status_set_by_hand_takes_its_turn_too(journals, error, free):
    mine, _other = StockTurns(SHOP, "reconcile", 60), journals[1]
    with contextlib.suppress(RejectedError, UnknownOutcomeError), mine.turn():
        assert not is_free(journals[1])
        if error:
            raise error
    assert is_free(journals[1]) is free


def test_a_turn_is_given_back_by_its_owner_only(app):
    first, second = StockTurns(SHOP, "a", 60), StockTurns(SHOP, "b", 60)
    with transaction() as session:
        assert first.take(session, "order") is None
        assert second.take(session, "order") is not None
        second.give_back(session, "order")
        assert second.take(session, "order") is not None


@pytest.fixture
def dead(fake_account, journals):
    """A run that was killed at its second order, the first one being over; and the journal of another run."""
    run = runs.start(fake_account, "import", trigger="cli")
    runs.take(run.id, "dead")
    for ref in ("D1", "D2"):
        committed(orders.claim, [keep_reading(fake_account, reading(ref)).order_id], "dead", 600)
    journal = OrderJournal(fake_account.id, run.id, "dead", 120, turns=StockTurns(SHOP, "dead", 60))
    journal.begin("order", {"D1": MOVING})
    journal.unanswered("order", ["D1"])
    journal.stock_moved("order")
    journal.begin("order", {"D2": MOVING})
    return run, journals[1]


def test_a_killed_runs_turn_is_waited_for_as_nobody_gives_it_back(dead, monkeypatch):
    run, after = dead
    assert not is_free(after)
    runs.close(run.id, "dead", "lost")
    monkeypatch.setattr(stock_turns, "LONGER_PAUSE", 0.02)
    with later(59.5):
        assert is_free(after)  # half a second was left of it, more than one under way is waited for here


def test_a_killed_runs_turn_is_free_once_its_own_order_is_seen_to_have_its_pieces(dead, monkeypatch):
    run, after = dead
    monkeypatch.setattr(stock_turns, "LONGEST_WAIT_AFTER_DEATH", 0.0)
    after.stock_moved_before("order", "D2")
    assert not is_free(after), "the run may be alive"
    runs.close(run.id, "dead", "lost")
    after.stock_moved_before("order", "D1")
    assert not is_free(after), "that one's turn was given back before"
    after.stock_moved_before("order", "D2")
    assert is_free(after)

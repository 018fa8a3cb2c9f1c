"""Accept: by policy or by a person; told once, and nothing is written to the shop."""

from __future__ import annotations

import pytest

from cdsync import settings
from cdsync.db import now
from cdsync.errors import ConfigError, RejectedError, TemporaryError, UnknownOutcomeError, WrongStateError
from tests.fakes import reading, sold
from tests.worlds import kinds, order_of, rewind


@pytest.fixture
def waiting(fake_account, world, run):
    """A1 could be imported, A2 has an unknown product; both wait for the seller."""
    hidden = {"shipping": None, "billing": None}
    world.add(reading("A1", "to_accept", **hidden), reading("A2", "to_accept", lines=(sold("NOPE"),), **hidden))
    world.unknown_skus.add("NOPE")
    run(fake_account, "lookup")
    return {ref: order_of(ref).id for ref in ("A1", "A2")}


def policy(value):
    settings.load({"account": "main", "orders": {"acceptance": value}})


def test_importable_accepts_only_what_could_be_imported(fake_account, world, run, waiting):
    run(fake_account, "accept")
    assert world.called("accept") == [("A1",)]
    assert (order_of("A1").state, order_of("A2").state) == ("accepted", "to_accept")
    assert order_of("A1").accepted_sent_at is not None


def test_all_accepts_all(fake_account, world, run, waiting):
    policy("all")
    run(fake_account, "accept")
    assert world.called("accept") == [("A1",), ("A2",)]


def test_manual_accepts_nothing_by_itself(fake_account, world, run, waiting):
    policy("manual")
    report = run(fake_account, "accept", trigger="scheduler")
    assert world.called("accept") == []
    assert report["counts"] == {}


def test_a_person_accepts_whatever_the_policy_says(fake_account, world, run, waiting):
    policy("manual")
    run(fake_account, "accept", order_ids=[waiting["A2"]], trigger="button", actor="anna")
    assert world.called("accept") == [("A2",)]
    assert order_of("A2").events[-1].actor == "anna"


def test_nothing_is_written_to_the_shop(fake_account, world, run, waiting):
    run(fake_account, "accept")
    assert world.called("import_orders") == world.called("set_status") == []


def test_the_intent_is_written_before_the_request_leaves(fake_account, world, run, waiting):
    world.fail["accept"] = [SystemExit()]
    with pytest.raises(SystemExit):
        run(fake_account, "accept")
    assert kinds("A1")[-1] == "accept.sending"
    assert (order_of("A1").state, order_of("A1").claim_owner) == ("to_accept", None)


def test_a_refusal_needs_a_person_and_ends_the_order(fake_account, world, run, waiting):
    run(fake_account, "accept", options={"refuse": True})
    assert world.called("refuse") == []
    run(fake_account, "accept", order_ids=[waiting["A2"]], options={"refuse": True})
    assert world.called("refuse") == [("A2",)]
    assert order_of("A2").state == "refused"


def test_a_chosen_order_that_no_longer_waits_is_skipped(fake_account, world, run, waiting):
    run(fake_account, "accept", order_ids=[waiting["A1"]])
    report = run(fake_account, "accept", order_ids=[waiting["A1"]])
    assert report["counts"] == {"skipped": 1}
    assert len(world.called("accept")) == 1


def test_the_marketplaces_no_is_a_problem_for_a_person(fake_account, world, run, waiting):
    world.fail["accept"] = [RejectedError("accept.refused", status=409, detail="deadline over")]
    report = run(fake_account, "accept")
    assert report["problems"] == [{"order": "A1", "code": "accept.refused"}]
    assert run(fake_account, "accept")["counts"] == {}
    assert len(world.called("accept")) == 1


def test_wrong_state_is_a_skip_and_the_order_is_read_again(fake_account, world, run, waiting):
    world.fail["accept"] = [WrongStateError("accept.wrong_state", status="Cancelled")]
    world.add(reading("A1", "cancelled"))
    report = run(fake_account, "accept")
    assert report["counts"] == {"skipped": 1}
    assert order_of("A1").state == "cancelled"


def test_after_a_lost_answer_the_marketplace_is_looked_at_before_it_is_told_again(fake_account, world, run, waiting):
    error = UnknownOutcomeError("marketplace.outcome_unknown", host="x", method="POST")
    world.fail["accept"] = [error]
    report = run(fake_account, "accept")
    assert report["counts"] == {"waiting": 1}
    assert order_of("A1").problem_kind == "unknown"
    assert run(fake_account, "accept")["counts"] == {}  # not before its time
    rewind("A1", next_try_at=now())
    world.add(reading("A1", "accepted"))
    run(fake_account, "accept")
    assert len(world.called("accept")) == 1
    assert order_of("A1").state == "accepted"


def test_a_marketplace_that_is_away_ends_the_run_and_every_order_keeps_its_state(fake_account, world, run, waiting):
    policy("all")
    world.fail["accept"] = [TemporaryError("marketplace.unreachable", host="x")]
    report = run(fake_account, "accept")
    assert (report["state"], report["error"]["code"]) == ("failed", "marketplace.unreachable")
    assert len(world.called("accept")) == 1
    assert (order_of("A1").state, order_of("A2").state) == ("to_accept", "to_accept")


def test_a_refused_key_stops_the_run_and_blames_no_order(fake_account, world, run, waiting):
    policy("all")
    world.fail["accept"] = [ConfigError("marketplace.credentials_refused", detail="x")]
    report = run(fake_account, "accept")
    assert (report["state"], report["error"]["code"]) == ("failed", "marketplace.credentials_refused")
    assert (order_of("A1").problem_code, order_of("A1").claim_owner) == (None, None)

"""Accepting and refusing: at most once, and never reported as done or failed without knowing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from cdsync.errors import CdsyncError, RejectedError, TemporaryError, UnknownOutcomeError
from cdsync.sandbox.faults import Fault
from cdsync.sandbox.octopia import OctopiaSandbox, order_json
from tests.connectors.octopia.account import account, rehearsal_market


@pytest.fixture
def market() -> Iterator[OctopiaSandbox]:
    with rehearsal_market() as started:
        started.accept_delay = float("inf")
        yield started


@pytest.fixture
def ref(market: OctopiaSandbox) -> str:
    return market.add(order_json(status="WaitingAcceptance"))


def bodies(market: OctopiaSandbox) -> list[bytes]:
    return [seen.body for seen in market.server.requests("POST", "/seller")]


def test_accepting_is_one_request_in_snake_case(market: OctopiaSandbox, ref: str) -> None:
    account(market).accept(ref)
    assert bodies(market) == [b'{"approval_status": "Accepted"}']
    assert market.order(ref)["status"] == "Accepted"


def test_refusing_is_one_request(market: OctopiaSandbox, ref: str) -> None:
    account(market).refuse(ref)
    assert bodies(market) == [b'{"approval_status": "Refused"}']
    assert market.order(ref)["status"] == "Refused"


@pytest.mark.parametrize("status", [200, 201, 202, 204])
@pytest.mark.parametrize("with_body", [False, True])
def test_any_success_code_with_or_without_a_body_is_success(
    market: OctopiaSandbox, ref: str, status: int, with_body: bool
) -> None:
    market.variants.approval_status, market.variants.approval_body = status, with_body
    account(market).accept(ref)
    assert market.approvals == [(ref, "Accepted")]


@pytest.mark.parametrize("code", [400, 409, 422])
@pytest.mark.parametrize("status", ["Accepted", "InPreparation", "Shipped"])
def test_what_is_already_accepted_is_success(market: OctopiaSandbox, code: int, status: str) -> None:
    market.variants.approval_wrong_state = code
    ref = market.add(order_json(status=status))
    account(market).accept(ref)
    assert market.approvals == []


def test_what_is_already_refused_is_success_for_refusing(market: OctopiaSandbox) -> None:
    ref = market.add(order_json(status="Refused"))
    account(market).refuse(ref)
    assert market.approvals == []


@pytest.mark.parametrize("code", [400, 409, 422])
def test_a_cancelled_order_can_not_be_accepted_and_the_marketplace_s_words_are_kept(
    market: OctopiaSandbox, code: int
) -> None:
    market.variants.approval_wrong_state = code
    ref = market.add(order_json(status="Cancelled"))
    with pytest.raises(RejectedError) as raised:
        account(market).accept(ref)
    assert (raised.value.code, raised.value.data["status"]) == ("accept.refused", "Cancelled")
    assert "not waiting for acceptance" in raised.value.data["detail"]


def test_an_accepted_order_can_not_be_refused_any_more(market: OctopiaSandbox) -> None:
    ref = market.add(order_json(status="Accepted"))
    with pytest.raises(RejectedError) as raised:
        account(market).refuse(ref)
    assert (raised.value.code, raised.value.data["status"]) == ("accept.refused", "Accepted")


def test_an_unknown_order_is_gone(market: OctopiaSandbox) -> None:
    with pytest.raises(RejectedError) as raised:
        account(market).accept("NOPE")
    assert raised.value.code == "order.gone"


@pytest.mark.parametrize("kind", ["answer_lost", "status_500_after", "html_after", "php_warning_after"])
def test_a_lost_answer_is_settled_by_looking(market: OctopiaSandbox, ref: str, kind: str) -> None:
    octopia = account(market)
    octopia.carriers()
    market.faults.add(Fault(kind, "POST", "approval-status"))
    octopia.accept(ref)
    assert market.approvals == [(ref, "Accepted")]
    assert len(bodies(market)) == 1


@pytest.mark.parametrize("kind", ["reset_before", "status_500_before", "status_503_before", "html_before"])
def test_still_waiting_after_trouble_is_unknown_and_not_repeated(market: OctopiaSandbox, ref: str, kind: str) -> None:
    octopia = account(market)
    octopia.carriers()
    market.faults.add(Fault(kind, "POST", "approval-status"))
    with pytest.raises(UnknownOutcomeError) as raised:
        octopia.accept(ref)
    assert raised.value.code == "marketplace.outcome_unknown"
    assert market.approvals == []
    octopia.accept(ref)
    assert market.approvals == [(ref, "Accepted")]


def test_unknown_when_the_look_fails_as_well(market: OctopiaSandbox, ref: str) -> None:
    octopia = account(market)
    octopia.carriers()
    market.faults.add(Fault("answer_lost", "POST", "approval-status"))
    market.faults.add(Fault("status_503_before", "GET", "/orders/"))
    with pytest.raises(UnknownOutcomeError):
        octopia.accept(ref)
    octopia.accept(ref)
    assert market.approvals == [(ref, "Accepted")]


def test_cancelled_meanwhile_is_a_refusal_not_an_unknown(market: OctopiaSandbox, ref: str) -> None:
    octopia = account(market)
    octopia.carriers()
    market.cancel(ref)
    market.faults.add(Fault("status_500_before", "POST", "approval-status"))
    with pytest.raises(RejectedError) as raised:
        octopia.accept(ref)
    assert raised.value.data["status"] == "Cancelled"


@pytest.mark.parametrize(("kind", "expected"), [("status_429", TemporaryError), ("redirect", CdsyncError)])
def test_what_surely_did_nothing_is_not_unknown(market: OctopiaSandbox, ref: str, kind: str, expected: Any) -> None:
    octopia = account(market)
    octopia.carriers()
    market.faults.add(Fault(kind, "POST", "approval-status"))
    with pytest.raises(expected) as raised:
        octopia.accept(ref)
    assert not isinstance(raised.value, UnknownOutcomeError)
    assert market.approvals == []


def test_a_repeated_approval_may_also_be_a_success(market: OctopiaSandbox, ref: str) -> None:
    market.variants.repeated_approval = "success"
    octopia = account(market)
    octopia.accept(ref)
    octopia.accept(ref)
    assert market.approvals == [(ref, "Accepted")]


def test_with_several_channels_the_order_s_own_is_named(market: OctopiaSandbox) -> None:
    ref = market.add(order_json(status="WaitingAcceptance", channel="SCID01"))
    account(market, sales_channels=["CDISFR", "SCID01"]).accept(ref)
    assert market.approvals == [(ref, "Accepted")]

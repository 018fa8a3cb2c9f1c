"""Exchanges are kept for support without secrets, shown without personal data, and never written late or never."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from cdsync import runs
from cdsync.bookkeeping import recorded_requests, run_recorder
from cdsync.bookkeeping.recorded_requests import without_secrets
from cdsync.bookkeeping.run_recorder import RunRecorder
from cdsync.connectors.base import Exchange
from cdsync.db import db
from cdsync.errors import WrongStateError
from cdsync.models import Exchange as Row
from tests.fakes import reading
from tests.worlds import keep_reading, order_of

SENT = Exchange(
    side="shop",
    method="POST",
    url="https://shop.example/api/customers?ws_key=ABCDEF&filter[email]=[camille@example.fr]",
    status=201,
    milliseconds=12,
    at=datetime(2026, 11, 20, tzinfo=UTC),
    request_body="<customer><lastname><![CDATA[Durand]]></lastname><passwd>geheim</passwd></customer>",
    response_body='{"access_token": "eyJ.abc.def", "id": 7}',
    order_refs=("A1", "A2", "unknown"),
)


@pytest.fixture
def recorder(fake_account):
    for ref in ("A1", "A2"):
        keep_reading(fake_account, reading(ref))
    return RunRecorder(fake_account.id)


def test_an_exchange_belongs_to_every_order_it_was_about(recorder):
    recorder.record(SENT)
    assert [e.status for e in recorded_requests.of_order(order_of("A1").id)] == [201]
    assert [e.status for e in recorded_requests.of_order(order_of("A2").id)] == [201]


def test_secrets_never_reach_the_table(recorder):
    recorder.record(SENT)
    kept = recorded_requests.of_order(order_of("A1").id)[0]
    text = kept.url + kept.request_body + kept.response_body
    assert [secret for secret in ("ABCDEF", "geheim", "eyJ.abc.def") if secret in text] == []
    assert "Durand" in text  # personal data is kept; it is masked when shown


def test_a_request_may_not_leave_while_a_transaction_is_open(recorder):
    db.session.rollback()
    recorder.sending()
    order_of("A1")
    with pytest.raises(RuntimeError):
        recorder.sending()


def test_no_request_leaves_for_a_run_that_is_no_longer_ours(recorder, fake_account):
    run = runs.start(fake_account, "import", trigger="cli")
    runs.take(run.id, "me", 60)
    ours = RunRecorder(run.account_id, run.id, lambda: runs.is_ours(run.id, "me"))
    ours.sending()
    runs.close(run.id, "me", "lost")
    with pytest.raises(WrongStateError) as caught:
        ours.sending()
    assert caught.value.code == "order.claimed"


def test_a_huge_body_is_cut(recorder):
    recorder.record(replace(SENT, response_body="é" * 300_000))
    assert len(recorded_requests.of_order(order_of("A1").id)[0].response_body) <= recorded_requests.LONGEST_BODY + 1


LISTED = replace(SENT, side="marketplace", method="GET", status=200, order_refs=())


def kept() -> list[tuple[str, str]]:
    db.session.rollback()
    rows = db.session.scalars(select(Row).order_by(Row.id))
    return [(each.url.rpartition("/")[2], each.response_body) for each in rows]


def test_a_page_that_told_nothing_is_kept_without_its_body_and_any_other_with_it(recorder):
    with recorder.page_by_page() as told:
        for number, anything in enumerate((False, True, False)):
            recorder.record(replace(LISTED, url=f"https://shop.example/{number}", response_body=f"[{number}]"))
            told(anything)
        recorder.record(replace(LISTED, url="https://shop.example/3", response_body="[3]"))
    recorder.record(replace(LISTED, url="https://shop.example/4", response_body="[4]"))
    assert kept() == [("0", ""), ("1", "[1]"), ("2", ""), ("3", "[3]"), ("4", "[4]")]


def test_what_is_no_page_is_kept_at_once_and_a_page_that_could_not_be_kept_too(recorder):
    with suppress(KeyError), recorder.page_by_page():
        recorder.record(replace(LISTED, status=429, url="https://shop.example/0", response_body="slow down"))
        assert kept() == [("0", "slow down")]
        recorder.record(replace(LISTED, url="https://shop.example/1", response_body="[1]"))
        raise KeyError
    assert kept() == [("0", "slow down"), ("1", "[1]")]


def test_pages_that_tell_nothing_are_written_together(recorder, monkeypatch):
    monkeypatch.setattr(run_recorder, "FIGURES_SECONDS", 3600)
    with recorder.page_by_page() as told:
        for _ in range(20):
            recorder.record(LISTED)
            told(False)
        assert kept() == []
    assert len(kept()) == 20


@pytest.mark.parametrize(
    "text",
    [
        "ws_key=SECRET123",
        "https://shop.example/api/?ws_key=SECRET123&limit=1",
        "grant_type=client_credentials&client_secret=SECRET123",
        '{"client_secret" : "SECRET123"}',
        "{'client_secret': 'SECRET123', 'grant_type': 'x'}",
        "<secure_key>SECRET123</secure_key>",
        "<passwd notFilterable='true'><![CDATA[SECRET123]]></passwd>",
        "Authorization: Bearer SECRET123SECRET123",
        "https://SECRET123:@shop.example/api",
        '{"access_token": "SECRET123',
    ],
)
def test_secrets_are_taken_out_wherever_they_stand(text):
    assert "SECRET123" not in without_secrets(text)


def test_an_exchange_is_shown_by_the_list_of_its_own_side(recorder, fake_account):
    fake_account.settings = {"shop": {"connector": "prestashop"}, "marketplace": {"connector": "octopia"}}
    recorder.record(replace(SENT, response_body="<customer><id>7</id><firstname>Camille</firstname></customer>"))
    [row] = recorded_requests.of_order(order_of("A1").id)
    url, sent, got = recorded_requests.masked(row, recorded_requests.harmless_fields(fake_account, row.side))
    assert url == "https://shop.example/api/customers?ws_key=•••&filter[email]=•••"
    assert sent == "<customer><lastname>•••</lastname><passwd>•••</passwd></customer>"
    assert got == "<customer><id>7</id><firstname>•••</firstname></customer>"
    assert "orderId" in recorded_requests.harmless_fields(fake_account, "marketplace")


def test_of_a_connector_that_is_gone_nothing_is_known_to_be_harmless(fake_account):
    fake_account.settings = {"shop": {"connector": "sold"}}
    assert recorded_requests.harmless_fields(fake_account, "shop") == frozenset()
    fake_account.settings = {}
    assert "id_cart" in recorded_requests.harmless_fields(fake_account, "shop")

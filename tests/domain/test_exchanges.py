"""Exchanges are kept for support without secrets, shown without personal data, and never written late or never."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cdsync import exchanges, orders, runs
from cdsync.connectors.base import Exchange
from cdsync.db import db
from cdsync.errors import WrongStateError
from cdsync.exchanges import RunRecorder, masked, without_secrets
from tests.fakes import reading
from tests.worlds import order_of

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
        orders.store(fake_account, reading(ref))
    return RunRecorder(fake_account.id)


def test_an_exchange_belongs_to_every_order_it_was_about(recorder):
    recorder.record(SENT)
    assert [e.status for e in exchanges.of_order(order_of("A1").id)] == [201]
    assert [e.status for e in exchanges.of_order(order_of("A2").id)] == [201]


def test_secrets_never_reach_the_table(recorder):
    recorder.record(SENT)
    kept = exchanges.of_order(order_of("A1").id)[0]
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
    assert len(exchanges.of_order(order_of("A1").id)[0].response_body) <= exchanges.LONGEST_BODY + 1


def test_old_exchanges_are_forgotten(recorder):
    recorder.record(replace(SENT, at=datetime.now(UTC) - timedelta(days=91)))
    recorder.record(replace(SENT, at=datetime.now(UTC)))
    assert exchanges.prune() == 1
    assert len(exchanges.of_order(order_of("A1").id)) == 1


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


@pytest.mark.parametrize(
    "text",
    [
        '{"firstName": "Camille", "city": "Lyon"}',
        '{"addressLine1":"Camille \\"chez\\" Camille"}',
        "<firstname><![CDATA[Camille]]></firstname>",
        "<address1>Camille</address1>",
        "filter[email]=[Camille@example.fr]",
        "filter%5Bemail%5D=%5BCamille%40example.fr%5D",
        "Customer Camille@example.fr is known already",
        "{'phone': 'Camille'}",
        "<phone_mobile>Camille</phone_mobile>",
    ],
)
def test_personal_data_is_masked_wherever_it_stands(text):
    assert "Camille" not in masked(text)


def test_masking_leaves_what_support_needs():
    text = "<order><id>7</id><reference>XKBKNABJK</reference><total_paid>84.35</total_paid><module>x</module></order>"
    assert masked(text) == text
    assert '"city": "Lyon"' in masked('{"firstName": "Camille", "city": "Lyon"}')

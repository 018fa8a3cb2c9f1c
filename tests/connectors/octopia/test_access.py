"""Token, headers and "Test connection"."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cdsync.connectors.octopia import Octopia
from cdsync.connectors.octopia.api import access_token
from cdsync.errors import ConfigError
from cdsync.sandbox.faults import Fault
from cdsync.sandbox.octopia import OctopiaSandbox, order_json
from tests.connectors.octopia.account import Kept, account, refs, rehearsal_market

TOKENS = "/auth/"


@pytest.fixture
def market() -> Iterator[OctopiaSandbox]:
    with rehearsal_market() as started:
        yield started


def test_one_token_serves_every_connector_of_the_process(market: OctopiaSandbox) -> None:
    refs(account(market))
    refs(account(market))
    account(market).carriers()
    assert len(market.server.requests("POST", TOKENS)) == 1


def test_a_token_is_renewed_five_minutes_before_its_end(
    market: OctopiaSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = 1000.0
    monkeypatch.setattr(access_token.time, "monotonic", lambda: clock)
    refs(account(market))
    clock += market.tokens.lifetime - 301
    refs(account(market))
    assert len(market.server.requests("POST", TOKENS)) == 1
    clock += 2
    refs(account(market))
    assert len(market.server.requests("POST", TOKENS)) == 2


def test_an_expired_token_is_replaced_once_and_the_request_repeated(market: OctopiaSandbox) -> None:
    ref = market.add(order_json(status="WaitingAcceptance"))
    octopia = account(market)
    refs(octopia)
    market.expire_tokens()
    octopia.accept(ref)
    assert market.approvals == [(ref, "Accepted")]
    assert [seen.status for seen in market.server.requests("POST", "/seller")] == [401, 204]


@pytest.mark.parametrize("style", ["problem", "keycloak"])
def test_refused_credentials_say_so_in_the_marketplace_s_words(market: OctopiaSandbox, style: str) -> None:
    market.variants.token_error = style  # type: ignore[assignment]
    recorder = Kept()
    with pytest.raises(ConfigError) as raised:
        refs(account(market, recorder, client_secret="wrong-secret"))
    assert raised.value.code == "marketplace.credentials_refused"
    assert "Invalid client" in raised.value.data["detail"]


def test_a_token_that_is_refused_again_means_wrong_credentials(market: OctopiaSandbox) -> None:
    octopia = account(market)
    refs(octopia)
    market.tokens.knows = lambda token: False  # type: ignore[method-assign]
    with pytest.raises(ConfigError) as raised:
        refs(octopia)
    assert raised.value.code == "marketplace.credentials_refused"
    assert len(market.server.requests("GET", "/seller")) == 3
    assert len(market.server.requests("POST", TOKENS)) == 2


def test_no_secret_and_no_token_is_recorded(market: OctopiaSandbox) -> None:
    recorder = Kept()
    refs(account(market, recorder))
    kept = "".join(f"{e.url}{e.request_body}{e.response_body}" for e in recorder.exchanges)
    assert len(recorder.exchanges) == 2
    assert market.client_secret not in kept
    assert not any(token in kept for token in market.tokens.alive)


def test_the_secret_is_not_shown_by_what_holds_it(market: OctopiaSandbox) -> None:
    octopia = account(market, client_secret="top-secret-value")
    assert "top-secret-value" not in repr(octopia._connection)
    assert "top-secret-value" not in repr(octopia)


def test_exchanges_about_an_order_carry_its_reference(market: OctopiaSandbox) -> None:
    ref = market.add(order_json(status="WaitingAcceptance"))
    recorder = Kept()
    account(market, recorder).accept(ref)
    assert [(e.method, e.status) for e in recorder.exchanges if e.order_refs == (ref,)][-1] == ("POST", 204)


@pytest.mark.parametrize("key", ["client_id", "client_secret", "seller_id"])
def test_a_missing_setting_is_named_by_the_first_call(market: OctopiaSandbox, key: str) -> None:
    octopia = account(market, **{key: " "})
    with pytest.raises(ConfigError) as raised:
        refs(octopia)
    assert (raised.value.code, raised.value.data) == ("marketplace.settings_missing", {"setting": key})


def test_an_address_that_is_none_is_named(market: OctopiaSandbox) -> None:
    with pytest.raises(ConfigError) as raised:
        refs(account(market, api_url="ftp://example.test"))
    assert raised.value.code == "marketplace.address_wrong"


def test_the_addresses_and_the_channel_have_defaults() -> None:
    declared = {setting.name: setting for setting in Octopia.settings}
    assert list(declared) == [
        "api_url", "token_url", "client_id", "client_secret", "seller_id", "sales_channels",
        "at_once", "per_minute",
    ]  # fmt: skip
    assert declared["api_url"].default == "https://api.octopia-io.net/seller/v2"
    assert declared["sales_channels"].default == ["CDISFR"]
    assert [name for name, setting in declared.items() if setting.kind == "secret"] == ["client_secret"]


def test_the_channel_header_is_sent_where_it_is_required(market: OctopiaSandbox) -> None:
    market.variants.sales_channel_header_required = True
    ref = market.add(order_json())
    assert refs(account(market)) == [ref]


def test_all_checks_hold_for_a_good_account(market: OctopiaSandbox) -> None:
    market.add(order_json())
    checks = account(market).check()
    assert [(check.ok, check.detail) for check in checks] == [
        (True, ""),
        (True, "1 in the last 7 days"),
        (True, "subscribed"),
    ]


def test_checks_stop_at_refused_credentials(market: OctopiaSandbox) -> None:
    checks = account(market, client_secret="wrong").check()
    assert [(check.ok, check.code) for check in checks] == [(False, "marketplace.credentials_refused")]


def test_a_seller_that_did_not_delegate_is_forbidden(market: OctopiaSandbox) -> None:
    checks = account(market, seller_id="12345").check()
    assert [(check.ok, check.code) for check in checks] == [(True, None), (False, "marketplace.forbidden")]
    assert "12345" in checks[1].data["detail"]


def test_a_channel_without_subscription_is_named(market: OctopiaSandbox) -> None:
    check = account(market, sales_channels=["CDISFR", "NOPE"]).check()[-1]
    assert (check.ok, check.code) == (False, "marketplace.channel_missing")
    assert check.data == {"channel": "NOPE", "channels": ["CDISFR"]}


def test_a_missing_setting_is_a_failed_check(market: OctopiaSandbox) -> None:
    checks = account(market, seller_id="").check()
    assert [(check.ok, check.code) for check in checks] == [(False, "marketplace.settings_missing")]


def test_a_lost_answer_to_a_token_request_is_like_that_of_a_read(market: OctopiaSandbox) -> None:
    market.faults.add(Fault("answer_lost", "POST", TOKENS))
    check = account(market).check()[0]
    assert check.code == "marketplace.unreachable"

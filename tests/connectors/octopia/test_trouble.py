"""What goes wrong between us and Octopia: each trouble has its own code, and never more than it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
import requests_mock as rm

from cdsync.connectors.octopia import Octopia
from cdsync.errors import AccessRefusedError, CdsyncError, ConfigError, RejectedError, TemporaryError
from cdsync.sandbox.faults import Fault
from cdsync.sandbox.octopia import OctopiaSandbox, order_json, to_json
from tests.connectors.deciding import deciding
from tests.connectors.octopia.account import WEEK_AGO, Kept, account, refs, rehearsal_market

API, TOKEN = "http://octopia.test/seller/v2", "http://login.test/token"
HTML = "<!doctype html><html><body>Maintenance</body></html>"
GATEWAY = {"statusCode": 404, "message": "Resource not found"}
REFUSAL = {"title": "Validation Failed", "errors": {"status": ["bad"]}}
KEYCLOAK = {"error": "unauthorized_client", "error_description": "bad s"}
BAD_CERTIFICATE = "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired (_ssl.c:1006)"
BROKEN_OFF = "EOF occurred in violation of protocol (_ssl.c:2417)"
AS_PAGE, AWAY = {"Content-Type": "text/html"}, {"Location": "https://evil.test/x?y=1"}


@pytest.fixture
def market() -> Iterator[OctopiaSandbox]:
    with rehearsal_market() as started:
        yield started


@pytest.fixture
def octopia(requests_mock: rm.Mocker, request: pytest.FixtureRequest) -> Octopia:
    """A connector whose token is good; the API's answers are for the test to give."""
    requests_mock.post(TOKEN, json={"access_token": "t", "expires_in": 7200})
    values = {
        "api_url": API,
        "token_url": TOKEN,
        "client_id": request.node.name,
        "client_secret": "s",
        "seller_id": "1",
    }
    return Octopia(values, Kept())


def failure(call: Callable[[], Any]) -> CdsyncError:
    with pytest.raises(CdsyncError) as raised:
        call()
    return raised.value


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        ({"status_code": 302, "headers": AWAY}, ConfigError, "redirected"),
        ({"status_code": 302, "headers": {"Location": "http://[::1"}}, ConfigError, "redirected"),
        ({"status_code": 403, "text": ""}, AccessRefusedError, "forbidden"),
        ({"status_code": 403, "json": {"title": "Forbidden"}}, AccessRefusedError, "forbidden"),
        ({"status_code": 403, "text": HTML, "headers": AS_PAGE}, ConfigError, "blocked"),
        ({"status_code": 405, "text": HTML}, ConfigError, "blocked"),
        ({"status_code": 403, "text": "", "headers": {"cf-mitigated": "challenge"}}, ConfigError, "blocked"),
        ({"status_code": 503, "text": HTML + "/cdn-cgi/challenge-platform/"}, ConfigError, "blocked"),
        ({"status_code": 200, "text": HTML + "/cdn-cgi/challenge-platform/"}, ConfigError, "blocked"),
        ({"status_code": 404, "json": GATEWAY}, ConfigError, "not_the_api"),
        ({"status_code": 404, "text": HTML}, ConfigError, "not_the_api"),
        ({"status_code": 400, "json": REFUSAL}, ConfigError, "refused"),
        ({"status_code": 422, "text": ""}, ConfigError, "refused"),
        ({"status_code": 429, "headers": {"Retry-After": "17"}}, TemporaryError, "rate_limited"),
        ({"status_code": 500, "text": ""}, TemporaryError, "server_error"),
        ({"status_code": 503, "text": HTML}, TemporaryError, "server_error"),
        ({"status_code": 200, "text": HTML, "headers": AS_PAGE}, TemporaryError, "unreadable"),
        ({"status_code": 200, "text": ""}, TemporaryError, "unreadable"),
        ({"status_code": 200, "text": '{"items": [{"orderId": "A", '}, TemporaryError, "unreadable"),
        ({"status_code": 200, "text": '{"items": []} more'}, TemporaryError, "unreadable"),
        ({"status_code": 200, "text": '{"items": {}}'}, TemporaryError, "unreadable"),
        ({"status_code": 200, "text": '{"orders": []}'}, TemporaryError, "unreadable"),
        ({"status_code": 200, "text": "[" * 100_000}, TemporaryError, "unreadable"),
        ({"status_code": 200, "text": f'{{"items": [1e-{"9" * 20}]}}'}, TemporaryError, "unreadable"),
        ({"status_code": 200, "text": '"text"'}, TemporaryError, "unreadable"),
        ({"exc": requests.ConnectTimeout}, TemporaryError, "timeout"),
        ({"exc": requests.ReadTimeout}, TemporaryError, "timeout"),
        ({"exc": requests.ConnectionError}, TemporaryError, "unreachable"),
        ({"exc": requests.ConnectionError("Failed to resolve 'octopia.test'")}, ConfigError, "no_such_host"),
        ({"exc": requests.exceptions.SSLError(BAD_CERTIFICATE)}, ConfigError, "tls"),
        ({"exc": requests.exceptions.SSLError("[SSL: WRONG_VERSION_NUMBER] wrong version")}, ConfigError, "tls"),
        ({"exc": requests.exceptions.SSLError(BROKEN_OFF)}, TemporaryError, "unreachable"),
        ({"exc": requests.exceptions.ChunkedEncodingError}, TemporaryError, "unreadable"),
    ],
)  # fmt: skip
def test_each_trouble_with_the_list_has_its_code(
    octopia: Octopia, requests_mock: rm.Mocker, answer: dict[str, Any], kind: type, code: str
) -> None:
    requests_mock.get(f"{API}/orders", **answer)
    error = failure(lambda: list(octopia.orders(WEEK_AGO)))
    assert (deciding(error), error.code) == (kind, f"marketplace.{code}")


def test_a_refusal_is_the_orders_where_one_was_asked_for_and_every_orders_else(
    octopia: Octopia, requests_mock: rm.Mocker
) -> None:
    requests_mock.get(f"{API}/orders/A1", status_code=400, json=REFUSAL)
    requests_mock.get(f"{API}/carriers", status_code=400, json=REFUSAL)
    assert deciding(failure(lambda: octopia.order("A1"))) is RejectedError
    assert deciding(failure(octopia.carriers)) is ConfigError


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"status_code": 302, "headers": AWAY}, "redirected"),
        ({"status_code": 400, "json": {"title": "Bad Request", "detail": "unknown client"}}, "credentials_refused"),
        ({"status_code": 401, "json": KEYCLOAK}, "credentials_refused"),
        ({"status_code": 401, "text": ""}, "credentials_refused"),
        ({"status_code": 403, "text": HTML}, "blocked"),
        ({"status_code": 404, "text": HTML}, "not_the_api"),
        ({"status_code": 429}, "rate_limited"),
        ({"status_code": 502, "text": HTML}, "server_error"),
        ({"status_code": 200, "text": HTML}, "unreadable"),
        ({"status_code": 200, "json": {"token": "x"}}, "unreadable"),
        ({"exc": requests.ReadTimeout}, "timeout"),
        ({"exc": requests.ConnectionError}, "unreachable"),
    ],
)  # fmt: skip
def test_each_trouble_with_the_token_has_its_code_and_nothing_is_asked_of_the_api(
    octopia: Octopia, requests_mock: rm.Mocker, answer: dict[str, Any], code: str
) -> None:
    requests_mock.post(TOKEN, **answer)
    assert failure(lambda: octopia.accept("A")).code == f"marketplace.{code}"
    assert [call.url for call in requests_mock.request_history] == [TOKEN]


def test_who_answered_instead_of_the_marketplace_is_told_in_its_own_words(
    octopia: Octopia, requests_mock: rm.Mocker
) -> None:
    page = "<html><head><title>Access denied</title><style>p {}</style></head><body><p>Ray 8f</p></body></html>"
    requests_mock.get(f"{API}/orders", status_code=403, text=page, headers={"Server": "cloudflare"})
    told = {"method": "GET", "status": 403, "server": "cloudflare", "words": "Access denied Ray 8f"}
    assert failure(lambda: list(octopia.orders(WEEK_AGO))).data == {"host": "octopia.test", **told}


@pytest.mark.parametrize("kind", ["status_403_before", "status_403_after"])
def test_a_decision_a_firewall_stopped_or_held_back_is_made_once(market: OctopiaSandbox, kind: str) -> None:
    ref = market.add(order_json(status="WaitingAcceptance"))
    octopia = account(market)
    market.faults.add(Fault(kind, "POST", "/approval-status"))
    assert failure(lambda: octopia.accept(ref)).code == "marketplace.blocked"
    octopia.accept(ref)
    assert len(market.approvals) == 1


def test_a_redirect_is_never_followed_and_names_the_other_host(octopia: Octopia, requests_mock: rm.Mocker) -> None:
    requests_mock.get(f"{API}/orders", status_code=302, headers={"Location": "https://evil.test/x?token=1"})
    error = failure(lambda: list(octopia.orders(WEEK_AGO)))
    assert error.data == {"host": "octopia.test", "to": "https://evil.test/x"}
    assert not any("evil" in call.url for call in requests_mock.request_history)


def test_the_wait_the_marketplace_asks_for_is_kept(octopia: Octopia, requests_mock: rm.Mocker) -> None:
    requests_mock.get(f"{API}/orders", status_code=429, headers={"Retry-After": "17"})
    error = failure(lambda: list(octopia.orders(WEEK_AGO)))
    assert isinstance(error, TemporaryError)
    assert error.retry_after == 17


@pytest.mark.parametrize(
    "answer",
    [
        {"status_code": 200, "text": '{"itemsPerPage": 0, "items": []}'},
        {"status_code": 200, "text": '{"itemsPerPage": 0, "items": null}'},
        {"status_code": 204},
    ],
)
def test_a_list_without_orders_is_empty_in_any_spelling(
    octopia: Octopia, requests_mock: rm.Mocker, answer: dict[str, Any]
) -> None:
    requests_mock.get(f"{API}/orders", **answer)
    assert list(octopia.orders(WEEK_AGO)) == []


def test_a_server_that_gives_the_same_page_for_ever_is_noticed(octopia: Octopia, requests_mock: rm.Mocker) -> None:
    page = {"itemsPerPage": 100, "items": [order_json(order_id=f"A{n}") for n in range(100)]}
    requests_mock.get(f"{API}/orders", text=to_json(page))
    reading = octopia.orders(WEEK_AGO)
    assert len([next(reading) for _ in range(100)]) == 100
    assert failure(lambda: next(reading)).code == "marketplace.unreadable"


def test_a_page_smaller_than_asked_for_that_calls_itself_full_is_not_the_end(
    octopia: Octopia, requests_mock: rm.Mocker
) -> None:
    def answer(request: Any, context: Any) -> str:
        index = int(request.qs["pageindex"][0])
        items = [order_json(order_id=f"{index}-{n}") for n in range(50 if index < 3 else 10)]
        return to_json({"itemsPerPage": 50, "items": items})

    requests_mock.get(f"{API}/orders", text=answer)
    assert len(list(octopia.orders(WEEK_AGO))) == 110


def test_the_headers_and_the_path_are_what_octopia_wants(octopia: Octopia, requests_mock: rm.Mocker) -> None:
    order = order_json(order_id="A/B 1")
    requests_mock.get(rm.ANY, text=to_json(order))
    assert octopia.order("A/B 1").ref == "A/B 1"
    sent = requests_mock.request_history[-1]
    assert sent.url == f"{API}/orders/A%2FB%201"
    wanted = {"Authorization": "Bearer t", "SellerId": "1", "Accept": "application/json", "SalesChannelId": "CDISFR"}
    assert wanted.items() <= sent.headers.items()


def test_a_404_that_is_not_the_api_s_is_checked_against_the_list(octopia: Octopia, requests_mock: rm.Mocker) -> None:
    gateway: dict[str, Any] = {"status_code": 404, "json": GATEWAY}
    requests_mock.get(f"{API}/orders/A", **gateway)
    requests_mock.get(f"{API}/orders", **gateway)
    assert failure(lambda: octopia.order("A")).code == "marketplace.not_the_api"
    requests_mock.get(f"{API}/orders", text='{"itemsPerPage": 1, "items": []}')
    assert failure(lambda: octopia.order("A")).code == "order.gone"


def test_an_answer_about_another_order_is_not_taken(octopia: Octopia, requests_mock: rm.Mocker) -> None:
    requests_mock.get(f"{API}/orders/A", text=to_json(order_json(order_id="B")))
    found = octopia.order("A")
    assert (found.ref, found.error.code) == ("A", "order.unreadable")  # type: ignore[union-attr]


def test_a_secret_in_the_marketplace_s_words_is_left_out(octopia: Octopia, requests_mock: rm.Mocker) -> None:
    values = {"api_url": API, "token_url": TOKEN, "client_id": "c", "client_secret": "hush-hush", "seller_id": "1"}
    requests_mock.post(TOKEN, status_code=401, json={"error": "invalid", "error_description": "hush-hush is wrong"})
    assert failure(lambda: Octopia(values, Kept()).accept("A")).data == {"detail": "*** is wrong · invalid"}


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("reset_before", "marketplace.unreachable"),
        ("answer_lost", "marketplace.unreachable"),
        ("cut_short", "marketplace.unreadable"),
        ("html_before", "marketplace.unreadable"),
        ("redirect", "marketplace.redirected"),
        ("challenge", "marketplace.blocked"),
        ("status_429", "marketplace.rate_limited"),
        ("status_500_before", "marketplace.server_error"),
    ],
)
def test_a_fault_on_the_wire_has_its_code_and_the_next_reading_is_whole(
    market: OctopiaSandbox, kind: str, code: str
) -> None:
    ref = market.add(order_json())
    octopia = account(market)
    octopia.carriers()
    market.faults.add(Fault(kind, "GET", "/orders"))
    assert failure(lambda: refs(octopia)).code == code
    assert refs(octopia) == [ref]

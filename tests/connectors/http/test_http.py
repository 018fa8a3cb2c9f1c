"""The one way out: what a server says in odd words is an answer all the same, after a write too."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests
from requests_mock import Mocker

from cdsync.connectors.http.client import HttpClient
from cdsync.errors import ConfigError, UnknownOutcomeError
from cdsync.sandbox.server import Request, Response, SandboxServer
from tests.connectors.prestashop.shop import Kept

pytestmark = pytest.mark.sockets


class Odd:
    """A server that answers everything with one answer."""

    def __init__(self) -> None:
        self.answer = Response()
        self.server = SandboxServer(self._answer)

    def _answer(self, _request: Request) -> Response:
        return self.answer


@pytest.fixture
def odd() -> Iterator[Odd]:
    odd = Odd()
    odd.server.start()
    yield odd
    odd.server.stop()


@pytest.mark.parametrize("to", ["http://[::1", "http://\xff\xfe/", "http://a..b:99999/x", "", "/login"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_redirect_to_nowhere_is_an_answer_and_is_not_followed(odd: Odd, method: str, to: str) -> None:
    odd.answer = Response(302, b"", {"Location": f"{to}?key=1" if to else ""})
    recorder = Kept()
    answer = HttpClient("shop", odd.server.url, recorder).send(method, odd.server.url, data=b"")

    assert answer.status == 302
    assert "key" not in answer.sent_to
    assert [each.status for each in recorder.exchanges] == [302]
    assert len(odd.server.log) == 1


def test_a_tls_connection_that_breaks_in_a_write_may_have_taken_it_along(requests_mock: Mocker) -> None:
    """ "Nothing was sent" is said of a handshake that failed only: the order may be there after anything later."""
    url = "https://shop.test/api/orders"
    requests_mock.post(url, exc=requests.exceptions.SSLError("EOF occurred in violation of protocol (_ssl.c:2417)"))
    with pytest.raises(UnknownOutcomeError):
        HttpClient("shop", url, Kept()).send("POST", url, data=b"")

    expired = "certificate verify failed: certificate has expired (_ssl.c:1006)"
    requests_mock.post(url, exc=requests.exceptions.SSLError(f"[SSL: CERTIFICATE_VERIFY_FAILED] {expired}"))
    with pytest.raises(ConfigError) as caught:
        HttpClient("shop", url, Kept()).send("POST", url, data=b"")
    assert caught.value.data["reason"] == "certificate verify failed: certificate has expired"


@pytest.mark.parametrize(("asked", "wait"), [("7", 7.0), ("\xb2", None), ("Mon, 99 Foo 2026", None), ("99999", 3600.0)])
def test_a_wait_is_read_where_it_is_one(odd: Odd, asked: str, wait: float | None) -> None:
    odd.answer = Response(429, b"", {"Retry-After": asked})

    assert HttpClient("shop", odd.server.url, Kept()).send("GET", odd.server.url).retry_after == wait

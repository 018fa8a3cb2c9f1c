"""The seconds of a page: for all its requests together; what was answered in time is not asked again."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable

import pytest

from cdsync.connectors.http import read_retry
from cdsync.connectors.http.client import HttpClient
from cdsync.connectors.http.page_time import Answered, PageTime, at_most
from cdsync.errors import CdsyncError, TemporaryError, UnknownOutcomeError
from tests.connectors.deciding import deciding
from tests.connectors.http.test_deadline import DRIPPING, HEAD, LIMIT, Raw, Talk, says_nothing, serve
from tests.connectors.prestashop.shop import Kept

pytestmark = pytest.mark.sockets

__all__ = ["serve"]  # the fixture
Serve = Callable[[Talk], Raw]


def good_until(count: int, slow: float = 0.0) -> Talk:
    """Answers so many requests of the whole server, each after a while; from then on it says nothing."""
    left = [count]

    def talk(connection: socket.socket) -> None:
        connection.settimeout(2)
        while connection.recv(65536):
            time.sleep(slow)
            left[0] -= 1
            if left[0] >= 0:
                connection.sendall(HEAD + b"Content-Length: 2\r\n\r\nOK")

    return talk


def client(server: Raw) -> tuple[HttpClient, Kept]:
    recorder = Kept()
    return HttpClient("shop", server.url, recorder, timeout=30), recorder


def asks(http: HttpClient, server: Raw, *numbers: int) -> CdsyncError | None:
    """Asks one after the other; the error that ended it."""
    try:
        for number in numbers:
            http.send("GET", f"{server.url}/{number}")
    except CdsyncError as error:
        return error
    return None


@pytest.mark.parametrize("talk", DRIPPING, ids=lambda talk: talk.__name__)
def test_a_page_ends_when_its_time_is_over_however_long_the_limit_of_a_request_is(serve: Serve, talk: Talk) -> None:
    server = serve(talk)
    http, recorder = client(server)
    method, data = ("POST", b"x" * 20_000_000) if talk.__name__ == "never_reads" else ("GET", None)
    began = time.monotonic()
    with PageTime(LIMIT) as page:
        with pytest.raises(CdsyncError) as caught:
            http.send(method, server.url, data=data)
        assert asks(http, server, 1) is not None  # without time it is not even sent
    assert LIMIT * 0.9 <= time.monotonic() - began <= LIMIT * 1.1 + 0.5
    assert deciding(caught.value) is (TemporaryError if method == "GET" else UnknownOutcomeError)
    assert (caught.value.code, caught.value.data) == ("shop.page_timeout", {"host": http.host, "seconds": "0.6"})
    assert page.ran_out
    assert len(recorder.exchanges) == 1


def test_the_time_is_that_of_all_requests_together(serve: Serve) -> None:
    server = serve(good_until(50, slow=0.15))
    http, recorder = client(server)
    began = time.monotonic()
    with PageTime(LIMIT):
        error = asks(http, server, *range(50))
    assert error is not None
    assert error.code == "shop.page_timeout"
    assert time.monotonic() - began <= LIMIT * 1.1 + 0.5
    assert 2 <= len(recorder.exchanges) <= 5


def test_the_next_try_goes_on_where_this_one_stopped(serve: Serve) -> None:
    server = serve(good_until(2))
    http, recorder = client(server)
    answered = Answered()
    for _try in range(2):
        with PageTime(LIMIT, answered):
            assert asks(http, server, 0, 1, 2) is not None
        assert len(answered) == 2
    assert [each.url.rpartition("/")[2] for each in recorder.exchanges] == ["0", "1", "2", "2"]
    with PageTime(LIMIT, answered), pytest.raises(TemporaryError):  # with another key it is another question
        http.send("GET", f"{server.url}/0", auth=("key", ""))


@pytest.mark.parametrize("page", [None, 30])
def test_a_limit_of_the_shop_that_is_shorter_keeps_its_own_sentence(serve: Serve, page: float | None) -> None:
    server = serve(says_nothing)
    http = HttpClient("shop", server.url, Kept(), timeout=LIMIT)
    if page is None:
        error = asks(http, server, 1)
    else:
        with PageTime(page):
            error = asks(http, server, 1)
    assert error is not None
    assert error.code == "shop.timeout"


def test_two_sides_have_their_parts_of_the_time() -> None:
    assert at_most(60) == 60
    with PageTime(10) as page:
        with page.part(0.6):
            assert 5.9 < at_most(60) <= 6
        assert 9.9 < at_most(60) <= 10


def test_no_pause_is_longer_than_the_page_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_retry, "PAUSES", (0.3, 1.0))
    calls = []

    def read() -> None:
        calls.append(1)
        raise TemporaryError("shop.unreachable", host="x")

    with PageTime(0.2), pytest.raises(TemporaryError):
        read_retry.with_retries(read)
    assert len(calls) == 1

"""The web server over real HTTP: neither slow sides, half-open connections nor large forms stop the pages."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from flask import Flask

from cdsync.launch import web
from cdsync.models import Account
from cdsync.web.shell import form_size, outside
from tests.connectors.http.test_deadline import DRIPPING, Raw, Talk, serve
from tests.web.conftest import Browser

__all__ = ["serve"]  # the fixture
QUICK = 1.5  # seconds: a machine that is busy with other tests


@pytest.fixture
def url(app: Flask) -> Iterator[str]:
    """cdsync behind waitress, with its eight threads."""
    server = web.server(app, "127.0.0.1:0")
    thread = threading.Thread(target=server.run)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.task_dispatcher.shutdown()
    server.close()
    server.asyncore.close_all(server._map)
    thread.join(10)


def sign_in_page(url: str) -> float:
    """Seconds it took."""
    began = time.monotonic()
    with requests.Session() as session:
        session.trust_env = False
        assert session.get(f"{url}/sign-in", timeout=20).status_code == 200
    return time.monotonic() - began


def test_the_sign_in_answers_at_once_while_eight_pages_ask_a_shop_that_drips(
    url: str, merchant: Browser, account: Account, serve: Callable[[Talk], Raw], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outside, "SECONDS", 4.0)
    shop = serve(DRIPPING[0])
    named = merchant.named()
    form = {**named, "shop.url": shop.url, "shop.key": "K" * 32}
    headers = {"HX-Request": "true", "HX-Request-Type": "partial", "Cookie": f"cdsync_session={merchant.session}"}

    def press(_number: int) -> tuple[int, float, str]:
        began = time.monotonic()
        answer = requests.post(f"{url}/settings/test/shop", data=form, headers=headers, timeout=30)
        return answer.status_code, time.monotonic() - began, answer.text

    with ThreadPoolExecutor(8) as people:
        waiting = [people.submit(press, number) for number in range(8)]
        time.sleep(0.5)
        assert sum(each.done() for each in waiting) <= 6
        assert sign_in_page(url) < 3
        assert sum(not each.done() for each in waiting) >= 2
        answers = [each.result() for each in waiting]

    assert {status for status, _seconds, _text in answers} == {503}
    late = [seconds for _status, seconds, text in answers if "did not answer within 4 seconds" in text]
    busy = [seconds for _status, seconds, text in answers if "other pages are waiting for it already" in text]
    assert (len(late), len(busy)) == (2, 6)
    assert max(late) < 4 + QUICK
    assert max(busy) < 4


def test_a_hundred_half_open_connections_leave_the_pages_alone(url: str) -> None:
    address = ("127.0.0.1", int(url.rpartition(":")[2]))
    halves = []
    try:
        for number in range(120):
            half = socket.create_connection(address, timeout=5)
            half.sendall(b"POST /sign-in HTTP/1.1\r\nHost: x\r\n" if number % 2 else b"GET /sig")
            halves.append(half)
        assert sign_in_page(url) < QUICK
        for half in halves:
            half.sendall(b"X")
        assert sign_in_page(url) < QUICK
    finally:
        for half in halves:
            half.close()


def test_a_request_that_never_ends_is_closed(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "REQUEST_SECONDS", 60)
    server = web.server(app, "127.0.0.1:0")
    try:
        here, there = socket.socketpair()
        channel = web._Channel(server, here, ("x", 1), server.adj, map=server._map)
        channel.received(b"GET /sign")
        channel.received(b"-i")  # it goes on coming
        server.maintenance(time.time() + 30)
        assert not channel.will_close
        channel.last_activity = time.time() + 61
        server.maintenance(time.time() + 61)
        assert channel.will_close
        there.close()
    finally:
        server.close()
        server.task_dispatcher.shutdown()
        server.asyncore.close_all(server._map)


def refused(url: str, size: int, length: bool) -> tuple[bytes, int]:
    """The first line of the answer to a form of that size by nobody, and how much of it could be sent."""
    sent = 0
    with socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), timeout=20) as connection:
        head = b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        head += b"Content-Length: %d\r\n\r\n" % size if length else b"Transfer-Encoding: chunked\r\n\r\n"
        connection.sendall(head)
        piece = b"a" * 65536
        try:
            while sent < size:
                connection.sendall(piece if length else b"10000\r\n" + piece + b"\r\n")
                sent += len(piece)
        except OSError:
            pass  # it has heard enough
        try:
            return connection.recv(65536).partition(b"\r\n")[0], sent
        except OSError:
            return b"", sent


@pytest.mark.parametrize("length", [True, False], ids=["of a length", "in chunks"])
def test_a_form_of_a_hundred_megabytes_by_nobody_is_not_read(url: str, length: bool) -> None:
    began = time.monotonic()
    line, sent = refused(url, 100 * 1024 * 1024, length)
    assert line in (b"HTTP/1.1 413 Request Entity Too Large", b"")  # or the connection was reset before that was read
    assert sent < 40 * 1024 * 1024  # what the system's buffers took
    assert time.monotonic() - began < 10
    assert sign_in_page(url) < QUICK


def test_a_large_form_is_said_on_a_page(merchant: Browser, stranger: Browser) -> None:
    little = {"name": "n", "password": "x" * form_size.MOST_OF_STRANGERS}
    answer = stranger.post("/sign-in", little, token=False)
    assert answer.status_code == 413
    assert "That is too much for one form" in answer.text
    assert merchant.post("/settings", little, part=True).status_code != 413
    much = {"name": "x" * (form_size.MOST + 1)}
    answer = merchant.post("/settings", much, part=True)
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (413, "#flash")
    assert "nothing was changed" in answer.text

"""Servers that drip, stand still, or never end: a request is over at its limit, and needs little memory."""

from __future__ import annotations

import functools
import gzip
import random
import socket
import ssl
import subprocess
import threading
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cdsync.connectors.http import limited_body
from cdsync.connectors.http.client import HttpClient
from cdsync.errors import CdsyncError, TemporaryError, UnknownOutcomeError
from tests.connectors.prestashop.shop import Kept

LIMIT = 0.6  # seconds
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\n"
Talk = Callable[[socket.socket], None]


class Raw:
    """A server that says whatever `talk` makes it say, byte by byte if it likes; each connection in its own thread."""

    def __init__(self, talk: Talk) -> None:
        self._talk, self._over = talk, threading.Event()
        self._door = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._door.getsockname()[1]}"
        self._threads = [threading.Thread(target=self._open)]
        self._threads[0].start()

    def _open(self) -> None:
        while True:
            try:
                connection, _ = self._door.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            try:
                self._talk(connection)
                self._over.wait(5)
            except OSError:
                return  # the client has gone

    def close(self) -> None:
        self._over.set()
        self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        for thread in self._threads:
            thread.join(10)


@pytest.fixture
def serve() -> Iterator[Callable[[Talk], Raw]]:
    open_: list[Raw] = []

    def start(talk: Talk) -> Raw:
        open_.append(Raw(talk))
        return open_[-1]

    yield start
    for each in open_:
        each.close()


def asked(connection: socket.socket) -> None:
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(65536)


def drip(connection: socket.socket, piece: bytes, seconds: float = 0.1) -> None:
    for _ in range(200):
        connection.sendall(piece)
        time.sleep(seconds)


def drips_headers(connection: socket.socket) -> None:
    asked(connection)
    connection.sendall(HEAD)
    drip(connection, b"X-A: b\r\n")


def drips_the_first_line(connection: socket.socket) -> None:
    asked(connection)
    drip(connection, b"H")


def drips_continue(connection: socket.socket) -> None:
    asked(connection)
    drip(connection, b"HTTP/1.1 100 Continue\r\n\r\n")


def drips_a_body_with_a_length(connection: socket.socket) -> None:
    asked(connection)
    connection.sendall(HEAD + b"Content-Length: 100000\r\n\r\n")
    drip(connection, b"<")


def drips_a_body_without_a_length(connection: socket.socket) -> None:
    asked(connection)
    connection.sendall(HEAD + b"Connection: close\r\n\r\n<prestashop/>")
    drip(connection, b" ")


def drips_chunks(connection: socket.socket) -> None:
    asked(connection)
    connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    drip(connection, b"1\r\n<\r\n")


def says_nothing(connection: socket.socket) -> None:
    asked(connection)


def never_reads(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)


DRIPPING = (
    drips_headers, drips_the_first_line, drips_continue, drips_a_body_with_a_length, drips_a_body_without_a_length,
    drips_chunks, says_nothing, never_reads,
)  # fmt: skip


def failed(url: str, method: str = "GET", data: bytes | None = None) -> tuple[CdsyncError, float, Kept]:
    recorder = Kept()
    client = HttpClient("shop", url, recorder, timeout=LIMIT)
    began = time.monotonic()
    with pytest.raises(CdsyncError) as caught:
        client.send(method, url, data=data)
    return caught.value, time.monotonic() - began, recorder


@pytest.mark.parametrize("talk", DRIPPING, ids=lambda talk: talk.__name__)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_request_ends_at_its_limit_whatever_comes(serve: Callable[[Talk], Raw], talk: Talk, method: str) -> None:
    error, seconds, recorder = failed(serve(talk).url, method, b"x" * 20_000_000 if talk is never_reads else b"x")

    assert LIMIT * 0.9 <= seconds <= LIMIT * 1.1 + 0.5  # the half second is for a machine that is busy
    assert isinstance(error, TemporaryError if method == "GET" else UnknownOutcomeError)
    assert error.code == ("shop.timeout" if method == "GET" else "shop.outcome_unknown")
    assert [each.failure for each in recorder.exchanges] == ["ReadTimeout"]


def test_a_connection_that_was_kept_open_is_watched_as_well(serve: Callable[[Talk], Raw]) -> None:
    def well_at_first(connection: socket.socket) -> None:
        asked(connection)
        connection.sendall(HEAD + b"Content-Length: 2\r\n\r\nOK")
        drips_headers(connection)

    server, recorder = serve(well_at_first), Kept()
    client = HttpClient("shop", server.url, recorder, timeout=LIMIT)
    assert client.send("GET", server.url).body == b"OK"
    began = time.monotonic()
    with pytest.raises(TemporaryError, match=r"^shop\.timeout"):
        client.send("GET", server.url)
    assert time.monotonic() - began <= LIMIT * 1.1 + 0.5


def test_a_handshake_that_drips_ends_too(serve: Callable[[Talk], Raw]) -> None:
    def handshake(connection: socket.socket) -> None:
        connection.recv(1)
        drip(connection, b"\x16")

    url = serve(handshake).url.replace("http:", "https:")
    error, seconds, _recorder = failed(url)
    assert seconds <= LIMIT * 1.1 + 0.5
    assert error.code in ("shop.timeout", "shop.tls")


def test_tls_itself_is_watched(tmp_path: Path, serve: Callable[[Talk], Raw], monkeypatch: pytest.MonkeyPatch) -> None:
    """The handshake holds, then the answer drips: the handle kept from before TLS ends it."""
    certificate = _certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def behind_tls(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secure:
            drips_a_body_with_a_length(secure)

    url = serve(behind_tls).url.replace("http:", "https:")
    client = HttpClient("shop", url, Kept(), timeout=LIMIT)
    client._session.verify = str(certificate)
    began = time.monotonic()
    with pytest.raises(TemporaryError, match=r"^shop\.timeout"):
        client.send("GET", url)
    assert time.monotonic() - began <= LIMIT * 1.1 + 0.5


def _certificate(folder: Path) -> Path:
    file = folder / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(file), "-out", str(folder / "public.pem")],
        check=True, capture_output=True,
    )  # fmt: skip
    file.write_text(file.read_text() + (folder / "public.pem").read_text())
    return file


def endless(connection: socket.socket) -> None:
    asked(connection)
    connection.sendall(HEAD + b"Connection: close\r\n\r\n")
    for _ in range(4000):
        connection.sendall(b" " * 1_000_000)


@functools.cache
def packed_space() -> bytes:
    """Some megabytes that stand for one and a half gigabytes: one packed megabyte, again and again."""
    packer = zlib.compressobj(wbits=31)
    head = packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH)
    packed = packer.compress(b" " * 1_000_000) + packer.flush(zlib.Z_FULL_FLUSH)  # leans on nothing before it
    return head + packed * 1500 + packer.flush()


def bomb(connection: socket.socket) -> None:
    asked(connection)
    body = packed_space()
    head = HEAD + f"Content-Encoding: gzip\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    connection.sendall(head + body)


def whole(body: bytes) -> Talk:
    def talk(connection: socket.socket) -> None:
        asked(connection)
        connection.sendall(HEAD + f"Content-Length: {len(body)}\r\n\r\n".encode() + body)

    return talk


TOO_LARGE = {
    "an endless stream": endless,
    "a bomb": bomb,
    "a million elements": whole(b"<a>" + b"<b/>" * 1_000_000 + b"</a>"),
    "a million objects": whole(b"[" + b"{}," * 1_000_000 + b"{}]"),
    "millions of numbers": whole(b"[" + b"1," * 4_000_000 + b"1]"),
}


@pytest.mark.parametrize("name", TOO_LARGE)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_answer_without_measure_is_given_up(serve: Callable[[Talk], Raw], name: str, method: str) -> None:
    server, recorder = serve(TOO_LARGE[name]), Kept()
    client = HttpClient("shop", server.url, recorder, timeout=30)
    tracemalloc.start()
    with pytest.raises(CdsyncError, match=r"^shop\.answer_too_large") as caught:
        client.send(method, server.url, data=b"x")
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert isinstance(caught.value, TemporaryError if method == "GET" else UnknownOutcomeError)
    assert peak < 120_000_000
    assert [each.failure for each in recorder.exchanges] == ["TooLarge"]


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


@pytest.mark.parametrize("packed", [gzip.compress, zlib.compress, raw_deflate])
def test_what_is_packed_is_unpacked(serve: Callable[[Talk], Raw], packed: Callable[[bytes], bytes]) -> None:
    body = packed(b"<prestashop/>" * 1000)
    encoding = b"gzip" if body[:2] == b"\x1f\x8b" else b"deflate"

    def talk(connection: socket.socket) -> None:
        asked(connection)
        length = f"Content-Length: {len(body)}\r\n\r\n".encode()
        connection.sendall(HEAD + b"Content-Encoding: " + encoding + b"\r\n" + length + body)

    server = serve(talk)
    assert HttpClient("shop", server.url, Kept()).send("GET", server.url).body == b"<prestashop/>" * 1000


@pytest.mark.parametrize("change", [lambda b: b[:-20], lambda b: b[:50] + b"\0\0\0" + b[53:]], ids=["cut", "damaged"])
def test_what_is_packed_and_not_whole_is_no_answer(
    serve: Callable[[Talk], Raw], change: Callable[[bytes], bytes]
) -> None:
    body = change(gzip.compress(random.Random(1).randbytes(3000)))

    def talk(connection: socket.socket) -> None:
        asked(connection)
        length = f"Content-Encoding: gzip\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        connection.sendall(HEAD + length + body)

    error, _seconds, _recorder = failed(serve(talk).url)
    assert error.code == "shop.unreachable"


def test_the_limits_leave_room_for_every_list_that_is_asked_for() -> None:
    """A hundred marketplace orders with twenty lines, or five thousand products, stay far below."""
    order = b'{"a":{"b":[1,2]},"c":"d"}' * 25
    assert (order * 20 * 100).count(b"{") < limited_body.MOST_PARTS / 5
    product = b"<product><id>1</id><reference>x</reference><ean13>1</ean13></product>"
    assert (product * 5000).count(b"<") < limited_body.MOST_PARTS / 5

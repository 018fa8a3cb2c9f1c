"""Requests to a rehearsal system of this process go straight to it, without sockets: most tests ask what is said there.

All else is as over HTTP: the request as it was prepared, its line in the system's log, whether its address may be
called, and how the answer's body is read. What is planned to go wrong with an answer, and whatever is marked
`sockets`, takes the real way; so does everything with `pytest --sockets` (`make proof`).
"""

from __future__ import annotations

from email.utils import formatdate
from io import BytesIO
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
import requests
from requests.structures import CaseInsensitiveDict

from cdsync.connectors.http import allowed_addresses
from cdsync.connectors.http.client import HttpClient
from cdsync.connectors.http.limited_body import body_of
from cdsync.sandbox.server import Request, Response, SandboxServer

_SERVING: dict[int, SandboxServer] = {}


class _Body(BytesIO):
    """What urllib3 would give to be read."""

    def read(self, size: int | None = -1, decode_content: bool = False) -> bytes:
        return super().read(size)


def _server(request: requests.PreparedRequest) -> SandboxServer | None:
    """The rehearsal system that answers this as it is: None where the way there matters."""
    split = urlsplit(str(request.url))
    server = _SERVING.get(split.port or 0) if (split.scheme, split.hostname) == ("http", "127.0.0.1") else None
    if server is None or server.faults.pending() or server.at_work:
        return None
    allowed_addresses.judge("127.0.0.1", "127.0.0.1", split.port or 0)
    return server


def _as_received(prepared: requests.PreparedRequest) -> tuple[Request, str]:
    """The request as a server reads it, and its query as it was spelled."""
    split = urlsplit(prepared.path_url)
    body = prepared.body or b""
    headers = {"host": urlsplit(str(prepared.url)).netloc, **{k.lower(): _text(v) for k, v in prepared.headers.items()}}
    query = tuple(parse_qsl(split.query, keep_blank_values=True))
    text = body.encode() if isinstance(body, str) else bytes(body)
    return Request(str(prepared.method), unquote(split.path), query, headers, text), split.query


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _as_answered(prepared: requests.PreparedRequest, response: Response) -> requests.Response:
    answer = requests.Response()
    answer.status_code, answer.request, answer.url = response.status, prepared, str(prepared.url)
    said = {"Server": "nginx", "Date": formatdate(usegmt=True), **response.headers}
    answer.headers = CaseInsensitiveDict(said | {"Content-Length": str(len(response.body))})
    answer.raw = _Body(b"" if prepared.method == "HEAD" else response.body)
    return answer


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--sockets", action="store_true", help="every request of every test goes over a socket")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "sockets: asks about the way between both sides, so it takes the real one")
    start, stop = SandboxServer.start, SandboxServer.stop

    def started(self: SandboxServer) -> SandboxServer:
        _SERVING[self.port] = self
        return start(self)

    def stopped(self: SandboxServer) -> None:
        _SERVING.pop(self.port, None)
        stop(self)

    SandboxServer.start, SandboxServer.stop = started, stopped  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def _straight(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.config.getoption("sockets") or request.node.get_closest_marker("sockets"):
        return
    if "requests_mock" in request.fixturenames:  # which stands in the real way
        return
    by_socket = HttpClient._exchanged

    def exchanged(self: HttpClient, prepared: requests.PreparedRequest) -> tuple[requests.Response, bytes]:
        server = _server(prepared)
        if server is None:
            return by_socket(self, prepared)
        self._seconds()
        answer = _as_answered(prepared, server.handle(*_as_received(prepared)))
        return answer, body_of(answer)

    monkeypatch.setattr(HttpClient, "_exchanged", exchanged)

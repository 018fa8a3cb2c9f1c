"""A small HTTP/1.1 server for the sandboxes: runs a handler, keeps a log, and carries out planned faults.

Standard library only, one thread per connection, loopback only: a fault needs the socket itself
(reset, lost answer), which a WSGI server does not give.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from .at_work import DiedError, Work
from .faults import BEFORE, Fault, FaultPlan

PHP_WARNING = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<prestashop xmlns:xlink="http://www.w3.org/1999/xlink">\n'
    b"<errors>\n<error>\n<code><![CDATA[2]]></code>\n"
    b"<message><![CDATA[[PHP Warning #2] Undefined array key]]></message>\n</error>\n</errors>\n</prestashop>\n"
)
ENTITY = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><prestashop>&e;</prestashop>'
HTML = b"<!doctype html><html><body><h1>Site en maintenance</h1></body></html>"
FORBIDDEN = b"<html><head><title>403 Forbidden</title></head><body><h1>Forbidden</h1></body></html>"
CHALLENGE = (
    b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body><noscript>Enable JavaScript and cookies "
    b'to continue</noscript><script src="/cdn-cgi/challenge-platform/h/g/orchestrate/chl_page/v1"></script></html>'
)
PAGE = {"Content-Type": "text/html; charset=utf-8"}
FIREWALL, CLOUDFLARE = PAGE | {"Server": "Apache"}, PAGE | {"Server": "cloudflare", "cf-mitigated": "challenge"}


@dataclass(frozen=True)
class Request:
    """One request as the handler sees it; `path` is decoded and has no query."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: dict[str, str]  # keys in lower case
    body: bytes

    def arg(self, name: str, default: str | None = None) -> str | None:
        return next((value for key, value in self.query if key == name), default)


@dataclass
class Response:
    """What the handler answers; Content-Length is added by the server."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Seen:
    """One line of the server's log; `steps`: the rows written, by resource, in their order."""

    method: str
    path: str
    query: str
    status: int
    fault: str | None
    at: float
    body: bytes
    steps: tuple[str, ...] = ()


Handler = Callable[[Request], Response]


class SandboxServer:
    """Serves `handler` on 127.0.0.1; `port=0` takes a free one. `start()` returns at once, `stop()` joins."""

    def __init__(self, handler: Handler, faults: FaultPlan | None = None, port: int = 0) -> None:
        self.faults = faults or FaultPlan()
        self.log: list[Seen] = []
        self.at_work: list[Work] = []
        self._handler = handler
        self._httpd = _Server(("127.0.0.1", port), _connection(self))
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        return int(self._httpd.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> SandboxServer:
        self._thread = threading.Thread(target=self._httpd.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        self.finish()
        self._httpd.shutdown()
        self._httpd.server_close()
        if self._thread:
            self._thread.join(timeout=5)

    def pass_time(self, seconds: float) -> None:
        """What was stopped in its middle goes on once its seconds are over, and is through when this returns."""
        for work in list(self.at_work):
            work.pass_time(seconds)
        self.at_work = [work for work in self.at_work if not work.over.is_set()]

    def finish(self) -> None:
        """Whatever was stopped in its middle goes on, to its end."""
        self.pass_time(float("inf"))

    def handle(self, request: Request, query: str, fault: Fault | None = None, work: Work | None = None) -> Response:
        """What the handler answers, or what was planned instead of asking it; a line in the log once it is there."""
        if work is None:
            work = Work(fault.step, dies=True) if fault and fault.kind == "died" else Work()
        answers: list[Response] = []

        def handle() -> None:
            try:
                answers.append(_planned(fault) if fault and fault.kind in BEFORE else self._handler(request))
            except DiedError:
                answers.append(Response(500, b"", PAGE))

        work.do(handle)
        (response,) = answers
        kind, steps = fault.kind if fault else None, tuple(work.steps)
        seen = Seen(request.method, request.path, query, response.status, kind, time.time(), request.body, steps)
        self.log.append(seen)
        return response

    def requests(self, method: str = "", path: str = "") -> list[Seen]:
        """The log, narrowed to a method and to paths that start with `path`."""
        return [s for s in list(self.log) if method in ("", s.method) and s.path.startswith(path)]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is part of the rehearsal, not worth a traceback; anything else is shown."""
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            traceback.print_exc()


def _connection(owner: SandboxServer) -> type[BaseHTTPRequestHandler]:
    class Connection(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def version_string(self) -> str:
            return "nginx"

        def log_message(self, format: str, *args: Any) -> None:
            """The log is kept in memory, not printed."""

        def _serve(self) -> None:
            split = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length) if length else b""
            request = Request(
                self.command,
                unquote(split.path),
                tuple(parse_qsl(split.query, keep_blank_values=True)),
                {k.lower(): v for k, v in self.headers.items()},
                body,
            )
            fault = owner.faults.take(request.method, request.path)
            if fault and fault.kind == "late":
                time.sleep(fault.seconds)
            if fault and fault.kind == "at_work":
                work = Work(fault.step, fault.seconds)
                owner.at_work.append(work)
                threading.Thread(target=self._handle, args=(request, split.query, fault, work), daemon=True).start()
                work.wait()
                if work.stopped:
                    self._answer(Response(), fault)
                    return
                work.over.wait()
            else:
                self._handle(request, split.query, fault)
            self._answer(self.response, fault)

        def _handle(self, *of_request: Any) -> None:
            self.response = owner.handle(*of_request)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = _serve

        def _answer(self, response: Response, fault: Fault | None) -> None:
            kind = fault.kind if fault else None
            if kind == "reset_before":
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            if kind in ("reset_before", "answer_lost", "at_work"):
                self.close_connection = True
                with contextlib.suppress(OSError):
                    self.connection.close() if kind == "reset_before" else self.connection.shutdown(socket.SHUT_RDWR)
                return
            if kind == "status_500_after":
                response = Response(500, b"", {"Content-Type": "text/html; charset=UTF-8"})
            elif kind == "status_403_after":
                response = Response(403, FORBIDDEN, FIREWALL)
            elif kind == "html_after":
                response = Response(200, HTML, {"Content-Type": "text/html; charset=utf-8"})
            elif kind == "php_warning_after":
                response = Response(500, PHP_WARNING, {"Content-Type": "text/xml;charset=utf-8"})
            elif kind == "xml_entity":
                response = Response(200, ENTITY, {"Content-Type": "text/xml;charset=utf-8"})
            self.send_response_only(response.status)
            self.send_header("Server", response.headers.get("Server", self.version_string()))
            self.send_header("Date", self.date_time_string())
            for name, value in response.headers.items():
                if name != "Server":
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(response.body)))
            self.end_headers()
            if self.command == "HEAD":
                return
            if kind == "cut_short":
                self.wfile.write(response.body[: len(response.body) // 2])
                self.wfile.flush()
                self.close_connection = True
                return
            self.wfile.write(response.body)

    return Connection


#: What the "before" kinds answer: status, body, headers. The rest is built in `_planned`.
_ANSWERS: dict[str, tuple[int, bytes, dict[str, str]]] = {
    "status_429_bare": (429, b"", {}),
    "status_401": (401, b"", {}),
    "status_500_before": (500, b"", {"Content-Type": "text/html"}),
    "status_503_before": (503, b"", {"Content-Type": "text/html"}),
    "status_504_before": (504, b"", {"Content-Type": "text/html"}),
    "status_403_before": (403, FORBIDDEN, FIREWALL),
    "challenge": (403, CHALLENGE, CLOUDFLARE),
    "redirect": (302, b"", {"Location": "http://127.0.0.2:9/elsewhere"}),
}


def _planned(fault: Fault) -> Response:
    if fault.kind == "status_429":
        return Response(429, b"", {"Retry-After": str(fault.retry_after)})
    status, body, headers = _ANSWERS.get(fault.kind, (200, HTML, {"Content-Type": "text/html; charset=utf-8"}))
    return Response(status, body, dict(headers))

"""A hard end for one request, whatever the other side does: at its time the socket is shut, and every wait ends.

A time limit of urllib3 or of a socket is for each wait alone: a server that sends a byte a second never meets it.
Here the connection is watched from its first byte on, TLS handshake, headers and "100 Continue" included; before it,
name look-up and connecting have a limit of their own (`opening`).
"""

from __future__ import annotations

import os
import socket
import threading
import time
from contextvars import ContextVar, Token
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from . import alarms
from .alarms import Alarm
from .opening import connected

MOST_SECONDS = 10.0  # to connect, where nobody said how long


class Deadline:
    """A context: connections of this thread that are opened or used inside are shut when `seconds` have passed."""

    def __init__(self, seconds: float) -> None:
        self.expired = False
        self._seconds, self._began = seconds, time.monotonic()
        self._alarm: Alarm | None = None
        self._watched: list[socket.socket] = []
        self._lock = threading.Lock()
        self._token: Token[Deadline | None] | None = None

    def __enter__(self) -> Deadline:
        self._token = _PRESENT.set(self)
        self._alarm = alarms.after(self._seconds, self._expire)
        return self

    @property
    def is_over(self) -> bool:
        """Whether the time is used up: also where a wait of the socket itself ended a moment before."""
        return self.expired or time.monotonic() - self._began > self._seconds * 0.95

    def __exit__(self, *_: object) -> None:
        if self._alarm is not None:
            self._alarm.call_off()
        if self._token is not None:
            _PRESENT.reset(self._token)
        with self._lock:
            for each in self._watched:
                each.close()
            self._watched.clear()

    def watch(self, connection: socket.socket) -> None:
        """A second handle on the connection is kept: TLS takes the first one over."""
        handle = socket.socket(fileno=os.dup(connection.fileno()))
        with self._lock:
            self._watched.append(handle)
            if self.expired:
                _shut(handle)

    def _expire(self) -> None:
        with self._lock:
            self.expired = True
            for each in self._watched:
                _shut(each)


def _shut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:  # the other side was faster
        return


_PRESENT: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


class _Watched(HTTPConnection):
    """A connection of urllib3 that leads to judged addresses only, and is watched by the present deadline."""

    def _new_conn(self) -> socket.socket:
        """As urllib3's own, with its errors. Raises reach.NotAllowedError besides."""
        try:
            made = connected(self._dns_host, self.port, float(self.timeout or MOST_SECONDS), self.socket_options or ())
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error
        except TimeoutError as error:
            raise ConnectTimeoutError(self, f"no connection to {self.host} in time") from error
        except OSError as error:
            raise NewConnectionError(self, f"no connection to {self.host}: {error}") from error
        made.settimeout(self.timeout)
        _watch(made)
        return made

    def request(self, *args: Any, **kwargs: Any) -> None:
        if self.sock is not None:  # one that was kept open from an earlier request
            _watch(self.sock)
        super().request(*args, **kwargs)


class _WatchedSecure(_Watched, HTTPSConnection):
    """The same with TLS, which begins on the connection that is watched already."""


def _watch(connection: socket.socket) -> None:
    present = _PRESENT.get()
    if present is not None:
        present.watch(connection)


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Watched


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _WatchedSecure


class WatchedAdapter(HTTPAdapter):
    """The adapter of a session whose connections a `Deadline` can end."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}


def watched(session: requests.Session) -> None:
    """Makes all connections of a session ones that a `Deadline` can end."""
    for scheme in ("http://", "https://"):
        session.mount(scheme, WatchedAdapter())

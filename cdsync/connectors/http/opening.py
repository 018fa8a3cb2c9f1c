"""Opens a connection: the name is looked up, every address it stands for is judged, and just these are called.

Nothing is looked up a second time, so no name can stand for another address once it was judged; TLS and the Host header
keep the name. Looking up and connecting have one time limit together, whatever the resolver does.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterable, Sequence
from typing import Any

from . import allowed_addresses

MOST_LOOKUPS = 32  # of this process at once: one that ran out of time lives on for as long as the system lets it
Found = tuple[Any, ...]  # as getaddrinfo answers: family, kind, protocol, name, address
_places = threading.BoundedSemaphore(MOST_LOOKUPS)


def connected(host: str, port: int, seconds: float, options: Iterable[Sequence[Any]] = ()) -> socket.socket:
    """A connection to the host, within so many seconds.

    Raises allowed_addresses.NotAllowedError when one of its addresses must not be called, socket.gaierror,
    TimeoutError, OSError.
    """
    end = time.monotonic() + seconds
    found = _looked_up(host.strip("[]"), port, seconds)
    for *_, address in found:
        allowed_addresses.judge(str(address[0]), host, port)
    error: OSError = OSError(f"{host} stands for no address")
    for number, each in enumerate(found):
        left = end - time.monotonic()
        if left <= 0:
            raise TimeoutError(f"no connection to {host} in time") from error
        try:
            return _opened(each, left / (len(found) - number), options)
        except OSError as failed:
            error = failed
    raise error


def _opened(found: Found, seconds: float, options: Iterable[Sequence[Any]]) -> socket.socket:
    family, kind, protocol, _name, address = found
    made = socket.socket(family, kind, protocol)
    try:
        for each in options:
            made.setsockopt(*each)
        made.settimeout(seconds)
        made.connect(address)
    except BaseException:
        made.close()
        raise
    return made


def _looked_up(host: str, port: int, seconds: float) -> list[Found]:
    """What the name stands for: an address in any spelling at once, any other within the time."""
    try:
        return socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM, 0, socket.AI_NUMERICHOST)
    except socket.gaierror:
        return _Lookup(host, port).within(seconds)


class _Lookup:
    """A look-up in a thread of its own: the system's cannot be ended, it can only be left alone."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._found: list[Found] | Exception | None = None
        self._thread = threading.Thread(target=self._ask, daemon=True, name=f"look-up of {host}")

    def within(self, seconds: float) -> list[Found]:
        """Raises TimeoutError, socket.gaierror."""
        end = time.monotonic() + seconds
        if not _places.acquire(timeout=seconds):
            raise TimeoutError("too many names are being looked up")
        self._thread.start()
        self._thread.join(max(0.0, end - time.monotonic()))
        if self._found is None:
            raise TimeoutError(f"the address of {self._host} was not found in time")
        if isinstance(self._found, Exception):
            raise self._found
        return self._found

    def _ask(self) -> None:
        places = _places
        try:
            self._found = socket.getaddrinfo(self._host, self._port, 0, socket.SOCK_STREAM)
        except Exception as error:  # whoever waits raises it
            self._found = error
        finally:
            places.release()


def _anew() -> None:
    """A process that was forked has none of the threads that hold a place."""
    global _places  # noqa: PLW0603 - of this process
    _places = threading.BoundedSemaphore(MOST_LOOKUPS)


os.register_at_fork(after_in_child=_anew)

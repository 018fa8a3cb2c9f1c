"""What the other side repeats of the secrets it was sent is taken out of its answer before anybody reads it.

Error pages, refusals and redirects repeat addresses, headers and forms; what is kept, shown and logged of them would
hold the secret then. Knows no connector: a secret is what a request carries as one.
"""

from __future__ import annotations

import base64
import binascii
import threading
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from urllib.parse import parse_qsl, quote, urlsplit

import requests
from requests.structures import CaseInsensitiveDict

HIDDEN = b"***"
NAMED = frozenset({"ws_key", "client_secret", "password", "access_token", "refresh_token"})  # in an address or a form
SHORTEST = 8  # a shorter one stands in many a text by chance
MOST = 64  # remembered at once: what was sent to one address may be repeated by another of the same side

_sent: dict[str, None] = {}
_lock = threading.Lock()


def secrets_of(request: requests.PreparedRequest) -> tuple[str, ...]:
    """The secrets a request carries, remembered from here on: key, password, token, client secret."""
    found = tuple(dict.fromkeys(each for each in _carried(request) if len(each) >= SHORTEST))
    with _lock:
        for each in found:
            _sent.pop(each, None)
            _sent[each] = None
        for oldest in list(_sent)[:-MOST]:
            del _sent[oldest]
    return found


def every_sent() -> tuple[str, ...]:
    """What this process sent lately, whoever it was sent to."""
    with _lock:
        return tuple(_sent)


def without(body: bytes, secrets: Iterable[str]) -> bytes:
    """The body without these, as they are and as addresses spell them."""
    for secret in secrets:
        for spelling in _spellings(secret):
            body = body.replace(spelling, HIDDEN)
    return body


def headers_without(headers: Mapping[str, str], secrets: Iterable[str]) -> CaseInsensitiveDict[str]:
    """The same of an answer's headers: a redirect repeats the address."""
    known = tuple(secrets)
    together = "\n".join(headers.values()).encode("utf-8", "replace")
    if without(together, known) == together:  # nearly always: one search instead of one for each header
        return CaseInsensitiveDict(headers)
    clean = {name: without(value.encode("utf-8", "replace"), known).decode() for name, value in headers.items()}
    return CaseInsensitiveDict(clean)


@lru_cache(maxsize=2 * MOST)
def _spellings(secret: str) -> tuple[bytes, ...]:
    """Worked out once: every answer is searched for every secret that was sent lately."""
    return tuple({secret.encode(), quote(secret, safe="").encode()})


def _carried(request: requests.PreparedRequest) -> Iterator[str]:
    kind, _, value = str(request.headers.get("Authorization", "")).partition(" ")
    if kind.lower() == "basic":
        yield value
        yield _of_basic(value)
    elif value:
        yield value
    body = request.body.decode("utf-8", "replace") if isinstance(request.body, bytes) else str(request.body or "")
    form = body if "x-www-form-urlencoded" in str(request.headers.get("Content-Type", "")) else ""
    for text in (urlsplit(request.url or "").query, form):
        yield from (value for name, value in parse_qsl(text) if name.lower() in NAMED)


def _of_basic(value: str) -> str:
    """The password; the user where there is none, for that is how PrestaShop takes its key."""
    try:
        user, _, password = base64.b64decode(value).decode("utf-8", "replace").partition(":")
    except (binascii.Error, ValueError):
        return ""
    return password or user

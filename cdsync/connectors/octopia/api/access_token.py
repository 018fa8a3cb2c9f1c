"""Access tokens: one per account and process, asked for again only when it is about to end. Never logs one.

Facts (docs/octopia.md, 1): client_credentials grant, 7200 s, no refresh token, at most 500 tokens an hour; errors
as problem+json or in Keycloak's style. A token that dies in flight looks like wrong credentials, hence renewed early.
"""

from __future__ import annotations

import hashlib
import threading
import time
from dataclasses import dataclass, field
from decimal import Decimal

from cdsync.errors import AccessRefusedError, ConfigError

from ...base import Recorder
from ...http.answer import Answer
from ...http.client import HttpClient
from ...http.pacing import Pace
from ...http.read_retry import with_retries
from ...http.transient_errors import TransientError
from .answers import raise_for_infrastructure
from .problem_json import content, words
from .settings import SIDE

RENEW_BEFORE = 300.0


@dataclass
class _Slot:
    """The token of one account in this process; the lock makes many threads ask only once."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    token: str = ""
    good_until: float = 0.0  # monotonic seconds


_SLOTS: dict[str, _Slot] = {}
_SLOTS_LOCK = threading.Lock()


class TokenSource:
    """Gives the current token of one client; `client_secret` is in clear and goes nowhere but to `token_url`."""

    def __init__(
        self, token_url: str, client_id: str, client_secret: str, recorder: Recorder, pace: Pace | None = None
    ) -> None:
        self._url, self._client_id, self._client_secret = token_url, client_id, client_secret
        self._http = HttpClient(SIDE, token_url, recorder, pace=pace)
        account = hashlib.sha256("\0".join((token_url, client_id, client_secret)).encode()).hexdigest()
        with _SLOTS_LOCK:
            self._slot = _SLOTS.setdefault(account, _Slot())

    def token(self, unlike: str = "") -> str:
        """A token that is good for a while; `unlike`: one the API just refused, so that another is fetched.

        Raises AccessRefusedError("marketplace.credentials_refused") and what any request may raise.
        """
        with self._slot.lock:
            stale = time.monotonic() >= self._slot.good_until or self._slot.token == unlike
            if not self._slot.token or stale:
                self._slot.token = ""
                self._slot.token, lifetime = with_retries(self._fetch)
                self._slot.good_until = time.monotonic() + lifetime - min(RENEW_BEFORE, lifetime / 2)
            return self._slot.token

    def _fetch(self) -> tuple[str, float]:
        """A new token and its lifetime in seconds."""
        answer = self._ask()
        raise_for_infrastructure(answer, self._http.host, "GET")  # asking for a token changes nothing
        if answer.status == 404:
            raise ConfigError("marketplace.not_the_api", host=self._http.host, status=404)
        if not 200 <= answer.status < 300:
            detail = words(answer).replace(self._client_secret, "…") or f"HTTP {answer.status}"
            raise AccessRefusedError("marketplace.credentials_refused", detail=detail)
        found = content(answer)
        token, lifetime = found.get("access_token"), found.get("expires_in")
        if not isinstance(token, str) or not token:
            raise TransientError("marketplace.unreadable", host=self._http.host, reason="the answer holds no token")
        known = isinstance(lifetime, int | Decimal) and not isinstance(lifetime, bool) and lifetime > 0
        return token, float(lifetime) if known and lifetime is not None else 2 * RENEW_BEFORE

    def _ask(self) -> Answer:
        """Asking for a token changes nothing, so an answer that never came is like that of a read."""
        form = {"grant_type": "client_credentials", "client_id": self._client_id, "client_secret": self._client_secret}
        headers = {"Accept": "application/json"}
        return self._http.send("POST", self._url, headers=headers, data=form, record_body=False, changes_nothing=True)

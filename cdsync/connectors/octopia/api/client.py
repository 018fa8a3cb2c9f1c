"""Octopia's seller API over HTTP: token, headers, one repeat after a 401, answers made into values or our errors.

Knows paths and statuses, not what an order means (`mapper`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

import requests

from cdsync.errors import ConfigError, RejectedError, TemporaryError

from ...base import Recorder
from ...http.answer import Answer
from ...http.client import HttpClient
from ...http.read_retry import with_retries
from ...http.transient_errors import TransientError
from .access_token import TokenSource
from .answers import raise_for_infrastructure, refusal, refused
from .json_text import Entry, clean, decode, entries
from .settings import SIDE, Connection

NO_CONTENT = 204
Params = Sequence[tuple[str, str]]


class Page(NamedTuple):
    """One page of a list: its entries, and whether the answer itself says that there are more."""

    entries: list[Entry]
    says_more: bool
    date: str  # the server's clock, from the Date header, or ""


class OctopiaClient:
    """Calls of one seller account. Reads raise ConfigError and TemporaryError; of one order, RejectedError too."""

    def __init__(self, connection: Connection, recorder: Recorder) -> None:
        self._connection = connection
        self._http = HttpClient(SIDE, connection.api_url, recorder, pace=connection.pace)
        self._tokens = TokenSource(
            connection.token_url, connection.client_id, connection.client_secret, recorder, connection.token_pace
        )
        self.host = self._http.host

    def renew_token(self) -> None:
        """Has a token, asking for one if need be."""
        self._tokens.token()

    def page(self, path: str, params: Params, channel: str = "") -> Page:
        """One page of `{"itemsPerPage": n, "items": […]}`; asked again when that fails for a moment."""
        return with_retries(lambda: self._page(path, params, channel))

    def _page(self, path: str, params: Params, channel: str) -> Page:
        answer = self._of_many(self.send("GET", path, params, channel=channel))
        if answer.status == NO_CONTENT:
            return Page([], False, answer.headers.get("Date", ""))
        try:
            found, rest = entries(clean(answer.body))
        except ValueError as exc:
            raise self._unreadable(exc) from exc
        full = rest.get("itemsPerPage") == len(found) and bool(found)
        more = full or 'rel="next"' in answer.headers.get("Link", "").replace("rel=next", 'rel="next"')
        return Page(found, more, answer.headers.get("Date", ""))

    def value(self, path: str, params: Params = (), channel: str = "") -> Any:
        """What a GET answers, decoded; fractions are Decimal. Asked again when that fails for a moment."""
        return with_retries(lambda: self.decoded(self._of_many(self.send("GET", path, params, channel=channel))).value)

    def how_many(self, params: Params, channel: str = "") -> int:
        """How many orders these filters find: `/orders/count` answers a bare integer (docs/octopia.md, 2)."""
        found = self.value("/orders/count", params, channel)
        if not isinstance(found, int) or isinstance(found, bool):
            raise self._unreadable("the count is no whole number")
        return found

    def decoded(self, answer: Answer) -> Entry:
        """A good answer's value and its text. Raises TemporaryError("marketplace.unreadable")."""
        text = clean(answer.body).strip()
        try:
            return Entry(decode(text), text)
        except ValueError as exc:
            raise self._unreadable(exc) from exc

    def post(self, path: str, body: Any, channel: str = "") -> Answer:
        """A write; returns a 2xx, or a 4xx that speaks about the order. UnknownOutcomeError after trouble."""
        answer = self.send("POST", path, data=json.dumps(body).encode(), channel=channel)
        error = refusal(answer, self.host)
        if error:
            raise error
        return answer

    def send(self, method: str, path: str, params: Params = (), data: bytes | None = None, channel: str = "") -> Answer:
        """One call, repeated once with a new token after a 401 (which means that nothing was carried out)."""
        token = self._tokens.token()
        answer = self._send(method, path, params, data, channel, token)
        if answer.status == 401:
            answer = self._send(method, path, params, data, channel, self._tokens.token(unlike=token))
        raise_for_infrastructure(answer, self.host, method)
        return answer

    def _send(self, method: str, path: str, params: Params, data: bytes | None, channel: str, token: str) -> Answer:
        headers = {
            "Authorization": f"Bearer {token}",
            "SellerId": self._connection.seller_id,
            "Accept": "application/json",
        }
        if channel:
            headers["SalesChannelId"] = channel
        if data is not None:
            headers["Content-Type"] = "application/json"
        try:
            return self._http.send(
                method, self._connection.api_url + path, headers=headers, params=list(params), data=data
            )
        except TemporaryError as exc:
            if isinstance(exc.__cause__, requests.exceptions.ChunkedEncodingError):
                raise self._unreadable("the answer broke off") from exc
            raise

    def good(self, answer: Answer) -> Answer:
        """The answer about one order when it is 2xx; raises what it means otherwise."""
        if 200 <= answer.status < 300:
            return answer
        raise refusal(answer, self.host) or refused(answer)

    def _of_many(self, answer: Answer) -> Answer:
        """`good` of what is about no single order: refused, it is refused for every one of them."""
        try:
            return self.good(answer)
        except RejectedError as error:
            raise ConfigError(error.code, **error.data) from error

    def _unreadable(self, reason: object) -> TemporaryError:
        return TransientError("marketplace.unreadable", host=self.host, reason=str(reason)[:120])

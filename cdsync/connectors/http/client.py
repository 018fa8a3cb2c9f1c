"""The one way out: HTTP with a time limit, no redirects, an exchange recorded, transport failures made into our errors.

Knows nothing of Octopia or PrestaShop: what a status or a body means is the connector's business.
"""

from __future__ import annotations

import logging
import re
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache
from http.client import HTTPException
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError

from cdsync.errors import CdsyncError, ConfigError, TemporaryError, UnknownOutcomeError

from ..base import Exchange, Recorder
from ..recording import echoed_secrets
from . import pacing, page_time
from .allowed_addresses import NotAllowedError
from .answer import Answer
from .deadline import Deadline, watched
from .limited_body import ENCODINGS, MOST_BYTES, TooLargeError, body_of
from .pacing import Pace
from .transient_errors import StillPausedError, TransientError

_REFS: ContextVar[tuple[str, ...]] = ContextVar("order_refs", default=())
logging.getLogger("urllib3.connection").setLevel(logging.ERROR)  # its warning of odd headers repeats the whole address
READS = frozenset({"GET", "HEAD"})
# What http.client and urllib3 let through of an answer that is none: a chunk of negative length is a ValueError.
NO_ANSWER = (HTTPException, HTTPError, ValueError, OverflowError, LookupError)
TOO_MANY = 429
_HANDSHAKE = re.compile(
    r"certificate verify failed[^(\])']*|hostname [^)]*doesn't match[^)]*"
    r"|WRONG_VERSION_NUMBER|UNSUPPORTED_PROTOCOL|NO_PROTOCOLS_AVAILABLE|\w*HANDSHAKE_FAILURE"
    r"|TLSV1_ALERT_PROTOCOL_VERSION|TLSV1_UNRECOGNIZED_NAME|DH_KEY_TOO_SMALL",
    re.I,
)


@contextmanager
def about(*refs: str) -> Iterator[None]:
    """Marks every exchange made inside as concerning these marketplace orders."""
    token = _REFS.set(refs)
    try:
        yield
    finally:
        _REFS.reset(token)


class _StayingSession(requests.Session):
    """A session that does not even look where a redirect points: an address that is none would be an error."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        return None


class HttpClient:
    """Requests to one host only.

    side: "marketplace" or "shop", the first word of the error codes it raises (`shop.unreachable`, …).
    timeout: seconds from the look-up of the name to the last byte read, whatever the other side does; until there is a
    connection at most ten of them.
    pace: how many requests there may be of everybody together; None: as many as come.
    """

    def __init__(
        self, side: str, base_url: str, recorder: Recorder, timeout: float = 30.0, pace: Pace | None = None
    ) -> None:
        self.side = side
        self._pace = pace
        self._origin = self._origin_of(base_url)
        self.host = urlsplit(base_url).netloc
        self.timeout = timeout
        self._recorder = recorder
        self._session = _StayingSession()
        self._session.trust_env = False  # no proxy, no netrc: only what the merchant configured
        self._session.headers["User-Agent"] = "cdsync"
        self._session.headers["Accept-Encoding"] = ENCODINGS
        watched(self._session)

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | list[tuple[str, str]] | None = None,
        data: bytes | Mapping[str, str] | None = None,
        auth: tuple[str | bytes, str | bytes] | None = None,
        record_body: bool = True,
        shown_url: str | None = None,
        changes_nothing: bool = False,
    ) -> Answer:
        """One request, one answer, whatever its status; a redirect is an answer too and is never followed.

        What cannot be sent at all, such as a host name with an empty part: ConfigError; so is a name that stands for an
        address that must not be called (`reach`).
        No answer: TemporaryError for a read (`changes_nothing`: also for another method) and for anything that surely
        never left; UnknownOutcomeError for a write that may have arrived. A name that does not resolve or TLS that does
        not hold: ConfigError.
        `record_body=False` keeps bodies out of the record (tokens); `shown_url` is the URL without what must not be
        shown, for record, answer and errors. While a person waits, the page's time counts too (`page_time`). Too many
        requests of everybody together, or a pause that was asked for: TemporaryError, and nothing was sent (`pacing`).
        """
        self._only_our_host(url)
        request = self._prepared(requests.Request(method, url, dict(headers or {}), None, data, params, auth))
        page = page_time.present()
        if page is not None and (known := page.answered.to(request)) is not None:
            return known
        self._seconds()
        reads = changes_nothing or method in READS
        with self._turn(method):
            shown = _shown(data) if record_body else ""
            answer = self._sent(method, url, request, shown, record_body, shown_url, reads)
        if page is not None and record_body:
            page.answered.keep(request, answer)
        return answer

    def _sent(
        self,
        method: str,
        url: str,
        request: requests.PreparedRequest,
        request_text: str,
        record_body: bool,
        shown_url: str | None,
        reads: bool,
    ) -> Answer:
        """Sent now, and recorded; a pause that was asked for is kept for everybody."""
        self._recorder.sending()
        started, at = time.monotonic(), datetime.now(UTC)
        try:
            raw, body = self._exchanged(request)
        except NotAllowedError as exc:
            self._record(method, shown_url or url, None, started, at, request_text, "", "AddressNotAllowed")
            raise ConfigError(
                f"{self.side}.address_not_allowed", host=self.host, address=exc.address, kind=exc.kind
            ) from None
        except TooLargeError:
            self._record(method, shown_url or url, None, started, at, request_text, "", "TooLarge")
            raise self._too_large(reads=reads) from None
        except requests.RequestException as exc:
            self._record(method, shown_url or url, None, started, at, request_text, "", type(exc).__name__)
            failure = self._failure(exc, method, reads=reads)
            raise failure from type(exc)()  # its own words repeat the URL, with whatever that holds
        carried = echoed_secrets.secrets_of(request)
        # A token is given anew, and may be the same one.
        known = carried if not record_body else echoed_secrets.every_sent()
        body, headers = echoed_secrets.without(body, known), echoed_secrets.headers_without(raw.headers, known)
        answer = Answer(raw.status_code, body, headers, shown_url or raw.url)
        self._record(
            method, shown_url or raw.url, raw.status_code, started, at, request_text,
            answer.text if record_body else "", "",
        )  # fmt: skip
        if raw.status_code == TOO_MANY:
            pacing.pause(self._pace, answer.retry_after)
        return answer

    def _turn(self, method: str) -> AbstractContextManager[None]:
        """Around a request. Waiting comes before its time limit begins; raises TemporaryError when nothing was sent."""

        def refusal(given: pacing.Turn) -> TemporaryError:
            if given.paused:
                return StillPausedError(f"{self.side}.rate_limited", retry_after=given.wait, host=self.host)
            return TemporaryError(f"{self.side}.no_turn", retry_after=given.wait, host=self.host)

        return pacing.turn(self._pace, write=method not in READS, lease=self.timeout + 5, refusal=refusal)

    def _seconds(self) -> float:
        """Seconds this request has. Raises TemporaryError when the page that asks has none left."""
        page = page_time.present()
        if page is not None and page.left <= 0:
            raise TemporaryError(page_time.code(self.side), **page.over(self.host))
        return page_time.at_most(self.timeout)

    def _origin_of(self, url: str) -> tuple[str, str, int | None]:
        """Scheme, host and port. Raises ConfigError when the address has no such."""
        origin = _origin_of(url.partition("?")[0])
        if origin[0] not in ("http", "https") or not origin[1]:
            raise ConfigError(f"{self.side}.address_wrong", host=url, reason="not an http(s) address")
        return origin

    def _only_our_host(self, url: str) -> None:
        if self._origin_of(url) != self._origin:
            host = urlsplit(url).netloc
            raise ConfigError(f"{self.side}.address_wrong", host=host, reason="another host than the configured one")

    def _prepared(self, request: requests.Request) -> requests.PreparedRequest:
        """The request as it will leave, or ConfigError while it surely has not."""
        try:
            prepared = self._session.prepare_request(request)
            for value in prepared.headers.values():
                str(value).encode("latin-1")
        except UnicodeEncodeError:
            raise ConfigError(f"{self.side}.not_sendable", host=self.host) from None
        except requests.RequestException:
            raise ConfigError(f"{self.side}.address_wrong", host=self.host, reason="no such host name") from None
        return prepared

    def _exchanged(self, request: requests.PreparedRequest) -> tuple[requests.Response, bytes]:
        """Sent, and answered to the last byte, within the time limit as a whole: bytes that drip do not prolong it.

        Raises RequestException, TooLargeError, NotAllowedError.
        """
        seconds = self._seconds()
        with Deadline(seconds) as deadline:
            try:
                raw = self._session.send(
                    request, timeout=(min(seconds, 10.0), seconds), allow_redirects=False, stream=True
                )
                try:
                    body = body_of(raw)
                except BaseException:
                    raw.close()  # the rest of it is nobody's next answer
                    raise
            except requests.ConnectTimeout:
                raise  # nothing was sent, whatever the time
            except (requests.RequestException, *NO_ANSWER) as exc:
                if deadline.is_over:
                    raise requests.ReadTimeout("the answer did not end in time") from exc
                if isinstance(exc, requests.RequestException):
                    raise
                raise requests.exceptions.ChunkedEncodingError("the answer is not HTTP") from exc
            if deadline.expired:  # a body without a length ends where the connection does
                raw.close()
                raise requests.ReadTimeout("the answer did not end in time")
        return raw, body

    def _too_large(self, *, reads: bool) -> CdsyncError:
        limit = f"{MOST_BYTES // 1024 // 1024} MB"
        if reads:
            return TemporaryError(f"{self.side}.answer_too_large", host=self.host, limit=limit)
        return UnknownOutcomeError(f"{self.side}.answer_too_large", host=self.host, limit=limit)

    def _record(
        self,
        method: str,
        url: str,
        status: int | None,
        started: float,
        at: datetime,
        sent: str,
        got: str,
        failure: str,
    ) -> None:
        took = round((time.monotonic() - started) * 1000)
        self._recorder.record(Exchange(self.side, method, url, status, took, at, sent, got, failure, _REFS.get()))

    def _failure(self, exc: requests.RequestException, method: str, *, reads: bool) -> CdsyncError:
        text = str(exc)
        if isinstance(exc, requests.exceptions.SSLError) and (fault := _of_handshake(text)):
            return ConfigError(f"{self.side}.tls", host=self.host, reason=fault)
        if f"[Errno {socket.EAI_AGAIN}]" in text:
            return TransientError(f"{self.side}.unreachable", host=self.host)  # the name service, not the name
        if any(sign in text for sign in ("NameResolution", "Name or service", "getaddrinfo", "Failed to resolve")):
            return ConfigError(f"{self.side}.no_such_host", host=self.host)
        harmless = reads or isinstance(exc, requests.exceptions.ConnectTimeout) or "NewConnectionError" in text
        timed_out = isinstance(exc, requests.exceptions.Timeout)
        page = page_time.present()
        if page is not None and timed_out and page.is_over:
            outcome = TemporaryError if harmless else UnknownOutcomeError
            return outcome(page_time.code(self.side), **page.over(self.host))
        if not harmless:
            return UnknownOutcomeError(f"{self.side}.outcome_unknown", host=self.host, method=method)
        kind = TemporaryError if timed_out else TransientError
        return kind(f"{self.side}.timeout" if timed_out else f"{self.side}.unreachable", host=self.host)


@lru_cache(maxsize=256)  # of few addresses, apart from what is asked for there
def _origin_of(url: str) -> tuple[str, str, int | None]:
    try:
        split = urlsplit(url)
        origin = (split.scheme, split.hostname or "", split.port)
        origin[1].encode("idna")  # empty or overlong parts of a name are errors here
    except ValueError:
        return ("", "", None)
    return origin


def _of_handshake(text: str) -> str:
    """What OpenSSL said while the connection was made, when nothing had been sent yet; "" when that is not sure.

    A connection that breaks later (SSLEOFError, "decryption failed") may have taken the request with it.
    """
    found = _HANDSHAKE.search(text)
    return found.group(0).replace("_", " ").strip().lower() if found else ""


def _shown(data: bytes | Mapping[str, str] | None) -> str:
    if data is None:
        return ""
    return data.decode("utf-8", "replace") if isinstance(data, bytes) else str(dict(data))

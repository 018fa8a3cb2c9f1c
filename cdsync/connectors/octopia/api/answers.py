"""What an HTTP answer of Octopia means when it is not what was asked for. Knows no order.

Codes: section 7 of the reference. Proxies may answer HTML or an empty body with any status.
"""

from __future__ import annotations

from cdsync.errors import (
    AccessRefusedError,
    CdsyncError,
    ConfigError,
    RejectedError,
    TemporaryError,
    UnknownOutcomeError,
)

from ...http.answer import Answer
from ...http.client import READS
from ...http.intermediaries import is_challenge, is_refusal, moved_to, seen
from ...http.transient_errors import TooManyRequestsError, TransientError
from .problem_json import is_problem, words


def is_page(answer: Answer) -> bool:
    """Whether a page for people came instead of the API's answer."""
    return "html" in answer.content_type or answer.body.lstrip()[:1] == b"<"


def raise_for_infrastructure(answer: Answer, host: str, method: str) -> None:
    """Raises for what any host may answer: a page of something before it, a redirect, a limit, trouble of its own.

    After a write, trouble does not say whether it was carried out: UnknownOutcomeError instead of TemporaryError.
    The API refuses in JSON or with nothing; a page that refuses is a firewall's, Cdiscount's or one on the way.
    """
    status = answer.status
    if is_challenge(answer) or (is_page(answer) and is_refusal(answer) and status != 404):
        raise ConfigError("marketplace.blocked", **seen(answer, method, host))
    if 300 <= status < 400:
        raise ConfigError("marketplace.redirected", host=host, to=moved_to(answer))
    if status == 429:
        raise TooManyRequestsError("marketplace.rate_limited", retry_after=answer.retry_after, host=host)
    if status >= 500 or status == 408:
        raise _trouble(answer, host, method, TransientError("marketplace.server_error", **seen(answer, method, host)))
    if 200 <= status < 300 and is_page(answer):
        reason = "a web page came instead of JSON"
        raise _trouble(answer, host, method, TransientError("marketplace.unreadable", host=host, reason=reason))


def refusal(answer: Answer, host: str) -> CdsyncError | None:
    """The error of a 4xx that says nothing about one order, None for 2xx and for what only the caller can judge."""
    status = answer.status
    if status == 401:
        return AccessRefusedError("marketplace.credentials_refused", detail=words(answer) or "HTTP 401")
    if status == 403:
        return AccessRefusedError("marketplace.forbidden", detail=words(answer) or "HTTP 403")
    if status == 404 and not is_problem(answer):
        return ConfigError("marketplace.not_the_api", host=host, status=status)
    return None


def refused(answer: Answer) -> RejectedError:
    """The API understood and said no, in its own words."""
    return RejectedError("marketplace.refused", status=answer.status, detail=words(answer) or "no reason given")


def _trouble(answer: Answer, host: str, method: str, error: TemporaryError) -> CdsyncError:
    if method in READS:
        error.retry_after = answer.retry_after
        return error
    return UnknownOutcomeError("marketplace.outcome_unknown", retry_after=answer.retry_after, host=host, method=method)

"""What an answer means that PrestaShop did not give: a firewall, a password, a redirect before the shop. Sends nothing.

webservice/dispatcher.php (1.7 to 9) answers a request without a key by itself: 401, plain text, and a realm of its own.
Its webservice answers in XML and names its version in PSWS-Version once it has let the key in.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cdsync.errors import AccessRefusedError, CdsyncError, ConfigError, UnknownOutcomeError

from ...http.answer import Answer
from ...http.intermediaries import REDIRECTS, is_challenge, is_refusal, moved_to, only_wants_https, seen
from ...http.transient_errors import TooManyRequestsError, TransientError
from .errors import BlockedError, SitePasswordError, UnreadableError, WebserviceMissingError

READS = frozenset({"GET", "HEAD"})
OWN_REALM = "PrestaShop Webservice"


def elsewhere(answer: Answer, method: str, host: str) -> CdsyncError | None:
    """The error of an answer that says nothing was done, whatever its body: a redirect, a limit; None for others."""
    if answer.status in REDIRECTS:
        to = moved_to(answer)
        if only_wants_https(answer):
            return ConfigError("shop.https_wanted", host=host, address=_address(to))
        return ConfigError("shop.redirected", host=host, to=to)
    if answer.status == 429:
        return TooManyRequestsError("shop.rate_limited", host=host, retry_after=answer.retry_after)
    return None


def not_the_webservice(answer: Answer, method: str, host: str, reason: str, secret: str = "") -> CdsyncError:
    """The error of an answer that is no document of the webservice. `secret`: the key, which no error may repeat.

    A refusal by a firewall is ConfigError `shop.blocked` for a write as well: it does not prove that nothing was made
    (some read the answer of the shop and hold that back), so the caller looks.
    """
    told = seen(answer, method, host, secret)
    if answer.status == 401 and "WWW-Authenticate" in answer.headers:
        return _locked(answer, host)
    if is_challenge(answer) or (is_refusal(answer) and not _may_be_missing(answer, method)):
        return BlockedError("shop.blocked", **told)
    return _no_answer(answer, told, reason) if method in READS else unknown(answer, method, host)


def _no_answer(answer: Answer, told: Mapping[str, Any], reason: str) -> CdsyncError:
    """A read that was answered by something that is no refusal either."""
    host = told["host"]
    if _may_be_missing(answer, "GET"):
        return WebserviceMissingError("shop.webservice_missing", host=host)
    if answer.status == 503:
        return TransientError("shop.maintenance", retry_after=answer.retry_after, **told)
    if answer.status >= 400:
        return TransientError("shop.server_error", retry_after=answer.retry_after, **told)
    return UnreadableError("shop.unreadable", host=host, reason=reason)


def unknown(answer: Answer, method: str, host: str) -> UnknownOutcomeError:
    """The shop answered, but not so that one could know what it did."""
    return UnknownOutcomeError("shop.outcome_unknown", host=host, method=method, status=answer.status)


def _locked(answer: Answer, host: str) -> AccessRefusedError:
    """401 with a realm: PrestaShop's own asks for the key, which got lost then; any other is a site password."""
    wanted = " ".join(answer.headers["WWW-Authenticate"].split())[:80]
    if OWN_REALM in wanted:
        return AccessRefusedError("shop.key_not_passed", host=host)
    return SitePasswordError("shop.site_password", host=host, wanted=wanted, server=answer.server)


def _may_be_missing(answer: Answer, method: str) -> bool:
    return answer.status in (404, 410) and method in READS and "PSWS-Version" not in answer.headers


def _address(to: str) -> str:
    """What to enter as the shop's address, from where a request to its webservice was sent on to."""
    return to.partition("/api")[0].rstrip("/")

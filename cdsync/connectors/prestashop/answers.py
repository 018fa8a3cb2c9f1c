"""What a webservice answer means: rows, or one of our errors by its code. Sends nothing.

PrestaShop's messages follow the shop's language, its codes do not (recorded on 9.1.4 and 8.2.1), so only codes
decide. PHP's own warnings come as codes 2 to 15 with a text that starts with `[PHP`, beside or instead of the true
error.
"""

from __future__ import annotations

import html
import re

from ...errors import CdsyncError, ConfigError, RejectedError, TemporaryError, UnknownOutcomeError
from ..answer import Answer
from .xml import Document, Row, ShopFault, UnreadableXml, parse

WRITES = frozenset({"POST", "PUT", "PATCH"})
KEY_REFUSED = frozenset({16, 17, 18, 19, 20, 21, 132})
NO_RIGHT = frozenset({23, 25, 26, 101})
SWITCHED_OFF = 22
XML_NOT_READ = 127  # its message repeats the whole body sent: never shown, never kept
EMAIL_TAKEN = 140
_FIELD = re.compile(r"(?:->|parameter \")(\w+)")
_EMAIL = re.compile(r"\S+@\S+")


def rows(answer: Answer, resource: str, method: str, host: str) -> tuple[Row, ...]:
    """The rows of a good answer; otherwise raises the error that the answer stands for.

    A write is only done when a 200 or 201 carries XML with an id for each entity; anything that does not
    clearly refuse is UnknownOutcomeError `shop.outcome_unknown`, with `status` in its data as the shop did answer.
    """
    _elsewhere(answer, host)
    try:
        document = parse(answer.body, resource)
    except UnreadableXml as exc:
        raise _without_xml(answer, method, host, str(exc)) from exc
    if document.faults or answer.status >= 400:
        raise refusal(answer, document, resource, method, host)
    if method in WRITES and not (document.rows and all(row.id for row in document.rows)):
        raise unknown(answer, method, host)
    return document.rows


def refusal(answer: Answer, document: Document, resource: str, method: str, host: str) -> CdsyncError:
    """The error an errors document stands for, by the first code that is not a PHP warning."""
    fault = true_fault(document.faults)
    if fault is None:
        if method in WRITES:
            return unknown(answer, method, host)  # saved all the same, very likely: the caller looks
        return TemporaryError("shop.server_error", host=host, status=answer.status)
    if fault.code in KEY_REFUSED:
        words = html.unescape(fault.message)[:120].strip()
        return ConfigError("shop.key_refused", detail=f"{words} (error {fault.code})".strip())
    if fault.code in NO_RIGHT:
        return ConfigError("shop.right_missing", resource=resource, method=method)
    if fault.code == SWITCHED_OFF:
        return TemporaryError("shop.webservice_off", host=host, retry_after=answer.retry_after)
    message = "" if fault.code == XML_NOT_READ else _EMAIL.sub("…", html.unescape(fault.message))[:200]
    found = _FIELD.search(html.unescape(fault.message)) if fault.code != XML_NOT_READ else None
    return RejectedError(
        "shop.refused",
        resource=resource,
        field=found.group(1) if found else "",
        message=message,
        shop_code=str(fault.code),
    )


def true_fault(faults: tuple[ShopFault, ...]) -> ShopFault | None:
    """The error itself, wherever it stands among PHP's warnings; None when there are only warnings."""
    true = [f for f in faults if not (2 <= f.code <= 15 or f.message.startswith("[PHP"))]
    return true[0] if true else None


def _elsewhere(answer: Answer, host: str) -> None:
    """Answers that say nothing was done, whatever their body."""
    if answer.status in (301, 302, 303, 307, 308):
        raise ConfigError("shop.redirected", host=host, to=answer.sent_to)
    if answer.status == 429:
        raise TemporaryError("shop.rate_limited", host=host, retry_after=answer.retry_after)


def _without_xml(answer: Answer, method: str, host: str, reason: str) -> CdsyncError:
    if answer.status == 401:
        return ConfigError("shop.key_refused", detail="HTTP 401")
    if method in WRITES:
        return unknown(answer, method, host)
    if answer.status == 404 and "PSWS-Version" not in answer.headers:
        return ConfigError("shop.webservice_missing", host=host)
    if answer.status == 503:
        return TemporaryError("shop.maintenance", host=host, retry_after=answer.retry_after)
    if answer.status >= 400:
        return TemporaryError("shop.server_error", host=host, status=answer.status, retry_after=answer.retry_after)
    return TemporaryError("shop.unreadable", host=host, reason=reason)


def unknown(answer: Answer, method: str, host: str) -> UnknownOutcomeError:
    """The shop answered, but not so that one could know what it did."""
    return UnknownOutcomeError("shop.outcome_unknown", host=host, method=method, status=answer.status)

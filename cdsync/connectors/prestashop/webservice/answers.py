"""What a webservice answer means: rows, or one of our errors by its code. Sends nothing.

PrestaShop's messages follow the shop's language, its codes do not (recorded on 9.1.4 and 8.2.1), so only codes
decide. PHP's own warnings come as codes 2 to 15 with a text that starts with `[PHP`, beside or instead of the true
error.
"""

from __future__ import annotations

import html
import re

from cdsync.errors import CdsyncError, ConfigError, RejectedError, TemporaryError

from ...http.answer import Answer
from ...http.intermediaries import seen
from ...http.transient_errors import TransientError
from .blocked_answers import elsewhere, not_the_webservice, unknown
from .errors import KeyRefusedError, OddValueError, RightMissingError
from .xml import Document, Row, ShopFault, UnreadableXml, parse, singular

ROOT = "api"  # GET /api/: the resources, which are no entities
WRITES = frozenset({"POST", "PUT", "PATCH"})
KEY_REFUSED = frozenset({16, 17, 18, 19, 20, 21, 132})
NO_RIGHT = frozenset({23, 25, 26, 101})
SWITCHED_OFF = 22
NO_SUCH_SHOP = 999
PHP_WARNINGS = "PHP warnings instead of an answer"  # they name folders and values of the shop
XML_NOT_READ = 127  # its message repeats the whole body sent: never shown, never kept
EMAIL_TAKEN = 140
_NUMBER = re.compile("[0-9]{1,18}")  # of an entity: whatever is asked for, its number is among it
_FIELD = re.compile(r"(?:->|parameter \")(\w+)")
_EMAIL = re.compile(r"\S+@\S+")


def rows(answer: Answer, resource: str, method: str, host: str, secret: str = "") -> tuple[Row, ...]:
    """The rows of a good answer; otherwise raises the error that the answer stands for. `secret`: as `doors` has it.

    Every row has its number. A read whose rows have none, or a text for it, is OddValueError `shop.odd_value`.

    A write is only done when a 200 or 201 carries XML with an id for each entity; anything that does not
    clearly refuse is UnknownOutcomeError `shop.outcome_unknown`, with `status` in its data as the shop did answer.
    """
    if error := elsewhere(answer, method, host):
        raise error
    try:
        document = parse(answer.body, resource)
    except UnreadableXml as exc:
        raise not_the_webservice(answer, method, host, str(exc), secret) from exc
    if document.faults or answer.status >= 400:
        raise refusal(answer, document, resource, method, host)
    numbered = all(_NUMBER.fullmatch(row.id) for row in document.rows)
    if method in WRITES and not (document.rows and numbered):
        raise unknown(answer, method, host)
    if not numbered and resource != ROOT:
        raise OddValueError("shop.odd_value", field=f"{singular(resource)}.id")
    return document.rows


def refusal(answer: Answer, document: Document, resource: str, method: str, host: str) -> CdsyncError:
    """The error an errors document stands for, by the first code that is not a PHP warning."""
    fault = true_fault(document.faults)
    if fault is None:
        if method in WRITES:
            return unknown(answer, method, host)  # saved all the same, very likely: the caller looks
        return TransientError("shop.server_error", **seen(answer, method, host) | {"words": PHP_WARNINGS})
    if fault.code == SWITCHED_OFF:
        return TemporaryError("shop.webservice_off", host=host, retry_after=answer.retry_after)
    return _wrong_setting(fault, resource, method) or _no(fault, resource, method)


def _wrong_setting(fault: ShopFault, resource: str, method: str) -> ConfigError | None:
    words = html.unescape(fault.message)[:120].strip()
    if fault.code in KEY_REFUSED:
        return KeyRefusedError("shop.key_refused", detail=f"{words} (error {fault.code})".strip())
    if fault.code in NO_RIGHT:
        return RightMissingError("shop.right_missing", resource=resource, method=method)
    if fault.code == NO_SUCH_SHOP:
        return ConfigError("shop.number_unknown", message=words)
    return None


def _no(fault: ShopFault, resource: str, method: str) -> RejectedError:
    """The webservice understood and refused, in its own words."""
    text = "" if fault.code == XML_NOT_READ else html.unescape(fault.message)
    message, shop_code = _EMAIL.sub("…", text)[:200], str(fault.code)
    if method not in WRITES:
        return RejectedError("shop.not_given", resource=resource, message=message, shop_code=shop_code)
    found = _FIELD.search(text)
    field = found.group(1) if found else ""
    return RejectedError("shop.refused", resource=resource, field=field, message=message, shop_code=shop_code)


def true_fault(faults: tuple[ShopFault, ...]) -> ShopFault | None:
    """The error itself, wherever it stands among PHP's warnings; None when there are only warnings."""
    true = [f for f in faults if not (2 <= f.code <= 15 or f.message.startswith("[PHP"))]
    return true[0] if true else None

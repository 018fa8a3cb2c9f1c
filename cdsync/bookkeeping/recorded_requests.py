"""HTTP exchanges kept for support: written right after each answer, without secrets, read back masked.

Secrets never reach the table; personal data does, and is masked when shown (`masked`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlalchemy import select

from cdsync import connectors
from cdsync.connectors.recording.masking import HIDDEN, masked_address, masked_body
from cdsync.db import reading
from cdsync.errors import ConfigError
from cdsync.models import Account, Exchange, ExchangeOrder
from cdsync.settings.sections import default_connector

LONGEST_BODY = 64 * 1024

_SECRET_NAMES = "ws_key|client_secret|access_token|refresh_token|id_token|passwd|password|secure_key|authorization|key"

_ENDS = ("key", "secret", "token", "passwd", "password", "authorization")  # each of the names has one of them


@dataclass(frozen=True)
class _Place:
    """Where a named value can stand. signs: of which a text has one, in small letters, that has such a place."""

    pattern: re.Pattern[str]
    instead: str
    signs: tuple[str, ...]


def _places(names: str) -> tuple[_Place, ...]:
    """JSON, a printed dict, XML (CDATA or not), a form or query, a filter."""
    json_like = re.compile(rf'("(?:{names})"\s*:\s*)"(?:[^"\\]|\\.)*"?', re.IGNORECASE)
    printed = re.compile(rf"('(?:{names})'\s*:\s*)'(?:[^'\\]|\\.)*'?", re.IGNORECASE)
    xml = re.compile(
        rf"(<(?:{names})(?:\s[^>]*)?>)(?!\s*<language)(?:<!\[CDATA\[.*?\]\]>|[^<]+)", re.IGNORECASE | re.DOTALL
    )
    query = re.compile(rf"((?:^|[?&\s])(?:{names})=)[^&\s]*", re.IGNORECASE)
    listed = re.compile(rf"(filter(?:\[|%5B)(?:{names})(?:\]|%5D)=)[^&\s]*", re.IGNORECASE)
    return (
        _Place(json_like, rf'\1"{HIDDEN}"', tuple(f'{end}"' for end in _ENDS)),
        _Place(printed, rf"\1'{HIDDEN}'", tuple(f"{end}'" for end in _ENDS)),
        _Place(xml, rf"\1{HIDDEN}", tuple(f"<{name}" for name in names.split("|"))),
        _Place(query, rf"\1{HIDDEN}", tuple(f"{end}=" for end in _ENDS)),
        _Place(listed, rf"\1{HIDDEN}", ("filter",)),
    )


_SECRETS = _places(_SECRET_NAMES)
_BEARER = re.compile(r"\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}")
_USER_IN_URL = re.compile(r"(https?://)[^/@\s]+@")


def of_order(order_id: int, limit: int = 200) -> list[Exchange]:
    """The exchanges an order was part of, oldest first; the newest `limit` when there are more."""
    with reading() as session:
        query = select(Exchange).join(ExchangeOrder, ExchangeOrder.exchange_id == Exchange.id)
        newest = query.where(ExchangeOrder.order_id == order_id).order_by(Exchange.id.desc()).limit(limit)
        rows = list(session.scalars(newest))[::-1]
        for row in rows:
            session.expunge(row)
        return rows


def without_secrets(text: str) -> str:
    """The text with keys, tokens and passwords taken out, wherever they stand."""
    hidden = _USER_IN_URL.sub(rf"\1{HIDDEN}@", text) if "://" in text else text
    if any(word in hidden for word in ("Bearer", "Basic")):
        hidden = _BEARER.sub(rf"\1 {HIDDEN}", hidden)
    folded = hidden.casefold()
    if not any(end in folded for end in _ENDS):  # nearly always, and searching for the names takes far longer
        return hidden
    for place in _SECRETS:
        if any(sign in folded for sign in place.signs):
            hidden = place.pattern.sub(place.instead, hidden)
    return hidden


def masked(row: Exchange, fields: Collection[str], hide: Callable[[str], str] = str) -> tuple[str, str, str]:
    """Its address, request and answer with only what is known to be harmless (`fields`: `harmless_fields` of its side).

    hide: takes out of what stays what it must not quote, such as the buyer's own name in a refusal.
    """
    sent, got = (masked_body(body, fields, hide) for body in (row.request_body, row.response_body))
    return masked_address(row.url, fields, hide), sent, got


def harmless_fields(of: Account, side: str) -> frozenset[str]:
    """The fields of that side's system that say nothing of a customer; none when its connector is gone."""
    stored = of.settings.get(side) or {}
    try:
        return connectors.harmless_fields(side, str(stored.get("connector") or default_connector(side)))
    except ConfigError:
        return frozenset()


def kept_body(body: str) -> str:
    """As much of a body as is kept, without secrets."""
    clean = without_secrets(body[: LONGEST_BODY * 2].replace("\x00", "\ufffd"))  # PostgreSQL takes no NUL
    return clean if len(clean) <= LONGEST_BODY else clean[:LONGEST_BODY] + "…"

"""A secret that was typed and is not stored yet, as a page may hold it: sealed, for the addresses it was typed with.

Another key than the stored secrets' seals it, so that nothing copied out of the database is ever taken for typed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from cdsync import settings
from cdsync.errors import ConfigError
from cdsync.secrets import decrypt, encrypt
from cdsync.settings import MASK, Withheld

PREFIX = "sealed:"
PURPOSE = "form"


def sealed(value: Any, side: str, values: Mapping[str, Any]) -> str:
    """What an input may show of a secret: its mask, or it sealed; "" when it has to be typed. values: its section."""
    text = "" if value is None or value is Withheld.TYPE_AGAIN else str(value)
    if text in ("", MASK):
        return text
    where = settings.secret_addresses(side, str(values.get("connector", "")), values)
    return PREFIX + encrypt(json.dumps([text, where]), PURPOSE)


def unsealed(text: str, side: str, values: Mapping[str, Any]) -> str | Withheld:
    """The secret as it was typed, or as a page held it sealed: in clear again.

    "" when it cannot be read any more, `Withheld.TYPE_AGAIN` when the section it came with now has other addresses.
    """
    if not text.startswith(PREFIX):
        return text
    try:
        secret, typed_with = json.loads(decrypt(text.removeprefix(PREFIX), PURPOSE))
        now = settings.secret_addresses(side, str(values.get("connector", "")), values)
    except ConfigError:
        return ""
    return str(secret) if settings.secret_may_go(typed_with, now) else Withheld.TYPE_AGAIN

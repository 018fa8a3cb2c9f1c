"""Text that was encoded once too often on its way here, read as it was written. Pure; changes only what is surely so.

Seen from marketplaces and shops: HTML entities (etsy/open-api#446, woocommerce#68162) and UTF-8 read as Latin-1.
"""

from __future__ import annotations

import html
import re

# With its semicolon only: "R&D" and "AT&T" are names. `html.unescape` knows the names and what browsers make of &#146;.
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_MOST_LAYERS = 3  # "&amp;amp;#233;" has been through three hands
_C1 = re.compile("[\x80-\x9f]")
# What names and streets are written with: Latin, Greek, Cyrillic, quotes and dashes. "CAFÉ®" would be of none of these.
_LIKELY = re.compile(
    "[\x00-\u017f\u0218-\u021b\u0300-\u04ff\u1e00-\u1eff\u2010-\u203a\u20ac\u2122\U0001f000-\U0001faff]*"
)


def decoded(text: str) -> str:
    """Entities, UTF-8 read as Latin-1 ("DuprÃ©") and control signs of Windows-1252 made what they stood for."""
    for _ in range(_MOST_LAYERS):
        before = text
        text = _reread(_ENTITY.sub(lambda found: html.unescape(found[0]), text))
        if text == before:
            break
    return _C1.sub(_of_windows, text)


def _reread(text: str) -> str:
    """Only when the whole text is UTF-8 in disguise: "São João" and "“Á”" are no UTF-8 and stay."""
    if text.isascii():
        return text
    try:
        read = b"".join(_byte(sign) for sign in text).decode("utf-8")
    except UnicodeError:
        return text
    return read if _LIKELY.fullmatch(read) else text


def _byte(sign: str) -> bytes:
    """As Latin-1 has it, else as Windows-1252. Raises UnicodeEncodeError for any other sign."""
    return bytes([ord(sign)]) if ord(sign) < 256 else sign.encode("cp1252")


def _of_windows(sign: re.Match[str]) -> str:
    """No text holds these control signs: they are the quotes and dashes of Windows-1252."""
    return sign[0].encode("latin-1").decode("cp1252", "replace")

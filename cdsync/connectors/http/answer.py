"""What a server answered, read to its end. Knows nothing of Octopia or PrestaShop; sends nothing."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_UNSEEN = re.compile(r"<(script|style|head)\b.*?(</\1\s*>|\Z)|<!--.*?(-->|\Z)", re.S | re.I)
_TITLE = re.compile(r"<title[^>]*>(.*?)</title", re.S | re.I)
_TAG = re.compile(r"<[^>]*>")
_EMAIL = re.compile(r"\S+@\S+")
_MOST_WORDS = 80  # characters


@dataclass(frozen=True)
class Answer:
    """An HTTP answer read to its end. `headers` ignores the case of names."""

    status: int
    body: bytes
    headers: Mapping[str, str]
    url: str

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def content_type(self) -> str:
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    @property
    def server(self) -> str:
        """Who answered, by its own word: the Server header, or that there is none."""
        name = " ".join(self.headers.get("Server", "").split())[:40]
        return name or "a server that does not say its name"

    @property
    def words(self) -> str:
        """The first words of a page or text as people would see them, its title before all; "" when it is empty."""
        text = self.text[:20_000]
        title = _TITLE.search(text)
        seen = " ".join(_TAG.sub(" ", part) for part in (title.group(1) if title else "", _UNSEEN.sub(" ", text)))
        printed = "".join(c if c.isprintable() else " " for c in html.unescape(seen))
        return _EMAIL.sub("…", " ".join(printed.split()))[:_MOST_WORDS].strip()

    @property
    def sent_to(self) -> str:
        """Where a redirect points, without its query, which may repeat what was asked; "" when it says nothing."""
        return self.headers.get("Location", "").partition("?")[0]

    @property
    def retry_after(self) -> float | None:
        """Seconds to wait, from Retry-After (seconds or a date), at most an hour; None when absent or odd."""
        raw = self.headers.get("Retry-After", "").strip()
        if raw.isascii() and raw.isdigit():
            return float(min(int(raw), 3600))
        try:
            moment = parsedate_to_datetime(raw)
        except (TypeError, ValueError):
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return min(max((moment - datetime.now(UTC)).total_seconds(), 0.0), 3600.0)

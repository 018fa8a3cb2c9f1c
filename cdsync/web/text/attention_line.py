"""One line of what a person should look at first. Says nothing itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Line:
    """kind is bad, wait or good; `until` a deadline to show after the sentence."""

    kind: str
    text: str
    hint: str = ""
    url: str = ""
    link: str = ""
    until: datetime | None = None

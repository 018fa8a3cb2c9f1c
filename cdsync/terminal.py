"""Text for terminals and logs: what a terminal would obey rather than show is written out. Knows no order.

Order ids, product names and error texts are somebody else's: an escape sequence in them could retitle a window, hide
lines or turn the reading round. C0 and C1 controls: ECMA-48; the bidirectional ones: https://unicode.org/reports/tr9/.
"""

from __future__ import annotations

import logging
import re
import sys

# Line ends and tabs are for whoever puts lines together; line separators and half surrogates are for nobody.
_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(text: str) -> str:
    """The text with `\\u001b`, `\\u202e` … in place of each sign that a terminal obeys; lines and tabs stay.

    That is how JSON writes them, so JSON goes on meaning the same.
    """
    return _OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def one_line(text: str) -> str:
    """The same on one line: a line end inside is written out, so that no value makes up a line of its own."""
    return printable(text.replace("\n", "\\n"))


class LogLines(logging.Formatter):
    """Formats as another formatter does; each message is one line, and a stack trace is shown as text."""

    def __init__(self, inner: logging.Formatter | None = None) -> None:
        super().__init__()
        self._inner = inner or logging.Formatter()

    def format(self, record: logging.LogRecord) -> str:
        said = logging.makeLogRecord(record.__dict__)  # other handlers get the record as it was
        said.msg, said.args = one_line(record.getMessage()), None
        return printable(self._inner.format(said))


def guard_logs() -> None:
    """What this process logs on its terminal is text only. For processes of cdsync's own, not for a host's."""
    last: list[logging.Handler] = [logging.lastResort] if logging.lastResort else []
    for handler in [*logging.getLogger().handlers, *last]:
        speaks = isinstance(handler, logging.StreamHandler) and handler.stream in (sys.stdout, sys.stderr)
        if speaks and not isinstance(handler.formatter, LogLines):
            handler.setFormatter(LogLines(handler.formatter))

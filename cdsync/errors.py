"""The errors of cdsync: the class decides what happens next, the code says what a person reads.

No text is kept here: `error_catalogue` holds the sentence, the steps and who can fix it for each code, and what is done
otherwise for it than for other codes of its class. A part may know an error of its own more closely by a subclass of
these; nobody goes by its code (decision 0053).
This module imports nothing of cdsync.
"""

from __future__ import annotations

from typing import Any


class CdsyncError(Exception):
    """An expected failure.

    `code` is stable and documented in the catalogue; `data` fills the catalogue's sentence and must be
    JSON-ready (strings, numbers, lists). It never holds a secret, nor a buyer's personal data.
    """

    def __init__(self, code: str, /, **data: Any) -> None:
        super().__init__(code)
        self.code = code
        self.data = data

    def __str__(self) -> str:
        """Code and data, for logs; people are shown the catalogue's sentence instead."""
        return f"{self.code} {self.data}" if self.data else self.code


class ConfigError(CdsyncError):
    """A key, an address or a mapping is wrong: the run stops, since every order would fail alike."""


class AccessRefusedError(ConfigError):
    """The other side does not let the key in: what the schedule needs it for rests until it does (`resting`).

    The first word of the code names the side.
    """


class TemporaryError(CdsyncError):
    """Nothing was done and waiting may help: the state stays, the next try is set.

    `retry_after` is in seconds when the other side named it, else None.
    """

    def __init__(self, code: str, /, *, retry_after: float | None = None, **data: Any) -> None:
        super().__init__(code, **data)
        self.retry_after = retry_after


class RejectedError(CdsyncError):
    """This order cannot go on as it is (the other side, or a check before any write, said no)."""


class UnknownOutcomeError(CdsyncError):
    """A write left and no trustworthy answer came: the next run looks before it writes.

    `retry_after` is in seconds, when the connector knows how long the other side may still be working.
    """

    def __init__(self, code: str, /, *, retry_after: float | None = None, **data: Any) -> None:
        super().__init__(code, **data)
        self.retry_after = retry_after


class WrongStateError(CdsyncError):
    """The move is not in the table, or somebody else was first: skipped, counted, not shown as a failure."""

"""Failures that are often over in seconds: a read that met one is asked again at once (`patience`)."""

from __future__ import annotations

from cdsync.errors import TemporaryError


class TransientError(TemporaryError):
    """Unreachable, in maintenance, or an answer that is none: the next moment may be another.

    Not a time limit that ran out: whoever waited for that one has waited enough.
    """


class TooManyRequestsError(TransientError):
    """The other side wants fewer requests; `retry_after` where it said for how long."""


class StillPausedError(TooManyRequestsError):
    """It said so to somebody else, or before: nothing was sent this time, and nothing came."""

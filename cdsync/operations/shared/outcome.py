"""What became of a recipe, or of a part of one, that no error has ended. Pure; the outcomes of the parts add up."""

from __future__ import annotations

from dataclasses import dataclass

from cdsync.errors import CdsyncError


@dataclass(frozen=True)
class Outcome:
    """Of several the first bug and the first warning are told.

    stopped: ended between two orders, by a person or a signal. away: a whole side does not answer, so that the next
    order would only wait as long again. bug: what nobody foresaw, met with one order; the others went on. warning:
    something beside the operation's purpose did not work.
    """

    stopped: bool = False
    away: CdsyncError | None = None
    bug: CdsyncError | None = None
    warning: CdsyncError | None = None

    def __add__(self, later: Outcome) -> Outcome:
        return Outcome(
            self.stopped or later.stopped,
            later.away or self.away,
            self.bug or later.bug,
            self.warning or later.warning,
        )


WELL = Outcome()
STOPPED = Outcome(stopped=True)

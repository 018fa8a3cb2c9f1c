"""What worker and scheduler say and do while Redis or the database is away. Knows neither of the two."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from redis.exceptions import RedisError
from rq.exceptions import StopRequested
from sqlalchemy.exc import DatabaseError

from cdsync import database_errors, terminal
from cdsync.error_catalogue import entry_of
from cdsync.error_catalogue.articles.entry import Side
from cdsync.error_catalogue.plain_text import sentence, told
from cdsync.errors import CdsyncError
from cdsync.installation import stop_signals
from cdsync.runs import queue

from .run_operation import application

COULD_NOT_RUN = 2  # the exit code of the command line's own refusals
LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
log = logging.getLogger(__name__)


def known(error: BaseException | None) -> CdsyncError | None:
    """The error a person can be told; None when it is a fault of the program."""
    if isinstance(error, CdsyncError):
        return error
    if isinstance(error, DatabaseError):
        return database_errors.meaning(error)
    if isinstance(error, RedisError):
        with application().app_context():
            return queue.away(error)
    return None


class Outages:
    """What is away now: told in one line when it is first met, and in one when it is over."""

    def __init__(self) -> None:
        self._before: set[str] = set()
        self._met: set[str] = set()

    @contextmanager
    def outlived(self) -> Iterator[None]:
        """What is known to pass, or to be in a person's hands, ends the block and not the process. A stop ends both."""
        try:
            yield
        except (CdsyncError, DatabaseError, RedisError) as error:
            if stop := _stop_behind(error):
                raise stop from error
            away = known(error)
            if away is None:
                raise
            if away.code not in self._before | self._met:
                log.warning("%s (%s) It is tried again until it works.", sentence(away.code, away.data), away.code)
            self._met.add(away.code)

    @property
    def lasting(self) -> bool:
        """Whether anything was away at the last look."""
        return bool(self._before)

    def met(self, side: Side) -> bool:
        """Whether an error of that side was met since the last look."""
        return any(entry_of(code).side == side for code in self._met)

    def look(self) -> None:
        """Ends a round in which everything was tried: what was not met any more is over."""
        for code in sorted(self._before - self._met):
            log.warning("%s is over: going on", code)
        self._before, self._met = self._met, set()


def _stop_behind(error: BaseException) -> BaseException | None:
    """The stop that this error came in the way of: RQ raises it wherever the process is, also in the middle of an
    answer of the database, whose connection then fails while it is given back."""
    before = error.__context__
    while before is not None and not isinstance(before, StopRequested):
        before = before.__context__
    return before


def in_a_line(record: logging.LogRecord) -> bool:
    """A filter of logs: what RQ logs with a stack trace although only Redis is away has a sentence instead. Nothing is
    wrong with the program then, and what RQ could not keep is found by `runs.close_vanished`."""
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, RedisError) and (away := known(error)) is not None:
        record.msg, record.args = "%s: %s (%s)", (record.getMessage(), sentence(away.code, away.data), away.code)
        record.exc_info = record.exc_text = None
    return True


def started(work: Callable[[], None]) -> int:
    """Carries out a process's whole work; returns its exit code, after a sentence when it could not start."""
    logging.basicConfig(level=logging.WARNING, format=LOG_FORMAT)
    terminal.guard_logs()
    for handler in logging.getLogger().handlers:
        handler.addFilter(in_a_line)
    try:
        with stop_signals.exit_quietly():
            work()
    except StopRequested:  # while RQ was about to listen for it, or to end
        return 0
    except (CdsyncError, DatabaseError, RedisError) as error:
        reason = known(error)
        if reason is None:
            raise
        print(terminal.printable(told(reason)), file=sys.stderr, flush=True)
        return COULD_NOT_RUN
    return 0

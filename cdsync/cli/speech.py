"""What commands say: sentences on stderr, results on stdout, and the exit code. Decides nothing about orders."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps
from typing import Any, NoReturn, ParamSpec, TypeVar

import click
from sqlalchemy.exc import DatabaseError, OperationalError, ProgrammingError

from cdsync.error_catalogue import explain
from cdsync.errors import CdsyncError

P = ParamSpec("P")
R = TypeVar("R")

WELL, PROBLEMS, COULD_NOT_RUN, INTERRUPTED = 0, 1, 2, 130
NO_TABLES = "The database has no tables yet, or old ones. Run: flask --app app db upgrade"


def sentence(code: str, data: Mapping[str, Any] | None = None) -> str:
    """What happened, in one or two plain sentences."""
    text = explain(code, data or {})
    return f"{text.title}. {text.why}".strip()


def steps(code: str, data: Mapping[str, Any] | None = None) -> list[str]:
    """What to do about it."""
    return [step.text for step in explain(code, data or {}).steps]


def told(error: CdsyncError) -> str:
    """The sentence, what to do, and the code for support, on lines of their own."""
    lines = [f"{sentence(error.code, error.data)} ({error.code})"]
    return "\n".join([*lines, *(f"  → {step}" for step in steps(error.code, error.data))])


def put_json(value: Any) -> None:
    """JSON on stdout, the same text for the same value."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def complain(text: str) -> None:
    """A sentence on stderr."""
    click.echo(text, err=True)


def give_up(text: str, code: int = COULD_NOT_RUN) -> NoReturn:
    """Says why on stderr and ends the command."""
    complain(text)
    raise click.exceptions.Exit(code)


def in_sentences(command: Callable[P, R]) -> Callable[P, R]:
    """An expected failure ends the command with its sentence and exit code 2, never with a stack trace."""

    @wraps(command)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except CdsyncError as error:
            give_up(told(error))
        except (OperationalError, ProgrammingError) as error:
            give_up(database_trouble(error))
        except DatabaseError as error:
            if type(error) is not DatabaseError:
                raise  # wrong data or a broken rule: our own fault
            give_up(database_trouble(error))

    return guarded


def database_trouble(error: DatabaseError) -> str:
    """The sentence for a database that does not answer as it should; its address is not repeated."""
    reason = str(error.orig).lower()
    if "no such table" in reason or "no such column" in reason or "does not exist" in reason:
        return NO_TABLES
    if "locked" in reason:
        return sentence("database.locked")
    return f"The database cannot be used: {str(error.orig).strip().splitlines()[0]}"


def moment(value: datetime | None) -> str | None:
    """A time for JSON: ISO 8601, UTC."""
    return value.isoformat(timespec="seconds") if value else None

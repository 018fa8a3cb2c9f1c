"""What commands say: sentences on stderr, results on stdout, and the exit code. Decides nothing about orders."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import wraps
from textwrap import indent
from typing import Any, NoReturn, ParamSpec, TypeVar

import click
from sqlalchemy.exc import DatabaseError

from cdsync import database_errors, terminal
from cdsync.error_catalogue.plain_text import sentence, steps, told
from cdsync.errors import CdsyncError

P = ParamSpec("P")
R = TypeVar("R")

WELL, PROBLEMS, COULD_NOT_RUN, INTERRUPTED = 0, 1, 2, 130


def put(*lines: object) -> None:
    """Lines on stdout, whoever wrote what is in them: a terminal obeys none of it, and none of them becomes two."""
    for line in lines:
        click.echo(terminal.one_line(str(line)))


def put_json(value: Any) -> None:
    """JSON on stdout, the same text for the same value."""
    click.echo(_json(value))


def put_json_array(values: Iterable[Any]) -> None:
    """The text of `put_json` for a list, each value written before the next is asked for."""
    begun = False
    for value in values:
        click.echo((",\n" if begun else "[\n") + indent(_json(value), "  "), nl=False)
        begun = True
    click.echo("\n]" if begun else "[]")


def _json(value: Any) -> str:
    return terminal.printable(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def complain(text: str) -> None:
    """A sentence, or several lines, on stderr."""
    click.echo(terminal.printable(text), err=True)


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
        except DatabaseError as error:
            known = database_errors.meaning(error)
            if known is None:
                raise  # wrong data or a broken rule: our own fault
            give_up(told(known))

    return guarded


def moment(value: datetime | None) -> str | None:
    """A time for JSON: ISO 8601, UTC."""
    return value.isoformat(timespec="seconds") if value else None


__all__ = [
    "COULD_NOT_RUN", "INTERRUPTED", "PROBLEMS", "WELL",
    "complain", "give_up", "in_sentences", "moment", "put", "put_json", "put_json_array", "sentence", "steps", "told",
]  # fmt: skip

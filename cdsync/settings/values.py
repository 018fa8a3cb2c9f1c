"""Is this a value of that key? Strict checks that answer the value to store or raise a sentence. Stores nothing.

Strict: true is not 1 and "7" is not 7. A sentence never repeats the value, it may be a mistyped secret.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from croniter import CroniterBadCronError, CroniterBadDateError, croniter

from .fields import Field

MASK = "********"
LONGEST = 2000
EMPTY = "Must not be empty."


class BadValueError(ValueError):
    """The value does not fit; the message is the sentence for the person."""


def number(value: Any, minimum: int | None, maximum: int | None) -> int:
    """A whole number within the limits."""
    if minimum is not None and maximum is not None:
        wanted = f"Must be a whole number from {minimum} to {maximum}."
    elif minimum is not None:
        wanted = f"Must be a whole number of at least {minimum}."
    elif maximum is not None:
        wanted = f"Must be a whole number of at most {maximum}."
    else:
        wanted = "Must be a whole number."
    if type(value) is not int:
        raise BadValueError(wanted)
    if (minimum is not None and value < minimum) or (maximum is not None and value > maximum):
        raise BadValueError(wanted)
    return value


def flag(value: Any) -> bool:
    if type(value) is not bool:
        raise BadValueError("Must be true or false.")
    return value


def text(value: Any) -> str:
    """One line of text without spaces around it; may be empty."""
    if not isinstance(value, str):
        raise BadValueError("Must be text.")
    trimmed = value.strip()
    if not trimmed.isprintable():
        raise BadValueError("Must not contain line breaks or control characters.")
    if len(trimmed) > LONGEST:
        raise BadValueError(f"Must not be longer than {LONGEST} characters.")
    return trimmed


def address(value: Any) -> str:
    """An http or https address with a host and no user name in it."""
    trimmed = text(value)
    problem = BadValueError("Must be an address that starts with http:// or https://.")
    if any(sign.isspace() for sign in trimmed):
        raise problem
    try:
        split = urlsplit(trimmed)
        host, _port = split.hostname, split.port
    except ValueError:
        raise problem from None
    if split.scheme not in ("http", "https") or not host:
        raise problem
    if "@" in split.netloc:
        raise BadValueError("Must not contain a user name or password; they have fields of their own.")
    if split.query or split.fragment:
        raise BadValueError("Must be the plain address, without anything after “?” or “#”.")
    return trimmed


def one_of(value: Any, choices: tuple[str, ...]) -> str:
    if not isinstance(value, str) or value not in choices:
        raise BadValueError(f"Must be one of: {', '.join(choices)}.")
    return value


def texts(value: Any) -> list[str]:
    """A list of texts, none empty, none twice."""
    if not isinstance(value, (list, tuple)):
        raise BadValueError("Must be a list of texts.")
    trimmed = [text(each) for each in value]
    if not all(trimmed):
        raise BadValueError("Must not contain an empty text.")
    return list(dict.fromkeys(trimmed))


def mapping(value: Any) -> dict[str, str]:
    """Text to text, nothing empty."""
    if not isinstance(value, Mapping):
        raise BadValueError("Must be an object of texts.")
    result = {}
    for key, each in value.items():
        trimmed = text(key)
        if not isinstance(each, str):
            raise BadValueError(f"“{trimmed}” must be text.")
        if not trimmed or not text(each):
            raise BadValueError("Must not contain an empty key or value.")
        if trimmed in result:
            raise BadValueError(f"“{trimmed}” is there twice.")
        result[trimmed] = text(each)
    return result


def cron(value: Any) -> str:
    """A crontab line's five time fields, coming true at some time."""
    trimmed = " ".join(text(value).split())
    problem = BadValueError("Must be five crontab fields such as “*/15 * * * *”, or null for off.")
    if len(trimmed.split(" ")) != 5:
        raise problem
    try:
        croniter(trimmed, datetime.now(UTC)).get_next(datetime)
    except CroniterBadDateError:
        raise BadValueError("Names a time that never comes.") from None
    except (CroniterBadCronError, ValueError, KeyError):
        raise problem from None
    return trimmed


def of_field(field: Field, value: Any) -> Any:
    """The value to store for a key of `orders` or `schedule`; raises BadValueError."""
    if value is None:
        if field.nullable:
            return None
        raise BadValueError(EMPTY)
    checked: Any
    match field.kind:
        case "number":
            checked = number(value, field.minimum, field.maximum)
        case "flag":
            checked = flag(value)
        case "choice":
            checked = one_of(value, tuple(choice for choice, _label in field.choices))
        case "mapping":
            checked = mapping(value)
        case "cron":
            checked = cron(value)
        case "reference":
            checked = _reference(value, field.nullable)
        case _:
            raise AssertionError(field.kind)
    return checked


def _reference(value: Any, nullable: bool) -> str | None:
    if not isinstance(value, str):
        raise BadValueError("Must be text in quotation marks, also when it is a number.")
    trimmed = text(value)
    if not trimmed and not nullable:
        raise BadValueError(EMPTY)
    return trimmed or None

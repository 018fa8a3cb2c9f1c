"""The crontab line of an operation, ready to copy: where this installation lives, and the account when needed."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import cdsync
from cdsync.settings import USUAL_SCHEDULE


def installation() -> Path:
    """The folder that holds app.py."""
    return Path(cdsync.__file__).resolve().parent.parent


def line(operation: str, expression: str | None, account: str | None = None) -> str:
    """The line; without a schedule the usual one stands in it. `account` where accounts are named."""
    parts = [_flask(), "--app", "app", "sync", operation]
    if account:
        parts += ["--account", account]
    command = f"cd {shlex.quote(str(installation()))} && {shlex.join(parts)}"
    # A percent sign ends the command in a crontab, whatever the shell's quoting says.
    return f"{expression or USUAL_SCHEDULE[operation]} {command}".replace("%", r"\%")


def _flask() -> str:
    """This environment's flask: cron knows none of our paths."""
    found = Path(sys.executable).parent / "flask"
    if not found.exists():
        return "flask"
    root = installation()
    return str(found.relative_to(root)) if found.is_relative_to(root) else str(found)

"""Who is at the command line, for the record of runs: a person's name, or cron. Reads only what the system says."""

from __future__ import annotations

import getpass
import sys


def who() -> str:
    """The name of the system's user; "" where there is none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's bare user id has no name
        return ""


def trigger() -> str:
    """ "cli" for a person at a terminal, "cron" where none is attached."""
    attended = any(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))
    return "cli" if attended else "cron"

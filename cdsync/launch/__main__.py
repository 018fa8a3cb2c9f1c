"""`make run`. Until it is loaded and listens, which takes seconds, Ctrl-C ends it without a word: nothing has begun."""

from __future__ import annotations

import sys

from cdsync.installation import stop_signals


def main() -> int:
    with stop_signals.exit_quietly():
        from .everything import main as run_everything  # noqa: PLC0415 - this is what takes seconds

        return run_everything()


if __name__ == "__main__":
    sys.exit(main())

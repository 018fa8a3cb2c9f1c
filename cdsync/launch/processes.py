"""The child processes of `make run`: started in their own sessions, watched, and all ended with their parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

from cdsync.installation.end_with_parent import end_with_parent

MOST_RESTARTS = 5
STOP_SECONDS = 15.0


@dataclass
class Child:
    """One process: what it is for people, how it is started, and how often it had to be started again."""

    name: str
    command: list[str]
    environment: dict[str, str]
    used_by_others: bool = False
    expendable: bool = False  # the others go on without it when it would not stay up
    stdout: int | None = None
    process: subprocess.Popen[str] | None = None
    restarts: int = 0
    started: float = field(default=0.0)

    def start(self) -> Child:
        self.started = time.monotonic()
        with_us = partial(end_with_parent, signal.SIGTERM, os.getpid()) if sys.platform == "linux" else None
        self.process = subprocess.Popen(
            self.command, env=self.environment, stdout=self.stdout, text=True, start_new_session=True,
            preexec_fn=with_us,  # noqa: PLW1509 - one thread here
        )  # fmt: skip
        return self

    def ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None


class Family:
    """All children; `watch` returns when a stop was asked for, or names the child that would not stay up."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.children: list[Child] = []
        self._say = say
        self._stopping = False

    @property
    def is_stopping(self) -> bool:
        return self._stopping

    def add(self, child: Child) -> Child:
        self.children.append(child.start())
        return child

    def dismiss(self, child: Child) -> None:
        """Ends one child; the others go on."""
        self._end([child])
        self.children = [each for each in self.children if each is not child]

    def stop_on_signals(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)

    def _ask_to_stop(self, _number: int, _frame: object) -> None:
        self._stopping = True

    def watch(self, look: Callable[[], None]) -> str | None:
        """Starts again what ends by itself, a few times; None when stopped from outside. Calls `look` in between."""
        while not self._stopping:
            for child in [each for each in self.children if each.ended() and not self._stopping]:
                assert child.process is not None
                code = child.process.returncode
                if child.restarts >= MOST_RESTARTS:
                    complaint = f"{child.name} ended again and again (exit code {code})"
                    if not child.expendable:
                        return complaint
                    self._say(f"{complaint}; the rest goes on without it")
                    self.dismiss(child)
                    continue
                child.restarts += 1
                self._say(f"{child.name} ended (exit code {code}); starting it again")
                child.start()
            look()
            time.sleep(0.2)
        return None

    def stop(self) -> None:
        """Ends every child: first those that use the others, then those the others use (Redis)."""
        self._end([child for child in self.children if not child.used_by_others])
        self._end([child for child in self.children if child.used_by_others])

    def _end(self, children: list[Child]) -> None:
        """Asks all of them, waits, and only then kills."""
        for child in children:
            if child.process is not None and not child.ended():
                with suppress(ProcessLookupError):
                    child.process.send_signal(signal.SIGTERM)
        end = time.monotonic() + STOP_SECONDS
        for child in children:
            if child.process is None:
                continue
            try:
                child.process.wait(timeout=max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                self._say(f"{child.name} did not stop; ending it")
                child.process.kill()
                child.process.wait()

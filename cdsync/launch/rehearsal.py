"""The rehearsal's systems as a child of `make run`: started, stopped, and asked for by the file that pages write.

Whatever goes wrong with them is said; the rest runs without them.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy.exc import DatabaseError

from cdsync import database_errors
from cdsync.error_catalogue.plain_text import told
from cdsync.errors import CdsyncError
from cdsync.rehearsal import asking
from cdsync.rehearsal.account import STATE

from . import first_run, ports
from .processes import Child, Family

PORTS = "rehearsal.ports"
READY_WITHIN = 60.0  # seconds
NAME = "rehearsal"


class RehearsalSystems:
    """Not running until `start`. `desk`: where they are played from, None while they do not run."""

    def __init__(self, family: Family, app: Flask, say: Callable[[str], None]) -> None:
        self._family, self._app, self._say = family, app, say
        self._folder = Path(app.instance_path)
        self.desk: str | None = None
        asking.forget(self._folder)

    @property
    def _child(self) -> Child | None:
        return next((each for each in self._family.children if each.name == NAME), None)

    def start(self) -> None:
        """Starts them unless they run, and points the rehearsal account at them; its schedules run from here on."""
        if self._child is None or self.desk is None:
            self._kept_alive(self._start)

    def stop(self) -> None:
        """Ends them; the account's schedules rest. What they remember is kept in a file."""
        child = self._child
        if child is not None:
            self._family.dismiss(child)
        self.desk = None
        self._kept_alive(lambda: first_run.leave_rehearsal(self._app))

    def look(self) -> None:
        """Does what was asked since the last look; notices when they would not stay up."""
        if self.desk is not None and self._child is None:
            self.stop()
        what = asking.take(self._folder)
        if what is None:
            return
        try:
            self.start() if what == asking.START else self.stop()
        finally:
            asking.done(self._folder)
        self._say(f"rehearsal started: {self.desk}" if self.desk else "rehearsal stopped")

    def _start(self) -> None:
        words = ports.of_rehearsal(self._folder / PORTS)
        state = str(self._folder / STATE)
        command = [sys.executable, "-m", "cdsync.sandbox", "--scenario", "rehearsal", "--state", state, *words]
        child = Child(NAME, command, dict(os.environ), expendable=True, stdout=subprocess.PIPE)
        ready = self._ready(self._family.add(child))
        if ready is None:
            self._family.dismiss(child)
            self._say("The rehearsal's systems did not start; the rest runs without them.")
            first_run.leave_rehearsal(self._app)
            return
        first_run.point_at_rehearsal(self._app, ready)
        self.desk = str(ready["desk"])

    def _ready(self, child: Child) -> Mapping[str, Any] | None:
        """What they say once everything answers; None when they ended, or took too long, or a stop was asked for."""
        assert child.process is not None
        assert child.process.stdout is not None
        end = time.monotonic() + READY_WITHIN
        while time.monotonic() < end and not self._family.is_stopping:
            if select.select([child.process.stdout], [], [], 0.2)[0]:
                line = child.process.stdout.readline()
                return dict(json.loads(line)) if line else None
        return None

    def _kept_alive(self, act: Callable[[], None]) -> None:
        try:
            act()
        except CdsyncError as error:
            self._say(told(error))
        except DatabaseError as error:
            known = database_errors.meaning(error)
            if known is None:
                raise
            self._say(told(known))

"""`make run` as a person starts it, on a copy of this checkout: its processes, its words, its end."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from cdsync.application import INSTANCE
from cdsync.config import VARIABLES
from tests import databases

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("app.py", "cdsync", "rq_jobs", "templates", "static", "migrations")
START_SECONDS = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Launched:
    """Starts at once; `said` is what it printed so far."""

    def __init__(self, folder: Path, port: int) -> None:
        for name in PARTS:
            source, target = ROOT / name, folder / name
            if source.is_dir():
                shutil.copytree(source, target)  # what is compiled already goes along: five processes start from it
            else:
                shutil.copy(source, target)
        environment = {key: value for key, value in os.environ.items() if key not in (*VARIABLES, INSTANCE)}
        environment |= {"CDSYNC_PORT": str(port), "PYTHONPATH": str(folder)}
        environment |= databases.chosen().environment(folder / "instance")
        self.folder = folder
        self.url = f"http://127.0.0.1:{port}"
        self.said = ""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cdsync.launch"],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line

    def wait_until_it_says(self, words: str) -> None:
        end = time.monotonic() + START_SECONDS
        while words not in self.said:
            if self.process.poll() is not None or time.monotonic() > end:
                raise AssertionError(f"it never said {words!r}; it said:\n{self.said}")
            time.sleep(0.05)

    def heard(self, pattern: str) -> str:
        found = re.search(pattern, self.said)
        assert found, f"{pattern!r} is not in:\n{self.said}"
        return found[1]

    def processes(self) -> list[int]:
        """Every live process that runs from the copied folder, by the kernel's own list."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                here = Path(os.readlink(entry / "cwd"))
                if here.is_relative_to(self.folder) and (entry / "stat").read_text().split()[2] != "Z":
                    found.append(int(entry.name))
        return found

    def process_list(self) -> list[str]:
        """What anybody on the machine may read of its processes: their command lines (ps, /proc/…/cmdline)."""
        lines = []
        for pid in self.processes():
            with contextlib.suppress(OSError):
                lines.append(Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode())
        return lines

    def interrupt(self) -> int:
        """Ctrl-C; answers the exit code."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.wait()

    def wait(self) -> int:
        """The exit code once it has ended; all it said is in `said` then."""
        code = self.process.wait(timeout=30)
        self._reader.join(timeout=5)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code

    def end(self) -> None:
        """After a failed test: nothing stays."""
        if self.process.poll() is None:
            self.interrupt()

"""Starts real processes that carry out one run each, lets them be killed, and reads what they said. Parent's side."""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cdsync.config import PERMISSIONS
from tests import databases

from .fork_server import TOO_LONG

ROOT = Path(__file__).parents[2]
MOST_SECONDS = 300.0  # many times what any run needs, also on a machine that is busy with other things


@dataclass(frozen=True)
class Ended:
    """How a process ended: its exit code or the negative number of the signal, and its result if it came to one."""

    status: int
    result: dict[str, Any]

    @property
    def killed(self) -> bool:
        return self.status == -signal.SIGKILL


class Forks:
    """A server of fresh processes, with a database of its own, at `database`. Not for use from two threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = databases.chosen().address(folder)
        databases.chosen().make_tables(self.database)
        self.output = folder / "output.txt"
        self._numbers = itertools.count(1)
        self._results: dict[int, Path] = {}
        environment = {
            name: value for name, value in os.environ.items() if name in PERMISSIONS or not name.startswith("CDSYNC_")
        }
        environment |= databases.chosen().environment(folder)
        self._server = subprocess.Popen(
            [sys.executable, "-m", f"{__package__}.fork_server", str(folder)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True, env=environment,
        )  # fmt: skip
        self._read()  # it is ready: its warm-up uses the same database

    def start(self, what: str, **arguments: Any) -> int:
        """Begins `one_process.<what>` in a process of its own; its pid."""
        result = self.folder / f"result-{next(self._numbers)}.json"
        output = str(self.output)
        asked = {"ask": "start", "what": what, "with": arguments, "result": str(result), "output": output}
        pid = int(self._ask(asked)["pid"])
        self._results[pid] = result
        return pid

    def end(self, pid: int, seconds: float = MOST_SECONDS) -> Ended:
        """Waits for it."""
        status = int(self._ask({"ask": "wait", "pid": pid, "seconds": seconds})["status"])
        path = self._results.pop(pid)
        result = json.loads(path.read_text()) if path.exists() else {}
        path.unlink(missing_ok=True)
        if status == TOO_LONG:
            raise TimeoutError(f"process {pid} did not end in {seconds} s")
        return Ended(status, result)

    def asleep(self, pid: int) -> bool:
        """Whether it was stopped by SIGSTOP. False also when it has ended."""
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return False
        return state == "T"

    def wake(self, pid: int) -> None:
        os.kill(pid, signal.SIGCONT)

    def kill_left(self) -> None:
        """Ends what a failed test left running or asleep."""
        for pid in list(self._results):
            os.kill(pid, signal.SIGKILL)
            self.end(pid)

    def run(self, what: str, **arguments: Any) -> Ended:
        return self.end(self.start(what, **arguments))

    def stop(self) -> None:
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.close()
        self._server.wait(timeout=20)
        self._server.stdout.close()

    def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        assert self._server.stdin is not None
        self._server.stdin.write(json.dumps(question) + "\n")
        self._server.stdin.flush()
        return self._read()

    def _read(self) -> dict[str, Any]:
        assert self._server.stdout is not None
        line = self._server.stdout.readline()
        if not line:
            said = self.output.read_text() if self.output.exists() else ""
            raise RuntimeError(f"the server of processes ended: {said}")
        return dict(json.loads(line))

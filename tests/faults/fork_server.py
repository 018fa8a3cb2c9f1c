"""A process that has cdsync loaded and forks once per order from its standard input. Runs nothing itself but warm-ups.

Forking from a process without threads and without an open database is what makes a real process per case cheap:
it can be killed with SIGKILL, and nothing of it unwinds. Lines of JSON in, one line of JSON out for each,
after a first one that says it is ready.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
import time
import traceback
from pathlib import Path
from typing import Any

from flask import Flask

from app import create_app

from . import one_process
from .warm_up import warm_up

TOO_LONG = -1000  # no signal's number


def main(folder: str) -> None:
    """Serves until its input ends; whatever still runs then is killed."""
    app = create_app(instance_path=folder, TESTING=True, CDSYNC_SECRET_KEY="a key for tests, long enough for cdsync")
    warm_up(app)
    gc.collect()
    gc.freeze()  # children share the pages
    running: set[int] = set()
    _say({"ready": True})
    for line in sys.stdin:
        _say(_answer(app, json.loads(line), running))
    for pid in running:
        os.kill(pid, signal.SIGKILL)


def _say(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def _answer(app: Flask, asked: dict[str, Any], running: set[int]) -> dict[str, Any]:
    if asked["ask"] == "start":
        pid = _fork(app, asked)
        running.add(pid)
        return {"pid": pid}
    status = _wait(asked["pid"], asked["seconds"])
    running.discard(asked["pid"])
    return {"status": status}


def _fork(app: Flask, asked: dict[str, Any]) -> int:
    """Starts `one_process.<asked["what"]>`; its result goes to the file `asked["result"]`, whole or not at all."""
    pid = os.fork()
    if pid:
        return pid
    code = 0
    try:
        os.dup2(os.open(asked["output"], os.O_WRONLY | os.O_CREAT | os.O_APPEND), 1)
        os.dup2(1, 2)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        result = getattr(one_process, asked["what"])(app, **asked["with"])
        draft = Path(asked["result"] + ".draft")
        draft.write_text(json.dumps(result, default=str))
        draft.rename(asked["result"])
    except BaseException:
        traceback.print_exc()
        code = 70
    finally:
        sys.stderr.flush()
        os._exit(code)


def _wait(pid: int, seconds: float) -> int:
    """Its exit code, or the negative number of the signal that ended it; when it takes too long, it is killed."""
    limit = time.monotonic() + seconds
    while True:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() > limit:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            return TOO_LONG
        time.sleep(0.002)


if __name__ == "__main__":
    main(sys.argv[1])

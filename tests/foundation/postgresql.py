"""A throw-away PostgreSQL server for tests, on a socket in a folder of its own; skips where none is installed."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest


def server(folder: Path) -> Iterator[str]:
    """Starts it, answers its address, stops it."""
    programs = _programs()
    if programs is None:
        pytest.skip("no PostgreSQL server on this machine (initdb and postgres)")
    # Its socket's path must be short, and the server refuses to run as root.
    with tempfile.TemporaryDirectory(prefix="pg") as place:
        home = Path(place)
        as_user = _as_user(home)
        data = home / "data"
        made = [str(programs / "initdb"), "-D", str(data), "-U", "cdsync", "-A", "trust", "-E", "UTF8", "--no-sync"]
        subprocess.run([*as_user, *made], check=True, capture_output=True, cwd=place)
        run = [str(programs / "postgres"), "-D", str(data), "-k", place, "-c", "listen_addresses=", "-c", "fsync=off"]
        with (folder / "server.log").open("wb") as log:
            process = subprocess.Popen([*as_user, *run], stdout=log, stderr=log, cwd=place)
        try:
            _wait_until_ready(programs, place)
            yield f"postgresql://cdsync@/postgres?host={place}"
        finally:
            process.terminate()
            process.wait(timeout=20)


def _programs() -> Path | None:
    """The folder that holds both programs: Debian keeps them out of the PATH."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((each for each in folders if (each / "initdb").exists() and (each / "postgres").exists()), None)


def _as_user(home: Path) -> list[str]:
    if os.geteuid() != 0:
        return []
    setpriv = shutil.which("setpriv")
    try:
        other = pwd.getpwnam("nobody")
    except KeyError:
        other = None
    if setpriv is None or other is None:
        pytest.skip("PostgreSQL does not run as root, and there is no way to become another user")
    os.chown(home, other.pw_uid, other.pw_gid)
    return [setpriv, f"--reuid={other.pw_uid}", f"--regid={other.pw_gid}", "--clear-groups"]


def _wait_until_ready(programs: Path, place: str) -> None:
    asked = [str(programs / "pg_isready"), "-h", place, "-U", "cdsync", "-t", "1"]
    for _attempt in range(200):
        if subprocess.run(asked, capture_output=True, check=False).returncode == 0:
            return
        time.sleep(0.05)
    raise AssertionError("PostgreSQL did not start")

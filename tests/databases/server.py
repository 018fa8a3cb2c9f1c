"""A PostgreSQL server on a socket in a folder of its own, thrown away when it is stopped unless it is to be kept."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .setup import programs

# A power cut may cost everything, and rows that are deleted between tests are not worth a vacuum.
FAST = (
    "fsync=off", "synchronous_commit=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0",
    "autovacuum=off", "shared_buffers=128MB", "max_connections=200", "listen_addresses=",
)  # fmt: skip


class NoServer(Exception):
    """PostgreSQL cannot be started here; says why."""


@contextmanager
def running(folder: Path | None = None) -> Iterator[str]:
    """Starts it, answers its address, stops it. Raises NoServer.

    folder: where its files lie, of a short path; in memory unless told.
    """
    memory = folder or Path("/dev/shm")
    # Its socket's path must be short, and the server refuses to run as root.
    throw_away = tempfile.TemporaryDirectory(prefix="pg", dir=memory if memory.is_dir() else None)
    with throw_away as place, _serving(Path(place), signal.SIGQUIT) as address:
        yield address


@contextmanager
def kept(home: Path) -> Iterator[str]:
    """The same, with what an earlier one left in this folder. Raises NoServer."""
    home.mkdir(parents=True, exist_ok=True)
    with _serving(home, signal.SIGINT) as address:  # ends its sessions, and writes what it has
        yield address


@contextmanager
def _serving(home: Path, ends: signal.Signals) -> Iterator[str]:
    found = programs()
    if found is None:
        raise NoServer("no PostgreSQL server on this machine (initdb and postgres); see tests/databases/setup.py")
    as_user = _as_user(home)
    if not (home / "data").exists():
        _make_cluster([*as_user, found / "initdb", "-D", home / "data"], home)
    options = [word for each in FAST for word in ("-c", each)]
    with (home / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [*as_user, found / "postgres", "-D", home / "data", "-k", home, *options],
            stdout=log, stderr=log, cwd=home,
        )  # fmt: skip
    try:
        _wait_until_ready(found, home)
        yield f"postgresql://cdsync@/postgres?host={home}"
    finally:
        process.send_signal(ends)
        process.wait(timeout=60)


def _make_cluster(initdb: list[Any], home: Path) -> None:
    """Sorts as a French server would, not by code points, where this PostgreSQL knows languages."""
    plain = ["-U", "cdsync", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
    for language in (["--locale-provider=icu", "--icu-locale=fr-FR"], []):
        made = subprocess.run([*initdb, *plain, *language], check=False, capture_output=True, text=True, cwd=home)
        if made.returncode == 0:
            return
    raise NoServer(made.stderr.strip())


def _as_user(home: Path) -> list[Any]:
    """What a command begins with so that it runs as somebody who may run a server."""
    if os.geteuid() != 0:
        return []
    setpriv = shutil.which("setpriv")
    try:
        other = pwd.getpwnam("nobody")
    except KeyError:
        other = None
    if setpriv is None or other is None:
        raise NoServer("PostgreSQL does not run as root, and there is no way to become another user")
    os.chown(home, other.pw_uid, other.pw_gid)
    return [setpriv, f"--reuid={other.pw_uid}", f"--regid={other.pw_gid}", "--clear-groups", "--pdeathsig=QUIT"]


def _wait_until_ready(found: Path, home: Path) -> None:
    for _attempt in range(400):
        if (
            subprocess.run(
                [found / "pg_isready", "-h", home, "-U", "cdsync", "-t", "1"], capture_output=True, check=False
            ).returncode
            == 0
        ):
            return
        time.sleep(0.05)
    raise NoServer(f"PostgreSQL did not start: {(home / 'server.log').read_text(errors='replace')}")

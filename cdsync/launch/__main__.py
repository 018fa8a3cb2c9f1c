"""`make run`: Redis, migrations, rehearsal systems, web, worker, scheduler; one Ctrl-C stops all of it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from flask import Flask

from cdsync import config
from cdsync.errors import ConfigError

from . import first_run, redis_server
from .processes import Child, Family

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    os.chdir(ROOT)
    try:
        port = config.port(os.environ.get("CDSYNC_PORT") or config.DEFAULT_PORT)
    except ConfigError as error:
        return _fail(f"CDSYNC_PORT must be a number from 1 to 65535, not {error.data['port']!r}")
    if _taken(port):
        return _fail(f"Port {port} is taken by another program. Choose another one: CDSYNC_PORT={port + 1} make run")
    family = Family(say)
    family.stop_on_signals()
    try:
        return _run(family, port)
    except redis_server.NoRedisError as error:
        return _fail(str(error))
    finally:
        family.stop()


def _run(family: Family, port: int) -> int:
    from app import create_app  # noqa: PLC0415 - reads the environment: only once we are really going to run

    app = create_app()
    _start_redis(family, app)
    first_run.migrate(app)
    desk = _start_rehearsal(family, app)
    new_user = first_run.first_user(app)
    python, environment = sys.executable, {**os.environ, "CDSYNC_PORT": str(port)}
    listen = f"--listen=127.0.0.1:{port}"
    family.add(Child("web", [python, "-m", "waitress", listen, "--threads=8", "app:app"], environment))
    family.add(Child("worker", [python, "-m", "rq_jobs.worker"], environment))
    family.add(Child("scheduler", [python, "-m", "rq_jobs.schedule"], environment))
    _wait_for_port(port)
    _greet(port, new_user, desk)
    complaint = family.watch()
    say("stopping…")
    return _fail(complaint) if complaint else 0


def _start_redis(family: Family, app: Flask) -> None:
    url = str(app.config["CDSYNC_REDIS_URL"])
    if not os.environ.get("CDSYNC_REDIS_URL"):
        path = Path(url.removeprefix("unix://"))
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        command = redis_server.command(path, Path(app.instance_path) / "redis")
        family.add(Child("redis", command, dict(os.environ), used_by_others=True))
    redis_server.wait_until_up(url)


def _start_rehearsal(family: Family, app: Flask) -> str | None:
    """Starts the rehearsal systems unless the merchant has connected real ones; answers the desk's address."""
    if not first_run.wants_rehearsal(app):
        return None
    state = Path(app.instance_path) / "rehearsal.state"
    ports = _rehearsal_ports(Path(app.instance_path) / "rehearsal.ports")
    command = [sys.executable, "-m", "cdsync.sandbox", "--scenario", "rehearsal", "--state", str(state), *ports]
    child = family.add(Child("rehearsal", command, dict(os.environ)), stdout=subprocess.PIPE)
    assert child.process is not None
    assert child.process.stdout is not None
    line = child.process.stdout.readline()
    if not line:
        raise redis_server.NoRedisError("The rehearsal systems did not start; see the message above.")
    ready: dict[str, Any] = json.loads(line)
    first_run.point_at_rehearsal(app, ready)
    return str(ready["desk"])


def _rehearsal_ports(memory: Path) -> list[str]:
    """The ports of the last time where they are free, so that bookmarks keep working; else new free ones."""
    wanted = json.loads(memory.read_text()) if memory.exists() else [0, 0, 0]
    ports = [port if port and not _taken(port) else _free_port() for port in wanted]
    memory.parent.mkdir(parents=True, exist_ok=True)
    memory.write_text(json.dumps(ports))
    names = ("--octopia-port", "--prestashop-port", "--desk-port")
    return [word for name, port in zip(names, ports, strict=True) for word in (name, str(port))]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def _wait_for_port(port: int, tries: int = 200) -> None:
    for _ in range(tries):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=0.1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return


def _greet(port: int, new_user: tuple[str, str] | None, desk: str | None) -> None:
    say("")
    say(f"  cdsync         http://127.0.0.1:{port}/")
    if new_user:
        say(f"  sign in as     {new_user[0]}   password  {new_user[1]}   (shown only this once)")
    else:
        say("  sign in with the user you have; forgot it? flask --app app user add NAME --role merchant")
    if desk:
        say(f"  rehearsal      {desk}   (add orders, play faults, ship parcels)")
    say("  Ctrl-C stops everything.")
    say("")


def say(text: str) -> None:
    print(text, flush=True)


def _fail(text: str) -> int:
    print(text, file=sys.stderr, flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main())

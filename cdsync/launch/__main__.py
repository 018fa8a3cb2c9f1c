"""`make run`: Redis, migrations, rehearsal systems, web, worker, scheduler; one Ctrl-C stops all of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy.exc import DatabaseError

from cdsync import config, database_errors, queue
from cdsync.error_catalogue.plain_text import told
from cdsync.errors import CdsyncError, ConfigError

from . import first_run, ports, redis_server
from .only_one import only_one
from .processes import Child, Family

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    os.chdir(ROOT)
    try:
        port = config.port(os.environ.get("CDSYNC_PORT") or config.DEFAULT_PORT)
    except ConfigError as error:
        return _fail(f"CDSYNC_PORT must be a number from 1 to 65535, not {error.data['port']!r}")
    if ports.taken(port):
        return _fail(f"Port {port} is taken by another program. Choose another one: CDSYNC_PORT={port + 1} make run")
    from app import create_app  # noqa: PLC0415 - reads the environment: only once we are really going to run

    family = Family(say)
    family.stop_on_signals()
    try:
        app = create_app()
        with only_one(Path(app.instance_path)):
            return _run(family, app, port)
    except redis_server.NoRedisError as error:
        return _fail(str(error))
    except CdsyncError as error:
        return _fail(told(error))
    except DatabaseError as error:
        reason = database_errors.meaning(error)
        if reason is None:
            raise
        return _fail(told(reason))


def _run(family: Family, app: Flask, port: int) -> int:
    """Everything, until a stop is asked for; whatever happens, no process is left."""
    try:
        _start(family, app, port)
        complaint = family.watch()
        say("stopping…")
        return _fail(complaint) if complaint else 0
    finally:
        family.stop()


def _start(family: Family, app: Flask, port: int) -> None:
    _start_redis(family, app)
    first_run.migrate(app)
    desk = _start_rehearsal(family, app)
    new_user = first_run.first_user(app)
    python, environment = sys.executable, {**os.environ, "CDSYNC_PORT": str(port)}
    listen = f"--listen=127.0.0.1:{port}"
    family.add(Child("web", [python, "-m", "waitress", listen, "--threads=8", "app:app"], environment))
    family.add(Child("worker", [python, "-m", "rq_jobs.worker"], environment))
    family.add(Child("scheduler", [python, "-m", "rq_jobs.schedule"], environment))
    ports.wait_for(port)
    _greet(port, new_user, desk)


def _start_redis(family: Family, app: Flask) -> None:
    url = str(app.config["CDSYNC_REDIS_URL"])
    folder = Path(app.instance_path) / "redis"
    embedded = not os.environ.get("CDSYNC_REDIS_URL")
    if embedded:
        path = Path(url.removeprefix("unix://"))
        with config.usable(Path(app.instance_path)):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            command = redis_server.command(path, folder)
        family.add(Child("redis", command, dict(os.environ), used_by_others=True))
    with app.app_context():
        queue.connection()  # refuses what is no address
    try:
        redis_server.wait_until_up(url)
    except redis_server.NoRedisError as error:
        hint = f"The end of {folder / 'redis.log'} says more." if embedded else "Start it, or correct CDSYNC_REDIS_URL."
        raise redis_server.NoRedisError(f"{error}. {hint}") from error


def _start_rehearsal(family: Family, app: Flask) -> str | None:
    """Starts the rehearsal systems unless the merchant has connected real ones; answers the desk's address."""
    if not first_run.wants_rehearsal(app):
        first_run.leave_rehearsal(app)
        return None
    state = Path(app.instance_path) / "rehearsal.state"
    words = ports.of_rehearsal(Path(app.instance_path) / "rehearsal.ports")
    command = [sys.executable, "-m", "cdsync.sandbox", "--scenario", "rehearsal", "--state", str(state), *words]
    child = family.add(Child("rehearsal", command, dict(os.environ)), stdout=subprocess.PIPE)
    assert child.process is not None
    assert child.process.stdout is not None
    line = child.process.stdout.readline()
    if not line:
        raise redis_server.NoRedisError("The rehearsal systems did not start; see the message above.")
    ready: dict[str, Any] = json.loads(line)
    first_run.point_at_rehearsal(app, ready)
    return str(ready["desk"])


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

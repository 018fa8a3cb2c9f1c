"""`make run`: Redis, migrations, rehearsal systems, web, workers, scheduler; one Ctrl-C stops all of it.

`make rehearse` (--rehearse) starts the rehearsal systems too where there is a real account by now; while `make run`
holds the folder, it asks that one to start them.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from pathlib import Path

from flask import Flask
from sqlalchemy.exc import DatabaseError

from cdsync import config, database_errors, terminal
from cdsync.error_catalogue.plain_text import told
from cdsync.errors import CdsyncError, ConfigError
from cdsync.installation.end_with_parent import end_with_parent
from cdsync.rehearsal import asking, place
from cdsync.runs import queue

from . import first_run, ports, redis_server
from .only_one import AlreadyRunningError, only_one
from .processes import Child, Family
from .rehearsal import READY_WITHIN, RehearsalSystems

ROOT = Path(__file__).resolve().parents[2]


def main(arguments: list[str] | None = None) -> int:
    os.environ.setdefault(config.PRIVATE_ADDRESSES, "loopback")  # the rehearsal's systems run on this machine
    if ROOT.joinpath("app.py").exists():  # a clone; installed, the files are in a folder of their own
        os.chdir(ROOT)
    if os.environ.get("MAKELEVEL"):  # make waits for this process; killed outright, it must not leave it behind
        end_with_parent(signal.SIGTERM, os.getppid())
    rehearse = "--rehearse" in (sys.argv[1:] if arguments is None else arguments)
    try:
        port = config.port(os.environ.get("CDSYNC_PORT") or config.DEFAULT_PORT)
    except ConfigError as error:
        return _fail(f"CDSYNC_PORT must be a number from 1 to 65535, not {error.data['port']!r}")
    if ports.taken(port) and not rehearse:
        return _fail_taken(port)
    try:
        return _in_this_folder(port, rehearse)
    except redis_server.NoRedisError as error:
        return _fail(str(error))
    except CdsyncError as error:
        return _fail(told(error))
    except DatabaseError as error:
        reason = database_errors.meaning(error)
        if reason is None:
            raise
        return _fail(told(reason))


def _in_this_folder(port: int, rehearse: bool) -> int:
    """Runs everything, or asks whoever does already."""
    from cdsync.application import create_app  # noqa: PLC0415 - reads the environment: only once we are really going to run

    config.workers()  # a wrong number is said before anything starts
    family = Family(say)
    family.stop_on_signals()
    app = create_app()
    try:
        with only_one(Path(app.instance_path)):
            return _fail_taken(port) if ports.taken(port) else _run(family, app, port, rehearse)
    except AlreadyRunningError:
        if not rehearse:
            raise
        return _ask_the_one_that_runs(app)


def _run(family: Family, app: Flask, port: int, rehearse: bool) -> int:
    """Everything, until a stop is asked for; whatever happens, no process is left."""
    try:
        rehearsal = RehearsalSystems(family, app, say)
        _start(family, app, port, rehearsal, rehearse)
        complaint = family.watch(rehearsal.look)
        say("stopping…")
        return _fail(complaint) if complaint else 0
    finally:
        family.stop()


def _start(family: Family, app: Flask, port: int, rehearsal: RehearsalSystems, rehearse: bool) -> None:
    _start_redis(family, app)
    first_run.migrate(app)
    if rehearse or first_run.wants_rehearsal(app):
        rehearsal.start()
    else:
        first_run.leave_rehearsal(app)
    new_user = first_run.first_user(app)
    python, environment = sys.executable, {**os.environ, "CDSYNC_PORT": str(port), asking.LAUNCHED: "1"}
    family.add(Child("web", [python, "-m", "cdsync.launch.web"], environment))
    family.add(Child("workers", [python, "-m", "rq_jobs.workers"], environment))
    family.add(Child("scheduler", [python, "-m", "rq_jobs.schedule"], environment))
    ports.wait_for(port)
    _greet(port, new_user, rehearsal.desk)


def _ask_the_one_that_runs(app: Flask) -> int:
    """Another process holds the folder: it starts the rehearsal's systems, and its terminal says so too."""
    say("“make run” is running in this folder already: asking it to start the rehearsal.")
    folder = Path(app.instance_path)
    asking.ask(folder, asking.START)
    done = asking.wait(folder, READY_WITHIN)
    with app.app_context():
        found = place()
    if not done or found is None or not found.runs:
        asking.forget(folder)
        return _fail("They did not start. Its terminal says why; stop it with Ctrl-C there, and start it again.")
    say(f"  rehearsal      {found.desk}   (add orders, play faults, ship parcels)")
    say("  In cdsync, look at the account of the rehearsal.")
    return 0


def _start_redis(family: Family, app: Flask) -> None:
    url = str(app.config["CDSYNC_REDIS_URL"])
    folder = Path(app.instance_path) / "redis"
    embedded = not os.environ.get("CDSYNC_REDIS_URL")
    if embedded:
        path = Path(url.removeprefix("unix://"))
        with config.usable(Path(app.instance_path)):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            config.redis_socket(Path(app.instance_path))  # refuses a folder that somebody else made meanwhile
            command = redis_server.command(path, folder)
        family.add(Child("redis", command, dict(os.environ), used_by_others=True))
    with app.app_context():
        queue.connection()  # refuses what is no address
    try:
        redis_server.wait_until_up(url)
    except redis_server.NoRedisError as error:
        hint = f"The end of {folder / 'redis.log'} says more." if embedded else "Start it, or correct CDSYNC_REDIS_URL."
        raise redis_server.NoRedisError(f"{error}. {hint}") from error


def _greet(port: int, new_user: tuple[str, str] | None, desk: str | None) -> None:
    say("")
    say(f"  cdsync         http://127.0.0.1:{port}/")
    if new_user:
        say(f"  sign in as     {new_user[0]}   password  {new_user[1]}   (shown only this once)")
    else:
        say("  sign in with the user you have; forgot it? flask --app app user add NAME --role merchant")
    if desk:
        say(f"  rehearsal      {desk}   (add orders, play faults, ship parcels)")
    else:
        say("  rehearsal      not started; “make rehearse”, or its page in cdsync, starts it beside your own account")
    say("  Ctrl-C stops everything.")
    say("")


def say(text: str) -> None:
    with contextlib.suppress(OSError):  # a terminal that is gone, or a log on a full disk, ends nothing
        print(terminal.printable(text), flush=True)


def _fail_taken(port: int) -> int:
    return _fail(f"Port {port} is taken by another program. Choose another one: CDSYNC_PORT={port + 1} make run")


def _fail(text: str) -> int:
    print(terminal.printable(text), file=sys.stderr, flush=True)
    return 1

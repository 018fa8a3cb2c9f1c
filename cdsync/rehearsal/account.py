"""The rehearsal's account: taken up, left, put back to its opening, removed. Never touches another account."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import requests
from sqlalchemy import func, select, update

from cdsync import accounts
from cdsync import runs as all_runs
from cdsync.db import db, reading, transaction
from cdsync.errors import ConfigError, TemporaryError
from cdsync.models import OPEN_RUN, Account, Order, Run
from cdsync.settings import rehearsal as systems

from . import asking

STATE = "rehearsal.state"  # what both systems remember, in the instance folder
STARTS_WITHIN = 30.0  # seconds
STOPS_WITHIN = 20.0
RUNS_END_WITHIN = 5.0
RESETS_WITHIN = 60.0
HERE = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Place:
    """The rehearsal as it is now. `runs`: both systems answer; `desk`: the address of their desk, "" while none is."""

    account_id: int
    name: str
    runs: bool
    desk: str
    orders: int


@dataclass(frozen=True)
class Done:
    """What came of it. `stopped`: runs that had to end; `at_work`: a run that would not end at once, while leaving;
    `runs`: whether the systems run now; `orders`: how many were forgotten."""

    runs: bool
    stopped: int = 0
    at_work: tuple[int, ...] = ()
    orders: int = 0


def place() -> Place | None:
    """The rehearsal's account and systems; None when there is no such account."""
    with reading() as session:
        account = accounts.rehearsal()
        if account is None:
            return None
        count = session.scalar(select(func.count(Order.id)).where(Order.account_id == account.id)) or 0
        known = (account.id, account.name, places(account), desk_of(account))
    account_id, name, where, desk = known
    return Place(account_id, name, systems.runs(where), desk, count)


def runs(account: Account) -> bool:
    """Whether both systems of the rehearsal account answer now."""
    return systems.runs(places(account))


def places(account: Account) -> frozenset[str]:
    """Host and port of every address of the rehearsal account: what `answer` asks."""
    return systems.addresses(account.settings.get("marketplace", {}), account.settings.get("shop", {}))


def answer(where: frozenset[str]) -> bool:
    """Whether somebody answers at each of these places."""
    return systems.runs(where)


def take_up(folder: Path) -> bool:
    """Asks for its systems and waits a little; whether they run then. Raises ConfigError("instance.unusable")."""
    db.session.rollback()  # nothing is locked while it waits, here and below
    asking.ask(folder, asking.START)
    asking.wait(folder, STARTS_WITHIN)
    found = place()
    return found is not None and found.runs


def leave(folder: Path, account_id: int) -> Done:
    """Its schedules rest, its runs are stopped, and then its systems; what both know is kept.

    Where there is no launcher, whoever started the systems has to stop them. Raises ConfigError("instance.unusable").
    """
    db.session.rollback()
    _rest(account_id)
    stopped, at_work = _stop_runs(account_id)
    return Done(_stop_systems(folder), stopped, at_work)


def reset(folder: Path, account_id: int) -> Done:
    """Both systems go back to the opening, and every order, run and product mapping of the account is forgotten.

    Its settings stay. Systems that do not run begin anew at their next start. Raises
    ConfigError("rehearsal.run_open" [run]) when a run would not end, TemporaryError("rehearsal.not_reset" [reason])
    when the systems run and do not go back; nothing was forgotten then.
    """
    db.session.rollback()
    stopped = _require_no_run(account_id)
    found = place()
    running = found is not None and found.runs
    if running and found is not None:
        _ask_desk(found.desk)
    else:
        (folder / STATE).unlink(missing_ok=True)
    return Done(running, stopped, orders=accounts.empty(account_id))


def remove(folder: Path, account_id: int) -> Done:
    """The account is gone with its orders, and what its systems remember, once they are stopped.

    Raises ConfigError("rehearsal.run_open" [run]) when a run would not end; the account rests and is there then.
    """
    db.session.rollback()
    _rest(account_id)
    stopped = _require_no_run(account_id)
    found = place()
    running = _stop_systems(folder)
    accounts.remove(account_id)
    if not running:
        (folder / STATE).unlink(missing_ok=True)
    return Done(running, stopped, orders=found.orders if found else 0)


def open_runs(account_id: int) -> list[int]:
    """The account's runs that are queued or at work."""
    with reading() as session:
        mine = select(Run.id).where(Run.account_id == account_id, OPEN_RUN)
        return list(session.scalars(mine.order_by(Run.id)))


def _stop_runs(account_id: int) -> tuple[int, tuple[int, ...]]:
    """Asks every open run to stop and waits a little: how many ended, and which are still at work on an order."""
    asked = open_runs(account_id)
    for run_id in asked:
        all_runs.request_stop(run_id)
    end = time.monotonic() + RUNS_END_WITHIN
    while (left := open_runs(account_id)) and time.monotonic() < end:
        time.sleep(asking.EVERY)
    return len(set(asked) - set(left)), tuple(left)


def _require_no_run(account_id: int) -> int:
    stopped, at_work = _stop_runs(account_id)
    if at_work:
        raise ConfigError("rehearsal.run_open", run=at_work[0])
    return stopped


def _stop_systems(folder: Path) -> bool:
    """Whether they run still."""
    if asking.has_launcher():
        asking.ask(folder, asking.STOP)
        asking.wait(folder, STOPS_WITHIN)
    found = place()
    return found is not None and found.runs


def _rest(account_id: int) -> None:
    with transaction() as session:
        session.execute(update(Account).where(Account.id == account_id).values(active=False))


def desk_of(account: Account) -> str:
    """The desk's address when it is on this machine: nothing else is ever asked or linked to."""
    split = urlsplit(account.desk)
    return account.desk if split.scheme == "http" and split.hostname in HERE else ""


def _ask_desk(desk: str) -> None:
    if not desk:
        raise TemporaryError("rehearsal.not_reset", reason="nothing tells where its desk is")
    try:
        with requests.Session() as session:
            session.trust_env = False
            session.post(f"{desk.rstrip('/')}/reset", json={}, timeout=RESETS_WITHIN).raise_for_status()
    except requests.RequestException as error:
        raise TemporaryError("rehearsal.not_reset", reason=type(error).__name__) from error

"""What a wrong try to sign in costs: a wait that grows, for whoever tried, and never a lock. Checks no password.

A try is counted before its password is checked, so that a thousand at the same moment are not all checked, and taken
back when the password was right. Counts are kept in a fixed number of places, by a keyed hash: a stranger who types a
million names fills nothing, and the table names nobody. Two who share a place share its wait, which is short.
"""

from __future__ import annotations

import hashlib
import hmac
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

from flask import current_app
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cdsync.db import now, reading, transaction
from cdsync.models import SignInTries
from cdsync.secrets import derive

DEVICE, PAIR, ADDRESS, NAME = "device", "pair", "address", "name"
KINDS = (DEVICE, PAIR, ADDRESS, NAME)
FREE: Mapping[str, int] = {DEVICE: 5, PAIR: 5, ADDRESS: 20, NAME: 50}  # wrong tries before the first wait
LONGEST = 60.0  # seconds: after that much a right password is checked in any case
FORGOTTEN = timedelta(hours=1)
PLACES = 2**14  # of each kind
Rows = dict[str, SignInTries]


@dataclass(frozen=True)
class Source:
    """Where a try comes from. device: the mark of a browser that this name was signed in with before; it is trusted,
    so that what others do wrong, at the same address or under the same name, does not hold it up."""

    address: str = ""
    device: str = ""


@dataclass(frozen=True)
class Try:
    """One try that may be checked now; it counts as wrong until `was_right`."""

    places: Mapping[str, int]

    def was_right(self) -> None:
        """Takes the count back, and forgets what this person did wrong before; other people's tries stay counted."""
        with transaction() as session:
            for kind, row in _rows(session, self.places).items():
                row.failures = max(row.failures - 1, 0) if kind in (ADDRESS, NAME) else 0
                row.free_at = now()
            session.execute(delete(SignInTries).where(SignInTries.last_at <= now() - FORGOTTEN))


def begin(name: str, source: Source) -> Try | float:
    """A try for that name, counted and committed; or the seconds to wait, when it is too soon.

    name: as two spellings of one name are equal. Nothing here asks whether somebody has it.
    """
    places = _places(name, source)
    with reading() as session:  # who does not wait, takes no write lock from those who work
        wait = _wait(_rows(session, places), now())
    while not wait:
        try:
            with transaction() as session:
                wait = _count(session, places)
                if not wait:
                    return Try(places)
        except IntegrityError:  # another process made the same row a moment ago
            continue
    return wait


def _count(session: Session, places: Mapping[str, int]) -> float:
    """Counts a try, or returns the seconds it has to wait."""
    moment, rows = now(), _rows(session, places)
    new_here = PAIR in places and (PAIR not in rows or rows[PAIR].last_at <= moment - FORGOTTEN)
    for kind, place in places.items():
        if kind not in rows:
            rows[kind] = SignInTries(place=place)
            session.add(rows[kind])
        if rows[kind].last_at is None or rows[kind].last_at <= moment - FORGOTTEN:
            rows[kind].failures, rows[kind].free_at = 0, moment
    by_name = _pause(NAME, rows[NAME].failures) if NAME in rows else 0.0
    if new_here and by_name:  # guessed at from everywhere: whoever comes from a new address waits once, then is heard
        rows[PAIR].last_at, rows[PAIR].free_at = moment, moment + timedelta(seconds=by_name)
    wait = _wait(rows, moment)
    for kind, row in rows.items() if not wait else ():
        row.failures, row.last_at = row.failures + 1, moment
        pause = max(_pause(kind, row.failures), by_name if kind == PAIR else 0.0)
        row.free_at = moment + timedelta(seconds=0 if kind == NAME else pause)
    return wait


def _pause(kind: str, failures: int) -> float:
    """Seconds after so many wrong tries: 1, 2, 4, … up to LONGEST."""
    beyond = failures - FREE[kind]
    return 0.0 if beyond < 0 else min(2.0 ** min(beyond, 10), LONGEST)


def _wait(rows: Rows, moment: datetime) -> float:
    """Seconds until none of the rows stops a try; whole ones, for a sentence and a header."""
    free = max((row.free_at for row in rows.values()), default=moment)
    return float(max(math.ceil((free - moment).total_seconds()), 0))


def _rows(session: Session, places: Mapping[str, int]) -> Rows:
    """What is kept, by kind, for this transaction alone; in one order, so that no two wait for each other."""
    query = select(SignInTries).where(SignInTries.place.in_(places.values())).order_by(SignInTries.place)
    locked = query.with_for_update().execution_options(populate_existing=True)
    found = {row.place: row for row in session.scalars(locked)}
    return {kind: found[place] for kind, place in places.items() if place in found}


def _places(name: str, source: Source) -> dict[str, int]:
    address = _network(source.address)
    texts = {DEVICE: source.device} if source.device else {PAIR: f"{address}\n{name}", ADDRESS: address, NAME: name}
    return {kind: _place(kind, text) for kind, text in texts.items()}


def _place(kind: str, text: str) -> int:
    key = derive(current_app.config["CDSYNC_SECRET_KEY"], "sign-in tries").encode()
    digest = hmac.new(key, f"{kind}\n{text}".encode("utf-8", "replace"), hashlib.sha256).digest()
    return KINDS.index(kind) * PLACES + int.from_bytes(digest[:8], "big") % PLACES


def _network(address: str) -> str:
    """An IPv6 address stands for the /64 it is in: one machine has all of them."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return address
    return str(parsed.ipv4_mapped or int(parsed) >> 64)

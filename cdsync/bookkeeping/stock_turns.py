"""One request at a time moves a shop's stock: whose turn it is, in the database, for every process and account.

PrestaShop reads a quantity, adds to it and writes it back: two at once lose pieces (2 of 40 pairs on 9.1.4, 5 of 40 on
8.2.0). A turn that nobody gave back, for its process was killed or no answer came, ends with the shop's time limit.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import and_, bindparam, false, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cdsync.connectors.identity import place
from cdsync.db import Base, now, transaction
from cdsync.errors import TemporaryError, UnknownOutcomeError
from cdsync.models import Run, StockTurn

LONGEST_WAIT, PAUSE = 10.0, 0.1  # seconds: how long a request under way is waited for, and between two looks
LONGEST_WAIT_AFTER_DEATH, LONGER_PAUSE = 60.0, 1.0  # the same for one whose process is gone: nobody gives its turn back
BY_HAND = "status"
T = TypeVar("T")
_TURNS = Base.metadata.tables["stock_turns"]
_TAKEN = (
    update(_TURNS)
    .where(
        _TURNS.c.shop == bindparam("of_shop"),
        or_(
            _TURNS.c.owner == "",
            _TURNS.c.until <= bindparam("now"),
            and_(_TURNS.c.owner == bindparam("me"), _TURNS.c.in_doubt == false()),
        ),
    )
    .values(owner=bindparam("me"), step=bindparam("for_step"), in_doubt=False, until=bindparam("end"))
    .returning(_TURNS.c.id)
)
_GIVEN_BACK = (
    update(_TURNS)
    .where(_TURNS.c.shop == bindparam("of_shop"), _TURNS.c.owner == bindparam("me"))
    .values(owner="", in_doubt=False)
)


@dataclass(frozen=True)
class Busy:
    """Why the turn is not to be had: `seconds` until it ends by itself. left_behind: its run is over."""

    seconds: float
    in_doubt: bool
    left_behind: bool = False

    @property
    def longest_wait(self) -> float:
        """Seconds it is worth waiting for."""
        if self.in_doubt:
            return 0.0
        return LONGEST_WAIT_AFTER_DEATH if self.left_behind else LONGEST_WAIT


class StockTurns:
    """The turns of one run in one shop. address: the shop's; seconds: its time limit."""

    def __init__(self, address: str, owner: str, seconds: float) -> None:
        self._shop, self._owner, self._seconds = shop_of(address), owner, seconds
        self._step = ""

    def take(self, session: Session, step: str) -> Busy | None:
        """Takes the turn inside the caller's transaction, or says why not."""
        taking = {"of_shop": self._shop, "me": self._owner, "for_step": step, "now": now(), "end": self._end()}
        if session.connection().execute(_TAKEN, taking).first() is None:
            if (held := self._held(session)) is not None:
                return held
            session.add(StockTurn(shop=self._shop, owner=self._owner, step=step, until=taking["end"]))
            session.flush()
        self._step = step
        return None

    def _held(self, session: Session) -> Busy | None:
        """How somebody else holds it; None when the shop has no row yet."""
        is_over = select(Run.id).where(Run.owner == StockTurn.owner, Run.open.is_(False)).exists()
        query = select(StockTurn.until, StockTurn.in_doubt, is_over.label("left_behind"))
        held = session.execute(query.where(StockTurn.shop == self._shop)).first()
        if held is None:
            return None
        return Busy(max((held.until - now()).total_seconds(), 1.0), held.in_doubt, held.left_behind)

    def give_back_left(self, session: Session, owner: str, step: str) -> None:
        """The request of an owner that is gone is seen to have moved its pieces."""
        left = (StockTurn.shop == self._shop, StockTurn.owner == owner, StockTurn.step == step)
        session.execute(update(StockTurn).where(*left).values(owner="", in_doubt=False))

    def give_back(self, session: Session, step: str) -> None:
        """The step's request is over, or known to have moved its pieces; a turn of somebody else's is left alone."""
        if self._step == step:
            session.connection().execute(_GIVEN_BACK, {"of_shop": self._shop, "me": self._owner})
            self._step = ""

    def doubt(self, session: Session, step: str) -> None:
        """No answer came: nobody's turn until the shop's time limit has passed once more."""
        if self._step == step:
            mine = (StockTurn.shop == self._shop, StockTurn.owner == self._owner)
            session.execute(update(StockTurn).where(*mine).values(in_doubt=True, until=self._end()))

    def _end(self) -> datetime:
        return now() + timedelta(seconds=self._seconds)

    @contextmanager
    def turn(self, step: str = BY_HAND) -> Iterator[None]:
        """A request that moves stock, alone in its shop. Raises TemporaryError `shop.stock_busy`, nothing sent."""
        in_turn(lambda session: self.take(session, step))
        try:
            yield
        except UnknownOutcomeError:
            with transaction() as session:
                self.doubt(session, step)
            raise
        except Exception:
            self._over(step)
            raise
        self._over(step)

    def _over(self, step: str) -> None:
        with transaction() as session:
            self.give_back(session, step)


def in_turn(attempt: Callable[[Session], T | Busy]) -> T:
    """What `attempt` returns, each try in a transaction of its own, until it is not Busy.

    A request under way is waited for some seconds, one whose process is gone to its end or a minute; one whose outcome
    is unknown is not. Raises TemporaryError `shop.stock_busy`.
    """
    began = time.monotonic()
    while True:
        try:
            with transaction() as session:
                got = attempt(session)
        except IntegrityError:  # the shop's row was made by another process a moment ago
            continue
        if not isinstance(got, Busy):
            return got
        if time.monotonic() - began > got.longest_wait:
            raise TemporaryError("shop.stock_busy", retry_after=got.seconds)
        time.sleep(LONGER_PAUSE if got.left_behind else PAUSE)


def shop_of(address: str) -> str:
    """The same for every way of writing one shop's address."""
    return place(address.strip())[:255]

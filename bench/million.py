"""`python -m bench.million [ORDERS [FILE]]`: what each page costs with so many orders (100,000).

Makes the database once (`million_orders`) in a folder of its own below /tmp, or where CDSYNC_DATABASE_URL says, and
brings it to the newest migration. Then a signed-in merchant opens each page: server time, statements, bytes, one
table, kept in FILE as well. Exit code 1 when a figure is over its goal.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import Engine, event, func, select, text

from app import create_app
from cdsync import kept_figures, runs, users
from cdsync.db import db, transaction
from cdsync.launch.web import keep_for_good
from cdsync.models import User
from cdsync.orders.life import claims
from cdsync.web.shell.current_account import CHOSEN

from . import million_orders
from .lines import Line, keep
from .million_files import files
from .million_pages import pages

TIMES, LONGEST = 20, 20.0  # how often each is asked; seconds after which once more is not worth it
STATEMENTS, BYTES = 12, 120_000
Call = Callable[[], int]  # does it once; answers how many bytes came


@dataclass
class Figure:
    """What one thing costs: milliseconds of this process, or of the clock where the database is another process."""

    name: str
    goal: float
    spent: list[float]
    statements: int
    bytes: int
    is_page: bool = True
    part: str = "pages"

    @property
    def worst(self) -> float:
        """The 95th of a hundred, as near as so few tell."""
        return sorted(self.spent)[round(0.95 * (len(self.spent) - 1))]

    @property
    def over(self) -> str:
        """What is over its goal; "" where all holds."""
        found = [f"{self.worst / self.goal:.1f} × the time"] if self.worst > self.goal else []
        return ", ".join(found + self._too_many())

    def _too_many(self) -> list[str]:
        """What is over beside the time."""
        found = [f"{self.statements} statements"] if self.is_page and self.statements > STATEMENTS else []
        return found + ([f"{self.bytes / 1000:.0f} KB"] if self.is_page and self.bytes > BYTES else [])

    def line(self, column: str) -> Line:
        return Line(self.part, self.name, self.worst, "ms", self.goal, column, ", ".join(self._too_many()))


def main(orders: int, file: Path | None = None) -> int:
    app = _app(orders)
    with app.app_context():
        upgrade()
        if not db.session.scalar(select(func.count()).select_from(User)):
            began = time.monotonic()
            db.session.rollback()
            million_orders.make(db.session(), orders)
            kept_figures.sum_up()
            users.add("Mona", users.MERCHANT)
            _let_the_database_count()
            print(f"{orders} orders made in {time.monotonic() - began:.0f} s")
        column = f"{db.engine.dialect.name} {orders:,}"
        lines = [
            Line("what is stored", "an order, with all that hangs on it", _bytes() / orders / 1000, "KB", 2.5, column)
        ]
        db.session.remove()
    lines += [_shown(each).line(column) for each in _measured(app)]
    lines += [_shown_file(Line("files", *each, column)) for each in files(_signed_in(app), _clock())]
    print(f"{len(lines)} measured, {sum(bool(each.missed) for each in lines)} over their goal")
    if file is not None:
        keep(lines, file)
    return 1 if any(each.missed for each in lines) else 0


def _app(orders: int) -> Flask:
    folder = Path(tempfile.gettempdir()) / f"cdsync-million-{orders}"
    return create_app(instance_path=str(folder), CDSYNC_SECRET_KEY="a key for measurements, long enough")


def _let_the_database_count() -> None:
    """What a server does by itself after a while: the planner learns how many rows there are."""
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


def _bytes() -> int:
    """What the database takes on the disk, room for rows that went included."""
    if db.engine.dialect.name == "postgresql":
        return int(db.session.scalar(select(func.pg_database_size(func.current_database()))) or 0)
    return int(db.session.scalar(text("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")) or 0)


def _shown_file(line: Line) -> Line:
    goal = f"of {line.goal:>5.0f}   {line.missed or 'holds'}"
    print(f"{line.name:<44} {line.figure:>9.1f} {line.unit} {goal}", flush=True)
    return line


def _signed_in(app: Flask) -> FlaskClient:
    client = app.test_client()
    with app.app_context():
        token = users.sign_ins.begin(users.find("Mona")).token
        db.session.remove()
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"], session[CHOSEN] = token, True, "seller-1"
    return client


def _clock() -> Callable[[], float]:
    """Of this process; of the wall where the database is another process."""
    return time.perf_counter if "postgresql" in os.environ.get("CDSYNC_DATABASE_URL", "") else time.process_time


def _measured(app: Flask) -> Iterator[Figure]:
    client = _signed_in(app)
    with app.app_context():
        asked = pages()
        db.session.remove()
    for _name, path, _goal in asked[:3]:
        client.get(path)  # what is loaded at the first request
    keep_for_good()
    for name, path, goal in asked:
        yield _figure(name, goal, _opening(client, path), is_page=not path.endswith(".csv"))
    for name, call in (("claims swept, runs lost", _sweep), ("a lease renewed", _renew)):
        yield _figure(name, 5, _inside(app, call), is_page=False, part="every tick of the scheduler and of a run")


def _opening(client: FlaskClient, path: str) -> Call:
    def once() -> int:
        answer = client.get(path, buffered=True)
        assert answer.status_code == 200, (path, answer.status_code)
        return len(answer.data)

    return once


def _inside(app: Flask, call: Callable[[], object]) -> Call:
    def once() -> int:
        with app.app_context():
            call()
        return 0

    return once


def _sweep() -> None:
    runs.close_lost()


def _renew() -> None:
    with transaction() as session:
        claims.renew(session, "nobody:1:0", 30)


def _figure(name: str, goal: float, call: Call, *, is_page: bool, part: str = "pages") -> Figure:
    call()  # what is read for the first time is no figure
    clock = _clock()
    figure, began = Figure(name, goal, [], 0, 0, is_page, part), time.monotonic()
    while len(figure.spent) < TIMES and time.monotonic() - began < LONGEST:
        with _counted() as statements:
            start = clock()
            figure.bytes = call()
            figure.spent.append((clock() - start) * 1000)
        figure.statements = len(statements)
    return figure


@contextmanager
def _counted() -> Iterator[list[str]]:
    """The statements sent meanwhile, but for what begins and ends transactions."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if not re.match(r"BEGIN|COMMIT|ROLLBACK", statement):
            sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def _shown(figure: Figure) -> Figure:
    print(
        f"{figure.name:<34} {median(figure.spent):>9.1f} {figure.worst:>9.1f} ms of {figure.goal:>5.0f}"
        f" {figure.statements:>4} statements {figure.bytes:>10} bytes   {figure.over or 'holds'}",
        flush=True,
    )
    return figure


if __name__ == "__main__":
    number, *place = sys.argv[1:] or ["100000"]
    sys.exit(main(int(number), *map(Path, place)))

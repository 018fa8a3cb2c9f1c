"""A database that takes no more: a sentence on pages, in commands and in logs; what is there can be looked at."""

from __future__ import annotations

import pytest
from flask import Flask
from redis.exceptions import ResponseError
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from cdsync import settings
from cdsync.db import db, transaction
from cdsync.error_catalogue.plain_text import told
from cdsync.models import Account
from cdsync.runs import queue
from rq_jobs.outages import Outages, known
from tests.full_disk import FULL
from tests.web.conftest import Browser, text_of

SAID = {
    "database.disk_full": "There is no room left for the database",
    "database.disk_failed": "The disk of the database fails to store what is written",
    "database.read_only": "cdsync may not write to its database",
}
pytestmark = pytest.mark.only_on("sqlite", "a full disk is played in this process's own file")


@pytest.mark.parametrize("code", FULL)
def test_pages_say_so_and_go_on_afterwards(merchant: Browser, account: Account, code: str) -> None:
    days = {"orders.lookback_days": "5"}
    with FULL[code]():
        answer = merchant.post("/settings", days, part=True)
        assert answer.status_code == 503
        assert SAID[code] in text_of(answer.text)
        assert answer.headers["HX-Retarget"] == "#flash", "what was typed stays"
        assert merchant.get("/orders").status_code == 200
    assert merchant.post("/settings", days, part=True).status_code == 200
    db.session.rollback()
    assert settings.show(db.session.query(Account).one())["orders"]["lookback_days"] == 5


@pytest.mark.parametrize("code", FULL)
def test_commands_say_so(app: Flask, account: Account, code: str) -> None:
    arguments = ["sync", "lookup", "--inline"]
    db.session.rollback()
    with FULL[code]():
        result = app.test_cli_runner().invoke(args=arguments)
    assert result.exit_code == 2
    assert SAID[code] in result.output
    assert "Traceback" not in result.output
    assert app.test_cli_runner().invoke(args=arguments).exit_code == 0


@pytest.mark.parametrize("code", FULL)
def test_worker_and_scheduler_say_so_in_a_line_and_live_on(
    app: Flask, account: Account, caplog: pytest.LogCaptureFixture, code: str
) -> None:
    outages = Outages()
    db.session.rollback()
    with FULL[code](), outages.outlived(), transaction() as session:
        session.execute(text("UPDATE accounts SET name = 'x'"))
    outages.look()
    outages.look()
    first, second = (record.getMessage() for record in caplog.records if record.name == "rq_jobs.outages")
    assert SAID[code] in first
    assert "It is tried again until it works" in first
    assert second == f"{code} is over: going on"


@pytest.mark.parametrize(
    "words",
    [
        "MISCONF Errors writing to the AOF file: No space left on device",
        "OOM command not allowed when used memory > 'maxmemory'.",
        "READONLY You can't write against a read only replica.",
    ],
)
def test_a_redis_that_keeps_nothing_is_not_called_away(app: Flask, words: str) -> None:
    error = queue.away(ResponseError(words))
    assert error.code == "redis.keeps_nothing"
    assert words.rstrip(".") in told(error)
    assert known(DatabaseError("", {}, Exception("x"))) is None

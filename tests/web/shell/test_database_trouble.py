"""A page when the database is away or old: a sentence that says what to do, for people signed in and strangers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import event

from cdsync.db import db
from tests.web.conftest import Browser


@pytest.fixture
def away(app: Flask, merchant: Browser) -> Iterator[None]:
    """No new connection can be had; there was one when the merchant signed in."""

    def refuse(*_: object) -> None:
        raise db.engine.dialect.loaded_dbapi.OperationalError("unable to open database file on host.internal")

    db.session.remove()
    db.engine.dispose()
    event.listen(db.engine, "do_connect", refuse)
    yield
    event.remove(db.engine, "do_connect", refuse)


@pytest.mark.usefixtures("away")
@pytest.mark.parametrize("path", ["/", "/orders", "/sign-in"])
def test_a_database_that_is_away_is_said_with_what_to_do(merchant: Browser, stranger: Browser, path: str) -> None:
    for person in (merchant, stranger):
        answer = person.get(path)
        assert answer.status_code == 503
        assert "The database cannot be reached" in answer.text
        assert "CDSYNC_DATABASE_URL" in answer.text
        assert "host.internal" not in answer.text  # for the log, not for whoever comes by


@pytest.mark.usefixtures("away")
def test_a_part_gets_it_as_a_message_and_the_page_stays(merchant: Browser) -> None:
    answer = merchant.get("/orders", part=True)
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (503, "#flash")
    assert "The database cannot be reached" in answer.text


def test_old_tables_are_said_with_the_command_that_helps(merchant: Browser) -> None:
    db.session.remove()
    db.drop_all()
    answer = merchant.get("/orders")
    assert answer.status_code == 503
    assert "flask --app app db upgrade" in answer.text

"""`recount` says which figures differ from a count, and mends them."""

from __future__ import annotations

from flask import Flask

from cdsync import kept_figures
from cdsync.db import db, transaction
from cdsync.models import Account, KeptFigure
from cdsync.models.kept_figure import ORDERS

from .conftest import Run


def test_figures_that_differ_are_named_and_mended(app: Flask, flask: Run) -> None:
    assert flask("recount").exit_code == 0
    with app.app_context():
        with transaction() as session:
            account = Account(name="main", settings={})
            session.add(account)
            session.flush()
            account_id = account.id
            session.add(KeptFigure(account_id=account_id, figure="orders", key="shipped/Relay", count=3))
        db.session.remove()
    said = flask("recount", "--only-say")
    assert (said.exit_code, "main: orders shipped/Relay: -3" in said.stderr) == (1, True)
    mended = flask("recount")
    assert (mended.exit_code, "main: orders shipped/Relay: -3" in mended.stderr) == (1, True)
    assert flask("recount").exit_code == 0
    with app.app_context():
        assert kept_figures.counts(account_id, ORDERS) == {}

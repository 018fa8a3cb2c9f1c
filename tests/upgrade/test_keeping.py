"""The database of a release is kept as SQL that can be read again, the index of words with it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from cdsync.db import db
from cdsync.models import Account, Order

from . import keeping


def test_a_kept_database_finds_its_orders_and_writes_on(tmp_path: Path) -> None:
    file = tmp_path / "there.sqlite3"
    engine = create_engine(f"sqlite:///{file}")
    db.metadata.create_all(engine)
    with Session(engine) as session:
        account = Account(name="main", settings={})
        session.add(account)
        session.flush()
        session.add(Order(account_id=account.id, marketplace_ref="5f1", reference="2611KEPT", state="to_import"))
        session.commit()
    engine.dispose()
    kept = keeping._dumped(file)
    with closing(sqlite3.connect(tmp_path / "again.sqlite3")) as again:
        again.executescript(kept)
        found = "SELECT rowid FROM order_words WHERE order_words MATCH ?"
        assert again.execute(found, ('"11k" AND "1ke" AND "kep"',)).fetchall() == [(1,)]
        again.execute("UPDATE orders SET reference = 'CHANGED'")
        assert again.execute(found, ('"11k" AND "1ke" AND "kep"',)).fetchall() == []
        assert again.execute(found, ('"han" AND "ang"',)).fetchall() == [(1,)]
        again.execute("INSERT INTO order_words (order_words, rank) VALUES ('integrity-check', 1)")

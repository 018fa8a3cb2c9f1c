"""Migration 0019 with texts in the database: PostgreSQL's come to be in small letters, also after a stop in between."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import select, text

from app import create_app
from cdsync.db import db
from cdsync.models import OrderText, order_word_index
from cdsync.order_lists import search

from .test_migrations import insert
from .test_raw_migration import EMPTY

NAMES = {1: "Zoé Lefebvre", 2: "Émile ROUX", 3: "camille durand"}


@pytest.fixture(autouse=True)
def app(tmp_path: Path) -> Iterator[Flask]:
    app = create_app(instance_path=str(tmp_path), CDSYNC_SECRET_KEY="a key for tests, long enough for cdsync")
    with app.app_context():
        flask_migrate.upgrade(revision="0018")
        insert("accounts", id=1, name="main", settings="{}", places="[]", notices="[]")
        for number, name in NAMES.items():
            insert("orders", id=number, marketplace_ref=f"A{number}", addresses="{}", buyer_name=name, **EMPTY)
        yield app
        db.session.remove()
        flask_migrate.downgrade(revision="base")
        db.engine.dispose()


def buyers() -> dict[int, str]:
    with db.engine.connect() as connection:
        rows = connection.execute(select(OrderText.order_id, OrderText.buyer)).all()
    return {order: buyer.strip() for order, buyer in rows}


def found(words: str) -> set[int]:
    answer = search.find_orders(1, words)
    db.session.remove()
    assert answer is not None
    return {each.id for each in answer.newest}


def test_texts_are_found_whatever_the_case_and_come_back_as_they_were() -> None:
    assert buyers() == NAMES
    flask_migrate.upgrade()
    on_postgresql = db.engine.dialect.name == "postgresql"
    assert buyers() == ({order: name.lower() for order, name in NAMES.items()} if on_postgresql else NAMES)
    for words, order in (("zoé LEFEB", 1), ("roux", 2), ("ROUX", 2), ("Durand", 3)):
        assert found(words) == {order}, words
    insert("orders", id=4, marketplace_ref="A4", addresses="{}", buyer_name="Manon NOËL", **EMPTY)
    assert found("noël") == found("NOËL") == {4}, "what is written afterwards, too"
    with db.engine.connect() as connection:
        assert order_word_index.has_index(connection)
    flask_migrate.downgrade(revision="0018")
    assert buyers() == NAMES | {4: "Manon NOËL"}


def test_a_stop_in_between_costs_nothing() -> None:
    if db.engine.dialect.name != "postgresql":
        pytest.skip("SQLite's texts stay")
    with db.engine.begin() as connection:  # as it stands after the first portion
        connection.execute(text("DROP INDEX order_words"))
        connection.execute(text("UPDATE order_texts SET buyer = lower(buyer) WHERE order_id = 1"))
    flask_migrate.upgrade()
    assert buyers() == {order: name.lower() for order, name in NAMES.items()}
    with db.engine.connect() as connection:
        assert order_word_index.has_index(connection)

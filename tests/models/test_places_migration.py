"""Migration 0021 with texts in the database: the same orders are found, wherever it is stopped and whatever changes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import inspect, text

from app import create_app
from cdsync.db import db
from cdsync.models import order_word_index
from cdsync.order_lists import search

from .test_migrations import insert
from .test_raw_migration import EMPTY, Stopped, upgrade_with

ORDERS = range(1, 4_501)  # three portions
BEFORE = "0020"


@pytest.fixture(autouse=True)
def app(tmp_path: Path) -> Iterator[Flask]:
    app = create_app(instance_path=str(tmp_path), CDSYNC_SECRET_KEY="a key for tests, long enough for cdsync")
    with app.app_context():
        flask_migrate.upgrade(revision=BEFORE)
        insert("accounts", id=1, name="main", settings="{}", places="[]", notices="[]")
        insert("orders", *(order(number, f"Buyer {number}") for number in ORDERS))
        yield app
        db.session.remove()
        flask_migrate.downgrade(revision="base")
        db.engine.dispose()


def order(number: int, name: str) -> dict[str, object]:
    return {"id": number, "marketplace_ref": f"A{number}", "addresses": "{}", "buyer_name": name, **EMPTY}


def found(words: str) -> set[int]:
    answer = search.find_orders(1, words)
    db.session.remove()
    assert answer is not None
    return {each.id for each in answer.newest}


def sent(*statements: str) -> None:
    with db.engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def is_whole() -> bool:
    """Whether each text is what it has to be, and the index is made of exactly these."""
    with db.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.execute(text("INSERT INTO order_words (order_words, rank) VALUES ('integrity-check', 1)"))
        kept, due = (
            connection.execute(text(f"SELECT order_id, numbers, buyer FROM {each} ORDER BY order_id")).all()
            for each in ("order_texts", "order_texts_due")
        )
        return order_word_index.has_index(connection) and kept == due


def test_what_was_found_is_found_and_migrating_back_makes_the_former_index() -> None:
    searches = ("uyer 777", "buyer 3", "A4500", "zyx")
    before = [found(words) for words in searches]
    assert [len(each) for each in before] == [4, 1_000, 1, 0]
    for revision in ("head", BEFORE, "head"):
        (flask_migrate.downgrade if revision == BEFORE else flask_migrate.upgrade)(revision=revision)
        assert is_whole()
        insert("orders", order(9_999, "Zyx"))
        assert found("zyx") == {9_999}, revision
        sent("DELETE FROM orders WHERE id = 9999")
        if revision == "head":
            assert [found(words) for words in searches] == before


@pytest.mark.only_on("sqlite", "PostgreSQL's index stays")
def test_the_index_takes_a_third_of_its_room_and_what_became_free_is_used() -> None:
    def pages(of: str) -> int:
        with db.engine.connect() as connection:
            return int(connection.execute(text(f"SELECT {of}")).scalar_one())

    room = "sum(length(block)) FROM order_words_data"
    before, file = pages(room), pages("page_count FROM pragma_page_count")
    flask_migrate.upgrade()
    assert pages(room) * 3 < before
    assert pages("page_count FROM pragma_page_count") <= file * 1.01


@pytest.mark.only_on("sqlite", "PostgreSQL's migration is one transaction")
def test_stopped_after_any_commit_it_goes_on_with_what_changed_meanwhile() -> None:
    """Orders that come, change and go where the index has been already, and where it has not."""
    for stops in count():
        try:
            upgrade_with(1 + stops // 4)  # four times as early as can be: one more portion each time
            break
        except Stopped:
            assert found("buyer 4499") == {4_499}, "read through the texts, or by the index"
            gone, changed = 10 + stops, (100 + stops, 4_400 + stops)
            sent(
                f"DELETE FROM orders WHERE id = {gone}",
                f"DELETE FROM orders WHERE id = {4_300 + stops}",
                f"UPDATE orders SET buyer_name = 'Renamed {stops}' WHERE id IN {changed}",
            )
            insert("orders", order(5_000 + stops, "Came"), order(gone, "Again"))
    assert stops > 3
    assert is_whole()
    assert found("came") == {5_000 + each for each in range(stops)}
    assert found("again") == {10 + each for each in range(stops)}
    assert found("renamed 3") == {103, 4_403}
    assert "order_words_filled" not in inspect(db.engine).get_table_names()

"""The migrations make exactly the tables of the models, on SQLite and on PostgreSQL, and can be taken back."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
import time_machine
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import Column, Index, MetaData, Table, inspect, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.schema import CreateIndex, DropIndex
from werkzeug.security import generate_password_hash

from app import create_app
from cdsync import settings, users
from cdsync.db import db, now
from cdsync.models import Account, OrderLine, Run, User


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    app = create_app(instance_path=str(tmp_path), CDSYNC_SECRET_KEY="a key for tests, long enough for cdsync")
    with app.app_context():
        yield app
        db.session.remove()
        db.drop_all()
        with db.engine.begin() as connection:
            connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
        db.engine.dispose()


def differences() -> list[Any]:
    """What the models have and the database has not, or otherwise; indexes of expressions are compared below."""
    with db.engine.connect() as connection, warnings.catch_warnings():
        warnings.filterwarnings("ignore", "autogenerate skipping .* expression-based index|Skipped unsupported refl")
        found = list(compare_metadata(MigrationContext.configure(connection), db.metadata))
    left_out = {index.name for index in indexes_of_expressions()} | OF_WORDS
    return [each for each in found if getattr(each[1], "name", "") not in left_out]


# The index of words and the tables SQLite keeps it in, and what waits for an order's lines there: no model has them
# (`kept_by_the_database`).
OF_WORDS = {
    "order_texts_waiting",
    "order_words",
    *(f"order_words_{part}" for part in ("config", "content", "data", "docsize", "idx")),
}


def indexes_of_expressions() -> list[Index]:
    indexes = [index for table in db.metadata.tables.values() for index in table.indexes]
    return [index for index in indexes if any(not isinstance(each, Column) for each in index.expressions)]


def test_migrated_tables_are_those_of_the_models(app: Flask) -> None:
    assert len(differences()) >= len(db.metadata.tables)  # the comparison sees what is missing
    flask_migrate.upgrade()
    assert differences() == []


def test_migrated_indexes_are_spelled_as_those_of_the_models(app: Flask) -> None:
    """An index of an expression is found only for a query that spells it alike."""
    flask_migrate.upgrade()
    for index in indexes_of_expressions():
        migrated = definition(index)
        with db.engine.begin() as connection:
            connection.execute(DropIndex(index))
            connection.execute(CreateIndex(index))
        assert migrated == definition(index)


def test_what_the_database_keeps_by_itself_is_migrated_as_the_models_make_it(app: Flask) -> None:
    flask_migrate.upgrade()
    migrated = kept_by_the_database()
    assert "order_words" in " ".join(migrated)
    db.session.remove()
    db.drop_all()
    assert kept_by_the_database() == {}
    db.create_all()
    assert kept_by_the_database() == migrated


def kept_by_the_database() -> dict[str, str]:
    """Views, triggers, functions and the index of words, as the database says that they were made."""
    asked = {
        "sqlite": "SELECT name, sql FROM sqlite_master WHERE type IN ('view', 'trigger') OR sql LIKE '%VIRTUAL%' "
        "OR name = 'order_texts_waiting'",
        "postgresql": """
            SELECT viewname, definition FROM pg_views WHERE schemaname = 'public'
            UNION ALL SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
            UNION ALL SELECT proname, prosrc FROM pg_proc WHERE proname LIKE 'order_text%'
            UNION ALL SELECT indexname, indexdef FROM pg_indexes WHERE indexname = 'order_words'
        """,
    }
    with db.engine.connect() as connection:
        return dict(connection.execute(text(asked[db.engine.dialect.name])).all())  # type: ignore[arg-type]


def definition(index: Index) -> str:
    """How the database says that it was made, without what line ends and quotes make of it."""
    asked = {
        "sqlite": "SELECT sql FROM sqlite_master WHERE name = :name",
        "postgresql": "SELECT indexdef FROM pg_indexes WHERE indexname = :name",
    }
    with db.engine.connect() as connection:
        made = connection.execute(text(asked[db.engine.dialect.name]), {"name": index.name}).scalar_one()
    return " ".join(str(made).replace('"', "").split())


def test_migrated_triggers_are_spelled_as_those_of_the_models(app: Flask) -> None:
    """A migration that makes a table anew loses them on SQLite."""
    flask_migrate.upgrade()
    migrated = what_follows_rows()
    db.session.remove()
    db.drop_all()
    db.create_all()
    assert migrated == what_follows_rows() != {}


def what_follows_rows() -> dict[str, str]:
    """Triggers by name and, on PostgreSQL, the functions they call."""
    asked = {
        "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname, pg_get_triggerdef(t.oid) || prosrc FROM pg_trigger t JOIN pg_proc p "
        "ON p.oid = tgfoid WHERE NOT tgisinternal",
    }
    with db.engine.connect() as connection:
        return dict(connection.execute(text(asked[db.engine.dialect.name])).all())


def test_migrations_can_be_taken_back(app: Flask) -> None:
    flask_migrate.upgrade()
    flask_migrate.downgrade(revision="base")
    assert inspect(db.engine).get_table_names() == ["alembic_version"]


def test_the_database_refuses_a_second_open_run(app: Flask) -> None:
    flask_migrate.upgrade()
    account = Account(name="main", settings={"é": "x"})
    db.session.add(account)
    db.session.flush()
    closed, opened = (
        Run(account_id=account.id, operation="import", trigger="cli", open=each) for each in (False, True)
    )
    db.session.add_all([closed, opened])
    db.session.commit()
    db.session.add(Run(account_id=account.id, operation="import", trigger="cli"))
    with pytest.raises(IntegrityError):
        db.session.commit()
    db.session.rollback()
    assert account.settings == {"é": "x"}
    assert account.created_at.tzinfo is not None


def test_settings_and_users_are_kept(app: Flask) -> None:
    flask_migrate.upgrade()
    account = settings.load({"account": "main", "shop": {"key": "shop-secret"}, "orders": {"fee_sku": "FRAIS-É"}})
    settings.load({"shop": {"key": settings.MASK}})
    _user, password = users.add("Zoé", "merchant")
    db.session.expire_all()
    assert (settings.read(account).shop["key"], settings.read(account).orders.fee_sku) == ("shop-secret", "FRAIS-É")
    signed_in = users.authenticate("Zoé", password)
    assert signed_in.last_seen_at is not None
    assert signed_in.last_seen_at.tzinfo is not None
    with pytest.raises(users.SignInRefused):
        users.authenticate("Zoé", "wrong")


def test_whoever_signed_in_before_sees_customers_only_as_a_merchant(app: Flask) -> None:
    flask_migrate.upgrade(revision="0004")
    row = "VALUES (:name, 'x', :role, '', '', :at, 0)"
    columns = "(name, password_hash, role, timezone, language, created_at, failed_sign_ins)"
    with db.engine.begin() as connection:
        for name, role in (("Mona", "merchant"), ("Sam", "support")):
            connection.execute(
                text(f"INSERT INTO users {columns} {row}"),
                {"name": name, "role": role, "at": datetime(2026, 11, 1)},  # noqa: DTZ001
            )
    flask_migrate.upgrade()
    assert {user.name: user.sees_customers for user in db.session.scalars(select(User))} == {"Mona": True, "Sam": False}


def test_whoever_was_locked_out_signs_in_with_the_password_from_before_and_is_counted_anew(app: Flask) -> None:
    flask_migrate.upgrade(revision="0005")
    columns = "(name, password_hash, role, timezone, language, created_at, failed_sign_ins, locked_until)"
    password_hash = generate_password_hash("correct horse", "scrypt:1024:8:1")
    at = datetime(2026, 11, 1)  # noqa: DTZ001
    with db.engine.begin() as connection:
        connection.execute(
            text(f"INSERT INTO users {columns} VALUES ('Mona', :hash, 'merchant', 'Asia/Tokyo', '', :at, 4, :until)"),
            {"hash": password_hash, "at": at, "until": at.replace(year=2999)},
        )
    flask_migrate.upgrade()
    mona = users.sign_ins.begin(users.authenticate("mona", "correct horse"))
    assert (mona.timezone, mona.is_active, mona.password_hash[:10]) == ("Asia/Tokyo", True, "$argon2id$")
    with time_machine.travel(now(), tick=False):
        for code in ["refused"] * 5 + ["wait"]:
            with pytest.raises(users.SignInRefused, match=rf"sign_in\.{code}"):
                users.authenticate("Mona", "wrong")
    assert users.sign_ins.user_of(mona.token) is mona
    db.session.remove()
    flask_migrate.downgrade(revision="0005")
    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT name, failed_sign_ins FROM users")).all() == [("Mona", 0)]
    flask_migrate.upgrade()
    assert users.find("Mona").disabled_at is None


def insert(table: str, *rows: dict[str, Any], **values: Any) -> None:
    """Rows as they were at the revision the database has now; what has to be filled and is not named gets anything."""
    anything = {str: "", int: 0, bool: False, datetime: datetime(2026, 11, 1), Decimal: Decimal(0)}  # noqa: DTZ001
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Skipped unsupported reflection of expression-based index")
        there = Table(table, MetaData(), autoload_with=db.engine)
    filled = {each.name: anything[each.type.python_type] for each in there.columns if not each.nullable}
    with db.engine.begin() as connection:
        connection.execute(there.insert(), [filled | each for each in rows or (values,)])


def test_who_sends_a_line_is_kept_without_the_marketplaces_word_for_it(app: Flask) -> None:
    flask_migrate.upgrade(revision="0007")
    insert("accounts", id=1, name="main", settings="{}", places="[]", notices="[]")
    insert("orders", id=1, account_id=1, fees="[]", addresses="{}", faults="[]", dismissed="[]", corrections="[]",
           warnings="[]")  # fmt: skip
    before = {"1": "Seller", "2": "Fulfillment", "3": ""}
    for ref, mode in before.items():
        insert("order_lines", id=int(ref), order_id=1, line_ref=ref, supply_mode=mode, live=True)
    flask_migrate.upgrade()
    lines = db.session.scalars(select(OrderLine).order_by(OrderLine.line_ref)).all()
    assert [(line.ours, line.sent_by) for line in lines] == [(True, ""), (False, "Fulfillment"), (False, "?")]
    db.session.remove()
    flask_migrate.downgrade(revision="0007")
    with db.engine.connect() as connection:
        rows = connection.execute(text("SELECT line_ref, supply_mode FROM order_lines"))
        assert {row.line_ref: row.supply_mode for row in rows} == before

"""How Alembic runs cdsync's migrations: on the database of the present Flask app, in one transaction."""

from __future__ import annotations

from typing import Any

from alembic import context
from alembic.util import CommandError
from flask import current_app
from sqlalchemy.exc import DatabaseError
from sqlalchemy.types import TypeDecorator

from cdsync import database_errors
from cdsync.error_catalogue.plain_text import told
from cdsync.errors import ConfigError


def render_plain(kind: str, item: Any, _autogen: Any) -> str | bool:
    """Our column types as the plain SQL types they are stored in: an old migration must not need today's code."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


def run_online() -> None:
    with migrate.db.engine.connect() as connection:
        context.configure(connection=connection, target_metadata=migrate.db.metadata, **options)
        with context.begin_transaction():
            context.run_migrations()


migrate = current_app.extensions["migrate"]
options = {"render_item": render_plain, **migrate.configure_args}

if context.is_offline_mode():
    url = migrate.db.engine.url.render_as_string(hide_password=False)
    context.configure(url=url, target_metadata=migrate.db.metadata, literal_binds=True, **options)
    with context.begin_transaction():
        context.run_migrations()
else:
    try:
        run_online()
    except CommandError as error:
        if "Can't locate revision" not in str(error):
            raise
        raise CommandError(told(ConfigError("database.newer"))) from error
    except DatabaseError as error:
        known = database_errors.meaning(error)
        if known is None or known.code == "database.not_current":  # a migration that is wrong: our own fault
            raise
        raise CommandError(told(known)) from error  # Flask-Migrate prints its text and exits with 1

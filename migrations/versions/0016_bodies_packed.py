"""What was sent and answered is kept packed: nine tenths of a young database were the bodies of requests.

They are packed in portions, each committed: stopped, the migration goes on where it stood. Then the former columns go,
as in 0015: PostgreSQL forgets them, on SQLite the rows, small by now, are copied into a table without them. What
becomes free stays in the file (`VACUUM`, on PostgreSQL `VACUUM FULL exchanges`, gives it back).

Revision ID: 0016
Revises: 0015
Create Date: 2026-11-29 15:40:00
"""

from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op

# Not only today's code: what was ever packed is read by it for ever.
from cdsync.packed_text import packed, unpacked


revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

PORTION = 100  # exchanges of a commit: their bodies have up to 64 KB each
UNPACKED = (
    "SELECT id, request_body, response_body FROM exchanges "
    "WHERE id > :last AND (request_body <> '' OR response_body <> '') ORDER BY id"
)
FORMER = ("request_body", "response_body")


def upgrade():
    bind = op.get_bind()
    there = [each["name"] for each in sa.inspect(bind).get_columns("exchanges")]
    if "request" not in there:
        for name in ("request", "response"):
            empty = sa.text("''" if bind.dialect.name == "postgresql" else "x''")
            op.add_column("exchanges", sa.Column(name, sa.LargeBinary(), nullable=False, server_default=empty))
        _commit()
    elif "request_body" not in there:
        return  # stopped after its last transaction
    for _portion in _packed():
        _commit()
    if bind.dialect.name == "postgresql":
        op.execute("LOCK TABLE exchanges")
        list(_packed())
        for name in FORMER:
            op.drop_column("exchanges", name)
        for name in ("request", "response"):
            op.alter_column("exchanges", name, server_default=None)
    else:
        with _foreign_keys_unheeded():
            list(_packed())  # nobody else writes any more
            _copy_without(bind, "exchanges", FORMER)


def downgrade():
    bind = op.get_bind()
    for name in FORMER:
        op.add_column("exchanges", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    put_back = sa.text("UPDATE exchanges SET request_body = :request, response_body = :response WHERE id = :id")
    for rows in _portions("SELECT id, request, response FROM exchanges WHERE id > :last ORDER BY id"):
        bind.execute(put_back, [_row(row, lambda kept: unpacked(bytes(kept))) for row in rows])
    for name in ("request", "response"):
        op.drop_column("exchanges", name)
    if bind.dialect.name == "postgresql":
        for name in FORMER:
            op.alter_column("exchanges", name, server_default=None)


def _packed():
    """Packs what has not been yet, a portion each time."""
    put = sa.text(
        "UPDATE exchanges SET request = :request, response = :response, request_body = '', response_body = '' "
        "WHERE id = :id"
    )
    for rows in _portions(UNPACKED):
        op.get_bind().execute(put, [_row(row, packed) for row in rows])
        yield rows


def _row(row, change):
    number, request, response = row
    return {"id": number, "request": change(request), "response": change(response)}


def _portions(query):
    """The rows of a query that goes on by `id`, some at a time."""
    portion, last = sa.text(f"{query} LIMIT {PORTION}"), 0
    while rows := op.get_bind().execute(portion, {"last": last}).all():
        yield rows
        last = rows[-1].id


def _copy_without(bind, table, left_out):
    """As SQLite's own documentation has tables made anew; the indexes and triggers are made as they were."""
    named = f"FROM sqlite_schema WHERE tbl_name = '{table}' AND sql <> '' AND type"
    [made] = bind.exec_driver_sql(f"SELECT sql {named} = 'table'").scalars()
    made_again = bind.exec_driver_sql(f"SELECT sql {named} IN ('index', 'trigger')").scalars().all()
    columns = [row.name for row in bind.exec_driver_sql(f"PRAGMA table_info({table})") if row.name not in left_out]
    names = ", ".join(columns)
    for statement in (
        f"CREATE TABLE narrow_{table} {made[made.index('('):]}",
        *(f"ALTER TABLE narrow_{table} DROP COLUMN {each}" for each in left_out),
        f"INSERT INTO narrow_{table} ({names}) SELECT {names} FROM {table} ORDER BY id",
        f"DROP TABLE {table}",
        f"ALTER TABLE narrow_{table} RENAME TO {table}",
        *made_again,
    ):
        bind.exec_driver_sql(statement)


@contextmanager
def _foreign_keys_unheeded():
    """One transaction in which a table can go without the rows that name it, and come back under its name."""
    context = op.get_context()
    context.connection.get_transaction().commit()
    connection = context.connection.connection.dbapi_connection
    connection.execute("PRAGMA foreign_keys=OFF")  # says nothing inside a transaction
    connection.execute("PRAGMA legacy_alter_table=ON")  # what names the table goes on naming it
    transaction = context._transaction = context.connection.begin()
    try:
        yield
        transaction.commit()
    finally:
        transaction.close()
        connection.execute("PRAGMA legacy_alter_table=OFF")
        connection.execute("PRAGMA foreign_keys=ON")
        context._transaction = context.connection.begin()  # the one that Alembic ends


def _commit():
    """What is done so far stays, whatever becomes of the rest. Alembic's own way needs another isolation level."""
    context = op.get_context()
    context.connection.get_transaction().commit()
    context._transaction = context.connection.begin()  # the one that Alembic ends

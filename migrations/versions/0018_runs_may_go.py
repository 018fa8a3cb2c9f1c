"""A run may go while what it did is still told: events and steps no longer keep it. What is unanswered has an index.

Whether a run is named anywhere would have to be looked for in all events for each run that goes: nothing finds them by
their run. On SQLite the rows are copied into tables without the constraint, in one transaction.

Revision ID: 0018
Revises: 0017
Create Date: 2026-11-29 16:00:00
"""

import re
from contextlib import contextmanager

from alembic import op


revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

TABLES = ("order_events", "import_steps")
UNANSWERED = "ix_import_steps_unanswered ON import_steps (run_id) WHERE done_at IS NULL"


def upgrade():
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.drop_constraint(f"fk_{table}_run_id_runs", table, type_="foreignkey")
    else:
        with _foreign_keys_unheeded():
            for table in TABLES:
                _make_anew(op.get_bind(), table)
    op.execute(f"CREATE INDEX IF NOT EXISTS {UNANSWERED}")


def downgrade():
    op.drop_index("ix_import_steps_unanswered", "import_steps")
    for table in TABLES:
        op.execute(f"UPDATE {table} SET run_id = NULL WHERE run_id NOT IN (SELECT id FROM runs)")
        if op.get_bind().dialect.name == "postgresql":
            op.create_foreign_key(f"fk_{table}_run_id_runs", table, "runs", ["run_id"], ["id"])


def _make_anew(bind, table):
    """As SQLite's own documentation has it; once more, after a stop, it changes nothing."""
    named = f"FROM sqlite_schema WHERE tbl_name = '{table}' AND sql <> '' AND type"
    [made] = bind.exec_driver_sql(f"SELECT sql {named} = 'table'").scalars()
    made_again = bind.exec_driver_sql(f"SELECT sql {named} IN ('index', 'trigger')").scalars().all()
    kept = rf",\s*CONSTRAINT fk_{table}_run_id_runs FOREIGN KEY\s*\(run_id\) REFERENCES runs \(id\)"
    for statement in (
        f"CREATE TABLE free_{table} {re.sub(kept, '', made[made.index('('):])}",
        f"INSERT INTO free_{table} SELECT * FROM {table} ORDER BY id",
        f"DROP TABLE {table}",
        f"ALTER TABLE free_{table} RENAME TO {table}",
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

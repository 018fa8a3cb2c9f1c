"""The marketplace's JSON of each order, packed, in a table of its own: it was two thirds of what a list reads.

It is packed in portions, each committed: stopped, the migration goes on where it stood. What another process writes
meanwhile counts: a trigger takes back what was packed of it. Then the column goes, in one transaction. PostgreSQL only
forgets it. SQLite's DROP COLUMN would write every page of the old table anew and leave four fifths of each empty, so
the rows are copied into a narrow table instead. What becomes free stays in the file for orders to come; `VACUUM`, on
PostgreSQL `VACUUM FULL orders`, gives it back.

Revision ID: 0015
Revises: 0014
Create Date: 2026-11-29 15:20:00
"""

from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op

# Not only today's code: what was ever packed is read by it for ever.
from cdsync.packed_text import packed, unpacked


revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

PORTION = 500  # orders of a commit
MISSING = (
    "SELECT o.id, o.raw AS text FROM orders o WHERE o.id > :last AND o.raw <> '' "
    "AND NOT EXISTS (SELECT 1 FROM order_raws r WHERE r.order_id = o.id) ORDER BY o.id"
)
CHANGED = "AFTER UPDATE OF raw ON orders"
TAKEN_BACK = "DELETE FROM order_raws WHERE order_id = NEW.id;"
MEANWHILE = {
    "sqlite": (f"CREATE TRIGGER raw_read_anew {CHANGED} WHEN OLD.raw <> NEW.raw BEGIN {TAKEN_BACK} END",),
    "postgresql": (
        "CREATE FUNCTION raw_read_anew() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {TAKEN_BACK} RETURN NULL; END $$",
        f"CREATE TRIGGER raw_read_anew {CHANGED} FOR EACH ROW EXECUTE FUNCTION raw_read_anew()",
    ),
}


def upgrade():
    bind = op.get_bind()
    there = sa.inspect(bind)
    if "order_raws" not in there.get_table_names():
        op.create_table(
            "order_raws",
            sa.Column("order_id", sa.Integer(), nullable=False),
            sa.Column("text", sa.LargeBinary(), nullable=False),
            sa.ForeignKeyConstraint(
                ["order_id"], ["orders.id"], name=op.f("fk_order_raws_order_id_orders"), ondelete="CASCADE"
            ),
            sa.PrimaryKeyConstraint("order_id", name=op.f("pk_order_raws")),
        )
        for statement in MEANWHILE[bind.dialect.name]:
            bind.exec_driver_sql(statement)
        _commit()
    elif "raw" not in [each["name"] for each in there.get_columns("orders")]:
        return  # stopped after its last transaction
    for _portion in _packed():
        _commit()
    if bind.dialect.name == "postgresql":
        op.execute("LOCK TABLE orders")
        list(_packed())
        op.execute("DROP FUNCTION raw_read_anew CASCADE")
        op.drop_column("orders", "raw")
    else:
        with _foreign_keys_unheeded():
            list(_packed())  # nobody else writes any more
            op.execute("DROP TRIGGER raw_read_anew")
            _copy_without_raw(bind)


def downgrade():
    bind = op.get_bind()
    op.add_column("orders", sa.Column("raw", sa.Text(), nullable=False, server_default=""))
    put_back = sa.text("UPDATE orders SET raw = :text WHERE id = :id")
    for rows in _portions("SELECT order_id AS id, text FROM order_raws WHERE order_id > :last ORDER BY order_id"):
        bind.execute(put_back, [{"id": row.id, "text": unpacked(bytes(row.text))} for row in rows])
    op.drop_table("order_raws")
    if bind.dialect.name == "postgresql":
        op.alter_column("orders", "raw", server_default=None)


def _packed():
    """Packs what has not been yet, a portion each time."""
    keep = sa.text("INSERT INTO order_raws (order_id, text) VALUES (:id, :text)")
    held = " FOR SHARE OF o" if op.get_bind().dialect.name == "postgresql" else ""
    for rows in _portions(MISSING, held):
        op.get_bind().execute(keep, [{"id": row.id, "text": packed(row.text)} for row in rows])
        yield rows


def _portions(query, held=""):
    """The rows of a query that goes on by `id`, some hundred at a time."""
    portion, last = sa.text(f"{query} LIMIT {PORTION}{held}"), 0
    while rows := op.get_bind().execute(portion, {"last": last}).all():
        yield rows
        last = rows[-1].id


def _copy_without_raw(bind):
    """As SQLite's own documentation has tables made anew; the indexes and triggers are made as they were."""
    [made] = bind.exec_driver_sql("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = 'orders'").scalars()
    hang_on = "SELECT sql FROM sqlite_schema WHERE tbl_name = 'orders' AND type IN ('index', 'trigger') AND sql <> ''"
    made_again = bind.exec_driver_sql(hang_on).scalars().all()
    columns = [row.name for row in bind.exec_driver_sql("PRAGMA table_info(orders)") if row.name != "raw"]
    names = ", ".join(columns)
    for statement in (
        f"CREATE TABLE narrow_orders {made[made.index('('):]}",
        "ALTER TABLE narrow_orders DROP COLUMN raw",
        f"INSERT INTO narrow_orders ({names}) SELECT {names} FROM orders ORDER BY id",
        "DROP TABLE orders",
        "ALTER TABLE narrow_orders RENAME TO orders",
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
    connection.execute("PRAGMA legacy_alter_table=ON")  # views and triggers go on naming what is called orders
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

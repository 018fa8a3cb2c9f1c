"""What a search finds an order by, in a narrow table of its own with an index of the words in it; numbers by indexes.

The texts of the orders there are come in portions, each committed: stopped, the migration goes on where it stood. New
orders get theirs meanwhile by the triggers, which are made first.

Revision ID: 0013
Revises: 0012
Create Date: 2026-11-29 11:45:00
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.exc import OperationalError


revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

PORTION = 2_000  # orders of a commit
LOWER = {
    "ix_orders_lower_reference": "orders (lower(reference))",
    "ix_orders_lower_marketplace_ref": "orders (lower(marketplace_ref))",
    "ix_order_lines_lower_sku": "order_lines (lower(sku), order_id)",
    "ix_shop_orders_lower_reference": "shop_orders (account_id, lower(reference))",
}
COLUMNS = "order_id, account_id, numbers, buyer"
VIEW = """CREATE VIEW order_texts_due AS SELECT o.id AS order_id, o.account_id,
  o.reference || {end} || o.marketplace_ref
  || coalesce((SELECT {joined}({end} || s.reference, '') FROM shop_orders s WHERE s.order_id = o.id), '')
  || coalesce((SELECT {joined}({end} || l.sku || {end} || l.title, '') FROM order_lines l WHERE l.order_id = o.id), '')
  AS numbers,
  o.buyer_name || {end} || o.buyer_place
  || coalesce({end} || {shipping}, '') || coalesce({end} || {billing}, '') AS buyer
FROM orders o"""
MADE_OF = {
    "orders": ("id", ("account_id", "reference", "marketplace_ref", "buyer_name", "buyer_place", "addresses")),
    "order_lines": ("order_id", ("order_id", "sku", "title")),
    "shop_orders": ("order_id", ("order_id", "reference")),
}
SQLITE_VIEW = VIEW.format(
    end="char(10)",
    joined="group_concat",
    shipping="json_extract(o.addresses, '$.shipping.email')",
    billing="json_extract(o.addresses, '$.billing.email')",
)
SQLITE_INDEX = (
    "CREATE VIRTUAL TABLE order_words USING fts5"
    "(numbers, buyer, content='order_texts', content_rowid='order_id', tokenize='trigram')",
    "CREATE TRIGGER order_words_added AFTER INSERT ON order_texts BEGIN "
    "INSERT INTO order_words (rowid, numbers, buyer) VALUES (NEW.order_id, NEW.numbers, NEW.buyer); END",
    "CREATE TRIGGER order_words_gone AFTER DELETE ON order_texts BEGIN "
    "INSERT INTO order_words (order_words, rowid, numbers, buyer) "
    "VALUES ('delete', OLD.order_id, OLD.numbers, OLD.buyer); END",
    "CREATE TRIGGER order_words_changed AFTER UPDATE ON order_texts "
    "WHEN OLD.numbers IS NOT NEW.numbers OR OLD.buyer IS NOT NEW.buyer BEGIN "
    "INSERT INTO order_words (order_words, rowid, numbers, buyer) "
    "VALUES ('delete', OLD.order_id, OLD.numbers, OLD.buyer); "
    "INSERT INTO order_words (rowid, numbers, buyer) VALUES (NEW.order_id, NEW.numbers, NEW.buyer); END",
)
NO_TRIGRAMS = ("no such module: fts5", "no such tokenizer: trigram", "error in tokenizer constructor")
JSON = "(CASE WHEN position('\\u0000' IN o.addresses) = 0 THEN o.addresses::json END)"
POSTGRESQL_VIEW = VIEW.format(
    end="chr(10)",
    joined="string_agg",
    shipping=f"({JSON} #>> '{{shipping,email}}')",
    billing=f"({JSON} #>> '{{billing,email}}')",
)
POSTGRESQL_FUNCTION = f"""CREATE FUNCTION order_text_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  wanted integer;
BEGIN
  IF TG_TABLE_NAME = 'orders' THEN wanted := NEW.id;
  ELSIF TG_OP = 'DELETE' THEN wanted := OLD.order_id;
  ELSE wanted := NEW.order_id;
  END IF;
  INSERT INTO order_texts AS kept ({COLUMNS}) SELECT {COLUMNS} FROM order_texts_due WHERE order_id = wanted
  ON CONFLICT (order_id) DO UPDATE SET
    account_id = excluded.account_id, numbers = excluded.numbers, buyer = excluded.buyer
  WHERE (kept.account_id, kept.numbers, kept.buyer) IS DISTINCT FROM
    (excluded.account_id, excluded.numbers, excluded.buyer);
  RETURN NULL;
END $$"""
POSTGRESQL_INDEX = """DO $$ BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
  CREATE INDEX order_words ON order_texts USING gin (numbers gin_trgm_ops, buyer gin_trgm_ops);
EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported OR undefined_object THEN NULL;
END $$"""


def upgrade():
    postgresql = op.get_bind().dialect.name == "postgresql"
    if "order_texts" not in sa.inspect(op.get_bind()).get_table_names():
        _make(postgresql)
        _commit()
    _fill()
    if postgresql:  # quicker at once than row by row
        op.get_bind().exec_driver_sql(POSTGRESQL_INDEX)


def downgrade():
    op.execute("DROP VIEW order_texts_due")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION order_text_follows() CASCADE")
    else:
        op.execute("DROP TABLE IF EXISTS order_words")
        for name, _at, _does in _sqlite_triggers():
            op.execute(f"DROP TRIGGER {name}")
    op.drop_table("order_texts")
    op.create_index("ix_shop_orders_reference", "shop_orders", ["reference"])
    for name in LOWER:
        op.execute(f"DROP INDEX {name}")


def _make(postgresql):
    op.create_table(
        "order_texts",
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("numbers", sa.Text(), nullable=False),
        sa.Column("buyer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_order_texts_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_order_texts_order_id_orders"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_order_texts")),
    )
    op.create_index(op.f("ix_order_texts_account_id"), "order_texts", ["account_id"])
    for name, what in LOWER.items():
        op.execute(f"CREATE INDEX {name} ON {what}")
    op.drop_index("ix_shop_orders_reference", "shop_orders")
    made = [POSTGRESQL_VIEW, POSTGRESQL_FUNCTION, *_postgresql_triggers()] if postgresql else [SQLITE_VIEW]
    for statement in made:
        op.get_bind().exec_driver_sql(statement)
    if not postgresql:
        for name, at, does in _sqlite_triggers():
            op.get_bind().exec_driver_sql(f"CREATE TRIGGER {name} AFTER {at} BEGIN {does}; END")
        _sqlite_index()


def _sqlite_index():
    try:
        for statement in SQLITE_INDEX:
            op.get_bind().exec_driver_sql(statement)
    except OperationalError as error:  # a search reads through the texts then
        if not any(said in str(error.orig) for said in NO_TRIGRAMS):
            raise


def _sqlite_triggers():
    """The name of each, when it acts, and what it does."""
    new = f"INSERT INTO order_texts ({COLUMNS}) SELECT {COLUMNS} FROM order_texts_due WHERE order_id = NEW.id"
    other = (
        "UPDATE order_texts SET (account_id, numbers, buyer) = "
        "(SELECT account_id, numbers, buyer FROM order_texts_due WHERE order_id = {order}) WHERE order_id = {order}"
    )
    for table, (order, columns) in MADE_OF.items():
        differ = " OR ".join(f"OLD.{each} IS NOT NEW.{each}" for each in columns)
        changed = f"UPDATE OF {', '.join(columns)} ON {table} WHEN {differ}"
        yield f"{table}_text_added", f"INSERT ON {table}", new if table == "orders" else other.format(order="NEW.order_id")
        yield f"{table}_text_changed", changed, other.format(order=f"NEW.{order}")
        if table != "orders":
            yield f"{table}_text_gone", f"DELETE ON {table}", other.format(order="OLD.order_id")


def _postgresql_triggers():
    for table, (_order, columns) in MADE_OF.items():
        moments = "INSERT" if table == "orders" else "INSERT OR DELETE"
        yield (
            f"CREATE TRIGGER {table}_text AFTER {moments} OR UPDATE OF {', '.join(columns)} ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION order_text_follows()"
        )


def _fill():
    """A text for each order that has none, by portions of their ids."""
    bind, last = op.get_bind(), 0
    missing = sa.text(
        "SELECT min(o.id) FROM orders o LEFT JOIN order_texts t ON t.order_id = o.id "
        "WHERE o.id > :last AND t.order_id IS NULL"
    )
    portion = sa.text(
        f"INSERT INTO order_texts ({COLUMNS}) SELECT {COLUMNS} FROM order_texts_due "
        "WHERE order_id >= :first AND order_id < :end ON CONFLICT (order_id) DO NOTHING"
    )
    while (first := bind.execute(missing, {"last": last}).scalar()) is not None:
        last = first + PORTION - 1
        bind.execute(portion, {"first": first, "end": last + 1})
        _commit()


def _commit():
    """What is done so far stays, whatever becomes of the rest. Alembic's own way needs another isolation level."""
    context = op.get_context()
    context.connection.get_transaction().commit()
    context._transaction = context.connection.begin()  # the one that Alembic ends

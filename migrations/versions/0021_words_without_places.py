"""The index of words knows which orders hold three signs, no longer where; and an order's text is written once.

On SQLite the index of words was a sixth of the database, most of it places that a look at the text tells as well. It
goes, and another one is filled in portions, each committed: stopped, the migration goes on where it stood. In between
searches read through the texts; what changes meanwhile is kept by triggers where the new index has been already. Then
it takes the old one's name. What becomes free stays in the file for orders to come; `VACUUM` gives it back.

A new order's text, and its entry in the index, were written again with each of its lines. On SQLite they wait for the
lines where whoever stores them says so; on PostgreSQL triggers act at the end of the transaction.

Revision ID: 0021
Revises: 0020
Create Date: 2026-11-29 22:10:00
"""

import sqlalchemy as sa
from alembic import op


revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

PORTION = 2_000  # orders of a commit
COLUMNS = "order_id, account_id, numbers, buyer"
TEXT = f"INSERT INTO order_texts ({COLUMNS}) SELECT {COLUMNS} FROM order_texts_due WHERE order_id = {{order}}"
ADDED = f"CREATE TRIGGER orders_text_added AFTER INSERT ON orders{{when}} BEGIN {TEXT.format(order='NEW.id')}; END"
WAITING = (
    "CREATE TABLE order_texts_waiting "
    "(order_id INTEGER PRIMARY KEY REFERENCES order_texts (order_id) DEFERRABLE INITIALLY DEFERRED)",
    "CREATE TRIGGER orders_text_waits AFTER INSERT ON orders WHEN EXISTS (SELECT 1 FROM order_texts_waiting) BEGIN "
    "INSERT INTO order_texts_waiting (order_id) VALUES (NEW.id); END",
    "CREATE TRIGGER order_texts_waited AFTER DELETE ON order_texts_waiting WHEN OLD.order_id <> 0 BEGIN "
    f"{TEXT.format(order='OLD.order_id')}; END",
    "DROP TRIGGER orders_text_added",
    ADDED.format(when=" WHEN NOT EXISTS (SELECT 1 FROM order_texts_waiting)"),
)

INDEX = (
    "CREATE VIRTUAL TABLE {name} USING fts5"
    "(numbers, buyer, content='order_texts', content_rowid='order_id', tokenize='trigram'{more})"
)
NO_PLACES = ", detail=none, columnsize=0"
ENTERED = "INSERT INTO {name} (rowid, numbers, buyer) VALUES (NEW.order_id, NEW.numbers, NEW.buyer); "
LEFT = "INSERT INTO {name} ({name}, rowid, numbers, buyer) VALUES ('delete', OLD.order_id, OLD.numbers, OLD.buyer); "
FOLLOW = {"added": ("INSERT", ENTERED), "gone": ("DELETE", LEFT), "changed": ("UPDATE", LEFT + ENTERED)}
DIFFER = "OLD.numbers IS NOT NEW.numbers OR OLD.buyer IS NOT NEW.buyer"
# While it is being filled: what is in the index is changed, what is not yet comes with its portion.
FILLED = "{row}.order_id <= (SELECT order_id FROM order_words_filled)"
PORTION_IN = (
    "INSERT INTO order_words_new (rowid, numbers, buyer) SELECT order_id, numbers, buyer FROM order_texts "
    "WHERE order_id > :last AND order_id <= :end"
)

# A line or a shop order that goes to another order left its words with the former one.
KEPT = (
    "UPDATE order_texts SET (account_id, numbers, buyer) = (SELECT account_id, numbers, buyer FROM order_texts_due "
    "WHERE order_id = {row}.order_id) WHERE order_id = {row}.order_id"
)
MADE_OF = {
    "orders": ("INSERT", ("account_id", "reference", "marketplace_ref", "buyer_name", "buyer_place", "addresses")),
    "order_lines": ("INSERT OR DELETE", ("order_id", "sku", "title")),
    "shop_orders": ("INSERT OR DELETE", ("order_id", "reference")),
}
FUNCTION = f"""CREATE OR REPLACE FUNCTION order_text_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  wanted integer{{many}};
BEGIN
  IF TG_TABLE_NAME = 'orders' THEN wanted := {{new_order}};
  ELSIF TG_OP = 'DELETE' THEN wanted := {{old}};
{{moved}}  ELSE wanted := {{new}};
  END IF;
  INSERT INTO order_texts AS kept ({COLUMNS}) SELECT {COLUMNS} FROM order_texts_due WHERE order_id = {{any}}
  ON CONFLICT (order_id) DO UPDATE SET
    account_id = excluded.account_id, numbers = excluded.numbers, buyer = excluded.buyer
  WHERE (kept.account_id, kept.numbers, kept.buyer) IS DISTINCT FROM
    (excluded.account_id, excluded.numbers, excluded.buyer);
  RETURN NULL;
END $$"""
OF_ONE = {"many": "", "new_order": "NEW.id", "old": "OLD.order_id", "moved": "", "new": "NEW.order_id", "any": "wanted"}
OF_TWO = {
    "many": "[]",
    "new_order": "ARRAY[NEW.id]",
    "old": "ARRAY[OLD.order_id]",
    "moved": "  ELSIF TG_OP = 'UPDATE' THEN wanted := ARRAY[OLD.order_id, NEW.order_id];\n",
    "new": "ARRAY[NEW.order_id]",
    "any": "ANY (wanted)",
}


def upgrade():
    bind = op.get_bind()
    if bind.dialect.name == "postgresql":
        _send(FUNCTION.format(**OF_TWO))
        _postgresql_triggers("CONSTRAINT TRIGGER", " DEFERRABLE INITIALLY DEFERRED")
        return
    if not _made("order_texts_waiting"):
        _send(*WAITING, *_changed("OLD", "NEW"))
        _commit()
    index = _made("order_words")
    if index is not None and NO_PLACES not in index:  # None: a SQLite without trigrams, or stopped while it is filled
        _send("DROP TABLE order_words", *(f"DROP TRIGGER order_words_{name}" for name in FOLLOW))
        _send("CREATE TABLE order_words_filled (order_id INTEGER NOT NULL)", "INSERT INTO order_words_filled VALUES (0)")
        _send(INDEX.format(name="order_words_new", more=NO_PLACES), *_follow("order_words_new", filled=False))
        _commit()
    if _made("order_words_new") is not None:
        while _filled():
            _commit()
        _send(*(f"DROP TRIGGER order_words_new_{name}" for name in FOLLOW), "DROP TABLE order_words_filled")
        _send("ALTER TABLE order_words_new RENAME TO order_words", *_follow("order_words", filled=True))


def downgrade():
    if op.get_bind().dialect.name == "postgresql":
        _send(FUNCTION.format(**OF_ONE))
        _postgresql_triggers("TRIGGER", "")
        return
    if _made("order_words") is not None:
        _send("DROP TABLE order_words", INDEX.format(name="order_words", more=""))
        _send("INSERT INTO order_words (order_words) VALUES ('rebuild')")
    _send("DROP TRIGGER orders_text_waits", "DROP TABLE order_texts_waiting", "DROP TRIGGER orders_text_added")
    _send(ADDED.format(when=""), *_changed("NEW"))


def _changed(*rows):
    for table in ("order_lines", "shop_orders"):
        columns = MADE_OF[table][1]
        differ = " OR ".join(f"OLD.{each} IS NOT NEW.{each}" for each in columns)
        does = "; ".join(KEPT.format(row=row) for row in rows)
        yield f"DROP TRIGGER {table}_text_changed"
        yield (
            f"CREATE TRIGGER {table}_text_changed AFTER UPDATE OF {', '.join(columns)} ON {table} WHEN {differ} "
            f"BEGIN {does}; END"
        )


def _made(name):
    """The statement that a table was made with; None: there is none."""
    made = sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :name")
    return op.get_bind().execute(made, {"name": name}).scalar()


def _follow(name, *, filled):
    for moment, (does, entries) in FOLLOW.items():
        there = FILLED.format(row="NEW" if does == "INSERT" else "OLD")
        held = {"UPDATE": f" WHEN {DIFFER}" if filled else f" WHEN {there} AND ({DIFFER})"}
        when = held.get(does, "" if filled else f" WHEN {there}")
        yield f"CREATE TRIGGER {name}_{moment} AFTER {does} ON order_texts{when} BEGIN {entries.format(name=name)}END"


def _filled():
    """Takes the next portion in; whether there was one."""
    bind = op.get_bind()
    last = bind.execute(sa.text("SELECT order_id FROM order_words_filled")).scalar_one()
    portion = f"SELECT order_id FROM order_texts WHERE order_id > :last ORDER BY order_id LIMIT {PORTION}"
    end = bind.execute(sa.text(f"SELECT max(order_id) FROM ({portion})"), {"last": last}).scalar()
    if end is not None:
        bind.execute(sa.text(PORTION_IN), {"last": last, "end": end})
        bind.execute(sa.text("UPDATE order_words_filled SET order_id = :end"), {"end": end})
    return end is not None


def _postgresql_triggers(kind, when):
    for table, (moments, columns) in MADE_OF.items():
        _send(
            f"DROP TRIGGER {table}_text ON {table}",
            f"CREATE {kind} {table}_text AFTER {moments} OR UPDATE OF {', '.join(columns)} ON {table}{when} "
            "FOR EACH ROW EXECUTE FUNCTION order_text_follows()",
        )


def _send(*statements):
    for statement in statements:
        op.get_bind().exec_driver_sql(statement)


def _commit():
    """What is done so far stays, whatever becomes of the rest. Alembic's own way needs another isolation level."""
    context = op.get_context()
    context.connection.get_transaction().commit()
    context._transaction = context.connection.begin()  # the one that Alembic ends

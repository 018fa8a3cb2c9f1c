"""What keeps `order_texts` and the index of the words in it, as statements of each database.

A view says what each order's text has to be; triggers write it. The index is FTS5 with trigrams on SQLite (3.34 or
later) and pg_trgm on PostgreSQL. Where neither is to be had, a search reads through the texts (`has_index`).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.exc import OperationalError

INDEX = "order_words"  # a virtual table of SQLite, an index of PostgreSQL
COLUMNS = "order_id, account_id, numbers, buyer"

_VIEW = """CREATE VIEW order_texts_due AS SELECT o.id AS order_id, o.account_id,
  {lower}o.reference || {end} || o.marketplace_ref
  || coalesce((SELECT {joined}({end} || s.reference, '') FROM shop_orders s WHERE s.order_id = o.id), '')
  || coalesce((SELECT {joined}({end} || l.sku || {end} || l.title, '') FROM order_lines l WHERE l.order_id = o.id), '')
  {done}AS numbers,
  {lower}o.buyer_name || {end} || o.buyer_place
  || coalesce({end} || {shipping}, '') || coalesce({end} || {billing}, '') {done}AS buyer
FROM orders o"""
# Of each table: the column that names the order, and the columns its text is made of.
_MADE_OF = {
    "orders": ("id", ("account_id", "reference", "marketplace_ref", "buyer_name", "buyer_place", "addresses")),
    "order_lines": ("order_id", ("order_id", "sku", "title")),
    "shop_orders": ("order_id", ("order_id", "reference")),
}

SQLITE_VIEW = _VIEW.format(  # its LIKE and its index know no case as they are
    lower="",
    done="",
    end="char(10)",
    joined="group_concat",
    shipping="json_extract(o.addresses, '$.shipping.email')",
    billing="json_extract(o.addresses, '$.billing.email')",
)
SQLITE_INDEX = (
    f"CREATE VIRTUAL TABLE {INDEX} USING fts5"
    "(numbers, buyer, content='order_texts', content_rowid='order_id', tokenize='trigram')",
    f"CREATE TRIGGER {INDEX}_added AFTER INSERT ON order_texts BEGIN "
    f"INSERT INTO {INDEX} (rowid, numbers, buyer) VALUES (NEW.order_id, NEW.numbers, NEW.buyer); END",
    f"CREATE TRIGGER {INDEX}_gone AFTER DELETE ON order_texts BEGIN "
    f"INSERT INTO {INDEX} ({INDEX}, rowid, numbers, buyer) "
    "VALUES ('delete', OLD.order_id, OLD.numbers, OLD.buyer); END",
    f"CREATE TRIGGER {INDEX}_changed AFTER UPDATE ON order_texts "
    "WHEN OLD.numbers IS NOT NEW.numbers OR OLD.buyer IS NOT NEW.buyer BEGIN "
    f"INSERT INTO {INDEX} ({INDEX}, rowid, numbers, buyer) "
    "VALUES ('delete', OLD.order_id, OLD.numbers, OLD.buyer); "
    f"INSERT INTO {INDEX} (rowid, numbers, buyer) VALUES (NEW.order_id, NEW.numbers, NEW.buyer); END",
)
_NO_TRIGRAMS = ("no such module: fts5", "no such tokenizer: trigram", "error in tokenizer constructor")

# PostgreSQL unpacks no JSON with a NUL in it, whichever part is asked for.
_JSON = "(CASE WHEN position('\\u0000' IN o.addresses) = 0 THEN o.addresses::json END)"
POSTGRESQL_VIEW = _VIEW.format(  # ILIKE makes small letters each time: twenty times what looking itself costs
    lower="lower(",
    done=") ",
    end="chr(10)",
    joined="string_agg",
    shipping=f"({_JSON} #>> '{{shipping,email}}')",
    billing=f"({_JSON} #>> '{{billing,email}}')",
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
# Whoever owns a database may make this extension from PostgreSQL 13 on, unless the server lacks or forbids it.
BY_HAND = f"""CREATE EXTENSION IF NOT EXISTS pg_trgm;
  CREATE INDEX {INDEX} ON order_texts USING gin (numbers gin_trgm_ops, buyer gin_trgm_ops);"""
POSTGRESQL_INDEX = f"""DO $$ BEGIN
  {BY_HAND}
EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported OR undefined_object THEN NULL;
END $$"""


def sqlite_triggers() -> list[str]:
    """A text for each new order, and another one when anything it is made of changes."""
    new = f"INSERT INTO order_texts ({COLUMNS}) SELECT {COLUMNS} FROM order_texts_due WHERE order_id = NEW.id"
    other = (
        "UPDATE order_texts SET (account_id, numbers, buyer) = "
        "(SELECT account_id, numbers, buyer FROM order_texts_due WHERE order_id = {order}) WHERE order_id = {order}"
    )
    made = []
    for table, (order, columns) in _MADE_OF.items():
        differ = " OR ".join(f"OLD.{each} IS NOT NEW.{each}" for each in columns)
        changed = f"UPDATE OF {', '.join(columns)} ON {table} WHEN {differ}"
        added = new if table == "orders" else other.format(order=f"NEW.{order}")
        moments = [("added", f"INSERT ON {table}", added), ("changed", changed, other.format(order=f"NEW.{order}"))]
        if table != "orders":  # whose text goes with it, by its foreign key
            moments.append(("gone", f"DELETE ON {table}", other.format(order=f"OLD.{order}")))
        made += [
            f"CREATE TRIGGER {table}_text_{name} AFTER {moment} BEGIN {does}; END" for name, moment, does in moments
        ]
    return made


def postgresql_triggers() -> list[str]:
    """The same for PostgreSQL."""
    made = []
    for table, (_order, columns) in _MADE_OF.items():
        moments = "INSERT" if table == "orders" else "INSERT OR DELETE"
        made.append(
            f"CREATE TRIGGER {table}_text AFTER {moments} OR UPDATE OF {', '.join(columns)} ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION order_text_follows()"
        )
    return made


def create(_metadata: Any, connection: Connection, tables: Collection[Table], **_more: Any) -> None:
    """After the tables: view and triggers, and the index where there can be one."""
    if not any(each.name == "order_texts" for each in tables):
        return
    sqlite, postgresql = (SQLITE_VIEW, *sqlite_triggers()), (POSTGRESQL_VIEW, POSTGRESQL_FUNCTION)
    of_postgresql = connection.dialect.name == "postgresql"
    for statement in (*postgresql, *postgresql_triggers()) if of_postgresql else sqlite:
        connection.exec_driver_sql(statement)
    create_index(connection)


def create_index(connection: Connection) -> None:
    """Makes the index of words, which is not there, where it can be made. On SQLite it holds nothing yet."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(POSTGRESQL_INDEX)
        return
    try:
        for statement in SQLITE_INDEX:
            connection.exec_driver_sql(statement)
    except OperationalError as error:
        if not any(said in str(error.orig) for said in _NO_TRIGRAMS):
            raise


def has_index(connection: Connection) -> bool:
    """Whether words are found by an index; else every text of the account is read for each search."""
    asked = {
        "sqlite": f"SELECT 1 FROM sqlite_master WHERE name = '{INDEX}'",
        "postgresql": f"SELECT 1 WHERE to_regclass('{INDEX}') IS NOT NULL",
    }
    return connection.exec_driver_sql(asked[connection.dialect.name]).first() is not None


def drop(_metadata: Any, connection: Connection, **_more: Any) -> None:
    """Before the tables: what would not go with them, or would keep them."""
    connection.exec_driver_sql("DROP VIEW IF EXISTS order_texts_due")
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("DROP FUNCTION IF EXISTS order_text_follows() CASCADE")
    else:
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {INDEX}")

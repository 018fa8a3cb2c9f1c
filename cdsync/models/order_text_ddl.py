"""What keeps `order_texts`, as statements of each database: a view says what each text has to be, triggers write it.

A text is made of several rows, which come one after the other. PostgreSQL's triggers act at the end of a transaction,
where the first of an order writes what all of them find. SQLite has no such triggers: whoever stores an order with its
lines has its text wait for them (`order_text.written_once`).
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, Table

from . import order_word_index

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
# Orders that came while row 0 was there. No text is ever that of order 0, and no row may outlive its transaction
# without a text: who forgets to take them away (`order_text.written_once`) can commit nothing.
SQLITE_WAITING = (
    "CREATE TABLE order_texts_waiting "
    "(order_id INTEGER PRIMARY KEY REFERENCES order_texts (order_id) DEFERRABLE INITIALLY DEFERRED)",
    "CREATE TRIGGER orders_text_waits AFTER INSERT ON orders WHEN EXISTS (SELECT 1 FROM order_texts_waiting) BEGIN "
    "INSERT INTO order_texts_waiting (order_id) VALUES (NEW.id); END",
    "CREATE TRIGGER order_texts_waited AFTER DELETE ON order_texts_waiting WHEN OLD.order_id <> 0 BEGIN "
    f"INSERT INTO order_texts ({COLUMNS}) SELECT {COLUMNS} FROM order_texts_due WHERE order_id = OLD.order_id; END",
)

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
  wanted integer[];
BEGIN
  IF TG_TABLE_NAME = 'orders' THEN wanted := ARRAY[NEW.id];
  ELSIF TG_OP = 'DELETE' THEN wanted := ARRAY[OLD.order_id];
  ELSIF TG_OP = 'UPDATE' THEN wanted := ARRAY[OLD.order_id, NEW.order_id];
  ELSE wanted := ARRAY[NEW.order_id];
  END IF;
  INSERT INTO order_texts AS kept ({COLUMNS}) SELECT {COLUMNS} FROM order_texts_due WHERE order_id = ANY (wanted)
  ON CONFLICT (order_id) DO UPDATE SET
    account_id = excluded.account_id, numbers = excluded.numbers, buyer = excluded.buyer
  WHERE (kept.account_id, kept.numbers, kept.buyer) IS DISTINCT FROM
    (excluded.account_id, excluded.numbers, excluded.buyer);
  RETURN NULL;
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
        now, before = (other.format(order=f"{row}.{order}") for row in ("NEW", "OLD"))
        if table == "orders":  # whose text goes with it, by its foreign key
            unless = " WHEN NOT EXISTS (SELECT 1 FROM order_texts_waiting)"
            moments = [("added", f"INSERT ON {table}{unless}", new), ("changed", changed, now)]
        else:
            moments = [
                ("added", f"INSERT ON {table}", now),
                ("changed", changed, f"{before}; {now}"),  # it may have gone from one order to another
                ("gone", f"DELETE ON {table}", before),
            ]
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
            f"CREATE CONSTRAINT TRIGGER {table}_text AFTER {moments} OR UPDATE OF {', '.join(columns)} ON {table} "
            "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION order_text_follows()"
        )
    return made


def create(connection: Connection, tables: Collection[Table]) -> None:
    """After the tables: view and triggers, and the index where there can be one."""
    if not any(each.name == "order_texts" for each in tables):
        return
    sqlite, postgresql = (SQLITE_VIEW, *SQLITE_WAITING, *sqlite_triggers()), (POSTGRESQL_VIEW, POSTGRESQL_FUNCTION)
    of_postgresql = connection.dialect.name == "postgresql"
    for statement in (*postgresql, *postgresql_triggers()) if of_postgresql else sqlite:
        connection.exec_driver_sql(statement)
    order_word_index.create(connection)


def drop(connection: Connection) -> None:
    """Before the tables: what would not go with them, or would keep them."""
    connection.exec_driver_sql("DROP VIEW IF EXISTS order_texts_due")
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("DROP FUNCTION IF EXISTS order_text_follows() CASCADE")
    else:
        for table in (order_word_index.INDEX, "order_texts_waiting"):
            connection.exec_driver_sql(f"DROP TABLE IF EXISTS {table}")

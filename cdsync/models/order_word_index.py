"""The index of the words in `order_texts`, as statements of each database.

FTS5 with trigrams on SQLite (3.34 or later), pg_trgm on PostgreSQL. Where neither is to be had, a search reads through
the texts (`has_index`).
"""

from __future__ import annotations

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

INDEX = "order_words"  # a virtual table of SQLite, an index of PostgreSQL

# Which orders hold a trigram, not where: what it finds is looked through (`order_lists.trigrams`). Nothing is ranked.
SQLITE_INDEX = (
    f'CREATE VIRTUAL TABLE "{INDEX}" USING fts5'
    "(numbers, buyer, content='order_texts', content_rowid='order_id', tokenize='trigram', detail=none, columnsize=0)",
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
NO_TRIGRAMS = ("no such module: fts5", "no such tokenizer: trigram", "error in tokenizer constructor")
# Whoever owns a database may make this extension from PostgreSQL 13 on, unless the server lacks or forbids it.
BY_HAND = f"""CREATE EXTENSION IF NOT EXISTS pg_trgm;
  CREATE INDEX {INDEX} ON order_texts USING gin (numbers gin_trgm_ops, buyer gin_trgm_ops);"""
POSTGRESQL_INDEX = f"""DO $$ BEGIN
  {BY_HAND}
EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported OR undefined_object THEN NULL;
END $$"""


def create(connection: Connection) -> None:
    """Makes the index of words, which is not there, where it can be made. On SQLite it holds nothing yet."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(POSTGRESQL_INDEX)
        return
    try:
        for statement in SQLITE_INDEX:
            connection.exec_driver_sql(statement)
    except OperationalError as error:
        if not any(said in str(error.orig) for said in NO_TRIGRAMS):
            raise


def has_index(connection: Connection) -> bool:
    """Whether words are found by an index; else every text of the account is read for each search."""
    asked = {
        "sqlite": f"SELECT 1 FROM sqlite_master WHERE name = '{INDEX}'",
        "postgresql": f"SELECT 1 WHERE to_regclass('{INDEX}') IS NOT NULL",
    }
    return connection.exec_driver_sql(asked[connection.dialect.name]).first() is not None

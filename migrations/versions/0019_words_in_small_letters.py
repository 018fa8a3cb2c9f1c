"""On PostgreSQL the texts that a search reads are kept in small letters, and asked for by LIKE.

ILIKE makes small letters of a text each time it looks at it, which is twenty times what looking costs; and what a search
looks at are thousands. On SQLite nothing changes: there LIKE and the index of words know no case as they are.

The index goes first and is made anew at the end: it takes a fraction of the time then, and of the room. In between the
texts are written in portions, each committed: stopped, the migration does again what costs little and goes on with the
texts. Where the server does not allow an index, searches read through the texts, as before.

Revision ID: 0019
Revises: 0018
Create Date: 2026-11-29 19:00:00
"""

import sqlalchemy as sa
from alembic import op


revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

PORTION = 5_000  # orders of a commit
VIEW = """CREATE OR REPLACE VIEW order_texts_due AS SELECT o.id AS order_id, o.account_id,
  {small}(o.reference || chr(10) || o.marketplace_ref
  || coalesce((SELECT string_agg(chr(10) || s.reference, '') FROM shop_orders s WHERE s.order_id = o.id), '')
  || coalesce((SELECT string_agg(chr(10) || l.sku || chr(10) || l.title, '')
       FROM order_lines l WHERE l.order_id = o.id), ''))
  AS numbers,
  {small}(o.buyer_name || chr(10) || o.buyer_place
  || coalesce(chr(10) || ({json} #>> '{{shipping,email}}'), '')
  || coalesce(chr(10) || ({json} #>> '{{billing,email}}'), '')) AS buyer
FROM orders o"""
JSON = "(CASE WHEN position('\\u0000' IN o.addresses) = 0 THEN o.addresses::json END)"
INDEX = """DO $$ BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
  CREATE INDEX order_words ON order_texts USING gin (numbers gin_trgm_ops, buyer gin_trgm_ops);
EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported OR undefined_object THEN NULL;
END $$"""
SMALL = (
    "UPDATE order_texts SET numbers = lower(numbers), buyer = lower(buyer) "
    "WHERE order_id >= :first AND order_id < :end AND (numbers <> lower(numbers) OR buyer <> lower(buyer))"
)
AS_WRITTEN = (
    "UPDATE order_texts t SET numbers = d.numbers, buyer = d.buyer FROM order_texts_due d "
    "WHERE d.order_id = t.order_id AND t.order_id >= :first AND t.order_id < :end "
    "AND (t.numbers, t.buyer) IS DISTINCT FROM (d.numbers, d.buyer)"
)


def upgrade():
    _rewrite(VIEW.format(small="lower", json=JSON), SMALL)


def downgrade():
    _rewrite(VIEW.format(small="", json=JSON), AS_WRITTEN)


def _rewrite(view, portion):
    bind = op.get_bind()
    if bind.dialect.name != "postgresql":
        return
    bind.exec_driver_sql(view)  # what is written meanwhile comes as it has to be
    bind.exec_driver_sql("DROP INDEX IF EXISTS order_words")
    _commit()
    last = bind.execute(sa.text("SELECT max(order_id) FROM order_texts")).scalar() or 0
    for first in range(0, last + 1, PORTION):
        bind.execute(sa.text(portion), {"first": first, "end": first + PORTION})
        _commit()
    bind.exec_driver_sql(INDEX)


def _commit():
    """What is done so far stays, whatever becomes of the rest. Alembic's own way needs another isolation level."""
    context = op.get_context()
    context.connection.get_transaction().commit()
    context._transaction = context.connection.begin()  # the one that Alembic ends

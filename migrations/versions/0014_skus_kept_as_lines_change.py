"""Which SKUs each account's orders ask for is kept as lines come, go and are matched, instead of grouped for each page.

Triggers append what a line changes. What is there already is counted once, in the migration's transaction: it reads
every line once and writes a row for each SKU. Stopped, nothing of it is there, and it begins anew.

Revision ID: 0014
Revises: 0013
Create Date: 2026-11-29 15:30:00
"""

import sqlalchemy as sa
from alembic import op


revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

APPEND = "INSERT INTO sku_changes (account_id, sku, line_id, orders) "
ALONE = (
    "CASE WHEN EXISTS (SELECT 1 FROM order_lines l WHERE l.order_id = ROW.order_id AND l.sku || '' = ROW.sku "
    "AND l.live AND l.id <> ROW.id) THEN 0 ELSE 1 END"
)
LINE = (
    f"{APPEND}SELECT o.account_id, ROW.sku, ROW.id, BY FROM orders o "
    "WHERE o.id = ROW.order_id AND ROW.live AND ROW.sku <> ''"
)
GONE = LINE.replace("BY", f"-{ALONE}").replace("ROW", "OLD")
COME = LINE.replace("BY", ALONE).replace("ROW", "NEW")
MATCHED = LINE.replace("BY", "0").replace("ROW", "NEW")
ORDER = (
    f"{APPEND}SELECT {{row}}.account_id, sku, max(id), {{orders}} FROM order_lines "
    "WHERE order_id = OLD.id AND live AND sku <> '' GROUP BY sku"
)
ORDER_GONE, ORDER_COME = ORDER.format(row="OLD", orders="-1"), ORDER.format(row="NEW", orders="1")
PLACE, MATCH = ("order_id", "sku", "live"), "(OLD.product_ref = '') <> (NEW.product_ref = '')"
LISTED = ", ".join(PLACE)
SQLITE_MOVED = " OR ".join(f"OLD.{each} IS NOT NEW.{each}" for each in PLACE)
SQLITE = {
    "order_lines_skus_added": f"AFTER INSERT ON order_lines BEGIN {COME}; END",
    "order_lines_skus_gone": f"AFTER DELETE ON order_lines BEGIN {GONE}; END",
    "order_lines_skus_moved": f"AFTER UPDATE OF {LISTED} ON order_lines WHEN {SQLITE_MOVED} BEGIN {GONE}; {COME}; END",
    "order_lines_skus_matched": f"AFTER UPDATE OF product_ref ON order_lines WHEN NOT ({SQLITE_MOVED}) AND {MATCH} "
    f"BEGIN {MATCHED}; END",
    "orders_skus_gone": f"BEFORE DELETE ON orders BEGIN {ORDER_GONE}; END",
    "orders_skus_moved": "AFTER UPDATE OF account_id ON orders WHEN OLD.account_id IS NOT NEW.account_id "
    f"BEGIN {ORDER_GONE}; {ORDER_COME}; END",
}
MOVED = " OR ".join(f"OLD.{each} IS DISTINCT FROM NEW.{each}" for each in PLACE)
POSTGRESQL = (
    "CREATE FUNCTION order_lines_skus() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    f"IF TG_OP = 'DELETE' THEN {GONE}; RETURN OLD; END IF; "
    f"IF TG_OP = 'INSERT' THEN {COME}; ELSIF {MOVED} THEN {GONE}; {COME}; ELSE {MATCHED}; END IF; "
    "RETURN NEW; END $$",
    "CREATE FUNCTION orders_skus() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    f"{ORDER_GONE}; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; {ORDER_COME}; RETURN NEW; END $$",
    "CREATE TRIGGER order_lines_skus BEFORE INSERT OR DELETE ON order_lines FOR EACH ROW "
    "EXECUTE FUNCTION order_lines_skus()",
    f"CREATE TRIGGER order_lines_skus_changed BEFORE UPDATE OF {LISTED}, product_ref ON order_lines FOR EACH ROW "
    f"WHEN ({MOVED} OR {MATCH}) EXECUTE FUNCTION order_lines_skus()",
    "CREATE TRIGGER orders_skus_gone BEFORE DELETE ON orders FOR EACH ROW EXECUTE FUNCTION orders_skus()",
    "CREATE TRIGGER orders_skus_moved BEFORE UPDATE OF account_id ON orders FOR EACH ROW "
    "WHEN (OLD.account_id IS DISTINCT FROM NEW.account_id) EXECUTE FUNCTION orders_skus()",
)
COUNTED = """INSERT INTO sku_figures (account_id, sku, orders, line_id, matched)
SELECT o.account_id, l.sku, count(DISTINCT l.order_id),
  coalesce(max(CASE WHEN l.product_ref <> '' THEN l.id END), max(l.id)),
  max(CASE WHEN l.product_ref <> '' THEN 1 ELSE 0 END) = 1
FROM order_lines l JOIN orders o ON o.id = l.order_id WHERE l.live AND l.sku <> '' GROUP BY 1, 2"""


def upgrade():
    account = ["account_id"], ["accounts.id"]
    op.create_table(
        "sku_figures",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("sku", sa.String(255), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=True),
        sa.Column("matched", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(*account, "fk_sku_figures_account_id_accounts", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("account_id", "sku", name="pk_sku_figures"),
    )
    op.create_table(
        "sku_changes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("sku", sa.String(255), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(*account, "fk_sku_changes_account_id_accounts", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_sku_changes"),
    )
    op.create_index("ix_sku_changes_account_id", "sku_changes", ["account_id"])
    postgresql = op.get_bind().dialect.name == "postgresql"
    made = POSTGRESQL if postgresql else [f"CREATE TRIGGER {name} {does}" for name, does in SQLITE.items()]
    for statement in made:
        op.get_bind().exec_driver_sql(statement)
    op.execute(COUNTED)


def downgrade():
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION order_lines_skus() CASCADE")
        op.execute("DROP FUNCTION orders_skus() CASCADE")
    else:
        for name in SQLITE:
            op.execute(f"DROP TRIGGER {name}")
    op.drop_table("sku_changes")
    op.drop_table("sku_figures")

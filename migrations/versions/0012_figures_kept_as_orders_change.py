"""How many orders each account has of each state and delivery mode is kept as they change, instead of counted.

Triggers append what a changed order changes; what is there already is counted once, in the migration's transaction:
it reads every order once, and writes a row for each state and delivery mode. What may be taken back has an index.

Revision ID: 0012
Revises: 0011
Create Date: 2026-11-29 11:50:00
"""

import sqlalchemy as sa
from alembic import op


revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

APPEND = "INSERT INTO figure_changes (account_id, figure, key, change) VALUES "
OLD = "(OLD.account_id, 'orders', OLD.state || '/' || OLD.delivery_mode, -1)"
NEW = "(NEW.account_id, 'orders', NEW.state || '/' || NEW.delivery_mode, 1)"
COLUMNS = ("account_id", "state", "delivery_mode")
CHANGED = f"AFTER UPDATE OF {', '.join(COLUMNS)} ON orders"
NAME = "orders_figure_orders"
TRIGGERS = {
    "sqlite": (
        f"CREATE TRIGGER {NAME}_added AFTER INSERT ON orders BEGIN {APPEND}{NEW}; END",
        f"CREATE TRIGGER {NAME}_gone AFTER DELETE ON orders BEGIN {APPEND}{OLD}; END",
        f"CREATE TRIGGER {NAME}_changed {CHANGED} WHEN {' OR '.join(f'OLD.{c} IS NOT NEW.{c}' for c in COLUMNS)} "
        f"BEGIN {APPEND}{OLD}, {NEW}; END",
    ),
    "postgresql": (
        f"CREATE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP <> 'INSERT' THEN {APPEND}{OLD}; END IF; "
        f"IF TG_OP <> 'DELETE' THEN {APPEND}{NEW}; END IF; RETURN NULL; END $$",
        f"CREATE TRIGGER {NAME} AFTER INSERT OR DELETE ON orders FOR EACH ROW EXECUTE FUNCTION {NAME}()",
        f"CREATE TRIGGER {NAME}_changed {CHANGED} FOR EACH ROW "
        f"WHEN ({' OR '.join(f'OLD.{c} IS DISTINCT FROM NEW.{c}' for c in COLUMNS)}) EXECUTE FUNCTION {NAME}()",
    ),
}
LEFT_OUT = "orders (account_id, state, marketplace_state) WHERE state = 'elsewhere' AND marketplace_state = 'to_import'"


def upgrade():
    account = ["account_id"], ["accounts.id"]
    op.create_table(
        "kept_figures",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("figure", sa.String(32), nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(*account, "fk_kept_figures_account_id_accounts", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("account_id", "figure", "key", name="pk_kept_figures"),
    )
    op.create_table(
        "figure_changes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("figure", sa.String(32), nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("change", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(*account, "fk_figure_changes_account_id_accounts", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_figure_changes"),
    )
    op.create_index("ix_figure_changes_account_id_figure", "figure_changes", ["account_id", "figure"])
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)
    op.execute(
        "INSERT INTO kept_figures (account_id, figure, key, count) "
        "SELECT account_id, 'orders', state || '/' || delivery_mode, count(*) FROM orders GROUP BY 1, 3"
    )


    op.execute(f"CREATE INDEX ix_orders_left_out ON {LEFT_OUT}")


def downgrade():
    op.execute("DROP INDEX ix_orders_left_out")
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP FUNCTION {NAME}() CASCADE")
    else:
        for moment in ("added", "gone", "changed"):
            op.execute(f"DROP TRIGGER {NAME}_{moment}")
    op.drop_table("figure_changes")
    op.drop_table("kept_figures")

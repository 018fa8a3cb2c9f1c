"""The few orders that are stopped, or not imported yet, are counted and sorted by an index of their own, without reading
any of their rows; so are runs that met problems.

Revision ID: 0020
Revises: 0019
Create Date: 2026-11-29 18:50:00
"""

from alembic import op


revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

DATES = "accept_by, ship_by, purchased_at, marketplace_created_at, found_at"
WAS = "account_id, problem_code, state, problem_kind, problem_since, next_try_at"
STOPPED = "ix_orders_stopped ON orders ({columns}) WHERE problem_code IS NOT NULL"
ADDED = {
    "ix_orders_not_imported": f"orders (account_id, state, problem_code, state_since, {DATES}) "
    "WHERE state IN ('accepted', 'announced', 'to_accept', 'to_import')",
    "ix_run_orders_problems": "run_orders (run_id) WHERE outcome = 'problem'",
    "ix_runs_account_id_state_id": "runs (account_id, state, id)",
}


def upgrade():
    op.execute("DROP INDEX ix_orders_stopped")
    columns = f"{WAS}, problem_operation, attempts, {DATES}, imported_at, shipped_at"
    op.execute(f"CREATE INDEX {STOPPED.format(columns=columns)}")
    for name, what in ADDED.items():
        op.execute(f"CREATE INDEX {name} ON {what}")


def downgrade():
    for name in ADDED:
        op.execute(f"DROP INDEX {name}")
    op.execute("DROP INDEX ix_orders_stopped")
    op.execute(f"CREATE INDEX {STOPPED.format(columns=WAS)}")

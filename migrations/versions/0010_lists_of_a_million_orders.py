"""Indexes that lists, counts and the sweep of claims are answered from, however many orders there are.

What they hold is spelled as the queries spell it (`cdsync.models.order`). Two older ones held every order for the few
that have a problem, or a date that is always asked for by account.

Revision ID: 0010
Revises: 0009
Create Date: 2026-11-29 09:00:00
"""

from alembic import op


revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BOUGHT = "coalesce(purchased_at, marketplace_created_at, found_at)"
IN_SHOP = "coalesce(shipped_at, imported_at, purchased_at, marketplace_created_at, found_at)"
DUE = "CASE WHEN (state = 'to_accept') THEN accept_by ELSE ship_by END"
ADDED = {
    "ix_orders_account_id_state_ship_by": "orders (account_id, state, ship_by)",
    "ix_orders_account_id_found_at": "orders (account_id, found_at)",
    "ix_orders_account_id_imported_at": "orders (account_id, imported_at)",
    "ix_orders_stopped": "orders (account_id, problem_code, state, problem_kind, problem_since, next_try_at) "
    "WHERE problem_code IS NOT NULL",
    "ix_orders_claimed": "orders (claim_owner, claim_until) WHERE claim_owner IS NOT NULL",
    "ix_orders_newest": f"orders (account_id, ({BOUGHT}) DESC, id DESC, state, problem_code)",
    "ix_orders_in_shop": f"orders (account_id, state, ({IN_SHOP}) DESC, id DESC)",
    "ix_orders_due": f"orders (account_id, ({DUE} IS NULL), ({DUE}), id DESC)",
    "ix_orders_dearest": "orders (account_id, (total IS NULL), total DESC, id DESC)",
    "ix_orders_cheapest": "orders (account_id, (total IS NULL), total, id DESC)",
    "ix_orders_buyer": "orders (account_id, (buyer_name = ''), lower(buyer_name), id DESC)",
    "ix_order_events_problems": "order_events (at, order_id) WHERE kind = 'problem.raised'",
}
DROPPED = {"ix_orders_problem_code": ["problem_code"], "ix_orders_imported_at": ["imported_at"]}


def upgrade():
    for name, what in ADDED.items():
        op.execute(f"CREATE INDEX {name} ON {what}")
    for name in DROPPED:
        op.drop_index(name, "orders")


def downgrade():
    for name, columns in DROPPED.items():
        op.create_index(name, "orders", columns)
    for name in ADDED:
        op.execute(f"DROP INDEX {name}")

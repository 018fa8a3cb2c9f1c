"""No index of orders by account and state alone: the one that goes on by deadline answers whatever it answered.

Revision ID: 0017
Revises: 0016
Create Date: 2026-11-29 16:20:00
"""

from alembic import op


revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade():
    op.drop_index("ix_orders_account_id_state", "orders")


def downgrade():
    op.create_index("ix_orders_account_id_state", "orders", ["account_id", "state"])

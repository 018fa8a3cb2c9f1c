"""Which shop order is live is kept with it: one that was cancelled, then given its status back, counts again.

Rows from before are taken for live until they are read again, which each shipment run does.

Revision ID: 0009
Revises: 0008
Create Date: 2026-11-29 02:20:00
"""

import sqlalchemy as sa
from alembic import op


revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("shop_orders", sa.Column("cancelled", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade():
    op.drop_column("shop_orders", "cancelled")  # not by remaking the table: rows of other tables point at it

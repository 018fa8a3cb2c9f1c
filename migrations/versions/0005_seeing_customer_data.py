"""Seeing customer data is a right of its own: a support person who was there before does not have it.

Revision ID: 0005
Revises: 0004
Create Date: 2026-11-28 22:40:00
"""

import sqlalchemy as sa
from alembic import op


revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("users", sa.Column("customer_data", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade():
    op.drop_column("users", "customer_data")

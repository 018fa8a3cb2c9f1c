"""Whose turn it is to move a shop's stock.

Revision ID: 0004
Revises: 0003
Create Date: 2026-11-28 19:50:00
"""

import sqlalchemy as sa
from alembic import op


revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "stock_turns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop", sa.String(length=255), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("step", sa.String(length=32), nullable=False),
        sa.Column("in_doubt", sa.Boolean(), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_turns")),
        sa.UniqueConstraint("shop", name=op.f("uq_stock_turns_shop")),
    )


def downgrade():
    op.drop_table("stock_turns")

"""What runs read of the shop's own data, kept for the next run.

Revision ID: 0002
Revises: 0001
Create Date: 2026-11-26 16:20:00
"""

import sqlalchemy as sa
from alembic import op


revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "cached_reads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("read_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_cached_reads_account_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cached_reads")),
        sa.UniqueConstraint("account_id", "name", name=op.f("uq_cached_reads_account_id")),
    )


def downgrade():
    op.drop_table("cached_reads")

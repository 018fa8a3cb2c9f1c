"""What a lookup knows of a list beforehand: each order by a digest of its text, and how far the list was read.

The digests are empty until an order is listed again. While there is no row of a list, the last lookup says how far.

Revision ID: 0011
Revises: 0010
Create Date: 2026-11-29 11:30:00
"""

import sqlalchemy as sa
from alembic import op


revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("orders", sa.Column("read_digest", sa.String(32), nullable=True))
    op.create_table(
        "list_readings",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("seller", sa.String(255), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=True),
        sa.Column("began_at", sa.DateTime(), nullable=False),
        sa.Column("whole_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_list_readings_account_id_accounts")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_list_readings")),
    )


def downgrade():
    op.drop_table("list_readings")
    op.drop_column("orders", "read_digest")

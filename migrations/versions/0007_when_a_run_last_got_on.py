"""When a run last got on.

Revision ID: 0007
Revises: 0006
Create Date: 2026-11-28 22:50:00
"""

import sqlalchemy as sa
from alembic import op


revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("runs", sa.Column("progressed_at", sa.DateTime(), nullable=True))


def downgrade():
    op.drop_column("runs", "progressed_at")  # not by remaking the table: rows of other tables point at it

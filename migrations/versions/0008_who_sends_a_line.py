"""Who sends a line, in nobody's vocabulary: "" is the seller, anything else is somebody else's name.

Until now the column held what Octopia calls it: "Seller" for the seller's own lines.

Revision ID: 0008
Revises: 0007
Create Date: 2026-11-29 02:40:00
"""

from alembic import op


revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

NOBODY_NAMED = "?"  # a line that was not the seller's, and of which nobody had said whose


def upgrade():
    op.execute("ALTER TABLE order_lines RENAME COLUMN supply_mode TO sent_by")
    op.execute(f"UPDATE order_lines SET sent_by = '{NOBODY_NAMED}' WHERE sent_by = ''")
    op.execute("UPDATE order_lines SET sent_by = '' WHERE sent_by = 'Seller'")


def downgrade():
    op.execute("UPDATE order_lines SET sent_by = 'Seller' WHERE sent_by = ''")
    op.execute(f"UPDATE order_lines SET sent_by = '' WHERE sent_by = '{NOBODY_NAMED}'")
    op.execute("ALTER TABLE order_lines RENAME COLUMN sent_by TO supply_mode")

"""Sign-ins have rows of their own, wrong tries are counted apart from users, and a user can be disabled.

Everybody signs in anew once: the cookies from before name no sign-in. A name that was locked is not any more.

Revision ID: 0006
Revises: 0005
Create Date: 2026-11-28 22:50:00
"""

import sqlalchemy as sa
from alembic import op


revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "sign_ins",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sign_ins_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_ins")),
        sa.UniqueConstraint("token", name=op.f("uq_sign_ins_token")),
    )
    op.create_index(op.f("ix_sign_ins_user_id"), "sign_ins", ["user_id"])
    op.create_table(
        "sign_in_tries",
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(), nullable=False),
        sa.Column("free_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_sign_in_tries")),
    )
    op.add_column("users", sa.Column("disabled_at", sa.DateTime(), nullable=True))
    for name in ("failed_sign_ins", "locked_until"):
        op.drop_column("users", name)


def downgrade():
    # A user who was disabled could sign in again with the release before: it is better that no password fits.
    op.execute("UPDATE users SET password_hash = 'disabled' WHERE disabled_at IS NOT NULL")
    op.add_column("users", sa.Column("locked_until", sa.DateTime(), nullable=True))
    op.add_column("users", sa.Column("failed_sign_ins", sa.Integer(), nullable=False, server_default="0"))
    op.drop_column("users", "disabled_at")
    op.drop_table("sign_in_tries")
    op.drop_index(op.f("ix_sign_ins_user_id"), table_name="sign_ins")
    op.drop_table("sign_ins")

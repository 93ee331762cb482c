"""Indexes for what is counted before a deposit begins: today's, and those that are not whole."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("deposit_day", "deposit", ["day"])
    op.create_index("deposit_complete", "deposit", ["complete"])


def downgrade() -> None:
    for index in ("deposit_day", "deposit_complete"):
        op.drop_index(index, "deposit")

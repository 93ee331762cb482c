"""What erases a deposit early, and the deposits that the archive holds."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # No batch, here or below: SQLite would make the table anew, and the old one takes its parts along.
    op.add_column("deposit", sa.Column("erase", sa.String(64), nullable=True))
    op.create_table(
        "held",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("day", sa.Date, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("held")
    op.drop_column("deposit", "erase")

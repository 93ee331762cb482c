"""Who may read, their ways in, and who took what release away."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(60), nullable=False, unique=True),
        sa.Column("until", sa.Date, nullable=False),
        sa.Column("invitation", sa.LargeBinary(32), nullable=True, unique=True),
        sa.Column("invited", sa.Date, nullable=False),
        sa.Column("salt", sa.LargeBinary(16), nullable=True),
        sa.Column("box", sa.LargeBinary, nullable=True),
        sa.Column("step", sa.Integer, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("closed_until", sa.Integer, nullable=False),
        sa.Column("terms", sa.Integer, nullable=False),
        sa.Column("accepted", sa.Date, nullable=True),
    )
    op.create_table(
        "recovery",
        sa.Column("digest", sa.LargeBinary(32), primary_key=True),
        sa.Column("account", sa.Integer, sa.ForeignKey("account.id"), nullable=False),
    )
    op.create_table(
        "session",
        sa.Column("digest", sa.LargeBinary(32), primary_key=True),
        sa.Column("account", sa.Integer, sa.ForeignKey("account.id"), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
    )
    op.create_table(
        "taken",
        sa.Column("account", sa.Integer, sa.ForeignKey("account.id"), primary_key=True),
        sa.Column("release", sa.Integer, primary_key=True),
        sa.Column("form", sa.String(20), primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
    )


def downgrade() -> None:
    for table in ("taken", "session", "recovery", "account"):
        op.drop_table(table)

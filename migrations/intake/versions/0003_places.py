"""A size of more than 2 GB on PostgreSQL, the objects of a bucket, and whose bucket it is."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # SQLite's integers are wide enough; making its table anew would delete the parts that belong to its rows.
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("deposit", "size", type_=sa.BigInteger)
    op.create_table(
        "object",
        sa.Column(
            "deposit", sa.String(32), sa.ForeignKey("deposit.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("attempt", sa.String(32), nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
    )
    op.create_table(
        "mark",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("text", sa.String(32), nullable=False),
    )


def downgrade() -> None:
    for table in ("mark", "object"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("deposit", "size", type_=sa.Integer)

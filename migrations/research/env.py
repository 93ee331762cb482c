"""Alembic for the reading room's database: the connection is handed in. Imports nothing of ours."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()

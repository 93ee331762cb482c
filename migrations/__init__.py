"""Alembic histories: intake/ and vault/. Imports nothing of ours."""

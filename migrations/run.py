"""Brings a database to a revision of one of the histories."""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

LOCK = "SELECT pg_advisory_xact_lock(7024913)"


def migrate(engine: Engine, history: str, to: str = "head") -> None:
    """Upgrade (for `to="base"` or "-1", downgrade) *engine*'s database along migrations/*history*."""
    with engine.begin() as connection:
        if to == "head" and _at(connection) == newest(history):
            return
    # Loading it takes as long as all else that a command does, and it is seldom needed.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_folder(history)))
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text(LOCK))  # two hosts that start at once migrate one after the other
        config.attributes["connection"] = connection
        (command.downgrade if to in ("base", "-1") else command.upgrade)(config, to)


def newest(history: str) -> str:
    """The last revision of migrations/*history*: its file's name begins with it."""
    return max(path.stem.partition("_")[0] for path in (_folder(history) / "versions").glob("[0-9]*.py"))


def _at(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def _folder(history: str) -> Path:
    return Path(__file__).parent / history

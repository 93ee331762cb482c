"""Brings a database to a revision of one of the histories."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine


def migrate(engine: Engine, history: str, to: str = "head") -> None:
    """Upgrade (for `to="base"` or "-1", downgrade) *engine*'s database along migrations/*history*."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / history))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        (command.downgrade if to in ("base", "-1") else command.upgrade)(config, to)

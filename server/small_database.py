"""An engine on a SQLite file that loses nothing it answered for, and keeps nothing that was deleted."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Engine, create_engine, event

PRAGMAS: Final = (
    "journal_mode=DELETE",
    # A journal whose removal is not on the disk yet would undo a commit after a power cut.
    "synchronous=EXTRA",
    "secure_delete=ON",
    "foreign_keys=ON",
    "busy_timeout=10000",
)
"""https://www.sqlite.org/pragma.html"""


def connect(url: str) -> Engine:
    """An engine on the database at *url*, `sqlite:///...`; its errors show no parameters."""
    engine = create_engine(url, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: Any) -> None:
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}").close()

    return engine

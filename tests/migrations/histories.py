"""The three databases at any revision that was ever released, with rows in every table.

    python -m tests.migrations.histories

writes down the schema of each revision that has none yet in tests/migrations/schemas. One that is there is
never written again: databases in the world were made by it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, MetaData, inspect, text

from archive import database as vault_database
from archive.tables import Base as VaultBase
from migrations.run import migrate
from server.intake.tables import Base as IntakeBase
from server.intake.tables import connect as connect_intake
from server.research.tables import Base as ResearchBase
from server.research.tables import connect as connect_research

SCHEMAS: Final = Path(__file__).parent / "schemas"
MIGRATIONS: Final = Path(__file__).parents[2] / "migrations"
EARLY, LATE = date(2026, 11, 24), date(2026, 11, 29)

ROWS: Final[dict[str, dict[str, list[dict[str, Any]]]]] = {
    "intake": {
        "deposit": [
            {"id": "aa" * 16, "size": 2_100_000_000, "day": EARLY, "complete": True, "erase": "ee" * 32},
            {"id": "bb" * 16, "size": 70_000, "day": LATE, "complete": False, "erase": None},
        ],
        "part": [
            {"deposit": "aa" * 16, "number": 0, "size": 1 << 20},
            {"deposit": "aa" * 16, "number": 1, "size": 77},
            {"deposit": "bb" * 16, "number": 0, "size": 70_000},
        ],
        "bundle": [{"number": 1, "hash": bytes(range(32))}, {"number": 2, "hash": b"\xff" * 32}],
        "held": [{"id": "cc" * 16, "day": EARLY}],
        "object": [{"deposit": "aa" * 16, "number": 0, "attempt": "dd" * 16, "size": 1 << 20}],
        "mark": [{"id": 1, "text": "0f" * 16}],
    },
    "vault": {
        "record": [{"kind": "testimony", "id": "t1", "sealed": b"\x00sealed\xff"}],
        "record_key": [{"kind": "testimony", "id": "t1", "key": b"k" * 32}],
        "event": [{"number": 1, "body": '{"type":"acc"}'}, {"number": 2, "body": "옹기"}],
        "head": [{"id": 1, "count": 2, "hash": "ab" * 32, "signature": b"s" * 64}],
    },
    "research": {
        "account": [
            {
                "id": 7,
                "name": "김민지",
                "until": date(2027, 6, 30),
                "invitation": None,
                "invited": EARLY,
                "salt": b"s" * 16,
                "box": b"\x00box",
                "step": 59_000_000,
                "failures": 2,
                "closed_until": 0,
                "terms": 3,
                "accepted": LATE,
            }
        ],
        "recovery": [{"digest": b"r" * 32, "account": 7}],
        "session": [{"digest": b"d" * 32, "account": 7, "day": LATE}],
        "key": [{"account": 7, "digest": b"q" * 32, "day": LATE}],
        "taken": [{"account": 7, "release": 3, "form": "csv", "day": LATE}],
    },
}
"""Parents before what belongs to them. A new table or column is added here, and nothing is taken away."""


@dataclass(frozen=True)
class History:
    """One of the three: how its room opens the database, and what its room takes the rows for."""

    name: str
    connect: Callable[[Path], Engine]
    tables: MetaData

    @property
    def revisions(self) -> list[str]:
        """Every revision, the oldest first."""
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS / self.name))
        return [each.revision for each in ScriptDirectory.from_config(config).walk_revisions()][::-1]


def _sqlite(room: Callable[[Path], Engine]) -> Callable[[Path], Engine]:
    def connect(folder: Path) -> Engine:
        folder.mkdir(parents=True, exist_ok=True)
        return room(folder)

    return connect


HISTORIES: Final = {
    each.name: each
    for each in (
        History(
            "intake", _sqlite(lambda folder: connect_intake(folder / "intake.sqlite")), IntakeBase.metadata
        ),
        History(
            "vault",
            _sqlite(lambda folder: vault_database.connect(folder / "vault.db", bytes(32))),
            VaultBase.metadata,
        ),
        History("research", _sqlite(connect_research), ResearchBase.metadata),
    )
}


def fill(engine: Engine, history: str) -> None:
    """A row or more in every table that this revision has, by its own columns and no class of ours."""
    there = MetaData()
    there.reflect(engine)
    with engine.begin() as connection:
        for name, rows in ROWS[history].items():
            if (table := there.tables.get(name)) is not None:
                kept = set(table.columns.keys())
                connection.execute(table.insert(), [{k: v for k, v in r.items() if k in kept} for r in rows])


def rows(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, in an order of its own."""
    there = MetaData()
    there.reflect(engine)
    with engine.connect() as connection:
        return {
            name: [
                dict(each)
                for each in connection.execute(table.select().order_by(*table.primary_key)).mappings()
            ]
            for name, table in sorted(there.tables.items())
            if name != "alembic_version"
        }


def shape(engine: Engine) -> dict[str, Any]:
    """Columns, keys, indexes and constraints of every table, as the database itself tells them."""
    looked = inspect(engine)
    return {
        name: {
            "columns": [
                (c["name"], str(c["type"]), c["nullable"], c["default"]) for c in looked.get_columns(name)
            ],
            "key": looked.get_pk_constraint(name)["constrained_columns"],
            "parents": [
                (key["constrained_columns"], key["referred_table"], key["options"])
                for key in looked.get_foreign_keys(name)
            ],
            "unique": sorted(each["column_names"] for each in looked.get_unique_constraints(name)),
            "indexes": sorted(
                (each["name"], each["column_names"], each["unique"]) for each in looked.get_indexes(name)
            ),
        }
        for name in sorted(looked.get_table_names())
    }


def schema(history: History, revision: str) -> str:
    """What an empty SQLite database of this *revision* says of itself."""
    with tempfile.TemporaryDirectory() as folder:
        engine = history.connect(Path(folder))
        migrate(engine, history.name, revision)
        asked = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"
        with engine.connect() as connection:
            told = [" ".join(each.split()) for each in connection.execute(text(asked)).scalars()]
        engine.dispose()
    return "".join(f"{each};\n" for each in told if "alembic_version" not in each)


def written(history: str, revision: str) -> Path:
    """Where the schema of a revision was written down."""
    return SCHEMAS / f"{history}-{revision}.sql"


def _missing() -> Iterator[tuple[History, str]]:
    for history in HISTORIES.values():
        yield from ((history, each) for each in history.revisions if not written(history.name, each).exists())


if __name__ == "__main__":
    for history, revision in _missing():
        written(history.name, revision).write_text(schema(history, revision), "utf-8")
        print(written(history.name, revision).name)

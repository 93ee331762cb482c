"""A database of any revision that was ever released comes up to this one with all that lies in it.

On SQLite, for the vault on SQLCipher, each begins as the schema that was written down when its revision
was made (tests/migrations/schemas), not as today's migrations would make it. On PostgreSQL they make it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError

from migrations.run import migrate, newest
from server.intake.config import IntakeConfig
from server.intake.deposits import Progress
from server.intake.places import PlaceRefused
from server.intake.site import open_deposits
from server.intake.tables import connect
from tests import servers
from tests.migrations.histories import HISTORIES, ROWS, fill, rows, schema, shape, written

ROOT = Path(__file__).parents[2]
EVERY = [(name, revision) for name, history in HISTORIES.items() for revision in history.revisions]
Made = Callable[[str, str], Engine]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    if servers.postgres_programs() is None:
        pytest.skip("PostgreSQL is not installed; as root, apt-get install postgresql")
    with servers.folder_for_anybody() as folder, servers.postgres(folder) as url:
        yield url


@pytest.fixture
def new_database(server: str) -> Iterator[Callable[[], Engine]]:
    """An empty database of PostgreSQL, each time it is asked for."""
    admin, made = create_engine(server, isolation_level="AUTOCOMMIT"), []

    def make() -> Engine:
        name = f"t{secrets.token_hex(8)}"
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        made.append(connect(server.replace("/postgres?", f"/{name}?")))
        return made[-1]

    yield make
    for engine in (*made, admin):
        engine.dispose()


def as_released(folder: Path, name: str, revision: str) -> Engine:
    """A populated database as that revision's Onggi left it on somebody's disk."""
    engine = HISTORIES[name].connect(folder)
    with engine.begin() as connection:
        for statement in written(name, revision).read_text("utf-8").split(";\n")[:-1]:
            connection.execute(text(statement))
        connection.execute(
            text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
        )
        connection.execute(text("INSERT INTO alembic_version VALUES (:now)"), {"now": revision})
    fill(engine, name)
    return engine


def comes_up_whole(old: Engine, fresh: Engine, name: str, tables: int) -> None:
    before = rows(old)
    migrate(old, name)
    migrate(fresh, name)
    after = rows(old)
    kept = {
        table: [
            {column: each[column] for column in first} for first, each in zip(was, after[table], strict=True)
        ]
        for table, was in before.items()
    }

    assert len(before) >= tables
    assert all(before.values())
    assert kept == before
    assert [table for table in after if table not in before and after[table]] == []
    assert shape(old) == shape(fresh)
    old.dispose()
    fresh.dispose()


@pytest.mark.parametrize(("name", "revision"), EVERY)
def test_a_revision_makes_what_it_made_when_it_was_released(name: str, revision: str) -> None:
    """
    Whoever changes an old migration instead of adding one is told here: the world's databases stay.
    """
    there = written(name, revision)

    assert there.exists(), "a new revision: python -m tests.migrations.histories writes its schema down"
    assert schema(HISTORIES[name], revision) == there.read_text("utf-8")


@pytest.mark.parametrize("name", HISTORIES)
def test_the_newest_revision_is_the_one_that_alembic_leads_to(name: str) -> None:
    """
    A database that is there already is not brought up, so the two may not differ.
    """
    assert newest(name) == ScriptDirectory(str(ROOT / "migrations" / name)).get_current_head()


@pytest.mark.parametrize("name", HISTORIES)
def test_no_table_is_left_out_of_what_is_tried(name: str, tmp_path: Path) -> None:
    """
    Every table and column of the newest revision has a row here, and is in the room's own classes.
    """
    engine = HISTORIES[name].connect(tmp_path)
    migrate(engine, name)
    there = {table: {column[0] for column in told["columns"]} for table, told in shape(engine).items()}
    there.pop("alembic_version")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": name != "intake"})
        differing = compare_metadata(context, HISTORIES[name].tables)
    engine.dispose()

    assert {table: set().union(*map(set, told)) for table, told in ROWS[name].items()} == there
    assert [each for each in differing if each[0] != "remove_index"] == []


@pytest.mark.parametrize(("name", "revision"), EVERY)
def test_a_populated_database_of_every_revision_comes_up_whole(
    name: str, revision: str, tmp_path: Path
) -> None:
    """
    Not a row or a byte is lost, what is new is empty, and its keys and constraints are those of a fresh one.
    """
    old = as_released(tmp_path / "old", name, revision)

    comes_up_whole(old, HISTORIES[name].connect(tmp_path / "fresh"), name, tables=3)


@pytest.mark.loopback
@pytest.mark.parametrize("revision", HISTORIES["intake"].revisions)
def test_and_so_it_does_in_postgresql(revision: str, new_database: Callable[[], Engine]) -> None:
    """
    The same, where several hosts share one database; a size of more than 2 GB fits afterwards.
    """
    old, fresh = new_database(), new_database()
    migrate(old, "intake", revision)
    fill(old, "intake")

    comes_up_whole(old, fresh, "intake", tables=3)


@pytest.mark.parametrize("name", HISTORIES)
def test_it_goes_back_step_by_step_with_its_rows(name: str, tmp_path: Path) -> None:
    """
    Who has to go back to an older Onggi keeps what that one knows of.
    """
    engine, history = HISTORIES[name].connect(tmp_path), HISTORIES[name]
    migrate(engine, name)
    fill(engine, name)
    for revision in history.revisions[-2::-1]:
        now = rows(engine)
        migrate(engine, name, "-1")
        left = rows(engine)

        assert left.keys() <= now.keys(), revision
        for table, each in left.items():
            assert [
                {column: was[column] for column in one} for one, was in zip(each, now[table], strict=True)
            ] == each
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == ["0001"]
    engine.dispose()


def test_an_intake_of_the_first_revision_starts_and_goes_on(tmp_path: Path) -> None:
    """
    What lay half sent in an intake of the first day is finished in one of today, and constraints hold.
    """
    as_released(tmp_path, "intake", "0001").dispose()
    config = IntakeConfig(tmp_path, "archive.example", "00" * 32).with_places()
    deposits = open_deposits(config)
    begun = deposits.progress("bb" * 16)
    deposits.remove("aa" * 16)
    left = rows(deposits.engine)

    assert begun == Progress(70_000, 70_000, False, ())
    assert [each["deposit"] for each in left["part"]] == ["bb" * 16]
    with pytest.raises(DBAPIError), deposits.engine.begin() as connection:
        connection.execute(text("INSERT INTO object VALUES ('nobody', 0, 'x', 1)"))
    deposits.close()


def test_an_older_onggi_refuses_what_a_newer_one_has_used(tmp_path: Path) -> None:
    """
    It says so, and touches nothing.
    """
    engine = as_released(tmp_path, "intake", "0004")
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    before = rows(engine)
    with pytest.raises(PlaceRefused, match="newer version"):
        open_deposits(IntakeConfig(tmp_path, "archive.example", "00" * 32).with_places())

    assert rows(engine) == before
    engine.dispose()


def test_a_database_that_nobody_made_is_not_made_in_silence(tmp_path: Path) -> None:
    """
    A wrong URL does not end in an empty intake that looks well.
    """
    deposits = open_deposits(IntakeConfig(tmp_path, "archive.example", "00" * 32).with_places())

    assert rows(deposits.engine) == {}
    deposits.close()


def test_workers_that_start_at_once_bring_it_up_once(tmp_path: Path) -> None:
    """
    On SQLite too, where the migrations themselves know no lock.
    """
    as_released(tmp_path, "intake", "0001").dispose()
    config = IntakeConfig(tmp_path, "archive.example", "00" * 32).with_places()
    with ThreadPoolExecutor(4) as workers:
        opened = list(workers.map(lambda _: open_deposits(config), range(4)))

    assert {each.progress("bb" * 16).size for each in opened} == {70_000}
    for each in opened:
        each.close()

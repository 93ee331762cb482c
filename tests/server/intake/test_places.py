"""The URLs that name an intake's database and storage, and what lies in a bucket."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from migrations.run import migrate
from server.intake.bucket import BucketShelf
from server.intake.config import IntakeConfig
from server.intake.deposits import Deposits
from server.intake.places import (
    Bucket,
    PlaceRefused,
    bucket_of,
    certificate_of,
    check_database,
    check_storage,
)
from server.intake.refusals import UnknownDeposit
from server.intake.shelf import ShelfError
from server.intake.tables import connect
from tests.server.intake.sealed import ENVELOPE, LARGEST, PART, begun, part
from tests.server.intake.shelves import Places
from tests.server.intake.test_courier import INIT, KEY, OFFICE, deposit, run

SECRET = "hunter2"


@pytest.fixture
def shared(postgres_url: str, bucket_url: str) -> Places:
    return Places(postgres_url, bucket_url)


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql+pg8000://onggi:{SECRET}@db.example/intake",
        f"s3://{SECRET}:{SECRET}@bucket/prefix",
        f"s3://{SECRET}@bucket/prefix",
        f"s3://bucket/p?endpoint=https://{SECRET}@s3.example",
        f"s3://bucket/p?secret={SECRET}",
        f"mysql://{SECRET}",
        f"file://{SECRET}/folder",
    ],
)
def test_a_url_with_a_secret_is_refused_and_not_repeated(url: str) -> None:
    """
    It would lie in a file and in the list of processes; the error says where secrets belong.
    """
    for check in (check_database, check_storage):
        with pytest.raises(PlaceRefused) as refused:
            check(url)
        assert SECRET not in f"{refused.value} {refused.value.hint}"


@pytest.mark.parametrize(
    "url",
    ["", "s3://", "s3://UP/x", "s3://bucket/../x", "s3://bucket/p?room=-1", "s3://b:99999/p", "file:///"],
)
def test_a_url_that_names_no_storage_is_refused(url: str) -> None:
    """
    At once, with what one looks like, and not at the first deposit.
    """
    with pytest.raises(PlaceRefused):
        check_storage(url)


def test_what_leaves_the_machine_is_encrypted() -> None:
    """
    A database elsewhere shows a certificate, an endpoint elsewhere speaks https; there is no switch for less.
    """
    elsewhere = "postgresql+pg8000://onggi@db.example/intake"
    with pytest.raises(PlaceRefused):
        check_storage("s3://bucket/p?endpoint=http://s3.example")

    assert certificate_of(elsewhere) == (True, None)
    assert certificate_of(f"{elsewhere}?ca=/etc/ca.pem") == (True, "/etc/ca.pem")
    assert certificate_of("postgresql+pg8000://onggi@127.0.0.1/intake") == (False, None)


def test_a_bucket_takes_as_many_bytes_as_its_url_says() -> None:
    """
    And three sticks' worth when it says nothing.
    """
    named = bucket_of("s3://bucket/a/b?endpoint=https://s3.example&region=eu&room=5")

    assert named == Bucket("bucket", "a/b/", "https://s3.example", "eu", 5)
    assert bucket_of("s3://bucket").room == 100_000_000_000


@pytest.mark.loopback
def test_of_racing_attempts_one_is_the_part_and_the_others_leave_nothing(shared: Places) -> None:
    """
    Through many connections at once, other bytes in each: all but one are refused, and one object lies there.
    """
    engines = [connect(shared.database) for _ in range(6)]
    shelves = [BucketShelf.at(shared.storage, engine) for engine in engines]
    shelves[0].claim()
    name = begun(Deposits(engines[0], shelves[0], PART, LARGEST))
    kept: list[tuple[bool, bytes]] = []
    together = threading.Barrier(len(shelves))

    def send(shelf: BucketShelf, turn: int) -> None:
        together.wait()
        kept.append((shelf.put(name, 0, bytes([turn]) * 5000), bytes([turn]) * 5000))

    threads = [threading.Thread(target=send, args=(shelf, turn)) for turn, shelf in enumerate(shelves)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [winner] = [content for won, content in kept if won]

    assert shelves[0].read(name, 0) == winner
    assert [content for _, content in shared.objects(name)] == [winner]
    for shelf, engine in zip(shelves, engines, strict=True):
        shelf.close()
        engine.dispose()


@pytest.mark.loopback
def test_an_object_without_a_row_is_never_read_and_goes_with_its_deposit(shared: Places) -> None:
    """
    As a host leaves one that died between the object and the row.
    """
    with_rows = connect(shared.database)
    shelf = BucketShelf.at(shared.storage, with_rows)
    shelf.claim()
    deposits = Deposits(with_rows, shelf, PART, LARGEST)
    name = begun(deposits)
    shared.lay(name, b"left behind")
    with pytest.raises(FileNotFoundError):
        shelf.read(name, 0)
    deposits.put(name, 0, part(0))
    assert shelf.read(name, 0) == part(0)
    deposits.remove(name)

    assert shared.objects(name) == []
    deposits.close()


@pytest.mark.loopback
def test_another_databases_bucket_is_never_swept(shared: Places, tmp_path: Path) -> None:
    """
    A host that was given the bucket and not the database would find nothing but orphans there.
    """
    home = tmp_path / "home"
    notes = OFFICE.notes(tmp_path / "notes", KEY.public)
    run(home, *INIT, str(notes), "--database", shared.database, "--storage", shared.storage)
    name = deposit(home, "one")
    alone = tmp_path / "alone"
    refused = run(alone, *INIT, str(notes), "--storage", shared.storage)
    engine = connect(tmp_path / "other.sqlite")
    migrate(engine, "intake")
    shelf = BucketShelf.at(shared.storage, engine)
    with pytest.raises(ShelfError):
        Deposits(engine, shelf, PART, LARGEST).sweep()

    assert refused.exit_code == 1
    assert "another intake's database" in refused.output
    assert len(shared.objects(name)) == 1
    shelf.close()
    engine.dispose()


@pytest.mark.loopback
def test_what_is_not_the_intakes_is_not_swept(shared: Places) -> None:
    """
    Other folders and files under the prefix are nobody's deposit.
    """
    engine = connect(shared.database)
    shelf = BucketShelf.at(shared.storage, engine)
    shelf.claim()
    shared.lay("holiday", b"photo")
    shared.lay("ab" * 16, b"left behind")

    assert Deposits(engine, shelf, PART, LARGEST).sweep() == 1
    assert shared.objects("holiday") == [("holiday/000000", b"photo")]
    shelf.close()
    engine.dispose()


@pytest.mark.loopback
def test_a_bucket_takes_no_more_than_its_room(shared: Places) -> None:
    """
    What is kept counts, from whichever host it came; what was removed does not.
    """
    engine = connect(shared.database)
    shelf = BucketShelf.at(f"{shared.storage}&room={len(ENVELOPE)}", engine)
    shelf.claim()
    deposits = Deposits(engine, shelf, PART, LARGEST)
    name = begun(deposits)
    deposits.put(name, 0, part(0))
    left = shelf.room()
    deposits.remove(name)

    assert (left, shelf.room()) == (len(ENVELOPE) - PART, len(ENVELOPE))
    deposits.close()


@pytest.mark.loopback
def test_a_bucket_out_of_reach_is_said_without_names_or_keys(
    shared: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    A false key and a server that is down: the kind of fault, and nothing of what was asked for.
    """
    engine = connect(shared.database)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    refused = BucketShelf.at(shared.storage, engine)
    with pytest.raises(ShelfError, match=r"^the bucket refuses: SignatureDoesNotMatch$"):
        refused.claim()
    down = BucketShelf.at("s3://bucket/p?endpoint=http://127.0.0.1:9", engine)
    with pytest.raises(ShelfError, match=r"^the bucket cannot be reached: \w+$"):
        down.claim()
    for shelf in (refused, down):
        shelf.close()
    engine.dispose()


@pytest.mark.loopback
def test_a_film_of_two_gigabytes_has_a_size_on_postgresql(shared: Places) -> None:
    """
    Its integers end before the largest envelope does; the column is wider.
    """
    engine = connect(shared.database)
    shelf = BucketShelf.at(shared.storage, engine)
    deposits = Deposits(engine, shelf, 1 << 20, 2_200_000_000)
    name = begun(deposits, 2_200_000_000)

    assert deposits.progress(name).size == 2_200_000_000
    deposits.close()


def test_places_change_only_while_nothing_is_in_them(tmp_path: Path) -> None:
    """
    Nobody would find what lies in the old ones. What was named once holds for every command.
    """
    home, notes = tmp_path / "home", OFFICE.notes(tmp_path / "notes", KEY.public)
    elsewhere = ["--database", f"sqlite:///{tmp_path / 'x.sqlite'}", "--storage", (tmp_path / "x").as_uri()]
    assert run(home, *INIT, str(notes), *elsewhere).exit_code == 0
    name = deposit(home, "one")
    refused = run(home, *INIT, str(notes), "--storage", (tmp_path / "y").as_uri())

    assert [path.name for path in (tmp_path / "x").iterdir()] == [name]
    assert refused.exit_code == 1
    assert "do not move by themselves" in refused.output
    assert IntakeConfig.read(home).storage == (tmp_path / "x").as_uri()


@pytest.mark.parametrize("path", ["%00", "0d" * 16 + "%00", "%ED%A0%80", "é" * 32])
def test_a_name_that_no_database_can_hold_is_unknown(deposits: Deposits, path: str) -> None:
    """
    PostgreSQL has texts that it refuses; they are names of no deposit, and no fault of its own.
    """
    for ask in (deposits.progress, deposits.complete, lambda name: deposits.put(name, 0, b"x")):
        with pytest.raises(UnknownDeposit):
            ask(path.replace("%00", "\0"))

"""The encrypted store, on a real SQLCipher file, and its journal."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.event import listen

from archive import locks
from archive.journal import JournalBroken
from archive.locks import LockError, WeakPassphrase, WrongPassphrase
from archive.objects import DamagedObject
from archive.vault import UnknownRecord, Vault, VaultError, VaultInUse
from migrations.run import migrate

PASSPHRASE = "항아리 속의 겨울 김치 2026"
WORDS = "노란 집 뒤의 우물"


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    with Vault.create(tmp_path / "home", PASSPHRASE) as vault:
        yield vault


def on_disk(home: Path) -> bytes:
    return b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())


def test_what_is_kept_is_there_after_the_vault_was_locked(tmp_path: Path) -> None:
    """
    A vault opened again with its passphrase holds what was put into it.
    """
    with Vault.create(tmp_path, PASSPHRASE) as vault:
        vault.put_json("testimony", "t1", {"text": WORDS})
    with Vault.open(tmp_path, PASSPHRASE) as vault:
        assert vault.json("testimony", "t1") == {"text": WORDS}
        assert list(vault.names("testimony")) == ["t1"]


def test_no_word_of_hers_is_readable_on_the_disk(vault: Vault, tmp_path: Path) -> None:
    """
    Neither the database nor anything beside it holds plaintext, in either normal form.
    """
    vault.put_json("testimony", "t1", {"text": WORDS})

    for form in ("NFC", "NFD"):
        assert unicodedata.normalize(form, WORDS).encode() not in on_disk(tmp_path)
    files = [path for path in (tmp_path / "home").rglob("*") if path.is_file()]
    assert [path.name for path in files if b"SQLite format" in path.read_bytes()] == []


def test_another_passphrase_opens_nothing(tmp_path: Path) -> None:
    """
    The error says so, and names no secret.
    """
    Vault.create(tmp_path, PASSPHRASE).close()
    with pytest.raises(WrongPassphrase) as caught:
        Vault.open(tmp_path, PASSPHRASE + "!")

    assert PASSPHRASE not in str(caught.value)


def test_a_vault_is_never_made_over_another(vault: Vault, tmp_path: Path) -> None:
    """
    A second `create` in the same folder, or a short passphrase, is refused.
    """
    with pytest.raises(VaultError):
        Vault.create(tmp_path / "home", PASSPHRASE)
    with pytest.raises(WeakPassphrase):
        Vault.create(tmp_path / "other", "짧은말")


def test_a_shredded_record_is_gone_and_the_journal_says_so(vault: Vault) -> None:
    """
    Its key is destroyed; the others stay.
    """
    vault.put_json("testimony", "t1", WORDS)
    vault.put_json("testimony", "t2", WORDS)
    vault.shred("testimony", "t1", "minji")

    with pytest.raises(UnknownRecord):
        vault.json("testimony", "t1")
    assert vault.json("testimony", "t2") == WORDS
    assert (vault.journal.events()[-1].type, vault.journal.events()[-1].objects) == ("del", ("testimony:t1",))


@pytest.mark.parametrize(
    "damage",
    [
        "delete from event where number = 2",
        "delete from event where number = 3",
        "update event set body = replace(body, 'minji', 'sora') where number = 2",
        "update event set body = replace(body, 'minji', 'sora') where number = 3",
        "update event set number = case number when 1 then -2 when 2 then -1 else number end",
        "update head set count = 2",
        "delete from head",
        "delete from event",
        "delete from event; delete from head",
        "update event set body = 'no json' where number = 2",
        "update event set body = '[]' where number = 3",
    ],
)
def test_a_journal_that_was_touched_is_noticed(vault: Vault, damage: str) -> None:
    """
    R37: an event deleted, moved or edited, and a journal cut short, all fail.
    """
    for number in range(3):
        vault.journal.append("acc", "minji", [f"t{number}"])
    assert len(vault.journal.events()) == 3
    with vault._engine.begin() as connection:
        for statement in damage.split(";"):
            connection.execute(text(statement))
    with pytest.raises(JournalBroken):
        vault.journal.events()


def test_a_journal_is_never_continued_over_a_hole(vault: Vault) -> None:
    """
    R37: once its head is gone nothing more is written, as if all were well.
    """
    with vault._engine.begin() as connection:
        connection.execute(text("delete from head"))
    with pytest.raises(JournalBroken):
        vault.journal.append("acc", "minji", ["t1"])


def test_a_journal_holds_no_word_of_a_testimony(vault: Vault) -> None:
    """
    R36: what is kept and shredded leaves ids in the journal, and nothing of what was said.
    """
    vault.put_json("testimony", "t1", WORDS)
    vault.shred("testimony", "t1", "minji")
    with vault._engine.begin() as connection:
        bodies = " ".join(connection.execute(text("select body from event")).scalars())

    assert not any(word in bodies for word in WORDS.split())


def test_what_fails_half_way_is_not_kept(vault: Vault) -> None:
    """
    Records and journal in one block are kept together or not at all.
    """

    def half_way() -> None:
        with vault.together():
            vault.put_json("testimony", "t1", WORDS)
            vault.journal.append("acc", "minji", ["t1"])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half_way()

    assert (vault.names("testimony"), vault.journal.events()) == ([], ())


def test_something_large_is_sealed_and_shredded_by_its_key(vault: Vault, tmp_path: Path) -> None:
    """
    A staged file holds no plaintext, is read back whole, and is gone after the shred.
    """
    content = WORDS.encode() * 90_000
    with vault.stage() as staged:
        staged.write(content)
    vault.put_json("original", "o1", 1)
    vault.adopt("original", "o1", staged)
    assert b"".join(vault.kept("original", "o1")) == content
    assert WORDS.encode() not in on_disk(tmp_path)
    vault.shred("original", "o1", "minji")
    with pytest.raises(UnknownRecord):
        vault.kept("original", "o1")
    assert list((tmp_path / "home" / "objects").iterdir()) == []


def test_a_sealed_file_that_was_cut_is_never_taken_for_whole(vault: Vault, tmp_path: Path) -> None:
    """
    At every place of the cut, reading ends in an error.
    """
    with vault.stage() as staged:
        staged.write(WORDS.encode() * 9_000)
    vault.adopt("original", "o1", staged)
    [path] = (tmp_path / "home" / "objects").iterdir()
    whole = path.read_bytes()
    for at in (0, 1, 40, 16_384 + 72, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:at])
        with pytest.raises(DamagedObject):
            b"".join(vault.kept("original", "o1"))


def test_what_a_killed_process_was_writing_is_swept_a_day_later(vault: Vault, tmp_path: Path) -> None:
    """
    What is whole stays, named or not: the record may lie in a newer copy of the database.
    """
    places = []
    for _ in range(2):
        with vault.stage() as staged:
            staged.write(b"whole")
        places.append(staged.place)
    vault.adopt("original", "o1", staged)
    folder = tmp_path / "home" / "objects"
    for name in ("old.part", "new.part"):
        (folder / name).write_bytes(b"half")
    for name in (*places, "old.part"):
        os.utime(folder / name, (0, 0))

    assert vault.sweep() == 1
    assert {path.name for path in folder.iterdir()} == {*places, "new.part"}
    assert b"".join(vault.kept("original", "o1")) == b"whole"


def test_a_vault_that_another_process_writes_to_says_so(vault: Vault, tmp_path: Path) -> None:
    """
    Not a traceback, and not that the passphrase is wrong.
    """
    other = Vault.open(tmp_path / "home", PASSPHRASE)
    with other._engine.begin() as connection:
        connection.execute(text("pragma busy_timeout=50"))
    with vault.together():
        vault.put_json("testimony", "t0", WORDS)
        with pytest.raises(VaultInUse):
            other.put_json("testimony", "t1", WORDS)
        with pytest.raises(VaultInUse):
            Vault.open(tmp_path / "home", PASSPHRASE)
    other.put_json("testimony", "t1", WORDS)
    other.close()

    assert vault.json("testimony", "t1") == WORDS


def test_a_vault_that_was_never_finished_can_be_made_again(tmp_path: Path) -> None:
    """
    A lock without a database is what an interrupted `create` leaves; it is used, and never replaced.
    """
    left = locks.make(tmp_path, "vault", PASSPHRASE)
    with pytest.raises(LockError, match="another passphrase"):
        Vault.create(tmp_path, "another passphrase 77")
    Vault.create(tmp_path, PASSPHRASE).close()
    Vault.open_with_key(tmp_path, left).close()


def test_a_vault_that_is_not_all_there_says_what_is_gone(tmp_path: Path) -> None:
    """
    The database, the lock, or a whole vault of an older kind; and no key makes an empty vault of nothing.
    """
    Vault.create(tmp_path, PASSPHRASE).close()
    (tmp_path / "vault.lock").rename(tmp_path / "vault.salt")
    with pytest.raises(VaultError, match="never released"):
        Vault.open(tmp_path, PASSPHRASE)
    (tmp_path / "vault.salt").unlink()
    with pytest.raises(LockError, match=r"no vault\.lock.*custody restore"):
        Vault.open(tmp_path, PASSPHRASE)
    (tmp_path / "vault.db").unlink()
    with pytest.raises(VaultError, match=r"vault\.db"):
        Vault.open(tmp_path, PASSPHRASE)
    with pytest.raises(VaultError, match=r"vault\.db"):
        Vault.open_with_key(tmp_path, bytes(32))
    assert not (tmp_path / "vault.db").exists()


def test_another_vaults_key_opens_nothing(vault: Vault, tmp_path: Path) -> None:
    """
    The database is then as it was.
    """
    vault.put_json("testimony", "t1", WORDS)
    with pytest.raises(VaultError, match="not of this key"):
        Vault.open_with_key(tmp_path / "home", bytes(32))

    assert vault.json("testimony", "t1") == WORDS


def test_the_vaults_migrations_go_up_and_down_with_rows(vault: Vault) -> None:
    """
    Down takes every table with its rows away; up again gives an empty vault that can be written to.
    """
    vault.put_json("testimony", "t1", WORDS)
    vault.journal.append("acc", "minji", ["t1"])
    migrate(vault._engine, "vault", "base")
    with vault._engine.begin() as connection:
        left = set(connection.execute(text("select name from sqlite_master where type = 'table'")).scalars())
    assert left == {"alembic_version"}
    migrate(vault._engine, "vault")
    vault.put_json("testimony", "t2", WORDS)

    assert vault.names("testimony") == ["t2"]


def test_a_journal_that_is_cut_while_it_is_written_is_not_continued(vault: Vault) -> None:
    """
    R37: each event looks at the end of the journal, though it no longer counts all that came before.
    """
    for number in range(3):
        vault.journal.append("acc", "minji", [f"t{number}"])
    with vault._engine.begin() as connection:
        connection.execute(text("delete from event where number = 3"))
    with pytest.raises(JournalBroken, match="3 events were signed, but 2 are here"):
        vault.journal.append("acc", "minji", ["t4"])


def test_a_journal_with_a_hole_is_not_continued_after_opening(vault: Vault, tmp_path: Path) -> None:
    """
    R37: the first event of every session counts all of them.
    """
    for number in range(3):
        vault.journal.append("acc", "minji", [f"t{number}"])
    with vault._engine.begin() as connection:
        connection.execute(text("delete from event where number = 2"))
    with Vault.open(tmp_path / "home", PASSPHRASE) as again, pytest.raises(JournalBroken):
        again.journal.append("acc", "minji", ["t4"])


def test_an_event_costs_the_same_in_a_long_journal(vault: Vault) -> None:
    """
    SQLite does as much for the two thousandth event as for the second, counted in its own steps.
    """

    def steps() -> int:
        done = 0

        def step() -> int:
            nonlocal done
            done += 1
            return 0

        with vault.together() as session:
            driver: Any = session.connection().connection.driver_connection
            driver.set_progress_handler(step, 10)
            vault.journal.append("acc", "minji", ["t"])
            driver.set_progress_handler(None, 0)
        return done

    vault.journal.append("acc", "minji", ["t"])
    short = steps()
    with vault.together():
        for _ in range(2000):
            vault.journal.append("acc", "minji", ["t"])

    assert steps() <= 2 * short


def test_all_records_of_a_kind_are_read_by_one_statement(vault: Vault) -> None:
    """
    However many there are: a desk of 10,000 asks once, not 10,000 times.
    """
    with vault.together():
        for number in range(300):
            vault.put_json("review", f"{number:05d}", {"words": WORDS})
    asked: list[str] = []
    listen(vault.store.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))

    assert len(vault.every("review")) == 300
    assert len([each for each in asked if each.lstrip().upper().startswith("SELECT")]) == 1


def test_a_testimony_is_shredded_in_every_kind_by_one_event(vault: Vault, tmp_path: Path) -> None:
    """
    What lies under its name, or its name and a colon, in kinds that nobody listed; its files; nothing else.
    """
    for name in ("t1", "t1:2", "t1:part:3", "t10", "T1:2", "t2"):
        vault.put_json("a kind of tomorrow", name, WORDS)
    with vault.stage() as staged:
        staged.write(WORDS.encode())
    vault.adopt("photo", "t1:7", staged)
    vault.put_json("elsewhere", "o1", WORDS)
    before = len(vault.journal.events())

    assert vault.shred_testimony("t1", "minji", [("elsewhere", "o1")]) == 5
    assert vault.names("a kind of tomorrow") == ["T1:2", "t10", "t2"]
    assert (vault.store.under("t1"), vault.store.unpaired(), vault.names("elsewhere")) == ([], [], [])
    assert list((tmp_path / "home" / "objects").iterdir()) == []
    assert [e.objects for e in vault.journal.events()[before:]] == [("testimony:t1",)]
    with pytest.raises(UnknownRecord):
        vault.shred_testimony("t1", "minji")


def test_a_file_is_taken_away_only_once_its_key_is_gone_for_good(vault: Vault) -> None:
    """
    A shred within something that fails leaves the record and its file as they were.
    """
    with vault.stage() as staged:
        staged.write(WORDS.encode())
    vault.adopt("photo", "t1", staged)

    def half_way() -> None:
        with vault.together():
            vault.shred_testimony("t1", "minji")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half_way()
    vault.put_json("photo", "t2", 1)

    assert b"".join(vault.kept("photo", "t1")) == WORDS.encode()

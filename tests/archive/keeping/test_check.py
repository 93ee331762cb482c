"""Verification, on real vaults that were really damaged."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from archive.database import VaultDamaged
from archive.keeping.boxes import Boxes
from archive.keeping.check import FAR, verify, verify_backup
from archive.vault import Vault
from tests.archive.keeping.media import Media, Told
from tests.people import PASSPHRASE, Archive, statement


def flip(file: Path, at: int = -1) -> None:
    changed = bytearray(file.read_bytes())
    changed[at] ^= 1
    file.write_bytes(changed)


def outcome(vault: Vault) -> tuple[str, str]:
    last = vault.journal.events()[-1]
    return last.type, last.outcome


def test_a_whole_vault_is_found_whole(media: Media, told: Told) -> None:
    """
    All records and files are read, nothing is said, and the journal keeps that it was so.
    """
    vault = media.archive.vault
    found = verify(vault, vault.journal.head())

    assert (found.problems, found.notes, found.objects) == ([], [], 2)
    assert found.records == vault.store.count()
    assert outcome(vault) == ("fix", "pass")
    assert not vault.holds(*FAR)


def test_a_file_that_changed_or_is_gone_is_named(media: Media, told: Told) -> None:
    """
    By the record that it belongs to, in the findings and in the journal; nothing is removed.
    """
    vault = media.archive.vault
    one, two = sorted(vault.objects.folder.iterdir())
    flip(one)
    two.unlink()
    found = verify(vault)

    assert found.problems[0].startswith("2 records have no file, or a damaged one: original:")
    assert outcome(vault) == ("fix", "fail")
    assert {f"original:{name}" for name in vault.names("original")} < set(vault.journal.events()[-1].objects)
    assert one.exists()


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        ("update record set sealed = x'00' where kind = 'testimony'", "1 records do not open: testimony:"),
        ("delete from record_key where kind = 'testimony'", "1 records have lost their key"),
        ("delete from record where kind = 'testimony'", "1 records have lost their key, or are lost"),
        ("delete from event where number = 2", "the journal: "),
        ("update event set body = replace(body, 'minji', 'sora') where number = 3", "the journal: "),
    ],
)
def test_what_is_wrong_within_the_database_is_told(
    media: Media, told: Told, damage: str, problem: str
) -> None:
    """
    R37: a record that does not open or lost its half, and a journal that was touched.
    """
    vault = media.archive.vault
    with vault.together() as session:
        session.execute(text(damage))
    found = verify(vault)

    assert [each for each in found.problems if each.startswith(problem)]
    assert not any("혜숙" in each for each in found.problems)


def test_a_changed_page_of_the_database_is_found(media: Media, told: Told) -> None:
    """
    SQLCipher's own check of every page; and a vault that cannot be opened at all says so, without a query.
    """
    vault = media.archive.vault
    with vault.together():
        for number in range(200):
            vault.put_json("filler", f"{number}", "x" * 2000)
    flip(vault.home / "vault.db", (vault.home / "vault.db").stat().st_size // 2)
    found = verify(vault)
    vault.close()
    flip(vault.home / "vault.db", 5000)

    assert any("database" in each for each in found.problems)
    with pytest.raises(VaultDamaged) as caught:
        Vault.open(vault.home, PASSPHRASE)
    assert "SELECT" not in str(caught.value)


def test_a_verification_that_was_stopped_goes_on(media: Media, told: Told) -> None:
    """
    What was looked at is not looked at again, and what was found is not forgotten; after a week it is.
    """
    vault = media.archive.vault
    for number in range(3):
        media.archive.take(statement(media.archive, f"말 {number}."))
    places = sorted(vault.objects.folder.iterdir())
    flip(places[0])

    def stop(done: int, all: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        verify(vault, progress=stop)
    flip(places[0])
    assert verify(vault).problems[0].startswith("1 records have no file")
    assert verify(vault).problems == []

    flip(places[0])
    with pytest.raises(KeyboardInterrupt):
        verify(vault, progress=stop)
    flip(places[0])
    far = vault.json(*FAR)
    far["began"] = (datetime.now(UTC) - timedelta(days=8)).isoformat()
    vault.put_json(*FAR, far)
    assert verify(vault).problems == []


def test_a_file_without_a_record_is_a_note_and_no_damage(archive: Archive) -> None:
    """
    A stop leaves such files; they hold nothing that a record lacks.
    """
    with archive.vault.stage() as staged:
        staged.write(b"nobody names this")
    found = verify(archive.vault)

    assert (found.problems, len(found.notes)) == ([], 1)
    assert (archive.vault.objects.folder / staged.place).exists()


def test_a_head_that_was_noted_and_is_not_there_is_told(archive: Archive, tmp_path: Path) -> None:
    """
    R37: an older copy of the whole vault is whole in itself; only the noted head shows it.
    """
    archive.vault.journal.append("acc", "minji", ["t1"])
    noted = archive.vault.journal.head()
    with Vault.create(tmp_path / "other", PASSPHRASE) as other:
        other.journal.append("acc", "minji", ["t1"])

        assert "is this an older copy" in verify(other, noted).problems[0]


def test_a_whole_backup_is_found_whole_and_how_far_it_is_behind(media: Media, told: Told) -> None:
    """
    And that its keyring still opens what was destroyed since.
    """
    vault = media.archive.vault
    media.back_up()
    found = verify_backup(vault, Boxes(media.boxes), media.backup().ring)
    assert (found.problems, found.objects) == ([], 3)
    vault.shred_testimony(told.id, "minji")
    found = verify_backup(vault, Boxes(media.boxes), media.backup().ring)

    assert found.problems == []
    assert any("1 records were destroyed since" in note for note in found.notes)
    assert outcome(vault) == ("fix", "pass")


def test_a_backup_that_lost_something_says_what(media: Media, told: Told) -> None:
    """
    A box, a file, or a pack that changed; and a keyring that is ahead of the vault.
    """
    vault = media.archive.vault
    media.back_up()
    file = sorted((media.boxes / "objects").iterdir())[0]
    flip(file)
    [pack] = (media.boxes / "records").iterdir()
    flip(pack)
    found = verify_backup(vault, Boxes(media.boxes), media.backup().ring)

    assert "1 records have no box" in found.problems[0]
    assert "1 records have no file in the boxes" in found.problems[1]
    assert "a pack is damaged" in found.problems[2]
    assert outcome(vault) == ("fix", "fail")

"""Backup and restore, on real media: what is kept comes back, and what was shredded does not."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import nacl.exceptions
import nacl.secret
import pytest

from archive import locks
from archive.journal import Head
from archive.keeping.backup import BackupRefused, back_up
from archive.keeping.boxes import Boxes, NoBoxes, digest
from archive.keeping.keyring import KeyringRefused, Shut
from archive.keeping.restore import RestoreRefused, restore
from archive.objects import DamagedObject
from archive.redaction import choices, figure_key, figures
from archive.store import UnknownRecord
from archive.vault import Vault
from crypto import custody
from tests.archive.keeping.media import Media, Told
from tests.people import PASSPHRASE, TEXT, TODAY, statement


def every_record(vault: Vault) -> dict[tuple[str, str], bytes]:
    """All that is kept, opened, but for what a backup or a restore writes down itself."""
    return {(record.kind, record.name): record.open() for record in vault.store.records()}


def test_what_was_kept_comes_back_under_the_same_passphrase(media: Media, told: Told, tmp_path: Path) -> None:
    """
    Every record, every file, the envelopes in quarantine, the notes; and the journal goes on where it was.
    """
    vault, home = media.archive.vault, tmp_path / "again"
    report = media.back_up()
    before, kept = vault.journal.events(), every_record(vault)

    found = restore(media.backup(), home)
    assert (report.damaged, report.left_out, found.lost) == ([], [], [])
    with Vault.open(home, PASSPHRASE) as again:
        assert every_record(again) == kept
        assert again.testimony(told.id).text == TEXT
        photo = again.testimony(told.id).attachments[0].digest
        assert b"".join(again.kept("original", again.json("file", photo)[2])) == told.photo
        # The last event of the old one tells of this very backup, and so came after it.
        assert again.journal.events()[:-1] == before[:-1]
        assert (again.journal.events()[-1].type, again.journal.events()[-1].outcome) == ("rec", "pass")
    for name in (f"quarantine/{told.unopened}", "notes/keycard.note", "keys.request"):
        assert (home / name).read_bytes() == (vault.home / name).read_bytes(), name
    assert not (home / "root").exists()
    assert not (home / "restoring").exists()


def test_slips_open_what_was_restored(media: Media, tmp_path: Path) -> None:
    """
    The table of slips comes with the keyring: k of n open a vault whose passphrase nobody knows any more.
    """
    home = media.archive.vault.home
    key = locks.unlock(home, "vault", PASSPHRASE)
    table, slips = custody.split(key, 2, 3)
    (home / "vault.slips").write_bytes(table.to_bytes())
    media.back_up()
    shut = Shut.read(media.keyring)

    found = custody.combine(custody.Table.parse(shut.slips), slips[1:])
    assert found == key
    restore(media.backup(), tmp_path / "again")
    assert locks.table(tmp_path / "again", "vault").to_bytes() == table.to_bytes()
    Vault.open_with_key(tmp_path / "again", found).close()


def test_neither_medium_holds_a_word_or_a_key_in_the_clear(media: Media, told: Told) -> None:
    """
    The boxes are noise, and so is the keyring without the vault's key.
    """
    media.back_up()
    held = media.keyring.read_bytes()
    boxes = b"".join(path.read_bytes() for path in media.boxes.rglob("*") if path.is_file())
    for record in media.archive.vault.store.records():
        for medium in (held, boxes):
            assert record.key not in medium
            assert record.key.hex().encode() not in medium
    assert "혜숙".encode() not in held + boxes
    assert told.id.encode() not in held + boxes
    with pytest.raises(KeyringRefused):
        Shut.read(media.keyring).open(bytes(32))


def test_boxes_only_grow_and_hold_each_record_once(media: Media, told: Told) -> None:
    """
    A second backup writes what is new, and touches nothing that is there.
    """
    media.back_up()
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in files_of(media.boxes)}
    media.archive.told("다른 말.")
    report = media.back_up()
    sealed = [digest(each) for each in Boxes(media.boxes).sealed()]

    assert 0 < report.boxes < report.records
    assert {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in before} == before
    assert len(sealed) == len(set(sealed))
    assert media.back_up().boxes == 0


def files_of(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_what_was_shredded_stays_shredded_on_both_media(media: Media, told: Told, tmp_path: Path) -> None:
    """
    R7: its box is still there, no key of the new keyring opens it, and no vault comes of it.
    """
    vault = media.archive.vault
    record = next(r for r in vault.store.records() if (r.kind, r.name) == ("testimony", told.id))
    media.back_up()
    vault.shred_testimony(told.id, "minji")
    media.back_up()
    ring = media.backup().ring

    assert record.sealed in list(Boxes(media.boxes).sealed())
    assert (told.id not in json.dumps([held.name for held in ring.records]), record.key) == (True, record.key)
    for held in ring.records:
        with pytest.raises(nacl.exceptions.CryptoError):
            nacl.secret.SecretBox(held.key).decrypt(record.sealed)
    found = restore(media.backup(), tmp_path / "again")
    assert found.without_key > 0
    with Vault.open(tmp_path / "again", PASSPHRASE) as again, pytest.raises(UnknownRecord):
        again.testimony(told.id)


def test_a_later_keyring_with_older_boxes_says_what_is_lost(media: Media, told: Told, tmp_path: Path) -> None:
    """
    Nothing is passed over in silence: refused with the names, or restored in part, which the journal tells.
    """
    media.back_up()
    old = shutil.copytree(media.boxes, tmp_path / "old boxes")
    later = media.archive.told("다른 말.")
    media.back_up()
    with pytest.raises(RestoreRefused, match=f"testimony:{later}.*--partial"):
        restore(media.backup(old), tmp_path / "again")
    assert not (tmp_path / "again" / "vault.db").exists()
    found = restore(media.backup(old), tmp_path / "again", partial=True)

    assert ("testimony", later) in found.lost
    with Vault.open(tmp_path / "again", PASSPHRASE) as again:
        assert list(again.testimonies()) == [told.id]
        assert again.journal.events()[-1].outcome == "partial pass"


def test_an_older_keyring_with_later_boxes_gives_the_older_vault(
    media: Media, told: Told, tmp_path: Path
) -> None:
    """
    It is told that there are boxes without a key, and the head that was noted later is missed.
    """
    media.back_up()
    old = shutil.copy(media.keyring, tmp_path / "old keyring")
    media.archive.told("다른 말.")
    media.back_up()
    noted = media.archive.vault.journal.head()
    found = restore(media.backup(keyring=Path(old)), tmp_path / "again")

    assert found.without_key > 0
    assert isinstance(found.head, Head)
    with Vault.open(tmp_path / "again", PASSPHRASE) as again:
        assert list(again.testimonies()) == [told.id]
        with pytest.raises(Exception, match="is this an older copy"):
            again.journal.events(noted)


def test_nothing_is_restored_over_a_vault_or_beside_other_things(
    media: Media, told: Told, tmp_path: Path
) -> None:
    """
    Neither the archive's own home nor any folder that holds something is touched.
    """
    media.back_up()
    home = media.archive.vault.home
    before = {path: path.read_bytes() for path in files_of(home)}
    with pytest.raises(RestoreRefused, match="vault here already"):
        restore(media.backup(), home)
    assert {path: path.read_bytes() for path in files_of(home)} == before
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "letter").touch()
    with pytest.raises(RestoreRefused, match="something else"):
        restore(media.backup(), tmp_path / "other")


def test_two_keyrings_are_never_mixed_in_one_vault(media: Media, told: Told, tmp_path: Path) -> None:
    """
    A restore that stopped is not gone on with under another keyring, which could bring back what is gone.
    """
    media.back_up()
    shutil.copy(media.keyring, tmp_path / "old keyring")
    empty = Boxes.make(tmp_path / "empty")
    assert list(empty.sealed()) == []
    with pytest.raises(RestoreRefused, match="own records"):
        restore(media.backup(tmp_path / "empty"), tmp_path / "again")
    media.back_up()
    with pytest.raises(RestoreRefused, match="another keyring"):
        restore(media.backup(), tmp_path / "again")
    restore(media.backup(keyring=tmp_path / "old keyring"), tmp_path / "again")


def test_a_keyring_that_is_another_archives_or_newer_is_not_replaced(
    media: Media, told: Told, tmp_path: Path
) -> None:
    """
    Nor is a file that is no keyring at all; the message says what to do.
    """
    older = shutil.copytree(media.archive.vault.home, tmp_path / "older")
    media.archive.told("다른 말.")
    media.back_up()
    held = media.keyring.read_bytes()
    with Vault.open(older, PASSPHRASE) as vault, pytest.raises(BackupRefused, match="older copy"):
        back_up(vault, media.boxes, media.keyring, TODAY)
    with (
        Vault.create(tmp_path / "stranger", PASSPHRASE) as vault,
        pytest.raises(BackupRefused, match="no keyring of this archive"),
    ):
        back_up(vault, media.boxes, media.keyring, TODAY)
    assert media.keyring.read_bytes() == held
    letter = tmp_path / "letter"
    letter.write_text("Dear Hana", "utf-8")
    with pytest.raises(BackupRefused):
        back_up(media.archive.vault, media.boxes, letter, TODAY)
    assert letter.read_text("utf-8") == "Dear Hana"


def test_boxes_are_made_only_in_a_folder_of_their_own(media: Media, tmp_path: Path) -> None:
    """
    A folder with other things in it, or without boxes, is refused.
    """
    (tmp_path / "letter").touch()
    with pytest.raises(NoBoxes):
        back_up(media.archive.vault, tmp_path, media.keyring, TODAY)
    with pytest.raises(NoBoxes):
        Boxes(tmp_path)
    assert not media.keyring.exists()


def test_a_file_that_is_damaged_at_home_is_named_and_kept_out_of_the_boxes(media: Media, told: Told) -> None:
    """
    And a good copy in the boxes stays good when the one at home goes bad later.
    """
    home = media.archive.vault.objects.folder
    first, *others = sorted(home.iterdir())
    whole = first.read_bytes()
    first.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    report = media.back_up()
    assert len(report.damaged) == 1
    assert not Boxes(media.boxes).holds(first.name)
    first.write_bytes(whole)
    assert media.back_up().damaged == []
    first.write_bytes(b"")
    media.back_up()

    assert (media.boxes / "objects" / first.name).read_bytes() == whole
    assert len(others) > 0


def test_a_damaged_pack_is_noticed_and_written_again(media: Media, told: Told, tmp_path: Path) -> None:
    """
    The next backup puts what it held into a new pack; until then a restore names what is lost.
    """
    media.back_up()
    [pack] = (media.boxes / "records").iterdir()
    changed = bytearray(pack.read_bytes())
    changed[len(changed) // 2] ^= 1
    pack.write_bytes(changed)
    with pytest.raises(RestoreRefused, match="1 of the records"):
        restore(media.backup(), tmp_path / "again")
    report = media.back_up()

    assert (report.packs, report.boxes > 0) == ([pack.name], True)
    assert restore(media.backup(), tmp_path / "later").lost == []


def test_an_envelope_in_quarantine_is_boxed_under_a_key_that_goes_with_it(media: Media, told: Told) -> None:
    """
    R7: what opens at last is taken in, and the copy in the boxes then opens to nobody.
    """
    vault = media.archive.vault
    waiting = (vault.home / "quarantine" / told.unopened).read_bytes()
    media.back_up()
    row = vault.store.get("boxed:quarantine", told.unopened)
    place, key = row[:32].decode(), row[32:]
    boxes = Boxes(media.boxes)
    assert b"".join(boxes.objects.read(place, key)) == waiting
    assert waiting not in b"".join(path.read_bytes() for path in files_of(media.boxes))
    vault.shred("quarantine", told.unopened, "archive")
    (vault.home / "quarantine" / told.unopened).unlink()
    media.back_up()

    assert ("boxed:quarantine", told.unopened) not in {(h.kind, h.name) for h in media.backup().ring.records}
    with pytest.raises(DamagedObject):
        b"".join(boxes.objects.read(place, bytes(32)))


def test_two_media_for_boxes_can_take_turns(media: Media, told: Told, tmp_path: Path) -> None:
    """
    Each gets what it lacks, quarantine included, and one keyring opens either.
    """
    media.back_up()
    other = Media(media.archive, tmp_path / "other boxes", media.keyring)
    media.archive.take(statement(media.archive, "다른 말."))
    other.back_up()
    media.back_up()

    for number, each in enumerate((media, other)):
        assert restore(each.backup(), tmp_path / f"again-{number}").lost == []
        assert (tmp_path / f"again-{number}" / "quarantine" / told.unopened).exists()


def test_what_nobody_knows_in_the_home_is_named(media: Media) -> None:
    """
    A file that lies in the home and is in no backup does not go missing in silence.
    """
    (media.archive.vault.home / "my notes.txt").write_text("diary", "utf-8")

    assert media.back_up().left_out == ["my notes.txt"]


def test_the_map_of_people_named_comes_back_with_its_key(media: Media, told: Told, tmp_path: Path) -> None:
    """
    The key is in the keyring, sealed; without it the restored map stays shut and nothing is made anew.
    """
    archive, home = media.archive, tmp_path / "again"
    name = archive.told("박순이가 왔다.")
    choices.keep(archive.vault, archive.minji, name, [choices.Choice(0, 3, "name", True)])
    figures.gather(archive.vault, archive.minji, name)
    assert media.back_up().left_out == []
    restore(media.backup(), home)

    with Vault.open(home, PASSPHRASE) as vault:
        assert figures.known_aliases(vault) == {("박순이", "PER")}
        (home / figure_key.FILE).unlink()
        with pytest.raises(figure_key.MapClosed):
            figures.known_aliases(vault)

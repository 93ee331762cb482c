"""The end of a testimony: nothing of it is left that anybody can open, on any medium."""

from __future__ import annotations

import json
import tempfile
import unicodedata
from pathlib import Path

import pytest

from archive import releasing, replies, review, roles
from archive.coding import versions
from archive.coding.record import Life
from archive.database import VaultError
from archive.imports import import_texts
from archive.keeping.boxes import Boxes
from archive.keeping.check import verify
from archive.keeping.restore import Backup
from archive.keeping.shredding import KIND, ShredRefused, message_of, shred_testimony, what_goes
from archive.people import Person
from archive.store import UnknownRecord, unseal
from archive.vault import Vault, place_and_key
from crypto.keys import SigningKey, VerifyKey
from tests.archive.keeping.media import Media
from tests.people import RESEARCH, TODAY, Archive, seal_file, statement

PLANTED = [f"{word} {number}호 집" for number in range(5) for word in ("노란", "파란", "낡은", "무산의")]
"""Twenty strings that she said, and nobody else."""
WRITES_BACK = (*RESEARCH, ("recontact", "archivists"))


def forms(content: bytes) -> set[str]:
    """Which planted strings can be read in *content*, in either normal form, also as JSON writes them."""
    found = set()
    for each in PLANTED:
        for form in ("NFC", "NFD"):
            said = unicodedata.normalize(form, each)
            if said.encode() in content or json.dumps(said)[1:-1].encode() in content:
                found.add(each)
    return found


def opened_by(vault: Vault) -> bytes:
    """Every record and every file that the vault can open."""
    records = [record.open() for record in vault.store.records()]
    objects = [
        b"".join(vault.objects.read(*place_and_key(record.open())))
        for record in vault.store.records()
        if record.kind.startswith("object:")
    ]
    return b"\n".join(records + objects)


def opened_by_backup(media: Media) -> bytes:
    """Every box that any key of the keyring opens, and the keyring itself."""
    return opened_in(media.backup(), media.boxes)


def opened_in(backup: Backup, folder: Path) -> bytes:
    """The same of a backup whose keyring is open already, and of the boxes in *folder*."""
    ring, boxes, found = backup.ring, Boxes(folder), list[bytes]()
    keys = {held.key for held in ring.records}
    for sealed in boxes.sealed():
        for key in keys:
            try:
                found.append(unseal("", sealed, key))
            except VaultError:
                continue
    objects = {row[:32]: row[32:] for row in found if len(row) == 64}
    for path in (folder / "objects").iterdir():
        if path.name.encode() in objects:
            found.append(b"".join(boxes.objects.read(path.name, objects[path.name.encode()])))
    return b"\n".join([*found, "\n".join(ring.journal.events).encode(), *ring.files.values()])


def all_of(*folders: Path) -> bytes:
    return b"".join(p.read_bytes() for folder in folders for p in folder.rglob("*") if p.is_file())


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this process puts its temporary files."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    return tmp_path / "temporary"


@pytest.fixture
def told(archive: Archive) -> str:
    """A testimony that has been through everything: files, marks, codings, a reply, a release, a draft."""
    decomposed = unicodedata.normalize("NFD", "\n".join(PLANTED)).encode()
    envelope, row = seal_file(archive, decomposed, "text/plain")
    late = seal_file(archive, b"late", "text/plain")[1]
    report = archive.take(
        envelope, statement(archive, "\n".join(PLANTED), files=[row, late], grants=WRITES_BACK)
    )
    told = str(report.taken[0])
    review.propose(archive.vault, archive.minji, told, [])
    archive.approve(told)
    words = archive.vault.testimony(told)
    for seen in range(2):
        versions.keep(archive.vault, archive.minji, words, Life(), TODAY, seen=seen)
    replies.write(archive.vault, archive.minji, told, f"We read of {PLANTED[0]}.", "kor", TODAY)
    archive.show_what_is_left()
    releasing.draft(archive.vault, archive.minji)
    archive.sign_release()
    releasing.draft(archive.vault, archive.minji)
    return told


def test_after_a_shred_nobody_can_read_a_word_of_it_anywhere(
    media: Media, temporary: Path, told: str
) -> None:
    """
    R7: of 20 planted strings, in NFC and NFD, none is in the home, in temporary files, in the boxes or in the
    new keyring; and no key that is left, of the vault or of the keyring, opens anything that holds one.
    """
    vault, archive = media.archive.vault, media.archive
    media.back_up()
    assert forms(opened_by(vault)) == forms(opened_by_backup(media)) == set(PLANTED)
    shred_testimony(vault, told, archive.minji, archive.sora, TODAY)
    media.back_up()

    assert forms(opened_by(vault)) == forms(opened_by_backup(media)) == set()
    assert forms(all_of(vault.home, media.boxes, temporary) + media.keyring.read_bytes()) == set()
    assert vault.store.under(told) == [(KIND, told)]
    assert verify(vault).problems == []


def test_what_is_told_beforehand_is_what_goes(archive: Archive, told: str) -> None:
    """
    By kind and number, in one event.
    """
    before = len(archive.vault.journal.events())
    going = what_goes(archive.vault, told)
    gone = shred_testimony(archive.vault, told, archive.minji, archive.sora, TODAY)

    assert going == gone
    assert {"testimony", "review", "coding", "original", "file", "reply", "release-files"} <= set(gone.kinds)
    assert gone.kinds["coding"] == 2
    assert [e.type for e in archive.vault.journal.events()[before:]] == ["del"]


def test_it_takes_two_people_of_this_archive(archive: Archive, told: str) -> None:
    """
    R13: not one person twice, not under two names, and nobody whom the archive does not know.
    """
    stranger = Person("sora", SigningKey.generate())
    for second in (archive.minji, Person("sora", archive.minji.key), stranger):
        with pytest.raises(ShredRefused):
            shred_testimony(archive.vault, told, archive.minji, second, TODAY)
    assert archive.vault.testimony(told)


def test_only_a_custodian_decides_it(archive: Archive) -> None:
    """
    Where roles are given; who has none, or another, destroys nothing, and may be the second.
    """
    vault, told = archive.vault, archive.told()
    roles.take(vault, archive.minji, "sora", "custodian")
    with pytest.raises(roles.RoleRefused):
        shred_testimony(vault, told, archive.sora, archive.minji, TODAY)
    kept = vault.testimony(told).id
    shred_testimony(vault, told, archive.minji, archive.sora, TODAY)

    assert kept == told
    assert not vault.holds("testimony", told)


def test_the_decision_stays_signed_and_without_content(archive: Archive, told: str) -> None:
    """
    Both signatures can be checked, and it says nothing but which testimony, when and by whom.
    """
    shred_testimony(archive.vault, told, archive.minji, archive.sora, TODAY)
    row = archive.vault.json(KIND, told)

    assert set(row) == {"v", "day", "by"}
    for each, person in zip(row["by"], (archive.minji, archive.sora), strict=True):
        assert set(each) == {"name", "public", "signature"}
        key = VerifyKey.from_text(each["public"])
        assert key == person.key.public
        key.verify(bytes.fromhex(each["signature"]), message_of(told, row["day"]))


def test_what_was_destroyed_does_not_come_in_again(archive: Archive) -> None:
    """
    Its envelopes are recognised and acknowledged, also a file that comes only afterwards; none is opened.
    """
    envelope, row = seal_file(archive, b"a photo")
    late, late_row = seal_file(archive, b"a photo that was slow")
    sealed = statement(archive, files=[row, late_row])
    told = archive.take(envelope, sealed).taken[0]
    shred_testimony(archive.vault, told, archive.minji, archive.sora, TODAY)
    report = archive.take(sealed, envelope, late)

    assert (report.taken, report.files, report.quarantined, report.again) == ([], 0, [], 3)
    assert list(archive.vault.testimonies()) == []
    assert archive.vault.names("file") == []


def test_a_photo_that_another_testimony_lists_too_stays(archive: Archive) -> None:
    """
    What belongs to two is destroyed with the second.
    """
    envelope, row = seal_file(archive, b"a photo of two")
    told = archive.take(envelope, statement(archive, files=[row])).taken[0]
    other = archive.take(statement(archive, "또 한 말.", files=[row])).taken[0]
    shred_testimony(archive.vault, told, archive.minji, archive.sora, TODAY)
    assert archive.vault.holds("file", row["digest"])
    shred_testimony(archive.vault, other, archive.minji, archive.sora, TODAY)

    assert not archive.vault.holds("file", row["digest"])
    assert list(archive.vault.objects.folder.iterdir()) == []


def test_the_next_release_is_made_without_it_and_the_last_is_not_written_again(
    archive: Archive, told: str, tmp_path: Path
) -> None:
    """
    The last release's text went with it; what remains can be released.
    """
    shred_testimony(archive.vault, told, archive.minji, archive.sora, TODAY)
    with pytest.raises(releasing.ReleaseRefused):
        releasing.write(archive.vault, 1, tmp_path / "out", TODAY)
    releasing.draft(archive.vault, archive.minji)
    assert archive.sign_release().gone == (told,)
    releasing.write(archive.vault, 2, tmp_path / "out", TODAY)


def test_what_is_not_there_is_not_destroyed(archive: Archive) -> None:
    """
    A name that nobody bears is refused, and no event is written.
    """
    before = len(archive.vault.journal.events())
    with pytest.raises(UnknownRecord):
        shred_testimony(archive.vault, "0" * 16, archive.minji, archive.sora, TODAY)

    assert len(archive.vault.journal.events()) == before


def test_a_transcript_that_was_destroyed_is_not_imported_again(archive: Archive, tmp_path: Path) -> None:
    """
    Its file may still lie in the organisation's folder; the import says why it is not taken.
    """
    folder = tmp_path / "transcripts"
    folder.mkdir()
    (folder / "a.txt").write_text("무산에서 왔다.", "utf-8")
    [told] = import_texts(archive.vault, folder, TODAY).taken.values()
    shred_testimony(archive.vault, told, archive.minji, archive.sora, TODAY)
    report = import_texts(archive.vault, folder, TODAY)

    assert (report.taken, list(archive.vault.testimonies())) == ({}, [])
    assert "was destroyed" in report.refused["a.txt"]

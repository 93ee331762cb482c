"""A capsule comes in as a file: whole, cut, damaged, twice."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from archive.accession import accession_capsule, retry
from archive.quarantine import quarantined
from crypto.capsule import container
from crypto.capsule.telling import File, Telling, seal
from crypto.envelope import seal as seal_envelope
from crypto.errors import MalformedCapsule
from crypto.keycard import verify
from crypto.keys import IntakePublic
from tests.archive.test_commands import Terminal
from tests.people import ORIGIN, TEXT, TODAY, Archive

PHOTO = b"photo" * 40_000


@pytest.fixture
def recipient(archive: Archive) -> IntakePublic:
    note = (archive.vault.home / "notes" / "capsule.note").read_bytes()
    card = verify(note, origin=ORIGIN, root=archive.root, today=TODAY, kind="capsule")
    return card.current(TODAY)


@pytest.fixture
def carried(archive: Archive, recipient: IntakePublic, tmp_path: Path) -> Path:
    """A capsule with a photo and her words."""
    into = io.BytesIO()
    photo = File(io.BytesIO(PHOTO), len(PHOTO), "image/jpeg")
    seal(Telling(TEXT, "kor", [photo], ["keep"], "ko"), recipient, archive.root, into)
    (tmp_path / "photo-backup.bin").write_bytes(into.getvalue())
    return tmp_path / "photo-backup.bin"


def test_a_capsule_is_taken_in_from_its_file_and_only_once(archive: Archive, carried: Path) -> None:
    """
    Words, photo and consent are there; the same file again brings nothing new.
    """
    report = accession_capsule(archive.vault, carried, today=lambda: TODAY)
    again = accession_capsule(archive.vault, carried, today=lambda: TODAY)
    [told] = report.taken
    held = archive.vault.testimony(told)
    _, _, original = archive.vault.json("file", held.attachments[0].digest)

    assert (held.text, report.files, report.acknowledgement) == (TEXT, 1, b"")
    assert b"".join(archive.vault.kept("original", original)) == PHOTO
    assert (again.taken, again.again) == ([], 2)


def test_a_capsule_that_was_cut_gives_what_is_whole_and_the_rest_later(
    archive: Archive, carried: Path
) -> None:
    """
    The photo is kept and the missing statement is named; the whole file then brings it.
    """
    whole = carried.read_bytes()
    carried.write_bytes(whole[:-5_000])
    first = accession_capsule(archive.vault, carried, today=lambda: TODAY)
    carried.write_bytes(whole)
    second = accession_capsule(archive.vault, carried, today=lambda: TODAY)

    assert (first.files, first.taken, first.damaged) == (1, [], ("2",))
    assert (second.again, len(second.taken), second.damaged) == (1, 1, ())


def test_a_damaged_copy_never_keeps_a_good_one_out(archive: Archive, carried: Path) -> None:
    """
    What does not open waits in quarantine, once; the good copy has the same header, and is taken in.
    """
    whole = carried.read_bytes()
    carried.write_bytes(whole[:-100] + bytes([whole[-100] ^ 1]) + whole[-99:])
    reports = [accession_capsule(archive.vault, carried, today=lambda: TODAY) for _ in range(2)]
    carried.write_bytes(whole)
    good = accession_capsule(archive.vault, carried, today=lambda: TODAY)

    assert [len(report.quarantined) for report in reports] == [1, 0]
    assert len(quarantined(archive.vault)) == 1
    assert len(good.taken) == 1


def test_a_capsule_to_a_key_that_was_not_here_yet_is_opened_when_it_is(
    archive: Archive, carried: Path
) -> None:
    """
    A vault that was put back to before its last key keeps what it cannot open, and opens it later.
    """
    rows = archive.vault.every("intake-key")
    [name] = [name for name, row in rows.items() if row[0] == "capsule"]
    secret = archive.vault.secret(f"intake-{name}")
    archive.vault.shred("intake-key", name, "archive")
    report = accession_capsule(archive.vault, carried, today=lambda: TODAY)
    archive.vault.put_json("intake-key", name, rows[name])
    archive.vault.put_secret(f"intake-{name}", secret)

    assert len(report.quarantined) == 2
    assert len(retry(archive.vault, today=lambda: TODAY).taken) == 1
    assert quarantined(archive.vault) == []


def test_an_envelope_for_the_intake_does_not_open_as_a_capsule(
    archive: Archive, recipient: IntakePublic, tmp_path: Path
) -> None:
    """
    The key is right and the purpose is not: it waits in quarantine.
    """
    envelope = seal_envelope(b"{}", {"type": "statement", "v": 1}, [recipient])
    file = tmp_path / "x.bin"
    file.write_bytes(container.front(1) + container.before(len(envelope)) + envelope)

    assert len(accession_capsule(archive.vault, file, today=lambda: TODAY).quarantined) == 1


def test_what_is_no_capsule_is_refused_and_nothing_is_kept(archive: Archive, carried: Path) -> None:
    """
    A photograph by mistake: an error, and neither a record nor an event.
    """
    carried.write_bytes(b"\xff\xd8\xff" + carried.read_bytes())
    before = archive.vault.journal.head()
    with pytest.raises(MalformedCapsule):
        accession_capsule(archive.vault, carried, today=lambda: TODAY)

    assert archive.vault.journal.head() == before


def test_one_command_takes_a_bundle_or_a_capsule(archive: Archive, carried: Path) -> None:
    """
    `onggi archive accession` tells them apart, says what came, and what did not.
    """
    terminal = Terminal(archive.vault.home)
    assert "capsule: 1 testimonies, 1 files" in terminal.done("accession", str(carried))
    carried.write_bytes(carried.read_bytes()[:-5_000])
    cut = terminal.done("accession", str(carried))
    assert "1 here already" in cut
    assert "1 missing: the file was cut on its way" in cut
    assert not carried.with_name("ACKNOWLEDGEMENT").exists()
    carried.write_bytes(b"not one")
    assert "does not begin as a capsule does" in terminal("accession", str(carried)).output


def test_the_page_is_written_and_can_be_checked(archive: Archive, tmp_path: Path) -> None:
    """
    `onggi archive capsule` writes what a helper needs, and says the hash that is to be published.
    """
    said = Terminal(archive.vault.home).done("capsule", str(tmp_path / "stick"), "--lang", "en")

    names = {path.name for path in (tmp_path / "stick").iterdir()}
    assert names == {"album-en.html", "album-en.html.note", "capsule.note", "mandate.note", "root.pub"}
    assert said.splitlines()[-1].startswith("sha256 ")

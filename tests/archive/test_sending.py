"""The courier at the archive: the chain of bundles, what was acknowledged, what goes out."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archive import courier, keyring
from archive.accession import accession
from archive.commands.group import archive as onggi_archive
from crypto import bundle, frames, outgoing
from crypto.errors import MalformedBundle
from crypto.keys import SigningKey
from tests.crypto.test_frames import photographed, scanned
from tests.people import ORIGIN, PASSPHRASE, TODAY, Archive, publish, root_of, statement


def sent(archive: Archive, folder: Path) -> outgoing.Outgoing:
    courier.send(archive.vault, folder, TODAY)
    return outgoing.read(folder, origin=ORIGIN, desk=keyring.desk(archive.vault).public)


def held(archive: Archive, note: bytes) -> bundle.Acknowledgement:
    return bundle.read_acknowledgement(note, origin=ORIGIN, desk=keyring.desk(archive.vault).public)


def run(archive: Archive, *words: str) -> Result:
    home = ["--home", str(archive.vault.home)]
    return CliRunner().invoke(
        onggi_archive, [words[0], *home, *words[1:]], env={"ONGGI_PASSPHRASE": PASSPHRASE}
    )


def test_one_stick_carries_all_that_waits(archive: Archive, tmp_path: Path) -> None:
    """
    The root's notes as they are, the board when there is one, and what the archive holds of each bundle.
    """
    first, second = (archive.pack([statement(archive)]) for _ in range(2))
    for folder in (first, second):
        accession(archive.vault, folder, today=lambda: TODAY)
    (archive.vault.home / "outgoing").mkdir()
    (archive.vault.home / "outgoing" / "board").write_bytes(b"replies")
    found = sent(archive, tmp_path / "stick")
    notes = {path.name: path.read_bytes() for path in (archive.vault.home / "notes").iterdir()}

    assert {name: found.files[name] for name in notes} == notes
    assert {"keycard.note", "capsule.note", "mandate.note"} == set(notes)
    assert found.files["board"] == b"replies"
    told = [held(archive, found.files[f"acknowledgement-{number:06d}.note"]) for number in (1, 2)]
    assert [(each.number, each.hash, len(each.ids)) for each in told] == [
        (number, archive.packed[number - 1], 1) for number in (1, 2)
    ]


def test_sending_again_is_the_same_under_the_next_number(archive: Archive, tmp_path: Path) -> None:
    """
    A stick may be lost: the next one carries all of it again, and names the one before.
    """
    archive.told()
    one, two = (sent(archive, tmp_path / name) for name in ("one", "two"))

    assert dict(one.files) == dict(two.files)
    assert (one.number, two.number, two.previous) == (1, 2, one.hash)
    assert [event.objects for event in archive.vault.journal.events() if event.type == "exp"] == [
        ("outgoing:1",),
        ("outgoing:2",),
    ]


def test_only_the_newest_acknowledgements_go_again(archive: Archive, tmp_path: Path) -> None:
    """
    The last eight: what is older was deleted long ago, or was packed again and acknowledged since.
    """
    for _ in range(courier.SENT_AGAIN + 2):
        archive.take(statement(archive))
    names = [name for name in sent(archive, tmp_path / "stick").files if name.startswith("ack")]

    assert names == [f"acknowledgement-{number:06d}.note" for number in range(3, 11)]


def test_a_new_desk_signs_what_an_old_one_held(archive: Archive, tmp_path: Path) -> None:
    """
    An acknowledgement is signed when it leaves, so that it holds under the mandate that goes with it.
    """
    archive.told()
    root = root_of(archive)
    root.appoint(keyring.rotate_desk(archive.vault))
    with pytest.raises(keyring.KeyringError, match="keys publish"):
        sent(archive, tmp_path / "stick")  # nobody would believe it yet
    keyring.ask(archive.vault, TODAY)
    publish(archive.vault, root)
    found = sent(archive, tmp_path / "stick")

    assert len(held(archive, found.files["acknowledgement-000001.note"]).ids) == 1


def test_what_was_held_once_is_acknowledged_from_a_damaged_stick_too(
    archive: Archive, tmp_path: Path
) -> None:
    """
    Taken in whole, then read again with a bad part: the archive still holds it, and says so.
    """
    folder = archive.pack([statement(archive), statement(archive)])
    accession(archive.vault, folder, today=lambda: TODAY)
    bad = bundle.read(folder, archive.courier.public).entries[0].parts[0][0]
    (folder / bad).write_bytes(b"rotten")
    report = accession(archive.vault, folder, today=lambda: TODAY)

    assert (report.bad, len(report.damaged), report.place.again) == ((bad,), 1, True)
    assert len(held(archive, report.acknowledgement).ids) == 2


def test_a_replayed_bundle_and_a_twin_are_told(archive: Archive) -> None:
    """
    The same one again, and another one of its number, are different news; both are taken in.
    """
    first = archive.pack([statement(archive)], number=1)
    place = [accession(archive.vault, first, today=lambda: TODAY).place for _ in range(2)]
    twin = accession(archive.vault, archive.pack([statement(archive)], 1, bundle.FIRST), today=lambda: TODAY)

    assert [(each.again, each.twin, each.gap) for each in place] == [
        (False, False, False),
        (True, False, False),
    ]
    assert (twin.place.again, twin.place.twin, len(twin.taken)) == (False, True, 1)


def test_the_chain_is_checked_from_both_sides(archive: Archive) -> None:
    """
    A bundle that comes late must be the one that the next one named.
    """
    one, two, three = (archive.pack([statement(archive)]) for _ in range(3))
    take = [accession(archive.vault, folder, today=lambda: TODAY).place.gap for folder in (one, three, two)]
    other = archive.pack([statement(archive)], number=2, previous=archive.packed[0])

    assert take == [False, True, False]
    assert accession(archive.vault, other, today=lambda: TODAY).place.gap


def test_each_couriers_key_has_a_chain_of_its_own(archive: Archive, tmp_path: Path) -> None:
    """
    An intake that was set up anew begins with bundle 1, and is told nothing of another intake's bundles.
    """
    archive.told()
    archive.courier = SigningKey.generate()
    keyring.trust_courier(archive.vault, archive.courier.public)
    nothing = [name for name in sent(archive, tmp_path / "one").files if name.startswith("ack")]
    folder = archive.pack([statement(archive)], number=1, previous=bundle.FIRST)
    report = accession(archive.vault, folder, today=lambda: TODAY)
    found = sent(archive, tmp_path / "two")

    assert nothing == []
    assert report.place == courier.NEW
    assert held(archive, found.files["acknowledgement-000001.note"]).hash == archive.packed[-1]


def test_a_stick_that_cannot_be_written_takes_no_number(archive: Archive, tmp_path: Path) -> None:
    """
    The intake's own bundle is not written over, and the chain does not go on.
    """
    folder = archive.pack([statement(archive)])
    with pytest.raises(MalformedBundle, match="another bundle"):
        courier.send(archive.vault, folder, TODAY)

    assert bundle.read(folder, archive.courier.public).damaged == ()
    assert sent(archive, tmp_path / "stick").number == 1


def test_the_commands_say_what_went_and_what_lay_beside_it(archive: Archive, tmp_path: Path) -> None:
    """
    Foreign files are counted, bad parts are named, and the acknowledgement can be had again.
    """
    folder = archive.pack([statement(archive), statement(archive)])
    (folder / "autorun.inf").write_text("")
    bad = bundle.read(folder, archive.courier.public).entries[0].parts[0][0]
    (folder / bad).write_bytes(b"rotten")
    archive.vault.close()
    taken = run(archive, "accession", str(folder))
    again = run(archive, "acknowledgement")
    gone = run(archive, "send", str(tmp_path / "stick"))

    assert "1 files that the intake did not pack lie on the stick; not opened" in taken.output
    assert f"  bad on the stick: {bad}\n" in taken.output
    assert again.output.encode() == (folder / "ACKNOWLEDGEMENT").read_bytes()
    assert "sent 1: acknowledgement-000001.note, album-en.html, album-en.html.note, " in gone.output
    assert "capsule.note, keycard.note, mandate.note\n" in gone.output
    assert "came before" in run(archive, "accession", str(folder)).output
    assert run(archive, "acknowledgement", "7").exit_code == 1


def test_a_phone_carries_the_acknowledgement(archive: Archive) -> None:
    """
    What the command shows is read by a phone, code after code, and is the signed note.
    """
    folder = archive.pack([statement(archive) for _ in range(9)])
    archive.vault.close()
    told = run(archive, "accession", "--qr", str(folder)).output
    screens = re.split(r"^code \d+ of \d+\n", told, flags=re.MULTILINE)[1:]
    seen = [scanned(photographed(screen.rstrip("\n").split("\n"))) for screen in screens]
    note = (folder / "ACKNOWLEDGEMENT").read_bytes()

    assert len(seen) > 1
    assert frames.join("\n".join(reversed(seen)).encode()) == [note]
    assert run(archive, "acknowledgement", "1", "--qr").output in told


def test_a_note_that_cannot_be_read_keeps_nothing_else_back(archive: Archive, tmp_path: Path) -> None:
    """
    The rest goes, the one is named, and the command fails so that somebody looks.
    """
    archive.told()
    for name in ("capsule.note", "root-rotation.note"):
        (archive.vault.home / "notes" / name).unlink(missing_ok=True)
        (archive.vault.home / "notes" / name).mkdir()
    ran = run(archive, "send", str(tmp_path / "stick"))
    found = sent(archive, tmp_path / "other")

    assert ran.exit_code == 1
    assert "cannot be read here: capsule.note" in ran.output
    assert "cannot be read here: root-rotation.note" in ran.output
    assert {"keycard.note", "mandate.note", "acknowledgement-000001.note"} <= found.files.keys()
    (archive.vault.home / "notes" / "capsule.note").rmdir()
    (archive.vault.home / "notes" / "root-rotation.note").rmdir()
    (archive.vault.home / "notes" / "capsule.note").write_bytes(b"spilt")
    assert run(archive, "send", str(tmp_path / "third")).exit_code == 0


def test_an_archive_without_notes_has_nothing_to_send(archive: Archive, tmp_path: Path) -> None:
    """
    It says which command comes first, and writes no empty stick.
    """
    shutil.rmtree(archive.vault.home / "notes")
    with pytest.raises(keyring.KeyringError, match="keys publish"):
        courier.send(archive.vault, tmp_path / "stick", TODAY)

    assert not os.path.lexists(tmp_path / "stick")

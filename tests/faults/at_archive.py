"""The archive's operations: accession, shredding, release, what is sent, backup and restore."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from click.testing import CliRunner, Result

from archive import keyring, locks, releasing, review
from archive.accession import attachment_state
from archive.commands.group import archive as onggi
from archive.keeping.backup import back_up
from archive.keeping.boxes import Boxes
from archive.keeping.check import verify
from archive.keeping.keyring import Shut
from archive.keeping.restore import Backup, restore
from archive.release import NOTE
from archive.release import verify as verify_release
from archive.releasing import ReleaseRefused
from archive.store import UnknownRecord
from archive.vault import Vault
from crypto import bundle, outgoing
from crypto.stick import MANIFEST
from tests.faults.operations import Case
from tests.faults.points import Run
from tests.people import (
    MINJIS,
    ORIGIN,
    PASSPHRASE,
    SORAS,
    TODAY,
    Archive,
    open_archive,
    seal_file,
    statement,
)

PHOTO: Final = bytes(range(256)) * 1200
FIRST, SECOND = "혜숙이는 강을 건넜다.", "강가에서 기다렸다."
PHRASES: Final = {
    "ONGGI_PASSPHRASE": PASSPHRASE,
    "ONGGI_PERSON_PASSPHRASE": MINJIS,
    "ONGGI_SECOND_PASSPHRASE": SORAS,
}


def accession(founded: Path, folder: Path) -> Case:
    """A bundle of a photo, the statement that lists it, another statement, and what nobody can open."""
    with _archive(founded, folder) as archive:
        photo, row = seal_file(archive, PHOTO)
        told = [statement(archive, FIRST, files=[row]), statement(archive, SECOND)]
        archive.pack([photo, *told, b"?" * 9000]).rename(folder / "stick")
        courier, desk = archive.courier.public, keyring.desk(archive.vault).public
    ids = {entry.id for entry in bundle.read(folder / "stick", courier).entries}

    def check(copy: Path, _: Run) -> None:
        acknowledged = copy / "stick" / bundle.ACKNOWLEDGEMENT
        with _vault(copy) as vault:
            _require_well(vault)
            if acknowledged.exists():
                _require_taken(vault)
        again = _run(copy, "accession", copy / "stick")
        assert again.exit_code == 0, again.output
        note = bundle.read_acknowledgement(acknowledged.read_bytes(), origin=ORIGIN, desk=desk)
        assert set(note.ids) == ids
        with _vault(copy) as vault:
            _require_well(vault)
            _require_taken(vault)

    return Case(lambda copy: _onggi(copy, "accession", copy / "stick"), check)


def _require_taken(vault: Vault) -> None:
    """All of the bundle is here, once."""
    told = {each.text: each for each in vault.read_testimonies()}
    assert sorted(told) == sorted((FIRST, SECOND))
    assert len(vault.names("testimony")) == 2
    [photo] = told[FIRST].attachments
    assert attachment_state(vault, photo) == "here"
    assert b"".join(vault.kept("original", vault.json("file", photo.digest)[2])) == PHOTO
    [waiting] = vault.names("quarantine")
    assert (vault.home / "quarantine" / waiting).read_bytes() == b"?" * 9000
    assert [event.type for event in vault.journal.events()].count("acc") == 2


def shred(founded: Path, folder: Path) -> Case:
    """Two people destroy one of two testimonies, with its photo."""
    with _archive(founded, folder) as archive:
        photo, row = seal_file(archive, PHOTO)
        [gone] = archive.take(photo, statement(archive, FIRST, files=[row])).taken
        kept = archive.told(SECOND)

    words = ("shred", gone, "--as", "minji", "--with", "sora", "--yes")

    def check(copy: Path, done: Run) -> None:
        with _vault(copy) as vault:
            _require_well(vault)
            told = {each.id: each.text for each in vault.read_testimonies()}
            destroyed = gone not in told
            if not destroyed:
                _require_photo(vault, gone)
            assert destroyed or "destroyed" not in done.said
            assert destroyed == _is_journalled(vault, gone)
            assert [kind for kind, _ in vault.store.under(gone)] == ["destroyed"] or not destroyed
        if not destroyed:
            again = _run(copy, *words)
            assert again.exit_code == 0, again.output
        with _vault(copy) as vault:
            assert {each.id: each.text for each in vault.read_testimonies()} == {kept: SECOND}
            with suppress(UnknownRecord):
                raise AssertionError(vault.testimony(gone))
            _require_well(vault)

    return Case(lambda copy: _onggi(copy, *words), check)


def _require_photo(vault: Vault, told: str) -> None:
    [photo] = vault.testimony(told).attachments
    assert b"".join(vault.kept("original", vault.json("file", photo.digest)[2])) == PHOTO


def _is_journalled(vault: Vault, gone: str) -> bool:
    return any(e.type == "del" and f"testimony:{gone}" in e.objects for e in vault.journal.events())


def draft(founded: Path, folder: Path) -> Case:
    """One person drafts a release of two testimonies."""
    with _archive(founded, folder) as archive:
        told = _approved(archive)

    words = ("release", "draft", "--as", "minji")

    def check(copy: Path, done: Run) -> None:
        with _vault(copy) as vault:
            _require_well(vault)
            assert not vault.names("release")
            drafted = vault.holds("draft", "release")
            assert drafted or "draft of release" not in done.said
            if drafted:
                assert set(releasing.drafted(vault).ids) == told
        again = _run(copy, *words)
        assert again.exit_code == 0, again.output
        with _vault(copy) as vault:
            assert set(releasing.drafted(vault).ids) == told

    return Case(lambda copy: _onggi(copy, *words), check)


def release(founded: Path, folder: Path) -> Case:
    """A second person signs the draft, and it is written to a folder."""
    with _archive(founded, folder) as archive:
        told, root = _approved(archive), archive.root
        drafted = releasing.draft(archive.vault, archive.minji).digest

    def sign(copy: Path, into: str) -> tuple[str | Path, ...]:
        return ("release", "sign", "--as", "sora", "--draft", drafted, copy / into)

    def check(copy: Path, _: Run) -> None:
        with _vault(copy) as vault:
            _require_well(vault)
            signed = vault.names("release")
            # The draft waits, or it is out with all that belongs to it: never both, or neither.
            assert bool(signed) != vault.holds("draft", "release")
            assert releasing.released(vault) == (told if signed else set())
            events = [event.type for event in vault.journal.events() if "release:1" in event.objects]
            assert events.count("dsg") == len(signed), events
            assert signed or not (copy / "out" / NOTE).exists()
        if (copy / "out" / NOTE).exists():
            assert len(verify_release(copy / "out", root, ORIGIN, TODAY).testimonies) == 2
        words = ("release", "write", "1", copy / "again") if signed else sign(copy, "again")
        again = _run(copy, *words, phrase=SORAS)
        assert again.exit_code == 0, again.output
        assert len(verify_release(copy / "again", root, ORIGIN, TODAY).testimonies) == 2
        with _vault(copy) as vault:
            assert releasing.released(vault) == told
            with suppress(ReleaseRefused):
                raise AssertionError(releasing.drafted(vault))

    return Case(lambda copy: _onggi(copy, *sign(copy, "out"), phrase=SORAS), check)


def _approved(archive: Archive) -> set[str]:
    told = {archive.told(FIRST), archive.told(SECOND)}
    for each in told:
        review.propose(archive.vault, archive.minji, each, [])
        archive.approve(each)
    archive.show_what_is_left()
    return told


def send(founded: Path, folder: Path) -> Case:
    """What waits for the intake is written onto the courier's stick."""
    with _archive(founded, folder) as archive:
        archive.told(FIRST)
        desk = keyring.desk(archive.vault).public

    def check(copy: Path, _: Run) -> None:
        if not (copy / "stick" / MANIFEST).exists():
            again = _run(copy, "send", copy / "stick")
            assert again.exit_code == 0, again.output
        found = outgoing.read(copy / "stick", origin=ORIGIN, desk=desk)
        assert not found.damaged
        assert outgoing.acknowledgement_name(1) in found.files
        with _vault(copy) as vault:
            assert vault.json("setting", "sent") == [found.number, found.hash]
            _require_well(vault)

    return Case(lambda copy: _onggi(copy, "send", copy / "stick"), check)


def backup(founded: Path, folder: Path) -> Case:
    """A second backup, after another testimony came: the first one stays good until the second one is."""
    with _archive(founded, folder) as archive:
        before = {archive.told(FIRST)}
        back_up(archive.vault, folder / "boxes", folder / "keyring", TODAY)
        photo, row = seal_file(archive, PHOTO)
        after = before | set(archive.take(photo, statement(archive, SECOND, files=[row])).taken)

    def words(copy: Path) -> tuple[str | Path, ...]:
        return ("backup", copy / "boxes", "--keyring", copy / "keyring")

    def check(copy: Path, done: Run) -> None:
        told = _restored(copy, "kept")
        assert told == after or (told == before and "wrote" not in done.said)
        again = _run(copy, *words(copy))
        assert again.exit_code == 0, again.output
        assert _restored(copy, "again") == after
        with _vault(copy) as vault:
            assert set(vault.testimonies()) == after
            _require_well(vault)

    return Case(lambda copy: _onggi(copy, *words(copy)), check)


def verification(founded: Path, folder: Path) -> Case:
    """The whole vault is looked through, which harms nothing."""
    with _archive(founded, folder) as archive:
        photo, row = seal_file(archive, PHOTO)
        told = set(archive.take(photo, statement(archive, FIRST, files=[row])).taken)

    def check(copy: Path, done: Run) -> None:
        with _vault(copy) as vault:
            _require_well(vault)
            assert set(vault.testimonies()) == told

    return Case(lambda copy: _onggi(copy, "verify"), check)


def restoring(founded: Path, folder: Path) -> Case:
    """A vault is made again from its backup: it is there only when all of it is."""
    with _archive(founded, folder) as archive:
        photo, row = seal_file(archive, PHOTO)
        told = set(
            archive.take(photo, statement(archive, FIRST, files=[row]), statement(archive, SECOND)).taken
        )
        back_up(archive.vault, folder / "boxes", folder / "keyring", TODAY)

    def words(copy: Path) -> tuple[str | Path, ...]:
        return ("restore", copy / "boxes", "--keyring", copy / "keyring")

    def check(copy: Path, done: Run) -> None:
        home, made = copy / "made", (copy / "made" / "vault.db").exists()
        if made:
            with _vault(copy, "made") as vault:
                _require_well(vault)
                assert set(vault.testimonies()) == told
        finished = made and not (home / "restoring").exists()
        assert finished or "restored" not in done.said
        if not finished:
            again = _run(copy, *words(copy), home="made")
            assert again.exit_code == 0, again.output
        with _vault(copy, "made") as vault:
            assert set(vault.testimonies()) == told
            _require_well(vault)
        assert not (home / "restoring").exists()

    return Case(lambda copy: _onggi(copy, *words(copy), home="made"), check)


def _restored(copy: Path, into: str) -> set[str]:
    """The testimonies in the backup that lies in *copy* now."""
    key = locks.unlock(copy / "archive", "vault", PASSPHRASE)
    made = Backup(Boxes(copy / "boxes"), Shut.read(copy / "keyring"), key)
    assert restore(made, copy / into).lost == []
    with _vault(copy, into) as vault:
        _require_well(vault)
        return set(vault.testimonies())


def _require_well(vault: Vault) -> None:
    found = verify(vault)
    assert found.problems == [], found.problems


@contextmanager
def _archive(founded: Path, folder: Path) -> Iterator[Archive]:
    archive = open_archive(founded, folder)
    try:
        yield archive
    finally:
        archive.vault.close()


def _vault(copy: Path, home: str = "archive") -> Vault:
    return Vault.open(copy / home, PASSPHRASE)


def _words(copy: Path, words: tuple[str | Path, ...], home: str) -> list[str]:
    # `release` is a group: the home belongs to the command in it.
    at = 2 if words[0] == "release" else 1
    return [*map(str, words[:at]), "--home", str(copy / home), *map(str, words[at:])]


def _onggi(copy: Path, *words: str | Path, home: str = "archive", phrase: str = MINJIS) -> None:
    os.environ.update(PHRASES | {"ONGGI_PERSON_PASSPHRASE": phrase})
    onggi(_words(copy, words, home))


def _run(copy: Path, *words: str | Path, home: str = "archive", phrase: str = MINJIS) -> Result:
    phrases = PHRASES | {"ONGGI_PERSON_PASSPHRASE": phrase}
    return CliRunner().invoke(onggi, _words(copy, words, home), env=phrases)

"""R7 across the air gap: what she took back is in no byte of any of three machines, nor opens anywhere."""

from __future__ import annotations

import io
import json
import secrets
import shutil
import tempfile
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive import courier, keyring, notices, releasing, replies, review
from archive.accession import accession
from archive.keeping.withdrawing import destroy
from archive.search.index import Index
from archive.vault import Vault
from crypto.envelope import unseal
from crypto.errors import EnvelopeError
from crypto.keys import SigningKey
from crypto.receipt import Receipt
from crypto.resume import erasure
from server.intake.commands import intake
from server.intake.config import IntakeConfig
from server.intake.deposits import Deposits
from server.intake.site import open_deposits
from server.research import shelf
from server.research.config import ResearchConfig
from tests.archive.keeping.media import Media
from tests.archive.keeping.test_shredding import PLANTED, all_of, forms, opened_by, opened_by_backup
from tests.archive.test_standing import WRITE, withdraws
from tests.people import ORIGIN, TODAY, Archive, seal_file, statement

ANOTHER = "다른 사람이 남긴 말"


def opened_at_the_intake(home: Path, vault: Vault) -> bytes:
    """What opens, with every key of the archive, of what waits in the intake at *home*."""
    deposits, found = open_deposits(IntakeConfig.read(home)), list[bytes]()
    for name in deposits.waiting():
        into = io.BytesIO()
        deposits.copy(name, into)
        for purpose, key in keyring.intake_secrets(vault).values():
            try:
                found.append(unseal(into.getvalue(), key, purpose)[1])
            except EnvelopeError:
                continue
    deposits.close()
    return b"\n".join(found)


@dataclass
class Machines:
    """The intake, the archive with its backup, and the reading room: a folder for each, and the sticks."""

    archive: Archive
    media: Media
    home: Path
    room: ResearchConfig
    sticks: Path
    temporary: Path

    def deposits(self) -> Deposits:
        return open_deposits(IntakeConfig.read(self.home))

    def deposit(self, envelope: bytes, token: bytes) -> None:
        deposits, name = self.deposits(), secrets.token_hex(16)
        deposits.begin(name, len(envelope), erasure(token, 0))
        for offset in deposits.offsets(len(envelope)):
            deposits.put(name, offset, envelope[offset : offset + deposits.part_size])
        deposits.complete(name)
        deposits.close()

    def onggi(self, *words: str) -> str:
        ran = CliRunner().invoke(intake, [words[0], "--home", str(self.home), *words[1:]])
        assert ran.exit_code == 0, ran.output
        return ran.output

    def carry(self) -> None:
        """The courier's round: to the archive, and its word back, by which the intake deletes."""
        stick, back = (self.sticks / secrets.token_hex(4) for _ in range(2))
        self.onggi("pack", str(stick))
        accession(self.archive.vault, stick, today=lambda: TODAY)
        courier.send(self.archive.vault, back, TODAY)
        self.onggi("receive", str(back))
        shutil.rmtree(stick)

    def at_the_intake(self) -> bytes:
        return opened_at_the_intake(self.home, self.archive.vault)

    def at_the_room(self) -> bytes:
        """What the room shows, and what its index holds."""
        reading = shelf.Shelf(self.room).reading()
        assert isinstance(reading.index, Index)
        return "\n".join(s.text for t in reading.testimonies.values() for s in t.segments).encode()

    def every_byte(self) -> bytes:
        folders = (self.home, self.archive.vault.home, self.media.boxes, self.room.home, self.temporary)
        return all_of(*folders) + self.media.keyring.read_bytes()


@pytest.fixture
def machines(archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machines:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    room = ResearchConfig(tmp_path / "room", ORIGIN, archive.root)
    room.write()
    media = Media(archive, tmp_path / "boxes", tmp_path / "keyring")
    made = Machines(archive, media, tmp_path / "intake", room, tmp_path / "sticks", tmp_path / "temporary")
    notes = str(archive.vault.home / "notes")
    made.onggi("init", "--origin", ORIGIN, "--root", archive.root.to_text(), "--notes", notes)
    key = SigningKey.from_text((made.home / "courier.key").read_text())
    keyring.trust_courier(archive.vault, key.public)
    return made


def test_none_of_twenty_strings_is_left_on_any_machine(machines: Machines) -> None:
    """
    R6, R7, R14: words in NFC and a file in NFD, marked, answered, released and shown, and a second telling
    that still waits at the intake. Each machine holds them before, by the same search; none holds them after.
    """
    decomposed = unicodedata.normalize("NFD", "\n".join(PLANTED)).encode()
    archive, vault, hers, token = machines.archive, machines.archive.vault, Receipt.generate(), bytes(32)
    envelope, row = seal_file(archive, decomposed, "text/plain")
    for sealed in (envelope, statement(archive, "\n".join(PLANTED), receipt=hers, files=[row], grants=WRITE)):
        machines.deposit(sealed, token)
    machines.deposit(statement(archive, ANOTHER), bytes(31) + b"1")
    assert forms(machines.at_the_intake()) == set(PLANTED)
    machines.carry()
    told = list(vault.testimonies())
    for each in told:
        review.propose(vault, archive.minji, each, [])
        archive.approve(each)
    [mine] = [each for each in told if PLANTED[0] in vault.testimony(each).text]
    replies.write(vault, archive.minji, mine, f"{PLANTED[1]}", "kor", TODAY)
    archive.show_what_is_left()
    releasing.draft(vault, archive.minji)
    releasing.write(vault, archive.sign_release().number, machines.sticks / "one", TODAY)
    shelf.publish(machines.room, machines.sticks / "one", TODAY)
    shutil.rmtree(machines.sticks / "one")
    machines.media.back_up()
    machines.deposit(statement(archive, "\n".join(PLANTED), receipt=hers, seq=1), token)
    for view in (machines.at_the_intake(), opened_by(vault), opened_by_backup(machines.media)):
        assert forms(view) == set(PLANTED)
    assert forms(machines.at_the_room()) == forms(machines.every_byte()) == set(PLANTED)

    deposits = machines.deposits()
    deposits.erase([token])
    deposits.close()
    machines.deposit(withdraws(archive, hers, 2), token)
    machines.carry()
    destroy(vault, archive.minji, TODAY)
    machines.media.back_up()
    notices.write(vault, machines.sticks / "notice", TODAY)
    shelf.withdraw(machines.room, machines.sticks / "notice", TODAY)

    for view in (
        machines.at_the_intake(),
        opened_by(vault),
        opened_by_backup(machines.media),
        machines.at_the_room(),
        machines.every_byte(),
        all_of(machines.sticks / "notice"),
        json.dumps([vars(each) for each in vault.journal.events()], ensure_ascii=False).encode(),
    ):
        assert forms(view) == set()
    assert ANOTHER.encode() in machines.at_the_room()
    assert len(list(vault.testimonies())) == 1

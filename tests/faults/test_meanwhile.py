"""Two at once, and sticks that go half-way: each thing arrives once, and who is in the way is told so."""

from __future__ import annotations

import io
import multiprocessing
import secrets
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from archive import locks
from archive.accession import UNDER_WAY, AccessionUnderWay, accession
from archive.vault import Vault
from crypto import bundle
from server.intake import courier
from server.intake.config import IntakeConfig
from server.intake.courier import CourierError
from server.intake.deposits import Deposits
from server.intake.shelf import Shelf
from server.intake.site import open_deposits
from tests.people import ORIGIN, PASSPHRASE, TODAY, Archive, statement
from tests.server.intake.shelves import left
from tests.server.intake.test_courier import OFFICE, courier_of, deposit, run

WORDS = [f"{number}째 말" for number in range(8)]
BUSY = 3


def take_in(home: Path, key: bytes, stick: Path, start: Barrier) -> None:
    """What one of two processes does."""
    with Vault.open_with_key(home, key) as vault:
        start.wait()
        try:
            accession(vault, stick, today=lambda: TODAY)
        except AccessionUnderWay:
            sys.exit(BUSY)


def test_two_accessions_at_once_take_nothing_twice(archive: Archive) -> None:
    """
    One works, the other is told to wait; nothing is doubled, and nothing lies in quarantine for it.
    """
    stick = archive.pack([statement(archive, each) for each in WORDS])
    home = archive.vault.home
    key = locks.unlock(home, "vault", PASSPHRASE)
    archive.vault.close()
    context = multiprocessing.get_context("forkserver")
    start = context.Barrier(2)
    both = [context.Process(target=take_in, args=(home, key, stick, start)) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join(300)

    assert {each.exitcode for each in both} <= {0, BUSY}
    with Vault.open_with_key(home, key) as vault:
        assert accession(vault, stick, today=lambda: TODAY).again == len(WORDS)
        assert sorted(told.text for told in vault.read_testimonies()) == WORDS
        assert vault.names("quarantine") == []
        assert [event.type for event in vault.journal.events()].count("acc") == len(WORDS)


def test_whoever_comes_while_another_takes_in_is_told_to_wait(archive: Archive) -> None:
    """
    The second one changes nothing, and is right to come again.
    """
    stick = archive.pack([statement(archive, each) for each in WORDS[:2]])
    refused: list[str] = []

    def meanwhile(done: int, all: int) -> None:
        with pytest.raises(AccessionUnderWay) as told:
            accession(archive.vault, stick, today=lambda: TODAY)
        refused.append(str(told.value))

    taken = accession(archive.vault, stick, today=lambda: TODAY, progress=meanwhile).taken
    assert (len(taken), refused) == (2, [UNDER_WAY] * 2)
    assert accession(archive.vault, stick, today=lambda: TODAY).again == 2


def test_bundles_that_overlap_bring_each_testimony_once(archive: Archive) -> None:
    """
    In either order, and again: each acknowledgement names all of its own bundle.
    """
    folder = archive.sticks
    folder.mkdir()
    envelopes = []
    for each in WORDS[:3]:
        (folder / each).write_bytes(statement(archive, each))
        envelopes.append((secrets.token_hex(16), folder / each))
    first, second = folder / "first", folder / "second"
    key = archive.courier
    before = bundle.write(first, number=1, previous=bundle.FIRST, envelopes=envelopes[:2], courier=key)
    bundle.write(second, number=2, previous=before, envelopes=envelopes[1:], courier=key)
    reports = [accession(archive.vault, stick, today=lambda: TODAY) for stick in (second, first, second)]

    assert [(len(each.taken), each.again) for each in reports] == [(2, 0), (1, 1), (0, 2)]
    assert sorted(told.text for told in archive.vault.read_testimonies()) == WORDS[:3]
    names = {id for id, _ in envelopes}
    acknowledged = [
        {line[3:] for line in each.acknowledgement.decode().split("\n") if line[:3] == "ok "}
        for each in reports
    ]
    assert acknowledged[0] | acknowledged[1] == names
    assert acknowledged[2] == acknowledged[0]


def test_two_couriers_with_the_same_deposits_delete_each_once(home: Path, tmp_path: Path) -> None:
    """
    What two bundles hold goes at the first word for it; the second finds nothing left and is no error.
    """
    names = [deposit(home, words) for words in ("one", "two")]
    run(home, "pack", str(tmp_path / "a"))
    names.append(deposit(home, "three"))
    run(home, "pack", str(tmp_path / "b"))
    told = []
    for stick in ("b", "a"):
        found = bundle.read(tmp_path / stick, courier_of(home))
        ids = [entry.id for entry in found.entries]
        note = bundle.acknowledge(found.number, found.hash, ids, origin=ORIGIN, desk=OFFICE.desk)
        (tmp_path / "note").write_bytes(note)
        told.append(run(home, "acknowledge", str(tmp_path / "note")))

    assert [each.output.split()[1] for each in told] == ["3", "0"]
    assert left(home) == []


def test_two_who_pack_at_once_never_have_the_same_number(home: Path, tmp_path: Path) -> None:
    """
    One bundle counts; whoever was second is told, and what she packs then follows it.
    """
    names = {deposit(home, words) for words in ("one", "two", "three")}
    config, key = IntakeConfig.read(home), OFFICE.one

    def pack(into: str) -> int:
        with closing(open_deposits(config)) as deposits:
            try:
                return courier.pack(deposits, key, tmp_path / into, home / "packing").number
            except (CourierError, OSError):
                return 0

    with ThreadPoolExecutor(2) as both:
        packed = list(both.map(pack, ("a", "b")))

    assert sorted(packed) in ([0, 1], [1, 2], [0, 0])
    last = pack("c")
    assert last == max(packed) + 1
    assert {entry.id for entry in bundle.read(tmp_path / "c", key.public).entries} == names


def test_a_stick_that_is_pulled_out_of_the_archive_gives_the_rest_next_time(archive: Archive) -> None:
    """
    What was read till then is in and acknowledged; nothing else is, and put in again it brings the rest.
    """
    stick = archive.pack([statement(archive, each) for each in WORDS])
    away = stick.with_name("away")

    def pull(done: int, all: int) -> None:
        if done == 3:
            stick.rename(away)

    half = accession(archive.vault, stick, today=lambda: TODAY, progress=pull)
    away.rename(stick)
    rest = accession(archive.vault, stick, today=lambda: TODAY)

    assert (len(half.taken), len(half.damaged)) == (3, 5)
    assert half.acknowledgement.count(b"\nok ") == 3
    assert (len(rest.taken), rest.again, rest.damaged) == (5, 3, ())
    assert sorted(told.text for told in archive.vault.read_testimonies()) == WORDS


class Pulled:
    """A shelf from whose second reading on the stick is gone."""

    def __init__(self, shelf: Shelf, stick: Path) -> None:
        self._shelf, self._stick, self._read = shelf, stick, 0
        self.put, self.remove, self.names = shelf.put, shelf.remove, shelf.names
        self.room, self.claim, self.close = shelf.room, shelf.claim, shelf.close

    def read(self, deposit: str, number: int) -> bytes:
        self._read += 1
        if self._read == 2:
            self._stick.rename(self._stick.with_name("away"))
        return self._shelf.read(deposit, number)


def test_a_stick_that_is_pulled_out_of_the_intake_is_no_bundle(home: Path, tmp_path: Path) -> None:
    """
    It is said, no folder of its name fills the intake's own disk, and put in again it becomes whole.
    """
    names, stick = {deposit(home, words) for words in ("one", "two", "three")}, tmp_path / "stick"
    key = OFFICE.one
    with closing(open_deposits(IntakeConfig.read(home))) as deposits:
        pulled: Deposits = replace(deposits, shelf=Pulled(deposits.shelf, stick))
        with pytest.raises(OSError, match="No such file"):
            courier.pack(pulled, key, stick, home / "packing")
        assert not stick.exists()
        assert list(deposits.waiting())
        (tmp_path / "away").rename(stick)
        assert courier.pack(deposits, key, stick, home / "packing").number == 1
        found = bundle.read(stick, key.public)
        found.copy(found.entries[0].id, io.BytesIO())

    assert {entry.id for entry in found.entries} == names

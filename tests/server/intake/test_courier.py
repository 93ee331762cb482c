"""The courier's two visits, through the commands that a courier types."""

from __future__ import annotations

import dataclasses
import io
import re
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import delete, update

from crypto import bundle
from crypto import mandate as mandates
from crypto.envelope import seal, unseal
from crypto.keys import IntakeSecret, SigningKey, VerifyKey
from server.intake import courier
from server.intake.commands import intake
from server.intake.config import IntakeConfig
from server.intake.deposits import Deposits
from server.intake.site import open_deposits
from server.intake.tables import BundleRow, DepositRow, connect
from tests.people import ORIGIN, TODAY, Office
from tests.server.intake.sealed import begun
from tests.server.intake.shelves import Places, left

OFFICE = Office()
ROOT = OFFICE.root
INIT = ["init", "--origin", ORIGIN, "--root", ROOT.public.to_text(), "--notes"]
KEY = IntakeSecret.generate()


def run(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(intake, [arguments[0], "--home", str(home), *arguments[1:]])


@pytest.fixture
def home(places: Places, tmp_path: Path) -> Path:
    notes = OFFICE.notes(tmp_path / "notes", KEY.public)
    made = run(tmp_path / "home", *INIT, str(notes))
    assert made.exit_code == 0, made.output
    return tmp_path / "home"


def courier_of(home: Path) -> VerifyKey:
    return SigningKey.from_text((home / "courier.key").read_text()).public


def deposit(home: Path, words: str) -> str:
    deposits: Deposits = open_deposits(IntakeConfig.read(home))
    sealed = seal(words.encode(), {}, [KEY.public])
    name = begun(deposits, len(sealed))
    deposits.put(name, 0, sealed)
    deposits.complete(name)
    deposits.close()
    return name


def deposits_of(home: Path) -> set[str]:
    deposits = open_deposits(IntakeConfig.read(home))
    waiting = set(deposits.waiting())
    deposits.close()
    return waiting


def test_what_was_deposited_is_what_the_archive_opens(home: Path, tmp_path: Path) -> None:
    """
    From the shelf through the bundle, byte for byte.
    """
    name = deposit(home, "강을 건넜다")
    packed = run(home, "pack", str(tmp_path / "stick"))
    into = io.BytesIO()
    bundle.read(tmp_path / "stick", courier_of(home)).copy(name, into)

    assert packed.exit_code == 0
    assert unseal(into.getvalue(), KEY) == ({}, "강을 건넜다".encode())
    assert not (home / "packing").exists()


def test_only_what_the_archive_acknowledges_is_deleted(home: Path, tmp_path: Path) -> None:
    """
    The intake keeps everything until the archive's signed word, and then nothing of it.
    """
    held, lost = deposit(home, "one"), deposit(home, "two")
    run(home, "pack", str(tmp_path / "stick"))
    packed = bundle.read(tmp_path / "stick", courier_of(home))
    (tmp_path / "ack").write_bytes(
        bundle.acknowledge(1, packed.hash, [held], origin=ORIGIN, desk=OFFICE.desk)
    )
    told = run(home, "acknowledge", str(tmp_path / "ack"))

    assert "deleted 1 deposits" in told.output
    assert left(home) == [lost]


def test_a_forged_or_misdirected_acknowledgement_deletes_nothing(home: Path, tmp_path: Path) -> None:
    """
    Neither a stranger's signature nor another intake's bundle is a reason to delete.
    """
    name = deposit(home, "one")
    run(home, "pack", str(tmp_path / "stick"))
    packed = bundle.read(tmp_path / "stick", courier_of(home))
    forged = bundle.acknowledge(1, packed.hash, [name], origin=ORIGIN, desk=SigningKey.generate())
    misdirected = bundle.acknowledge(1, "0" * 64, [name], origin=ORIGIN, desk=OFFICE.desk)
    for note in (forged, misdirected, b"not a note"):
        (tmp_path / "ack").write_bytes(note)
        assert run(home, "acknowledge", str(tmp_path / "ack")).exit_code == 1

    assert left(home) == [name]


def test_bundles_form_a_chain(home: Path, tmp_path: Path) -> None:
    """
    Each bundle names the one before, so that a lost stick is noticed.
    """
    deposit(home, "one")
    run(home, "pack", str(tmp_path / "first"))
    deposit(home, "two")
    run(home, "pack", str(tmp_path / "second"))
    first, second = (bundle.read(tmp_path / n, courier_of(home)) for n in ("first", "second"))

    assert (first.number, second.number, second.previous) == (1, 2, first.hash)
    assert len(second.entries) == 2


def test_an_empty_shelf_and_a_full_stick_are_said_plainly(home: Path, tmp_path: Path) -> None:
    """
    A refusal is exit code 1 and one line that a courier understands.
    """
    nothing = run(home, "pack", str(tmp_path / "stick"))
    deposit(home, "one")
    run(home, "pack", str(tmp_path / "stick"))
    full = run(home, "pack", str(tmp_path / "stick"))

    assert (nothing.exit_code, full.exit_code) == (1, 1)
    assert re.search("nothing is waiting", nothing.output)
    assert re.search("already holds a bundle", full.output)


def test_a_bundle_that_was_written_and_not_remembered_is_finished(home: Path, tmp_path: Path) -> None:
    """
    The run was stopped behind the last byte: the same command says what it would have, and the chain goes on.
    """
    deposit(home, "one")
    stick = str(tmp_path / "stick")
    told = run(home, "pack", stick)
    engine = connect(IntakeConfig.read(home).database)
    with engine.begin() as connection:
        connection.execute(delete(BundleRow))
    engine.dispose()
    again = run(home, "pack", stick)
    run(home, "pack", str(tmp_path / "next"))
    first, second = (bundle.read(tmp_path / n, courier_of(home)) for n in ("stick", "next"))

    assert (again.exit_code, again.output) == (0, told.output)
    assert (second.number, second.previous) == (2, first.hash)
    (tmp_path / "next" / "MANIFEST").write_bytes(b"noise")
    assert "already holds a bundle" in run(home, "pack", str(tmp_path / "next")).output


def test_a_small_stick_takes_the_oldest_first(home: Path, tmp_path: Path) -> None:
    """
    What is over the limit waits for the next trip, and the courier is told how much that is.
    """
    names = sorted(deposit(home, words) for words in ("one", "two", "three"))
    engine = connect(IntakeConfig.read(home).database)
    with engine.begin() as connection:
        for age, name in enumerate(names):
            moved = update(DepositRow).where(DepositRow.id == name)
            connection.execute(moved.values(day=TODAY - timedelta(days=age)))
    engine.dispose()
    two_envelopes = str(150_000 / 1_000_000_000)
    told = run(home, "pack", "--at-most", two_envelopes, str(tmp_path / "stick"))
    packed = bundle.read(tmp_path / "stick", courier_of(home))

    assert [entry.id for entry in packed.entries] == [names[2], names[1]]
    assert told.output.endswith("2 sealed envelopes in " + str(tmp_path / "stick") + "; 1 still wait\n")


def test_a_bundle_never_outgrows_what_a_stick_can_list(home: Path, tmp_path: Path) -> None:
    """
    However small they are: a folder of a stick has only so many places for names.
    """
    for words in ("one", "two", "three"):
        deposit(home, words)
    deposits = open_deposits(IntakeConfig.read(home))
    key = SigningKey.from_text((home / "courier.key").read_text())
    packed = courier.pack(deposits, key, tmp_path / "stick", home / "packing", most=2)
    deposits.close()

    assert (packed.envelopes, packed.waiting) == (2, 1)
    assert (courier.MOST + courier.STICK // bundle.PART) * 6 < 65_536


@pytest.mark.parametrize("harm", ["gone", "cut short"])
def test_one_unreadable_deposit_keeps_no_other_back(
    home: Path, tmp_path: Path, places: Places, harm: str
) -> None:
    """
    It is skipped, named, and stays where it is; the others go.
    """
    lost, good = deposit(home, "one"), deposit(home, "two")
    if harm == "gone":
        places.lose(lost)
    else:
        places.shorten(lost)
    told = run(home, "pack", str(tmp_path / "stick"))
    packed = bundle.read(tmp_path / "stick", courier_of(home))

    assert told.exit_code == 0
    assert f"0 still wait; 1 cannot be read and stay here: {lost}" in told.output
    assert [entry.id for entry in packed.entries] == [good]
    assert deposits_of(home) == {lost, good}


def test_a_bundle_of_nothing_is_not_written(home: Path, tmp_path: Path, places: Places) -> None:
    """
    When no deposit fits or none can be read, the courier is told why, and the chain does not go on.
    """
    name = deposit(home, "one")
    too_small = run(home, "pack", "--at-most", "0.00001", str(tmp_path / "stick"))
    places.lose(name)
    unreadable = run(home, "pack", str(tmp_path / "stick"))
    deposit(home, "two")
    run(home, "pack", str(tmp_path / "stick"))

    assert (too_small.exit_code, unreadable.exit_code) == (1, 1)
    assert "larger than this stick" in too_small.output
    assert name in unreadable.output
    assert bundle.read(tmp_path / "stick", courier_of(home)).number == 1


def test_init_again_keeps_the_couriers_key(home: Path, tmp_path: Path) -> None:
    """
    A new keycard is put in place with the same command and changes no key.
    """
    before = courier_of(home)

    assert run(home, *INIT, str(OFFICE.notes(tmp_path / "newer", KEY.public, serial=2))).exit_code == 0
    assert courier_of(home) == before
    assert (home / "courier.key").stat().st_mode & 0o077 == 0


def test_notes_that_do_not_fit_are_not_taken(home: Path, tmp_path: Path) -> None:
    """
    Rubbish, another root's, another archive's, older ones, a half: refused, and what is served stays.
    """
    newer = OFFICE.notes(tmp_path / "newer", KEY.public, serial=2)
    assert run(home, *INIT, str(newer)).exit_code == 0
    kept = {path.name: path.read_bytes() for path in home.iterdir() if path.suffix in (".note", ".pub")}
    rubbish, half = (shutil.copytree(newer, tmp_path / name) for name in ("rubbish", "half"))
    (rubbish / "keycard.note").write_text("rubbish")
    (half / "mandate.note").unlink()
    root, stranger = (key.to_text() for key in (ROOT.public, courier_of(home)))
    for origin, key, notes in (
        (ORIGIN, root, rubbish),
        (ORIGIN, root, half),
        (ORIGIN, root, tmp_path / "notes"),
        ("other.example", root, newer),
        (ORIGIN, stranger, newer),
    ):
        refused = run(home, "init", "--origin", origin, "--root", key, "--notes", str(notes))
        assert refused.exit_code == 1
        assert refused.output.startswith("intake: error: ")

    assert kept == {path.name: path.read_bytes() for path in home.iterdir() if path.name in kept}


def test_the_intake_follows_a_root_that_the_old_one_named(home: Path, tmp_path: Path) -> None:
    """
    Old and new root signed the rotation: notes by the new one are taken, and from then on no others.
    """
    new = SigningKey.generate()
    notes = dataclasses.replace(OFFICE, root=new).notes(tmp_path / "rotated", KEY.public, serial=2)
    without = run(home, *INIT, str(notes))
    (notes / "root-rotation.note").write_bytes(mandates.issue_rotation(ORIGIN, TODAY, OFFICE.root, new))
    followed = run(home, *INIT, str(notes))

    assert (without.exit_code, followed.exit_code) == (1, 0)
    assert IntakeConfig.read(home).root == new.public
    by_new = ["init", "--origin", ORIGIN, "--root", new.public.to_text(), "--notes"]
    assert run(home, *by_new, str(notes)).exit_code == 0
    assert run(home, *by_new, str(OFFICE.notes(tmp_path / "old", KEY.public, serial=3))).exit_code == 1

"""The courier's two visits, through the commands that a courier types."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crypto import bundle, keycard
from crypto.envelope import seal, unseal
from crypto.keys import IntakeSecret, SigningKey, VerifyKey
from server.intake.commands import intake
from server.intake.config import IntakeConfig
from server.intake.deposits import Deposits
from server.intake.site import open_deposits

ROOT = SigningKey.generate()
KEY = IntakeSecret.generate()


def run(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(intake, [arguments[0], "--home", str(home), *arguments[1:]])


@pytest.fixture
def home(tmp_path: Path) -> Path:
    today = date.today()
    dated = keycard.DatedKey(today, today + timedelta(days=13), KEY.public)
    card = keycard.Keycard("archive.example", 1, today, today + timedelta(days=20), 1, (dated,))
    (tmp_path / "card").write_bytes(keycard.issue(card, ROOT))
    options = ["--origin", "archive.example", "--root", ROOT.public.to_text(), "--keycard"]
    made = run(tmp_path / "home", "init", *options, str(tmp_path / "card"))
    assert made.exit_code == 0, made.output
    return tmp_path / "home"


def courier_of(home: Path) -> VerifyKey:
    return SigningKey.from_text((home / "courier.key").read_text()).public


def deposit(home: Path, words: str) -> str:
    deposits: Deposits = open_deposits(IntakeConfig.read(home))
    sealed = seal(words.encode(), {}, [KEY.public])
    name = deposits.begin(len(sealed))
    deposits.put(name, 0, sealed)
    deposits.complete(name)
    deposits.engine.dispose()
    return name


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
    (tmp_path / "ack").write_bytes(bundle.acknowledge(1, packed.hash, [held], ROOT))
    told = run(home, "acknowledge", str(tmp_path / "ack"))

    assert "deleted 1 deposits" in told.output
    assert [path.name for path in (home / "shelf").iterdir()] == [lost]


def test_a_forged_or_misdirected_acknowledgement_deletes_nothing(home: Path, tmp_path: Path) -> None:
    """
    Neither a stranger's signature nor another intake's bundle is a reason to delete.
    """
    name = deposit(home, "one")
    run(home, "pack", str(tmp_path / "stick"))
    packed = bundle.read(tmp_path / "stick", courier_of(home))
    forged = bundle.acknowledge(1, packed.hash, [name], SigningKey.generate())
    misdirected = bundle.acknowledge(1, "0" * 64, [name], ROOT)
    for note in (forged, misdirected, b"not a note"):
        (tmp_path / "ack").write_bytes(note)
        assert run(home, "acknowledge", str(tmp_path / "ack")).exit_code == 1

    assert (home / "shelf" / name).is_dir()


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


def test_init_again_keeps_the_couriers_key(home: Path, tmp_path: Path) -> None:
    """
    A new keycard is put in place with the same command and changes no key.
    """
    before = courier_of(home)
    options = ["--origin", "archive.example", "--root", ROOT.public.to_text(), "--keycard"]

    assert run(home, "init", *options, str(tmp_path / "card")).exit_code == 0
    assert courier_of(home) == before
    assert (home / "courier.key").stat().st_mode & 0o077 == 0

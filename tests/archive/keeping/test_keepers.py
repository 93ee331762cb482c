"""The keepers' commands, as they type them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from archive import locks
from archive.vault import Vault
from crypto import custody
from tests.archive.keeping.media import Told
from tests.archive.test_commands import Terminal
from tests.people import MINJIS, PASSPHRASE, SORAS, Archive


@pytest.fixture
def terminal(archive: Archive) -> Terminal:
    return Terminal(archive.vault.home)


def test_the_whole_way_of_keeping_at_a_terminal(
    terminal: Terminal, archive: Archive, told: Told, tmp_path: Path
) -> None:
    """
    Backed up, verified with its backup, a testimony destroyed by two, backed up again, restored, verified.
    """
    boxes, keyring = str(tmp_path / "boxes"), ["--keyring", str(tmp_path / "keyring")]
    assert "2 files" in terminal.done("backup", boxes, *keyring)
    assert "all is well" in terminal.done("verify", "--backup", boxes, *keyring)
    refused = terminal("shred", told.id, "--as", "minji", "--with", "sora", given="n\n")
    assert (refused.exit_code, archive.vault.testimony(told.id).id) == (1, told.id)
    by_two = ["shred", told.id, "--as", "minji", "--with", "sora", "--yes"]
    gone = terminal(*by_two, person="minji", ONGGI_SECOND_PASSPHRASE=SORAS)
    assert gone.exit_code == 0, gone.output
    assert "onggi archive backup" in gone.output
    assert "the keyring still opens them" in terminal.done("verify", "--backup", boxes, *keyring)
    assert "new in the boxes" in terminal.done("backup", boxes, *keyring)
    again = Terminal(tmp_path / "again")
    assert "have no key in this keyring" in again.done("restore", boxes, *keyring)
    assert "all is well" in again.done("verify")
    assert told.id not in again.done("list")
    assert again("restore", boxes, *keyring).exit_code == 1

    assert not any(phrase in gone.output for phrase in (PASSPHRASE, MINJIS, SORAS))


def test_slips_open_a_backup_whose_passphrase_nobody_knows(
    terminal: Terminal, archive: Archive, told: Told, tmp_path: Path
) -> None:
    """
    They are asked for one by one, as at every ceremony; then `custody restore` gives a new passphrase.
    """
    home, boxes = archive.vault.home, str(tmp_path / "boxes")
    table, slips = custody.split(locks.unlock(home, "vault", PASSPHRASE), 2, 3)
    (home / "vault.slips").write_bytes(table.to_bytes())
    terminal.done("backup", boxes, "--keyring", str(tmp_path / "keyring"))
    typed = "".join(f"{slip.text()}\n" for slip in slips[:2])
    again = Terminal(tmp_path / "again")
    ran = again("restore", boxes, "--keyring", str(tmp_path / "keyring"), "--slips", given=typed)

    assert ran.exit_code == 0, ran.output
    key = custody.combine(locks.table(tmp_path / "again", "vault"), slips[1:])
    with Vault.open_with_key(tmp_path / "again", key) as vault:
        assert list(vault.testimonies()) == [told.id]


def test_what_is_lost_is_told_and_makes_the_exit_code(
    terminal: Terminal, archive: Archive, told: Told, tmp_path: Path
) -> None:
    """
    A verification that finds something, a backup of damaged files, a partial restore: 1, and the names.
    """
    boxes, keyring = str(tmp_path / "boxes"), ["--keyring", str(tmp_path / "keyring")]
    file = next(iter(sorted(archive.vault.objects.folder.iterdir())))
    shutil.move(file, tmp_path / "moved")
    verified, backed_up = terminal("verify"), terminal("backup", boxes, *keyring)
    again = Terminal(tmp_path / "again")
    refused = again("restore", boxes, *keyring)
    partial = again("restore", boxes, *keyring, "--partial")

    for ran in (verified, backed_up, refused, partial):
        assert ran.exit_code == 1
        assert "archive: error: " in ran.output.splitlines()[-1]
        assert "original:" in ran.output
    assert told.id in again.done("list")
    assert terminal("verify", "--backup", boxes).exit_code == 2


def test_a_restore_needs_the_passphrase_of_that_day(terminal: Terminal, told: Told, tmp_path: Path) -> None:
    """
    Another opens nothing, is not repeated, and leaves no folder behind.
    """
    terminal.done("backup", str(tmp_path / "boxes"), "--keyring", str(tmp_path / "keyring"))
    again = Terminal(tmp_path / "again")
    words = ["restore", str(tmp_path / "boxes"), "--keyring", str(tmp_path / "keyring")]
    ran = again(*words, ONGGI_PASSPHRASE="a wrong passphrase 77")

    assert (ran.exit_code, "a wrong passphrase 77" in ran.output) == (1, False)
    assert not (tmp_path / "again").exists()

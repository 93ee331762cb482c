"""Backup, restore, verification and shredding, killed where they write and at moments drawn at random."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from archive import locks
from archive.keeping.backup import back_up
from archive.keeping.boxes import Boxes
from archive.keeping.check import verify
from archive.keeping.keyring import Shut
from archive.keeping.restore import Backup, restore
from archive.store import UnknownRecord
from archive.vault import Vault
from tests.people import MINJIS, PASSPHRASE, SORAS, TODAY, found_archive, open_archive, seal_file, statement

HERE = Path(__file__).parents[2]
STOPPING = Path(__file__).with_name("stopping.py")
PHRASES = {
    "ONGGI_PASSPHRASE": PASSPHRASE,
    "ONGGI_PERSON_PASSPHRASE": MINJIS,
    "ONGGI_SECOND_PASSPHRASE": SORAS,
}
EVERY = 4
"""Every so manieth change to a disk is tried, from a first that is drawn."""
TIMES = 4
"""How often a command is killed at a moment drawn at random."""


@dataclass(frozen=True)
class House:
    """An archive that was backed up before its last testimony came, and its vault's key."""

    folder: Path
    key: bytes
    told: tuple[str, ...]

    def copy(self, to: Path) -> House:
        return House(Path(shutil.copytree(self.folder, to)), self.key, self.told)

    @property
    def home(self) -> Path:
        return self.folder / "archive"

    @property
    def backup(self) -> Backup:
        return Backup(Boxes(self.folder / "boxes"), Shut.read(self.folder / "keyring"), self.key)

    @property
    def media(self) -> list[str]:
        return [str(self.folder / "boxes"), "--keyring", str(self.folder / "keyring")]

    def open(self, home: Path | None = None) -> Vault:
        return Vault.open_with_key(home or self.home, self.key)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    founded = tmp_path_factory.mktemp("founded") / "archive"
    found_archive(founded)
    folder = tmp_path_factory.mktemp("kept")
    archive, told = open_archive(founded, folder), []
    for number in range(4):
        if number == 3:
            back_up(archive.vault, folder / "boxes", folder / "keyring", TODAY)
        envelope, row = seal_file(archive, bytes([number]) * 300_000)
        told += archive.take(envelope, statement(archive, f"{number}째 말.", files=[row])).taken
    archive.vault.close()
    return House(folder, locks.unlock(folder / "archive", "vault", PASSPHRASE), tuple(told))


def onggi(*words: str, change: int = 0, folder: Path = HERE, after: float = 0) -> bool:
    """Run the command in its own process; whether it came to its end before it was killed.

    Killed at a change under *folder*, or *after* so many seconds.
    """
    command = [sys.executable, "-m", "onggi", "archive", *words]
    if change:
        command = [sys.executable, str(STOPPING), str(change), str(folder), "archive", *words]
    environment = {**os.environ, "PYTHONPATH": str(HERE), **PHRASES}
    running = subprocess.Popen(
        command, cwd=HERE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment
    )
    if after:
        time.sleep(after)
        running.kill()
    told, _ = running.communicate(timeout=120)
    assert running.returncode in (0, -signal.SIGKILL), told.decode()
    return running.returncode == 0


def moments(*words: str) -> list[float]:
    """Seconds from the start of a command, drawn at random, most of them while it works."""
    began = time.perf_counter()
    assert onggi(*words)
    takes = time.perf_counter() - began
    return [random.uniform(0.4, 1.1) * takes for _ in range(TIMES)]


def require_all(vault: Vault, told: tuple[str, ...]) -> None:
    """These testimonies are here, with their files, and all is well."""
    assert set(vault.testimonies()) == set(told)
    assert verify(vault).problems == []
    for each in told:
        [photo] = vault.testimony(each).attachments
        assert len(b"".join(vault.kept("original", vault.json("file", photo.digest)[2]))) == 300_000


def test_a_backup_may_be_killed_at_any_change(house: House, tmp_path: Path) -> None:
    """
    The last good backup stays good, whatever lies beside it by then; run again, it is a whole new one.
    """
    for change in range(random.randint(1, EVERY), 200, EVERY):
        copy = house.copy(tmp_path / f"copy-{change}")
        ended = onggi("backup", "--home", str(copy.home), *copy.media, change=change, folder=copy.folder)
        assert restore(copy.backup, tmp_path / f"kept-{change}").lost == []
        with copy.open(tmp_path / f"kept-{change}") as vault:
            require_all(vault, house.told[: len(list(vault.testimonies()))])
            assert len(list(vault.testimonies())) >= 3
        with copy.open() as vault:
            back_up(vault, copy.folder / "boxes", copy.folder / "keyring", TODAY)
        restore(copy.backup, tmp_path / f"again-{change}")
        with copy.open(tmp_path / f"again-{change}") as vault:
            require_all(vault, house.told)
        if ended:
            assert change > 3
            return
    raise AssertionError("it never came to its end")


def test_a_restore_may_be_killed_at_any_change(house: House, tmp_path: Path) -> None:
    """
    A vault is there only when all of it is; run again, the same restore comes to its end.
    """
    for change in range(random.randint(1, EVERY), 200, EVERY):
        home = tmp_path / f"again-{change}"
        ended = onggi("restore", "--home", str(home), *house.media, change=change, folder=home)
        if (home / "vault.db").exists():
            with house.open(home) as vault:
                require_all(vault, house.told[:3])
        if not ended:
            assert restore(house.backup, home).lost == []
        with house.open(home) as vault:
            require_all(vault, house.told[:3])
        assert not (home / "restoring").exists()
        if ended:
            assert change > 15
            return
    raise AssertionError("it never came to its end")


def test_a_shred_may_be_killed_at_any_moment(house: House, tmp_path: Path) -> None:
    """
    All of the testimony is there or nothing of it, and the journal says which.
    """
    words = [house.told[0], "--as", "minji", "--with", "sora", "--yes"]
    tried = house.copy(tmp_path / "tried")
    for number, after in enumerate(moments("shred", "--home", str(tried.home), *words)):
        copy = house.copy(tmp_path / f"copy-{number}")
        onggi("shred", "--home", str(copy.home), *words, after=after)
        with copy.open() as vault:
            destroyed = "del" in [
                e.type for e in vault.journal.events() if f"testimony:{house.told[0]}" in e.objects
            ]
            require_all(vault, house.told[1:] if destroyed else house.told)
            if destroyed:
                assert [kind for kind, _ in vault.store.under(house.told[0])] == ["destroyed"]
                with pytest.raises(UnknownRecord):
                    vault.testimony(house.told[0])


def test_a_verification_and_a_backup_may_be_killed_at_any_moment(house: House, tmp_path: Path) -> None:
    """
    Neither harms the vault that it reads, nor the backup that was there.
    """
    copy = house.copy(tmp_path / "copy")
    for words in (["verify", "--home", str(copy.home)], ["backup", "--home", str(copy.home), *copy.media]):
        for number, after in enumerate(moments(*words)):
            onggi(*words, after=after)
            with copy.open() as vault:
                require_all(vault, house.told)
            home = tmp_path / f"{words[0]}-{number}"
            restore(copy.backup, home)
            with copy.open(home) as vault:
                assert set(house.told[:3]) <= set(vault.testimonies())
                assert verify(vault).problems == []

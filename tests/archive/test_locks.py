"""A random key under a passphrase, in a real folder."""

from __future__ import annotations

import struct
import subprocess
import sys
from pathlib import Path

import pytest

from archive import locks
from archive.locks import LockError, WeakPassphrase, WrongPassphrase

FIRST, SECOND = "jars behind the yellow house", "a well under the persimmon"


def test_a_key_opens_with_its_passphrase_and_no_other(tmp_path: Path) -> None:
    """
    The folder is made for its owner alone, and holds the key in no readable form.
    """
    folder = tmp_path / "root"
    key = locks.make(folder, "root", FIRST)

    assert locks.unlock(folder, "root", FIRST) == key
    assert folder.stat().st_mode & 0o077 == 0
    assert key not in (folder / "root.lock").read_bytes()
    with pytest.raises(WrongPassphrase) as caught:
        locks.unlock(folder, "root", SECOND)
    assert SECOND not in str(caught.value)


def test_a_guess_at_a_passphrase_costs_a_quarter_of_a_gigabyte(tmp_path: Path) -> None:
    """
    Three passes over it, as libsodium calls moderate; seen in a lock that a command of its own wrote.
    """
    program = (
        "import sys, pathlib; from archive import locks; locks.make(pathlib.Path(sys.argv[1]), *sys.argv[2:])"
    )
    subprocess.run([sys.executable, "-c", program, tmp_path, "root", FIRST], check=True)
    lock = (tmp_path / "root.lock").read_bytes()

    assert struct.unpack_from("<II", lock, 16) == (3, 256 << 20)
    locks.unlock(tmp_path, "root", FIRST)


def test_a_changed_passphrase_opens_the_same_key(tmp_path: Path) -> None:
    """
    The old one opens it no more; a short one changes nothing.
    """
    key = locks.make(tmp_path, "vault", FIRST)
    locks.relock(tmp_path, "vault", key, SECOND)
    with pytest.raises(WeakPassphrase):
        locks.relock(tmp_path, "vault", key, "short")
    with pytest.raises(WrongPassphrase):
        locks.unlock(tmp_path, "vault", FIRST)

    assert locks.unlock(tmp_path, "vault", SECOND) == key


def test_a_lock_is_never_replaced_by_a_lock_of_another_key(tmp_path: Path) -> None:
    """
    Neither by other slips nor by founding again: the only way to the key would be gone.
    """
    key = locks.make(tmp_path, "root", FIRST)
    with pytest.raises(LockError, match=r"not the one of root\.lock"):
        locks.relock(tmp_path, "root", bytes(32), SECOND)
    with pytest.raises(LockError, match="another passphrase"):
        locks.make(tmp_path, "root", SECOND)
    assert locks.make(tmp_path, "root", FIRST) == key


def test_what_is_set_aside_is_never_written_over(tmp_path: Path) -> None:
    """
    A second damaged lock gets another name than the first; a sound one is replaced and leaves nothing.
    """
    key = locks.make(tmp_path, "root", FIRST)
    assert locks.restore(tmp_path, "root", key, SECOND) is None
    for damaged in (b"one", b"two", b"three"):
        (tmp_path / "root.lock").write_bytes(damaged)
        assert locks.restore(tmp_path, "root", key, SECOND) is not None
    kept = sorted(tmp_path.glob("root.lock.damaged*"))

    assert [path.read_bytes() for path in kept] == [b"one", b"two", b"three"]
    assert locks.unlock(tmp_path, "root", SECOND) == key
    (tmp_path / "root.lock").unlink()
    assert locks.restore(tmp_path, "root", key, FIRST) is None


def test_a_damaged_lock_is_refused_at_once(tmp_path: Path) -> None:
    """
    Cut anywhere, of another kind, or asking for all of the memory; and a lock or a table that is not there.
    """
    for lost in (lambda: locks.unlock(tmp_path, "root", FIRST), lambda: locks.table(tmp_path, "root")):
        with pytest.raises(LockError, match="there is no root"):
            lost()
    locks.make(tmp_path, "root", FIRST)
    file = tmp_path / "root.lock"
    whole = file.read_bytes()
    for greedy in ((17, 8192), (1, (1 << 30) + 1), (0, 8192), (1, 0)):
        file.write_bytes(whole[:16] + struct.pack("<II", *greedy) + whole[24:])
        with pytest.raises(LockError, match="more time or memory"):
            locks.unlock(tmp_path, "root", FIRST)
    for damaged in (b"", whole[:7], b"x" + whole[1:], whole[:20], whole[:39]):
        file.write_bytes(damaged)
        with pytest.raises(LockError):
            locks.unlock(tmp_path, "root", FIRST)
    file.write_bytes(whole[:-1])
    with pytest.raises(WrongPassphrase):
        locks.unlock(tmp_path, "root", FIRST)

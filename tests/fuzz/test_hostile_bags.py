"""A bag on a stick that was in other hands: what is neither file nor folder is refused, unread."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.preservation import bags


def _bag(folder: Path) -> Path:
    (folder / "data").mkdir(parents=True)
    (folder / "bagit.txt").write_text(bags.DECLARED)
    (folder / "data" / "one").write_bytes(b"one")
    for kind, name in (("manifest", "data/one"), ("tagmanifest", "bagit.txt")):
        for algorithm in bags.CHECKSUMS:
            _list(folder, kind, algorithm, name)
    for algorithm in bags.CHECKSUMS:
        for other in bags.CHECKSUMS:
            _list(folder, "tagmanifest", algorithm, f"manifest-{other}.txt")
    return folder


def _list(folder: Path, kind: str, algorithm: str, name: str) -> None:
    with (folder / f"{kind}-{algorithm}.txt").open("a") as listed:
        listed.write(f"{hashlib.new(algorithm, (folder / name).read_bytes()).hexdigest()}  {name}\n")


def _pipe(folder: Path) -> None:
    (folder / "bagit.txt").unlink()
    os.mkfifo(folder / "bagit.txt")


def _link(folder: Path) -> None:
    (folder / "data" / "one").rename(folder.parent / "one")
    (folder / "data" / "one").symlink_to(folder.parent / "one")


def _folder_link(folder: Path) -> None:
    (folder / "data" / "more").symlink_to("/etc")


def _twice(folder: Path) -> None:
    listed = folder / "manifest-sha256.txt"
    listed.write_text(listed.read_text() * 2)


@pytest.mark.parametrize("change", [_pipe, _link, _folder_link, _twice])
def test_a_bag_with_a_link_a_pipe_or_a_name_twice_is_refused(
    change: Callable[[Path], None], tmp_path: Path
) -> None:
    """
    Nothing outside of the bag is read, and a pipe that nobody writes to holds nobody up.
    """
    folder = _bag(tmp_path / "bag")
    whole = bags.check(folder)
    change(folder)

    assert whole == 1
    with pytest.raises(bags.BagRefused):
        bags.check(folder)

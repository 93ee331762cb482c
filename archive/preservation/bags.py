"""Bags (RFC 8493, BagIt 1.0): files, and lists of them by SHA-256 and SHA-512 that anybody can check.

1. A bag is made beside its place and gets its name when it is whole and was verified.
2. Reading one, a line of a list that is not in the form is refused; a file that no list names, too.

The tests have the Library of Congress's own `bagit.py` verify what is made here.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import stat
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from archive.errors import ArchiveError
from crypto import durable

CHECKSUMS: Final = {"sha256": 64, "sha512": 128}
"""Algorithms, and the hex digits of each."""
DECLARED: Final = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
PIECE: Final = 1 << 20
LARGEST: Final = 64 << 20
"""Bytes of a list: a quarter of a million files."""


class BagRefused(ArchiveError):
    """A bag that cannot be made here, or is not whole."""


@contextmanager
def bag(into: Path, told: Mapping[str, str]) -> Iterator[Path]:
    """The payload folder of a new bag called *into*; when the block ends well, the bag is there."""
    if into.exists():
        raise BagRefused("there is something of this name already; name a new folder")
    into.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{into.name}-", dir=into.parent))
    try:
        (payload := beside / "data").mkdir()
        yield payload
        _close(beside, payload, told)
        check(beside)
        beside.replace(into)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise


def _close(folder: Path, payload: Path, told: Mapping[str, str]) -> None:
    """Write the lists: of the payload, and then of what stands beside it."""
    files = _files(payload)
    size = sum(path.stat().st_size for path in files)
    lines = [*(f"{name}: {value}" for name, value in told.items()), f"Payload-Oxum: {size}.{len(files)}"]
    durable.write(folder / "bagit.txt", DECLARED.encode())
    durable.write(folder / "bag-info.txt", "".join(f"{line}\n" for line in lines).encode())
    _list(folder, "manifest", files)
    _list(folder, "tagmanifest", [path for path in _files(folder) if payload not in path.parents])


def _list(folder: Path, kind: str, files: Iterable[Path]) -> None:
    digests = [(path.relative_to(folder).as_posix(), _digests(path)) for path in files]
    for algorithm in CHECKSUMS:
        lines = (f"{found[algorithm]}  {name}\n" for name, found in digests)
        durable.write(folder / f"{kind}-{algorithm}.txt", "".join(lines).encode())


def check(folder: Path) -> int:
    """How many files a bag holds, when it is whole; or `BagRefused`, which says what is not."""
    try:
        payload = set(_files(folder / "data"))
        beside = {path for path in _files(folder) if path not in payload}
        if _read(folder / "bagit.txt") != DECLARED:
            raise BagRefused("this is no bag of version 1.0")
        beside -= {folder / f"tagmanifest-{algorithm}.txt" for algorithm in CHECKSUMS}
        for algorithm in CHECKSUMS:
            _check(folder, f"manifest-{algorithm}.txt", algorithm, payload)
            _check(folder, f"tagmanifest-{algorithm}.txt", algorithm, beside)
    except (OSError, UnicodeDecodeError) as error:
        raise BagRefused(f"this is no whole bag: {type(error).__name__}; copy it again") from None
    return len(payload)


def _check(folder: Path, manifest: str, algorithm: str, files: set[Path]) -> None:
    form = re.compile(rf"([0-9a-f]{{{CHECKSUMS[algorithm]}}})[ \t]+([^\s/][^\r\n]*)", re.ASCII)
    listed = dict[Path, str]()
    for number, line in enumerate(_read(folder / manifest).splitlines(), 1):
        found = form.fullmatch(line)
        if found is None or ".." in found[2].split("/") or folder / found[2] in listed:
            raise BagRefused(f"line {number} of {manifest} is not in the form")
        listed[folder / found[2]] = found[1]
    if listed.keys() != files:
        raise BagRefused(f"{manifest} names other files than there are; copy the bag again")
    for number, (path, digest) in enumerate(sorted(listed.items()), 1):
        if _digests(path)[algorithm] != digest:
            raise BagRefused(f"file {number} of {manifest} is not the one that was packed; copy it again")


def _read(path: Path) -> str:
    if path.stat().st_size > LARGEST:
        raise BagRefused(f"{path.name} is longer than 64 MiB")
    return path.read_bytes().decode()


def _files(folder: Path) -> list[Path]:
    """Every file; `BagRefused` for a link, a pipe or whatever else no bag of ours has."""
    found = [(path, path.lstat().st_mode) for path in sorted(folder.rglob("*"))]
    if not all(stat.S_ISREG(mode) or stat.S_ISDIR(mode) for _, mode in found):
        raise BagRefused("there is something in this bag that is neither a file nor a folder")
    return [path for path, mode in found if stat.S_ISREG(mode)]


def _digests(path: Path) -> dict[str, str]:
    """The digests of a file by each algorithm, as hex, read in pieces."""
    made = {algorithm: hashlib.new(algorithm) for algorithm in CHECKSUMS}
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            for each in made.values():
                each.update(piece)
    return {algorithm: each.hexdigest() for algorithm, each in made.items()}

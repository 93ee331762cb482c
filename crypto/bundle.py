"""What the courier carries: sealed things on a stick, listed in a signed manifest.

Format: docs/formats/bundle.md. Parts are at most 64 MiB and named by their SHA-256 (FAT32-safe).

1. The manifest's signature is checked before a line of it is parsed.
2. A damaged stick names its bad parts and still delivers every whole envelope.
3. The courier's key is online: it proves the order of bundles, never what is in them.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from crypto.errors import BadSignature, DamagedPart, MalformedBundle, NoteError, UntrustedBundle
from crypto.keys import SigningKey, VerifyKey
from crypto.notes import open_note, sign_note

MANIFEST: Final = "MANIFEST"
PART: Final = 64 * 1024 * 1024
PIECE: Final = 1 << 20
MAX_MANIFEST: Final = 16 * 1024 * 1024
FIRST: Final = "0" * 64
"""The `previous` of a courier's first bundle."""

_HASH = re.compile(r"[0-9a-f]{64}")
_ID = re.compile(r"[0-9a-f]{32}")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,14}")


@dataclass(frozen=True)
class Entry:
    """One sealed envelope in a bundle, and the parts it is cut into."""

    id: str
    size: int
    parts: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Bundle:
    """A bundle signed by the courier. `entries` are whole; `damaged` names the ids that are not."""

    folder: Path
    number: int
    previous: str
    hash: str
    entries: tuple[Entry, ...]
    damaged: tuple[str, ...]

    def copy(self, entry_id: str, into: BinaryIO) -> None:
        """Write an envelope to *into*; `DamagedPart` when the stick changed since it was read."""
        entry = next((e for e in self.entries if e.id == entry_id), None)
        if entry is None:
            raise DamagedPart(f"bundle {self.number} holds no whole envelope of this id")
        for name, size in entry.parts:
            into.writelines(_checked(self.folder / name, name, size))


@dataclass(frozen=True)
class Acknowledgement:
    """What the archive says it holds of one bundle."""

    number: int
    hash: str
    ids: tuple[str, ...]


def write(
    folder: Path, *, number: int, previous: str, envelopes: Iterable[tuple[str, Path]], courier: SigningKey
) -> str:
    """Write a bundle into *folder* and return the SHA-256 of its manifest.

    Written part by part, manifest last; parts that are already there and whole are kept.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lines = ["onggi-bundle", "v1", f"number {number}", f"previous {previous}"]
    for entry_id, path in envelopes:
        parts = list(_write_parts(folder, path))
        lines.append(f"env {entry_id} {sum(size for _, size in parts)}")
        lines += [f"part {name} {size}" for name, size in parts]
    note = sign_note("\n".join(lines) + "\n", "onggi-courier", courier)
    if len(note) > MAX_MANIFEST:
        raise MalformedBundle("too many envelopes for one manifest; pack fewer at a time")
    _write_durably(folder / MANIFEST, note)
    return hashlib.sha256(note).hexdigest()


def read(folder: Path, courier: VerifyKey) -> Bundle:
    """The bundle in *folder*, every part checked; raises a `BundleError`."""
    note = _read_manifest(folder)
    try:
        text = open_note(note, "onggi-courier", courier)
    except (NoteError, BadSignature):
        raise UntrustedBundle("the manifest is not signed by the courier this archive trusts") from None
    number, previous, listed = _parse(text)
    whole = {e.id for e in listed if _is_whole(folder, e)}
    return Bundle(
        folder,
        number,
        previous,
        hashlib.sha256(note).hexdigest(),
        tuple(e for e in listed if e.id in whole),
        tuple(e.id for e in listed if e.id not in whole),
    )


def acknowledge(number: int, bundle_hash: str, ids: Iterable[str], *, origin: str, desk: SigningKey) -> bytes:
    """The archive's signed word on what it holds of a bundle."""
    lines = [f"{origin}/acknowledgement", "v1", f"bundle {number} {bundle_hash}", *(f"ok {i}" for i in ids)]
    return sign_note("\n".join(lines) + "\n", f"{origin}/desk", desk)


def read_acknowledgement(untrusted: bytes, *, origin: str, desk: VerifyKey) -> Acknowledgement:
    """What the archive acknowledged; `NoteError`, `BadSignature` or `MalformedBundle` otherwise."""
    if len(untrusted) > MAX_MANIFEST:
        raise MalformedBundle("longer than 16 MiB")
    lines = open_note(untrusted, f"{origin}/desk", desk).removesuffix("\n").split("\n")
    if lines[:2] != [f"{origin}/acknowledgement", "v1"] or len(lines) < 3:
        raise MalformedBundle("not a version 1 acknowledgement")
    number, bundle_hash = _words(lines[2], "bundle", _NUMBER, _HASH)
    return Acknowledgement(int(number), bundle_hash, tuple(_words(line, "ok", _ID)[0] for line in lines[3:]))


def _parse(text: str) -> tuple[int, str, list[Entry]]:
    lines = text.removesuffix("\n").split("\n")
    if lines[:2] != ["onggi-bundle", "v1"] or len(lines) < 4:
        raise MalformedBundle("not a version 1 bundle")
    number, previous = int(_words(lines[2], "number", _NUMBER)[0]), _words(lines[3], "previous", _HASH)[0]
    found: list[tuple[str, int, list[tuple[str, int]]]] = []
    for line in lines[4:]:
        if line.startswith("env "):
            entry_id, size = _words(line, "env", _ID, _NUMBER)
            found.append((entry_id, int(size), []))
        elif found:
            name, size = _words(line, "part", _HASH, _NUMBER)
            found[-1][2].append((name, int(size)))
        else:
            raise MalformedBundle("a part before any envelope")
    entries = [Entry(entry_id, size, tuple(parts)) for entry_id, size, parts in found]
    if any(e.size != sum(s for _, s in e.parts) or any(s > PART for _, s in e.parts) for e in entries):
        raise MalformedBundle("an envelope's parts do not add up to its size")
    if len({e.id for e in entries}) != len(entries):
        raise MalformedBundle("an envelope is listed twice")
    return number, previous, entries


def _words(line: str, label: str, *patterns: re.Pattern[str]) -> list[str]:
    first, *rest = line.split(" ")
    if first != label or len(rest) != len(patterns):
        raise MalformedBundle(f"expected a line that begins with {label!r}")
    if not all(p.fullmatch(w) for p, w in zip(patterns, rest, strict=True)):
        raise MalformedBundle(f"a {label!r} line is not well formed")
    return rest


def _read_manifest(folder: Path) -> bytes:
    try:
        path = folder / MANIFEST
        if path.is_symlink() or (path.exists() and not path.is_file()):
            raise MalformedBundle("MANIFEST is a link or a device, not a file")
        with path.open("rb") as file:
            note = file.read(MAX_MANIFEST + 1)
    except OSError:
        raise MalformedBundle("no MANIFEST here; is this the bundle's folder?") from None
    if len(note) > MAX_MANIFEST:
        raise MalformedBundle("the manifest is longer than 16 MiB")
    return note


def _is_whole(folder: Path, entry: Entry) -> bool:
    try:
        for name, size in entry.parts:
            for _ in _checked(folder / name, name, size):
                pass
    except DamagedPart:
        return False
    return True


def _checked(path: Path, name: str, size: int) -> Iterator[bytes]:
    digest, left = hashlib.sha256(), size
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size != size:
            raise DamagedPart(f"part {name[:8]} is missing or has another size")
        with path.open("rb") as file:
            while left and (piece := file.read(min(PIECE, left))):
                digest.update(piece)
                left -= len(piece)
                yield piece
    except OSError:
        raise DamagedPart(f"part {name[:8]} cannot be read") from None
    if left or digest.hexdigest() != name:
        raise DamagedPart(f"part {name[:8]} is not what the manifest names")


def _write_parts(folder: Path, path: Path) -> Iterator[tuple[str, int]]:
    with path.open("rb") as source:
        while True:
            start, digest, size = source.tell(), hashlib.sha256(), 0
            while size < PART and (piece := source.read(min(PIECE, PART - size))):
                digest.update(piece)
                size += len(piece)
            if not size:
                return
            name = digest.hexdigest()
            if not _is_whole(folder, Entry("", size, ((name, size),))):
                source.seek(start)
                _write_durably(folder / name, source, size)
            yield name, size


def _write_durably(path: Path, content: bytes | BinaryIO, size: int = 0) -> None:
    temporary = path.with_name(path.name + ".tmp")
    with temporary.open("wb") as file:
        if isinstance(content, bytes):
            file.write(content)
        else:
            while size and (piece := content.read(min(PIECE, size))):
                size -= file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)

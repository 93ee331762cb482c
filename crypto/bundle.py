"""What the courier carries: sealed things on a stick, listed in a signed manifest.

Format: docs/formats/bundle.md. Parts are at most 64 MiB and named by their SHA-256 (FAT32-safe).

1. The manifest's signature is checked before a line of it is parsed.
2. A damaged stick names its bad parts and still delivers every whole envelope.
3. The courier's key is online: it proves the order of bundles, never what is in them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from crypto.errors import BadSignature, DamagedPart, MalformedBundle, NoteError, UntrustedBundle
from crypto.keys import SigningKey, VerifyKey
from crypto.notes import open_note, sign_note
from crypto.stick import HALF, MANIFEST, PIECE, Stick

PART: Final = 64 * 1024 * 1024
MAX_MANIFEST: Final = 16 * 1024 * 1024
FIRST: Final = "0" * 64
"""The `previous` of a courier's first bundle."""
ACKNOWLEDGEMENT: Final = "ACKNOWLEDGEMENT"
"""What the archive writes onto the same stick."""

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
    """A bundle signed by the courier.

    `entries` are whole; `damaged` names the ids that are not, `bad` the parts that spoil them. `foreign`
    counts what lies beside them and was not opened.
    """

    stick: Stick
    number: int
    previous: str
    hash: str
    entries: tuple[Entry, ...]
    damaged: tuple[str, ...]
    bad: tuple[str, ...]
    foreign: int

    def copy(self, entry_id: str, into: BinaryIO) -> None:
        """Write an envelope to *into*; `DamagedPart` when the stick changed since it was read."""
        entry = next((e for e in self.entries if e.id == entry_id), None)
        if entry is None:
            raise DamagedPart(f"bundle {self.number} holds no whole envelope of this id")
        for name, size in entry.parts:
            into.writelines(self.stick.pieces(name, name, size))


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

    Written part by part, manifest last. Parts that a stopped run left there are kept when they are whole and
    still wanted, and taken away otherwise.
    """
    stick, parts = Stick(folder), set[str]()
    lines = ["onggi-bundle", "v1", f"number {number}", f"previous {previous}"]
    for entry_id, path in envelopes:
        listed = list(_write_parts(stick, path))
        lines.append(f"env {entry_id} {sum(size for _, size in listed)}")
        lines += [f"part {name} {size}" for name, size in listed]
        parts.update(name for name, _ in listed)
    note = sign_note("\n".join(lines) + "\n", "onggi-courier", courier)
    if len(note) > MAX_MANIFEST:
        raise MalformedBundle("too many envelopes for one manifest; pack fewer at a time")
    for name in stick.others(parts):
        if _HASH.fullmatch(name.removesuffix(HALF)):
            stick.remove(name)
    stick.finish(note)
    return hashlib.sha256(note).hexdigest()


def read(folder: Path, courier: VerifyKey) -> Bundle:
    """The bundle in *folder*, every part checked; raises a `BundleError`."""
    stick = Stick(folder)
    note = _read_manifest(stick)
    try:
        text = open_note(note, "onggi-courier", courier)
    except (NoteError, BadSignature):
        raise UntrustedBundle("the manifest is not signed by the courier this archive trusts") from None
    number, previous, listed = _parse(text)
    parts = {part for e in listed for part in e.parts}
    bad = {(name, size) for name, size in parts if not stick.is_whole(name, name, size)}
    whole = {e.id for e in listed if bad.isdisjoint(e.parts)}
    return Bundle(
        stick,
        number,
        previous,
        hashlib.sha256(note).hexdigest(),
        tuple(e for e in listed if e.id in whole),
        tuple(e.id for e in listed if e.id not in whole),
        tuple(sorted(name for name, _ in bad)),
        len(stick.others({MANIFEST, ACKNOWLEDGEMENT, *(name for name, _ in parts)})),
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


def _read_manifest(stick: Stick) -> bytes:
    try:
        return stick.read(MANIFEST, MAX_MANIFEST)
    except DamagedPart:
        if not stick.holds(MANIFEST):
            raise MalformedBundle("no MANIFEST here; is this the bundle's folder?") from None
        raise MalformedBundle("MANIFEST is no file, cannot be read, or is longer than 16 MiB") from None


def _write_parts(stick: Stick, path: Path) -> Iterator[tuple[str, int]]:
    with path.open("rb") as source:
        while True:
            start, digest, size = source.tell(), hashlib.sha256(), 0
            while size < PART and (piece := source.read(min(PIECE, PART - size))):
                digest.update(piece)
                size += len(piece)
            if not size:
                return
            name = digest.hexdigest()
            if not stick.is_whole(name, name, size):
                source.seek(start)
                stick.write(name, source, size)
            yield name, size

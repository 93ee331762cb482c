"""Looks for hidden strings in the bytes and names of finished files, in every spelling we know.

A release is one text, and is looked through by `sightings`; this is for what is packed. Looks inside
zip and gzip, to a limit; past the limit it refuses rather than trusts.
Romanised and hanja spellings are **not** derived. No error says what was found.
"""

import gzip
import html
import io
import json
import unicodedata
import urllib.parse
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from archive.errors import ArchiveError

DEEPEST = 4
"""Archives within archives; deeper nesting is refused, for it is how bombs are built."""
LARGEST = 256 * 1024 * 1024
"""Bytes unpacked from one artefact; a release of text never comes near."""


class ResidueError(ArchiveError):
    """The scan found something, or could not look everywhere."""


class ResidueFound(ResidueError):
    """A hidden string is still there; names the file and the count only."""


class UnscannableArtefact(ResidueError):
    """A packed part is damaged, encrypted or too large to look into."""


@dataclass(frozen=True)
class Residue:
    """How many hidden strings one file still shows."""

    file: str
    count: int


def variants(surface: str) -> frozenset[bytes]:
    """Return the folded bytes under which *surface* could still be read."""
    words = surface.split()
    spellings = {surface, "".join(words), " ".join(reversed(words)), "".join(reversed(words))}
    found: set[bytes] = set()
    for spelling in spellings:
        for form in ("NFC", "NFD"):
            for cased in (str.lower, str.upper, str.title, str.casefold, str):
                plain = cased(unicodedata.normalize(form, spelling))
                escaped = {
                    plain,
                    json.dumps(plain)[1:-1],
                    json.dumps(plain, ensure_ascii=False)[1:-1],
                    urllib.parse.quote(plain),
                    html.escape(plain),
                    urllib.parse.quote_plus(plain),
                    "".join(f"&#{ord(c)};" for c in plain),
                    "".join(f"&#x{ord(c):x};" for c in plain),
                }
                for text in escaped:
                    found |= {text.encode(code).lower() for code in ("utf-8", "utf-16-le", "utf-16-be")}
    return frozenset(found - {b""})


def scan(files: Mapping[str, bytes], hidden: Iterable[str]) -> list[Residue]:
    """Return the files, names included, in which a hidden string is still readable."""
    wanted = [variants(surface) for surface in set(hidden) if surface.strip()]
    found: list[Residue] = []
    for number, (name, content) in enumerate(files.items(), 1):
        opened = [layer.lower() for layer in (name.encode(), *layers(content))]
        count = sum(any(v in layer for v in forms for layer in opened) for forms in wanted)
        named = any(v in opened[0] for forms in wanted for v in forms)
        if count:
            found.append(Residue(f"file {number}" if named else name, count))
    return found


def require_clean(files: Mapping[str, bytes], hidden: Iterable[str]) -> None:
    """Return if nothing hidden is readable, or raise `ResidueFound`."""
    found = scan(files, hidden)
    if found:
        told = ", ".join(f"{residue.file}: {residue.count}" for residue in found)
        raise ResidueFound(f"hidden strings are still readable ({told}); nothing was written")


def layers(content: bytes) -> Iterator[bytes]:
    """*content*, and all that is packed in it, to a limit; `UnscannableArtefact` past it."""
    yield from _layers(content, 0, [LARGEST])


def _layers(content: bytes, depth: int, left: list[int]) -> Iterator[bytes]:
    left[0] -= len(content)
    if depth > DEEPEST or left[0] < 0:
        raise UnscannableArtefact("an artefact is packed too deep or too large to look into")
    yield content
    try:
        if content[:2] == b"\x1f\x8b":
            with gzip.GzipFile(fileobj=io.BytesIO(content)) as packed:
                yield from _layers(packed.read(left[0] + 1), depth + 1, left)
        elif zipfile.is_zipfile(io.BytesIO(content)):
            with zipfile.ZipFile(io.BytesIO(content)) as folder:
                for entry in folder.infolist():
                    yield entry.filename.encode() + b"\n" + entry.comment
                    with folder.open(entry) as part:
                        yield from _layers(part.read(left[0] + 1), depth + 1, left)
    except (OSError, EOFError, RuntimeError, ValueError, zlib.error, zipfile.BadZipFile):
        raise UnscannableArtefact("a packed part is damaged or encrypted") from None

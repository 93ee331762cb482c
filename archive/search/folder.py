"""An index in a folder: built from plain lines, opened again without running anything of it.

1. Every file is JSON: reading it makes texts and numbers, never objects that act.
2. The table of contents names the analyzer that cut the words, and the digest of every file; an index that
   another analyzer made, or that is not whole, is refused.
3. It holds the texts in the clear. It is for texts that may lie on a disk in the clear, and for nothing else.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from archive.errors import ArchiveError
from archive.search.analyzer import Analysis, Term, fingerprint
from archive.search.index import FACETS, Document, Index, analysed

FORMAT: Final = "onggi-index-1"
CONTENTS: Final = "contents.json"
TERMS: Final = "terms.jsonl"
OWN: Final = ("id", "text", "segments", "fields")
LONGEST: Final = 64 << 20
"""Bytes of one line: more than that is no testimony."""


class IndexRefused(ArchiveError):
    """This folder or these lines are no index, or not whole; the message says what was found."""


def lines(path: Path) -> Iterator[Document]:
    """The documents in a file of JSON lines; `IndexRefused` names the line that is none.

    A line has `id` and `text`, or `segments` of `id` and `text`. Every other member with a text or a number,
    in the line or in its `fields`, is a field that can be filtered and counted.
    """
    known: set[str] = set()
    with path.open("rb") as file:
        for number, line in enumerate(iter(lambda: file.readline(LONGEST), b""), 1):
            if not line.strip():
                continue
            try:
                document = _document(json.loads(line))
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
                raise IndexRefused(
                    f'line {number} is no document; hint: {{"id": "…", "text": "…"}}, one a line'
                ) from None
            if document.id in known:
                raise IndexRefused(f"line {number} has the id of a line before it")
            known.add(document.id)
            yield document


def build(documents: Iterable[Document], folder: Path, progress: Callable[[int], None]) -> int:
    """Write an index of *documents* to *folder*, in place of the index that is there; how many there are.

    `IndexRefused` when something else lies there. What was there stays until the new index is whole.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / CONTENTS).is_file():
        raise IndexRefused("this folder holds something else than an index; name another one")
    folder.parent.mkdir(parents=True, exist_ok=True)
    coming = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        count, digest, fields = 0, hashlib.sha256(), set(FACETS)
        with (coming / TERMS).open("wb") as file:
            for document, found in analysed(documents):
                line = json.dumps(_line(document, found), ensure_ascii=False).encode() + b"\n"
                file.write(line)
                digest.update(line)
                fields |= dict(document.fields).keys()
                count += 1
                progress(count)
            file.flush()
            os.fsync(file.fileno())
        told = {"format": FORMAT, "analyzer": fingerprint(), "documents": count, "fields": sorted(fields)}
        (coming / CONTENTS).write_text(json.dumps(told | {"sha256": digest.hexdigest()}), "utf-8")
        if folder.exists():
            shutil.rmtree(folder)
        coming.replace(folder)
    finally:
        shutil.rmtree(coming, ignore_errors=True)
    return count


def opened(folder: Path) -> Index:
    """The index in *folder*; `IndexRefused` when it is not whole or another analyzer made it."""
    try:
        contents = json.loads((folder / CONTENTS).read_text("utf-8"))
        if contents["format"] != FORMAT:
            raise IndexRefused("this index has another format; make it again")
        if contents["analyzer"] != fingerprint():
            raise IndexRefused("another analyzer made this index; make it again from its texts")
        with (folder / TERMS).open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != contents["sha256"]:
                raise IndexRefused("this index is not whole; make it again")
            file.seek(0)
            return Index.of(map(_read, file), contents["fields"])
    except (OSError, ValueError, KeyError, TypeError):
        raise IndexRefused("there is no index in this folder, or not all of it") from None


def _document(line: dict[str, Any]) -> Document:
    parts = line.get("segments") or [{"id": "s0001", "text": line["text"]}]
    segments = tuple((_text(part["id"]), _text(part["text"])) for part in parts)
    more = {name: value for name, value in line.items() if name not in OWN} | (line.get("fields") or {})
    fields = {name: str(value) for name, value in more.items() if isinstance(value, str | int | float)}
    own = {name: fields.pop(name, "") for name in FACETS}
    return replace(
        Document(_text(line["id"]), **own, segments=segments), fields=tuple(sorted(fields.items()))
    )


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError
    return value


def _line(document: Document, found: Analysis) -> dict[str, Any]:
    terms = [[(t.text, t.position, t.start, t.end) for t in each] for each in (found.terms, found.pairs)]
    own = {name: getattr(document, name) for name in ("id", *FACETS, "segments", "fields")}
    return own | {"terms": terms[0], "pairs": terms[1]}


def _read(line: bytes) -> tuple[Document, Analysis]:
    read = json.loads(line)
    terms, pairs = (tuple(Term(*each) for each in read.pop(name)) for name in ("terms", "pairs"))
    segments, fields = (tuple((a, b) for a, b in read.pop(name)) for name in ("segments", "fields"))
    return Document(**read, segments=segments, fields=fields), Analysis(terms, pairs)

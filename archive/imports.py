"""The other door: an organisation's existing transcripts, in their own kind (`import`).

They were not sealed by a page and carry no consent of their own, so nothing is granted unless whoever imports
them says so, for all of them or for one in the catalogue; the journal keeps that somebody did.

A catalogue is JSON Lines. Of each line `file`, the path within the folder, is needed; `language` (kor, zho,
eng, or ko, zh, en) and `consent` (as docs/formats/statement.md has it) are read; other keys are left alone.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree

from archive.errors import ArchiveError
from archive.letters import normalized
from archive.testimony import (
    Consent,
    Grant,
    Language,
    MalformedTestimony,
    Testimony,
    TestimonyId,
    quarter_of,
    words_of,
)
from archive.vault import Vault

NONE_READ: Final = "0" * 64
"""The hash in an imported consent: she read no text of ours."""
LARGEST: Final = 64 * 1024 * 1024
"""Bytes of a text, and of a catalogue."""
LARGEST_XML: Final = 16 * 1024 * 1024
"""Bytes of a document's own XML: in memory it takes up to 25 times as much."""
LANGUAGES: Final[dict[str, Language]] = {
    "kor": "kor", "ko": "kor", "zho": "zho", "zh": "zho", "cmn": "zho", "eng": "eng", "en": "eng",
}  # fmt: skip
UNREADABLE: Final = (
    OSError, ValueError, KeyError, RuntimeError, EOFError, struct.error, zipfile.BadZipFile, zlib.error,
    ElementTree.ParseError,
)  # fmt: skip
"""What a file that is not what it seems can raise; RuntimeError is also of one too deep, or encrypted."""
FALLBACK: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
WORD: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


class ImportRefused(ArchiveError):
    """A folder or catalogue that cannot be imported at all."""


@dataclass
class Report:
    """What came in, and what did not, by file."""

    taken: dict[str, TestimonyId] = field(default_factory=dict)
    again: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    words: int = 0


def import_texts(
    vault: Vault,
    folder: Path,
    today: date,
    *,
    catalogue: Path | None = None,
    grants: Iterable[Grant] = (),
    progress: Callable[[int, int], None] = lambda done, all: None,
) -> Report:
    """Take in every .txt, .md and .docx under *folder*. A file that cannot be read is named, and left there.

    May be stopped and run again: a text that is here already is not taken twice.
    """
    listed = read_catalogue(catalogue) if catalogue else {}
    files = sorted(p for p in folder.rglob("*") if p.suffix.lower() in READERS and p.is_file())
    if not files:
        raise ImportRefused("no .txt, .md or .docx here; is this the folder of transcripts?")
    consent = Consent(1, "und", NONE_READ, frozenset(grants))
    report = Report()
    if absent := listed.keys() - {_name(path, folder) for path in files}:
        raise ImportRefused(f"in the catalogue, but not in the folder: {', '.join(sorted(absent)[:5])}")
    for number, path in enumerate(files, 1):
        name = _name(path, folder)
        try:
            _import(vault, path, name, listed.get(name, {}), consent, today, report)
        except MalformedTestimony as reason:
            report.refused[name] = str(reason)
        progress(number, len(files))
    with vault.together():
        vault.journal.append("poa", "archive", [f"import:{len(report.taken)}"])
    return report


def language_of(text: str) -> Language:
    """The language that most of its letters are written in."""
    hangul = sum("가" <= c <= "힣" for c in text)
    han = sum("一" <= c <= "鿿" for c in text)
    latin = sum(c.isascii() and c.isalpha() for c in text)
    if hangul * 3 >= han and hangul * 3 >= latin and hangul:
        return "kor"
    return "zho" if han * 3 >= latin and han else "eng"


def _import(
    vault: Vault, path: Path, name: str, row: dict[str, Any], consent: Consent, today: date, report: Report
) -> None:
    text = text_of(path)
    if not text.strip():
        raise MalformedTestimony("there is no text in it")
    # A path can be long, and can hold a name: the vault keeps its hash.
    place = hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()
    said = Consent.from_json(row["consent"]) if "consent" in row else consent
    if vault.holds("imported", place):
        if not vault.holds("testimony", vault.json("imported", place)):
            raise MalformedTestimony("was here and was destroyed; it is not taken again")
        held = vault.testimony(vault.json("imported", place))
        if held.text == text and held.consent != said:
            raise MalformedTestimony("here already, with another consent, which was not changed")
        if held.text == text:
            report.again.append(name)
            return
    given = str(row.get("language", row.get("lang", ""))).lower()
    if given and given not in LANGUAGES:
        raise MalformedTestimony("its language in the catalogue is not kor, zho or eng")
    lang = LANGUAGES.get(given) or language_of(text)
    testimony = Testimony(
        TestimonyId(secrets.token_hex(8)), "import", lang, quarter_of(today), "received", said, text
    )
    with vault.together():
        vault.put_testimony(testimony)
        vault.put_json("imported", place, testimony.id)
        vault.journal.append("acc", "archive", [f"testimony:{testimony.id}"])
    report.taken[name] = testimony.id
    report.words += len(words_of(text))


def _name(path: Path, folder: Path) -> str:
    # A Mac writes names in NFD, and whoever types a catalogue in NFC.
    return unicodedata.normalize("NFC", path.relative_to(folder).as_posix())


def read_catalogue(path: Path) -> dict[str, dict[str, Any]]:
    """The lines of a catalogue by the files that they name, or `ImportRefused`."""
    listed: dict[str, dict[str, Any]] = {}
    if path.stat().st_size > LARGEST:
        raise ImportRefused("a catalogue has at most 64 MiB")
    try:
        for line in filter(str.strip, path.read_text("utf-8-sig").splitlines()):
            row = json.loads(line)
            name = unicodedata.normalize("NFC", Path(row["file"]).as_posix())
            if name in listed:
                raise ImportRefused(f"the catalogue names one file twice: {name}")
            listed[name] = row
    except (ValueError, KeyError, TypeError, RecursionError):
        raise ImportRefused("a catalogue is JSON Lines, and each line has a `file`") from None
    return listed


def text_of(untrusted: Path) -> str:
    """The words in a .txt, .md or .docx, in NFC, or `MalformedTestimony`."""
    try:
        return normalized("NFC", READERS[untrusted.suffix.lower()](untrusted))
    except UNREADABLE as reason:
        if isinstance(reason, MalformedTestimony):
            raise
        raise MalformedTestimony("cannot be read as text") from None


def _text(path: Path) -> str:
    if path.stat().st_size > LARGEST:
        raise MalformedTestimony("longer than 64 MiB")
    return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")


def _docx(path: Path) -> str:
    """The visible paragraphs of a .docx: deleted and hidden text stays out, and nothing but text is read."""
    with zipfile.ZipFile(path) as folder:
        entry = folder.getinfo("word/document.xml")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise MalformedTestimony("packed as no word processor packs; save it as .txt")
        if entry.file_size > LARGEST_XML:
            raise MalformedTestimony("a document with more than 16 MiB of text; save it as .txt")
        raw = folder.read(entry)
    if re.search(rb"<!(DOCTYPE|ENTITY)", raw):
        raise MalformedTestimony("a document that declares entities is not opened")
    return "\n".join("".join(_words(p)) for p in _inside(ElementTree.fromstring(raw), f"{WORD}p"))


def _inside(element: ElementTree.Element, tag: str) -> Iterator[ElementTree.Element]:
    """What is marked *tag*, at any depth; a drawing's second copy for older programs is left out."""
    for each in element:
        if each.tag == tag:
            yield each
        if each.tag != FALLBACK:
            yield from _inside(each, tag)


def _words(element: ElementTree.Element) -> Iterator[str]:
    for each in element:
        if each.tag == f"{WORD}t":
            yield each.text or ""
        elif each.tag in (f"{WORD}br", f"{WORD}cr"):
            yield "\n"
        elif each.tag == f"{WORD}tab":
            yield "\t"
        elif each.tag not in (f"{WORD}p", FALLBACK) and each.find(f"{WORD}rPr/{WORD}vanish") is None:
            yield from _words(each)


READERS: Final[dict[str, Callable[[Path], str]]] = {".txt": _text, ".md": _text, ".docx": _docx}

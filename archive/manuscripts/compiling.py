"""A project made into files: all that were asked for, looked through to the last byte, or none at all.

1. Nothing is written before every file is whole and was looked through for every hidden word (R16).
2. They lie beside their place first and get their name at once, so that no half of a book is ever left.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Final

from archive import roles
from archive.errors import ArchiveError
from archive.manuscripts import book as books
from archive.manuscripts.binder import Project
from archive.manuscripts.book import Book
from archive.manuscripts.docx import docx
from archive.manuscripts.epub import epub
from archive.manuscripts.looking import Look, NamesLeft
from archive.manuscripts.markdown import markdown
from archive.manuscripts.pages import page
from archive.manuscripts.pdf import pdf
from archive.manuscripts.quoting import Sources
from archive.people import Person
from archive.redaction.residue import ResidueFound, layers, require_clean
from archive.redaction.sightings import Texts
from archive.vault import Vault
from archive.working import Progress
from crypto import durable

FORMATS: Final[dict[str, Callable[[Book], bytes]]] = {
    "epub": epub,
    "docx": docx,
    "pdf": pdf,
    "html": lambda book: page(book).encode(),
    "md": lambda book: markdown(book).encode(),
}
SURE: Final = 6
"""Bytes of a spelling that is looked for in packed bytes too; a shorter one is met there by chance."""


class CompileRefused(ArchiveError):
    """Nothing was written."""


def compile_book(
    vault: Vault,
    person: Person,
    project: Project,
    formats: tuple[str, ...],
    into: Path,
    today: date,
    progress: Progress = lambda done, all: None,
) -> list[Path]:
    """Write the book of *project* into the new folder *into*, a file for each format.

    `book.NotReady` names what may not be in it, `NamesLeft` what may be a name; `ResidueFound` when a hidden
    word can be read in a file.
    """
    if into.exists():
        raise CompileRefused("there is something of this name already; name a new folder")
    whole, files = _finished(vault, project, formats, today, progress)
    _let_out(vault, person, project, whole, lambda: _write(into, files))
    return [into / name for name in files]


def book_file(vault: Vault, person: Person, project: Project, format: str, today: date) -> bytes:
    """One file of the book, to be handed to a browser; refused as `compile_book` is."""
    whole, files = _finished(vault, project, (format,), today)
    _let_out(vault, person, project, whole, lambda: None)
    return files[f"book.{format}"]


def _finished(
    vault: Vault,
    project: Project,
    formats: tuple[str, ...],
    today: date,
    progress: Progress = lambda done, all: None,
) -> tuple[Book, dict[str, bytes]]:
    """The book and its files, looked through; nothing was let out yet."""
    if not formats or not set(formats) <= set(FORMATS):
        raise CompileRefused("a book is made as epub, docx, pdf, html, md")
    whole, files = books.assemble(vault, project, today), dict[str, bytes]()
    look = Look(vault, project, Sources(vault, project))
    if left := look.findings():
        raise NamesLeft(left)
    for number, name in enumerate(formats, 1):
        files[f"book.{name}"] = FORMATS[name](whole)
        progress(number, len(formats))
    look_through(files, whole, look)
    return whole, files


def _let_out(vault: Vault, person: Person, project: Project, whole: Book, write: Callable[[], None]) -> None:
    """Ask the gate once more, and *write* and journal in one transaction."""
    with vault.together():
        roles.require(vault, person, "editor")
        if books.assemble(vault, project, whole.day) != whole:
            raise CompileRefused("a testimony in it was changed meanwhile; make the book again")
        vault.journal.append("ipc", person.name, [f"project:{project.id}"])
        write()
        of_whom = [f"testimony:{each}" for each in sorted(project.testimonies)]
        vault.journal.append("exp", person.name, [f"project:{project.id}", *of_whom])


def look_through(files: Mapping[str, bytes], made: Book, look: Look) -> None:
    """Return when no hidden word and no name can be read in any of *files*: `ResidueFound`, `NamesLeft`."""
    surfaces = {surface for _, surface in made.hidden}
    for name, content in files.items():
        texts, packed = [], dict[str, bytes]()
        for number, layer in enumerate(_readable(name, content)):
            try:
                texts.append(layer.decode())
            except UnicodeDecodeError:
                packed[str(number)] = layer
        if Texts(texts).showing(surfaces):
            raise ResidueFound(f"hidden words can be read in {name}; nothing was written")
        if left := look.in_file(name, texts):
            raise NamesLeft(left)
        require_clean(packed, {each for each in surfaces if len(each.encode()) >= SURE})


def _readable(name: str, content: bytes) -> list[bytes]:
    found = list(layers(content))
    if name.endswith(".pdf"):
        found.append(_words_of_pdf(content))
    return found


def _words_of_pdf(content: bytes) -> bytes:
    """What a reader can copy out of a PDF, by Poppler, which the archive has for its attachments."""
    try:
        told = subprocess.run(["pdftotext", "-q", "-", "-"], input=content, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        raise CompileRefused("the PDF cannot be looked through; install poppler-utils") from None
    return told.stdout


def _write(into: Path, files: Mapping[str, bytes]) -> None:
    into.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{into.name}-", dir=into.parent))
    try:
        for name, content in files.items():
            durable.write(beside / name, content)
        os.replace(beside, into)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise

"""The book as EPUB 3.3: accessible, the same bytes each time, nothing in it that asks for a network.

Standards: EPUB 3.3 and EPUB Accessibility 1.1 (W3C Recommendations, 25 May 2023).
"""

from __future__ import annotations

import io
import uuid
import zipfile
from collections.abc import Iterator
from typing import Final

from archive.manuscripts.book import Book, Picture, Table
from archive.manuscripts.pages import STYLE, environment, note_places

CONTAINER: Final = """<?xml version="1.0" encoding="utf-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="book/content.opf" media-type="application/oebps-package+xml" /></rootfiles>
</container>
"""
MOMENT: Final = (1980, 1, 1, 0, 0, 0)
"""Of every file in the archive: the first that a zip can say."""
NAMESPACE: Final = uuid.UUID("6e6d0a5c-3b0f-5c53-9b3d-6f4f6e676769")
File = tuple[str, str, str]
"""Its name, its title, and its part of a book (epub:type)."""


def epub(book: Book) -> bytes:
    """The whole file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        _write(archive, "mimetype", b"application/epub+zip", zipfile.ZIP_STORED)
        _write(archive, "META-INF/container.xml", CONTAINER.encode())
        for name, content in _files(book):
            _write(archive, f"book/{name}", content)
    return packed.getvalue()


def packed_alike(source: bytes) -> bytes:
    """A zip file with the same files in it, in their order, and nothing of the moment it was made."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(source)) as before, zipfile.ZipFile(made, "w") as after:
        for entry in before.infolist():
            _write(after, entry.filename, before.read(entry))
    return made.getvalue()


def _files(book: Book) -> Iterator[tuple[str, bytes]]:
    files = [
        ("title.xhtml", book.words["title_page"], "titlepage"),
        *((f"{each.id}.xhtml", each.title, "chapter") for each in book.sections),
        *([("glossary.xhtml", book.words["glossary"], "glossary")] if book.glossary else []),
        ("notes.xhtml", book.words["notes"], "endnotes"),
        ("colophon.xhtml", book.words["colophon"], "colophon"),
    ]
    told = environment(book, lambda picture: picture.name, epub=True)
    pictures = [each for section in book.sections for each in section.pieces if isinstance(each, Picture)]
    identifier = uuid.uuid5(NAMESPACE, f"{book.id}:{book.day}")
    drawn = {
        f"{s.id}.xhtml" for s in book.sections if any(isinstance(p, Table) and p.drawn for p in s.pieces)
    }
    listed = {"book": book, "files": files, "pictures": pictures, "drawn": drawn, "uuid": identifier}
    yield "content.opf", told.get_template("content.opf").render(listed).encode()
    first = files[min(1, len(files) - 1)][0]
    yield "nav.xhtml", told.get_template("nav.xhtml").render(book=book, files=files, first=first).encode()
    yield "book.css", STYLE.partition("\n")[2].encode()
    places, sections = note_places(book), {f"{each.id}.xhtml": each for each in book.sections}
    chapter = told.get_template("chapter.xhtml")
    for name, title, kind in files:
        made = chapter.render(
            book=book,
            title=title,
            kind=kind,
            section=sections.get(name),
            at=lambda note: f"{places[note]}.xhtml",
            of=lambda chapter: f"{chapter}.xhtml",
        )
        yield name, made.lstrip().encode()
    for each in pictures:
        yield each.name, each.content


def _write(archive: zipfile.ZipFile, name: str, content: bytes, how: int = zipfile.ZIP_DEFLATED) -> None:
    entry = zipfile.ZipInfo(name, MOMENT)
    entry.compress_type, entry.external_attr = how, 0o644 << 16
    archive.writestr(entry, content)

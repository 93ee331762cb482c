"""The book as Markdown with notes as Pandoc reads them; everything that would be markup is escaped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from archive.manuscripts.book import Book, Paragraph, Picture, Piece, Table
from archive.manuscripts.pages import Readings, Spans

_MARKUP: Final = re.compile(r"([\\`*_{}\[\]<>#|~^$])|^(\s*)([-+]|\d+[.)])(?=\s)")


def markdown(book: Book) -> str:
    """The whole text; of pictures their words only; a reading stands behind its word, in brackets."""
    return "\n\n".join(_blocks(book)) + "\n"


def _blocks(book: Book) -> Iterator[str]:
    readings = Readings(book)
    yield f"# {_plain(book.title)}"
    yield _plain(book.words["content_note"])
    for section in book.sections:
        if section.part:
            yield f"# {_plain(section.part)}"
        yield f"## {_plain(section.title)}"
        if section.manner:
            yield f"*{_plain(section.manner)}*"
        for piece in section.pieces:
            yield _piece(piece, book.words, readings)
    if book.glossary:
        yield f"## {_plain(book.words['glossary'])}"
        yield _plain(book.words["glossary_hint"])
        yield _glossary(book)
    if book.resources:
        yield f"## {_plain(book.words['resources'])}"
        yield from (_plain(line) for line in book.resources.split("\n") if line.strip())
    yield f"## {_plain(book.words['colophon'])}"
    yield _plain(book.words["provenance"])
    yield _plain(book.made)
    yield "\n".join(f"[^{n}]: {_plain(told)}" for n, told in enumerate(book.notes, 1))


def _piece(piece: Piece, words: dict[str, str], readings: Readings) -> str:
    if isinstance(piece, Picture):
        return f"({_plain(piece.alt)})"
    if isinstance(piece, Table):
        return _table(piece, words)
    return _paragraph(piece, words, readings.lines(piece))


def _paragraph(piece: Paragraph, words: dict[str, str], told: list[Spans]) -> str:
    lines = [_plain("".join(f"{text}({how})" if how else text for text, how in line)) for line in told]
    lines[-1] += "".join(f"[^{n}]" for n in piece.notes)
    if piece.style in ("note", "context"):
        lines.insert(0, f"**{_plain(words[piece.style])}**")
    if piece.style == "paraphrase":
        return "\n\n".join(lines)
    return "\n>\n".join(f"> {line}" for line in lines)


def _table(piece: Table, words: dict[str, str]) -> str:
    rows = [[words["when"], words["what"], words["where"], words["who"]], ["---"] * 4]
    for row in piece.rows:
        told = f"{row.told} ({words['source']}: {row.source})" if row.source else row.told
        rows.append([_plain(each) for each in (row.year, told, row.where, row.who or words["of_time"])])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _glossary(book: Book) -> str:
    words = book.words
    rows = [[words["called"], words["role"], words["appears"]], ["---"] * 3]
    for each in book.glossary:
        chapters = ", ".join(title for _, title in each.chapters)
        rows.append([_plain(told) for told in (" · ".join(each.names), each.role, chapters)])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _plain(text: str) -> str:
    return _MARKUP.sub(lambda found: f"\\{found[1]}" if found[1] else f"{found[2]}\\{found[3]}", text)

"""The book as HTML: one page that needs nothing else, and the pieces that an EPUB is made of."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from archive.manuscripts.book import Book, Paragraph, Picture, Section

TEMPLATES: Final = Path(__file__).parent / "templates"
STYLE: Final = (TEMPLATES / "book.css").read_text("utf-8")
Spans = list[tuple[str, str]]
"""Pieces of a line, each with how it is read, or nothing."""


def page(book: Book) -> str:
    """The whole book as one page: style and pictures within, and a policy that lets it load nothing."""
    told = environment(book, _inside)
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    return told.get_template("book.html").render(
        book=book, style=Markup(STYLE), style_sha256=digest, here=lambda id: ""
    )


def environment(book: Book, picture: Callable[[Picture], str], *, epub: bool = False) -> Environment:
    """Templates that escape everything, with what they ask for."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    # The readings of one section are set once each: a section is rendered whole before the next.
    told = Readings(book)
    made.globals |= {
        "picture": picture,
        "lines": told.lines,
        "epub_type": lambda kind: Markup(f' epub:type="{kind}"') if epub else "",
    }
    return made


class Readings:
    """Where a reading stands: with the first of each word in a chapter; above it as ruby, or behind it."""

    def __init__(self, book: Book) -> None:
        self._first: dict[tuple[int, int], Spans] = {}
        for section in book.sections:
            self._set(section, dict(book.readings))

    def _set(self, section: Section, left: dict[str, str]) -> None:
        for piece in section.pieces:
            if isinstance(piece, Paragraph):
                for number, line in enumerate(piece.lines):
                    self._first[id(piece), number] = list(spans(line, left))

    def lines(self, piece: Paragraph) -> list[Spans]:
        return [self._first[id(piece), number] for number in range(len(piece.lines))]


def spans(line: str, left: dict[str, str]) -> Iterator[tuple[str, str]]:
    """*line* cut at each word of *left*, which loses the words that were met."""
    at = {word: line.find(word) for word in left}
    met = sorted((place, -len(word), word) for word, place in at.items() if place >= 0)
    if not met:
        yield line, ""
        return
    place, _, word = met[0]
    if place:
        yield line[:place], ""
    yield word, left.pop(word)
    if rest := line[place + len(word) :]:
        yield from spans(rest, left)


def _inside(picture: Picture) -> str:
    return f"data:{picture.media};base64,{base64.b64encode(picture.content).decode()}"


def note_places(book: Book) -> dict[int, str]:
    """In which section each note is called."""
    found: dict[int, str] = {}
    for section in book.sections:
        for piece in section.pieces:
            found |= dict.fromkeys(getattr(piece, "notes", ()), section.id)
    return found

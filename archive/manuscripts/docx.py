"""The book as DOCX, for editors and publishers who work in a word processor."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any, Final

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from archive.manuscripts.book import Book, Paragraph, Picture, Piece, Table
from archive.manuscripts.epub import packed_alike
from archive.manuscripts.pages import Readings, Spans

FONT: Final = {"eng": "Noto Serif", "kor": "Noto Serif CJK KR", "zho": "Noto Serif CJK SC"}
STYLES: Final = {"quote": "Her words", "edited": "Her words, edited", "paraphrase": "Normal"}
RUBY: Final = (("w:rubyAlign", "center"), ("w:hps", "10"), ("w:hpsRaise", "18"), ("w:hpsBaseText", "21"))
"""How a reading stands above a word, in half points."""


def docx(book: Book) -> bytes:
    """The whole file, the same bytes each time: no author, no machine, no moment but the day of the book."""
    made = Document()
    _set_up(made, book)
    made.add_heading(book.title, 0)
    made.add_paragraph(book.words["content_note"])
    readings = Readings(book)
    for section in book.sections:
        made.add_page_break()
        if section.part:
            made.add_paragraph(section.part, style="Subtitle")
        made.add_heading(section.title, 1)
        if section.manner:
            made.add_paragraph(section.manner, style="Manner")
        for piece in section.pieces:
            _add(made, piece, book, readings)
    _add_end(made, book)
    packed = io.BytesIO()
    made.save(packed)
    return packed_alike(packed.getvalue())


def _set_up(made: Any, book: Book) -> None:
    page = made.sections[0]
    page.page_width, page.page_height = Mm(148), Mm(210)
    page.left_margin = page.right_margin = Mm(18)
    for name, base in (("Her words", "Normal"), ("Her words, edited", "Her words"), ("Manner", "Normal"),
                       ("Beside", "Normal")):  # fmt: skip
        style = made.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = made.styles[base]
    normal = made.styles["Normal"]
    normal.font.name, normal.font.size = FONT[book.lang], Pt(10.5)
    fonts = normal.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), FONT[book.lang] if book.lang != "eng" else FONT["kor"])
    made.styles["Her words"].paragraph_format.left_indent = Mm(6)
    made.styles["Beside"].font.size = Pt(9)
    made.styles["Manner"].font.italic = book.lang == "eng"
    made.styles["Manner"].font.color.rgb = RGBColor(0x5B, 0x54, 0x4B)
    told, day = made.core_properties, datetime(book.day.year, book.day.month, book.day.day)
    told.title, told.language, told.author, told.last_modified_by = book.title, book.words["lang"], "", ""
    told.created = told.modified = day
    told.comments = told.keywords = told.subject = ""
    told.revision = 1


def _add(made: Any, piece: Piece, book: Book, readings: Readings) -> None:
    if isinstance(piece, Paragraph):
        _add_paragraph(made, piece, book, readings.lines(piece))
    elif isinstance(piece, Picture):
        made.add_picture(io.BytesIO(piece.content), width=Mm(100))
        made.inline_shapes[-1]._inline.docPr.set("descr", piece.alt)
    else:
        _add_table(made, piece, book)


def _add_paragraph(made: Any, piece: Paragraph, book: Book, lines: list[Spans]) -> None:
    if piece.style in ("note", "context"):
        made.add_paragraph(book.words[piece.style], style="Beside").runs[0].bold = True
    style = STYLES.get(piece.style, "Beside")
    for n, line in enumerate(lines):
        added = made.add_paragraph(style=style)
        for text, how in line:
            if how:
                added._p.append(_ruby(text, how, book.words["lang"]))
            else:
                added.add_run(text)
        if n == len(lines) - 1:
            for note in piece.notes:
                added.add_run(f" {note}").font.superscript = True


def _ruby(text: str, how: str, lang: str) -> Any:
    """A word with its reading above it, as a word processor sets it (ECMA-376, part 1, 17.3.3.25)."""
    run, ruby = OxmlElement("w:r"), OxmlElement("w:ruby")
    told = OxmlElement("w:rubyPr")
    for name, value in RUBY:
        (each := OxmlElement(name)).set(qn("w:val"), value)
        told.append(each)
    ruby.append(told)
    for name, words in (("w:rt", how), ("w:rubyBase", text)):
        (place, inner, letters) = (OxmlElement(each) for each in (name, "w:r", "w:t"))
        letters.text = words
        inner.append(letters)
        place.append(inner)
        ruby.append(place)
    run.append(ruby)
    return run


def _add_table(made: Any, piece: Table, book: Book) -> None:
    words = book.words
    table = made.add_table(rows=1, cols=4)
    for cell, told in zip(table.rows[0].cells, ("when", "what", "where", "who"), strict=True):
        cell.text = words[told]
    for row in piece.rows:
        told = f"{row.told} ({words['source']}: {row.source})" if row.source else row.told
        for cell, text in zip(table.add_row().cells, (row.year, told, row.where, row.who or words["of_time"]),
                              strict=True):  # fmt: skip
            cell.text = text


def _add_end(made: Any, book: Book) -> None:
    made.add_page_break()
    if book.glossary:
        _add_glossary(made, book)
    made.add_heading(book.words["notes"], 1)
    for number, told in enumerate(book.notes, 1):
        made.add_paragraph(f"{number}  {told}", style="Beside")
    if book.resources:
        made.add_heading(book.words["resources"], 1)
        for line in book.resources.split("\n"):
            made.add_paragraph(line)
    made.add_heading(book.words["colophon"], 1)
    made.add_paragraph(book.words["provenance"])
    made.add_paragraph(book.made)


def _add_glossary(made: Any, book: Book) -> None:
    words = book.words
    made.add_heading(words["glossary"], 1)
    made.add_paragraph(words["glossary_hint"], style="Manner")
    table = made.add_table(rows=1, cols=3)
    for cell, told in zip(table.rows[0].cells, ("called", "role", "appears"), strict=True):
        cell.text = words[told]
    for each in book.glossary:
        row = (" · ".join(each.names), each.role, ", ".join(title for _, title in each.chapters))
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text

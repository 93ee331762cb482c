"""A custodian's slip on paper: a page of A4 with the slip as signs and as a QR code, and what to do with it.

1. The slip is drawn on the page and is nowhere else: not in the file's name, its title or other metadata.
2. The page names no machine and no moment: two pages of the same slip are the same bytes.
3. A rehearsal's page says so across its whole length, so that it is never kept for a real one.

Korean and Chinese need fonts on the machine that shows the page: look at a rehearsal before you print.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from importlib.resources import files
from typing import Final, Literal

import segno
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph

from crypto.custody import GROUP, Slip

Opens = Literal["vault", "root", "rehearsal"]

WIDTH, HEIGHT = A4
MARGIN: Final = 18 * mm
FOLD: Final = HEIGHT / 2
ROWS: Final = 4
CODE: Final = 52 * mm
"""The QR code's side: a cheap camera reads it from the paper at arm's length."""

WORDS: Final[dict[str, dict[str, str]]] = json.loads(
    files("archive").joinpath("slips.json").read_text("utf-8")
)
"""By language: its font, what each key opens, and what the page says."""


@dataclass(frozen=True)
class Heading:
    """What every page of one ceremony has in common."""

    title: str
    opens: Opens
    need: int
    of: int
    day: str


def page(slip: Slip, heading: Heading) -> bytes:
    """One custodian's page as PDF. Whoever calls this is answerable for where it goes."""
    for language in ("ko", "zh"):
        pdfmetrics.registerFont(UnicodeCIDFont(WORDS[language]["font"]))
    into = io.BytesIO()
    canvas = Canvas(into, pagesize=A4, invariant=1, pageCompression=1)
    if heading.opens == "rehearsal":
        _mark(canvas)
    _words(canvas, slip.number, heading)
    _fold(canvas)
    _signs(canvas, slip)
    canvas.showPage()
    canvas.save()
    return into.getvalue()


def _words(canvas: Canvas, number: int, heading: Heading) -> None:
    canvas.setFont("Helvetica-Bold" if heading.title.isascii() else WORDS["ko"]["font"], 17)
    canvas.drawString(MARGIN, HEIGHT - MARGIN - 8, heading.title)
    canvas.setFont("Helvetica", 11)
    canvas.drawRightString(WIDTH - MARGIN, HEIGHT - MARGIN - 8, heading.day)
    top = HEIGHT - MARGIN - 22
    known = {"number": number, "need": heading.need, "of": heading.of}
    for language, words in WORDS.items():
        who = words["who"].format(key=words[heading.opens], **known)
        said = [(11, who), (9.5, words["keep"]), *([(9.5, words["forced"])] if heading.need > 1 else [])]
        for size, text in said:
            style = ParagraphStyle(language, fontName=words["font"], fontSize=size, leading=size * 1.36)
            style.wordWrap = "CJK" if language == "zh" else None
            paragraph = Paragraph(text, style)
            top -= paragraph.wrapOn(canvas, WIDTH - 2 * MARGIN, HEIGHT)[1] + 2
            paragraph.drawOn(canvas, MARGIN, top)
        top -= 9


def _fold(canvas: Canvas) -> None:
    canvas.saveState()
    canvas.setDash(4, 4)
    canvas.setLineWidth(0.5)
    canvas.line(MARGIN, FOLD, WIDTH - MARGIN, FOLD)
    canvas.setFont("Helvetica", 8)
    canvas.drawCentredString(WIDTH / 2, FOLD + 4, "fold here, with the signs inside")
    canvas.restoreState()


def _signs(canvas: Canvas, slip: Slip) -> None:
    groups = slip.text().split()
    top = FOLD - 34 * mm
    canvas.setFont("Helvetica", 11)
    canvas.drawString(MARGIN, FOLD - 14 * mm, f"Custodian {slip.number}, set {slip.set}")
    for row in range(ROWS):
        across = groups[row * GROUP : (row + 1) * GROUP]
        canvas.setFont("Helvetica", 8)
        canvas.drawString(MARGIN, top, f"{row * GROUP + 1}-{(row + 1) * GROUP}")
        canvas.setFont("Courier-Bold", 25)
        canvas.drawString(MARGIN + 11 * mm, top, " ".join(across))
        top -= 15 * mm
    canvas.setFont("Helvetica", 8)
    canvas.drawString(
        MARGIN, top, "No letter I, L, O or U stands here: a round sign is zero, a straight one is one."
    )
    _code(canvas, "".join(groups), WIDTH - MARGIN - CODE, FOLD - 28 * mm)


def _code(canvas: Canvas, text: str, left: float, top: float) -> None:
    rows = tuple(segno.make_qr(text, error="q", boost_error=False).matrix)
    side = CODE / len(rows)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                canvas.rect(left + x * side, top - (y + 1) * side, side, side, stroke=0, fill=1)


def _mark(canvas: Canvas) -> None:
    canvas.saveState()
    canvas.setFillGray(0.86)
    canvas.translate(WIDTH / 2, HEIGHT / 2)
    canvas.rotate(55)
    canvas.setFont("Helvetica-Bold", 118)
    canvas.drawCentredString(0, -40, "REHEARSAL")
    canvas.restoreState()

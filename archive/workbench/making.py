"""The editors' room, further: a project as it was, lives in order of time, and the book as a file."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, abort, redirect, url_for
from werkzeug.wrappers import Response as Answer

from archive.coding import versions as codings
from archive.command_line import today
from archive.manuscripts import chronology, compiling, context, shelf
from archive.manuscripts.binder import BinderRefused, Project
from archive.manuscripts.quoting import QuoteRefused, Sources
from archive.testimony import Segment
from archive.versions.comparison import compare
from archive.workbench import page
from archive.workbench.books import opened, told

making = Blueprint("making", __name__)
MEDIA: Final = {
    "epub": "application/epub+zip",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "html": "text/html",
    "md": "text/markdown",
}


@making.get("/books/<id>/snapshot/<int:number>")
def snapshot(id: str, number: int) -> str:
    """What a project was before a change, beside what it is: what was added, taken away, rewritten."""
    _, now = opened(id)
    try:
        before = shelf.snapshot(page.vault(), id, number)
    except BinderRefused:
        abort(404)
    sources = Sources(page.vault(), now)
    rows = compare(_outline(before, sources), _outline(now, sources))
    return page.show("snapshot.html", project=now, number=number, rows=rows)


def _outline(project: Project, sources: Sources) -> list[Segment]:
    rows = []
    for chapter in project.chapters:
        rows.append(Segment(chapter.id, f"{chapter.title} · {chapter.manner}"))
        rows += [Segment(each.id, told(sources, each)["text"] or each.kind) for each in chapter.blocks]
    return rows


@making.get("/books/<id>/time/<chapter>")
def time(id: str, chapter: str) -> str:
    """The lives of a chapter in order of time, with what contradicts and what is missing."""
    _, project = opened(id)
    try:
        found = project.chapter(chapter)
    except BinderRefused:
        abort(404)
    sources = Sources(page.vault(), project)
    lives = {}
    for each in sorted(found.testimonies):
        try:
            sources.rendition(each)
        except QuoteRefused:
            continue
        lives[each] = codings.current(page.vault(), each).life
    rows = chronology.rows(lives, context.facts().values(), project.lang)
    return page.show(
        "book_time.html",
        project=project,
        chapter=found,
        rows=rows,
        gaps=chronology.gaps(lives),
        drawn=chronology.drawing(rows),
    )


@making.post("/books/<id>/make/<format>")
def make(id: str, format: str) -> Answer:
    """The book as a file, or the binder again with what keeps it back."""
    _, project = opened(id)
    if format not in compiling.FORMATS:
        abort(404)
    with page.tells_refusals():
        content = compiling.book_file(page.vault(), page.signer(), project, format, today())
        saved = {"Content-Disposition": f'attachment; filename="book.{format}"'}
        return Response(content, mimetype=MEDIA[format], headers=saved)
    return redirect(url_for("books.show", id=id), code=303)

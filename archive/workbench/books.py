"""The editors' room: projects, the binder of each with a testimony beside it, and the book as a file."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, cast

from flask import Blueprint, abort, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from archive.command_line import today
from archive.manuscripts import approval, arranging, compiling, context, shelf
from archive.manuscripts.appearing import name_everybody
from archive.manuscripts.approval import Heard
from archive.manuscripts.binder import MANNERS, BinderRefused, Block, Chapter, Project, count
from archive.manuscripts.choosing import candidates
from archive.manuscripts.quoting import QuoteRefused, Sources, used
from archive.testimony import AUDIENCES, LANGUAGES
from archive.workbench import page

books = Blueprint("books", __name__)


@books.get("/books")
def show_all() -> str:
    found = shelf.projects(page.vault())
    return page.show("books.html", projects=found, languages=LANGUAGES, audiences=AUDIENCES)


@books.post("/books")
def create() -> Answer:
    """Begin a project, and go to it."""
    wanted = (request.form.get(key, "") for key in ("title", "lang", "audience"))
    with page.tells_refusals():
        made = shelf.create(page.vault(), page.signer(), *wanted)
        return redirect(url_for("books.show", id=made.id), code=303)
    return redirect(url_for("books.show_all"), code=303)


def opened(id: str) -> tuple[int, Project]:
    """The number of its last change and the project, or a page that says it is not here."""
    try:
        return shelf.project(page.vault(), id)
    except BinderRefused:
        abort(404)


@books.route("/books/<id>", methods=["GET", "POST"])
def show(id: str) -> str:
    """The binder: all chapters, one of them open, and beside it what may be read of a testimony."""
    # Posted, where a testimony is looked for: what stands for somebody is no part of an address.
    number, project = opened(id)
    sources = Sources(page.vault(), project)
    chapters = list(project.chapters)
    asked = request.values.get("chapter", "")
    chapter = next((each for each in chapters if each.id == asked), chapters[0] if chapters else None)
    beside, wanted = request.values.get("beside", ""), request.form.get("q", "")
    return page.show(
        "binder.html",
        number=number,
        project=project,
        chapter=chapter,
        states={each.id: _state(project, each, sources) for each in chapters},
        blocks=[told(sources, each) for each in chapter.blocks] if chapter else [],
        beside=beside,
        shown=_beside(sources, beside, project),
        wanted=wanted,
        found=candidates(page.vault(), project, sources, wanted),
        resting=_resting(sources, project, beside),
        facts=[(each.id, each.when.text, each.told[project.lang]) for each in context.facts().values()],
        manners=MANNERS,
        heard=approval.HEARD,
        formats=compiling.FORMATS,
        snapshots=shelf.snapshots(page.vault(), id)[:20],
    )


def _state(project: Project, chapter: Chapter, sources: Sources) -> dict[str, Any]:
    """How far a chapter is: its words, what is blocked, and whose yes is missing."""
    blocked = {each.block: each.why for each in sources.blocked_in(chapter)}
    words = sum(count(sources.text(each)) for each in chapter.blocks if each.id not in blocked)
    missing = [] if blocked else approval.missing(page.vault(), project, chapter, sources)
    return {"words": words, "blocked": blocked, "missing": missing}


def told(sources: Sources, block: Block) -> dict[str, Any]:
    """A block as the page shows it; without words where it is blocked."""
    try:
        return {"block": block, "text": sources.text(block), "edits": sources.edits(block), "why": ""}
    except QuoteRefused as refused:
        return {"block": block, "text": "", "edits": (), "why": str(refused)}


def _resting(sources: Sources, project: Project, beside: str) -> list[str]:
    """On what an editor's words may rest: the testimonies of this book, and the one that is open."""
    found = []
    for testimony in sorted({*project.testimonies, beside} - {""}):
        with suppress(QuoteRefused):
            sources.rendition(testimony)
            found.append(testimony)
    return found


def _beside(sources: Sources, testimony: str, project: Project) -> list[dict[str, Any]]:
    """The parts of a testimony that an editor reads beside the chapter, and where each is used already."""
    if not testimony:
        return []
    try:
        made = sources.rendition(testimony)
    except QuoteRefused as refused:
        page.say(str(refused))
        return []
    closed = page.closed(testimony, made.lang, ((each.id, each.text) for each in made.segments))
    places = used([project])
    return [
        {
            "id": s.id,
            "told": sources.stretches(testimony, s),
            "closed": closed.get(s.id),
            "used": places.get((testimony, s.id), []),
        }
        for s in made.segments
    ]


@books.post("/books/<id>/<step>")
def change(id: str, step: str) -> Answer:
    """One step on a project by the person who has signed in."""
    opened(id)
    chapter = request.form.get("chapter", "")
    beside, moved = (request.form.get(each) or None for each in ("beside", "thing"))
    anchor = moved if step == "move" else None
    to = url_for("books.show", id=id, chapter=chapter, beside=beside, _anchor=anchor)
    with page.tells_refusals():
        vault, person = page.vault(), page.signer()
        if step in ARRANGED:
            seen = request.form.get("seen", -1, type=int)
            with vault.together():
                now = shelf.change(vault, person, id, lambda now: ARRANGED[step](now), today(), seen=seen)
                if step == "quote":
                    name_everybody(vault, person, now)
        elif step == "yes":
            said = {key: request.form.get(key, "") for key in ("testimony", "heard", "message")}
            approval.approve(
                vault, person, opened(id)[1], chapter, said["testimony"], cast(Heard, said["heard"]), today(),
                said["message"].strip(),
            )  # fmt: skip
        elif step == "read-back":
            told_to = request.form.get("testimony", "")
            approval.read_back(vault, person, opened(id)[1], chapter, told_to, today())
        elif step == "restore":
            shelf.restore(vault, person, id, request.form.get("snapshot", 0, type=int), today())
        elif step == "snapshot":
            label = request.form.get("label", "")
            shelf.change(vault, person, id, lambda now: now, today(), label=label)
        else:
            abort(404)
        page.say(f"books_done_{step.replace('-', '_')}")
    return redirect(to, code=303)


def _field(name: str) -> str:
    return request.form.get(name, "").replace("\r\n", "\n").strip()


def _quote(now: Project) -> Project:
    sources, testimony = Sources(page.vault(), now), _field("beside")
    parts = _field("segments").split()
    texts = {each.id: each.text for each in sources.rendition(testimony).segments}
    end = request.form.get("end", 0, type=int) or len(texts.get(parts[-1], "") if parts else "")
    bound = sources.bind(testimony, parts, request.form.get("start", 0, type=int), end)
    return arranging.add_block(now, _field("chapter"), Block("", "quote", quote=bound))


def _block(now: Project) -> Project:
    kind, of = _field("kind"), tuple(request.form.getlist("of"))
    ref = " ".join(request.form.getlist("ref"))
    made = Block("", kind, sources=of, ref=ref)  # type: ignore[arg-type]
    written = Sources(page.vault(), now).edited(now, made, _field("text"))
    return arranging.add_block(now, _field("chapter"), written)


def _edit(now: Project) -> Project:
    sources = Sources(page.vault(), now)
    return arranging.change_block(
        now, _field("block"), lambda each: sources.edited(now, each, _field("text"))
    )


def _move(now: Project) -> Project:
    return arranging.move(now, _field("thing"), _field("into"), request.form.get("at", 0, type=int))


ARRANGED: Final[dict[str, Callable[[Project], Project]]] = {
    "part": lambda now: arranging.add_part(now, _field("title")),
    "chapter": lambda now: arranging.add_chapter(now, _field("part"), _field("title"), _field("manner")),
    "rename": lambda now: arranging.rename(now, _field("thing"), _field("title"), _field("manner")),
    "remove": lambda now: arranging.remove(now, _field("thing")),
    "quote": _quote,
    "block": _block,
    "edit": _edit,
    "move": _move,
    "end": lambda now: arranging.end_with(now, _field("resources"), _field("readings")),
}
"""Each change of the binder, by its name in the address; it reads the form."""

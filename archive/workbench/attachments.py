"""The pages of the files that came with a testimony: safe copies, small and grey until somebody opens one."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from flask import Blueprint, abort, current_app, redirect, request, url_for
from flask.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response
from werkzeug.wsgi import wrap_file

from archive import review
from archive.attachments import copies, hiding, pictures
from archive.attachments.copies import Copy
from archive.command_line import today
from archive.testimony import Testimony
from archive.vault import UnknownRecord
from archive.versions.record import history
from archive.workbench import page
from archive.workbench.copying import Copying, Progress, Work
from archive.working import working

attachments = Blueprint("attachments", __name__)
AGAIN: Final = "2"
"""Seconds until a page on which something is going on asks again."""
_ROW: Final = 16


@attachments.record_once
def _prepare(state: BlueprintSetupState) -> None:
    state.app.extensions["copying"] = Copying()


def _copying() -> Copying:
    copying: Copying = current_app.extensions["copying"]
    return copying


@page.or_not_found
def _told(name: str) -> Testimony:
    return review.reading(page.vault(), name).told


@attachments.get("/testimony/<name>/files")
def show(name: str) -> Response:
    told, copying = _told(name), _copying()
    files = copies.files(page.vault(), name)
    answer = current_app.make_response(
        page.show(
            "attachments.html",
            testimony=told,
            files=files,
            jobs={file.name: copying.of(file.name) for file in files},
            bytes_of={file.name: _hex(file.name) for file in files if file.state == "bytes"},
        )
    )
    if copying.is_busy():
        answer.headers["Refresh"] = AGAIN
    return answer


@attachments.post("/testimony/<name>/files/<int:number>")
def make(name: str, number: int) -> Response:
    """Begin to make a safe copy; the page shows how far it is."""
    _told(name)
    with page.tells_refusals():
        making = partial(copies.make, page.vault(), page.signer(), f"{name}:{number}", today())
        _start(f"{name}:{number}", making)
    return redirect(url_for("attachments.show", name=name), code=303)


def _start(name: str, work: Work) -> None:
    """Do it beside the pages; the page of its file and the desk show how far it is."""
    vault = page.vault()

    def told(progress: Progress) -> None:
        with working(vault, "copy", progress) as tell:
            work(tell)

    _copying().start(name, told)


@attachments.get("/testimony/<name>/files/<int:number>/<int:part>")
def opened(name: str, number: int, part: int) -> Response:
    told, person, kept = _told(name), page.person(), f"{name}:{number}:{part}"
    try:
        found = copies.opened(page.vault(), person.name if person else "archive", kept)
    except UnknownRecord:
        abort(404)
    job = _copying().of(kept)
    answer = current_app.make_response(
        page.show(
            "attachment.html",
            testimony=told,
            copy=found,
            number=number,
            part=part,
            hidden=hiding.hidden(page.vault(), kept),
            is_shown=_shows_codes(),
            is_written=any(each.recording == number for each in history(page.vault(), name)),
            job=job,
        )
    )
    if job is not None and not job.is_over:
        answer.headers["Refresh"] = AGAIN
    return answer


@attachments.get("/testimony/<name>/files/<int:number>/<int:part>/small")
def small(name: str, number: int, part: int) -> Response:
    """What is shown before somebody opens it: grey, blurred, no larger than a stamp (R24)."""
    found = _found(name, number, part)
    if not found.media.startswith("image/"):
        abort(404)
    picture = pictures.reopened(b"".join(copies.content(page.vault(), found))).covered(found.codes)
    return Response(picture.preview(), mimetype="image/png")


@attachments.get("/testimony/<name>/files/<int:number>/<int:part>/content")
def content(name: str, number: int, part: int) -> Response:
    """A safe copy itself; codes in a picture stay covered unless they were asked for (R21)."""
    found = _found(name, number, part)
    if found.media.startswith("image/") and found.codes and not _shows_codes():
        picture = pictures.reopened(b"".join(copies.content(page.vault(), found))).covered(found.codes)
        return Response(picture.encoded("image/png"), mimetype="image/png")
    return _played("rendition", found)


@attachments.get("/testimony/<name>/files/<int:number>/<int:part>/hidden")
def hidden(name: str, number: int, part: int) -> Response:
    """What two people hid, or in a picture what one proposed, gone from it; codes are covered too."""
    found = _found(name, number, part)
    decision = hiding.hidden(page.vault(), found.name)
    if decision.approver:
        return _played(copies.REDACTED, found)
    if not found.media.startswith("image/"):
        abort(404)
    picture = pictures.reopened(b"".join(copies.content(page.vault(), found)))
    return Response(
        picture.covered((*decision.boxes, *found.codes)).encoded("image/png"), mimetype="image/png"
    )


def _played(kind: str, found: Copy) -> Response:
    """A file of the vault, of which a player asks for one piece after another."""
    window: Any = page.vault().window(kind, found.name)
    answer = Response(wrap_file(request.environ, window), mimetype=found.media, direct_passthrough=True)
    answer.content_length = window.length
    return answer.make_conditional(request.environ, accept_ranges=True, complete_length=window.length)


@attachments.post("/testimony/<name>/files/<int:number>/<int:part>/<step>")
def hide(name: str, number: int, part: int, step: str) -> Response:
    """One step on what is hidden in a copy, by the person who has signed in."""
    _told(name)
    found = _found(name, number, part)
    back = redirect(url_for("attachments.opened", name=name, number=number, part=part), code=303)
    with page.tells_refusals():
        person = page.signer()
        if step == "propose":
            boxes, silences = _marks(found)
            hiding.propose(page.vault(), person, found.name, boxes, silences)
        elif step == "approve":
            approve = partial(
                hiding.approve, page.vault(), person, found.name, request.form.get("proposal", "")
            )
            if found.media.startswith("image/"):
                approve()
            else:  # a film is built anew in about the time that it lasts
                _start(found.name, lambda progress: approve())
                return back
        else:
            abort(404)
        page.say(f"attachment_done_{step}")
    return back


def _marks(found: Copy) -> tuple[list[pictures.Box], list[tuple[int, int]]]:
    """What is hidden already, unless it is to begin anew, and what the form adds."""
    form, before = request.form, hiding.hidden(page.vault(), found.name)
    boxes = [] if "anew" in form else list(before.boxes)
    silences = [] if "anew" in form else list(before.silences)
    sides = [form.get(side, type=int) for side in ("left", "top", "right", "bottom")]
    if all(side is not None for side in sides):
        left, top, right, bottom = (side or 0 for side in sides)
        boxes.append((left, top, right, bottom))
    start, end = form.get("from", type=float), form.get("until", type=float)
    if start is not None and end is not None:
        silences.append((round(start * 1000), round(end * 1000)))
    return boxes, silences


@page.or_not_found
def _found(name: str, number: int, part: int) -> Copy:
    return copies.copy(page.vault(), f"{name}:{number}:{part}")


def _shows_codes() -> bool:
    return request.args.get("codes") == "shown"


def _hex(name: str) -> list[tuple[str, str, str]]:
    """The first bytes of a file in rows: where, as numbers, and what of them is a letter."""
    begins = copies.first_bytes(page.vault(), name)
    rows = [begins[at : at + _ROW] for at in range(0, len(begins), _ROW)]
    return [
        (f"{number * _ROW:04x}", row.hex(" "), "".join(chr(b) if 32 < b < 127 else "·" for b in row))
        for number, row in enumerate(rows)
    ]

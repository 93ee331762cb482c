"""The page of versions: original, transcript, translation and preview side by side, and any two compared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, cast

from flask import Blueprint, abort, g, redirect, request, url_for
from werkzeug.wrappers import Response

from archive import care, review, supplements
from archive.command_line import today
from archive.consent import require_granted
from archive.redaction.decision import segments_of
from archive.review import Reading
from archive.standing import standing
from archive.testimony import LANGUAGES, TAGS, Language, Segment
from archive.versions import basis, record
from archive.versions.comparison import beside, compare
from archive.versions.derivation import Kind, Version, first_free
from archive.versions.segments import named, tidy
from archive.workbench import page

versions = Blueprint("versions", __name__)
TRANSCRIPTS: Final = ("corrected", "supplemented", "reviewed", "approved", "machine_literal")
"""Kinds of which the newest stands in the column beside what was received."""


@page.or_not_found
def opened(name: str) -> tuple[Reading, list[Version]]:
    """The testimony and its versions, or a page that says it is not here."""
    return review.reading(page.vault(), name), record.history(page.vault(), name)


def closed(name: str, found: Sequence[Version]) -> dict[str, str]:
    """The severe segments of any version that nobody opened at this desk, each with its summary (R23)."""
    shut: dict[str, str] = {}
    for each in found:
        shut |= page.closed(name, each.lang, ((s.id, s.text) for s in each.segments))
    return shut


@versions.get("/testimony/<name>/versions")
def show(name: str) -> str:
    reading, found = opened(name)
    told, vault = reading.told, page.vault()
    original = found[0].segments
    transcript = _newest(found, told.lang_original, TRANSCRIPTS)
    other = next((v for v in reversed(found) if v.lang != told.lang_original and not v.gone), None)
    shown = [Segment(*each) for each in segments_of(told, reading.marks)]
    columns = (original, transcript.segments if transcript else (), other.segments if other else (), shown)
    edited = _asked(found, "edit")
    pair = (_asked(found, "before"), _asked(found, "after"))
    compared = compare(pair[0].segments, pair[1].segments) if pair[0] and pair[1] else None
    return page.show(
        "versions.html",
        testimony=told,
        versions=found,
        rows=beside(*columns),
        transcript=transcript,
        translation=other,
        signed={v.derived_from for v in found if v.kind in ("reviewed", "approved")},
        counts=basis.chosen(vault, name),
        edited=edited,
        into=request.args.get("into", edited.lang if edited else ""),
        before=pair[0],
        after=pair[1],
        compared=compared,
        may_translate=("translate", "archivists") in standing(vault, told).allowed,
        closed=closed(name, found),
        tags=TAGS,
        languages=LANGUAGES,
        later=supplements.told_later(vault, name),
        joined={each.joins for each in found},
        earlier=supplements.joined_to(vault, name),
    )


def _newest(found: Sequence[Version], lang: Language, kinds: Sequence[str]) -> Version | None:
    return next((v for v in reversed(found) if v.lang == lang and v.kind in kinds and not v.gone), None)


def _asked(found: Sequence[Version], key: str) -> Version | None:
    number = request.args.get(key, -1, type=int)
    return found[number] if 0 <= number < len(found) else None


@versions.post("/testimony/<name>/versions/<step>")
def change(name: str, step: str) -> Response:
    """One step on the versions by the person who has signed in."""
    _, found = opened(name)
    here = redirect(url_for("versions.show", name=name), code=303)
    back = page.back() if request.form.get("back") else here
    with page.tells_refusals():
        vault, person = page.vault(), page.signer()
        number = request.form.get("number", -1, type=int)
        if not 0 <= number < len(found):
            abort(404)
        if step == "save":
            source, lang = found[number], cast(Language, request.form.get("lang", ""))
            if lang not in LANGUAGES:
                abort(404)
            kind: Kind = "corrected" if lang == source.lang else "translation"
            if kind == "translation":
                require_granted(vault, name, "translate", "archivists")
            told = _written(source, first_free(found), splits=kind == "corrected")
            record.keep(vault, person, name, kind, told, today(), derived_from=number, lang=lang)
        elif step == "sign":
            record.stand_for(vault, person, name, number, today())
        elif step == "join":
            later = request.form.get("later", "")
            supplements.join(vault, person, name, later, today(), derived_from=number)
        elif step == "open":
            shut = closed(name, found)
            care.opened(vault, person, name, shut)
            g.desk.opened |= {(name, segment) for segment in shut}
        elif step == "choose":
            basis.choose(vault, person, name, number)
        else:
            abort(404)
        page.say("done_open" if step == "open" else f"versions_done_{step}")
    return back


def _written(source: Version, free: int, *, splits: bool) -> tuple[Segment, ...]:
    """The segments as the form has them: an emptied field is gone, one that was not there stays as it was.

    Where it *splits*, an empty line in a field begins a new segment.
    """
    found: list[Segment] = []
    for each in source.segments:
        if each.id not in request.form:  # it was closed, and she has not read it
            found += [each] if splits else []
            continue
        written = request.form[each.id].replace("\r\n", "\n")
        blocks = written.split("\n\n") if splits else [written]
        texts = [text for text in map(tidy, blocks) if text]
        for at, text in enumerate(texts):
            if at:
                found.append(Segment(named(free), text))
                free += 1
            else:
                found.append(Segment(each.id, text, each.t_start, each.t_end, each.speaker))
    return tuple(found)

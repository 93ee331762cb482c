"""One testimony: its words, its citations, older names of it, and its tombstone when it is gone."""

from __future__ import annotations

import re
from typing import Final

from flask import Blueprint, Response, abort, request

from archive.release import RedactedTestimony
from archive.search.words import QueryRefused
from server.research.citation import DOWNLOADS, Source
from server.research.finding import Passage, severe
from server.research.page import origin, page, reading
from server.research.reading import Reading

NAMED: Final = re.compile(r"([a-z0-9]{1,40})(?:@([1-9][0-9]{0,8}))?", re.ASCII)
"""The name of a testimony in an address, alone or as it stood in one release."""

records = Blueprint("records", __name__)


class Gone(Exception):
    """It was shown here once, and the release that is shown now leaves it out."""

    def __init__(self, id: str, last: int) -> None:
        super().__init__("this testimony is not in the release that is shown")
        self.id, self.last = id, last


@records.get("/testimony/<released>")
def testimony(released: str) -> str:
    shown = reading()
    found, version = named(shown, released)
    words, beside = request.args.get("q", ""), _translation(found, "beside")
    try:
        parts = shown.index.marked(found.id, words)
    except QueryRefused:
        parts, words = shown.index.marked(found.id, ""), ""
    told = [each for each in map(Passage.of, parts) if each.translation in ("", beside)]
    return page(
        "testimony.html",
        shown,
        found=found,
        parts=[each for each in told if not each.translation],
        words=words,
        severe=severe(found),
        beside=beside,
        translated={each.part: each for each in told if each.translation},
        struck={each.part for each in told if any(is_hit for _, is_hit in each.pieces)},
        version=version,
        history=shown.shown[found.id],
        source=_source(shown, found, version),
        part_gone=request.args.get("part", "") not in ("", *(each.id for each in found.segments)),
        downloads=DOWNLOADS,
    )


@records.get("/testimony/<released>/citation.<form>")
def citation(released: str, form: str) -> Response:
    shown = reading()
    found, version = named(shown, released)
    if form not in DOWNLOADS:
        abort(404)
    answer = Response(
        _source(shown, found, version).download(form), content_type=f"{DOWNLOADS[form]}; charset=utf-8"
    )
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.id}-{shown.number}.{form}"'
    return answer


@records.app_errorhandler(Gone)
def gone(error: Gone) -> tuple[str, int]:
    shown = reading()
    since = shown.named.get(error.id)
    return page("gone.html", shown, id=error.id, last=error.last, since=since), 410


def named(shown: Reading, released: str) -> tuple[RedactedTestimony, int]:
    """The testimony of this name and the release that was asked for; `Gone`, or no such page."""
    name = NAMED.fullmatch(released)
    history = shown.shown.get(name[1]) if name else None
    if name is None or history is None:
        abort(404)
    version = int(name[2] or shown.number)
    if not history.first <= version <= shown.number:
        abort(404)
    if name[1] not in shown.testimonies:
        raise Gone(name[1], history.last)
    return shown.testimonies[name[1]], version


def _source(shown: Reading, found: RedactedTestimony, version: int) -> Source:
    """What is cited: the part that is asked for, or the whole where a newer release has no such part."""
    part = request.args.get("part", "")
    if part and part not in {each.id for each in found.segments}:
        if version == shown.number:
            abort(404)
        part = ""
    told = found.title, found.quarter, found.lang, part, _translation(found, "cite")
    return Source(origin(), found.id, shown.number, *told)


def _translation(found: RedactedTestimony, name: str) -> str:
    """The language of a translation that the address asks for and the release has; nothing otherwise."""
    asked = request.args.get(name, "")
    return asked if asked in found.translations else ""

"""The page of a reading list: what a browser sends is put together and shown, or given back as a file.

The list lives in the page and in the researcher's file; between two requests nothing of it is here.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qsl

from flask import Blueprint, Response, request

from server.research.lists import ListRefused, ReadingList
from server.research.page import origin, page, reading
from server.research.reading import Reading
from server.research.record import NAMED

FILE: Final = "reading-list.json"
TOO_MUCH: Final = 400

listing = Blueprint("listing", __name__)


@listing.get("/list")
def empty() -> str:
    return _page(ReadingList())


@listing.post("/list")
def more() -> str | tuple[str, int]:
    """What is ticked on the page or on another, and what a file adds."""
    ticked = ReadingList()
    try:
        ticked = _ticked()
        file = request.files.get("file")
        if file is None or not file.filename:
            return _page(ticked)
        added, archive = ReadingList.read(file.read())
        if archive != origin():
            return _page(ticked, refused="list_of_another"), TOO_MUCH
        return _page(ticked.with_more(added))
    except ListRefused:
        return _page(ticked, refused="list_refused"), TOO_MUCH


@listing.post("/list.json")
def file() -> Response | tuple[str, int]:
    try:
        written = _ticked().written(origin())
    except ListRefused:
        return _page(ReadingList(), refused="list_refused"), TOO_MUCH
    answer = Response(written, content_type="application/json; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{FILE}"'
    return answer


def _ticked() -> ReadingList:
    return ReadingList.of(request.form.getlist("search"), request.form.getlist("testimony"))


def _page(found: ReadingList, refused: str | None = None) -> str:
    shown = reading()
    searches = [(each, dict(parse_qsl(each))) for each in found.searches]
    named = [(each, _state(shown, each)) for each in found.testimonies]
    return page("list.html", shown, searches=searches, named=named, refused=refused)


def _state(shown: Reading, name: str) -> str:
    """How a testimony stands that was listed: as it was, changed, gone, or never here."""
    told = NAMED.fullmatch(name)
    history = shown.shown.get(told[1]) if told else None
    if told is None or history is None:
        return "never"
    if told[1] not in shown.testimonies:
        return "gone"
    version = int(told[2] or shown.number)
    return "same" if history.same_since(version) else "changed"

"""The archivists' own search, over what they may search."""

from __future__ import annotations

from flask import Blueprint, current_app, request

from archive.finding import private_index
from archive.search.index import Index
from archive.search.words import QueryRefused
from archive.standing import choices
from archive.workbench import page

searching = Blueprint("searching", __name__)


@searching.route("/search", methods=["GET", "POST"])
def show() -> str:
    # A form that is posted: what is looked for may be a name, and an address stays in the browser's history.
    words = request.form.get("q", "")
    index, refused = _index()
    try:
        results = index.search(words) if words else None
    except QueryRefused as reason:
        page.say(str(reason))
        results = None
    found = [hit.document for hit in results.hits] if results else []
    closed = {each.id: page.closed(each.id, each.lang, each.segments) for each in found}
    return page.show(
        "search.html", words=words, results=results, closed=closed, count=index.count, refused=len(refused)
    )


def _index() -> tuple[Index, dict[str, str]]:
    """The private index, made again when a testimony came or went, or somebody chose otherwise."""
    held = (tuple(page.vault().testimonies()), choices(page.vault()))
    kept = current_app.extensions.get("index")
    if kept is None or kept[0] != held:
        kept = current_app.extensions["index"] = (held, private_index(page.vault()))
    found: tuple[Index, dict[str, str]] = kept[1]
    return found

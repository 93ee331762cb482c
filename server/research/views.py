"""The reading room's pages: search, and one testimony with how to cite it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from flask import Blueprint, abort, current_app, render_template, request, url_for

from archive.search.index import FACETS
from archive.search.words import QueryRefused
from server.research.shelf import NotPublished, Reading, Shelf

LANGUAGES: Final = ("ko", "en")
PAGE: Final = 10
ASKED: Final = ("q", "page", "ui", *FACETS)
"""What an address may ask for, and so what a link may repeat: `url_for` gives other names a meaning."""

pages = Blueprint("pages", __name__)


@cache
def texts(language: str) -> dict[str, str]:
    """Every string of the pages in *language*."""
    path = Path(__file__).parent / "translations" / f"{language}.json"
    catalogue: dict[str, str] = json.loads(path.read_text("utf-8"))
    return catalogue


@pages.get("/")
def search() -> str | tuple[str, int]:
    words, chosen = request.args.get("q", ""), _filters()
    number = max(1, request.args.get("page", 1, type=int) or 1)
    reading = _reading()
    try:
        results = reading.index.search(words, chosen, start=(number - 1) * PAGE, size=PAGE)
    except QueryRefused:
        return _page("search.html", reading, words=words[:200], chosen=chosen, results=None), 400
    last = max(1, -(-results.total // PAGE))
    return _page(
        "search.html", reading, words=words, chosen=chosen, results=results, number=number, last=last
    )


@pages.get("/testimony/<released>")
def testimony(released: str) -> str:
    reading = _reading()
    found = reading.testimonies.get(released)
    if found is None:
        abort(404)
    words = request.args.get("q", "")
    try:
        parts = reading.index.marked(released, words)
    except QueryRefused:
        parts, words = reading.index.marked(released, ""), ""
    return _page("testimony.html", reading, found=found, parts=parts, words=words)


@pages.app_errorhandler(404)
def not_found(error: Exception) -> tuple[str, int]:
    return _page("notice.html", None, told="not_found"), 404


@pages.app_errorhandler(NotPublished)
def not_published(error: NotPublished) -> tuple[str, int]:
    return _page("notice.html", None, told="not_published"), 503


def _reading() -> Reading:
    shelf: Shelf = current_app.extensions["shelf"]
    return shelf.reading()


def _filters() -> Mapping[str, str]:
    return {name: value for name in FACETS if (value := request.args.get(name))}


def _language() -> str:
    asked = request.args.get("ui")
    return asked if asked in LANGUAGES else request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


def _page(template: str, reading: Reading | None, **values: Any) -> str:
    language = _language()

    def here(**changes: str | int | None) -> str:
        """This page's address with some of its arguments changed; None takes one away."""
        asked = {name: request.args[name] for name in ASKED if name in request.args}
        merged = {**(request.view_args or {}), **asked, **changes}
        wanted = {name: value for name, value in merged.items() if value is not None}
        return url_for(request.endpoint or "pages.search", **wanted)

    return render_template(
        template,
        lang=language,
        t=texts(language),
        here=here,
        other="en" if language == "ko" else "ko",
        ui=request.args.get("ui"),
        origin=current_app.config["RESEARCH"].origin,
        release=reading.number if reading else None,
        count=reading.index.count if reading else 0,
        **values,
    )

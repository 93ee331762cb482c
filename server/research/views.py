"""The reading room's search page, and what it says when there is nothing to show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import Blueprint, request

from archive.search.index import FACETS
from archive.search.words import QueryRefused
from server.research.page import page, reading
from server.research.shelf import NotPublished

PAGE: Final = 10

pages = Blueprint("pages", __name__)


@pages.get("/")
def search() -> str | tuple[str, int]:
    words, chosen = request.args.get("q", ""), _filters()
    number = max(1, request.args.get("page", 1, type=int) or 1)
    shown = reading()
    try:
        results = shown.index.search(words, chosen, start=(number - 1) * PAGE, size=PAGE)
    except QueryRefused:
        return page("search.html", shown, words=words[:200], chosen=chosen, results=None), 400
    last = max(1, -(-results.total // PAGE))
    return page("search.html", shown, words=words, chosen=chosen, results=results, number=number, last=last)


@pages.app_errorhandler(404)
def not_found(error: Exception) -> tuple[str, int]:
    return page("notice.html", None, told="not_found"), 404


@pages.app_errorhandler(NotPublished)
def not_published(error: NotPublished) -> tuple[str, int]:
    return page("notice.html", None, told="not_published"), 503


def _filters() -> Mapping[str, str]:
    return {name: value for name in FACETS if (value := request.args.get(name))}

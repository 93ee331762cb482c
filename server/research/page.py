"""What every page of the reading room has: its language, its links, and the release it shows."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

from flask import current_app, g, render_template, request, url_for

from archive.search.document import FACETS
from server.research.citation import LANGUAGES as SPOKEN
from server.research.facets import CODED
from server.research.shelf import Reading, Shelf

LANGUAGES: Final = {"ko": "한국어", "zh": "中文", "en": "English"}
ASKED: Final = ("q", "page", "phrase", "when", "ui", "part", "beside", "cite", "sort", *FACETS, *CODED)
"""What an address may ask for, and so what a link may repeat: `url_for` gives other names a meaning."""


@cache
def texts(language: str) -> dict[str, str]:
    """Every string of the pages in *language*."""
    path = Path(__file__).parent / "translations" / f"{language}.json"
    catalogue: dict[str, str] = json.loads(path.read_text("utf-8"))
    return catalogue


def reading() -> Reading:
    """The release that is shown now; `NotPublished` when there is none."""
    shelf: Shelf = current_app.extensions["shelf"]
    return shelf.reading()


def origin() -> str:
    """The name of the archive whose room this is."""
    return str(current_app.config["RESEARCH"].origin)


def language() -> str:
    """The language of the page: the one asked for, or else one that the browser likes."""
    asked = request.args.get("ui")
    if asked in LANGUAGES:
        return str(asked)
    return request.accept_languages.best_match(list(LANGUAGES)) or next(iter(LANGUAGES))


def here(endpoint: str | None = None, **changes: str | int | None) -> str:
    """This page's address, or another *endpoint*'s, with some arguments changed; None takes one away."""
    asked = {name: request.args[name] for name in ASKED if name in request.args}
    merged = {**(request.view_args or {}), **asked, **changes}
    wanted = {name: value for name, value in merged.items() if value is not None}
    return url_for(endpoint or request.endpoint or "pages.search", **wanted)


def take(shown: Reading, form: str) -> None:
    """Say that words of *shown* go out with this answer, in this form; a room with readers keeps that."""
    g.took = shown.number, form


def page(template: str, shown: Reading | None, **values: Any) -> str:
    """A page of the room; *shown* is the release it is made from, or None."""
    return render_template(
        template,
        lang=language(),
        t=texts(language()),
        here=here,
        languages=LANGUAGES,
        spoken=SPOKEN,
        ui=request.args.get("ui"),
        origin=origin(),
        reader=g.get("reader"),
        form=g.get("form"),
        release=shown.number if shown else None,
        count=shown.index.count if shown else 0,
        **values,
    )

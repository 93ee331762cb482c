"""What every page of the reading room has: its language, its links, and the release it shows."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from flask import current_app, g, render_template, request, url_for

from archive.search.document import FACETS
from server.research.citation import LANGUAGES as SPOKEN
from server.research.facets import CODED
from server.research.reading import Reading
from server.research.shelf import Shelf

LANGUAGES: Final = {"ko": "한국어", "zh": "中文", "en": "English"}
ASKED: Final = (
    "q",
    "page",
    "phrase",
    "any",
    "without",
    "when",
    "ui",
    "part",
    "beside",
    "cite",
    "sort",
    *FACETS,
    *CODED,
)
"""What an address may ask for, and so what a link may repeat: `url_for` gives other names a meaning."""
PLAIN: Final = "!$'()*,/:;?@"
"""What stands as it is in the arguments of an address (`url_for` leaves it too)."""


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


def linking() -> Callable[..., str]:
    """What makes this page's address, or another endpoint's, with arguments changed; None takes one away.

    A page has some fifty of its own, with the same path.
    """
    asked = {name: request.args[name] for name in ASKED if name in request.args}
    given = request.view_args or {}
    path = url_for(request.endpoint or "pages.search", **given)

    def here(endpoint: str | None = None, **changes: str | int | None) -> str:
        wanted = {name: value for name, value in {**asked, **changes}.items() if value is not None}
        if endpoint:
            return url_for(endpoint, **{**given, **wanted})
        return f"{path}?{urlencode(wanted, safe=PLAIN)}" if wanted else path

    return here


def take(shown: Reading, form: str) -> None:
    """Say that words of *shown* go out with this answer, in this form; a room with readers keeps that."""
    g.took = shown.number, form


def page(template: str, shown: Reading | None, **values: Any) -> str:
    """A page of the room; *shown* is the release it is made from, or None."""
    return render_template(
        template,
        lang=language(),
        t=texts(language()),
        here=linking(),
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

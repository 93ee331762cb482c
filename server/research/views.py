"""The reading room's pages on what was found: the list, the concordance, the drawings."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any, Final

import numpy as np
from flask import Blueprint, redirect, request, url_for
from numpy.typing import NDArray
from werkzeug.wrappers import Response as BaseResponse

from archive.search.backend import EngineError
from archive.search.words import LONGEST, QueryRefused
from server.research import finding, looking
from server.research.concordance import SORTS, concordance
from server.research.fields import taken_out
from server.research.finding import Asked, DateRefused
from server.research.lists import one_form
from server.research.masking import FEWEST, small
from server.research.page import language, linking, page, reading
from server.research.reading import Reading
from server.research.shelf import NotPublished

PAGE: Final = 10

pages = Blueprint("pages", __name__)


@pages.before_request
def fields_into_the_address() -> BaseResponse | None:
    """What is typed as `place:cn-jl` narrows like the facet of that name, and is taken away like it."""
    words, found = taken_out(request.args.get("q", ""))
    return redirect(linking()(q=words or None, page=None, **found)) if found else None


@pages.get("/")
def search() -> str:
    asked, shown = Asked.of(request.args), reading()
    number = max(1, request.args.get("page", 1, type=int) or 1)
    found = finding.found(shown, asked)
    last = max(1, -(-len(found) // PAGE))
    listed = finding.listed(shown, asked, found[(number - 1) * PAGE : number * PAGE])
    return _found("search.html", shown, asked, found, listed=listed, number=number, last=last)


@pages.get("/concordance")
def lines() -> str:
    asked, shown = Asked.of(request.args), reading()
    sort = request.args.get("sort", "")
    sort = sort if sort in SORTS else SORTS[0]
    found = finding.found(shown, asked)
    made = concordance(shown, finding.named(shown, found) if asked.words else (), asked.words, sort)
    return _found("concordance.html", shown, asked, found, made=made, sort=sort, sorts=SORTS)


@pages.get("/looking")
def drawings() -> str:
    asked, shown = Asked.of(request.args), reading()
    found = finding.found(shown, asked)
    told = looking.Drawn(shown.spread, shown.spread.mask(found), len(found))
    pairs = [(rows, columns, looking.together(told, rows, columns)) for rows, columns in looking.PAIRS]
    years, chart = looking.by_year(told), looking.chart(told, language())
    return _found("looking.html", shown, asked, found, years=years, pairs=pairs, chart=chart)


@pages.get("/how")
def how() -> str:
    return page("how.html", reading())


@pages.app_errorhandler(QueryRefused)
@pages.app_errorhandler(DateRefused)
def not_looked_for(error: Exception) -> tuple[str, int]:
    asked = Asked.of(request.args)
    cut = replace(asked, words=asked.words[:LONGEST], when=asked.when[:LONGEST])
    refused = error.reason if isinstance(error, QueryRefused) else "no_date"
    return _found("search.html", reading(), cut, None, refused=refused), 400


@pages.app_errorhandler(404)
def not_found(error: Exception) -> tuple[str, int]:
    return page("notice.html", None, told="not_found"), 404


@pages.app_errorhandler(EngineError)
def no_search(error: EngineError) -> tuple[str, int]:
    return page("notice.html", None, told="no_search"), 503


@pages.app_errorhandler(413)
def too_large(error: Exception) -> tuple[str, int]:
    return page("notice.html", None, told="too_large"), 413


@pages.app_errorhandler(NotPublished)
def not_published(error: NotPublished) -> tuple[str, int]:
    return page("notice.html", None, told="not_published"), 503


def _found(template: str, shown: Reading, asked: Asked, found: NDArray[Any] | None, **values: object) -> str:
    """A page on what was found, with the facets beside it; None when too much was asked."""
    refused, found = found is None, np.array([], np.intp) if found is None else found
    total, spoken, ui = len(found), language(), request.args.get("ui")

    @cache
    def to(id: str, beside: str = "") -> str:
        return url_for("records.testimony", released=id, q=asked.words or None, beside=beside or None, ui=ui)

    return page(
        template,
        shown,
        words=asked.words,
        when=asked.when,
        sought=one_form(request.query_string.decode("ascii", "replace")),
        meant=None if refused or total else finding.meant(shown, asked),
        chosen=asked.chosen,
        found=None if refused else total > 0,
        total=None if small(total) else total,
        fewest=FEWEST,
        facets=list(finding.counts(shown, found)),
        label=lambda facet, value: finding.label(facet, value, spoken),
        to=to,
        **values,
    )

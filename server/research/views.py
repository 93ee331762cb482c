"""The reading room's pages on what was found: the list, the concordance, the drawings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from flask import Blueprint, request

from archive.search.backend import EngineError
from archive.search.words import LONGEST, QueryRefused
from server.research import finding, looking
from server.research.concordance import SORTS, concordance
from server.research.finding import Asked, DateRefused
from server.research.lists import one_form
from server.research.masking import FEWEST, small
from server.research.page import language, page, reading
from server.research.shelf import NotPublished, Reading

PAGE: Final = 10

pages = Blueprint("pages", __name__)


@pages.get("/")
def search() -> str:
    asked, shown = Asked.of(request.args), reading()
    number = max(1, request.args.get("page", 1, type=int) or 1)
    found = finding.found(shown, asked)
    last = max(1, -(-len(found) // PAGE))
    listed = finding.hits(shown, asked, found[(number - 1) * PAGE : number * PAGE])
    ids = [hit.document.id for hit, _ in listed]
    translated = {id: tuple(shown.testimonies[id].translations) for id in ids}
    return _found(
        "search.html", shown, asked, found, listed=listed, translated=translated, number=number, last=last
    )


@pages.get("/concordance")
def lines() -> str:
    asked, shown = Asked.of(request.args), reading()
    sort = request.args.get("sort", "")
    sort = sort if sort in SORTS else SORTS[0]
    found = finding.found(shown, asked)
    made = concordance(shown, found if asked.words else (), asked.words, sort)
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
    refused = "too_long" if isinstance(error, QueryRefused) else "no_date"
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


def _found(template: str, shown: Reading, asked: Asked, found: Sequence[str] | None, **values: object) -> str:
    """A page on what was found, with the facets beside it; None when too much was asked."""
    total = len(found or ())
    return page(
        template,
        shown,
        words=asked.words,
        when=asked.when,
        sought=one_form(request.query_string.decode("ascii", "replace")),
        meant=finding.meant(shown, asked) if found is not None and not found else None,
        chosen=asked.chosen,
        found=found,
        total=None if small(total) else total,
        fewest=FEWEST,
        facets=list(finding.counts(shown, found or ())),
        label=lambda facet, value: finding.label(facet, value, language()),
        **values,
    )

"""What is found, as a file or as the JSON of the interface: the same testimonies as on the page, none more.

Codes and citations go out as CSV; the released words only as JSONL and from the interface, each line with the
notice of what it is. A room with readers keeps who took of which release, and
never what (`taken`); an open one keeps nothing.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from flask import Blueprint, Response, abort, jsonify, request

from archive.release import RedactedTestimony, Segment
from archive.search.document import FACETS
from archive.search.words import QueryRefused
from server.research import finding
from server.research.citation import DOWNLOADS, Source
from server.research.crate import Crate, Part
from server.research.description import MOST, NOTICE, openapi
from server.research.facets import CODED, values
from server.research.finding import Asked, DateRefused
from server.research.masking import small
from server.research.page import origin, reading, take
from server.research.reading import Reading
from server.research.record import named

MEDIA: Final = {"csv": "text/csv", "jsonl": "application/jsonl", "zip": "application/zip"}
"""Of the forms in which what was found is taken away."""
FORMULAS: Final = "=+-@\t\r"
"""A cell that begins so is carried out by a spreadsheet (OWASP, CSV injection)."""

taking = Blueprint("taking", __name__)


@taking.get("/found.<form>")
def found(form: str) -> Response:
    shown = reading()
    ids = finding.named(shown, finding.found(shown, Asked.of(request.args)))
    forms: dict[str, Callable[[Reading, Sequence[RedactedTestimony]], str | bytes]]
    forms = {"csv": table, "jsonl": lines, "zip": crate_of}
    if form not in forms:
        abort(404)
    take(shown, form)
    return _file(
        forms[form](shown, [shown.testimonies[id] for id in ids]),
        MEDIA[form],
        f"release-{shown.number}.{form}",
    )


@taking.get("/api/v1/search")
def search() -> tuple[Response, int] | Response:
    shown, asked = reading(), Asked.of(request.args)
    start = max(0, request.args.get("start", 0, type=int) or 0)
    try:
        found = finding.found(shown, asked)
    except (QueryRefused, DateRefused) as reason:
        return jsonify(error=str(reason)), 400
    take(shown, "api")
    listed = finding.listed(shown, asked, found[start : start + MOST])
    return jsonify(
        release=shown.number,
        notice=NOTICE,
        total=None if small(len(found)) else len(found),
        meant=None if len(found) else finding.meant(shown, asked),
        facets=dict(finding.counts(shown, found)),
        hits=[
            {
                "id": each.told.id,
                "cite": source_of(shown, each.told).address,
                "excerpts": [
                    {
                        "segment": e.part,
                        "lang": e.lang(each.told),
                        "text": "".join(text for text, _ in e.pieces),
                    }
                    for e in each.excerpts
                ],
                "closed_excerpts": each.closed,
            }
            for each in listed
        ],
    )


@taking.get("/api/v1/testimony/<released>")
def testimony(released: str) -> Response:
    shown = reading()
    told, _ = named(shown, released)
    take(shown, "api")
    [row] = rows(shown, [told])
    return jsonify(row)


@taking.get("/api/v1/openapi.json")
def description() -> Response:
    return jsonify(openapi())


def rows(shown: Reading, told: Sequence[RedactedTestimony]) -> Iterator[dict[str, Any]]:
    """Each testimony with its released words, how hard each part is, and how to cite it."""
    for each in told:
        yield {
            "id": each.id,
            "release": shown.number,
            "cite": source_of(shown, each).address,
            "notice": NOTICE,
            "lang": each.lang,
            "quarter": each.quarter,
            "kind": each.kind,
            "coding": {name: list(codes) for name, codes in each.coding.items()},
            "segments": _parts(each.segments),
            "translations": {lang: _parts(told) for lang, told in each.translations.items()},
        }


def _parts(segments: Sequence[Segment]) -> list[dict[str, Any]]:
    return [{"id": s.id, "text": s.text, "severity": s.severity} for s in segments]


def lines(shown: Reading, told: Sequence[RedactedTestimony]) -> str:
    """A line of JSON for each testimony, with its released words."""
    return "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in rows(shown, told))


def crate_of(shown: Reading, told: Sequence[RedactedTestimony]) -> bytes:
    """All of it with its citations, as an RO-Crate."""
    cited = "\n".join(source_of(shown, each).bibtex() for each in told)
    parts = (
        Part("testimonies.jsonl", "The released words", MEDIA["jsonl"], lines(shown, told).encode()),
        Part("testimonies.csv", "Citations and codes", MEDIA["csv"], table(shown, told).encode()),
        Part("citations.bib", "Citations", DOWNLOADS["bib"], cited.encode()),
    )
    return Crate(origin(), shown.number, shown.days.of(shown.number), NOTICE, parts).pack()


def table(shown: Reading, told: Sequence[RedactedTestimony]) -> str:
    """One line for each testimony: how to cite it and what was coded, and no word of it."""
    file = io.StringIO()
    writer = csv.writer(file)
    names = (*FACETS, *CODED)
    writer.writerow(["id", "release", "cite", *names])
    for each in told:
        cells = [" ".join(values(each, name)) for name in names]
        writer.writerow(
            [_cell(text) for text in (each.id, str(shown.number), source_of(shown, each).address, *cells)]
        )
    return file.getvalue()


def source_of(shown: Reading, told: RedactedTestimony) -> Source:
    """A testimony as it is cited in the release that is shown."""
    return Source(origin(), told.id, shown.number, told.title, told.quarter, told.lang)


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(tuple(FORMULAS)) else text


def _file(content: str | bytes, kind: str, name: str) -> Response:
    answer = Response(content, content_type=kind if isinstance(content, bytes) else f"{kind}; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer

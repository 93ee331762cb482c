"""The interface of the reading room, as OpenAPI 3.1: `/api/v1/openapi.json`. A test holds the room to it."""

from __future__ import annotations

from typing import Any, Final

from archive.search.document import FACETS
from server.research.facets import CODED
from server.research.keys import A_MINUTE

NOTICE: Final = (
    "Told by somebody who may be in danger. For reading by the researcher it was released to; "
    "not for quoting, publishing, passing on or finding out who she is."
)
MOST: Final = 100
"""Testimonies in one answer of the interface."""
TEXT: Final = {"type": "string"}
COUNT: Final = {"type": "integer", "minimum": 0}


def openapi() -> dict[str, Any]:
    """The interface. A place that is none is 404 and a method that is none 405, everywhere."""
    asked = [
        {"name": name, "in": "query", "schema": TEXT} for name in ("q", "phrase", "when", *FACETS, *CODED)
    ]
    start = {"name": "start", "in": "query", "schema": COUNT}
    released = {"name": "released", "in": "path", "required": True, "schema": TEXT}
    always = {
        "400": {
            "description": "Too much at once, a date that is none, or no address",
            "content": JSON_OR_PAGE,
        },
        "401": {"description": "Nobody's key, or none in a vetted room", "content": _json(REFUSED)},
        "403": {
            "description": "Its reader has not accepted the terms that hold",
            "content": _json(REFUSED) | PAGE,
        },
        "429": {
            "description": f"More than {A_MINUTE} in a minute; wait for the next",
            "content": JSON_OR_PAGE,
        },
        "503": {"description": "Nothing is published, or the search does not answer", "content": PAGE},
    }
    gone = {
        "404": {"description": "Never shown here", "content": PAGE},
        "410": {"description": "Not shown any more", "content": PAGE},
    }
    search = {"200": {"description": "What answers, best first", "content": _json(FOUND)}, **always}
    one = {"200": {"description": "As released", "content": _json(TESTIMONY)}, **always, **gone}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Reading room", "version": "1", "description": NOTICE},
        "paths": {
            "/api/v1/search": {
                "get": {"summary": "Search", "parameters": [*asked, start], "responses": search}
            },
            "/api/v1/testimony/{released}": {
                "get": {
                    "summary": "One testimony, by id or id@release",
                    "parameters": [released],
                    "responses": one,
                }
            },
        },
        # An open room asks for none. A vetted one takes the key that its reader made, or a browser's cookie.
        "components": {"securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}},
        "security": [{}, {"key": []}],
    }


def _object(**properties: Any) -> dict[str, Any]:
    """An object with exactly these."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(properties),
        "properties": properties,
    }


def _list(items: Any) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _json(schema: Any) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


PAGE: Final[dict[str, Any]] = {"text/html": {}}
REFUSED: Final = _object(error=TEXT)
JSON_OR_PAGE: Final = _json(REFUSED) | PAGE
HIT: Final = _object(
    id=TEXT, cite=TEXT, excerpts=_list(_object(segment=TEXT, lang=TEXT, text=TEXT)), closed_excerpts=COUNT
)
"""An excerpt in another language than the testimony's is of its translation."""
FOUND: Final = _object(
    release=COUNT,
    notice={"const": NOTICE},
    total={"type": ["integer", "null"], "minimum": 0},
    meant={"type": ["string", "null"]},
    facets={"type": "object"},
    hits=_list(HIT) | {"maxItems": MOST},
)
"""`total`, and the counts of `facets`, are null where they are too small to be said."""
PARTS: Final = _list(_object(id=TEXT, text=TEXT, severity={"enum": [0, 1, 2, 3]}))
TESTIMONY: Final = _object(
    id=TEXT,
    release=COUNT,
    cite=TEXT,
    notice={"const": NOTICE},
    lang=TEXT,
    quarter=TEXT,
    kind=TEXT,
    coding={"type": "object"},
    segments=PARTS,
    translations={"type": "object", "additionalProperties": PARTS},
)
"""`translations` are by language; a part of one has the name of the part that it was made of."""

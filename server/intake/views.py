"""The pages of the deposit site: one to write on, one to hand a capsule in, a harmless one to leave to."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, abort, current_app, render_template, request

from crypto import words
from server.intake import catalogue
from server.intake.config import IntakeConfig

GRANTS: Final = {
    "here": ("keep", "translate", "machine", "recontact"),
    "readers": ("research", "numbers"),
    "outside": ("quote", "publish", "memoir", "teach", "rights", "justice"),
}
"""What she is asked, in three groups. What each allows: docs/formats/statement.md and client/consent.js."""
QUESTIONS: Final = ("what", "when", "where", "who", "wish")

pages = Blueprint("pages", __name__)


def _language() -> words.Language:
    return catalogue.wanted(request.args.get("lang"), request.accept_languages.values())


def _page(template: str, **more: object) -> str:
    language = _language()
    known = {"lang": language, "t": catalogue.texts(language), "names": catalogue.NAMES}
    return render_template(template, **known, **more)


@pages.get("/")
def deposit() -> str:
    config: IntakeConfig = current_app.config["INTAKE"]
    return _page(
        "telling.html",
        root_hex=config.root_hex,
        origin=config.origin,
        floor=config.floor,
        grants=GRANTS,
        questions=QUESTIONS,
        catalogue=catalogue.spoken(_language()),
    )


@pages.get("/texts/<language>")
def texts(language: str) -> Response:
    """What the page asks for when she changes its language: nothing that she wrote has to be thrown away."""
    known = next((known for known in catalogue.LANGUAGES if known == language), None)
    if known is None:
        abort(404)
    return Response(catalogue.spoken(known), mimetype="application/json")


@pages.get("/carry")
def carry() -> str:
    """Where somebody hands in a capsule for her: no word is typed here, and nothing is sealed."""
    return _page("carry.html")


@pages.get("/cover")
def cover() -> str:
    return _page("cover.html")

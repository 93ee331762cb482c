"""The pages of the deposit site: one to write on, one to hand a capsule in, a harmless one to leave to."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, abort, current_app, render_template, request

from crypto import words
from server.intake import catalogue
from server.intake.config import IntakeConfig
from server.intake.cover import OURS, Cover
from server.intake.nearby import shown as nearby_ones
from server.intake.offline import find

GRANTS: Final = {
    "here": ("keep", "translate", "machine", "recontact"),
    "readers": ("research", "numbers"),
    "outside": ("quote", "publish", "memoir", "teach", "rights", "justice"),
}
"""What she is asked, in three groups. What each allows: docs/formats/statement.md and client/consent.js."""
LISTS: Final[dict[str, words.Language]] = {"ko": "ko", "zh": "zh-Hans", "en": "en"}
QUESTIONS: Final = ("what", "when", "where", "who", "wish")

pages = Blueprint("pages", __name__)


def _language() -> words.Language:
    return catalogue.wanted(request.args.get("lang"), request.accept_languages.values())


def _title(language: words.Language) -> str:
    chosen: Cover = current_app.config["COVER"]
    return chosen.title(catalogue.texts(language))


def _page(template: str, **more: object) -> str:
    language = _language()
    more |= {"lang": language, "t": catalogue.texts(language), "names": catalogue.NAMES}
    return render_template(template, title=_title(language), **more)


@pages.get("/")
def deposit() -> str:
    config: IntakeConfig = current_app.config["INTAKE"]
    return _page(
        "telling.html",
        root_hex=config.root_hex,
        origin=config.origin,
        floor=config.floor,
        rotations=config.rotations,
        grants=GRANTS,
        questions=QUESTIONS,
        catalogue=catalogue.spoken(_language(), _title(_language())),
        print=config.root.fingerprint(),
        print_words=config.root.fingerprint_words(_language()),
    )


@pages.get("/texts/<language>")
def texts(language: str) -> Response:
    """What the page asks for when she changes its language: nothing that she wrote has to be thrown away."""
    known = next((each for each in catalogue.LANGUAGES if each == language), None)
    if known is None:
        abort(404)
    return Response(catalogue.spoken(known, _title(known)), mimetype="application/json")


@pages.get("/words/<name>")
def word_list(name: str) -> Response:
    """A list that receipts are spelt with; a page that reads one asks for all three."""
    language = LISTS.get(name)
    if language is None:
        abort(404)
    return Response(words.packed(language), mimetype="text/plain")


@pages.get("/carry")
def carry() -> str:
    """Where somebody hands in a capsule for her: no word is typed here, and nothing is sealed."""
    return _page("carry.html")


@pages.get("/help")
def nearby() -> str:
    """Who can help: nobody comes here without having asked for it."""
    config: IntakeConfig = current_app.config["INTAKE"]
    return _page("help.html", organisations=nearby_ones(config.home))


@pages.get("/offline")
def offline() -> str:
    """The page in one file, for whoever has no JavaScript here or does not want to trust this site."""
    config: IntakeConfig = current_app.config["INTAKE"]
    here = [language for language in words.LANGUAGES if find(config, language)]
    return _page("offline.html", here=here)


@pages.get("/cover")
def cover() -> str:
    """Where the way out leads."""
    chosen: Cover = current_app.config["COVER"]
    return chosen.html or _page("cover.html", page=chosen.page or OURS[0])

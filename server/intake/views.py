"""The pages of the deposit site: the one she writes on, and the harmless one she leaves to."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Final

from flask import Blueprint, current_app, render_template, request

from crypto import words
from server.intake.config import IntakeConfig

LANGUAGES: Final[tuple[words.Language, ...]] = ("ko", "en")
"""The first is what a browser gets that asks for none of them."""

pages = Blueprint("pages", __name__)


@cache
def texts(language: str) -> dict[str, str]:
    """Every string of the pages in *language*."""
    path = Path(__file__).parent / "translations" / f"{language}.json"
    catalogue: dict[str, str] = json.loads(path.read_text("utf-8"))
    return catalogue


def _language() -> words.Language:
    asked = (request.args.get("lang"), request.accept_languages.best_match(LANGUAGES))
    return next((known for one in asked for known in LANGUAGES if known == one), LANGUAGES[0])


@pages.get("/")
def deposit() -> str:
    config: IntakeConfig = current_app.config["INTAKE"]
    language = _language()
    return render_template(
        "deposit.html",
        lang=language,
        t=texts(language),
        root_hex=config.root_hex,
        origin=config.origin,
        floor=config.floor,
        receipt_list=words.lines(language),
    )


@pages.get("/cover")
def cover() -> str:
    language = _language()
    return render_template("cover.html", lang=language, t=texts(language))

"""What this site shows to a browser, so that everybody can compare, and what the archive signed for that.

Format: docs/formats/page.md. Every page and every static file is in the list: new ones come in by themselves.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import date
from pathlib import Path
from typing import Final

from flask import Blueprint, Flask, Response, abort, current_app

from crypto import pages, words
from crypto.capsule import page
from crypto.errors import CryptoError
from server.intake import offline
from server.intake.config import MANDATE, IntakeConfig
from server.intake.views import LISTS

published = Blueprint("published", __name__)
PAGES: Final = "pages."
"""How the endpoints of all that is a page, or is a page's text, begin."""


NAMED: Final[dict[str, tuple[str, ...]]] = {"language": words.LANGUAGES, "name": tuple(LISTS)}
"""What may stand in an address where a rule has an argument."""


def integrity(static: Path) -> dict[str, str]:
    """What a page says that its scripts and styles are: a browser runs no others (Subresource Integrity)."""
    return {path.name: f"sha384-{_sha384(path.read_bytes())}" for path in static.iterdir() if path.is_file()}


def shown(app: Flask) -> dict[str, bytes]:
    """Every address that a browser may ask for, in each language, with what it gets."""
    static = Path(str(app.static_folder))
    found = {f"/static/{name}": (static / name).read_bytes() for name in integrity_of(app)}
    with app.test_client() as browser:
        for path in _addresses(app):
            with browser.get(path) as answer:
                if answer.status_code == 200:
                    found[path] = answer.data
    return found


def listing(app: Flask) -> bytes:
    """The list that the archive is asked to sign."""
    return pages.listing(app.config["INTAKE"].origin, shown(app))


def is_signed(config: IntakeConfig, listing: bytes, today: date) -> bool:
    """Whether the archive signed exactly this list, for today."""
    note = offline.signed_list(config)
    try:
        desk = config.desk(today)
        signed = pages.verify(note or b"", origin=config.origin, desk=desk, today=today)
    except (CryptoError, OSError):
        return False
    return signed.files == pages.read_listing(listing, config.origin)


def integrity_of(app: Flask) -> dict[str, str]:
    """`integrity` as it was computed when *app* was put together."""
    known: dict[str, str] = app.extensions["integrity"]
    return known


def _addresses(app: Flask) -> list[str]:
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith(PAGES)]
    plain = [f"{rule.rule}?lang={lang}" for rule in rules if not rule.arguments for lang in words.LANGUAGES]
    for argument, values in NAMED.items():
        named = [rule.rule for rule in rules if rule.arguments == {argument}]
        plain += [rule.replace(f"<{argument}>", value) for rule in named for value in values]
    return plain


def _sha384(content: bytes) -> str:
    return base64.b64encode(hashlib.sha384(content).digest()).decode()


def _config() -> IntakeConfig:
    config = current_app.config["INTAKE"]
    assert isinstance(config, IntakeConfig)
    return config


@published.get("/manifest")
def manifest() -> Response:
    """The list as the archive signed it last."""
    note = offline.signed_list(_config())
    if note is None:
        abort(404)
    return Response(note, mimetype="text/plain")


@published.get("/mandate")
def mandate() -> Response:
    """The root's word on whose signature counts."""
    path = _config().home / MANDATE
    if not path.exists():
        abort(404)
    return Response(path.read_bytes(), mimetype="text/plain")


@published.get("/offline/<lang>/album.html")
def album(lang: str) -> Response:
    """The page in one file: saved, never opened here, where its script would not run."""
    return _saved(lang, 0, "text/html", "album.html")


@published.get("/offline/<lang>/album.html.note")
def album_note(lang: str) -> Response:
    return _saved(lang, 1, "text/plain", "album.html.note")


def _saved(lang: str, which: int, media: str, name: str) -> Response:
    known = next((each for each in page.LANGUAGES if each == lang), None)
    found = offline.find(_config(), known) if known else None
    if found is None:
        abort(404)
    kept = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(found[which], mimetype=media, headers=kept)

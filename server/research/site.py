"""The reading room, put together."""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path
from typing import Final

from flask import Flask

from server.headers import protect
from server.research import door
from server.research.config import ResearchConfig
from server.research.harvest import harvest
from server.research.listing import listing
from server.research.record import records
from server.research.shelf import NotPublished, Shelf
from server.research.taking import taking
from server.research.views import pages
from server.silence import hush

LARGEST: Final = 64 * 1024
"""Bytes of a request: a reading list. What is so small is never put on a disk by Werkzeug."""


def create_app(config: ResearchConfig) -> Flask:
    """The WSGI application of a reading room. The release is opened at the first page."""
    app = Flask(__name__, static_folder="static")
    app.config["RESEARCH"] = config
    app.config["MAX_CONTENT_LENGTH"] = LARGEST
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.extensions["shelf"] = Shelf(config)
    app.register_blueprint(pages)
    app.register_blueprint(records)
    app.register_blueprint(taking)
    app.register_blueprint(harvest)
    app.register_blueprint(listing)
    protect(app, forms=True)  # before the door: it reads addresses
    if config.vetted:
        door.close(app, config)
    hush(app)
    return app


def application(home: str) -> Flask:
    """What gunicorn calls in each worker; a release is opened and the dictionary read before any page."""
    app = create_app(ResearchConfig.read(Path(home)))
    shelf: Shelf = app.extensions["shelf"]
    with suppress(NotPublished):
        shelf.reading().index.found("")
    threading.Thread(target=shelf.open_ahead, daemon=True).start()
    return app

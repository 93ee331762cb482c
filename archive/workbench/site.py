"""The workbench, put together around an open vault."""

from __future__ import annotations

from flask import Flask

from archive.vault import Vault
from archive.workbench.coding import coding
from archive.workbench.door import Door
from archive.workbench.recordings import recordings
from archive.workbench.versions import versions
from archive.workbench.views import pages


def create_app(vault: Vault, door: Door) -> Flask:
    """The WSGI application of one desk. *vault* stays open for as long as it is used."""
    app = Flask(__name__, static_folder="static")
    # A form may hold a whole version: an interview of some hours, each syllable nine bytes on its way.
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_FORM_MEMORY_SIZE"] = 8 << 20
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.extensions["vault"] = vault
    door.guard(app)
    app.register_blueprint(pages)
    app.register_blueprint(coding)
    app.register_blueprint(versions)
    app.register_blueprint(recordings)
    return app

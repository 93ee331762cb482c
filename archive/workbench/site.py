"""The workbench, put together around an open vault."""

from __future__ import annotations

from typing import Final

from flask import Flask

from archive.vault import Vault
from archive.workbench.attachments import attachments
from archive.workbench.caring import caring
from archive.workbench.coding import coding
from archive.workbench.consent import consent
from archive.workbench.desk import desk
from archive.workbench.door import Door
from archive.workbench.entrance import entrance
from archive.workbench.finding import finding
from archive.workbench.journal import journal
from archive.workbench.noting import noting
from archive.workbench.reading import reading
from archive.workbench.recordings import recordings
from archive.workbench.releasing import releasing
from archive.workbench.replacing import instead
from archive.workbench.rereading import rereading
from archive.workbench.suggesting import suggesting
from archive.workbench.versions import versions
from archive.workbench.withdrawals import withdrawals

PARTS: Final = (
    entrance,
    desk,
    reading,
    attachments,
    coding,
    versions,
    recordings,
    consent,
    finding,
    releasing,
    withdrawals,
    caring,
    journal,
    suggesting,
    noting,
    rereading,
    instead,
)


def create_app(vault: Vault, door: Door) -> Flask:
    """The WSGI application of one desk. *vault* stays open for as long as it is used."""
    app = Flask(__name__, static_folder="static")
    # A form may hold a whole version: an interview of some hours, each syllable nine bytes on its way.
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_FORM_MEMORY_SIZE"] = 8 << 20
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.extensions |= {"vault": vault, "door": door}
    door.guard(app)
    for part in PARTS:
        app.register_blueprint(part)
    return app

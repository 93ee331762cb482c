"""The workbench, put together around an open vault."""

from __future__ import annotations

from io import BytesIO
from typing import Any, Final

from flask import Flask, Request

from archive.vault import Vault
from archive.workbench.attachments import attachments
from archive.workbench.books import books
from archive.workbench.caring import caring
from archive.workbench.coding import coding
from archive.workbench.consent import consent
from archive.workbench.desk import desk
from archive.workbench.door import Door
from archive.workbench.entrance import entrance
from archive.workbench.figures import figures
from archive.workbench.finding import finding
from archive.workbench.journal import journal
from archive.workbench.making import making
from archive.workbench.naming import naming
from archive.workbench.noting import noting
from archive.workbench.reading import reading
from archive.workbench.recordings import recordings
from archive.workbench.releasing import releasing
from archive.workbench.replacing import instead
from archive.workbench.rereading import rereading
from archive.workbench.risk import risk
from archive.workbench.suggesting import suggesting
from archive.workbench.translating import translations
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
    risk,
    withdrawals,
    caring,
    journal,
    books,
    making,
    naming,
    suggesting,
    figures,
    noting,
    rereading,
    instead,
    translations,
)


class _InMemory(Request):
    """A file that a form sends stays in memory: what somebody compares with must not lie on a disk."""

    def _get_file_stream(self, *args: Any, **more: Any) -> BytesIO:
        return BytesIO()


def create_app(vault: Vault, door: Door) -> Flask:
    """The WSGI application of one desk. *vault* stays open for as long as it is used."""
    app = Flask(__name__, static_folder="static")
    app.request_class = _InMemory
    # A form may hold a whole version: an interview of some hours, each syllable nine bytes on its way.
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_FORM_MEMORY_SIZE"] = 8 << 20
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.extensions |= {"vault": vault, "door": door}
    door.guard(app)
    for part in PARTS:
        app.register_blueprint(part)
    return app

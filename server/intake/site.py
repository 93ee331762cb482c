"""The deposit site, put together. Parts are handed in; nothing here is a rule."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from server.headers import protect
from server.intake.api import api, arrived, board, keycard
from server.intake.config import IntakeConfig
from server.intake.deposits import Deposits
from server.intake.shelf import DiskShelf
from server.intake.tables import connect
from server.intake.views import pages


def create_app(config: IntakeConfig) -> Flask:
    """The WSGI application of an intake whose database is already migrated."""
    app = Flask(__name__, static_folder="static")
    app.config["INTAKE"] = config
    app.config["MAX_CONTENT_LENGTH"] = config.part_size
    app.extensions["deposits"] = open_deposits(config)
    app.register_blueprint(api)
    app.register_blueprint(pages)
    app.add_url_rule("/keycard", view_func=keycard)
    app.add_url_rule("/board", view_func=board)
    app.add_url_rule("/arrived", view_func=arrived)
    protect(app, forms=False, trusted_types="onggi", speaking="/")
    return app


def open_deposits(config: IntakeConfig) -> Deposits:
    """The rules over this home's database and shelf."""
    return Deposits(connect(config.database), DiskShelf(config.shelf), config.part_size, config.max_envelope)


def application(home: str) -> Flask:
    """What gunicorn calls in each worker."""
    return create_app(IntakeConfig.read(Path(home)))

"""The deposit site, put together. Parts are handed in; nothing here is a rule."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path

from flask import Flask
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from server.headers import protect
from server.intake import cover, notes
from server.intake.api import api, arrived, board, keycard
from server.intake.coming import Coming
from server.intake.config import IntakeConfig
from server.intake.deposits import Deposits, today_by_clock
from server.intake.entrance import entrance
from server.intake.limits import Limits
from server.intake.places import PlaceRefused, folder_of
from server.intake.published import integrity, published
from server.intake.puzzle import Puzzles, key_in
from server.intake.shelf import DiskShelf, Shelf
from server.intake.tables import BundleRow, DepositRow, bring_up, connect, is_made
from server.intake.views import pages
from server.silence import hush


def create_app(config: IntakeConfig) -> Flask:
    """The WSGI application of an intake that `onggi intake init` made, by this version or an older one."""
    app = Flask(__name__, static_folder="static")
    app.config["INTAKE"] = config
    app.config["MAX_CONTENT_LENGTH"] = config.part_size
    app.config["COVER"] = cover.read(config.home)
    app.extensions["integrity"] = integrity(Path(str(app.static_folder)))
    app.jinja_env.globals["integrity"] = app.extensions["integrity"]
    deposits = app.extensions["deposits"] = open_deposits(config)
    app.extensions["coming"] = Coming()
    app.extensions["puzzles"] = Puzzles(key_in(config.home), deposits.puzzle_bits)
    app.register_blueprint(api)
    app.register_blueprint(entrance)
    app.register_blueprint(pages)
    app.register_blueprint(published)
    app.add_url_rule("/keycard", view_func=keycard)
    app.add_url_rule("/board", view_func=board)
    app.add_url_rule("/arrived", view_func=arrived)
    hush(app)
    protect(app, forms=False, trusted_types="onggi", speaking="/")
    return app


def open_deposits(config: IntakeConfig) -> Deposits:
    """The rules over this home's database and shelf; rows of an older version are brought up first."""
    engine = connect(config.database)
    if is_made(engine):  # else the URL may be wrong: nothing is made there in silence
        bring_up(engine)
    shelf, limits = open_shelf(config.storage, engine), Limits.read(config.home)
    newest = partial(notes.newest, config)

    def today() -> date:
        # No day lies before the archive's newest note: a clock that is behind would make what comes look old.
        return max(today_by_clock(), newest())

    return Deposits(engine, shelf, config.part_size, config.max_envelope, today, newest, limits)


def take_places(before: IntakeConfig, config: IntakeConfig) -> None:
    """Make the database and the shelf of *config* ready, and remember where they are.

    `PlaceRefused` when something lies in the places *before*, which nobody would find there any more.
    """
    if (config.database, config.storage) != (before.database, before.storage) and _is_used(before):
        raise PlaceRefused(
            "this intake has deposits, or packed bundles, in the places that it had before",
            "they do not move by themselves; make a new home for the new places",
        )
    engine = connect(config.database)
    try:
        bring_up(engine)
        open_shelf(config.storage, engine).claim()
    finally:
        engine.dispose()
    config.keep_places()


def _is_used(config: IntakeConfig) -> bool:
    if config.rows_at is None and not (config.home / "intake.sqlite").exists():
        return False
    engine = connect(config.database)
    try:
        with Session(engine) as session:
            rows = (session.scalar(select(func.count()).select_from(row)) for row in (DepositRow, BundleRow))
            return any(rows)
    finally:
        engine.dispose()


def open_shelf(storage: str, engine: Engine) -> Shelf:
    """The shelf that a URL names. In a bucket, rows of *engine* say which object is which part."""
    if not storage.startswith("s3:"):
        return DiskShelf(Path(folder_of(storage)))
    # Here, because loading boto3 costs memory and a second, which an intake with a disk need not pay.
    from server.intake.bucket import BucketShelf

    return BucketShelf.at(storage, engine)


def application(home: str) -> Flask:
    """What gunicorn calls in each worker."""
    return create_app(IntakeConfig.read(Path(home)))

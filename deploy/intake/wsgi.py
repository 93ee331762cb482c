"""The intake as gunicorn loads it: `ONGGI_INTAKE_HOME` names the folder, and the folder says the rest.

The home holds `origin` (one line of text) and `root.pub` (the archive's public root key in its text form).
"""

import os
from pathlib import Path

from flask import Flask

from crypto.keys import VerifyKey
from server.intake.config import IntakeConfig
from server.intake.site import create_app


def open_home(home: Path) -> Flask:
    """The application of this home, whose database is already migrated."""
    origin = (home / "origin").read_text(encoding="utf-8").strip()
    root = VerifyKey.from_text((home / "root.pub").read_text(encoding="utf-8").strip())
    return create_app(IntakeConfig(home=home, origin=origin, root_hex=root.raw.hex()))


def application() -> Flask:
    """What `gunicorn "wsgi:application()"` serves."""
    return open_home(Path(os.environ["ONGGI_INTAKE_HOME"]))

"""`onggi read`: the reading room on one's own machine, while it is open. docs/manuals/researcher.md."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click
from werkzeug.serving import WSGIRequestHandler, make_server

from archive.release import ReleaseError
from crypto.errors import CryptoError
from crypto.keys import VerifyKey
from server.research import shelf
from server.research.config import ResearchConfig
from server.research.site import create_app

LOOPBACK: Final = "127.0.0.1"
MEMORY: Final = Path("/dev/shm")
"""Where there is one, the copy that is read lies in memory and not on the disk."""


class _Silent(WSGIRequestHandler):
    """Writes no line about any request: what is looked for stands in the address."""

    def log(self, type: str, message: str, *args: object) -> None:
        pass


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--root", required=True, help="The archive's root public key, from its paper.")
@click.option("--origin", required=True, help="The archive's name.")
@click.option("--port", default=0, help="A port on 127.0.0.1; any free one otherwise.")
def read(folder: Path, root: str, origin: str, port: int) -> None:
    """Verify the release in FOLDER and read it in this machine's browser, until Ctrl-C."""
    memory = MEMORY if MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="onggi-read-", dir=memory) as home:
        try:
            config = ResearchConfig(Path(home) / "room", origin, VerifyKey.from_text(root))
            number = shelf.publish(config, folder, datetime.now(UTC).date())
        except (CryptoError, ReleaseError, shelf.NotPublished, OSError) as error:
            raise click.ClickException(str(error)) from None
        app = create_app(config)
        # No page of another site reaches it under a name of its own (DNS rebinding).
        app.config["TRUSTED_HOSTS"] = [LOOPBACK]
        server = make_server(LOOPBACK, port, app, threaded=True, request_handler=_Silent)
        click.echo(f"release {number} is verified: http://{LOOPBACK}:{server.server_port}/  (Ctrl-C ends it)")
        server.serve_forever()

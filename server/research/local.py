"""`onggi read`: the reading room on one's own machine, while it is open. docs/manuals/researcher.md.

1. What is read is a copy, in memory where there is such a place. It is gone when the command ends: by Ctrl-C,
   with the terminal, or with the session.
2. The port is taken first: nobody waits for a large release to learn that another program has it.
"""

from __future__ import annotations

import signal
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click
from werkzeug.serving import WSGIRequestHandler, make_server

from archive.errors import ArchiveError
from archive.release import ReleaseError
from crypto.errors import CryptoError
from crypto.keys import VerifyKey
from server.research import shelf
from server.research.config import ResearchConfig
from server.research.site import create_app

LOOPBACK: Final = "127.0.0.1"
MEMORY: Final = Path("/dev/shm")
"""Where there is one, the copy that is read lies in memory and not on the disk."""
ENDS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""What ends it: Ctrl-C, a session that is closed, and a terminal that is."""


class _Silent(WSGIRequestHandler):
    """Writes no line about any request: what is looked for stands in the address."""

    def log(self, type: str, message: str, *args: object) -> None:
        pass


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--root", required=True, help="The archive's root public key, from its paper.")
@click.option("--origin", required=True, help="The archive's name, from its paper.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="A port on 127.0.0.1; any free one otherwise."
)
def read(folder: Path, root: str, origin: str, port: int) -> None:
    """Verify the release in FOLDER and read it in this machine's browser, until Ctrl-C.

    FOLDER holds release.jsonl, release.note and mandate.note, as the archive gave them. Nothing stays on this
    machine afterwards.
    """
    with _listening(port) as door, _home() as home:
        click.echo("verifying, and making it searchable: minutes, of thousands of testimonies", err=True)
        try:
            config = ResearchConfig(home / "room", origin, VerifyKey.from_text(root))
            number = shelf.publish(config, folder, datetime.now(UTC).date())
        except (CryptoError, ReleaseError, ArchiveError, shelf.NotPublished, OSError) as error:
            raise click.ClickException(str(error)) from None
        app = create_app(config)
        # No page of another site reaches it under a name of its own (DNS rebinding).
        app.config["TRUSTED_HOSTS"] = [LOOPBACK]
        door.listen()
        port, fd = door.getsockname()[1], door.fileno()
        server = make_server(LOOPBACK, port, app, threaded=True, request_handler=_Silent, fd=fd)
        click.echo(f"release {number} is verified: http://{LOOPBACK}:{port}/  (Ctrl-C ends it)")
        server.serve_forever()


@contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    """That port of this machine alone, or a free one."""
    with socket.socket() as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((LOOPBACK, port))
        except OSError as error:
            said = f"port {port} cannot be had: {error.strerror}\nhint: without --port, a free one is taken"
            raise click.ClickException(said) from None
        yield door


@contextmanager
def _home() -> Iterator[Path]:
    """A folder that is gone in the end, whichever it is of `ENDS`."""
    for each in ENDS:
        signal.signal(each, lambda *_: sys.exit(0))
    memory = MEMORY if MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="onggi-read-", dir=memory) as home:
        yield Path(home)

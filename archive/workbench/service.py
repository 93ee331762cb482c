"""Serves the workbench on this machine's own loopback, and says nothing of it in any log.

It ends when nobody has done anything for a while, and with it the process that holds the vault's key: Python
cannot wipe a key from memory, so a page that asked for the passphrase again would only look locked.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

from werkzeug.serving import WSGIRequestHandler, make_server

from archive.redaction.worklist import read_models
from archive.vault import Vault
from archive.workbench.door import Door
from archive.workbench.site import create_app

LOOKS: Final = 0.5
"""Seconds between two looks at whether the desk was left alone."""


class _Silent(WSGIRequestHandler):
    """Logs nothing: an address on this site names a testimony."""

    def log(self, type: str, message: str, *args: object) -> None:
        pass


def serve(vault: Vault, port: int, idle: float, ready: Callable[[str], None]) -> bool:
    """Serve until Ctrl-C, or until the desk is closed or *idle* seconds have passed without a request.

    *ready* is told the address that works once; port 0 takes a free one. Whether it was Ctrl-C that ended it.
    """
    door = Door(frozenset(), idle=idle)
    app = create_app(vault, door)
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=_Silent)
    here = f"127.0.0.1:{server.server_port}"
    door.hosts = frozenset({here})
    ready(f"http://{here}{door.address}")
    ended = threading.Event()
    watching = threading.Thread(target=_watch, args=(door, ended, server.shutdown), daemon=True)
    watching.start()
    app.extensions["collecting"].begin()
    # Somebody still finds her passphrase: the page of suggestions need not wait for its models afterwards.
    threading.Thread(target=read_models, daemon=True).start()
    try:
        server.serve_forever()
    finally:
        ended.set()
        app.extensions["collecting"].end()
        server.server_close()
    return not door.left_alone  # Werkzeug keeps a Ctrl-C for itself


def _watch(door: Door, ended: threading.Event, shutdown: Callable[[], None]) -> None:
    while not ended.wait(LOOKS):
        if door.left_alone:
            shutdown()
            return

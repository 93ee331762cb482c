"""Serves the workbench on this machine's own loopback, and says nothing of it in any log."""

from __future__ import annotations

from collections.abc import Callable

from werkzeug.serving import WSGIRequestHandler, make_server

from archive.vault import Vault
from archive.workbench.door import Door
from archive.workbench.site import create_app


class _Silent(WSGIRequestHandler):
    """Logs nothing: an address on this site names a testimony."""

    def log(self, type: str, message: str, *args: object) -> None:
        pass


def serve(vault: Vault, port: int, ready: Callable[[str], None]) -> None:
    """Serve until Ctrl-C; *ready* is told the address that works once. Port 0 takes a free one."""
    door = Door(frozenset())
    server = make_server("127.0.0.1", port, create_app(vault, door), threaded=True, request_handler=_Silent)
    here = f"127.0.0.1:{server.server_port}"
    door.hosts = frozenset({here})
    ready(f"http://{here}{door.address}")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()

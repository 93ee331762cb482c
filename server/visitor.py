"""What a browser gets from a site, fetched to be compared. Needs no room of the house installed.

Nothing that comes is believed, run or kept; nothing is sent but what every browser sends.
"""

from __future__ import annotations

from collections.abc import Iterable
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Final
from urllib.parse import urlsplit

LARGEST: Final = 1 << 20
"""Bytes of one file; the largest of ours has a tenth of it."""
PATIENCE: Final = 60.0
"""Seconds for an answer: an onion takes some."""
HEADERS: Final = {
    "User-Agent": "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "en-US,en;q=0.5",
    "Accept-Encoding": "identity",
}
"""Tor Browser's, but that nothing comes compressed: who checks must look like anybody."""


class NoSite(OSError):
    """The site does not answer, or not as a site does."""


class Visitor:
    """Fetches from the site at *url*, through the *proxy* (`host:port`, an HTTP tunnel) if there is one."""

    def __init__(self, url: str, proxy: str | None = None) -> None:
        self._secure, self._host, self._port = _place(url)
        self._proxy = proxy

    def fetch(self, paths: Iterable[str]) -> dict[str, bytes | None]:
        """What lies at each of *paths*; None where nothing does. Raises `NoSite`."""
        try:
            return {path: self._get(path) for path in paths}
        except (OSError, HTTPException, ValueError) as error:
            told = str(error) or type(error).__name__
            raise NoSite(f"the site does not answer: {told}") from None

    def _get(self, path: str) -> bytes | None:
        connection = self._connection()
        try:
            connection.request("GET", path, headers=HEADERS)
            answer = connection.getresponse()
            content = answer.read(LARGEST + 1)
            # A redirection is followed by no check: what is listed lies where it is listed.
            return content if answer.status == 200 and len(content) <= LARGEST else None
        finally:
            connection.close()

    def _connection(self) -> HTTPConnection:
        kind = HTTPSConnection if self._secure else HTTPConnection
        if self._proxy is None:
            return kind(self._host, self._port, timeout=PATIENCE)
        host, _, port = self._proxy.rpartition(":")
        connection = kind(host, int(port), timeout=PATIENCE)
        connection.set_tunnel(self._host, self._port)
        return connection


def _place(url: str) -> tuple[bool, str, int]:
    parts = urlsplit(url if "://" in url else f"https://{url}")
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/"):
        raise NoSite("name a site such as https://archive.example, without a page behind it")
    secure = parts.scheme == "https"
    return secure, parts.hostname, parts.port or (443 if secure else 80)

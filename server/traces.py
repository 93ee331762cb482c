"""Whoever comes leaves no trace in a log: a visitor of our own comes, and is then looked for in every one.

1. `visit` asks for pages in the ways that servers like to write down, with a random word in each of them.
2. `search` reads every file below the folders, turned and packed ones too, and the journal.
3. In what the programs before a site write, any address and any browser's name is a trace, whoever it was of.

A finding names the file and what kind of trace it is; it never repeats the line.
"""

from __future__ import annotations

import gzip
import re
import secrets
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import click

LOGS: Final = Path("/var/log")
PROGRAMS: Final = ("nginx", "tor", "postgresql", "onggi")
"""What stands before a site or behind it: files and units whose names begin so are searched for everybody."""
WAIT: Final = 20
"""Seconds for the site to answer one request."""
SETTLE: Final = 1
"""Seconds in which whoever writes down a request has done so."""
AGENT: Final = re.compile(rb"Mozilla/|AppleWebKit|Gecko/|curl/|User-Agent", re.IGNORECASE)
ADDRESS: Final = re.compile(
    rb"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?!\w|\.\d)|(?<![\w:])[0-9a-f]*:[0-9a-f:]*:[0-9a-f:.]*(?!\w)",
    re.IGNORECASE,
)
VERSIONS: Final = ip_network("0.0.0.0/8")
"""Nobody comes from there, and tor's version is written so."""
JOURNAL: Final = ("journalctl", "--quiet", "--no-pager", "--output=cat", "--since=-1h")


class NoVisit(Exception):
    """The site could not be asked; the message says what to do."""


@dataclass(frozen=True, order=True)
class Trace:
    """Where something was written down of whoever came, and what."""

    place: str
    of: str


def visit(url: str) -> bytes:
    """Come to *url* as a browser and as what is none; the word by which this visitor would be known."""
    at = urlsplit(url)
    if at.scheme not in ("http", "https") or not at.hostname:
        raise NoVisit("give an address that begins with http:// or https://")
    word = f"visitor{secrets.token_hex(12)}"
    encrypted = at.scheme == "https"
    port = at.port or (443 if encrypted else 80)
    head = f"Host: {at.netloc}\r\nUser-Agent: Mozilla/5.0 ({word})\r\nReferer: http://{word}/"
    head += "\r\nConnection: close"
    asked = (f"GET / HTTP/1.1\r\n{head}", f"GET /{word}?{word} HTTP/1.1\r\n{head}", word)
    try:
        for each in asked:
            _send(at.hostname, port, encrypted, f"{each}\r\n\r\n".encode())
    except OSError as error:
        raise NoVisit(f"the site does not answer: {error.strerror or type(error).__name__}") from None
    time.sleep(SETTLE)
    return word.encode()


def _send(host: str, port: int, encrypted: bool, sent: bytes) -> None:
    with socket.create_connection((host, port), WAIT) as plain:
        if not encrypted:
            _talk(plain, sent)
            return
        with ssl.create_default_context().wrap_socket(plain, server_hostname=host) as sealed:
            _talk(sealed, sent)


def _talk(connection: socket.socket, sent: bytes) -> None:
    connection.sendall(sent)
    while connection.recv(1 << 16):
        pass


def search(folders: Iterable[Path], word: bytes | None) -> Iterator[Trace]:
    """Every trace of the visitor with this *word* anywhere, and of anybody in what `PROGRAMS` write."""
    for folder in folders:
        for path in sorted(each for each in folder.rglob("*") if each.is_file() and not each.is_symlink()):
            ours = any(part.startswith(PROGRAMS) for part in path.relative_to(folder.parent).parts)
            yield from _traces(str(path), _read(path), word, ours)
    if shutil.which(JOURNAL[0]):
        yield from _traces("the journal", _journal(), word, everybody=False)
        for program in PROGRAMS:
            yield from _traces(
                f"the journal of {program}", _journal(f"--unit={program}*"), word, everybody=True
            )


def _traces(place: str, content: bytes, word: bytes | None, everybody: bool) -> Iterator[Trace]:
    if word and word in content:
        yield Trace(place, "the visitor that just came")
    if everybody and AGENT.search(content):
        yield Trace(place, "a browser")
    if everybody and any(_is_somebody(each) for each in ADDRESS.findall(content)):
        yield Trace(place, "an address")


def _is_somebody(found: bytes) -> bool:
    try:
        address = ip_address(found.decode("ascii"))
    except ValueError:  # a time, or numbers above 255
        return False
    return not address.is_unspecified and address not in VERSIONS


def _read(path: Path) -> bytes:
    content = path.read_bytes()
    return gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content


def _journal(*more: str) -> bytes:
    return subprocess.run([*JOURNAL, *more], capture_output=True, check=False).stdout


@click.command()
@click.option(
    "--url", default="", help="The running site; without it nobody comes, and only others are found."
)
@click.argument("folders", nargs=-1, type=click.Path(path_type=Path, exists=True, file_okay=False))
def logs(url: str, folders: tuple[Path, ...]) -> None:
    """Come as a visitor, and look for its traces in the journal and below FOLDERS, or /var/log."""
    try:
        found = sorted(set(search(folders or (LOGS,), visit(url) if url else None)))
    except (NoVisit, OSError) as error:
        click.echo(f"logs: error: {error}", err=True)
        click.echo("logs: hint: it must run, and root alone reads every log", err=True)
        raise SystemExit(1) from None
    for each in found:
        click.echo(f"BAD   {each.place}: {each.of} was written down")
    if found:
        click.echo(
            "logs: hint: docs/manuals/operator.md, under The machine, says what keeps each log silent",
            err=True,
        )
        raise SystemExit(1)
    click.echo("good  logs: nothing of anybody who came")

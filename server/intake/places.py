"""Where the intake keeps its rows and its sealed bytes: one URL each, and no secret in either.

1. A URL with a password or a key in it is refused, and not repeated: it would lie in a file and in a list of
   processes. Passwords come from the environment (`PGPASSWORD`, the AWS variables and files).
2. What leaves this machine is encrypted on its way, and the other side shows a certificate.

Manual: docs/manuals/operator.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

DATABASES: Final = ("sqlite:///FILE", "postgresql+pg8000://USER@HOST/NAME")
STORAGES: Final = ("file:///FOLDER", "s3://BUCKET/PREFIX?endpoint=https://HOST")
ROOM: Final = 100_000_000_000
"""Bytes that a bucket takes when its URL names no `room`: three sticks. Nobody else would stop a flood."""
NEAR: Final = ("localhost", "127.0.0.1", "::1")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PREFIX = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*")


class PlaceRefused(Exception):
    """A URL names no place that the intake can use; `hint` says what one looks like."""

    def __init__(self, fact: str, hint: str) -> None:
        super().__init__(fact)
        self.hint = hint


@dataclass(frozen=True)
class Bucket:
    """Where in an S3-compatible server the sealed bytes lie, and how many of them there may be."""

    name: str
    prefix: str
    endpoint: str | None
    region: str | None
    room: int


def check_database(url: str) -> str:
    """*url* as it is, when it names a database that the intake can use; `PlaceRefused` otherwise."""
    parts = _split(url, "database", DATABASES)
    if parts.scheme == "sqlite" and not parts.netloc and len(parts.path) > 1:
        return url
    if parts.scheme == "postgresql+pg8000" and len(parts.path) > 1:
        _options(parts, "database", {"ca", "unix_sock"}, DATABASES)
        return url
    raise PlaceRefused("this names no database that the intake can use", _like(DATABASES))


def certificate_of(url: str) -> tuple[bool, str | None]:
    """Whether the way to this PostgreSQL is encrypted, and the file with the authority that must have signed.

    It is but for a server on this machine; with `ca` it is there as well.
    """
    parts = urlsplit(url)
    asked = parse_qs(parts.query)
    ca = asked.get("ca", [None])[0]
    return bool(ca) or not ("unix_sock" in asked or (parts.hostname or "localhost") in NEAR), ca


def check_storage(url: str) -> str:
    """*url* as it is, when it names a shelf that the intake can use; `PlaceRefused` otherwise."""
    if urlsplit(url).scheme == "s3":
        bucket_of(url)
    else:
        folder_of(url)
    return url


def folder_of(url: str) -> str:
    """The folder that a `file:` URL names."""
    parts = _split(url, "storage", STORAGES)
    if parts.scheme != "file" or parts.netloc or len(parts.path) < 2 or parts.query:
        raise PlaceRefused("this names no storage that the intake can use", _like(STORAGES))
    return unquote(parts.path)


def bucket_of(url: str) -> Bucket:
    """The bucket that an `s3:` URL names."""
    parts = _split(url, "storage", STORAGES)
    prefix = parts.path.strip("/")
    if not _BUCKET.fullmatch(parts.netloc) or (prefix and not _PREFIX.fullmatch(prefix)):
        raise PlaceRefused("this names no bucket, or a prefix with odd characters", _like(STORAGES))
    asked = _options(parts, "storage", {"endpoint", "region", "room"}, STORAGES)
    endpoint, room = asked.get("endpoint"), asked.get("room", str(ROOM))
    if not (room.isascii() and room.isdigit()):
        raise PlaceRefused("the room of a bucket is a number of bytes", "such as room=500000000000")
    if endpoint:
        _check_endpoint(endpoint)
    return Bucket(parts.netloc, f"{prefix}/" if prefix else "", endpoint, asked.get("region"), int(room))


def _check_endpoint(endpoint: str) -> None:
    at = _split(endpoint, "endpoint", STORAGES)
    if at.scheme != "https" and not (at.scheme == "http" and at.hostname in NEAR):
        raise PlaceRefused(
            "an endpoint on another machine is asked over https only",
            "without it anybody on the way sees names, sizes and times; see docs/manuals/operator.md",
        )


def _split(url: str, what: str, like: tuple[str, ...]) -> SplitResult:
    try:
        parts = urlsplit(url)
        secret = parts.password is not None or (
            parts.username is not None and parts.scheme in ("s3", "https")
        )
        if parts.port == 0:
            raise ValueError
    except ValueError:
        raise PlaceRefused(f"the URL of the {what} cannot be read", _like(like)) from None
    if secret:
        raise PlaceRefused(
            f"the URL of the {what} holds a secret",
            "leave it out: it comes from the environment (PGPASSWORD, or the AWS variables and files)",
        )
    return parts


def _options(parts: SplitResult, what: str, known: set[str], like: tuple[str, ...]) -> dict[str, str]:
    asked = parse_qs(parts.query, keep_blank_values=True)
    if asked.keys() - known or any(len(values) > 1 or not values[0] for values in asked.values()):
        raise PlaceRefused(f"the {what} takes only these, once each: {', '.join(sorted(known))}", _like(like))
    return {name: values[0] for name, values in asked.items()}


def _like(urls: tuple[str, ...]) -> str:
    return f"write {' or '.join(urls)}"

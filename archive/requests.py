"""What the desk asks the root to sign: the public keys in use, as a note that the desk's key signed.

It lies beside the vault as `keys.request`, and holds nothing secret. Format: docs/formats/mandate.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from crypto.errors import MalformedKeycard
from crypto.keycard import DatedKey, after, key_line, number, read_key
from crypto.keys import SigningKey, VerifyKey
from crypto.mandate import raw_key
from crypto.notes import sign_note

FILE: Final = "keys.request"
LABELS: Final = ("root", "intake", "capsule", "reply", "archivist")


@dataclass(frozen=True)
class Request:
    """The keys that the vault uses, and the people it knows."""

    origin: str
    number: int
    root: VerifyKey
    intake: tuple[DatedKey, ...]
    capsule: tuple[DatedKey, ...]
    reply: bytes
    archivists: tuple[VerifyKey, ...]


def issue(request: Request, desk: SigningKey) -> bytes:
    """The request as a note signed by the *desk*."""
    lines = [f"{request.origin}/keys", "v1", f"number {request.number}"]
    lines += [f"root {request.root.raw.hex()}"]
    lines += [f"intake {key_line(key)}" for key in request.intake]
    lines += [f"capsule {key_line(key)}" for key in request.capsule]
    lines += [f"reply {request.reply.hex()}"]
    lines += [f"archivist {key.raw.hex()}" for key in request.archivists]
    return sign_note("\n".join(lines) + "\n", f"{request.origin}/desk", desk)


def parse(text: str, origin: str) -> Request:
    """What `issue` wrote and a signature check let through, or a `CryptoError`."""
    lines = text.removesuffix("\n").split("\n")
    if len(lines) < 5 or lines[:2] != [f"{origin}/keys", "v1"]:
        raise MalformedKeycard("not a version 1 request of this archive")
    if any(line.partition(" ")[0] not in LABELS for line in lines[3:]):
        raise MalformedKeycard("a line of the request is unknown")
    roots, replies = _all(lines, "root "), _all(lines, "reply ")
    if len(replies) != 1 or len(roots) != 1:
        raise MalformedKeycard("a request names one root and one reply key")
    return Request(
        origin,
        number(lines[2], "number "),
        VerifyKey(raw_key(roots[0], "root ")),
        tuple(read_key(after(line, "intake ")) for line in _all(lines, "intake ")),
        tuple(read_key(after(line, "capsule ")) for line in _all(lines, "capsule ")),
        raw_key(replies[0], "reply "),
        tuple(VerifyKey(raw_key(line, "archivist ")) for line in _all(lines, "archivist ")),
    )


def _all(lines: list[str], label: str) -> list[str]:
    return [line for line in lines[3:] if line.startswith(label)]

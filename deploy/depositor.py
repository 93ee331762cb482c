"""A client in Python: tells, seals and deposits as the page does, at constant memory, over HTTP.

Used by the demonstration, the load script, the benchmark and the tests. It keeps each sealed part until the
intake has it, and sends the same bytes again when the line breaks: nothing is sealed twice. Unlike the page
it draws random file keys, so that a file is not resumed by another run.
"""

from __future__ import annotations

import hashlib
import io
import json
import secrets
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from typing import BinaryIO

from crypto import resume
from crypto.envelope import Sealer
from crypto.keys import IntakePublic, VerifyKey
from crypto.receipt import Receipt

TRIES = 6
Grants = Iterable[tuple[str, str]]
RESEARCH = (
    ("preserve", "archivists"),
    ("index_search", "archivists"),
    ("research_read", "vetted_researchers"),
    ("index_search", "vetted_researchers"),
)
"""What the page grants when she allows keeping and research."""


class NotDeposited(Exception):
    """The intake refused, or could not be reached."""


@dataclass(frozen=True)
class File:
    """A file to send: where its bytes come from, how many there are, and what they are."""

    source: BinaryIO
    length: int
    media: str

    @property
    def meta(self) -> dict[str, object]:
        return {"type": "file", "media": self.media, "name": ""}


class Intake:
    """A connection to one intake."""

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self._host, self._port = host, port
        self._connection: HTTPConnection | None = None

    def ask(self, method: str, path: str, body: bytes = b"", media: str = "application/json") -> bytes:
        """One request, tried again when the line breaks; `NotDeposited` when it is refused."""
        for attempt in range(TRIES):
            try:
                status, content = self._once(method, path, body, media)
            except (OSError, HTTPException):
                self.close()
                time.sleep(0.1 * 2**attempt)
                continue
            if status < 300:
                return content
            raise NotDeposited(f"{method} {path} was answered {status}")
        raise NotDeposited("the intake cannot be reached")

    def deposit(
        self,
        sealer: Sealer,
        file: File,
        meta: dict[str, object],
        deposit: str | None = None,
        erase: str | None = None,
    ) -> str:
        """Seal and send one envelope; return the name under which the intake keeps it.

        Without a name it gets a random one, and without `erase` nobody can erase it early.
        """
        deposit = deposit or secrets.token_hex(16)
        size = sealer.size(file.length, meta)
        asked = {"deposit": deposit, "size": size, "erase": erase or secrets.token_hex(32)}
        begun = json.loads(self.ask("POST", "/api/deposits", json.dumps(asked).encode()))
        path = f"/api/deposits/{deposit}"
        parts = _Parts(self, path, begun["part_size"])
        sealer.seal(file.source, file.length, meta, parts)
        parts.flush()
        self.ask("POST", f"{path}/complete")
        return deposit

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _once(self, method: str, path: str, body: bytes, media: str) -> tuple[int, bytes]:
        if self._connection is None:
            self._connection = HTTPConnection(self._host, self._port, timeout=60)
        headers = {"Content-Type": media, "Content-Length": str(len(body))}
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        return answer.status, answer.read()


class _Parts:
    """Takes sealed bytes in any pieces and sends them in the intake's parts."""

    def __init__(self, intake: Intake, path: str, size: int) -> None:
        self._intake, self._path, self._part = intake, path, size
        self._waiting, self._offset = bytearray(), 0

    def write(self, piece: bytes, /) -> int:
        self._waiting += piece
        while len(self._waiting) >= self._part:
            self._send(self._part)
        return len(piece)

    def flush(self) -> None:
        if self._waiting:
            self._send(len(self._waiting))

    def _send(self, size: int) -> None:
        part = bytes(self._waiting[:size])
        self._intake.ask("PUT", f"{self._path}/{self._offset}", part, "application/octet-stream")
        del self._waiting[:size]
        self._offset += size


def tell(
    intake: Intake,
    text: str,
    lang: str,
    root: VerifyKey,
    recipient: IntakePublic,
    *,
    files: Sequence[File] = (),
    grants: Grants = RESEARCH,
    consent_text: str = "Vetted researchers may find and read it, with names removed.",
) -> Receipt:
    """Deposit the files and then the statement that lists them; return her receipt, which nobody else has."""
    receipt, seq = Receipt.generate(), resume.first(datetime.now(UTC).date())
    token = resume.token(receipt, root, seq)
    listed = []
    for index, file in enumerate(files, 1):
        sealer = Sealer([recipient])
        size = sealer.padded(file.length, file.meta)
        listed.append({"digest": sealer.digest.hex(), "size": size, "media": file.media})
        intake.deposit(sealer, file, file.meta, erase=resume.erasure(token, index))
    sealer = Sealer([recipient])
    granted = [{"use": use, "audience": audience} for use, audience in grants]
    told = {"v": 1, "lang": "en", "text_sha256": hashlib.sha256(consent_text.encode()).hexdigest()}
    body = json.dumps(
        {
            "v": 1,
            "kind": "life_history",
            "lang": lang,
            "text": text,
            "consent": {**told, "granted": granted},
            "files": listed,
            **_account(receipt, root, seq, sealer),
        }
    ).encode()
    meta: dict[str, object] = {"type": "statement", "v": 1}
    place = resume.statement_id(receipt, root, seq)
    intake.deposit(sealer, File(io.BytesIO(body), len(body), ""), meta, place, resume.erasure(token, 0))
    return receipt


def _account(receipt: Receipt, root: VerifyKey, seq: int, sealer: Sealer) -> dict[str, object]:
    keys = receipt.keys(root)
    public = keys.sealing.public
    print_ = root.fingerprint().replace(" ", "").encode()
    signature = keys.signing.sign(b"onggi-acct1|intake|%s|%d|" % (print_, seq) + sealer.digest)
    account = {
        "x25519": public.x25519.hex(),
        "xwing": public.bundle[32:].hex(),
        "ed25519": keys.signing.public.raw.hex(),
    }
    return {"account": account, "seq": seq, "signature": signature.hex()}

"""The only place where test data is made: an archive with its people, and women who tell.

All names, places and events are invented.
"""

from __future__ import annotations

import hashlib
import io
import json
import secrets
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from archive import keyring, people, releasing, review
from archive.accession import Report, accession
from archive.people import Person
from archive.vault import Vault
from crypto import bundle, keycard
from crypto.envelope import Sealer
from crypto.keys import IntakePublic, SigningKey, VerifyKey
from crypto.receipt import Receipt

TODAY = date(2026, 11, 24)
ORIGIN = "archive.example"
PASSPHRASE = "항아리 속의 겨울 김치 2026"
MINJIS, SORAS = "minji keeps a long phrase", "sora keeps another phrase"
TEXT = "혜숙이는 강을 건넜다.\n그 뒤로 혜숙을 보지 못했다."
RESEARCH = (
    ("preserve", "archivists"),
    ("index_search", "archivists"),
    ("research_read", "vetted_researchers"),
    ("index_search", "vetted_researchers"),
)


@dataclass
class Archive:
    """An open archive with two people and a courier."""

    vault: Vault
    minji: Person
    sora: Person
    courier: SigningKey
    sticks: Path
    recipient: IntakePublic
    packed: list[str] = field(default_factory=list)

    @property
    def root(self) -> VerifyKey:
        return keyring.root(self.vault).public

    def pack(self, envelopes: Iterable[bytes], number: int = 0, previous: str | None = None) -> Path:
        """The next bundle of this archive's courier, on a stick."""
        number = number or len(self.packed) + 1
        folder = self.sticks / secrets.token_hex(4)
        folder.mkdir(parents=True)
        listed = []
        for envelope in envelopes:
            name = secrets.token_hex(16)
            (self.sticks / name).write_bytes(envelope)
            listed.append((name, self.sticks / name))
        before = previous or (self.packed[-1] if self.packed else bundle.FIRST)
        self.packed.append(
            bundle.write(folder, number=number, previous=before, envelopes=listed, courier=self.courier)
        )
        return folder

    def take(self, *envelopes: bytes) -> Report:
        """What accession makes of a bundle of these envelopes."""
        return accession(self.vault, self.pack(envelopes), today=lambda: TODAY)

    def told(self, text: str = TEXT, **changes: Any) -> str:
        """A testimony that came in through the door; its id."""
        return self.take(statement(self, text, **changes)).taken[0]

    def approve(self, told: str, by: Person | None = None) -> None:
        """A second person reads what is proposed and approves it."""
        proposal = review.reading(self.vault, told).proposal
        review.approve(self.vault, by or self.sora, told, proposal)

    def sign_release(self, by: Person | None = None) -> releasing.Draft:
        """A second person looks at the draft and signs it."""
        return releasing.sign(self.vault, by or self.sora, releasing.drafted(self.vault).digest)


def found_archive(home: Path) -> None:
    """Make what every test starts from, once: Argon2id is slow on purpose."""
    with Vault.create(home, PASSPHRASE) as vault:
        keyring.found(vault, ORIGIN)
        people.add(vault, "minji", MINJIS)
        people.add(vault, "sora", SORAS)
        card = keycard.verify(
            keyring.publish(vault, TODAY), origin=ORIGIN, root=keyring.root(vault).public, today=TODAY
        )
        courier = SigningKey.generate()
        keyring.trust_courier(vault, courier.public)
        kept = {
            "courier": courier.to_text(),
            "recipient": card.current(TODAY).bundle.hex(),
            "minji": people.unlock(vault, "minji", MINJIS).key.to_text(),
            "sora": people.unlock(vault, "sora", SORAS).key.to_text(),
        }
    (home.parent / "kept.json").write_text(json.dumps(kept), "utf-8")


def open_archive(founded: Path, folder: Path) -> Archive:
    """A copy of the founded archive in *folder*, open."""
    shutil.copytree(founded, folder / "archive")
    kept = json.loads((founded.parent / "kept.json").read_text("utf-8"))
    return Archive(
        Vault.open(folder / "archive", PASSPHRASE),
        Person("minji", SigningKey.from_text(kept["minji"])),
        Person("sora", SigningKey.from_text(kept["sora"])),
        SigningKey.from_text(kept["courier"]),
        folder / "sticks",
        IntakePublic.from_bytes(bytes.fromhex(kept["recipient"])),
    )


def seal_file(archive: Archive, content: bytes, media: str = "image/jpeg") -> tuple[bytes, dict[str, Any]]:
    """A sealed file, and the row by which a statement lists it."""
    sealer, into = Sealer([archive.recipient]), io.BytesIO()
    meta: dict[str, object] = {"type": "file", "media": media, "name": ""}
    sealer.seal(io.BytesIO(content), len(content), meta, into)
    row = {"digest": sealer.digest.hex(), "size": sealer.padded(len(content), meta), "media": media}
    return into.getvalue(), row


def statement(
    archive: Archive,
    text: str = TEXT,
    *,
    lang: str = "kor",
    grants: Iterable[tuple[str, str]] = RESEARCH,
    files: Iterable[dict[str, Any]] = (),
    receipt: Receipt | None = None,
    seq: int = 0,
    meta: dict[str, object] | None = None,
    **changes: Any,
) -> bytes:
    """A sealed statement as the page makes it; *changes* replace keys of its body, None removes one."""
    sealer, into = Sealer([archive.recipient]), io.BytesIO()
    keys = (receipt or Receipt.generate()).keys(archive.root)
    public = keys.sealing.public
    printed = archive.root.fingerprint().replace(" ", "").encode()
    signature = keys.signing.sign(b"onggi-acct1|intake|%s|%d|" % (printed, seq) + sealer.digest)
    body: dict[str, Any] = {
        "v": 1,
        "kind": "life_history",
        "lang": lang,
        "text": text,
        "consent": {
            "v": 1,
            "lang": "ko",
            "text_sha256": hashlib.sha256(b"consent").hexdigest(),
            "granted": [{"use": use, "audience": audience} for use, audience in grants],
        },
        "files": list(files),
        "account": {
            "x25519": public.x25519.hex(),
            "xwing": public.bundle[32:].hex(),
            "ed25519": keys.signing.public.raw.hex(),
        },
        "seq": seq,
        "signature": signature.hex(),
    }
    body |= changes
    raw = json.dumps({k: v for k, v in body.items() if v is not None}).encode()
    sealer.seal(io.BytesIO(raw), len(raw), meta or {"type": "statement", "v": 1}, into)
    return into.getvalue()

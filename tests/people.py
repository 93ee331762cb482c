"""The only place where test data is made: an archive with its people, and women who tell.

All names, places and events are invented.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import secrets
import shutil
import struct
import wave
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from archive import keyring, leaving, locks, people, releasing, review
from archive.accession import Report, accession
from archive.people import Person
from archive.redaction import choices
from archive.root import LOCK, Root
from archive.vault import Vault
from crypto import bundle, keycard
from crypto import mandate as mandates
from crypto.envelope import Sealer
from crypto.keys import IntakePublic, SigningKey, VerifyKey
from crypto.mandate import Mandate
from crypto.notes import countersign, sign_note
from crypto.receipt import Receipt

TODAY = datetime.now(UTC).date()
"""The commands look at the clock, so the people of the tests live today."""
ORIGIN = "archive.example"
PASSPHRASE = "항아리 속의 겨울 김치 2026"
ROOTS = "뿌리는 금고 속 막대에 있다"
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
        return keyring.root(self.vault)

    def pack(
        self, envelopes: Iterable[bytes], number: int = 0, previous: str | None = None, name: str = ""
    ) -> Path:
        """The next bundle of this archive's courier, on a stick."""
        number = number or len(self.packed) + 1
        folder = self.sticks / secrets.token_hex(4)
        folder.mkdir(parents=True)
        listed = []
        for envelope in envelopes:
            id = name or secrets.token_hex(16)
            (self.sticks / id).write_bytes(envelope)
            listed.append((id, self.sticks / id))
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

    def recorded(self, sound: bytes, media: str = "audio/wav", text: str = "", **changes: Any) -> str:
        """A testimony with a recording, and no word in writing unless there is a *text*; its id."""
        envelope, row = seal_file(self, sound, media)
        return self.take(envelope, statement(self, text, files=[row], **changes)).taken[0]

    def approve(self, told: str, by: Person | None = None) -> None:
        """A second person reads what is proposed and approves it."""
        proposal = review.reading(self.vault, told).proposal
        review.approve(self.vault, by or self.sora, told, proposal)

    def show_what_is_left(self) -> None:
        """Somebody read what the second look found in every text, and chose to show it."""
        for told, left in leaving.look(self.vault).left.items():
            for each in left:
                choices.show(self.vault, self.minji, told, each.words)

    def let_out(self, *told: str) -> releasing.Draft:
        """A release of these and of what was approved before: nothing is hidden, and both people sign."""
        for each in told:
            review.propose(self.vault, self.minji, each, [])
            self.approve(each)
        self.show_what_is_left()
        releasing.draft(self.vault, self.minji)
        return self.sign_release()

    def sign_release(self, by: Person | None = None) -> releasing.Draft:
        """A second person looks at the draft and signs it."""
        waiting = releasing.drafted(self.vault)
        return releasing.sign(self.vault, by or self.sora, waiting.digest, TODAY, few=True)


@dataclass(frozen=True)
class Office:
    """The keys of an archive without its vault: a root, the desk it names, and two archivists."""

    root: SigningKey = field(default_factory=SigningKey.generate)
    desk: SigningKey = field(default_factory=SigningKey.generate)
    one: SigningKey = field(default_factory=SigningKey.generate)
    two: SigningKey = field(default_factory=SigningKey.generate)

    def mandate(self, today: date = TODAY, serial: int = 1, root: SigningKey | None = None) -> bytes:
        """What the root says of the others on this day."""
        people = (self.one.public, self.two.public)
        year = today + timedelta(days=365)
        given = Mandate(ORIGIN, serial, today, year, self.desk.public, bytes(32), people)
        return mandates.issue(given, root or self.root)

    def notes(self, folder: Path, key: IntakePublic, *, serial: int = 1, today: date = TODAY) -> Path:
        """What a courier brings to the intake: a keycard with *key* for a fortnight, and the mandate."""
        dated = keycard.DatedKey(today - timedelta(days=1), today + timedelta(days=13), key)
        card = keycard.Keycard(ORIGIN, serial, today, today + timedelta(days=20), 1, (dated,))
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "keycard.note").write_bytes(keycard.issue(card, self.root))
        (folder / "mandate.note").write_bytes(self.mandate(today, serial))
        return folder

    def release_note(self, text: str, *people: SigningKey) -> bytes:
        """A release's note, signed by the desk and by *people*, or by both archivists."""
        note = sign_note(text, f"{ORIGIN}/desk", self.desk)
        for person in people or (self.one, self.two):
            note = countersign(note, f"{ORIGIN}/archivist", person)
        return note


def found_archive(home: Path) -> None:
    """Make what every test starts from, once: Argon2id is slow on purpose."""
    with Vault.create(home, PASSPHRASE) as vault:
        desk = keyring.found(vault, ORIGIN)
        root = Root.found(home / "root", locks.make(home / "root", LOCK, ROOTS), ORIGIN, desk)
        keyring.trust_root(vault, root.public)
        people.add(vault, "minji", MINJIS)
        people.add(vault, "sora", SORAS)
        keyring.make(vault, TODAY)
        publish(vault, root)
        card = keycard.verify(
            (home / "notes" / "keycard.note").read_bytes(), origin=ORIGIN, root=root.public, today=TODAY
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


def root_of(archive: Archive) -> Root:
    """The root of this archive, open."""
    folder = archive.vault.home / "root"
    return Root.open(folder, locks.unlock(folder, LOCK, ROOTS))


def publish(vault: Vault, root: Root, today: date = TODAY) -> None:
    """The root signs what the desk asks for."""
    (vault.home / "notes").mkdir(exist_ok=True)
    for name, note in root.sign((vault.home / "keys.request").read_bytes(), today).items():
        (vault.home / "notes" / name).write_bytes(note)


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


def wav(seconds: float = 3, rate: int = 16000, channels: int = 1) -> bytes:
    """A recording: a tone in each second that has an even number, silence in the others."""
    into, frames = io.BytesIO(), int(seconds * rate)
    with wave.open(into, "wb") as sound:
        sound.setparams((channels, 2, rate, 0, "NONE", ""))
        tone = (
            int(12000 * math.sin(880 * math.pi * at / rate)) * (at // rate % 2 == 0) for at in range(frames)
        )
        sound.writeframes(b"".join(struct.pack("<h", sample) * channels for sample in tone))
    return into.getvalue()


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

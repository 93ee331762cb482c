"""The sealed form: everything, in a format that needs none of our code, under keys that can be destroyed.

1. Each testimony is one tar, sealed in the `age` format to a key of its own; the vault keeps the key.
2. All keys lie in `keyring.age`, sealed to a recipient whose secret the custodians keep on paper. It is
   written anew each time: with the older ones gone, what was destroyed here opens nowhere.
3. Only what she allowed to be preserved is in it. Nothing plain touches a disk on the way.

Format: age-encryption.org/v1. Why: docs/decisions/0040-packages.md.
"""

from __future__ import annotations

import io
import json
import os
import secrets
import tarfile
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import IO, Final, cast

import pyrage

from archive import keyring
from archive.coding import htcds
from archive.coding import versions as codings
from archive.consent import ConsentRefused, require_granted
from archive.journal import Event
from archive.people import Person
from archive.preservation import records
from archive.preservation.bags import BagRefused, bag
from archive.testimony import Testimony
from archive.vault import UnknownRecord, Vault
from archive.versions import record, webvtt
from archive.working import Progress
from crypto import durable
from crypto.cobblestone import Window

KEY: Final = "package-key"
"""Named by the testimony, so that it is destroyed with it."""
KEYRING: Final = "keyring.age"


def write(
    vault: Vault,
    person: Person,
    recipient: str,
    into: Path,
    today: date,
    progress: Progress = lambda done, all: None,
) -> int:
    """Everything that may be preserved as the new bag *into*, its keys sealed to *recipient*; how many.

    `BagRefused` for a recipient that is none.
    """
    to = _recipient(recipient)
    told = {
        "Source-Organization": keyring.origin(vault),
        "External-Description": "Testimonies, sealed: age-encryption.org/v1, tar",
        "Bagging-Date": today.isoformat(),
        "Bag-Software-Agent": "Onggi",
    }
    with bag(into, told) as payload:
        names = _sealed(vault, payload, progress)
        with vault.together():
            # Whoever was destroyed or thought better meanwhile has no key in the keyring, and no file.
            keys = {name: vault.json(KEY, id) for name, id in names.items() if _may(vault, id)}
            for name in names.keys() - keys.keys():
                (payload / name).unlink()
            durable.write(payload / KEYRING, pyrage.encrypt(json.dumps(keys, indent=1).encode(), [to]))
            vault.journal.append("pac", person.name, [f"package:{len(keys)}"])
    return len(keys)


def _sealed(vault: Vault, payload: Path, progress: Progress) -> dict[str, str]:
    """Write every testimony that may be preserved, under a random name; whose it is, by that name."""
    names, ids = dict[str, str](), list(vault.testimonies())
    history = records.histories(vault.journal.events())
    for number, id in enumerate(ids, 1):
        if _may(vault, id):
            name = f"{secrets.token_hex(16)}.tar.age"
            _seal(vault, id, history.get(f"testimony:{id}", []), payload / name)
            names[name] = id
        progress(number, len(ids))
    return names


def _may(vault: Vault, id: str) -> bool:
    try:
        require_granted(vault, id, "preserve", "archivists")
    except (ConsentRefused, UnknownRecord):
        return False
    return True


def _recipient(recipient: str) -> pyrage.x25519.Recipient:
    try:
        return pyrage.x25519.Recipient.from_str(recipient.strip())
    except pyrage.RecipientError:
        raise BagRefused("a recipient begins with age1; `age-keygen` makes one") from None


def _identity(vault: Vault, id: str) -> pyrage.x25519.Identity:
    """The key of a testimony in every package: drawn once."""
    if not vault.holds(KEY, id):
        vault.put_json(KEY, id, str(pyrage.x25519.Identity.generate()))
    return pyrage.x25519.Identity.from_str(vault.json(KEY, id))


def _seal(vault: Vault, id: str, told: list[Event], path: Path) -> None:
    """Write one testimony's tar through a pipe into its envelope."""
    reading, writing = os.pipe()
    to = [_identity(vault, id).to_public()]
    with path.open("wb") as sealed, os.fdopen(reading, "rb") as source:
        sealing = threading.Thread(target=pyrage.encrypt_io, args=(source, sealed, to))
        sealing.start()
        try:
            with os.fdopen(writing, "wb") as into, tarfile.open(fileobj=into, mode="w|") as tar:
                _fill(tar, vault, vault.testimony(id), told)
        finally:
            sealing.join()
        sealed.flush()
        os.fsync(sealed.fileno())


def _fill(tar: tarfile.TarFile, vault: Vault, told: Testimony, events: list[Event]) -> None:
    for name, content in _records(vault, told, events):
        _add(tar, name, len(content), io.BytesIO(content))
    for number, each in enumerate(told.attachments, 1):
        if vault.holds("file", each.digest):  # else it has not come yet
            _, media, kept = vault.json("file", each.digest)
            with vault.window("original", kept) as source:
                kind = media.partition("/")[2].partition(";")[0]
                _add(tar, f"files/{number:02d}.{kind}", source.length, source)


def _add(tar: tarfile.TarFile, name: str, size: int, source: IO[bytes] | Window) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = size
    tar.addfile(entry, cast(IO[bytes], source))


def _records(vault: Vault, told: Testimony, events: list[Event]) -> Iterator[tuple[str, bytes]]:
    yield "words.txt", told.text.encode()
    yield "consent.json", json.dumps(told.consent.to_json(), indent=1).encode()
    for each in record.history(vault, told.id)[1:]:
        if each.gone:
            continue
        name = f"versions/{each.number:02d}-{each.kind}-{each.lang}"
        yield f"{name}.txt", "\n\n".join(s.text for s in each.segments).encode()
        if each.segments and all(s.t_start is not None for s in each.segments):
            yield f"{name}.vtt", webvtt.write(each.segments).encode()
    life = codings.current(vault, told.id).life
    if life.acts:
        yield "coding.json", htcds.to_json(htcds.rows(told.id, life, words=True)).encode()
    about = {"identifier": told.id, "language": told.lang_original, "created": told.received_quarter}
    yield "description.xml", records.description(about)
    yield "events.xml", records.events(told.id, events)

"""What each reader may cost: linear in its input, in time and memory, and refused beyond its largest."""

from __future__ import annotations

import io
import json
import time
import tracemalloc
import unicodedata
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

import pytest

from archive import imports, release, statement
from archive.coding import htcds
from archive.commands import policies, projects, suggesting
from archive.errors import ArchiveError
from archive.keeping import boxes, keyring
from archive.letters import normalized
from archive.preservation import bags
from archive.versions import webvtt
from archive.versions.segments import tidy
from crypto import bundle, custody, frames, keycard, mandate, outgoing, pages, receipt, resume, withdrawal
from crypto.errors import CryptoError
from crypto.notes import open_note
from crypto.plain import parse_meta
from crypto.stick import MANIFEST
from tests.fuzz.keys import FOLDER, ORIGIN, ROOT, TODAY, by_desk, by_root, lying

Read = Callable[[bytes], object]
SMALL: Final = 1 << 14
TIMES: Final = 4
SLOWER: Final = 9
"""Times the processor's time of `TIMES` times the input: a quadratic reader takes sixteen."""
ROOM: Final = 400_000
"""Bytes that a reader may take however short its input is."""

DOCX: Final = (
    '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">{}</w:document>'
)


def _docx(xml: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as folder:
        folder.writestr("word/document.xml", DOCX.format(xml.decode()))
    return made.getvalue()


def _manifest(data: bytes) -> object:
    lying(MANIFEST, data)
    return outgoing.read(FOLDER, origin=ORIGIN, desk=ROOT.public)


READERS: Final[dict[str, tuple[Callable[[int], bytes], Read, int]]] = {
    "note": (lambda n: by_root(b"a" * n), lambda d: open_note(d, f"{ORIGIN}/root", ROOT.public), 6),
    "note of signatures": (
        lambda n: b"a\n\n" + b"\xe2\x80\x94 x AAAA\n" * (n // 10),
        lambda d: open_note(d, f"{ORIGIN}/root", ROOT.public),
        12,
    ),
    "meta": (lambda n: b'{"a":"' + b"x" * n + b'"}', parse_meta, 12),
    "outgoing": (lambda n: by_desk(b"file x\n" * (n // 7)), _manifest, 12),
    "acknowledgement": (
        lambda n: by_desk(
            f"{ORIGIN}/acknowledgement\nv1\nbundle 1 {'0' * 64}\n".encode() + b"ok %032d\n" % 1 * (n // 36)
        ),
        lambda d: bundle.read_acknowledgement(d, origin=ORIGIN, desk=ROOT.public),
        12,
    ),
    "arrivals": (
        lambda n: resume.arrivals((f"{at:032x}", 1) for at in range(n // 17)),
        resume.parse_arrivals,
        14,
    ),
    "pages": (
        lambda n: f"{ORIGIN}/page\nv1\n".encode() + b"file /a " * (n // 8) + b"\n",
        lambda d: pages.read_listing(d, ORIGIN),
        12,
    ),
    "frames": (lambda n: b"ONGGI1:1/2:" * (n // 11), frames.join, 12),
    "frames of nothing": (lambda n: f"ONGGI1:1/2:{'A' * 16}:{'A' * n}!".encode(), frames.join, 12),
    "withdrawal": (
        lambda n: by_desk(
            f"{ORIGIN}/withdrawal\nv1\nserial 1\nissued 2026-11-24\n".encode()
            + b"".join(b"left %d 1 %064d\n" % (at, 1) for at in range(n // 73))
        ),
        lambda d: withdrawal.verify(d, origin=ORIGIN, desk=ROOT.public),
        12,
    ),
    "statement": (
        lambda n: b'{"text":"' + "가".encode() * (n // 3) + b'"}',
        lambda d: statement.parse(d, statement.META, bytes(64), (ROOT.public,)),
        12,
    ),
    "webvtt": (
        lambda n: b"WEBVTT\n\n" + b"00:00.000 --> 00:01.000\na&amp;<b>\n\n" * (n // 34),
        lambda d: webvtt.parse(d, {"s0001"}, 2),
        25,
    ),
    "webvtt of brackets": (
        lambda n: b"WEBVTT\n\n00:00.000 --> 00:01.000\n" + b"<v <" * (n // 4),
        lambda d: webvtt.parse(d, {"s0001"}, 2),
        12,
    ),
    "marks": (lambda n: b"a" + "\u0315\u0300".encode() * (n // 4), lambda d: tidy(d.decode()), 30),
    "transcript": (
        lambda n: b"a\r\n" * (n // 3),
        lambda d: imports.text_of(lying("one.txt", d)),
        10,
    ),
    "catalogue": (
        lambda n: b"".join(b'{"file": "%d"}\n' % at for at in range(n // 16)),
        lambda d: imports.read_catalogue(lying("list", d)),
        40,
    ),
    "coding": (
        lambda n: b"x_testimony,x_record\n" + b"a,actor\n" * (n // 8),
        lambda d: htcds.lives(htcds.from_csv(d.decode())),
        120,
    ),
    "policy": (
        lambda n: json.dumps({"grounds": "x" * n}).encode(),
        lambda d: policies.read(lying("policy", d)),
        15,
    ),
    "suggest": (
        lambda n: json.dumps({"text": "x" * n}).encode(),
        lambda d: list(suggesting.read(io.BytesIO(d))),
        15,
    ),
    "release": (lambda n: b'{"id": "' + b"x" * n + b'"}', lambda d: release.testimony_of(d.decode()), 12),
    "slip": (lambda n: b"A " * (custody.TYPED // 2), lambda d: custody.Slip.parse(d.decode()), 12),
}


def _met(read: Read, data: bytes) -> None:
    with suppress(CryptoError, ArchiveError, KeyError, ValueError):
        read(data)


def _seconds(read: Read, data: bytes) -> float:
    taken = []
    for _ in range(3):
        begun = time.process_time()
        _met(read, data)
        taken.append(time.process_time() - begun)
    return min(taken)


@pytest.mark.parametrize("name", READERS)
def test_what_is_four_times_as_long_costs_about_four_times_as_much(name: str) -> None:
    """
    Each reader, with what is worst for it, in processor time and in memory, as docs/formats/bounds.md says.
    """
    make, read, most = READERS[name]
    size = SMALL
    while (small := _seconds(read, make(size))) < 0.002 and size < 1 << 18:
        size *= 4
    slower = _seconds(read, make(TIMES * size)) / max(small, 0.001)
    data = make(size)
    tracemalloc.start()
    _met(read, data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert slower < SLOWER
    assert peak < most * len(data) + ROOM, peak / len(data)


def test_a_packed_document_is_bounded_by_what_it_opens_to() -> None:
    """
    A .docx of a few kilobytes that opens to more than 16 MiB is refused, and one below takes its 30 times.
    """
    inside = b"<a/>" * (1 << 16)
    path = lying("bomb.docx", _docx(inside))
    tracemalloc.start()
    imports.text_of(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    lying("bomb.docx", _docx(b" " * imports.LARGEST_XML))

    assert path.stat().st_size < 64_000
    assert peak < 30 * len(inside) + ROOM
    with pytest.raises(ArchiveError, match="more than 16 MiB"):
        imports.text_of(path)


def _sparse(name: str, size: int) -> Path:
    path = lying(name, b"")
    with path.open("r+b") as file:
        file.truncate(size + 1)
    return path


def _bag(path: Path) -> None:
    folder = path.parent / "large"
    (folder / "data").mkdir(parents=True, exist_ok=True)
    path.replace(folder / "bagit.txt")
    bags.check(folder)


def _pack(path: Path) -> None:
    lying("packs/onggi-boxes", boxes.VERSION.encode())
    found = boxes.Boxes(FOLDER / "packs")
    path.replace(FOLDER / "packs" / "records" / "a.pack")
    assert list(found.sealed()) == []
    raise ArchiveError(*found.damaged)


TOO_LARGE: Final[dict[str, tuple[int, Callable[[Path], object]]]] = {
    "text": (imports.LARGEST, imports.text_of),
    "catalogue": (imports.LARGEST, imports.read_catalogue),
    "policy": (policies.LARGEST, policies.read),
    "readings": (projects.LARGEST, projects.readings_in),
    "release": (release.LARGEST_BODY, lambda path: release._read(path, release.LARGEST_BODY)),
    "keyring": (keyring.LARGEST_KEYRING, keyring.Shut.read),
    "pack": (boxes.LARGEST, _pack),
    "list of a bag": (bags.LARGEST, _bag),
}


@pytest.mark.parametrize("name", TOO_LARGE)
def test_what_is_larger_than_the_largest_is_refused_before_it_is_read(name: str) -> None:
    """
    A file of one byte too many takes no memory; the refusal is one of ours.
    """
    largest, read = TOO_LARGE[name]
    path = _sparse("too-large.txt", largest)
    tracemalloc.start()
    with pytest.raises((ArchiveError, release.ReleaseError)):
        read(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    path.unlink(missing_ok=True)

    assert peak < 1 << 20


SIGNED: Final[dict[str, tuple[int, Read]]] = {
    "keycard": (
        keycard.MAX_SIZE,
        lambda d: keycard.verify(d, origin=ORIGIN, root=ROOT.public, today=TODAY),
    ),
    "mandate": (keycard.MAX_SIZE, lambda d: mandate.read(d, origin=ORIGIN, root=ROOT.public)),
    "pages": (pages.LARGEST, lambda d: pages.verify(d, origin=ORIGIN, desk=ROOT.public, today=TODAY)),
    "acknowledgement": (
        bundle.MAX_MANIFEST,
        lambda d: bundle.read_acknowledgement(d, origin=ORIGIN, desk=ROOT.public),
    ),
    "withdrawal": (
        withdrawal.LARGEST,
        lambda d: withdrawal.verify(d, origin=ORIGIN, desk=ROOT.public),
    ),
    "receipt": (receipt.TYPED, lambda d: receipt.Receipt.parse(d.decode())),
    "slip": (custody.TYPED, lambda d: custody.Slip.parse(d.decode())),
    "webvtt": (webvtt.LARGEST, lambda d: webvtt.parse(d, (), 1)),
}


@pytest.mark.parametrize("name", SIGNED)
def test_what_is_longer_than_the_longest_is_refused_for_that(name: str) -> None:
    """
    Before a signature is checked, a sign is sorted or a line is cut.
    """
    largest, read = SIGNED[name]
    with pytest.raises((CryptoError, ArchiveError), match=r"longer|at most|too large"):
        read(b"a" * (largest + 1))


def test_marks_are_sorted_as_unicode_says() -> None:
    """
    UAX 15: what comes out is what Python's own, slow way gives, for rows of marks of every kind.
    """
    rows = [
        "a" + "\u0315\u0300\u0f73\uff9e\u0344" * 20,
        "ệ" + "\u0316" * 40,
        "\u309b" + "\uff9e\u0334" * 40,
        "가나",
    ]
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        for row in rows:
            assert normalized(form, row) == unicodedata.normalize(form, row)

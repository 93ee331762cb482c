"""Safe copies: what is in them, what is not, and what is on record."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest
from PIL import Image

from archive.attachments import copies, metadata
from archive.attachments.copies import AttachmentRefused, content, files, make
from archive.attachments.memory import Memory
from archive.attachments.metadata import Metadata, Survived, Tag
from archive.objects import DamagedObject
from archive.standing import TakenBack
from archive.vault import UnknownRecord
from crypto.receipt import Receipt
from tests.archive.attachments.samples import (
    AUTHOR,
    MADE_BY,
    NOTE,
    copied,
    document,
    photo,
    picture,
    recording,
    require_sandbox,
    sent,
)
from tests.people import TODAY, Archive, seal_file, statement

PLANTED = (AUTHOR, MADE_BY, NOTE, "Seola", "+42.9072", "Seolhwa")


@pytest.fixture(autouse=True)
def _programs() -> None:
    require_sandbox("ffmpeg", "exiftool", "pdftoppm")


def whole(archive: Archive, file: copies.File) -> bytes:
    return b"".join(b"".join(content(archive.vault, each)) for each in file.copies)


def residue(copy: bytes) -> list[str]:
    """Which planted words are in these bytes, in one of the ways that files write them."""
    codes = ("utf-8", "utf-16-le", "utf-16-be", "cp949")
    return [word for word in PLANTED for code in codes if word.encode(code, "ignore") in copy]


KINDS = ["a.jpg", "a.png", "a.gif", "a.tiff", "a.webp", "a.pdf", "a.mp3", "a.m4a", "a.ogg", "a.flac", "a.wav",
         "a.mp4", "a.mov", "a.webm", "a.mkv"]  # fmt: skip


def made(folder: Path, name: str) -> bytes:
    ending = name.partition(".")[2]
    if ending == "jpg":
        return photo()
    if ending in ("png", "gif", "tiff", "webp"):
        return picture(ending.upper())
    if ending == "pdf":
        return document()
    return recording(folder, name, film=ending in ("mp4", "mov", "webm", "mkv"))


@pytest.mark.parametrize("name", KINDS)
def test_what_was_written_beside_the_content_is_in_no_copy(
    archive: Archive, tmp_path: Path, name: str
) -> None:
    """
    R19, R14: names, a position and notes planted in fifteen formats are shown to the archivist, and are in no
    byte of the copy; the original is the same after all.
    """
    given = made(tmp_path, name)
    file = copied(archive, given)
    kept = [b"".join(archive.vault.kept("original", each)) for each in archive.vault.names("original")]

    assert file.state == "copied", file.why
    assert given in kept
    assert residue(whole(archive, file)) == []
    assert any(word in tag.value for tag in file.tags for word in (AUTHOR, MADE_BY, NOTE))


def test_a_photo_is_the_same_picture_and_stands_upright(archive: Archive) -> None:
    """
    A picture that a camera held sideways is turned; what was left is above, and its colours are the same.
    """
    file = copied(archive, photo((240, 160), orientation=6))
    [kept] = file.copies
    with Image.open(io.BytesIO(whole(archive, file))) as image:
        above, below = (image.getpixel((80, row)) for row in (40, 200))

    assert (kept.width, kept.height) == (160, 240)
    assert above[0] > 170 > 60 > above[1]  # type: ignore[index]
    assert min(below) > 240  # type: ignore[arg-type]


def test_a_sound_keeps_its_length_and_its_samples(archive: Archive, tmp_path: Path) -> None:
    """
    FLAC in one channel; three seconds of a tone stay three seconds.
    """
    [kept] = copied(archive, recording(tmp_path, "a.wav", 3)).copies

    assert kept.media == "audio/flac"
    assert abs(kept.milliseconds - 3000) < 60


def test_a_film_keeps_its_picture_its_sound_and_its_length(archive: Archive, tmp_path: Path) -> None:
    """
    A WebM that browsers play; both tracks are there.
    """
    file = copied(archive, recording(tmp_path, "a.mp4", 2, film=True))
    [kept] = file.copies
    built = whole(archive, file)

    assert (kept.media, kept.width, kept.height) == ("video/webm", 160, 120)
    assert abs(kept.milliseconds - 2000) < 100
    assert b"V_VP8" in built
    assert b"A_OPUS" in built


def test_a_voice_in_a_films_container_is_a_sound(archive: Archive, tmp_path: Path) -> None:
    """
    What a browser records of a voice is a WebM without a picture.
    """
    [kept] = copied(archive, recording(tmp_path, "voice.webm", 2)).copies

    assert kept.media == "audio/flac"


def test_a_document_becomes_pictures_of_its_pages(archive: Archive) -> None:
    """
    R21, R16: no text, no link, and nothing under a black box: only what is seen on paper.
    """
    file = copied(archive, document(3))
    built = whole(archive, file)

    assert [(each.name.rpartition(":")[2], each.media) for each in file.copies] == [
        ("1", "image/png"), ("2", "image/png"), ("3", "image/png"),
    ]  # fmt: skip
    assert built.startswith(b"\x89PNG")
    assert b"example.invalid" not in built


def test_a_code_in_a_photo_is_found_and_a_photo_without_one_is_not_covered(archive: Archive) -> None:
    """
    R21: a code that a phone would read stays covered until somebody asks for it.
    """
    [with_code] = copied(archive, photo((400, 300), orientation=1, code="https://example.invalid/")).copies
    [without] = copied(archive, photo((400, 300), orientation=1)).copies
    [(left, top, right, bottom)] = with_code.codes

    assert left <= 200 + 16
    assert top <= 10 + 16
    assert right >= 300
    assert bottom >= 100
    assert without.codes == ()


ONLY_BYTES = {
    "desktop": b"[Desktop Entry]\nType=Application\nExec=sh -c 'touch /tmp/planted'\n",
    "lnk": b"L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0F" + bytes(60),
    "html": b"<!DOCTYPE html><a href='https://example.invalid'>a</a>",
    "url": b"[InternetShortcut]\r\nURL=https://example.invalid/\r\n",
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "script": b"#!/bin/sh\ntouch /tmp/planted\n",
    "windows": b"MZ\x90\0" + bytes(200),
    "elf": b"\x7fELF" + bytes(200),
    "text": "그냥 글".encode(),
    "nothing": b"\0",
}


@pytest.mark.parametrize("kind", ONLY_BYTES)
def test_what_starts_something_or_links_somewhere_is_shown_as_bytes(archive: Archive, kind: str) -> None:
    """
    R21: whatever type was declared, no program is run on it, and its first bytes are all there is to see.
    """
    file = copied(archive, ONLY_BYTES[kind])

    assert (file.state, file.copies) == ("bytes", ())
    assert copies.first_bytes(archive.vault, file.name) == ONLY_BYTES[kind][:256]


def test_a_file_that_cannot_be_read_is_refused_with_a_reason_and_kept(archive: Archive) -> None:
    """
    R14: a JPEG that is cut and a PDF of nothing: on record as refused, in the journal; the original is here.
    """
    for broken in (photo()[:60], b"%PDF-1.4\nnothing", b"\x89PNG\r\n\x1a\n" + bytes(40)):
        file = copied(archive, broken)

        assert (file.state, file.copies) == ("refused", ())
        assert file.why
        assert archive.vault.json("attachment", file.name)["outcome"] == "refused"
    failed = [e for e in archive.vault.journal.events() if e.type == "ren" and e.outcome == "fail"]

    assert len(failed) == 3


def test_a_copy_that_fails_leaves_the_one_before(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Nothing is lost by asking again, whether it comes out or not.
    """
    name = f"{sent(archive, photo())}:1"
    before = make(archive.vault, archive.minji, name, TODAY)
    monkeypatch.setattr(metadata, "require_gone", _survives)
    after = make(archive.vault, archive.minji, name, TODAY)

    assert after.copies == before.copies
    assert whole(archive, after)


def _survives(original: Metadata, copy: Memory) -> None:
    raise Survived("planted")


def test_a_copy_made_again_replaces_the_one_before(archive: Archive) -> None:
    """
    One copy of each part is kept; the older one is shredded, and the journal has both.
    """
    name = f"{sent(archive, photo())}:1"
    make(archive.vault, archive.minji, name, TODAY)
    objects = len(list((archive.vault.home / "objects").iterdir()))
    make(archive.vault, archive.minji, name, TODAY)
    types = [e.type for e in archive.vault.journal.events() if e.objects == (f"attachment:{name}",)]

    assert archive.vault.names("rendition") == [f"{name}:1"]
    assert len(list((archive.vault.home / "objects").iterdir())) == objects
    assert types == ["for", "mee", "ren"] * 2


def test_metadata_that_is_in_a_copy_keeps_it_out_of_the_vault() -> None:
    """
    R19: the check that looks for what must be gone finds it where it is, across the edge of two pieces too.
    """
    told = Metadata((Tag("IFD0", "Artist", AUTHOR),))
    clean = Image.new("RGB", (8, 8))
    into = io.BytesIO()
    clean.save(into, "JPEG")
    with Memory([into.getvalue()]) as good:
        metadata.require_gone(told, good.seal())
    beyond = bytes((1 << 20) - 4 - len(into.getvalue()))
    for hidden in (AUTHOR.encode(), beyond + AUTHOR.encode(), AUTHOR.encode("utf-16-le")):
        with Memory([into.getvalue(), hidden]) as bad, pytest.raises(Survived):
            metadata.require_gone(told, bad.seal())
    clean.save(into := io.BytesIO(), "JPEG", comment=b"x")
    with Memory([into.getvalue()]) as commented, pytest.raises(Survived):
        metadata.require_gone(Metadata(()), commented.seal())


def test_a_file_that_has_not_come_or_is_another_is_not_opened(archive: Archive) -> None:
    """
    The statement names each file by digest, size and type; what differs stays closed.
    """
    _, row = seal_file(archive, photo())
    waiting = archive.take(statement(archive, files=[row])).taken[0]
    envelope, row = seal_file(archive, photo())
    differs = archive.take(envelope, statement(archive, files=[row | {"media": "image/png"}])).taken[0]

    for told, why in ((waiting, "has not come"), (differs, "not the file")):
        assert why in files(archive.vault, told)[0].why
        with pytest.raises(AttachmentRefused, match=why):
            make(archive.vault, archive.minji, f"{told}:1", TODAY)
    with pytest.raises(UnknownRecord):
        make(archive.vault, archive.minji, f"{waiting}:2", TODAY)


def test_an_original_that_was_changed_on_disk_is_not_opened(archive: Archive) -> None:
    """
    R14: a sealed file is verified before a program sees any of it.
    """
    told = sent(archive, photo())
    for path in (archive.vault.home / "objects").iterdir():
        path.write_bytes(path.read_bytes()[:-1] + b"\0")

    with pytest.raises((DamagedObject, AttachmentRefused)):
        make(archive.vault, archive.minji, f"{told}:1", TODAY)


def test_nobody_sees_the_files_of_what_she_took_back(archive: Archive) -> None:
    """
    R6: neither a list nor a copy, though one was made before.
    """
    receipt = Receipt.generate()
    envelope, row = seal_file(archive, photo())
    told = archive.take(envelope, statement(archive, files=[row], receipt=receipt)).taken[0]
    make(archive.vault, archive.minji, f"{told}:1", TODAY)
    archive.take(statement(archive, "", receipt=receipt, seq=1, grants=[], kind="withdrawal"))

    for asked in (lambda: files(archive.vault, told), lambda: copies.copy(archive.vault, f"{told}:1:1")):
        with pytest.raises(TakenBack):
            asked()


def test_no_plaintext_touches_the_disk(archive: Archive, tmp_path: Path) -> None:
    """
    R20: after a copy was made, no file of the vault, nor of the folder in memory, holds the picture.
    """
    given = photo()
    digest = hashlib.sha256(given).hexdigest()
    file = copied(archive, given)
    copy = whole(archive, file)
    searched = [*archive.vault.home.rglob("*"), *Path("/dev/shm").rglob("*")]
    holding = [path for path in searched if path.is_file() and _holds(path, given[200:264], copy[200:264])]

    assert (
        archive.vault.json("original", archive.vault.json("file", archive.vault.names("file")[0])[2])[
            "sha256"
        ]
        == digest
    )
    assert holding == []


def _holds(path: Path, *needles: bytes) -> bool:
    try:
        content = path.read_bytes()
    except OSError:
        return False
    return any(needle in content for needle in needles)

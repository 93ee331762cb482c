"""What is not opened, and that nothing of it is kept: too long, empty, or read by a broken program."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from archive.attachments import codes, copies, films, find_codes, metadata, parts, pictures
from archive.attachments.copies import AttachmentRefused, make
from archive.attachments.films import Frames
from archive.attachments.memory import LimitReached, Memory, NotOpened
from archive.attachments.metadata import Metadata
from archive.attachments.parts import Part
from archive.attachments.sandbox import run
from archive.attachments.sniff import HEAD, sniff
from tests.archive.attachments.samples import document, photo, recording, require_sandbox, sent
from tests.people import TODAY, Archive, wav


@pytest.fixture(autouse=True)
def _programs() -> None:
    require_sandbox("ffmpeg", "exiftool", "pdftoppm")


def opened(content: bytes) -> list[Part]:
    with Memory([content]) as source:
        found = sniff(source.seal().read(HEAD))
        return list(parts.parts(source, found, Metadata(()), lambda done, all: None))


def test_a_document_that_is_too_long_or_stopped_leaves_no_page(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    R20: pages that were made already are in no file of the vault; what was stopped may be asked for again.
    """
    name = f"{sent(archive, document(2))}:1"
    objects = set((archive.vault.home / "objects").iterdir())

    def stopped(done: int, all: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make(archive.vault, archive.minji, name, TODAY, stopped)
    assert copies.files(archive.vault, name.partition(":")[0])[0].state == "closed"
    monkeypatch.setattr(parts, "PAGES", 1)
    refused = make(archive.vault, archive.minji, name, TODAY)

    assert (refused.state, refused.copies) == ("refused", ())
    assert "more than 1 pages" in refused.why
    assert set((archive.vault.home / "objects").iterdir()) == objects


def test_an_original_that_is_not_what_came_is_not_opened(archive: Archive) -> None:
    """
    R14: its SHA-256 was kept when it came.
    """
    name = f"{sent(archive, photo())}:1"
    for kept, row in archive.vault.every("original").items():
        archive.vault.put_json("original", kept, row | {"sha256": "0" * 64})
    with pytest.raises(AttachmentRefused, match="restore it from a backup"):
        make(archive.vault, archive.minji, name, TODAY)


def test_what_has_no_sound_and_no_picture_is_no_copy(tmp_path: Path) -> None:
    """
    A recording of no time, and a film of words alone.
    """
    (tmp_path / "a.srt").write_text("1\n00:00:00,000 --> 00:00:01,000\n강\n", "utf-8")
    command = ["ffmpeg", "-v", "error", "-i", str(tmp_path / "a.srt"), str(tmp_path / "a.mkv")]
    subprocess.run(command, check=True)
    for content in (wav(0), (tmp_path / "a.mkv").read_bytes()):
        with pytest.raises(NotOpened):
            opened(content)


def test_a_film_that_is_too_wide_or_too_long_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    R20: before its frames are read, and while they are.
    """
    film = recording(tmp_path, "a.mp4", 1, film=True, sound=False)
    monkeypatch.setattr(films, "WIDEST", 100)
    with pytest.raises(LimitReached, match="more pixels"):
        opened(film)
    monkeypatch.setitem(films.LONGEST, "film", 1)
    frames = Frames(16, 16, iter([bytes(384)] * (films.FRAMES + 1)))
    with Memory() as into, pytest.raises(LimitReached, match="a film longer"):
        films.webm(frames, None, into, lambda second: None)


def test_the_reader_of_codes_tells_places_and_nothing_else(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    R21: a line for each picture, in order; not a letter of what a code says.
    """
    monkeypatch.setattr(sys, "path", [*sys.path])
    with Memory([photo((240, 160), orientation=1, code="https://example.invalid/")]) as source:
        kind = sniff(source.seal().read(HEAD))
        command = [*films.decoder(kind), "-frames:v", "1", "-c:v", "ppm", "-f", "image2pipe", "-"]
        [picture] = pictures.stream(run(command, source))
    blank = pictures.Picture(8, 8, bytes([255]) * 192)
    find_codes.main(io.BytesIO(blank.netpbm() + picture.netpbm() + blank.netpbm()))
    told = capsys.readouterr().out
    before, [[left, top, right, bottom]], after = map(json.loads, told.splitlines())

    assert (before, after) == ([], [])
    assert 120 <= left < right <= 240
    assert 0 <= top < bottom <= 160
    assert "example" not in told


@pytest.mark.parametrize(
    "reader",
    [
        ["true"],
        ["echo", "no list"],
        ["echo", "[[1]]"],
        ["echo", "[[[]]]"],
        ["printf", "[]"],
        ["printf", r"[]\n[]\n"],
        ["false"],
    ],
    ids=" ".join,
)
def test_where_codes_cannot_be_looked_for_a_picture_stays_closed(
    monkeypatch: pytest.MonkeyPatch, reader: list[str]
) -> None:
    """
    R21: a reader that says nothing, too little, too much, or what is no list of places covers nothing.
    """
    monkeypatch.setattr(codes, "_finder", lambda: [f"/usr/bin/{reader[0]}", *reader[1:]])
    with pytest.raises(NotOpened):
        list(codes.boxes([pictures.Picture(8, 8, bytes(192))]))


def test_without_its_reader_of_codes_a_picture_stays_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    R21: the refusal says what is not installed.
    """
    monkeypatch.setitem(sys.modules, "zxingcpp", None)
    with pytest.raises(NotOpened, match="zxing-cpp is not installed"):
        list(codes.boxes([pictures.Picture(8, 8, bytes(192))]))


@pytest.mark.parametrize("answer", ["true", "echo"])
def test_what_a_file_says_of_itself_is_read_or_it_stays_closed(
    monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    """
    R19: without it nobody would know what has to be gone from the copy.
    """
    monkeypatch.setattr(metadata, "program", lambda name: f"/usr/bin/{answer}")
    with Memory([photo()]) as source, pytest.raises(NotOpened, match="says of itself"):
        metadata.read(source.seal())

"""A signed note as codes on a screen, and back."""

from __future__ import annotations

import io

import pytest
import segno
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from archive.codes import QUIET, drawn
from crypto import frames
from crypto.errors import BrokenFrames

LONG = bytes(range(256)) * 6


def scanned(image: Image.Image) -> str:
    [code] = zxingcpp.read_barcodes(image)
    return str(code.text)


def photographed(lines: list[str]) -> Image.Image:
    """What a phone sees of a dark terminal: half blocks are light, spaces are dark."""
    image = Image.new("1", (len(lines[0]), 2 * len(lines)))
    for row, line in enumerate(lines):
        for column, block in enumerate(line):
            image.putpixel((column, 2 * row), block in "█▀")
            image.putpixel((column, 2 * row + 1), block in "█▄")
    return image.resize((image.width * 4, image.height * 4)).convert("L")


@given(st.binary(max_size=4000), st.randoms())
def test_frames_in_any_order_and_twice_are_the_note(note: bytes, random: object) -> None:
    """
    The phone need not know which code came first, or which it has read already.
    """
    cut = frames.cut(note or b"-")
    mixed = cut * 2
    random.shuffle(mixed)  # type: ignore[attr-defined]

    assert frames.join("\n".join(mixed).encode()) == [note or b"-"]
    assert all(len(frame) <= frames.LONGEST for frame in cut)


@pytest.mark.parametrize("size", [1, 300, 2000, 30_000])
def test_a_phone_reads_what_the_screen_shows(size: int) -> None:
    """
    From the terminal's blocks and from a picture; no code is finer than version 15. Of many codes
    the first and the last.
    """
    note = (LONG * 20)[:size]
    cut = frames.cut(note)
    shown = cut[:3] + cut[3:][-1:]
    assert [scanned(photographed(drawn(frame))) for frame in shown] == shown
    pictures = []
    for frame in shown:
        code, png = segno.make_qr(frame, error="m", boost_error=False), io.BytesIO()
        code.save(png, kind="png", scale=4)
        assert int(code.version) <= 15
        assert len(drawn(frame)[0]) <= 77 + 2 * QUIET
        pictures.append(scanned(Image.open(png)))

    assert pictures == shown
    assert frames.join("\n".join([*pictures[::-1], *cut[3:-1]]).encode()) == [note]


def test_what_an_app_writes_around_a_code_does_not_matter() -> None:
    """
    Dates, commas, quotes, line ends of Windows, other codes.
    """
    lines = [f'2026-11-24 12:00,QR_CODE,"{frame}"' for frame in frames.cut(LONG)]
    text = "\r\n".join(["\ufeffdate,kind,text", "https://example.org", *lines, ""])

    assert frames.join(text.encode()) == [LONG]


def test_notes_never_mix() -> None:
    """
    The frames of two notes in one file are two notes.
    """
    one, other = frames.cut(LONG), frames.cut(LONG[::-1])
    mixed = [frame for pair in zip(one, other, strict=True) for frame in pair]

    assert frames.join("\n".join(mixed).encode()) == [LONG, LONG[::-1]]
    with pytest.raises(BrokenFrames, match="of 5 frames these are missing or damaged: 2"):
        frames.join("\n".join([one[0], other[1], *one[2:]]).encode())


def test_a_missing_frame_is_named() -> None:
    """
    So that one code is shown again and not all of them.
    """
    cut = frames.cut(LONG)
    with pytest.raises(BrokenFrames, match="of 5 frames these are missing or damaged: 2, 4"):
        frames.join("\n".join([cut[4], cut[0], cut[2]]).encode())
    with pytest.raises(BrokenFrames, match=r"missing or damaged: 1$"):
        frames.join("\n".join(cut[1:]).encode())


def test_a_misread_letter_is_noticed() -> None:
    """
    A letter that base32 does not have damages its frame; one that it has, the whole.
    """
    cut = frames.cut(LONG)
    with pytest.raises(BrokenFrames, match="missing or damaged: 3"):
        frames.join("\n".join([*cut[:2], cut[2][:-1] + "8", *cut[3:]]).encode())
    other = cut[2][:-1] + ("A" if cut[2][-1] != "A" else "B")
    with pytest.raises(BrokenFrames, match="do not join"):
        frames.join("\n".join([*cut[:2], other, *cut[3:]]).encode())
    with pytest.raises(BrokenFrames, match="frame 3 of 5 is here twice, and not the same"):
        frames.join("\n".join([*cut, other]).encode())


def test_what_no_phone_could_carry_is_not_cut() -> None:
    """
    Ten thousand names go by stick.
    """
    full = 35_268  # bytes in 99 codes

    assert len(frames.cut(bytes(full))) == frames.MOST
    with pytest.raises(BrokenFrames, match="carry it on a stick"):
        frames.cut(bytes(full + 1))


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_noise_is_no_frame(untrusted: bytes) -> None:
    """
    Without a frame there is nothing to join.
    """
    assert frames.join(untrusted) == []


@pytest.mark.parametrize("piece", ["A", "AAA", "AAAAAA"])
def test_frames_whose_letters_are_no_whole_bytes_are_refused(piece: str) -> None:
    """
    A code that never was a note, though it looks like a frame of one.
    """
    with pytest.raises(BrokenFrames, match="do not join"):
        frames.join(f"ONGGI1:1/1:{'A' * 16}:{piece}".encode())

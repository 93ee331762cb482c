"""What comes out of a sandbox is read as a stranger's too: any bytes are a picture or a named error."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.attachments import pictures
from archive.attachments.memory import LimitReached, NotOpened
from archive.attachments.pictures import COVER, Picture, reopened, stream
from archive.attachments.sniff import sniff

GOOD = b"P6\n2 1\n255\n" + bytes(6)
BEGINNINGS = [GOOD, b"P6\n", b"P7\n", b"9999 9999\n255\n", b"\xff" * 9, b""]


@given(st.lists(st.sampled_from(BEGINNINGS) | st.binary(max_size=40)))
def test_any_bytes_are_pictures_or_refused(pieces: list[bytes]) -> None:
    """
    R20: nothing else is raised, whatever a broken program writes, and wherever its writing is cut.
    """
    try:
        found = list(stream(pieces))
    except NotOpened:
        return

    assert all(len(each.pixels) == each.width * each.height * 3 for each in found)


@given(st.integers(1, 40))
def test_a_stream_is_the_same_however_it_is_cut(size: int) -> None:
    """
    A pipe gives what it has, not what was written at once.
    """
    whole = (
        GOOD + b"P7\nWIDTH 1\nHEIGHT 1\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n" + bytes(4) + GOOD
    )
    found = list(stream(whole[at : at + size] for at in range(0, len(whole), size)))

    assert [(each.width, each.height) for each in found] == [(2, 1), (1, 1), (2, 1)]
    assert found[1].pixels == b"\xff\xff\xff"


@pytest.mark.parametrize("header", [b"P6\n99999 99999\n255\n", b"P6\n0 5\n255\n"])
def test_a_picture_without_measure_is_refused_before_it_is_read(header: bytes) -> None:
    """
    A pixel bomb costs a header, and no more.
    """
    with pytest.raises(LimitReached, match="64 million"):
        next(stream([header, b"x" * 1000]))


def test_each_orientation_of_a_camera_is_turned_upright() -> None:
    """
    EXIF's eight: the pixel that belongs into the upper left corner gets there (TIFF 6.0, Orientation).
    """
    corner = {1: (0, 0), 2: (2, 0), 3: (2, 1), 4: (0, 1), 5: (0, 0), 6: (0, 1), 7: (2, 1), 8: (2, 0)}
    for orientation, (x, y) in corner.items():
        pixels = bytearray(3 * 2 * 3)
        pixels[(y * 3 + x) * 3 : (y * 3 + x) * 3 + 3] = b"\xff\0\0"
        turned = Picture(3, 2, bytes(pixels)).turned(orientation)

        assert turned.pixels[:3] == b"\xff\0\0", orientation
        assert (turned.width, turned.height) == ((3, 2) if orientation < 5 else (2, 3))


def test_a_covered_picture_has_one_colour_where_something_was() -> None:
    """
    The box ends where it says; the pixels around it are what they were, through a file and back.
    """
    noise = bytes(range(256)) * 3
    covered = Picture(16, 16, noise).covered([(4, 4, 12, 12)])
    back = reopened(covered.encoded("image/png"))
    inside = {back.pixels[(y * 16 + x) * 3 :][:3] for x in range(4, 12) for y in range(4, 12)}

    assert inside == {bytes(COVER)}
    assert back.pixels[: 4 * 16 * 3] == noise[: 4 * 16 * 3]
    assert pictures.PREVIEW >= 100


@given(st.binary(max_size=200))
def test_every_beginning_is_some_kind_of_file(head: bytes) -> None:
    """
    R20: to look at a file's first bytes raises nothing, and what is not known is bytes.
    """
    found = sniff(head)

    assert found.treatment in ("photo", "sound", "film", "pages", "office", "bytes")
    assert sniff(b"[Desktop Entry]" + head).treatment == "bytes"
    assert sniff(b" \n<HTML>" + head).treatment == "bytes"


def test_an_old_office_file_is_known_by_what_lies_in_it() -> None:
    """
    Word, Excel, PowerPoint and Hangul share their first bytes; what is none of these is bytes.
    """
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(60)
    names = ("WordDocument", "Workbook", "PowerPoint Document", "HwpSummaryInformation", "Setup")
    found = [sniff(ole, name.encode("utf-16-le")) for name in names]

    assert [each.treatment for each in found] == ["office"] * 4 + ["bytes"]
    assert found[3].media == "application/x-hwp"


def test_a_picture_that_is_cut_short_is_none() -> None:
    """
    R20: nor is what came before it lost.
    """
    found = stream([GOOD, GOOD[:-1]])
    assert next(found).pixels == bytes(6)
    with pytest.raises(NotOpened, match="cut short"):
        next(found)

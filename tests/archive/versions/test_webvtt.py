"""WebVTT: what goes out comes in again, and what strangers wrote is read strictly."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.testimony import SPEAKERS, Segment
from archive.versions.segments import LAST, MOST, MalformedVersion, named, tidy
from archive.versions.webvtt import LARGEST, clock, parse, timed, write

TEXTS = st.one_of(
    st.text(), st.sampled_from(["a --> b", "<v 혜숙>&amp;", "NOTE x", "WEBVTT", "1", "&lt;"])
).map(tidy)


@st.composite
def transcripts(draw: st.DrawFn) -> tuple[Segment, ...]:
    texts = draw(st.lists(TEXTS.filter(bool), min_size=1, max_size=6))
    return tuple(
        Segment(
            named(draw(st.integers(0, 20)) * 40 + n),
            text,
            start := draw(st.integers(0, LAST - 1)),
            draw(st.integers(start + 1, LAST)),
            draw(st.sampled_from([*SPEAKERS, ""])),
        )
        for n, text in enumerate(texts)
    )


@given(transcripts())
def test_a_transcript_comes_back_as_it_went_out(segments: tuple[Segment, ...]) -> None:
    """
    Names, times, roles and every sign of the words, whatever they look like.
    """
    assert parse(write(segments).encode(), {each.id for each in segments}, 1) == segments


def test_times_are_read_as_they_are_written() -> None:
    """
    The standard's own form, with and without hours; settings are read past.
    """
    found = parse(b"WEBVTT\n\n00:01.500 --> 01:00:02.005 align:start\nhello\n", (), 4)

    assert [(s.id, s.t_start, s.t_end) for s in found] == [("s0004", 1500, 3_602_005)]
    assert clock(3_602_005) == "01:00:02.005"


def test_a_file_of_another_program_is_read_without_its_names() -> None:
    """
    R38: byte order mark, header, notes, styles, emphasis and strange identifiers are read past; a speaker
    who is no role is nobody, and no name of hers is kept.
    """
    file = (
        "\ufeffWEBVTT made elsewhere\r\nKind: captions\r\n\r\nSTYLE\r\n::cue { color: red }\r\n\r\n"
        "NOTE told by 혜숙\r\n\r\nintro-1\r\n00:00.000 --> 00:01.000\r\n"
        "<v 혜숙>나는 <b>강</b>을 &amp; 다리를</v>\r\n\r\n"
        "s0002\r\n00:01.000 --> 00:02.000\r\n<v.loud interpreter>건넜다\r\n\r\n"
        "00:02.000 --> 00:03.000\r\n<i></i>\r\n"
    )
    found = parse(file.encode(), {"s0002"}, 9)

    assert found == (
        Segment("s0009", "나는 강을 & 다리를", 0, 1000),
        Segment("s0002", "건넜다", 1000, 2000, "interpreter"),
    )


@pytest.mark.parametrize(
    ("file", "told"),
    [
        (b"", "begins with WEBVTT"),
        (b"WEBVTTX\n", "begins with WEBVTT"),
        (b"WEBVTT\n", "at least one segment"),
        (b"WEBVTT\n\n\xff", "UTF-8"),
        (b"WEBVTT\n\n00:00.000 --> 00:01.000\na\n\nlost words\n", "cue 2: a time is missing"),
        (b"WEBVTT\n\n0:00.000 --> 00:01.000\na\n", "cue 1: a time is written"),
        (b"WEBVTT\n\n00:00,000 --> 00:01,000\na\n", "cue 1: a time is written"),
        (b"WEBVTT\n\n00:00.000 --> 00:60.000\na\n", "cue 1: a time is written"),
        ("WEBVTT\n\n٠٠:00.000 --> 00:01.000\na\n".encode(), "cue 1: a time is written"),
        (b"WEBVTT\n\n00:02.000 --> 00:01.000\na\n", "ends before it begins"),
        (b"WEBVTT\n\n00:00.000 --> 999:00:00.000\na\n", "a hundred hours"),
        (b"WEBVTT\n\n00:00.000 --> 00:01.000\na\n00:01.000 --> 00:02.000\nb\n", "an empty line is missing"),
        (b"WEBVTT\n\ns0001\n00:00.000 --> 00:01.000\na\n\ns0001\n00:01.000 --> 00:02.000\nb\n", "one name"),
    ],
)
def test_a_file_that_breaks_the_rules_is_refused_with_its_cue(file: bytes, told: str) -> None:
    """
    Nothing is guessed, and no words are quoted.
    """
    with pytest.raises(MalformedVersion, match=told):
        parse(file, {"s0001"}, 1)


def test_a_segment_without_a_time_is_in_no_file() -> None:
    """
    Neither as it was heard nor as a reader may read it.
    """
    heard, silent = Segment("s0001", "강", 0, 1000), Segment("s0002", "다리")
    with pytest.raises(MalformedVersion, match="without a time"):
        write([heard, silent])
    for times in ([heard, silent], [heard]):
        with pytest.raises(MalformedVersion, match="without a time"):
            timed([silent], times)

    assert timed([Segment("s0001", "[강]")], [heard]) == (Segment("s0001", "[강]", 0, 1000),)


def test_a_hostile_file_is_refused_soon() -> None:
    """
    Too large, too many cues, and signs that a careless expression would read again and again.
    """
    began = time.monotonic()
    cues = b"\n\n00:00.000 --> 00:01.000\na" * (MOST + 1)
    for file in (b"WEBVTT" + bytes(LARGEST), b"WEBVTT" + cues):
        with pytest.raises(MalformedVersion):
            parse(file, (), 1)
    for noise in ("<v " * 100_000, "<v" + " " * 300_000, "&" * 300_000, "<" * 300_000):
        parse(f"WEBVTT\n\n00:00.000 --> 00:01.000\na{noise}\n".encode(), (), 1)

    assert time.monotonic() - began < 10

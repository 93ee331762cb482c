"""WebVTT in and out: a cue is a segment, its identifier the segment's name, its voice a role.

Source: W3C WebVTT. `write` then `parse` gives the same segments. What we have no field for (styles, regions,
notes, settings, emphasis, a speaker's name) is read past and **not** kept: no name comes in this way (R38).
"""

from __future__ import annotations

import html
import re
from collections.abc import Container, Iterable
from typing import Final, cast

from archive.testimony import SPEAKERS, Segment, Speaker
from archive.versions.segments import LAST, MOST, MalformedVersion, check, named, tidy

LARGEST: Final = 16 << 20
"""Bytes of a file."""
_TIME: Final = r"(?:([0-9]{2,3}):)?([0-5][0-9]):([0-5][0-9])\.([0-9]{3})"
_TIMING: Final = re.compile(rf"[ \t]*{_TIME}[ \t]+-->[ \t]+{_TIME}(?:[ \t].*)?", re.ASCII)
_VOICE: Final = re.compile(r"<v(?:\.[^ \t<>]*)?[ \t]([^<>]*)>")
_TAG: Final = re.compile(r"<[^>]*>?")
_PASSED: Final = re.compile(r"(NOTE|STYLE|REGION)([ \t]|$)")


def clock(milliseconds: int) -> str:
    """A time as WebVTT writes it: 00:01:02.345."""
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{rest:03d}"


def write(segments: Iterable[Segment]) -> str:
    """The segments as a WebVTT file; `MalformedVersion` when one of them has no time."""
    blocks = ["WEBVTT\n"]
    for each in check(segments):
        if each.t_start is None or each.t_end is None:
            raise MalformedVersion("a segment without a time cannot be a cue; set where it begins and ends")
        voice = f"<v {each.speaker}>" if each.speaker else ""
        told = html.escape(each.text, quote=False)
        blocks.append(f"{each.id}\n{clock(each.t_start)} --> {clock(each.t_end)}\n{voice}{told}\n")
    return "\n".join(blocks)


def timed(shown: Iterable[Segment], heard: Iterable[Segment]) -> tuple[Segment, ...]:
    """The words that may be *shown*, each in the time of the segment of its name that was *heard*.

    `MalformedVersion` when one of them has no time: a cue that is left out would say which.
    """
    times = {each.id: each for each in heard}
    found = []
    for each in shown:
        at = times.get(each.id)
        if at is None or at.t_start is None:
            raise MalformedVersion("a segment without a time cannot be a cue; set where it begins and ends")
        found.append(Segment(each.id, each.text, at.t_start, at.t_end, at.speaker))
    return tuple(found)


def parse(untrusted: bytes, known: Container[str], first: int) -> tuple[Segment, ...]:
    """The cues in *untrusted*, in order, or `MalformedVersion` that names the cue.

    A cue whose identifier is not *known* gets a name from number *first* on. One without words is left out.
    """
    if len(untrusted) > LARGEST:
        raise MalformedVersion("the file is too large to be a transcript")
    try:
        text = untrusted.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise MalformedVersion("a WebVTT file is in UTF-8") from None
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not re.match(r"WEBVTT([ \t]|$)", lines[0]):
        raise MalformedVersion("a WebVTT file begins with WEBVTT")
    found: list[Segment] = []
    for block in _blocks(lines[1:]):
        cue = _cue(block, len(found) + 1, known, first)
        if cue is None:
            continue
        first += cue.id not in known
        found.append(cue)
        if len(found) > MOST:
            raise MalformedVersion("the file has too many cues")
    return check(found)


def _blocks(lines: list[str]) -> Iterable[list[str]]:
    block: list[str] = []
    for line in [*lines, ""]:
        if line:
            block.append(line)
        elif block:
            yield block
            block = []


def _cue(block: list[str], number: int, known: Container[str], first: int) -> Segment | None:
    timed = next((at for at, line in enumerate(block[:2]) if "-->" in line), None)
    if timed is None:
        if _PASSED.match(block[0]) or number == 1:  # what stands before the first cue is the file's header
            return None
        raise MalformedVersion(f"cue {number}: a time is missing")
    times = _TIMING.fullmatch(block[timed])
    if times is None:
        raise MalformedVersion(f"cue {number}: a time is written 00:01:02.345 --> 00:01:04.000")
    if any("-->" in line for line in block[timed + 1 :]):
        raise MalformedVersion(f"cue {number}: an empty line is missing before the next")
    start, end = _milliseconds(*times.groups()[:4]), _milliseconds(*times.groups()[4:])
    if not start < end <= LAST:
        raise MalformedVersion(f"cue {number}: it ends before it begins, or beyond a hundred hours")
    told = "\n".join(block[timed + 1 :])
    voice = _VOICE.search(told)
    spoken = voice[1].strip() if voice else ""
    words = tidy(html.unescape(_TAG.sub("", told)))
    id = block[0] if timed and block[0] in known else named(first)
    role = cast(Speaker, spoken) if spoken in SPEAKERS else ""
    return Segment(id, words, start, end, role) if words else None


def _milliseconds(hours: str | None, minutes: str, seconds: str, rest: str) -> int:
    return ((int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(rest)

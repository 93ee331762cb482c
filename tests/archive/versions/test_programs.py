"""Programs of this machine draft, and only draft; they are named, bounded and stopped."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest

from archive.testimony import Segment
from archive.versions import loudness, programs
from archive.versions.programs import Program, ProgramFailed, recognise, translate
from archive.versions.recordings import recording
from tests.archive.versions.programs import ENDLESS, RECOGNISER, TRANSLATOR, made
from tests.people import Archive, wav

WORDS = (Segment("s0001", "one\nline", 0, 1000, "narrator"), Segment("s0004", "another"))
needs_ffmpeg = pytest.mark.skipif(
    not shutil.which("ffmpeg"), reason="ffmpeg is not installed on this machine"
)


def nothing(done: int, all: int) -> None:
    """Nobody looks on."""


def program(path: Path, *arguments: str) -> Program:
    return Program("translator", path, "1", arguments)


def test_a_program_is_found_with_its_version(tmp_path: Path) -> None:
    """
    By its name or by the operator's setting; where it says no version, its hash does; none is needed.
    """
    hearing = made(tmp_path, "whisper-cli", RECOGNISER)
    silent = made(tmp_path, "silent program", TRANSLATOR)
    setting = {"ONGGI_RECOGNISER": str(hearing), "ONGGI_RECOGNISER_MODEL": "/models/ko.bin"}
    by_name = programs.found("recogniser", setting)
    assert by_name is not None
    assert (by_name.author, by_name.model) == ("recogniser whisper-cli 0.3.1", "/models/ko.bin")
    assert programs.found("translator", {}) is None
    unnamed = Program("translator", silent, programs._version(silent))
    assert unnamed.author.startswith("translator silent-program sha256-")
    with pytest.raises(ProgramFailed, match="ONGGI_TRANSLATOR"):
        programs.require("translator", {})


@needs_ffmpeg
def test_a_recogniser_hears_the_recording(archive: Archive, tmp_path: Path) -> None:
    """
    From the vault through ffmpeg and a file in memory: 16,000 samples a second, whatever it was; what it
    writes becomes segments with times, and no file is left.
    """
    told = archive.recorded(wav(4, rate=44100, channels=2))
    heard = recording(archive.vault, told, 1)
    found = programs.require("recogniser", {"ONGGI_RECOGNISER": str(made(tmp_path, "hear", RECOGNISER))})
    seen: list[tuple[int, int]] = []
    before = set(os.listdir("/proc/self/fd"))
    sound = loudness.heard_as(archive.vault, heard, "-f", "wav")
    told_of = recognise(found, sound, "kor", 5, lambda done, all: seen.append((done, all)))

    assert [(s.id, s.text, s.t_start) for s in told_of] == [
        ("s0005", "ko sound", 0),
        ("s0006", "ko sound", 2000),
    ]
    assert seen == [(1, 4), (3, 4)]
    assert set(os.listdir("/proc/self/fd")) == before


def test_a_translator_keeps_names_and_times(tmp_path: Path) -> None:
    """
    A line for each segment; what it is not given it cannot change.
    """
    told = translate(program(made(tmp_path, "tr", TRANSLATOR)), WORDS, nothing)

    assert told == (Segment("s0001", "ONE LINE", 0, 1000, "narrator"), Segment("s0004", "ANOTHER"))


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("print('one')", "fewer lines"),
        ("print('a\\nb\\nc')", "more lines"),
        ("print('a\\nb'); raise SystemExit(3)", "ended with an error"),
        ("print('x' * 200_000)", "line without an end"),
        ("print(); print()", "no words"),
        ("import sys; sys.stdout.write('a\\nb\\nc')", "more lines"),
    ],
)
def test_what_is_no_draft_is_refused(tmp_path: Path, source: str, told: str) -> None:
    """
    And nothing that it wrote is in the error.
    """
    with pytest.raises(ProgramFailed, match=told) as refused:
        translate(program(made(tmp_path, "bad", source)), WORDS, nothing)

    assert "xxx" not in str(refused.value)


def test_a_recogniser_that_talks_of_something_else_is_refused(tmp_path: Path) -> None:
    """
    Every line is words with their time.
    """
    for source in ("print('loading model')", "print('[00:00:00.000 --> 00:00:99.000] x')", ""):
        found = Program("recogniser", made(tmp_path, "bad", source), "1", ("{sound}",))
        with pytest.raises(ProgramFailed):
            recognise(found, [wav(0.1)], "kor", 1, nothing)


def test_a_recogniser_may_leave_lines_empty_and_hear_nothing(tmp_path: Path) -> None:
    """
    An empty line is none; a time without a word is no segment.
    """
    source = r"print('\n[00:00:00.000 --> 00:00:01.000]   \n[00:00:01.000 --> 00:00:02.000] 강')"
    found = Program("recogniser", made(tmp_path, "quiet", source), "1", ("{sound}",))

    assert [(each.id, each.text) for each in recognise(found, [wav(2)], "kor", 1, nothing)] == [
        ("s0001", "강")
    ]


def test_a_program_that_cannot_be_started_says_so(tmp_path: Path) -> None:
    """
    It was taken away, or may not run here.
    """
    path = made(tmp_path, "gone", "")
    path.chmod(0o600)
    with pytest.raises(ProgramFailed, match="could not be started"):
        translate(program(path), WORDS, nothing)


def test_a_program_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    """
    With everything that it started.
    """
    running = tmp_path / "pid"
    began = time.monotonic()
    with pytest.raises(ProgramFailed, match="longer than it may"):
        translate(program(made(tmp_path, "endless", ENDLESS), str(running)), WORDS, nothing, seconds=2)

    assert time.monotonic() - began < 30
    assert running.read_text().strip().isdecimal()
    assert not Path("/proc", running.read_text().strip()).exists()


def test_a_program_is_told_no_word_in_its_arguments_or_surroundings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Other users of a machine can read these; a passphrase in our own environment does not reach it.
    """
    monkeypatch.setenv("ONGGI_PASSPHRASE", "secret of the archive")
    source = "import os, sys\nfor line in sys.stdin: print(sys.argv[1:], sorted(os.environ))"
    told = translate(program(made(tmp_path, "look", source)), WORDS, nothing)

    assert {each.text for each in told} == {"[] ['LANG', 'LC_CTYPE', 'PATH']"} or {
        each.text for each in told
    } == {"[] ['LANG', 'PATH']"}

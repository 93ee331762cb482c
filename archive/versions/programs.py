"""Programs that draft: a recogniser of speech and a translator, on this machine, where the operator has one.

1. None is needed. What one writes is a draft (`machine_literal`) in its own name, and nothing else.
2. It is started without a shell, in a group of its own, and told no word and no name in its arguments.
3. Sound goes to it through a file in memory (memfd_create(2)), words through a pipe. Neither touches a disk.
4. It is stopped after its time, at Ctrl-C, and when it says something that is not a draft.

A recogniser is `whisper-cli` of whisper.cpp, or a program that takes the same arguments and writes the same
lines: `[00:00:01.000 --> 00:00:02.500]  words`. A translator reads lines and writes as many.
"""

from __future__ import annotations

import hashlib
import os
import re
import selectors
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, Literal

from archive.errors import ArchiveError
from archive.testimony import TAGS, Language, Segment
from archive.versions.segments import LAST, MOST, named, tidy

Task = Literal["recogniser", "translator"]
NAMES: Final = ("whisper-cli", "whisper-cpp")
"""What whisper.cpp is called where it is installed; its older `main` has to be named by the operator."""
ARGUMENTS: Final = ("-np", "-l", "{language}", "-m", "{model}", "-f", "{sound}")
TIME: Final = 12 * 3600
"""Seconds that one run may take."""
LONGEST: Final = 100_000
"""Bytes of one line that a program writes."""
Progress = Callable[[int, int], None]
_T: Final = r"([0-9]{2}):([0-5][0-9]):([0-5][0-9])[.,]([0-9]{3})"
_LINE: Final = re.compile(rf"\[{_T} --> {_T}\]\s*(.*)", re.ASCII)
_VERSION: Final = re.compile(r"[0-9][A-Za-z0-9._+-]{0,39}", re.ASCII)


class ProgramFailed(ArchiveError):
    """A program is not there, was stopped, or wrote what is no draft. Never quotes what it wrote."""


@dataclass(frozen=True)
class Program:
    """A program that was found, with what it says its version is."""

    task: Task
    path: Path
    version: str
    arguments: tuple[str, ...] = ()
    model: str = ""

    @property
    def author(self) -> str:
        """Its name on a draft: `recogniser whisper-cli 1.7.4`."""
        return f"{self.task} {re.sub(r'[^A-Za-z0-9._+-]', '-', self.path.name)} {self.version}"


def found(task: Task, environment: Mapping[str, str] = os.environ) -> Program | None:
    """The program of this machine, or none.

    `ONGGI_RECOGNISER` and `ONGGI_TRANSLATOR` name it; `ONGGI_RECOGNISER_MODEL` is the recogniser's model.
    """
    named_by = environment.get(f"ONGGI_{task.upper()}", "").split()
    names = named_by[:1] or (NAMES if task == "recogniser" else ())
    place = next((each for each in (shutil.which(name) for name in names) if each), None)
    if place is None:
        return None
    arguments = tuple(named_by[1:]) or (ARGUMENTS if task == "recogniser" else ())
    model = environment.get("ONGGI_RECOGNISER_MODEL", "") if task == "recogniser" else ""
    return Program(task, Path(place), _version(Path(place)), arguments, model)


def require(task: Task, environment: Mapping[str, str] = os.environ) -> Program:
    """The program of this machine, or `ProgramFailed` that says how to name one."""
    program = found(task, environment)
    if program is None:
        raise ProgramFailed(f"no {task} on this machine; name one in ONGGI_{task.upper()}, or write by hand")
    return program


def _version(path: Path) -> str:
    """What it says to `--version`, or the beginning of its own SHA-256."""
    told = ""
    with suppress(OSError, subprocess.SubprocessError):
        asked = subprocess.run([path, "--version"], capture_output=True, timeout=10, stdin=subprocess.DEVNULL)
        told = asked.stdout[:1000].decode("utf-8", "replace") if asked.returncode == 0 else ""
    if number := _VERSION.search(told):
        return number[0]
    with path.open("rb") as file:
        return f"sha256-{hashlib.file_digest(file, 'sha256').hexdigest()[:12]}"


def recognise(
    program: Program,
    sound: Iterable[bytes],
    lang: Language,
    first: int,
    progress: Progress,
    *,
    seconds: int = TIME,
) -> tuple[Segment, ...]:
    """What *program* hears in the WAV *sound*, named from number *first* on; or `ProgramFailed`.

    *progress* is told how many seconds of the recording it has come to. Who speaks it does not say.
    """
    heard: list[Segment] = []
    with _in_memory(sound) as (handle, length):
        place = {"{sound}": f"/dev/fd/{handle}", "{language}": TAGS[lang], "{model}": program.model}
        argv = [str(program.path), *(place.get(each, each) for each in program.arguments)]
        for line in _lines(argv, (), seconds, handle):
            if not line.strip():
                continue
            told = _LINE.fullmatch(line.strip())
            if told is None or len(heard) >= MOST:
                raise ProgramFailed("the recogniser wrote a line that is no words with their time")
            start, end = _milliseconds(*told.groups()[:4]), _milliseconds(*told.groups()[4:8])
            if words := tidy(told[9]):
                heard.append(Segment(named(first + len(heard)), words, start, min(max(end, start + 1), LAST)))
            progress(end // 1000, max(end // 1000, length // 32_000))
    if not heard:
        raise ProgramFailed("the recogniser heard no words")
    return tuple(heard)


def translate(
    program: Program, segments: Sequence[Segment], progress: Progress, *, seconds: int = TIME
) -> tuple[Segment, ...]:
    """*segments* in the words of *program*, a line each, by the same names; or `ProgramFailed`."""
    given = [" ".join(each.text.split("\n")) for each in segments]
    told: list[Segment] = []
    for line in _lines([str(program.path), *program.arguments], given, seconds):
        if len(told) >= len(given):
            raise ProgramFailed("the translator wrote more lines than it was given")
        each = segments[len(told)]
        told.append(Segment(each.id, tidy(line), each.t_start, each.t_end, each.speaker))
        progress(len(told), len(given))
    if len(told) < len(given):
        raise ProgramFailed("the translator wrote fewer lines than it was given")
    if not any(each.text for each in told):
        raise ProgramFailed("the translator wrote no words")
    return tuple(each for each in told if each.text)


@contextmanager
def _in_memory(pieces: Iterable[bytes]) -> Iterator[tuple[int, int]]:
    """A file in memory that has no name, and its length."""
    handle, length = os.memfd_create("sound"), 0
    try:
        for piece in pieces:
            with memoryview(piece) as rest:
                at = 0
                while at < len(rest):
                    at += os.write(handle, rest[at:])
            length += len(piece)
        os.lseek(handle, 0, os.SEEK_SET)
        yield handle, length
    finally:
        os.close(handle)


def _lines(
    argv: Sequence[str], given: Sequence[str], seconds: int, handle: int | None = None
) -> Iterator[str]:
    """What a program writes, line by line, as it comes. It and all that it started end with this."""
    try:
        run = subprocess.Popen(
            argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={"PATH": os.defpath, "LANG": "C.UTF-8"},
            start_new_session=True,
            pass_fds=() if handle is None else (handle,),
        )
    except OSError:
        raise ProgramFailed("the program could not be started") from None
    assert run.stdin
    assert run.stdout
    feeding = threading.Thread(target=_tell, args=(run.stdin, given))
    feeding.start()
    try:
        yield from _read(run.stdout, time.monotonic() + seconds)
        if run.wait(60) != 0:
            raise ProgramFailed("the program ended with an error; try it by hand")
    except subprocess.TimeoutExpired:
        raise ProgramFailed("the program did not end") from None
    finally:
        with suppress(ProcessLookupError):
            os.killpg(run.pid, signal.SIGKILL)
        run.wait()
        feeding.join()
        run.stdout.close()


def _tell(into: IO[bytes], lines: Sequence[str]) -> None:
    with suppress(BrokenPipeError):
        for line in lines:
            into.write(f"{line}\n".encode())
    with suppress(BrokenPipeError):
        into.close()


def _read(source: IO[bytes], until: float) -> Iterator[str]:
    held = b""
    with selectors.DefaultSelector() as waiting:
        waiting.register(source, selectors.EVENT_READ)
        while True:
            if not waiting.select(max(0.0, until - time.monotonic())):
                raise ProgramFailed("the program took longer than it may; it was stopped")
            piece = os.read(source.fileno(), 1 << 16)
            held += piece
            *whole, held = held.split(b"\n")
            if len(held) > LONGEST:
                raise ProgramFailed("the program wrote a line without an end")
            yield from (line.decode("utf-8", "replace") for line in whole)
            if not piece:
                if held:
                    yield held.decode("utf-8", "replace")
                return


def _milliseconds(hours: str, minutes: str, seconds: str, rest: str) -> int:
    return ((int(hours) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(rest)

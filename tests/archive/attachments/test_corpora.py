"""Real files of other people's, ordinary and hostile: nothing of what they say of themselves is in a copy."""

from __future__ import annotations

import json
import tarfile
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from archive.attachments import copies, parts, sandbox, sniff
from archive.attachments.memory import Memory, NotOpened
from archive.attachments.metadata import require_gone
from archive.attachments.parts import read_metadata
from tests.archive.attachments.samples import CORPORA, require_sandbox, sent
from tests.archive.test_workbench import Desk
from tests.people import TODAY, Archive

ORDINARY, HOSTILE = CORPORA / "media-attachments", CORPORA / "hostile-files"
OPENED = ("photo", "sound", "film", "pages")
TECHNICAL = {"ExifTool", "System", "Composite"}
SHORTEST = 6
"""Bytes of a value that is looked for; numbers and words as short as `Canon` occur in any film by chance."""


@pytest.fixture(autouse=True)
def _programs() -> None:
    require_sandbox("ffmpeg", "exiftool", "pdftoppm")


def copies_of(content: bytes) -> tuple[str, list[bytes], str]:
    """What a file is, its safe copies, and why there is none."""
    with Memory([content]) as source:
        kind = sniff.sniff(
            source.seal().read(sniff.HEAD), source.read(sniff.HEAD, max(0, source.size - sniff.HEAD))
        )
        if kind.treatment not in OPENED:
            return kind.treatment, [], "not opened"
        told, made = read_metadata(source), list[bytes]()
        try:
            for part in parts.parts(source, kind, told, lambda done, all: None):
                with part.content:
                    require_gone(told, part.content)
                    made.append(b"".join(part.content.pieces()))
        except NotOpened as reason:
            return kind.treatment, [], str(reason)
    return kind.treatment, made, ""


def told_of(row: dict[str, Any]) -> set[str]:
    """Every text that another machine's ExifTool read of a file, but what is of its format."""
    found = set()
    for key, value in row.items():
        group, _, name = key.rpartition(":")
        if group in TECHNICAL or (group in ("File", "") and name != "Comment"):
            continue
        if isinstance(value, str) and not value.startswith("(Binary") and value not in ("A_OPUS", "ffmpeg"):
            found.add(value[:400])
    return {value for value in found if len(value.encode()) >= SHORTEST}


@pytest.mark.skipif(not ORDINARY.exists(), reason="shared/corpora/media-attachments is not here")
def test_nothing_that_real_files_say_of_themselves_is_in_their_copies() -> None:
    """
    R19: photos with a position, films with a track of positions, recordings and documents with authors: no
    value of the corpus' own ground truth is in any byte of a copy. Nearly all of them can be opened.
    """
    data = ORDINARY / "data"
    listed = (data / "exiftool_metadata.jsonl").read_text("utf-8").splitlines()
    truth = {row["file"]: row["metadata"] for row in map(json.loads, filter(None, listed))}
    opened, looked_for = 0, 0
    refused: dict[str, str] = {}
    leaked: list[str] = []
    for path in sorted(p for kind in ("image", "audio", "video", "pdf") for p in (data / kind).iterdir()):
        _, made, why = copies_of(path.read_bytes())
        opened, refused = opened + bool(made), refused | ({} if made else {path.name: why})
        values = told_of(truth[f"{path.parent.name}/{path.name}"])
        looked_for += len(values)
        whole = b"".join(made)
        leaked += [f"{path.name}: {value!r}" for value in values if value.encode() in whole]

    assert leaked == []
    assert looked_for > 500
    assert opened > 35, refused
    assert all(why for why in refused.values())


@pytest.mark.skipif(not HOSTILE.exists(), reason="shared/corpora/hostile-files is not here")
def test_hostile_files_are_refused_or_opened_within_their_limits(archive: Archive) -> None:
    """
    R20: bombs, loops, polyglots and what fuzzers found go in by the door, through the sandbox and onto the
    page of files: each ends in a copy or with a reason; nothing is written beside.
    """
    before, contents = lying_about(), hostile()
    id = sent(archive, *contents)
    for number in range(1, len(contents) + 1):
        with suppress(sandbox.SandboxUnavailable):  # without LibreOffice a document stays closed
            copies.make(archive.vault, archive.minji, f"{id}:{number}", TODAY)
    found = copies.files(archive.vault, id)
    outcomes = Counter(file.state for file in found)
    page = Desk(archive).opened().get(f"/testimony/{id}/files")

    assert lying_about() == before
    assert all(file.copies for file in found if file.state == "copied")
    assert all(file.why for file in found if file.state == "refused")
    assert page.status_code == 200
    assert len(found) > 90
    assert outcomes["refused"] > 5, outcomes
    assert outcomes["bytes"] > 20, outcomes


def lying_about() -> set[Path]:
    """What lies at the root and where this process stands, and temporary folders of Python in memory.

    Reading rooms, browsers and databases of other tests write there too, under names of their own.
    """
    found = {path for folder in ("/", ".") for path in Path(folder).iterdir()}
    return found | set(Path("/dev/shm").glob("tmp*"))


def hostile() -> list[bytes]:
    """The files of the pack, read into memory and never unpacked."""
    found = []
    with tarfile.open(HOSTILE / "data.tar.gz") as pack:
        for entry in pack:
            file = pack.extractfile(entry) if entry.isfile() else None
            if file is not None:
                found.append(file.read())
    return found


def test_a_sandbox_leaves_no_process_behind() -> None:
    """
    After all that, none of the programs that were run here is left.
    """
    sandbox.whole(["/usr/bin/echo", "here"])
    left = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            mine = f"PPid:\t{Path('/proc/self').resolve().name}" in (path / "status").read_text()
            command = (path / "cmdline").read_bytes()
        except OSError:
            continue
        if mine and b"bwrap" in command:
            left.append(command)

    assert left == []

"""The commands of attachments, as an archivist types them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from archive.attachments import office, parts, sandbox
from archive.attachments.memory import Memory, NotOpened
from archive.attachments.metadata import Metadata
from archive.attachments.sandbox import SandboxUnavailable
from archive.attachments.sniff import Detected
from tests.archive.attachments.samples import MADE_BY, NOTE, document, photo, require_sandbox, sent
from tests.archive.test_commands import Terminal
from tests.people import Archive


@pytest.fixture
def terminal(archive: Archive) -> Terminal:
    require_sandbox("ffmpeg", "exiftool")
    return Terminal(archive.vault.home)


def test_a_file_is_listed_copied_and_its_metadata_read(terminal: Terminal, archive: Archive) -> None:
    """
    Closed, then copied by somebody with a name, then listed as copied.
    """
    told = sent(archive, photo(), b"MZ\x90" + bytes(40))
    before = terminal.done("attachments", "list", told)
    made = terminal.done("attachments", "copy", f"{told}:1", "--as", "minji", person="minji")
    said = terminal.done("attachments", "metadata", f"{told}:1")

    assert f"{told}:1  image/jpeg" in before
    assert "closed" in before
    assert "application/x-dosexec" in before
    assert "1 safe copies" in made
    assert MADE_BY in said
    assert NOTE in said
    assert "the sandbox works" in terminal.done("attachments", "tools")


def test_a_file_that_is_not_there_is_told_in_one_line(terminal: Terminal, archive: Archive) -> None:
    """
    Exit code 1, and no traceback.
    """
    told = sent(archive, photo())
    for words in (["copy", f"{told}:2", "--as", "minji"], ["list", "none"]):
        ran = terminal("attachments", *words, person="minji")

        assert ran.exit_code == 1
        assert ran.output.startswith("archive: error: ")


def test_a_document_without_its_program_stays_closed_and_says_what_is_needed() -> None:
    """
    LibreOffice and Dangerzone are never required; where neither is there, the refusal names both.
    """
    require_sandbox()
    if sandbox.available("soffice") or sandbox.available("libreoffice"):
        pytest.skip("LibreOffice is installed here")
    with (
        Memory([b"{\\rtf1 x}"]) as given,
        pytest.raises(SandboxUnavailable, match="LibreOffice or Dangerzone"),
    ):
        office.to_pdf(given.seal())


def test_a_document_is_printed_by_libreoffice_in_the_sandbox() -> None:
    """
    Where LibreOffice is installed, a rich text becomes a PDF without leaving the sandbox.
    """
    require_sandbox()
    if not (sandbox.available("soffice") or sandbox.available("libreoffice")):
        pytest.skip("LibreOffice is not installed; the adapter is found where it is")
    with Memory([b"{\\rtf1 hello}"]) as given, office.to_pdf(given.seal()) as made:
        assert made.read(5) == b"%PDF-"


def standing_in(name: str, path: str) -> Callable[[str], str]:
    """The programs of this machine, with another one in the place of *name*."""
    real = sandbox.program
    return lambda asked: path if asked == name else real(asked)


def test_an_office_program_that_makes_nothing_is_told_as_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Whatever is called LibreOffice here runs in the sandbox, and its failure is the file's own.
    """
    require_sandbox()
    monkeypatch.setattr(sandbox, "program", standing_in("soffice", "/usr/bin/true"))
    monkeypatch.setattr(sandbox, "available", lambda name: True)
    with Memory([b"{\\rtf1 x}"]) as given, pytest.raises(NotOpened, match="could not read this file"):
        office.to_pdf(given.seal())


STANDS_IN = """#!/bin/sh
[ "$1" = --version ] && echo 9.9.9 && exit
{}
"""
"""For Dangerzone, which needs a container engine that no test machine has."""


@pytest.mark.parametrize(
    ("does", "why"),
    [
        ('cp "$3" "$2"', ""),
        ("exit 1", "could not make"),
        ("true", "could not make"),
        ("exec sleep 60", "not done"),
    ],
    ids=["made", "failed", "nothing", "endless"],
)
def test_what_goes_through_dangerzone_leaves_nothing_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, does: str, why: str
) -> None:
    """
    Neither the file that was given nor the one that was made, which is opened as a stranger's still.
    """
    require_sandbox("pdftoppm")
    (stands_in := tmp_path / office.DANGERZONE).write_text(STANDS_IN.format(does))
    stands_in.chmod(0o700)
    (memory := tmp_path / "shm").mkdir()
    monkeypatch.setattr(office, "IN_MEMORY", memory)
    monkeypatch.setattr(office, "SECONDS", 1 if "sleep" in does else 60)
    monkeypatch.setattr(sandbox, "available", lambda name: True)
    monkeypatch.setattr(sandbox, "program", standing_in(office.DANGERZONE, str(stands_in)))
    kind = Detected("application/msword", "office")
    with Memory([document(1)]) as given:
        made = parts.parts(given.seal(), kind, Metadata(()), lambda done, all: None, dangerzone=True)
        if why:
            with pytest.raises(NotOpened, match=why):
                next(made)
        else:
            [page] = made
            with page.content:
                assert (page.media, page.height) == ("image/png", parts.LONGER_SIDE)

    assert office.dangerzone_version() == "9.9.9"
    assert list(memory.iterdir()) == []


def test_dangerzone_is_used_only_where_it_is_installed() -> None:
    """
    Its version is told; without it, a document that was to go through it is refused.
    """
    if sandbox.available(office.DANGERZONE):
        assert office.dangerzone_version()
        return
    with Memory([b"%PDF-1.4"]) as given, pytest.raises(SandboxUnavailable, match="dangerzone-cli"):
        office.through_dangerzone(given.seal())

    assert office.dangerzone_version() is None

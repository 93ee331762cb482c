"""A project at a terminal, as its editor types it: made, arranged, agreed to, and written as a book."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archive import review
from archive.command_line import Misread
from archive.commands import projects
from archive.manuscripts.binder import BinderRefused
from archive.redaction import choices
from tests.archive.manuscripts.conftest import BOOK, Desk
from tests.archive.redaction.test_figures import hide
from tests.archive.test_commands import Terminal
from tests.people import Archive


@pytest.fixture
def terminal(archive: Archive) -> Terminal:
    return Terminal(archive.vault.home)


def as_minji(terminal: Terminal, command: str, *words: str, fails: str = "") -> list[str]:
    ran = terminal("project", command, "--as", "minji", *words, person="minji")
    assert ran.exit_code == bool(fails), ran.output
    assert fails in ran.output
    return ran.output.split()


def test_a_book_is_made_at_a_terminal(terminal: Terminal, archive: Archive, tmp_path: Path) -> None:
    """
    From a title to a file, and back to what it was; each command prints the name of what it made.
    """
    told = archive.told(
        "순옥은 강을 건넜다.\n\n얼음이 얇았다.\n\n눈이 왔다.", grants=(BOOK, ("recontact", "archivists"))
    )
    hide(archive, told, "순옥")
    review.propose(
        archive.vault, archive.minji, told, choices.redactions(choices.choices(archive.vault, told))
    )
    archive.approve(told)
    words, readings = tmp_path / "words.txt", tmp_path / "readings.json"
    words.write_text("강은 백두산에서 흐른다.\n", "utf-8")
    readings.write_text(json.dumps({"漢江": "한강"}), "utf-8")

    [id] = as_minji(terminal, "create", "항아리", "--lang", "kor", "--audience", "public")
    [part] = as_minji(terminal, "part", id, "강")
    [chapter] = as_minji(terminal, "chapter", id, part, "건너다", "--manner", "lightly_edited")
    [quoted] = as_minji(terminal, "quote", id, chapter, told, "s0001-s0002")
    [note] = as_minji(terminal, "block", id, chapter, "note", "--text", str(words), "--after", quoted)
    [short] = as_minji(terminal, "quote", id, chapter, told, "s0003", "--to", "2")
    assert as_minji(terminal, "move", id, short, chapter, "1") == []
    assert as_minji(terminal, "rename", id, id, "우리 항아리") == []
    assert as_minji(terminal, "edit", id, note, str(words)) == []
    ending = ("--resources", str(words), "--readings", str(readings), "--glossary")
    assert as_minji(terminal, "set", id, *ending) == []
    assert as_minji(terminal, "snapshot", id, "다 모음") == []
    shown = terminal.done("project", "show", id)
    assert f"{short}  quote  {told}#s0003  1 words\n    {quoted}  quote  {told}#s0001-s0002" in shown
    assert f"waits for the yes of {told}" in shown
    assert f"s0001  {id}  {chapter}  {quoted}" in terminal.done("project", "where-used", told)
    assert "우리 항아리" in terminal.done("project", "list")
    assert "famine" in terminal.done("project", "facts")

    [line] = terminal.done("project", "names", id).splitlines()
    figure, drawn = line.split("  ")[0], line.split("  ")[2]
    assert as_minji(terminal, "name", id) == ["0", "drawn"]
    assert as_minji(terminal, "name", id, figure, "--invented") == []
    assert terminal.done("project", "names", id).split("  ")[2] != drawn
    words.write_text("박서연은 오지 않았다.\n", "utf-8")
    as_minji(terminal, "edit", id, note, str(words))
    assert "박서연" not in (left := terminal.done("project", "look", id))
    assert note in left
    as_minji(terminal, "compile", id, str(tmp_path / "book"), fails="has not said yes")
    assert as_minji(terminal, "allow", id, "박서연") == []
    assert terminal.done("project", "look", id) == ""
    assert as_minji(terminal, "read-back", id, chapter, told)[:2] == ["1", "replies"]
    assert as_minji(terminal, "yes", id, chapter, told, "--heard", "in_person") == []
    wrote = as_minji(terminal, "compile", id, str(tmp_path / "book"), "--format", "md")
    assert (tmp_path / "book" / "book.md").read_text("utf-8").count("순옥") == 0
    assert wrote[:2] == ["wrote", str(tmp_path / "book" / "book.md")]

    number = terminal.done("project", "snapshots", id).split()[0]
    assert as_minji(terminal, "remove", id, chapter) == []
    assert "다 모음" in terminal.done("project", "snapshots", id)
    assert as_minji(terminal, "restore", id, str(int(number) + 1)) == []
    assert chapter in terminal.done("project", "show", id)


def test_a_blocked_quote_is_shown_as_blocked_and_a_place_that_is_none_is_refused(
    terminal: Terminal, desk: Desk
) -> None:
    """
    R5: with its reason and without its words; nobody's yes is asked for meanwhile.
    """
    review.propose(desk.archive.vault, desk.archive.minji, desk.others, [])
    shown = terminal.done("project", "show", desk.id)
    assert "BLOCKED: the decision is missing" in shown
    assert f"waits for the yes of {desk.others}" not in shown
    for place in ("s0009", "s0001-s0009"):
        as_minji(terminal, "quote", desk.id, desk.chapters[0], desk.hers, place, fails="no such part")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"{", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b"[1]", "a word, and how it is read"),
        (b'{"a": ""}', "a word, and how it is read"),
        (b"\xff", "is not in UTF-8"),
        (b" " * (projects.LARGEST + 1), "is too large"),
    ],
)
def test_a_file_of_readings_that_is_none_changes_nothing(tmp_path: Path, content: bytes, why: str) -> None:
    """
    Too large, no text, no JSON, or JSON that says something else.
    """
    (tmp_path / "readings.json").write_bytes(content)
    with pytest.raises((BinderRefused, Misread), match=why):
        projects.readings_in(tmp_path / "readings.json")

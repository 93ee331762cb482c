"""Commands that read a file somebody brought, and those that write one for a medium or a stick."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.coding import versions
from archive.commands import codings, transcripts
from tests.archive.test_commands import Terminal
from tests.people import TODAY, Archive

AS = ("--as", "minji")
ROW = "x_record,x_act_id,hte_Type\nact,e1,Transit\n"


@pytest.fixture
def terminal(archive: Archive) -> Terminal:
    return Terminal(archive.vault.home)


def test_codings_of_somebody_else_become_hers_who_is_named(
    terminal: Terminal, archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Where a file names none of ours; what is too large or no text is refused before it is read.
    """
    told, file = archive.told(), tmp_path / "codings.csv"
    file.write_text(ROW, "utf-8")
    done = terminal.done("code", "import", str(file), "--testimony", told, *AS, person="minji")
    file.write_bytes(b"\xff\xfe")
    no_text = terminal("code", "import", str(file), *AS, person="minji")
    monkeypatch.setattr(codings, "LARGEST", 1)
    too_large = terminal("code", "import", str(file), *AS, person="minji")

    assert done == "imported 1 codings\n"
    assert [act.type for act in versions.current(archive.vault, told).life.acts] == ["Transit"]
    assert "not in UTF-8" in no_text.output
    assert "too large" in too_large.output


def test_what_was_never_coded_is_named_in_an_export_and_not_in_it(
    terminal: Terminal, archive: Archive, tmp_path: Path
) -> None:
    """
    R1: nothing leaves, so nothing is journalled as if it had.
    """
    told = archive.told()
    before = len(archive.vault.journal.events())
    words = ("--use", "preserve", "--audience", "archivists", "--testimony", told, *AS)
    out = terminal("code", "export", str(tmp_path / "out.csv"), *words, person="minji")

    assert f"not {told}: nothing is coded of it" in out.output
    assert [event.type for event in archive.vault.journal.events()[before:]].count("exp") == 0


def test_a_file_of_words_is_read_or_refused(
    terminal: Terminal, archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    One that is too large, one that is no text, and a version of a number that is not there.
    """
    told, file = archive.told(), tmp_path / "words.txt"
    file.write_bytes(b"\xff\xfe")
    words = ("version", "add", told, str(file), "--of", "0", *AS)
    assert "not in UTF-8" in terminal(*words, person="minji").output
    monkeypatch.setattr(transcripts, "LONGEST", 0)
    assert "too large" in terminal(*words, person="minji").output
    assert "no version of that number" in terminal("version", "show", told, "7").output


def test_texts_that_were_imported_before_are_counted(terminal: Terminal, tmp_path: Path) -> None:
    """
    And taken in no second time.
    """
    (tmp_path / "a.txt").write_text("혜산에서 왔다.", "utf-8")
    first, again = (terminal.done("import-texts", str(tmp_path)) for _ in range(2))

    assert "imported 1 texts" in first
    assert "imported 0 texts" in again
    assert "1 were here already" in again


def test_no_notice_is_written_where_it_does_not_belong(
    terminal: Terminal, archive: Archive, tmp_path: Path
) -> None:
    """
    Over something else, or of an archive that let nothing out: no folder is made for it.
    """
    archive.told()
    (tmp_path / "other" / "letter").mkdir(parents=True)
    refused = terminal("notice", str(tmp_path / "other"))
    nothing = terminal("notice", str(tmp_path / "notice"))

    assert "this folder is not empty" in refused.output
    assert "nothing that was released has been taken back" in nothing.output
    assert not (tmp_path / "notice").exists()


def test_a_withdrawal_without_her_proof_is_told_as_one_for_two_people(
    terminal: Terminal, archive: Archive
) -> None:
    """
    R8: one that nobody signed is in no count of what one person may destroy.
    """
    told = archive.told()
    archive.vault.put_json("withdrawn", archive.vault.json("told-by", told), [[-1, 9, TODAY.isoformat()]])
    listed = terminal.done("withdrawals")

    assert f"{told}  taken back {TODAY}  without her proof" in listed
    assert "0 wait for `onggi archive destroy-withdrawn`" in listed
    assert "1 need two people" in listed


def test_a_backup_tells_what_it_left_out_and_what_it_wrote_again(
    terminal: Terminal, archive: Archive, tmp_path: Path
) -> None:
    """
    What nobody of this program wrote, and a pack that was damaged on its medium.
    """
    media = (str(tmp_path / "boxes"), "--keyring", str(tmp_path / "keyring"))
    archive.told()
    terminal.done("backup", *media)
    [pack] = (tmp_path / "boxes" / "records").iterdir()
    pack.write_bytes(pack.read_bytes()[:-9] + bytes(9))
    (archive.vault.home / "diary.txt").write_text("오늘")
    again = terminal.done("backup", *media)
    partial = Terminal(tmp_path / "restored")("restore", *media, "--partial")

    assert "nothing of this program's: diary.txt" in again
    assert f"what it held was written again: {pack.name}" in again
    assert f"this pack is damaged: {pack.name}" in partial.output

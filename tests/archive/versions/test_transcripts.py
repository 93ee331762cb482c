"""The commands of versions, as somebody types them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archive import review
from archive.commands.group import archive as command
from archive.redaction.spans import Redaction
from archive.versions.record import history
from tests.archive.versions.programs import RECOGNISER, TRANSLATOR, made
from tests.people import MINJIS, PASSPHRASE, SORAS, Archive, wav

Run = Callable[..., Result]
VTT = (
    "WEBVTT\n\n00:00.000 --> 00:01.000\n<v narrator>혜산에서 왔다.\n"
    "\n00:01.000 --> 00:02.000\n그해는 추웠다.\n"
)


@pytest.fixture
def run(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("ONGGI_PASSPHRASE", PASSPHRASE)
    monkeypatch.setenv("ONGGI_ARCHIVE_HOME", str(archive.vault.home))

    def asked(*words: object, by: str = MINJIS) -> Result:
        monkeypatch.setenv("ONGGI_PERSON_PASSPHRASE", by)
        return CliRunner().invoke(command, [str(word) for word in words])

    return asked


def test_a_transcript_goes_the_whole_way_by_commands(archive: Archive, run: Run, tmp_path: Path) -> None:
    """
    WebVTT in, corrected as text, compared, reviewed, approved, chosen, translated, WebVTT out.
    """
    allowed = [("preserve", "archivists"), ("translate", "archivists")]
    told, file = archive.recorded(wav(2), grants=allowed), tmp_path / "heard.vtt"
    file.write_text(VTT, "utf-8")
    added = run("version", "add", told, file, "--of", 0, "--recording", 1, "--as", "minji")
    assert added.output == "version 1: corrected kor, 2 segments\n", added.output
    text = tmp_path / "better.txt"
    text.write_text("혜산시에서 왔다.\n\n그해는 추웠다.\n", "utf-8")
    assert "version 2" in run("version", "add", told, text, "--of", 1, "--as", "minji").output
    compared = run("version", "compare", told, 1, 2).output
    assert "s0001  혜산{+시+}에서 왔다." in compared
    assert "1 of 2 segments differ" in compared
    assert "a second person reviews" in run("version", "sign", told, 2, "--as", "minji").output
    run("version", "sign", told, 2, "--as", "sora", by=SORAS)
    run("version", "sign", told, 3, "--as", "minji")
    assert run("version", "choose", told, 4, "--as", "minji").output == "version 4 counts\n"
    english = tmp_path / "english.txt"
    english.write_text("From Hyesan.\n", "utf-8")
    options = ("--of", 4, "--lang", "eng", "--as", "minji")
    assert "1 segments and its source 2" in run("version", "add", told, english, *options).output
    english.write_text("From Hyesan.\n\nIt was cold.\n", "utf-8")
    run("version", "add", told, english, *options)
    listed = run("versions", told).output
    out = run("version", "show", told, 4, "--vtt").output

    assert [v.kind for v in history(archive.vault, told)][3:] == ["reviewed", "approved", "translation"]
    assert "COUNTS" in listed.splitlines()[4]
    assert "recording 1  audio/wav  can be heard" in listed
    assert out.startswith("WEBVTT\n\ns0001\n00:00:00.000 --> 00:00:01.000\n<v narrator>혜산시에서 왔다.\n")
    assert run("version", "show", told, 5).output == "s0001  From Hyesan.\ns0002  It was cold.\n"
    assert "no version of that number" in run("version", "show", told, 9).output


def test_programs_draft_by_command(
    archive: Archive, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    R1: where she allowed it, and nowhere else. Their names stand on what they wrote; without one, the command
    says how to name one.
    """
    if not shutil.which("ffmpeg"):
        pytest.skip("ffmpeg is not installed on this machine")
    allowed = [("translate", "archivists"), ("ai_processing_local", "archivists")]
    told, silent = archive.recorded(wav(4), grants=allowed), archive.recorded(wav(4))
    monkeypatch.setenv("PATH", "/usr/bin")
    assert "ONGGI_TRANSLATOR" in run("version", "translate", told, 0, "--lang", "eng", "--as", "minji").output
    monkeypatch.setenv("ONGGI_RECOGNISER", str(made(tmp_path, "hear", RECOGNISER)))
    monkeypatch.setenv("ONGGI_TRANSLATOR", str(made(tmp_path, "say", TRANSLATOR)))
    for words in (("draft", silent), ("translate", silent, 0, "--lang", "eng")):
        assert "for archivists was not granted" in run("version", *words, "--as", "minji").output
    assert len(history(archive.vault, silent)) == 1
    drafted = run("version", "draft", told, "--as", "minji").output
    refused = run("version", "translate", told, 1, "--lang", "eng", "--as", "minji").output
    file = tmp_path / "fixed.txt"
    file.write_text("ko sound\n\nko sound again\n", "utf-8")
    run("version", "add", told, file, "--of", 1, "--as", "minji")
    run("version", "translate", told, 2, "--lang", "eng", "--as", "minji")
    made_of = history(archive.vault, told)

    assert "version 1: machine_literal kor, 2 segments" in drafted
    assert "not from another draft" in refused
    assert (made_of[1].program, made_of[1].recording) == ("recogniser hear 0.3.1", 1)
    assert made_of[3].program.startswith("translator say sha256-")
    assert [s.text for s in made_of[3].segments] == ["KO SOUND", "KO SOUND AGAIN"]


def test_captions_say_what_is_read_instead_of_hidden_words(
    archive: Archive, run: Run, tmp_path: Path
) -> None:
    """
    The same words leave with the sound as in the text, at their times; before two people approved, none do.
    """
    allowed = [("preserve", "archivists"), ("broadcast", "public")]
    told, file = archive.recorded(wav(2), grants=allowed), tmp_path / "heard.vtt"
    file.write_text(VTT, "utf-8")
    run("version", "add", told, file, "--of", 0, "--recording", 1, "--as", "minji")
    run("version", "sign", told, 1, "--as", "sora", by=SORAS)
    run("version", "sign", told, 2, "--as", "minji")
    run("version", "choose", told, 3, "--as", "minji")
    asked = ("version", "captions", told, "--use", "broadcast", "--audience", "public")
    assert run(*asked).exit_code == 1
    vault, text = archive.vault, review.reading(archive.vault, told).told.text
    at = text.index("혜산")
    review.propose(vault, archive.minji, told, [Redaction(at, at + 2, "place", "[량강도]")])
    review.approve(vault, archive.sora, told, review.reading(vault, told).proposal)
    captions = run(*asked).output

    assert "<v narrator>[량강도]에서 왔다." in captions
    assert "00:00:01.000 --> 00:00:02.000" in captions
    assert "혜산" not in captions

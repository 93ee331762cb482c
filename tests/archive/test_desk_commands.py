"""The archivist's other commands at a terminal, and what each says when there is nothing or too much."""

from __future__ import annotations

import http.client
import re
import signal
import sys
import threading
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from archive import command_line, keyring, roles
from archive.keyring import KeyringError
from archive.redaction import profiles
from archive.vault import Vault
from archive.workbench import service
from crypto import bundle
from tests.archive.test_commands import Terminal
from tests.people import ORIGIN, PASSPHRASE, RESEARCH, Archive, statement


@pytest.fixture
def terminal(archive: Archive) -> Terminal:
    return Terminal(archive.vault.home)


def test_a_profile_is_set_signed_and_let_go_at_a_terminal(terminal: Terminal) -> None:
    """
    What is told wider counts at once; what is told narrower waits until a second person signs what she saw.
    """
    by_minji = ("--as", "minji")
    assert terminal.done("profile", "show").startswith(f"{profiles.WIDE.name} 0\n")
    near = terminal.done("profile", "set", "near", "--rung", "place=province", *by_minji, person="minji")
    assert near.startswith("it narrows place; another person signs change ")
    change = near.split()[-1]
    shown = terminal.done("profile", "show")
    assert f"-- waits for a second person, change {change}, by minji" in shown
    assert shown.count("  place ") == 2
    assert terminal.done("profile", "drop", *by_minji, person="minji") == "let go\n"
    again = terminal.done("profile", "set", "near", "--rung", "place=province", *by_minji, person="minji")
    signed = terminal.done("profile", "second", "--as", "sora", "--change", again.split()[-1], person="sora")
    wide = terminal.done("profile", "set", "wide", "--rung", "place=region", *by_minji, person="minji")

    assert (signed, wide) == ("profile 1 counts now\n", "profile 2 counts now\n")
    misused = terminal("profile", "set", "odd", "--rung", "place", *by_minji, person="minji")
    assert (misused.exit_code, "a rung is KIND=RUNG" in misused.output) == (2, True)


def test_roles_are_shown_given_and_taken_at_a_terminal(terminal: Terminal, archive: Archive) -> None:
    """
    By a custodian; an archive that has given none says so.
    """
    nobody = terminal.done("roles", "show")
    roles.begin(archive.vault)
    everybody = terminal.done("roles", "show")
    taken = terminal.done("roles", "take", "sora", "editor", "--as", "minji", person="minji")
    given = terminal.done("roles", "give", "sora", "editor", "--as", "minji", person="minji")

    assert nobody != everybody
    assert "editor" in everybody
    assert taken.startswith("sora: ")
    assert "editor" not in taken
    assert "editor" in given


def test_what_is_misspelled_at_a_terminal_is_said_before_anything_is_proposed(
    terminal: Terminal, archive: Archive, tmp_path: Path
) -> None:
    """
    A line that hides nothing, a notice that is no text, an origin with a space, one passphrase for both.
    """
    told = archive.told()
    for line in ("혜숙\n", "song 혜숙\n", "name\n"):
        assert terminal("redact", told, "--as", "minji", person="minji", given=line).exit_code == 2
    (tmp_path / "help.txt").write_bytes(b"\xff\xfe")
    assert "is not in UTF-8" in terminal("care", "notice", str(tmp_path / "help.txt")).output
    new = Terminal(tmp_path / "new")
    assert "a name without spaces" in new("init", "--origin", "archive example").output
    same = new("init", "--origin", ORIGIN, ONGGI_ROOT_PASSPHRASE=PASSPHRASE)

    assert "the root needs a passphrase of its own" in same.output
    assert not (tmp_path / "new").exists()
    assert archive.vault.testimony(told).workflow_status == "received"


def test_labels_are_told_as_the_profile_says_when_it_is_asked_for(
    terminal: Terminal, archive: Archive
) -> None:
    """
    What has only a label is told as wide as everybody agreed; what somebody chose for it stays.
    """
    told = archive.told("혜산에서 왔다. 함흥을 보았다.", grants=RESEARCH)
    marks = "place 혜산\nplace 함흥 => [바닷가]\n"
    terminal.done("redact", told, "--profile", "--as", "minji", person="minji", given=marks)

    assert "[북한 국경 지역]에서 왔다. [바닷가]을 보았다." in terminal.done("read", "--preview", told)


def test_quarantine_is_tried_again_when_it_is_asked_for(terminal: Terminal, archive: Archive) -> None:
    """
    And what opens now is told.
    """
    archive.take(b"noise" * 20_000)
    tried = terminal.done("quarantine", "--retry")

    assert "taken in now: 0 testimonies, 0 files" in tried
    assert "1 envelopes in quarantine" in tried


def test_a_bundle_out_of_its_order_is_told_at_a_terminal(terminal: Terminal, archive: Archive) -> None:
    """
    Another one of its number, and one before which another has not come.
    """
    terminal.done("accession", str(archive.pack([statement(archive)], number=1)))
    twin = terminal.done("accession", str(archive.pack([statement(archive)], 1, bundle.FIRST)))
    gap = terminal.done("accession", str(archive.pack([statement(archive)], number=5)))

    assert "another bundle of this number came before" in twin
    assert "a bundle before this one has not come" in gap


def test_keys_are_made_and_signed_only_by_the_archives_own_root(
    terminal: Terminal, archive: Archive, tmp_path: Path
) -> None:
    """
    Keys that are there are made no second time; a root that is not there, a strange one, and no request.
    """
    assert terminal.done("keys", "make").startswith("made 0 keys")
    away = terminal("keys", "publish", "--root", str(tmp_path / "nowhere"), str(tmp_path / "notes"))
    assert "is the root's stick in this machine?" in away.output
    other = Terminal(tmp_path / "other")
    other.done("init", "--origin", ORIGIN)
    strange = ("--root", str(tmp_path / "other" / "root"), "--as", "minji", "--yes")
    assert (
        "not the root that the vault knows"
        in terminal("keys", "rotate", "root", *strange, person="minji").output
    )
    (archive.vault.home / "keys.request").unlink()
    assert "no request for the root" in terminal("keys", "publish", str(tmp_path / "notes")).output


def test_a_vault_without_keys_says_which_command_makes_them(tmp_path: Path) -> None:
    """
    And one that has them is founded no second time.
    """
    with Vault.create(tmp_path / "vault", PASSPHRASE) as vault:
        for ask in (keyring.roots, keyring.desk, keyring.courier):
            with pytest.raises(KeyringError, match="run `onggi archive"):
                ask(vault)
        keyring.found(vault, ORIGIN)
        with pytest.raises(KeyringError, match="already has its keys"):
            keyring.found(vault, ORIGIN)


def test_a_passphrase_is_asked_for_where_none_is_given(terminal: Terminal, archive: Archive) -> None:
    """
    Without an echo.
    """
    told = archive.told()
    asked = terminal("list", given=f"{PASSPHRASE}\n", ONGGI_PASSPHRASE=None)

    assert asked.exit_code == 0
    assert told in asked.output
    assert PASSPHRASE not in asked.output


def test_a_command_that_is_stopped_says_what_is_left(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    One line and exit code 1; never a traceback.
    """

    def stopped(*given: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Vault, "open", stopped)
    ran = terminal("list")

    assert (ran.exit_code, ran.output.count("\n")) == (1, 1)
    assert ran.output.startswith("archive: stopped; what was done is kept")


@pytest.mark.parametrize("there", [True, False])
def test_progress_is_counted_on_a_terminal_and_nowhere_else(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    """
    A log or a file gets no line of it.
    """
    monkeypatch.setattr(sys.stderr, "isatty", lambda: there)
    count = command_line.progress("part")
    count(1, 2)
    count(2, 2)

    assert capsys.readouterr().err == ("\rpart 1 of 2\rpart 2 of 2\n" if there else "")


@pytest.mark.loopback
def test_a_workbench_says_where_it_is_and_closes_by_itself(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    When nobody comes, and then says so.
    """
    monkeypatch.setattr(service, "read_models", lambda: None)
    told = terminal.done("workbench", "--port", "0", "--idle", "0.01")

    assert re.match(r"workbench: open once http://127\.0\.0\.1:\d+/open/\S+\n", told)
    assert "so do 0.01 minutes without a click" in told
    assert told.endswith("workbench: closed, and the vault with it; start it again to go on\n")


@pytest.mark.loopback
def test_a_workbench_answers_its_own_machine_until_it_is_stopped(
    archive: Archive, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    R21: and writes no line of what was asked for.
    """
    monkeypatch.setattr(service, "read_models", lambda: None)
    answers: list[int] = []

    def come(address: str) -> None:
        place = urlsplit(address)
        try:
            browser = http.client.HTTPConnection(place.netloc, timeout=60)
            browser.request("GET", place.path)
            answers.append(browser.getresponse().status)
            browser.close()
        finally:
            signal.raise_signal(signal.SIGINT)

    def ready(address: str) -> None:
        threading.Thread(target=come, args=(address,)).start()

    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background ignores it
    try:
        assert service.serve(archive.vault, 0, 60, ready)
    finally:
        signal.signal(signal.SIGINT, before)
    assert answers == [303]
    assert capfd.readouterr() == ("", "")

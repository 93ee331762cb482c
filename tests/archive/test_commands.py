"""The archivist's commands, as she types them: one line of answer, an error with a hint, and an exit code."""

from __future__ import annotations

import json
import re
import sys
from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archive.command_line import printable
from archive.commands import group as table
from archive.commands.group import archive as group
from archive.release import verify
from crypto.keys import SigningKey, VerifyKey
from tests.archive.redaction.test_translated import TRANSLATED, decided
from tests.people import MINJIS, ORIGIN, PASSPHRASE, ROOTS, SORAS, Archive, statement

PHRASES = {"minji": MINJIS, "sora": SORAS}


class Terminal:
    """A terminal at the archive's machine."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def __call__(self, *words: str, given: str = "", person: str = "", **environment: str | None) -> Result:
        variables: dict[str, str | None] = {"ONGGI_ARCHIVE_HOME": str(self.home)}
        variables |= {"ONGGI_PASSPHRASE": PASSPHRASE, "ONGGI_ROOT_PASSPHRASE": ROOTS} | environment
        if person:
            variables["ONGGI_PERSON_PASSPHRASE"] = PHRASES.get(person, person)
        return CliRunner().invoke(group, words, input=given, env=variables)

    def done(self, *words: str, given: str = "", person: str = "") -> str:
        ran = self(*words, given=given, person=person)
        assert ran.exit_code == 0, ran.output
        return ran.output


@pytest.fixture
def terminal(archive: Archive) -> Terminal:
    return Terminal(archive.vault.home)


def test_each_file_has_the_commands_that_the_table_names() -> None:
    """
    Only the file of the command that was asked for is loaded, so the table has to be right.
    """
    found = {
        path.stem
        for path in Path(table.__file__).parent.glob("*.py")
        if path != Path(table.__file__) and "\nCOMMANDS: Final" in path.read_text(encoding="utf-8")
    }

    assert found == set(table.COMMANDS)
    for file, names in table.COMMANDS.items():
        assert tuple(each.name for each in import_module(f"archive.commands.{file}").COMMANDS) == names


def test_a_command_whose_package_is_missing_says_so_when_it_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """
    With what to install; the others work.
    """
    monkeypatch.setitem(sys.modules, "archive.commands.suggesting", None)
    missing, other = (CliRunner().invoke(group, [name, "--help"]) for name in ("redaction", "policy"))

    assert missing.exit_code == 1
    assert "no module named archive.commands.suggesting" in missing.output
    assert "onggi[archive]" in missing.output
    assert other.exit_code == 0


def test_the_whole_way_at_a_terminal(terminal: Terminal, archive: Archive, tmp_path: Path) -> None:
    """
    Taken in, read, hidden, approved, drafted, looked at, signed, found, written once more; the journal whole.
    """
    bundle = archive.pack([statement(archive, "혜숙이는 강을 건넜다.\n혜산에서 왔다."), b"noise" * 20_000])
    taken = terminal.done("accession", str(bundle))
    told = re.findall(r"^  testimony (\S+)$", taken, re.MULTILINE)[0]
    assert "1 in quarantine" in taken
    assert "1 envelopes in quarantine" in terminal.done("quarantine")
    assert told in terminal.done("list")
    assert "혜숙이는" in terminal.done("read", told)
    hidden = terminal.done(
        "redact",
        told,
        "--as",
        "minji",
        person="minji",
        given="name 혜숙\nplace 강 => [물가]\nplace 혜산 => generalise/region\n",
    )
    assert "proposed 3 redactions" in hidden
    assert "[북한 국경 지역]에서" in terminal.done("read", "--preview", told)
    shown = terminal.done("read", "--preview", told)
    assert "[이름]이는 [물가]을 건넜다." in shown
    proposal = shown.strip().rpartition("proposal ")[2]
    terminal.done("approve", told, "--as", "sora", "--proposal", proposal, person="sora")
    drafted = terminal.done("release", "draft", "--as", "minji", person="minji")
    assert terminal.done("release", "show") == drafted
    digest = drafted.strip().rpartition("draft ")[2]
    out = [str(tmp_path / name) for name in ("out", "again")]
    signed = terminal.done("release", "sign", out[0], "--as", "sora", "--draft", digest, person="sora")
    head = re.findall(r"^journal (\S+)$", signed, re.MULTILINE)[0]
    terminal.done("release", "write", "1", out[1])
    assert verify(tmp_path / "out", archive.root, ORIGIN) == verify(tmp_path / "again", archive.root, ORIGIN)
    assert "1 of 1 testimonies" in terminal.done("search", given="혜산\n")
    assert "unbroken" in terminal.done("journal", "verify", "--seen", head)
    assert terminal.done("journal", "verify", "--json").count("\n") > 10
    assert "taken back" in terminal.done("take-back", told, "--as", "minji", person="minji")


def test_an_archive_is_made_with_its_people_at_a_terminal(tmp_path: Path) -> None:
    """
    Init, two people, a third who is admitted by both, the keycard, the courier; no passphrase is shown.
    """
    terminal = Terminal(tmp_path / "home")
    made = terminal.done("init", "--origin", ORIGIN)
    assert terminal.done("keys", "show").startswith("\n".join(made.splitlines()[:2]))
    for name in ("minji", "sora"):
        assert f"{name} signs with" in terminal.done("person", "add", name, person=name)
    alone = terminal("person", "add", "hana", person="hana keeps a phrase of hers")
    assert (alone.exit_code, "two people" in alone.output) == (1, True)
    by = ["--by", "minji", "--by", "sora"]
    phrases = f"{MINJIS}\n{SORAS}\n"
    added = terminal.done("person", "add", "hana", *by, person="hana keeps a phrase of hers", given=phrases)
    assert "hana signs with" in added
    refused = terminal("keys", "publish", str(tmp_path / "notes"), given="n\n")
    assert (refused.exit_code, (tmp_path / "notes").exists()) == (1, False)
    signed = terminal.done("keys", "publish", str(tmp_path / "notes"), given="y\n")
    assert "new intake keys" in signed
    assert signed.count("new archivist") == 3
    assert "new" not in terminal.done("keys", "publish", str(tmp_path / "notes"))
    assert "destroyed 0 keys" in terminal.done("keys", "retire", "--as", "minji", person="minji")
    roleless = terminal("keys", "rotate", "intake", "--as", "hana", person="hana keeps a phrase of hers")
    assert (roleless.exit_code, "needs the role custodian" in roleless.output) == (1, True)
    for what in ("intake", "desk", "root"):
        terminal.done("keys", "rotate", what, "--yes", "--as", "minji", person="minji")
    assert (tmp_path / "home" / "notes" / "root-rotation.note").exists()
    terminal.done("courier", "trust", SigningKey.generate().public.to_text())
    VerifyKey.from_text(made.splitlines()[0])

    assert not any(phrase in made + added for phrase in (PASSPHRASE, ROOTS, MINJIS, SORAS))


REFUSED = [
    ["read", "nobody"],
    ["release", "show"],
    ["release", "write", "7", "somewhere"],
    ["redact", "nobody", "--as", "minji"],
    ["take-back", "nobody", "--as", "nobody"],
    ["courier", "trust", "no key"],
    ["init", "--origin", ORIGIN],
    ["journal", "verify", "--seen", "no head"],
    ["version", "show", "nobody", "7"],
    ["package", "open", "7", "somewhere", "--as", "minji"],
    ["notice", "."],
    ["attachments", "list", "nobody"],
]
MISUSED = [["read"], ["release", "sign", "x"], ["import-texts", "nowhere"], ["nonsense"], ["approve", "x"]]


@pytest.mark.parametrize("words", REFUSED, ids=" ".join)
def test_what_is_refused_says_why_in_one_line(terminal: Terminal, words: list[str]) -> None:
    """
    Exit code 1, `archive: error:` and the fact; never a traceback.
    """
    ran = terminal(*words, person="minji")

    assert ran.exit_code == 1
    assert ran.output.splitlines()[-1].startswith("archive: error: ")


@pytest.mark.parametrize("words", MISUSED, ids=" ".join)
def test_what_is_misused_shows_how_it_is_meant(terminal: Terminal, words: list[str]) -> None:
    """
    Exit code 2 and the usage.
    """
    ran = terminal(*words)

    assert ran.exit_code == 2
    assert "Usage:" in ran.output


def test_a_wrong_passphrase_opens_nothing_and_is_not_repeated(terminal: Terminal) -> None:
    """
    Neither the vault's nor a person's is shown in the error.
    """
    wrong = "a wrong passphrase 77"
    vault = terminal("list", ONGGI_PASSPHRASE=wrong)
    person = terminal("release", "draft", "--as", "minji", person=wrong)

    assert (vault.exit_code, person.exit_code) == (1, 1)
    assert wrong not in vault.output + person.output


def test_what_a_stranger_wrote_does_not_steer_the_terminal(terminal: Terminal, archive: Archive) -> None:
    """
    Escapes, bells and signs that turn a line around are shown as one sign each; words and lines stay.
    """
    told = archive.told("혜산\x9b31m에서 \u202eabc\u2066 왔다.\n둘째 줄")
    printed = terminal.done("read", told) + terminal.done("search", given="혜산\n")

    assert not any(sign in printed for sign in "\x1b\x07\x9b\u202e\u2066")
    assert "혜산\ufffd" in printed
    assert printable("두 줄\n\t끝\x1b]0;x\x07") == "두 줄\n\t끝\ufffd]0;x\ufffd"


def test_transcripts_come_in_at_a_terminal(terminal: Terminal, tmp_path: Path) -> None:
    """
    What could not be read is named with a reason and makes the exit code 1; the rest is in.
    """
    (tmp_path / "a.txt").write_text("혜산에서 왔다.", "utf-8")
    (tmp_path / "b.txt").write_bytes(b"\xff\xfe\x00broken")
    ran = terminal("import-texts", str(tmp_path), "--grant", "index_search:archivists")

    assert ran.exit_code == 1
    assert "imported 1 texts, 2 words" in ran.output
    assert "not imported: b.txt: cannot be read as text" in ran.output
    assert terminal("import-texts", str(tmp_path), "--grant", "everything").exit_code == 2


def test_a_translation_is_written_listed_and_approved_at_a_terminal(
    archive: Archive, terminal: Terminal, tmp_path: Path
) -> None:
    """
    Of the redacted words, by two people; what is refused names the part and no word.
    """
    told = decided(archive)
    words, file = json.loads(terminal.done("translation", "show", told)), tmp_path / "english.json"
    assert words["s0001"] == "[이름]은 [장소]에서 [날짜]에 강을 건넜다."

    def write(texts: dict[str, str]) -> Result:
        file.write_text(json.dumps(texts), "utf-8")
        words = "translation", "write", told, str(file), "--into", "eng", "--as", "minji"
        return terminal(*words, person="minji")

    refused = write({**TRANSLATED, "s0001": "[name] crossed the river."})
    assert (refused.exit_code, "s0001: what stands in brackets" in refused.output) == (1, True)
    assert write(TRANSLATED).exit_code == 0
    assert "waits for a second person" in terminal.done("translation", "list", told)
    shown = terminal.done("translation", "show", told, "--into", "eng")
    [digest] = re.findall("digest ([0-9a-f]{32})", shown)
    assert "crossed the river" in shown

    def approving(digest: str, by: str) -> Result:
        return terminal("translation", "approve", told, digest, "--into", "eng", "--as", by, person=by)

    tried = approving(digest, "minji"), approving("0" * 32, "sora"), approving(digest, "sora")
    assert [each.exit_code for each in tried] == [1, 1, 0]
    assert "approved by sora" in terminal.done("translation", "list", told)
    assert write({"s0001": ["no text"]}).exit_code == 1  # type: ignore[dict-item]
    assert terminal("translation", "show", told, "--into", "zho").exit_code == 1

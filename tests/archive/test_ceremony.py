"""The ceremonies as people hold them: at a terminal, with slips that a scanner reads from the pages."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from click.testing import CliRunner, Result

from archive import locks
from archive.commands import ceremony as ceremonies
from archive.commands.group import archive as group
from archive.root import Root
from archive.vault import Vault
from crypto import custody
from crypto.keys import SigningKey
from tests.people import PASSPHRASE

NEW = "고추장 항아리 셋과 우물 하나"
ROOT = Path(__file__).parents[2]
ROOTS = "a passphrase for the root alone"


class Ceremony:
    """A table with the archive's machine on it, and a printer."""

    def __init__(self, home: Path, table: Path) -> None:
        self.home, self.table = home, table

    def __call__(self, *words: str, given: str = "", **environment: str) -> Result:
        variables = {
            "ONGGI_ARCHIVE_HOME": str(self.home),
            "ONGGI_PASSPHRASE": PASSPHRASE,
            "ONGGI_ROOT_PASSPHRASE": ROOTS,
            "ONGGI_NEW_PASSPHRASE": NEW,
        }
        return CliRunner().invoke(group, words, input=given, env=variables | environment)

    def done(self, *words: str, given: str = "", **environment: str) -> str:
        ran = self(*words, given=given, **environment)
        assert ran.exit_code == 0, ran.output
        return ran.output

    def refused(self, *words: str, given: str = "") -> str:
        ran = self(*words, given=given)
        assert ran.exit_code == 1, ran.output
        return ran.output.strip().splitlines()[-1]

    def slips(self, target: str, need: int = 2, of: int = 3) -> list[str]:
        """Make slips and read them from the pages, as a scanner does."""
        into = self.table / f"slips-{target}"
        self.done("custody", "make", target, "--need", str(need), "--of", str(of), str(into))
        return [scanned(into / f"custodian-{number}.pdf") for number in range(1, of + 1)]

    def events(self, passphrase: str = PASSPHRASE) -> list[tuple[str, str]]:
        with Vault.open(self.home, passphrase) as vault:
            return [(event.type, event.objects[0].partition(":")[0]) for event in vault.journal.events()]


def scanned(page: Path) -> str:
    [code] = zxingcpp.read_barcodes(pypdfium2.PdfDocument(page)[0].render(scale=2).to_pil())
    return str(code.text)


def typed(*slips: str) -> str:
    return "".join(f"{slip}\n" for slip in slips)


def misread(slip: str, at: int) -> str:
    return slip[:at] + ("2" if slip[at] != "2" else "3") + slip[at + 1 :]


@pytest.fixture
def ceremony(founded: Path, tmp_path: Path) -> Ceremony:
    home = tmp_path / "archive"
    shutil.copytree(founded, home)
    shutil.rmtree(home / "root")
    return Ceremony(home, tmp_path)


def test_a_vault_whose_lock_is_gone_opens_from_slips(ceremony: Ceremony) -> None:
    """
    The lock file deleted and the passphrase forgotten: two of three slips and a new passphrase open it again.
    """
    slips = ceremony.slips("vault")
    (ceremony.home / "vault.lock").unlink()
    said = ceremony.done("custody", "restore", "vault", given=typed(slips[2], slips[0]))
    with Vault.open(ceremony.home, NEW) as vault:
        assert vault.names("person") == ["minji", "sora"]
        vault.journal.events()

    assert "custodian 3 is good: 1 of 2" in said
    assert ceremony.events(NEW)[-2:] == [("cre", "slips"), ("mod", "lock")]
    with pytest.raises(locks.WrongPassphrase):
        Vault.open(ceremony.home, PASSPHRASE)


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "bad magic": lambda whole: b"x" + whole[1:],
    "zeros": lambda whole: bytes(len(whole)),
    "empty": lambda whole: b"",
    "cut": lambda whole: whole[:12],
    "another id": lambda whole: whole[:8] + bytes([whole[8] ^ 1]) + whole[9:],
}


@pytest.mark.parametrize("target", ["vault", "root"])
@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_lock_is_set_aside_when_slips_restore_it(
    ceremony: Ceremony, target: str, damage: str
) -> None:
    """
    Slips that open the target replace whatever lies in the lock's place, and keep it; a change refuses it.
    """
    root = ceremony.home / "root"
    Root.found(root, locks.make(root, "root", ROOTS), "archive.example", SigningKey.generate().public)
    folder = root if target == "root" else ceremony.home
    slips = ceremony.slips(target)
    file = locks.lock_file(folder, target)
    damaged = DAMAGE[damage](file.read_bytes())
    file.write_bytes(damaged)
    ceremony.refused("passphrase", target)
    assert file.read_bytes() == damaged
    said = ceremony.done("custody", "restore", target, given=typed(*slips[:2]))

    locks.unlock(folder, target, NEW)
    assert file.with_name(f"{target}.lock.damaged").read_bytes() == damaged
    assert f"kept as {target}.lock.damaged" in said


def test_a_custodian_who_mistypes_is_told_where(ceremony: Ceremony) -> None:
    """
    One wrong sign: its group is asked for once more. A foreign slip or the same one twice is not counted.
    """
    slips = ceremony.slips("vault")
    foreign = custody.split(bytes(32), 2, 3)[1][0].text()
    wrong = misread(slips[0], 30)
    lines = typed(wrong, slips[0][28:32], foreign, slips[0].lower(), slips[1][:16], "?", slips[1][16:])
    said = ceremony.done("custody", "restore", "vault", given=lines)

    assert "look at group 8" in said
    assert "not taken: the slip of custodian 1 is of set" in said
    assert "custodian 1 is here already: 1 of 2" in said
    assert "no slip has the sign in place 1" in said
    assert "custodian 2 is good: 2 of 2" in said


def test_too_few_slips_change_nothing(ceremony: Ceremony) -> None:
    """
    An empty line ends it; who was here is said, and the old passphrase still opens.
    """
    slips = ceremony.slips("vault")
    before = (ceremony.home / "vault.lock").read_bytes()
    said = ceremony.refused("custody", "restore", "vault", given=typed(slips[1]) + "\n")

    assert said == "archive: error: 2 slips are needed; good so far: custodian 2"
    assert (ceremony.home / "vault.lock").read_bytes() == before


def test_one_slip_is_tested_alone(ceremony: Ceremony) -> None:
    """
    Whose it is and whether it is genuine, without a passphrase; a misread or false one is refused.
    """
    slips = ceremony.slips("vault", 3, 5)
    said = ceremony.done("custody", "test", "vault", given=typed(slips[4]), ONGGI_PASSPHRASE="no passphrase")
    assert "custodian 5 of 5" in said
    assert "genuine" in said
    hurt = misread(misread(slips[4], 9), 40)
    assert "read each group once more" in ceremony.refused("custody", "test", "vault", given=typed(hurt))
    assert "no slip was given" in ceremony.refused("custody", "test", "vault", given="\n")


def test_a_custodian_is_replaced_alone(ceremony: Ceremony) -> None:
    """
    Her new slip opens with another's; her old one is refused, by her number.
    """
    slips = ceremony.slips("vault")
    into = ceremony.table / "new"
    said = ceremony.done("custody", "replace", "vault", "3", str(into), given=typed(*slips[:2]))
    new = scanned(into / "custodian-3.pdf")

    assert "put the new one into every backup" in said
    assert [path.name for path in sorted(into.iterdir())] == ["custodian-3.pdf", "vault.slips"]
    assert (into / "vault.slips").read_bytes() == (ceremony.home / "vault.slips").read_bytes()
    assert "custodian 3" in ceremony.refused("custody", "test", "vault", given=typed(slips[2]))
    ceremony.done("custody", "restore", "vault", given=typed(slips[0], new))
    assert ceremony.events(NEW)[-2:] == [("mod", "slips"), ("mod", "lock")]
    assert "custodians 1 to 3" in ceremony.refused(
        "custody", "replace", "vault", "4", str(ceremony.table / "no"), given=typed(slips[0], new)
    )
    assert not (ceremony.table / "no").exists()


def test_the_roots_slips_and_the_vaults_open_only_their_own(ceremony: Ceremony) -> None:
    """
    A root in a folder of its own is restored without the vault; the vault's slips are foreign to it.
    """
    root = ceremony.table / "safe"
    key = locks.make(root, "root", ROOTS)
    Root.found(root, key, "archive.example", SigningKey.generate().public)
    there = {"ONGGI_ROOT_HOME": str(root)}
    into = ceremony.table / "roots"
    ceremony.done("custody", "make", "root", "--need", "2", "--of", "2", str(into), **there)
    slips = [scanned(into / f"custodian-{number}.pdf") for number in (1, 2)]
    vaults = ceremony.slips("vault")
    before = ceremony.events()
    (root / "root.lock").unlink()
    said = ceremony.done("custody", "restore", "root", given=typed(vaults[0], *slips), **there)

    assert "not taken: the slip of custodian 1 is of set" in said
    assert locks.unlock(root, "root", NEW) == key
    assert ceremony.events() == before


def test_slips_of_another_root_never_lock_this_one(ceremony: Ceremony) -> None:
    """
    Their table beside our root: the key is tried on root.sealed before a lock is written.
    """
    ours, theirs = ceremony.table / "ours", ceremony.table / "theirs"
    for root in (ours, theirs):
        Root.found(root, locks.make(root, "root", ROOTS), "archive.example", SigningKey.generate().public)
    there = {"ONGGI_ROOT_HOME": str(theirs)}
    ceremony.done(
        "custody", "make", "root", "--need", "1", "--of", "1", str(ceremony.table / "into"), **there
    )
    slip = scanned(ceremony.table / "into" / "custodian-1.pdf")
    shutil.copy(theirs / "root.slips", ours / "root.slips")
    (ours / "root.lock").unlink()
    refused = ceremony("custody", "restore", "root", given=typed(slip), ONGGI_ROOT_HOME=str(ours))

    assert (refused.exit_code, "another archive's" in refused.output) == (1, True)
    assert not (ours / "root.lock").exists()


def test_slips_of_another_vault_never_lock_this_one(ceremony: Ceremony) -> None:
    """
    Their table put in the place of ours: the key is tried on the database before a lock is written.
    """
    other = Ceremony(ceremony.table / "other", ceremony.table / "others")
    Vault.create(other.home, PASSPHRASE).close()
    slips = other.slips("vault")
    shutil.copy(other.home / "vault.slips", ceremony.home / "vault.slips")
    (ceremony.home / "vault.lock").unlink()

    assert "not of this key" in ceremony.refused("custody", "restore", "vault", given=typed(*slips[:2]))
    assert not (ceremony.home / "vault.lock").exists()


def test_slips_are_never_written_over_others(ceremony: Ceremony) -> None:
    """
    A folder with something in it is refused; so is a second set, unless it is asked for.
    """
    old = ceremony.slips("vault")
    words = ["custody", "make", "vault", "--need", "2", "--of", "3"]
    assert "not empty" in ceremony.refused(*words, "--anew", str(ceremony.table / "slips-vault"))
    assert "there are slips" in ceremony.refused(*words, str(ceremony.table / "second"))
    ceremony.done(*words, "--anew", str(ceremony.table / "second"))
    assert "of set" in ceremony.refused("custody", "test", "vault", given=typed(old[0]))
    assert "at most 7" in ceremony.refused(*words[:-1], "8", "--anew", str(ceremony.table / "third"))
    assert not (ceremony.table / "third").exists()


def test_a_rehearsal_is_the_whole_ceremony_and_touches_nothing(ceremony: Ceremony) -> None:
    """
    Pages are written before slips are asked for; it needs no archive, and says whether they opened.
    """
    into = ceremony.table / "rehearsal"
    words = ("custody", "rehearse", "--need", "1", "--of", "2", str(into))
    stopped = ceremony(*words, given="", ONGGI_ARCHIVE_HOME="")
    assert stopped.exit_code == 1
    assert sorted(path.name for path in into.iterdir()) == [
        "custodian-1.pdf",
        "custodian-2.pdf",
        "rehearsal.slips",
    ]
    real = ceremony.slips("vault")
    home = {path: path.read_bytes() for path in ceremony.home.rglob("*") if path.is_file()}
    assert "not empty" in ceremony.refused(*words)
    unlike = ceremony(
        "custody", "rehearse", "--need", "1", "--of", "2", str(into) + "2", given=typed(real[0])
    )
    assert "not taken" in unlike.output
    assert {path: path.read_bytes() for path in ceremony.home.rglob("*") if path.is_file()} == home


def test_a_rehearsal_ends_when_its_slips_open(ceremony: Ceremony, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    The slips are typed while the command waits, from the pages that it has just written.
    """
    into = ceremony.table / "rehearsal"
    waiting = iter((2, 1))

    def from_paper(prompt: str, **_: object) -> str:
        return scanned(into / f"custodian-{next(waiting)}.pdf")

    monkeypatch.setattr("archive.commands.ceremony.click.prompt", from_paper)
    said = ceremony.done("custody", "rehearse", "--need", "2", "--of", "3", str(into))

    assert "these 2 slips opened the key for practice" in said


@pytest.mark.parametrize("target", ["vault", "root"])
def test_a_passphrase_is_changed_and_slips_stay_good(ceremony: Ceremony, target: str) -> None:
    """
    Old out, new in, the slips as before; the change of the vault's is in the journal.
    """
    root = ceremony.home / "root"
    Root.found(root, locks.make(root, "root", ROOTS), "archive.example", SigningKey.generate().public)
    slips = ceremony.slips(target)
    ceremony.done("passphrase", target)
    folder = root if target == "root" else ceremony.home
    locks.unlock(folder, target, NEW)
    assert "not the passphrase" in ceremony.refused("passphrase", target)
    assert "genuine" in ceremony.done("custody", "test", target, given=typed(slips[0]))
    if target == "vault":
        assert ceremony.events(NEW)[-1] == ("mod", "lock")


def test_no_slip_and_no_passphrase_is_ever_printed(ceremony: Ceremony) -> None:
    """
    Whatever goes wrong: no group of a slip is in what the commands say.
    """
    slips = ceremony.slips("vault")
    forged = misread(slips[0], 33)
    said = [
        ceremony("custody", "test", "vault", given=typed(forged) + "\n").output,
        ceremony("custody", "restore", "vault", given=typed(forged, "", slips[1], "")).output,
    ]
    # What was typed is echoed by the terminal, not by us; CliRunner echoes the prompts' input too.
    ours = [
        line.partition(": ")[2] if "from group" in line else line
        for each in said
        for line in each.splitlines()
    ]
    ours = [line for line in ours if line not in (*slips, forged)]

    for slip in (*slips, forged):
        assert not any(slip[at : at + 4] in line for at in range(8, 64, 4) for line in ours)
    assert not any(PASSPHRASE in line or NEW in line for line in ours)


def test_a_slip_is_wiped_from_the_terminal_once_it_was_read(ceremony: Ceremony) -> None:
    """
    It is shown while it is typed, and gone, scrolled lines too, before anything is said about it.
    """
    [slip, *_] = ceremony.slips("vault")
    ours, theirs = pty.openpty()
    words = [sys.executable, str(ROOT / "onggi.py"), "archive", "custody", "test", "vault"]
    variables = os.environ | {"ONGGI_ARCHIVE_HOME": str(ceremony.home), "LANG": "C.UTF-8"}
    with subprocess.Popen(words, stdin=theirs, stdout=theirs, stderr=theirs, cwd=ROOT, env=variables) as ran:
        os.close(theirs)
        os.write(ours, f"{slip}\n".encode())
        seen = b""
        while b"genuine" not in seen:
            seen += os.read(ours, 4096)
    os.close(ours)
    shown, wiped, left = seen.decode().rpartition(ceremonies.WIPE)

    assert ran.returncode == 0
    assert slip in shown
    assert (wiped, slip in left, "genuine" in left) == (ceremonies.WIPE, False, True)

"""The archive's installer: what was changed on the way is refused before anything of it runs."""

from __future__ import annotations

import base64
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from crypto.keys import SigningKey
from crypto.notes import sign_note
from deploy.archive.build import sign
from tests.deploy.carried import Carried

pytestmark = pytest.mark.skipif(
    not all(shutil.which(tool, path="/usr/bin:/bin") for tool in ("openssl", "python3", "sha256sum")),
    reason="the installer needs the system's openssl, python3 and coreutils",
)


@pytest.fixture
def carried(tmp_path: Path) -> Carried:
    return Carried(tmp_path).write()


def test_a_folder_as_it_was_signed_is_installed(carried: Carried) -> None:
    """
    What the other tests refuse is installed here: this folder's pip runs, and its program is in use.
    """
    ran = carried.install()

    assert ran.returncode == 0, ran.stderr
    assert not carried.nothing_ran()
    assert "checked" in ran.stdout
    assert (carried.into / "current" / "bin" / "onggi").is_file()
    assert not (carried.into / "arriving").exists()


def _changed_wheel(carried: Carried) -> None:
    with (carried.stick / "wheels" / "onggi-1-py3-none-any.whl").open("ab") as wheel:
        wheel.write(b"!")


def _changed_pip(carried: Carried) -> None:
    with zipfile.ZipFile(carried.stick / "wheels" / "pip-1-py3-none-any.whl", "a") as wheel:
        wheel.writestr("evil.py", "")


def _added_wheel(carried: Carried) -> None:
    (carried.stick / "wheels" / "onggi-2-py3-none-any.whl").write_bytes(b"a wheel")


def _lost_wheel(carried: Carried) -> None:
    (carried.stick / "wheels" / "onggi-1-py3-none-any.whl").unlink()


def _link(carried: Carried) -> None:
    wheel = carried.stick / "wheels" / "onggi-1-py3-none-any.whl"
    wheel.rename(carried.place / "elsewhere")
    wheel.symlink_to(carried.place / "elsewhere")


def _changed_sums(carried: Carried) -> None:
    sums = carried.stick / "SHA256SUMS"
    sums.write_text(sums.read_text("utf-8").replace("README.md", "README.MD"), "utf-8")


def _both_lists(carried: Carried) -> None:
    """A wheel is changed, and both lists name its new hash; the signature stays."""
    key, note = carried.key, (carried.stick / "SHA256SUMS.note").read_text("utf-8")
    _changed_wheel(carried)
    sign(carried.stick, key)
    forged = (carried.stick / "SHA256SUMS").read_text("utf-8") + "\n" + note.rpartition("\n\n")[2]
    (carried.stick / "SHA256SUMS.note").write_text(forged, "utf-8")


def _another_key(carried: Carried) -> None:
    _changed_wheel(carried)
    sign(carried.stick, SigningKey.generate())


def _another_signature(carried: Carried) -> None:
    """Signed by somebody else, and the true key beside it."""
    key = (carried.stick / "RELEASE-KEY").read_bytes()
    _another_key(carried)
    (carried.stick / "RELEASE-KEY").write_bytes(key)


def _no_signature(carried: Carried) -> None:
    note = carried.stick / "SHA256SUMS.note"
    note.write_text(note.read_text("utf-8").rpartition("— ")[0], "utf-8")


def _empty_signature(carried: Carried) -> None:
    note = carried.stick / "SHA256SUMS.note"
    text, line = note.read_text("utf-8").rsplit(" ", 1)
    note.write_text(f"{text} {base64.b64encode(bytes(len(base64.b64decode(line)))).decode()}\n", "utf-8")


def _two_signatures(carried: Carried) -> None:
    with (carried.stick / "SHA256SUMS.note").open("a", encoding="utf-8") as note:
        note.write("— onggi-release AAAA\n")


def _way_out(carried: Carried) -> None:
    """Signed, and still refused: a name that leads out of the folder."""
    (carried.place / "outside").write_bytes(b"x")
    key, sums = carried.key, (carried.stick / "SHA256SUMS").read_text("utf-8")
    sums += f"{'0' * 64}  wheels/../../outside\n"
    (carried.stick / "SHA256SUMS").write_text(sums, "utf-8")
    (carried.stick / "SHA256SUMS.note").write_bytes(sign_note(sums, "onggi-release", key))


TAMPERING: dict[str, tuple[Callable[[Carried], None], str]] = {
    "a changed wheel": (_changed_wheel, "a file has not its hash"),
    "a changed pip": (_changed_pip, "a file has not its hash"),
    "an added wheel": (_added_wheel, "onggi-2-py3-none-any.whl is in the folder and not in the signed list"),
    "a lost wheel": (_lost_wheel, "onggi-1-py3-none-any.whl is not on the stick"),
    "a link in a wheel's place": (_link, "onggi-1-py3-none-any.whl is not on the stick"),
    "a changed list": (_changed_sums, "is not the text that was signed"),
    "both lists changed": (_both_lists, "is not signed by the release key"),
    "all of it by another key": (_another_key, "the release key is not the one on the paper"),
    "another's signature beside the true key": (_another_signature, "is not signed by the release key"),
    "no signature": (_no_signature, "is not the text that was signed"),
    "a signature of zeros": (_empty_signature, "is not signed by the release key"),
    "a second signature": (_two_signatures, "is not the text that was signed"),
    "a name that leads out": (_way_out, "has a line that is none of ours"),
}


@pytest.mark.parametrize("what", TAMPERING)
def test_what_was_changed_on_the_way_is_refused_and_nothing_of_it_runs(carried: Carried, what: str) -> None:
    """
    R22: whoever had the stick in her hands cannot make the archive's machine run a line of hers.
    """
    tamper, says = TAMPERING[what]
    tamper(carried)
    ran = carried.install()

    assert ran.returncode == 1
    assert says in ran.stderr
    assert "install: hint: " in ran.stderr
    assert carried.nothing_ran()


def test_a_fingerprint_that_differs_in_one_digit_is_refused(carried: Carried) -> None:
    """
    All forty digits count, and an empty line is no yes.
    """
    right = carried.key.public.fingerprint()
    wrong = right[:-1] + str((int(right[-1]) + 1) % 10)

    for typed in (wrong, "", right[:-1], "yes"):
        ran = carried.install(typed=typed)
        assert (ran.returncode, carried.nothing_ran()) == (1, True)
        assert "not the one on the paper" in ran.stderr
    assert carried.install(typed=right.replace(" ", "")).returncode == 0


def test_a_release_for_another_python_is_refused_with_how_to_build_it(carried: Carried) -> None:
    """
    Better said before a minute of work than by pip after it.
    """
    carried.tell(python="2.7")
    ran = carried.install()

    assert "this is for Python 2.7" in ran.stderr
    assert "--debian" in ran.stderr
    assert carried.nothing_ran()


def test_the_next_release_is_brought_in_by_the_installer_that_is_here(carried: Carried) -> None:
    """
    After the first time no paper is needed: the verifier and the key are on the machine already.
    """
    carried.install()
    carried.write(time=2000, says="newer")
    ran = carried.install(str(carried.stick), typed="", script=carried.into / "install.sh")

    assert ran.returncode == 0, ran.stderr
    assert "newer" in ran.stdout
    assert len(list((carried.into / "releases").iterdir())) == 2


def test_another_key_is_refused_where_one_is_known(carried: Carried) -> None:
    """
    Its own fingerprint, typed in good faith from another paper, does not help it.
    """
    carried.install()
    other = Carried(carried.place, SigningKey.generate()).write(time=2000)
    carried.ran.unlink()
    ran = other.install()

    assert "another release key than what is installed here" in ran.stderr
    assert not carried.ran.exists()


def test_an_older_release_comes_back_only_when_it_is_asked_for(carried: Carried) -> None:
    """
    A signature does not age; whoever replays an old stick would bring its faults back.
    """
    carried.write(time=2000).install()
    carried.write(time=1000, says="older")

    assert "older than what is installed" in carried.install().stderr
    assert "older" in carried.install("--older").stdout


def test_what_is_in_use_stays_until_the_new_one_passes_its_check(carried: Carried) -> None:
    """
    An upgrade that does not work leaves the archive as it was, and says so.
    """
    carried.install()
    before = (carried.into / "current").readlink()
    ran = carried.write(time=2000, code=1).install()

    assert ran.returncode == 1
    assert "does not pass its own check" in ran.stderr
    assert (carried.into / "current").readlink() == before
    assert (carried.into / "current" / "bin" / "onggi").is_file()


def test_an_installation_that_was_damaged_is_mended_by_the_same_stick(carried: Carried) -> None:
    """
    The check finds it, the next run makes it anew.
    """
    carried.install()
    (carried.into / "current" / "bin" / "onggi").write_text("#!/bin/sh\nexit 1\n", "utf-8")

    assert "does not pass its own check" in carried.install().stderr
    assert carried.install().returncode == 0


def test_a_machine_that_should_be_put_right_is_told_and_has_onggi_all_the_same(carried: Carried) -> None:
    """
    Exit code 3 of the check is about the machine and not about what was installed.
    """
    ran = carried.write(code=3).install()

    assert ran.returncode == 0
    assert "put the machine right" in ran.stdout


@pytest.mark.parametrize(
    "then", ["raise SystemExit(1)", "import os, signal; os.kill(os.getppid(), signal.SIGKILL)"]
)
def test_an_installation_that_was_cut_is_made_anew(carried: Carried, then: str) -> None:
    """
    pip fails, or the power does: nothing is in use, and the next try is as good as a first one.
    """
    leave = "pathlib.Path(sys.prefix, 'left').touch()\n"
    once = f"again = pathlib.Path({str(carried.place / 'again')!r})\n"
    once += "if not again.exists():\n    again.touch()\n    " + leave + "    " + then
    carried.write(then=once)

    assert carried.install().returncode != 0
    assert not (carried.into / "current").exists()
    assert carried.install().returncode == 0
    assert not (carried.into / "current" / "left").exists()

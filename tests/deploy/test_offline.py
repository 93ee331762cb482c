"""The whole offline installation: built from what is committed, carried, installed without a network, used.

It takes half a minute, 150 MB from the package index that pip is set up for, and 1 GB of disk meanwhile.
"""

from __future__ import annotations

import hashlib
import platform
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.locks import WrongPassphrase
from crypto.keys import SigningKey
from deploy.archive import build as building
from deploy.archive.build import BuildRefused, Source, Target
from deploy.release import build as release
from tests.deploy.carried import install, python_of_the_system

HERE = Path(__file__).parents[2]
ROOMS = ("crypto/", "server/", "archive/", "migrations/")
SOURCES = (".offered", ".rejected", ".sounds", ".npmrc")
"""What the word lists and the client are made of; no room reads it."""
CUT = ["unshare", "--net", "--map-root-user"]
HOME = {
    "ONGGI_PASSPHRASE": "a rehearsal's long phrase",
    "ONGGI_ROOT_PASSPHRASE": "another phrase of the root",
}


@pytest.fixture(scope="session")
def machine() -> list[str]:
    """What runs a command without any network."""
    if not shutil.which("unshare") or subprocess.run([*CUT, "true"], capture_output=True).returncode:
        pytest.skip("this system lets no test cut its network (unshare --net)")
    return CUT


@pytest.fixture(scope="session")
def carried(
    source: Source, index: None, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, SigningKey, str]:
    """The folder for this machine, the key that signed it, and the paper."""
    into, key = tmp_path_factory.mktemp("carried") / "stick", SigningKey.generate()
    glibc = int(platform.libc_ver()[1].partition(".")[2] or 36)
    paper = building.build(into, source, Target(python_of_the_system(), glibc, platform.machine()), key)
    return into, key, paper


def _tree(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".pyc"
    }


def test_the_wheel_holds_all_that_the_rooms_need(carried: tuple[Path, SigningKey, str]) -> None:
    """
    A page, a word list or a translation that was forgotten would be missed on the machine without a network.
    """
    (own,) = (carried[0] / "wheels").glob("onggi-*.whl")
    listed = subprocess.run(["git", "ls-files", *ROOMS], cwd=HERE, capture_output=True, text=True, check=True)
    ours = {name for name in listed.stdout.splitlines() if not name.endswith(SOURCES)}
    with zipfile.ZipFile(own) as wheel:
        packed = set(wheel.namelist())

    assert sorted(ours - packed) == []
    assert [name for name in packed if name.startswith(("tests/", "deploy/", "benchmarks/"))] == []


def test_the_folder_says_what_the_paper_says(carried: tuple[Path, SigningKey, str]) -> None:
    """
    The installer's hash and the key's fingerprint travel on paper, the key's other half nowhere.
    """
    into, key, paper = carried
    told = "".join(paper.split())

    assert hashlib.sha256((into / "install.sh").read_bytes()).hexdigest() in told
    assert key.public.fingerprint() in paper
    assert not any(key.to_text().encode() in path.read_bytes() for path in into.rglob("*") if path.is_file())


def test_a_package_whose_hash_the_lock_does_not_name_is_not_carried(
    carried: tuple[Path, SigningKey, str], source: Source
) -> None:
    """
    What an index or a cache serves in a package's place stops the build.
    """
    wheels, lock = carried[0] / "wheels", source.folder / "requirements.lock"
    built = [wheel for wheel in wheels.iterdir() if wheel.name.startswith(("onggi-", "kiwipiepy_model-"))]
    allowed = building.read_lock(lock)

    assert "flask==3" in building.pin(wheels, built, allowed)
    (flask,) = (name for name in allowed if name.startswith("flask=="))
    with pytest.raises(BuildRefused, match="flask-3"):
        building.pin(wheels, built, allowed | {flask: frozenset({"0" * 64})})


def test_it_is_installed_without_a_network_twice_alike_and_works(
    carried: tuple[Path, SigningKey, str], machine: list[str], tmp_path: Path
) -> None:
    """
    R22: from the stick alone, by the system's own Python, to an archive that takes in and finds a text.
    """
    stick, key, _ = carried
    into, home, texts = tmp_path / "opt onggi", tmp_path / "home", tmp_path / "texts"
    words = [*machine, "sh", str(stick / "install.sh"), "--into", str(into)]
    first = install(words, key.public.fingerprint())
    assert first.returncode == 0, first.stderr
    assert "no route to anywhere" in first.stdout
    before = _tree(into)
    assert install(words, "").returncode == 0
    assert _tree(into) == before

    def onggi(*words: str, given: str = "") -> str:
        command = [*machine, str(into / "current" / "bin" / "onggi"), "archive", *words]
        environment = HOME | {"ONGGI_ARCHIVE_HOME": str(home), "PATH": "/usr/bin:/bin"}
        ran = subprocess.run(command, env=environment, input=given, capture_output=True, text=True)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    texts.mkdir()
    (texts / "one.txt").write_text("우리는 밤에 강을 건넜다.\n", "utf-8")
    onggi("init", "--origin", "archive.example")
    grants = ["--grant", "index_search:archivists"]
    assert "imported 1 texts" in onggi("import-texts", str(texts), *grants)
    assert "강을 건넜다" in onggi("search", given="강\n")


def test_the_release_key_is_made_once_and_opens_by_its_passphrase(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    A folder that was named by mistake does not become another key, and a wrong word opens none.
    """
    monkeypatch.setenv(building.PHRASE, "a phrase for what we carry")
    with pytest.raises(BuildRefused, match="there is no release key"):
        building.open_key(tmp_path, new=False)
    made = building.open_key(tmp_path, new=True)

    assert building.open_key(tmp_path, new=False).public == made.public
    assert building.open_key(tmp_path, new=True).public == made.public
    monkeypatch.setenv(building.PHRASE, "another phrase altogether")
    with pytest.raises(WrongPassphrase):
        building.open_key(tmp_path, new=True)


@pytest.mark.parametrize(("main", "name"), [(building.main, "build"), (release.main, "release")])
def test_a_build_that_is_refused_says_why_in_one_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    main: Callable[[list[str]], int],
    name: str,
) -> None:
    """
    And leaves no folder that looks like one to carry.
    """
    monkeypatch.setenv(building.PHRASE, "a phrase for what we carry")

    assert main([str(tmp_path / "stick"), "--key", str(tmp_path)]) == 1
    assert capsys.readouterr().err.startswith(f"{name}: error: there is no release key")
    assert not (tmp_path / "stick").exists()


def test_a_folder_with_something_in_it_is_not_built_into(source: Source, tmp_path: Path) -> None:
    """
    What was there would be signed with the rest.
    """
    (tmp_path / "something").touch()
    with pytest.raises(BuildRefused, match="not empty"):
        building.build(tmp_path, source, Target("3.11", 36), SigningKey.generate())

"""A release is built twice, in other places, and is the same; from its source its wheel is made again."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from crypto.keys import SigningKey
from deploy.archive.build import BuildRefused, Source, Target
from deploy.release import build as building
from deploy.release.build import SCRIPTS
from tests.deploy.carried import python_of_the_system
from tests.deploy.test_verify_release import verify

KEY = SigningKey.generate()
PLACES = {
    "one": (0o022, {"TZ": "UTC", "LC_ALL": "C"}),
    "another place": (0o077, {"TZ": "Asia/Seoul", "LC_ALL": "ko_KR.UTF-8"}),
}
"""The umask and the environment of two people who build."""


def _build(place: Path, source: Source, umask: int) -> str:
    """What one of them does, from a copy of what is committed."""
    copy = Source(place / "source", source.commit, source.time)
    shutil.copytree(source.folder, copy.folder)
    glibc = int(platform.libc_ver()[1].partition(".")[2] or 36)
    target = Target(python_of_the_system(), glibc, platform.machine())
    before = os.umask(umask)
    try:
        return building.build(place / "release", copy, {"debian-12": target}, KEY)
    finally:
        os.umask(before)


@pytest.fixture(scope="module")
def releases(source: Source, index: None, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Path], str]:
    """The same commit as two people built it, and the paper."""
    if not shutil.which("npm"):
        pytest.skip("npm is not here: no release was built")
    places, papers = [], set()
    for name, (umask, environment) in PLACES.items():
        place = tmp_path_factory.mktemp("built") / name
        with pytest.MonkeyPatch.context() as there:
            for variable, value in environment.items():
                there.setenv(variable, value)
            papers.add(_build(place, source, umask))
        places.append(place / "release")
    (paper,) = papers
    return places, paper


def _tree(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_two_builds_of_one_commit_are_the_same_to_the_byte(releases: tuple[list[Path], str]) -> None:
    """
    A second person can build it on another machine, at another hour, and compare one file, SHA256SUMS.
    """
    (one, another), _ = releases
    tree = _tree(one)

    assert tree == _tree(another)
    assert {name.partition("/")[0] for name in tree} > {"client", "debian-12", "RELEASE", "verify-release"}
    assert {".gz", ".whl", ".json"} <= {Path(name).suffix for name in tree if "/" not in name}


def test_a_stranger_verifies_it_with_the_paper_alone(releases: tuple[list[Path], str]) -> None:
    """
    The fingerprint, and the hash of what verifies, are what the paper says.
    """
    (release, _), paper = releases
    ran = verify(release, paper.partition("release key")[2].strip())

    assert ran.returncode == 0, ran.stderr
    for script in ("verify-release", "debian-12/install.sh"):
        assert hashlib.sha256((release / script).read_bytes()).hexdigest() in paper.replace(" ", "")


def test_the_wheel_is_what_the_source_makes(releases: tuple[list[Path], str], tmp_path: Path) -> None:
    """
    Whoever reads the source that is given out has read the wheel.
    """
    (release, _), _ = releases
    (wheel,), (packed,) = release.glob("*.whl"), release.glob("*.tar.gz")
    time = next(line.split()[1] for line in (release / "RELEASE").read_text().splitlines() if "time" in line)
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        str(packed),
    ]
    subprocess.run(
        [*command, "--wheel-dir", str(tmp_path)],
        env={**os.environ, "SOURCE_DATE_EPOCH": time},
        umask=0o022,
        check=True,
    )

    assert (tmp_path / wheel.name).read_bytes() == wheel.read_bytes()


def test_the_scripts_and_the_parts_are_those_of_the_commit(
    releases: tuple[list[Path], str], source: Source
) -> None:
    """
    What a browser runs is bundled anew and is what was committed; the list of parts names the commit's time.
    """
    (release, _), _ = releases
    (parts,) = release.glob("*.cdx.json")

    for name, place in SCRIPTS.items():
        assert (release / "client" / name).read_bytes() == (source.folder / place).read_bytes()
    assert len(json.loads(parts.read_bytes())["components"]) > 100


def test_a_script_that_its_sources_do_not_make_is_not_given_out(
    source: Source, index: None, tmp_path: Path
) -> None:
    """
    A bundle that was changed by hand stops the release.
    """
    if not shutil.which("npm"):
        pytest.skip("npm is not here")
    for folder in ("server/intake", "crypto"):
        shutil.copytree(source.folder / folder, tmp_path / "source" / folder)
    with (tmp_path / "source" / SCRIPTS["app.js"]).open("a", encoding="utf-8") as script:
        script.write("// and more\n")

    with pytest.raises(BuildRefused, match="is not what its sources make"):
        building.build(tmp_path / "release", Source(tmp_path / "source", "0" * 40, 0), {}, KEY)
    assert not (tmp_path / "release" / "SHA256SUMS").exists()

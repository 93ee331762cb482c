"""The services' sandbox: systemd reads every unit, and its own score of what each may still do is held."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from deploy.extra import asked_by, entries, part, wanted

DEPLOY = Path(__file__).parents[2] / "deploy"
MANUAL = DEPLOY.parent / "docs" / "manuals" / "operator.md"
LOCK = (DEPLOY.parent / "requirements.lock").read_text("utf-8")
UNITS = sorted(path for path in DEPLOY.rglob("onggi-*.service") if path.is_file())
SCORES = {
    "onggi-intake": 0.3,
    "onggi-intake-daily": 0.3,
    "onggi-research": 1.0,
    "onggi-backup": 1.0,
    "onggi-firewall": 1.5,
}
"""Of 10: by systemd 252, that of Debian 12. Up to 1.9 it calls a service safe or well."""
NEEDS = {
    "onggi-research": {"PrivateNetwork=", "RestrictAddressFamilies=~AF_(INET|INET6)"},
    "onggi-backup": {"CapabilityBoundingSet=~CAP_(DAC_*|FOWNER|IPC_OWNER)"},
    "onggi-firewall": {
        "PrivateNetwork=",
        "RestrictAddressFamilies=~AF_NETLINK",
        "CapabilityBoundingSet=~CAP_NET_ADMIN",
    },
}
NEWER = 0.2
"""Other versions look at more, and weigh it otherwise: 257 gives the reading room 1.1."""
BEYOND = set().union(*NEEDS.values())
"""What no other service may: a sandbox that took it from these would keep them from starting."""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A disk with nothing but the units."""
    units = (root := tmp_path_factory.mktemp("root")) / "etc/systemd/system"
    units.mkdir(parents=True)
    for path in (*UNITS, *DEPLOY.rglob("onggi-*.timer")):
        shutil.copy(path, units)
    for folder in DEPLOY.rglob("onggi-*.service.d"):
        shutil.copytree(folder, units / folder.name)
    return root


def test_every_unit_has_a_score_and_the_manual_tells_it() -> None:
    """
    Who reads the manual knows how much each service may still do.
    """
    manual = MANUAL.read_text("utf-8")

    assert {path.stem for path in UNITS} == SCORES.keys()
    assert [name for name, score in SCORES.items() if f"`{name}` {score}" not in manual] == []


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
@pytest.mark.parametrize("unit", SCORES)
def test_no_service_may_do_more_than_it_did_and_each_what_it_needs(unit: str, root: Path) -> None:
    """
    systemd's own audit of the unit with its sandbox, offline.
    """
    version = subprocess.run(
        ["systemd-analyze", "--version"], capture_output=True, text=True, check=False
    ).stdout
    asked = ["systemd-analyze", "security", "--offline=true", f"--root={root}", f"{unit}.service"]
    told = subprocess.run(asked, capture_output=True, text=True, check=False)
    [score] = re.findall(r"Overall exposure level for \S+: ([0-9.]+)", told.stdout)
    may = set(re.findall(r"^\u2717 (\S+)", told.stdout, re.MULTILINE)) & BEYOND

    assert float(score) <= SCORES[unit] + (0 if "systemd 252" in version else NEWER), told.stdout
    assert may == NEEDS.get(unit, set())


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_understands_every_word_of_the_units(root: Path) -> None:
    """
    A word that it does not know would be left out in silence.
    """
    for unit in SCORES:
        asked = ["systemd-analyze", "verify", f"--root={root}", "--man=no", f"{unit}.service"]
        told = subprocess.run(asked, capture_output=True, text=True, check=False).stderr
        lines = [each for each in told.splitlines() if "Unknown" in each or "Failed to parse" in each]
        lines += [each for each in told.splitlines() if "Invalid" in each or "ignoring" in each.lower()]

        assert lines == [], unit


@pytest.mark.parametrize("extra", ["server", "research"])
def test_a_machine_that_faces_the_world_gets_what_its_room_needs_and_no_more(extra: str) -> None:
    """
    Each package of the room with its hashes, all that those need, and nothing of the tests or the archive.
    """
    names = wanted(extra, DEPLOY.parent / "pyproject.toml")
    got, whole = entries(part(LOCK, names)), entries(LOCK)

    assert names <= got.keys()
    assert all(got[name] == whole[name] and "--hash=sha256:" in got[name] for name in got)
    assert {each for each, entry in whole.items() if asked_by(entry) & got.keys()} <= got.keys()
    assert got.keys() & {"pytest", "playwright", "mypy", "weasyprint", "pillow", "sqlcipher3"} == set()


def test_a_package_that_is_not_in_the_lock_is_not_taken_from_elsewhere() -> None:
    """
    It stops before anything is fetched.
    """
    with pytest.raises(KeyError, match="nowhere"):
        part(LOCK, {"nowhere"})

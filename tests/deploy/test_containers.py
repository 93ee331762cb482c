"""The container files keep what the services keep: no root, no writable disk, no right to gain one, no log.

Nothing is built here: a test has no network. docs/decisions/0046-deployment.md says what was tried by hand.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = ROOT / "deploy" / "container"
BUILT = (FILES / "Containerfile").read_text("utf-8")
COMPOSED = (FILES / "compose.yaml").read_text("utf-8")
STAGES = dict(re.findall(r"^FROM \S+ AS (\S+)\n(.*?)(?=^FROM |\Z)", BUILT, re.MULTILINE | re.DOTALL))
SERVICES = dict(
    re.findall(r"^  ([a-z-]+):\n((?:    .*\n)+)", COMPOSED.partition("\nservices:\n")[2], re.MULTILINE)
)


@pytest.mark.parametrize("name", ["intake", "research", "front"])
def test_what_runs_is_nobodys_root_and_was_built_by_hash(name: str) -> None:
    """
    The last user of each image is our own, and every package of Python comes by its hash.
    """
    installs = [line for line in BUILT.replace("\\\n", " ").splitlines() if "requirements.lock" in line]

    assert re.findall(r"^USER (\S+)", STAGES[name], re.MULTILINE) == ["10001"]
    assert len(re.findall(r"--require-hashes -r", BUILT)) == 3
    assert all("--only-binary :all:" in line for line in installs if "pip" in line)
    assert "ADD " not in BUILT


def test_every_file_that_an_image_takes_is_here() -> None:
    """
    A name that was changed would be found when somebody builds, and not before.
    """
    copied = re.findall(r"^COPY (?!--from)(.*) \S+$", BUILT, re.MULTILINE)

    assert [name for line in copied for name in line.split() if not (ROOT / name).exists()] == []


def test_each_service_is_closed_and_the_intake_has_no_network() -> None:
    """
    One block says what none may do, and each service takes it whole.
    """
    closed = COMPOSED.partition("x-closed: &closed\n")[2].partition("\n\n")[0]

    for word in (
        'user: "10001:10001"',
        "read_only: true",
        "cap_drop: [ALL]",
        'security_opt: ["no-new-privileges:true"]',
        "ulimits: {core: 0, nofile: 10000}",
        "logging: {driver: none}",
    ):
        assert f"  {word}\n" in closed + "\n"
    assert SERVICES.keys() >= {"intake", "intake-front", "research", "research-front"}
    for name in ("intake", "intake-front", "research", "research-front"):
        assert "<<: *closed\n" in SERVICES[name], name
        assert not re.search(
            r"^    (user|cap_add|privileged|read_only|security_opt|logging):", SERVICES[name], re.M
        )
    assert "    network_mode: none\n" in SERVICES["intake"]
    assert "    ports:" not in SERVICES["intake"]

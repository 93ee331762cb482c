"""What is committed gives away no builder's machine and asks no third party for anything."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BUNDLES = [
    ROOT / "server" / "intake" / "static" / "app.js",
    ROOT / "server" / "intake" / "static" / "carry.js",
    ROOT / "crypto" / "capsule" / "page.js",
]
A_BUILDERS_FOLDER = re.compile(r"(?<![\w.])/(?:work|home|root|Users)/[\w.-]+/")


def _committed() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout: what is committed cannot be listed")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_no_committed_file_names_a_builders_folder() -> None:
    """
    A path of somebody's machine is of no use to a reader and says who built this.
    """
    telling = [
        str(path.relative_to(ROOT))
        for path in _committed()
        if A_BUILDERS_FOLDER.search(path.read_bytes().decode("utf-8", "ignore"))
    ]

    assert telling == []


FOREIGN = ["Math.random", "http://", "https://", "eval(", "Function(", "WebAssembly", "sourceMappingURL"]


@pytest.mark.parametrize("word", FOREIGN)
def test_the_browsers_bundles_hold_nothing_from_elsewhere(word: str) -> None:
    """
    No weak randomness, no address of a third party, no code made from text.
    """
    assert [bundle.name for bundle in BUNDLES if word in bundle.read_text(encoding="utf-8")] == []

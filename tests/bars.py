"""How much of each room its own tests run, branch by branch, and how much they must: `make coverage`.

    python -m tests.bars [NAME ...]

Each part is measured by its own tests alone: what only a long journey happens to touch is not tested. It
takes an hour on two cores, and is no part of `make test`. Left out are scripts' last lines (pyproject.toml)
and what trains the models, which runs on no machine with testimony.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]


@dataclass(frozen=True)
class Part:
    """What is measured: files by pattern, the tests that have to run them, and the least per cent."""

    bar: int
    files: tuple[str, ...]
    tests: tuple[str, ...]
    but: tuple[str, ...] = ()


CONSENT: Final = (
    "archive/consent.py",
    "archive/standing.py",
    "archive/commands/policies.py",
    "archive/policy/*",
)
RELEASE: Final = (
    "archive/release.py",
    "archive/releasing.py",
    "archive/leaving.py",
    "archive/ledger.py",
    "archive/commands/second_look.py",
)
REDACTION: Final = ("archive/redaction/*",)
TRAINING: Final = ("archive/redaction/training/*",)
SHARED: Final = tuple(sorted(f"server/{path.name}" for path in (ROOT / "server").glob("*.py")))

PARTS: Final = {
    "crypto": Part(100, ("crypto/*",), ("tests/crypto", "tests/fuzz/test_kept_inputs.py")),
    "consent": Part(
        100,
        CONSENT,
        (
            "tests/archive/policy",
            "tests/archive/test_consent.py",
            "tests/archive/test_standing.py",
            "tests/archive/test_imports.py",
            "tests/archive/redaction/test_passages.py",
            "tests/archive/redaction/test_wishes.py",
            "tests/archive/versions/test_supplements.py",
        ),
    ),
    "release": Part(
        100,
        RELEASE,
        (
            "tests/archive/test_release.py",
            "tests/archive/test_releasing.py",
            "tests/archive/test_residue.py",
            "tests/archive/test_second_look.py",
            "tests/archive/keeping/test_withdrawals_room.py",
        ),
    ),
    "redaction": Part(
        100,
        REDACTION,
        (
            "tests/archive/redaction",
            "tests/archive/test_redaction.py",
            "tests/archive/test_residue.py",
            "tests/archive/test_releasing.py",
            "tests/archive/test_review.py",
            "tests/archive/test_second_look.py",
            "tests/archive/manuscripts/test_names.py",
        ),
        but=TRAINING,
    ),
    "archive": Part(
        95,
        ("archive/*",),
        ("tests/archive", "tests/server/research/test_engines.py"),
        but=(*CONSENT, *RELEASE, *REDACTION),
    ),
    "intake": Part(
        95,
        ("server/intake/*", *SHARED),
        (
            "tests/server/intake",
            "tests/server/test_patience.py",
            "tests/server/test_samples.py",
            "tests/server/test_silence.py",
            "tests/server/test_traces.py",
            "tests/journeys/test_trust.py",
        ),
    ),
    "research": Part(
        95, ("server/research/*",), ("tests/server/research", "tests/archive/search/test_folder.py")
    ),
}


def measure(name: str, part: Part) -> bool:
    """Run the tests of *part* and print what they leave out; whether its bar is reached."""
    with tempfile.TemporaryDirectory(prefix="onggi-") as scratch:
        here = {**os.environ, "COVERAGE_FILE": str(Path(scratch) / "coverage")}
        room = part.files[0].partition("/")[0]
        tests = ["pytest", "-q", "-p", "no:xdist", *part.tests]
        ran = _coverage(["run", f"--source={room}", "-m", *tests], here)
        _coverage(["combine", "--quiet"], here)
        wanted = [f"--include={','.join(part.files)}", f"--fail-under={part.bar}"]
        if part.but:
            wanted.append(f"--omit={','.join(part.but)}")
        print(f"== {name}: at least {part.bar} %", flush=True)
        return (
            _coverage(["report", "--show-missing", "--skip-covered", "--precision=2", *wanted], here) and ran
        )


def _coverage(words: Sequence[str], environment: dict[str, str]) -> bool:
    ran = subprocess.run([sys.executable, "-m", "coverage", *words], cwd=ROOT, env=environment)
    return ran.returncode == 0


def main(names: Sequence[str]) -> int:
    if unknown := set(names) - set(PARTS):
        print(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}", file=sys.stderr)
        return 2
    below = [name for name in names or PARTS if not measure(name, PARTS[name])]
    print(f"below its bar, or its tests failed: {', '.join(below)}" if below else "every bar is reached")
    return 1 if below else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

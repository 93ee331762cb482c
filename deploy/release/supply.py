"""Asks the package registries about what is locked: `make supply`, with a network, before a release.

    python -m deploy.release.supply TOOLS [--hurried NAME==VERSION ...]

TOOLS is the folder of uv and pip-audit, which tools.txt pins. Each check says one line, and what could not be
asked has failed.

1. Nothing locked is younger than a week, `--hurried` apart: most packages that were taken over are found
   within days. The locks are resolved once more as they would have been a week ago; what comes out otherwise
   is too young, or was never resolved from pyproject.toml and package.json.
2. No advisory names a locked version (pip-audit, npm audit).
3. The list of parts (sbom.py) follows the schema of CycloneDX.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from deploy.archive.build import HERE, Source, read_lock
from deploy.release.sbom import CLIENT, sbom

Lock = dict[str, frozenset[str]]
"""The hashes of the files of each NAME==VERSION."""
WEEK: Final = timedelta(days=7)
RESOLVE: Final = (
    "pip",
    "compile",
    "--quiet",
    "--universal",
    "--generate-hashes",
    "--all-extras",
    "--no-header",
)
PYTHON: Final = "3.11"
VALIDATE: Final = """
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
wrong = JsonStrictValidator(SchemaVersion.V1_6).validate_str(sys.stdin.read())
sys.exit(repr(wrong) if wrong else 0)
"""


class Refused(Exception):
    """Something locked should not be, or it could not be asked."""


def too_young(lock: Lock, week_ago: Lock, hurried: Iterable[str] = ()) -> list[str]:
    """The packages with a file in *lock* that was not there a *week_ago*, but for what was *hurried*.

    A file that was added to an old version is as new as any. `Refused` when something is called hurried and
    is old by now, or is not locked: the word would outlive its reason.
    """
    young, called = (
        {name for name, files in lock.items() if files - week_ago.get(name, frozenset())},
        set(hurried),
    )
    if called - young:
        raise Refused(f"not hurried any more, or not locked: {', '.join(sorted(called - young))}")
    return sorted(young - called)


def cooled(tools: Path, root: Path, before: datetime, hurried: Sequence[str]) -> str:
    """The packages of Python are a week old."""
    with tempfile.TemporaryDirectory(prefix="onggi-") as scratch:
        again = Path(scratch)
        for name in ("pyproject.toml", "requirements.lock"):
            shutil.copy(root / name, again)
        asked = ["--python-version", PYTHON, "--exclude-newer", before.isoformat()]
        _run([tools / "uv", *RESOLVE, *asked, "pyproject.toml", "-o", "requirements.lock"], again)
        now, then = read_lock(root / "requirements.lock"), read_lock(again / "requirements.lock")
    if young := too_young(now, then, hurried):
        raise Refused(f"younger than a week, or not what pyproject.toml asks for: {', '.join(young)}")
    return f"{len(now)} packages, each as it was resolved before {before:%Y-%m-%d}"


def cooled_client(_tools: Path, root: Path, before: datetime) -> str:
    """The packages of the client are a week old."""
    with tempfile.TemporaryDirectory(prefix="onggi-") as scratch:
        for name in ("package.json", ".npmrc"):
            shutil.copy(root / CLIENT / name, scratch)
        asked = ["install", "--package-lock-only", "--ignore-scripts", f"--before={before.isoformat()}"]
        _run(["npm", *asked], Path(scratch))
        if (Path(scratch) / "package-lock.json").read_bytes() != (
            root / CLIENT / "package-lock.json"
        ).read_bytes():
            raise Refused("package-lock.json is not what npm would have locked a week ago")
    return f"the client's, each as it was resolved before {before:%Y-%m-%d}"


def audited(tools: Path, root: Path) -> str:
    """No advisory names a locked version; whatever could not be asked fails."""
    asked = ["--strict", "--disable-pip", "--require-hashes", "--progress-spinner", "off"]
    _run([tools / "pip-audit", *asked, "-r", root / "requirements.lock"], root)
    return "no advisory names a locked package"


def audited_client(_tools: Path, root: Path) -> str:
    """No advisory names a package of the client."""
    _run(["npm", "audit", "--package-lock-only"], root / CLIENT)
    return "no advisory names a package of the client"


def listed(tools: Path, root: Path) -> str:
    """The list of parts follows its schema."""
    _run([tools / "python", "-c", VALIDATE], root, given=sbom(Source(root, "0" * 40, 0)))
    return "the list of parts follows the schema of CycloneDX 1.6"


def _run(command: Sequence[object], folder: Path, given: bytes | None = None) -> None:
    ran = subprocess.run([str(word) for word in command], cwd=folder, input=given, capture_output=True)
    if ran.returncode:
        said = (ran.stdout + ran.stderr).decode("utf-8", "replace").strip()
        raise Refused(f"{Path(str(command[0])).name} stopped:\n{said[:3000]}")


def main(arguments: Sequence[str] | None = None) -> int:
    asked = argparse.ArgumentParser(
        prog="python -m deploy.release.supply", description="Asks about what is locked."
    )
    asked.add_argument("tools", type=Path, help="the folder of uv and pip-audit")
    asked.add_argument(
        "--hurried", nargs="*", default=[], help="NAME==VERSION that is taken before its week is over"
    )
    given = asked.parse_args(arguments)
    tools, before = given.tools.absolute(), datetime.now(UTC).replace(microsecond=0) - WEEK
    checks: dict[str, Callable[[], str]] = {
        "a week old": lambda: cooled(tools, HERE, before, given.hurried),
        "a week old, client": lambda: cooled_client(tools, HERE, before),
        "advisories": lambda: audited(tools, HERE),
        "advisories, client": lambda: audited_client(tools, HERE),
        "parts": lambda: listed(tools, HERE),
    }
    failed = 0
    for name, check in checks.items():
        try:
            print(f"ok    {name}: {check()}")
        except (Refused, OSError) as refused:
            failed += 1
            print(f"FAIL  {name}: {refused}")
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main())

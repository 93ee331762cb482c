"""Changes one thing at a time in what guards her, and asks whether a test notices: `make mutants PART=gate`.

    python -m tests.mutants NAME

What is committed is copied into build/mutants/NAME, and mutmut (tests/mutants.txt) changes the copy: a
comparison turned round, a number one higher, a word replaced. A change that no test notices is printed as its
lines; docs/mutation.md explains those that are left. Examples of properties are few and the same each time:
a change that needs luck to be found is not found.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy.archive.build import export

ROOT: Final = Path(__file__).parents[1]
EXAMPLES: Final = 15
"""Of each property, for each change: a few seconds become a part of one."""
FEWER: Final = f"""
import hypothesis

hypothesis.settings.register_profile("few", max_examples={EXAMPLES}, derandomize=True, deadline=None)
hypothesis.settings.load_profile("few")
"""
COPIED: Final = ("crypto", "archive", "server", "docs", "migrations", "deploy", "onggi.py", "sealing.py")


@dataclass(frozen=True)
class Part:
    """Modules that are changed, and the tests that have to notice."""

    modules: tuple[str, ...]
    tests: tuple[str, ...]


def _crypto(modules: str, *more: str) -> Part:
    names = modules.split()
    tests = (f"tests/crypto/test_{name}.py" for name in names)
    here = (*more, *(test for test in tests if (ROOT / test).exists()))
    return Part(tuple(f"crypto/{name}.py" for name in names), tuple(dict.fromkeys(here)))


VECTORS: Final = "tests/crypto/test_vectors.py"
PARTS: Final = {
    "gate": Part(
        ("archive/policy/verdict.py", "archive/policy/record.py", "archive/policy/loosening.py"),
        ("tests/archive/policy/test_verdict.py",),
    ),
    "notes": _crypto("notes keycard mandate withdrawal frames stick keys bundle outgoing pages", VECTORS),
    "envelope": _crypto("envelope stanza plain padding cobblestone", VECTORS),
    "custody": _crypto("custody receipt words"),
    "board": _crypto("board reply resume", VECTORS),
}


def prepare(name: str, into: Path) -> None:
    """The copy that is changed: fewer examples, and what mutmut has to know."""
    part = PARTS[name]
    shutil.rmtree(into, ignore_errors=True)
    export(into)
    with (into / "tests" / "conftest.py").open("a", encoding="utf-8") as conftest:
        conftest.write(FEWER)
    told = {
        "source_paths": [part.modules[0].partition("/")[0]],
        "only_mutate": list(part.modules),
        "also_copy": list(COPIED),
        "pytest_add_cli_args": ["-p", "no:cacheprovider", "-p", "no:xdist", "-x", "-q"],
        "pytest_add_cli_args_test_selection": list(part.tests),
    }
    lines = [f"{key} = {[*values]!r}".replace("'", '"') for key, values in told.items()]
    with (into / "pyproject.toml").open("a", encoding="utf-8") as settings:
        settings.write("\n[tool.mutmut]\n" + "\n".join(lines) + "\n")


def main(names: Sequence[str]) -> int:
    if len(names) != 1 or names[0] not in PARTS:
        print(f"name one of {', '.join(PARTS)}", file=sys.stderr)
        return 2
    into = ROOT / "build" / "mutants" / names[0]
    prepare(names[0], into)
    here = {**os.environ, "PYTHONPATH": str(ROOT / "build" / "mutmut")}
    mutmut = [sys.executable, "-m", "mutmut"]
    subprocess.run([*mutmut, "run", "--max-children", "1"], cwd=into, env=here, check=True)
    told = subprocess.run(
        [*mutmut, "results"], cwd=into, env=here, check=True, capture_output=True, text=True
    )
    left = [line.split(":")[0].strip() for line in told.stdout.splitlines() if ": survived" in line]
    for each in left:
        subprocess.run([*mutmut, "show", each], cwd=into, env=here, check=True)
    print(f"{len(left)} changes that no test noticed")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

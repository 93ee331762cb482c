"""Fuzzes one parser with atheris: `python -m tests.fuzz.run NAME SECONDS`. `make fuzz` runs all.

What it learns lies in build/fuzz/NAME. `python -m tests.fuzz.run NAME keep` puts what adds coverage, and no
more, beside the kept inputs in tests/vectors/fuzz, which every test run replays.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
GROUPS = ("sealed", "signed", "told", "asked")
READERS = (
    "crypto",
    "archive.coding",
    "archive.commands.codings",
    "archive.commands.policies",
    "archive.commands.projects",
    "archive.commands.suggesting",
    "archive.attachments.sniff",
    "archive.imports",
    "archive.keeping.boxes",
    "archive.keeping.keyring",
    "archive.letters",
    "archive.policy",
    "archive.preservation.bags",
    "archive.redaction.spans",
    "archive.release",
    "archive.requests",
    "archive.search",
    "archive.statement",
    "archive.testimony",
    "archive.versions",
    "server.intake.nearby",
    "server.research",
)
"""What is watched: the rest takes minutes to prepare and reads nothing from outside."""
LARGEST = 4096
MEMORY = 2048
"""MiB for one run, libraries and all."""


def main(name: str, how: str) -> None:
    learnt, kept = ROOT / "build" / "fuzz" / name, ROOT / "tests" / "vectors" / "fuzz" / name
    for folder in (learnt, kept):
        folder.mkdir(parents=True, exist_ok=True)
    atheris = importlib.import_module("atheris")
    with atheris.instrument_imports(include=list(READERS), enable_loader_override=False):
        groups = (importlib.import_module(f"tests.fuzz.{group}").PARSERS for group in GROUPS)
        parser = next(group[name] for group in groups if name in group)
    options = [
        f"-max_len={LARGEST}",
        "-timeout=120",
        f"-rss_limit_mb={MEMORY}",
        f"-artifact_prefix={learnt}-",
    ]
    if how == "keep":
        options += ["-merge=1", str(kept), str(learnt)]
    else:
        options += [f"-max_total_time={int(how)}", "-print_final_stats=1", str(learnt), str(kept)]
    atheris.Setup([sys.argv[0], *options], parser)
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])

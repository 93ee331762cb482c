"""Fuzzes one parser with atheris: `python -m tests.fuzz.run NAME SECONDS`. `make fuzz` runs all.

What it learns lies in build/fuzz/NAME. `python -m tests.fuzz.run NAME keep` copies it to
the kept inputs in tests/vectors/fuzz, which every test run replays; it holds only what added coverage.
"""

from __future__ import annotations

import importlib
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def main(name: str, how: str) -> None:
    learnt, kept = ROOT / "build" / "fuzz" / name, ROOT / "tests" / "vectors" / "fuzz" / name
    for folder in (learnt, kept):
        folder.mkdir(parents=True, exist_ok=True)
    if how == "keep":
        for path in learnt.iterdir():
            shutil.copy(path, kept)
        return
    atheris = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["crypto", "archive", "server"], enable_loader_override=False):
        parsers = importlib.import_module("tests.fuzz.parsers")
    options = [
        f"-max_len={parsers.LARGEST}",
        "-timeout=20",
        "-rss_limit_mb=1024",
        f"-artifact_prefix={learnt}-",
    ]
    options += [f"-max_total_time={int(how)}", "-print_final_stats=1", str(learnt), str(kept)]
    atheris.Setup([sys.argv[0], *options], parsers.PARSERS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])

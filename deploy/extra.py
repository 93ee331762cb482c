"""Writes the part of requirements.lock that one extra needs: each package with its hashes, and no other.

    python3 -I deploy/extra.py [--of pyproject.toml] NAME <requirements.lock >part.txt

NAME is a package, or with `--of` an extra of that project. Runs on a bare Debian, before anything is
installed. What asks for a package stands below it in the lock (`# via`), so that the lock alone tells all.
"""

from __future__ import annotations

import argparse
import re
import sys
import tomllib
from pathlib import Path


def entries(lock: str) -> dict[str, str]:
    """Each package's name and all its lines."""
    found = re.split(r"^(?=[a-zA-Z0-9])", lock, flags=re.MULTILINE)
    return {_name(entry): entry for entry in found if entry[:1].isalnum()}


def asked_by(entry: str) -> set[str]:
    """The packages that asked for this one."""
    told = re.findall(r"^ +#(?: via)? +([A-Za-z0-9][\w.-]*)", entry, re.MULTILINE)
    return {_name(each) for each in told}


def wanted(extra: str, project: Path) -> set[str]:
    """What the project itself asks for, with this extra."""
    told = tomllib.loads(project.read_text("utf-8"))["project"]
    return {_name(each) for each in (*told["dependencies"], *told["optional-dependencies"][extra])}


def part(lock: str, names: set[str]) -> str:
    """The lines of *lock* for *names* and all that they need; `KeyError` for one that is not in it."""
    there, needed = entries(lock), set(names)
    if missing := sorted(needed - there.keys()):
        raise KeyError(f"the lock does not name {', '.join(missing)}")
    while more := {each for each, entry in there.items() if each not in needed and asked_by(entry) & needed}:
        needed |= more
    return "".join(entry for each, entry in there.items() if each in needed)


def _name(requirement: str) -> str:
    return re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", requirement)[0]).lower()  # type: ignore[index]


if __name__ == "__main__":
    asked = argparse.ArgumentParser(prog="extra.py")
    asked.add_argument("--of", type=Path)
    asked.add_argument("name")
    given = asked.parse_args()
    try:
        names = wanted(given.name, given.of) if given.of else {_name(given.name)}
        sys.stdout.write(part(sys.stdin.read(), names))
    except KeyError as error:
        sys.exit(f"extra: error: {error.args[0]}")

"""What comes from others: locked by hash, a week old, under a licence that was read, and told in a list."""

from __future__ import annotations

import importlib.metadata
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from deploy.archive.build import Source, read_lock
from deploy.release.sbom import LICENCES, LOCKS, asked, reached, read, sbom
from deploy.release.supply import Refused, too_young

ROOT = Path(__file__).parents[2]
TOLD = tomllib.loads((ROOT / LICENCES).read_text("utf-8"))
LOCKED = [each for lock in LOCKS for each in read(ROOT / lock)]
ALLOWED = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "MIT", "MIT-0", "MIT-CMU", "MPL-1.1",
    "MPL-2.0", "PSF-2.0", "Zlib", "any-OSI",
}  # fmt: skip
GNU = re.compile(r"GNU (?:AFFERO |LESSER )?GENERAL PUBLIC LICENSE\s+Version \d")
"""The head of the licence itself; many others only speak of it."""
COPYLEFT = re.compile(r"\bA?GPL|Affero|GNU General Public", re.IGNORECASE)


def _allowed(expression: str) -> bool:
    """Whether it can be taken under licences of `ALLOWED`: every part of an AND, one of an OR."""
    return all(
        any(choice.strip(" ()") in ALLOWED for choice in part.split(" OR "))
        for part in expression.split(" AND ")
    )


def _installed() -> list[tuple[str, importlib.metadata.Distribution]]:
    found = []
    for package in sorted({each.name for each in LOCKED}):
        try:
            found.append((package, importlib.metadata.distribution(package)))
        except importlib.metadata.PackageNotFoundError:
            continue  # for another machine, or another Python
    return found


def test_each_locked_package_is_under_a_licence_that_was_read_and_none_is_copyleft() -> None:
    """
    A new package without its line is red, and so is a line of a package that is gone.
    """
    assert {each.name for each in LOCKED} == set(TOLD["packages"])
    assert [name for name, licence in TOLD["packages"].items() if not _allowed(licence)] == []


def test_no_installed_package_says_that_it_is_under_the_gpl() -> None:
    """
    The table is compared with what the packages say of themselves: in their classifiers, or in SPDX's words.
    """
    installed = _installed()
    said = {
        name: " ".join(
            [*package.metadata.get_all("Classifier", []), str(package.metadata["License-Expression"])]
        )
        for name, package in installed
    }
    exact = {
        name: told
        for name, package in installed
        if (told := package.metadata["License-Expression"]) is not None
    }

    assert len(installed) > 70
    assert {name for name, words in said.items() if COPYLEFT.search(words)} - set(TOLD["reasons"]) == set()
    assert {name: TOLD["packages"][name] for name in exact} == exact


def test_each_package_that_carries_a_gnu_licence_has_its_reason() -> None:
    """
    Wheels bring libraries of others along; the text of their licence lies beside them.
    """
    carrying = {
        name
        for name, package in _installed()
        for file in package.files or []
        if re.search("licen[sc]e|copying", file.name, re.IGNORECASE) and file.suffix not in (".py", ".pyc")
        if GNU.search(Path(str(file.locate())).read_text("utf-8", "ignore"))
    }

    assert "numpy" in carrying
    assert carrying - set(TOLD["reasons"]) == set()


def test_everything_that_runs_is_locked_by_hash_and_reached_from_what_is_asked_for() -> None:
    """
    No package without a hash; none that no line of pyproject.toml leads to.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    everything = asked(project, but=())

    assert [each.name for each in LOCKED if not each.hashes] == []
    assert everything - {each.name for each in LOCKED} == set()
    assert {each.name for each in LOCKED} - reached(LOCKED, everything) == {"pip"}
    assert "pytest" not in reached(LOCKED, asked(project))


@pytest.mark.parametrize("file", ["tests/fuzz/requirements.txt", "deploy/release/tools.txt"])
def test_tools_that_are_installed_apart_are_locked_by_hash_too(file: str) -> None:
    """
    What runs beside a release could change it.
    """
    tools = read_lock(ROOT / file)

    assert tools
    assert [name for name, hashes in tools.items() if not hashes] == []


def test_a_file_that_is_younger_than_a_week_is_named() -> None:
    """
    A new version, and a new file of an old version; what is called hurried is let through while it is.
    """
    old = {"flask==3.1.3": frozenset({"a", "b"}), "click==8.5.1": frozenset({"c"})}
    version = {**old, "flask==3.1.4": frozenset({"d"})}
    file = {**old, "click==8.5.1": frozenset({"c", "e"})}

    assert too_young(old, old) == []
    assert too_young(version, old) == ["flask==3.1.4"]
    assert too_young(file, old) == ["click==8.5.1"]
    assert too_young(version, old, ["flask==3.1.4"]) == []
    for gone in ("flask==3.1.3", "jinja2==3.1.6"):
        with pytest.raises(Refused, match=gone):
            too_young(version, old, ["flask==3.1.4", gone])


def _listed() -> dict[str, Any]:
    listed: dict[str, Any] = json.loads(sbom(Source(ROOT, "0" * 40, 1_700_000_000)))
    return listed


def test_the_list_of_parts_tells_every_package_with_its_hashes() -> None:
    """
    Python's, the client's and the data of others; whoever has a file finds its hash.
    """
    parts = {part["bom-ref"]: part for part in _listed()["components"]}
    client = json.loads((ROOT / "server/intake/client/package-lock.json").read_text("utf-8"))["packages"]
    hashes = {
        mark["content"]
        for part in parts.values()
        for place in [part, *part.get("externalReferences", [])]
        for mark in place.get("hashes", [])
    }

    assert {digest for each in LOCKED for digest in each.hashes} - hashes == set()
    assert sum("npm" in ref for ref in parts) == len(client) - 1
    assert [ref for ref, part in parts.items() if not part["licenses"]] == []
    assert parts["pkg:npm/%40noble/curves@2.4.0"]["scope"] == "required"
    assert [part["scope"] for ref, part in parts.items() if "esbuild@" in ref or "pypi/pytest@" in ref] == [
        "excluded"
    ] * 2


def test_the_list_of_parts_names_who_asks_for_whom() -> None:
    """
    Each line leads to parts of the list.
    """
    listed = _listed()
    asks = {line["ref"]: set(line["dependsOn"]) for line in listed["dependencies"]}
    refs = {part["bom-ref"] for part in listed["components"]}
    ours = listed["metadata"]["component"]["bom-ref"]

    assert set(asks) == refs | {ours}
    assert set().union(*asks.values()) == refs
    assert {ref.partition("@")[0] for ref in asks["pkg:pypi/jinja2@3.1.6"]} == {"pkg:pypi/markupsafe"}


def test_the_list_of_parts_is_the_same_bytes_again() -> None:
    """
    Nothing in it is of an hour, a machine or a run.
    """
    once = sbom(Source(ROOT, "0" * 40, 1_700_000_000))

    assert sbom(Source(ROOT, "0" * 40, 1_700_000_000)) == once
    assert sbom(Source(ROOT, "1" * 40, 1_700_000_000)) != once
    assert str(ROOT).encode() not in once


def test_each_file_of_others_data_is_told_with_its_licence() -> None:
    """
    The table of archive/redaction/ATTRIBUTION.md and the list of parts name the same files.
    """
    page = (ROOT / "archive/redaction/ATTRIBUTION.md").read_text("utf-8")
    rows = re.findall(r"^\| (`.+?) \| .+? \| (.+?) \|$", page, flags=re.MULTILINE)
    told = {
        f"archive/redaction/{file}": licence.replace("CC BY-SA", "CC-BY-SA")
        .replace("CC BY", "CC-BY")
        .replace(" 4.0", "-4.0")
        for files, licence in rows
        for file in re.findall(r"`([^`]+)`", files)
    }
    listed = {path: data["licence"].replace(" AND ", " and ") for path, data in TOLD["data"].items()}

    assert len(told) > 8
    assert {
        path: licence for path, licence in told.items() if licence != "Apache-2.0"
    }.items() <= listed.items()
    assert all((ROOT / path).exists() for path in listed)

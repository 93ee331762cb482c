"""The client's libraries are those that were read, and its scripts are what their sources make, anywhere."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

INTAKE = Path(__file__).parents[2] / "server" / "intake"
CLIENT = INTAKE / "client"


def _read(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((CLIENT / name).read_text("utf-8"))
    return content


def _asked() -> dict[str, str]:
    package = _read("package.json")
    return {**package["dependencies"], **package["devDependencies"]}


def test_every_library_of_the_client_is_asked_for_by_one_version() -> None:
    """
    No range: nothing newer comes in that nobody read.
    """
    loose = {
        name: version for name, version in _asked().items() if not re.fullmatch(r"\d+\.\d+\.\d+", version)
    }

    assert loose == {}


def test_the_script_is_made_of_noble_and_our_own_modules() -> None:
    """
    One author's audited libraries, and whatever those need is theirs too.
    """
    packages = _read("package-lock.json")["packages"]
    shipped = [path for path, locked in packages.items() if path and not locked.get("dev")]

    assert set(_read("package.json")["dependencies"]) == {
        path.removeprefix("node_modules/") for path in shipped
    }
    assert all(path.startswith("node_modules/@noble/") for path in shipped)


def test_every_package_is_locked_with_its_version_and_sha512() -> None:
    """
    npm refuses other bytes than those that were locked, and the lock is for what is asked.
    """
    locked = {path: entry for path, entry in _read("package-lock.json")["packages"].items() if path}
    lacking = [
        path
        for path, entry in locked.items()
        if len(base64.b64decode(entry.get("integrity", "").removeprefix("sha512-"))) != 64
    ]

    assert lacking == []
    assert _asked() == {name: locked[f"node_modules/{name}"]["version"] for name in _asked()}


@pytest.mark.parametrize("place", ["here", "elsewhere"])
def test_the_committed_scripts_are_what_their_sources_make(place: str, tmp_path: Path) -> None:
    """
    Nobody has to trust a bundle: each is rebuilt, also in a folder of another name, and compared.
    """
    if not (CLIENT / "node_modules").exists() or not shutil.which("npm"):
        pytest.skip("run `make client` first")
    client = CLIENT
    if place == "elsewhere":
        client = tmp_path / "another" / "a" / "client"
        shutil.copytree(CLIENT, client, ignore=shutil.ignore_patterns("node_modules"))
        (client / "node_modules").symlink_to((CLIENT / "node_modules").resolve())
        (client.parent / "static").symlink_to(INTAKE / "static")
    scripts = _read("package.json")["scripts"]
    builds = [script for name, script in scripts.items() if name.startswith("build:")]
    for script in builds:
        program, *words, into = script.replace("npm run bundle --", scripts["bundle"]).split()
        command = [str(client / "node_modules" / ".bin" / program), *words]
        made = subprocess.run(command, cwd=client, capture_output=True, check=True).stdout

        assert made == (CLIENT / into.removeprefix("--outfile=")).read_bytes()
    assert len(builds) == 4

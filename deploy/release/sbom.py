"""What Onggi is made of: a CycloneDX 1.6 list, the same bytes for the same commit.

1. Packages, their hashes and who asks for whom are those of `LOCKS`; the client's those of package-lock.json;
   data of others those of licences.toml, hashed as they lie here. No network is asked, and nothing installed.
2. `scope` is `excluded` for what only builds or tests.

Format: https://cyclonedx.org, version 1.6. `make supply` checks a list against its schema.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import tomllib
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from deploy.archive.build import Source, entries

LOCKS: Final = ("requirements.lock", "deploy/archive/pip.txt")
LICENCES: Final = "deploy/release/licences.toml"
CLIENT: Final = "server/intake/client"
ONLY_HERE: Final = ("dev",)
"""Extras of pyproject.toml that no machine with testimony has."""
SPDX_ID: Final = re.compile(r"[A-Za-z0-9.-]+")


@dataclass(frozen=True)
class Locked:
    """One package of requirements.lock."""

    name: str
    version: str
    hashes: tuple[str, ...]
    """SHA-256 of each file that may be installed: a wheel for each machine, and the source."""
    via: frozenset[str]
    """The packages that ask for it."""


def sbom(source: Source) -> bytes:
    """The list of *source*, as JSON that ends in a line feed."""
    project = tomllib.loads((source.folder / "pyproject.toml").read_text("utf-8"))["project"]
    told = tomllib.loads((source.folder / LICENCES).read_text("utf-8"))
    locked = [each for file in LOCKS for each in read(source.folder / file)]
    running = reached(locked, asked(project) | {"pip"})
    parts = [_package(each, told["packages"][each.name], each.name in running) for each in locked]
    parts += _of_the_client(source.folder / CLIENT)
    parts += [_data(source.folder, path, about) for path, about in sorted(told["data"].items())]
    ours = _ref("pypi", project["name"], project["version"])
    asks: dict[str, list[str]] = {part["bom-ref"]: [] for part in parts}
    asks |= {_ref("pypi", each.name, each.version): _asks(each, locked) for each in locked}
    asks[ours] = list(asks)
    written = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'onggi:{source.commit}')}",
        "version": 1,
        "metadata": {
            "timestamp": datetime.fromtimestamp(source.time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": {
                "type": "application",
                "bom-ref": ours,
                "name": project["name"],
                "version": project["version"],
                "licenses": _licence(project["license"]),
                "purl": ours,
            },
        },
        "components": parts,
        "dependencies": [{"ref": ref, "dependsOn": sorted(wanted)} for ref, wanted in sorted(asks.items())],
    }
    return json.dumps(written, ensure_ascii=False, indent=1).encode() + b"\n"


def read(lock: Path) -> Iterator[Locked]:
    """The packages of a lock that uv wrote, with who asks for each."""
    for name, entry in entries(lock):
        hashes = tuple(re.findall(r"--hash=sha256:([0-9a-f]{64})", entry))
        via = re.findall(r"^    #(?: via|  ) +([\w.-]+)", entry, flags=re.MULTILINE)
        yield Locked(
            name, entry.partition("==")[2].split()[0], hashes, frozenset(map(canonicalize_name, via))
        )


def asked(project: Mapping[str, Any], but: Sequence[str] = ONLY_HERE) -> frozenset[str]:
    """What pyproject.toml asks for, without the extras of *but*."""
    extras = project["optional-dependencies"].items()
    words = [
        *project["dependencies"],
        *(word for name, more in extras if name not in but for word in more),
    ]
    return frozenset(canonicalize_name(Requirement(word).name) for word in words)


def reached(locked: Iterable[Locked], names: frozenset[str]) -> frozenset[str]:
    """*names*, and whatever they ask for, and so on."""
    locked = list(locked)
    while more := {each.name for each in locked if each.via & names} - names:
        names |= more
    return names


def _asks(one: Locked, locked: Iterable[Locked]) -> list[str]:
    return [_ref("pypi", each.name, each.version) for each in locked if one.name in each.via]


def _package(package: Locked, licence: str, runs: bool) -> dict[str, Any]:
    ref = _ref("pypi", package.name, package.version)
    return _library(package.name, package.version, ref, licence, runs) | {
        "externalReferences": [
            {
                "type": "distribution",
                "url": f"https://pypi.org/project/{package.name}/{package.version}/",
                "hashes": [{"alg": "SHA-256", "content": digest} for digest in package.hashes],
            }
        ]
    }


def _of_the_client(folder: Path) -> Iterator[dict[str, Any]]:
    packages = json.loads((folder / "package-lock.json").read_text("utf-8"))["packages"]
    for path, entry in sorted(packages.items()):
        if path:
            name, version = path.rpartition("node_modules/")[2], entry["version"]
            digest = base64.b64decode(entry["integrity"].removeprefix("sha512-")).hex()
            part = _library(name, version, _ref("npm", name, version), entry["license"], not entry.get("dev"))
            yield part | {"hashes": [{"alg": "SHA-512", "content": digest}]}


def _data(folder: Path, path: str, about: Mapping[str, str]) -> dict[str, Any]:
    return {
        "type": "data",
        "bom-ref": path,
        "name": path,
        "description": about["from"],
        "scope": "required",
        "hashes": [{"alg": "SHA-256", "content": hashlib.sha256((folder / path).read_bytes()).hexdigest()}],
        "licenses": _licence(about["licence"]),
    }


def _library(name: str, version: str, ref: str, licence: str, runs: bool) -> dict[str, Any]:
    return {
        "type": "library",
        "bom-ref": ref,
        "name": name,
        "version": version,
        "scope": "required" if runs else "excluded",
        "licenses": _licence(licence),
        "purl": ref,
    }


def _licence(spdx: str) -> list[dict[str, Any]]:
    if spdx == "any-OSI":
        return [{"license": {"name": "any licence that the OSI has approved"}}]
    return [{"license": {"id": spdx}}] if SPDX_ID.fullmatch(spdx) else [{"expression": spdx}]


def _ref(kind: str, name: str, version: str) -> str:
    """The package's URL (purl), which names it in every such list."""
    return f"pkg:{kind}/{name.replace('@', '%40')}@{version}"

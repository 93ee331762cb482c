"""What is installed here: that each file is the one its package listed, and that all of it starts.

Source: PyPA, "Recording installed projects" (RECORD). It finds damage and a half-made upgrade, and no
adversary: whoever may change a file here may change its line in RECORD as well.
"""

from __future__ import annotations

import base64
import hashlib
import pkgutil
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from importlib import import_module
from importlib.metadata import Distribution, PackagePath, distribution, distributions
from pathlib import Path
from typing import Final

import sqlcipher3.dbapi2 as sqlcipher

import archive
from archive.machine import Fact
from archive.search.analyzer import analyze

SENTENCES: Final = {"혜산에서 강을 건넜다": "강", "她過了江": "过", "she crossed rivers": "river"}
"""What search has to make of a sentence in each language: a noun, the other script, a stem."""
AGAIN: Final = "install again, from a stick whose files have their hashes (deploy/archive/README.md)"


def installed(prefix: Path = Path(sys.prefix)) -> datetime:
    """When this Onggi was installed by the clock of that day, or made, where it says so and that is later."""
    record = next(file for file in distribution("onggi").files or () if file.name == "RECORD")
    times = [Path(str(record.locate())).stat().st_mtime]
    if (release := prefix / "RELEASE").exists():
        times += [
            float(made) for made in re.findall(r"^time (\d+)$", release.read_text("utf-8"), re.MULTILINE)
        ]
    return datetime.fromtimestamp(max(times), UTC)


def facts(progress: Callable[[int, int], None] = lambda done, all: None) -> Iterator[Fact]:
    """The version, its files, its modules, its encryption and its dictionaries."""
    yield Fact("ok", f"onggi {distribution('onggi').version}")
    yield files(distributions(), progress)
    yield from (modules(), encryption(), dictionaries())


def files(
    packages: Iterable[Distribution], progress: Callable[[int, int], None] = lambda done, all: None
) -> Fact:
    """Every file of these packages has the hash that was written down when it was installed."""
    listed = [(each, file) for each in packages for file in each.files or () if file.hash is not None]
    changed = []
    for number, (package, file) in enumerate(listed, 1):
        if not _as_recorded(file):
            changed.append(f"{package.name}: {file}")
        progress(number, len(listed))
    if not listed:
        return Fact("bad", "no list of the installed files is here", AGAIN)
    if changed:
        return Fact("bad", f"{len(changed)} installed files were changed, the first of {changed[0]}", AGAIN)
    return Fact("ok", f"{len(listed)} installed files are as they were installed")


def modules() -> Fact:
    """Every module of the archive can be loaded."""
    for module in pkgutil.walk_packages(archive.__path__, "archive."):
        try:
            import_module(module.name)
        except (ImportError, OSError) as error:
            return Fact("bad", f"{module.name} cannot be loaded: {error}", AGAIN)
    return Fact("ok", "every module of the archive can be loaded")


def encryption() -> Fact:
    """The database is SQLCipher; one that was built without it would keep the vault readable."""
    with sqlcipher.connect(":memory:") as memory:
        version = memory.execute("PRAGMA cipher_version").fetchone()
    memory.close()
    return (
        Fact("ok", f"SQLCipher {version[0]}") if version else Fact("bad", "SQLCipher does not answer", AGAIN)
    )


def dictionaries() -> Fact:
    """Search understands a sentence in each of its languages."""
    for sentence, word in SENTENCES.items():
        if word not in {term.text for term in analyze(sentence).terms}:
            return Fact("bad", f"search does not find {word} in a sentence that has it", AGAIN)
    return Fact("ok", "search reads Korean, Chinese and English")


def _as_recorded(file: PackagePath) -> bool:
    assert file.hash is not None
    try:
        with Path(str(file.locate())).open("rb") as source:
            found = hashlib.file_digest(source, file.hash.mode).digest()
    except OSError:
        return False
    return base64.urlsafe_b64encode(found).rstrip(b"=").decode() == file.hash.value

"""Builds the folder that is carried to the archive's machine: packages, installer, and a signature.

    python -m deploy.archive.build INTO --key FOLDER [--debian 12|13] [--new-key]

1. What is committed is built, and nothing else of the working tree.
2. Every package is one that requirements.lock names by hash. Wheels are taken, which run nothing; the one
   package that has none is built from the source of that hash.
3. The same commit, lock, target and key give the same folder, byte for byte: SOURCE_DATE_EPOCH is the
   commit's time (reproducible-builds.org). So a second person can build it and compare.
4. SHA256SUMS names every file, and SHA256SUMS.note is the same text signed.

Why so, and what it costs: docs/decisions/0025-offline-install.md.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click
from packaging.utils import canonicalize_name, parse_wheel_filename

from archive import locks
from archive.command_line import passphrase
from archive.errors import ArchiveError
from crypto.keys import SigningKey
from crypto.notes import sign_note

HERE: Final = Path(__file__).parents[2]
SIGNER: Final = "onggi-release"
LOCK: Final = "release"
"""The name of the lock in which the release key lies, under its keeper's passphrase."""
PHRASE: Final = "ONGGI_RELEASE_PASSPHRASE"
CARRIED: Final = ("install.sh", "README.md")
WHEELLESS: Final = ("kiwipiepy-model",)
"""Only its source is on PyPI: the words that Kiwi knows, and no code but its setup."""
Say = Callable[[str], None]
"""Tells which step begins."""
OLDEST_GLIBC: Final = 5
"""manylinux_2_5 is the oldest that any wheel names."""
PAPER: Final = """
Print this on paper, and let it travel apart from the stick:

  Onggi {version}, commit {commit}
  install.sh   sha256  {installer}
  release key  {fingerprint}
"""


class BuildRefused(Exception):
    """The folder cannot be built as it must; nothing was signed."""


@dataclass(frozen=True)
class Target:
    """The machine that it is for."""

    python: str
    glibc: int
    """The minor version; the major one is 2 since 1997."""
    machine: str = "x86_64"

    def flags(self) -> list[str]:
        """What tells pip to look for this machine and not for ours."""
        tags = [f"manylinux_2_{minor}_{self.machine}" for minor in range(self.glibc, OLDEST_GLIBC - 1, -1)]
        tags += [f"manylinux{name}_{self.machine}" for name in ("2014", "2010", "1")]
        flags = [word for tag in tags for word in ("--platform", tag)]
        return [*flags, "--python-version", self.python, "--implementation", "cp"]


DEBIAN: Final = {"12": ("3.11", 36), "13": ("3.13", 41)}
"""What Python and what glibc 2 a Debian has."""


@dataclass(frozen=True)
class Source:
    """What is committed, in a folder of its own."""

    folder: Path
    commit: str
    time: int
    """Seconds since 1970 at which it was committed."""


def export(into: Path, repository: Path = HERE) -> Source:
    """The newest commit of *repository*, written into a new folder."""
    try:
        commit, time = _git(repository, "log", "-1", "--format=%H %ct").decode().split()
        packed = _git(repository, "archive", "--format=tar", commit)
    except (OSError, subprocess.CalledProcessError):
        raise BuildRefused(
            "this is no git checkout with a commit: what is built could not be named"
        ) from None
    with tarfile.open(fileobj=io.BytesIO(packed)) as files:
        files.extractall(into, filter="data")
    return Source(into, commit, int(time))


def build(
    into: Path,
    source: Source,
    target: Target,
    key: SigningKey,
    say: Say = lambda step: None,
) -> str:
    """Write everything into the new folder *into*; what belongs on the paper. `BuildRefused` otherwise."""
    make_new(into)
    wheels, lock = into / "wheels", source.folder / "requirements.lock"
    wheels.mkdir()
    say("building Onggi's own wheel")
    built = make_wheels(wheels, source, lock)
    own = next(wheel for wheel in built if wheel.name.startswith("onggi-"))
    say("fetching the packages that requirements.lock names")
    _fetch(wheels, own, source, target)
    say("comparing their hashes, and signing")
    (into / "requirements.txt").write_text(pin(wheels, built, read_lock(lock)), "utf-8")
    for name in CARRIED:
        shutil.copyfile(source.folder / "deploy" / "archive" / name, into / name)
    version = str(parse_wheel_filename(own.name)[1])
    tell(into, version, source, python=target.python, machine=target.machine)
    sign(into, key)
    return PAPER.format(
        version=version,
        commit=source.commit[:12],
        installer=on_paper(into / "install.sh"),
        fingerprint=key.public.fingerprint(),
    )


def make_new(into: Path) -> None:
    """Make the folder *into*, or `BuildRefused` where something is in it."""
    if into.exists() and any(into.iterdir()):
        raise BuildRefused("this folder is not empty; name a new one")
    into.mkdir(parents=True, exist_ok=True)


def on_paper(path: Path) -> str:
    """The SHA-256 of a file in groups of four, to be compared by eye."""
    return " ".join(re.findall("....", _sha256(path)))


def tell(into: Path, version: str, source: Source, **more: str) -> None:
    """Write RELEASE, which says what this is, a line each."""
    about = {"version": version, "commit": source.commit, "time": source.time, **more}
    (into / "RELEASE").write_text("".join(f"{name} {value}\n" for name, value in about.items()), "utf-8")


def sign(into: Path, key: SigningKey) -> None:
    """List every file of *into* by its hash, and sign the list; both in place of those that were there."""
    ours = [into / name for name in ("SHA256SUMS", "SHA256SUMS.note", "RELEASE-KEY")]
    files = sorted(path for path in into.rglob("*") if path.is_file() and path not in ours)
    sums = "".join(f"{_sha256(path)}  {path.relative_to(into).as_posix()}\n" for path in files)
    (into / "SHA256SUMS").write_text(sums, "utf-8")
    (into / "SHA256SUMS.note").write_bytes(sign_note(sums, SIGNER, key))
    (into / "RELEASE-KEY").write_text(key.public.to_text() + "\n", "utf-8")


def make_wheels(wheels: Path, source: Source, lock: Path) -> list[Path]:
    """Onggi's own wheel and those of `WHEELLESS`. Their times are the commit's, their modes of one umask."""
    asked = wheels.with_name("asked.txt")
    asked.write_text("".join(entry for name, entry in entries(lock) if name in WHEELLESS), "utf-8")
    here = ("--no-deps", "--no-build-isolation", "--wheel-dir", wheels)
    _pip("wheel", *here, "--require-hashes", "-r", asked, time=source.time)
    _pip("wheel", *here, source.folder, time=source.time)
    asked.unlink()
    return sorted(wheels.iterdir())


def _fetch(wheels: Path, own: Path, source: Source, target: Target) -> None:
    """Every wheel that the archive's room needs, and pip's own: Debian gives a new environment none."""
    pins = wheels.with_name("pins.txt")
    named = [entry.partition("\\")[0].strip() for _, entry in entries(source.folder / "requirements.lock")]
    pins.write_text("\n".join(named), "utf-8")
    only = ("--only-binary", ":all:", "--find-links", wheels, "--dest", wheels)
    _pip("download", *only, *target.flags(), "--constraint", pins, f"{own}[archive]")
    _pip("download", *only, "--no-deps", "--require-hashes", "-r", source.folder / "deploy/archive/pip.txt")
    pins.unlink()


def pin(wheels: Path, built: Sequence[Path], allowed: dict[str, frozenset[str]]) -> str:
    """The requirements of the installation, each with the one hash of its wheel, which the lock allows."""
    lines = []
    for wheel in sorted(wheels.iterdir()):
        name, version, _, _ = parse_wheel_filename(wheel.name)
        digest = _sha256(wheel)
        if name == "pip":
            continue  # its own file of pins was its check, and it does not install itself
        if wheel not in built and digest not in allowed.get(f"{name}=={version}", ()):
            raise BuildRefused(f"{wheel.name} has not the hash that requirements.lock names")
        extra = "[archive]" if name == "onggi" else ""
        lines.append(f"{name}{extra}=={version} --hash=sha256:{digest}\n")
    return "".join(lines)


def entries(lock: Path) -> Iterator[tuple[str, str]]:
    """Each package's name and all its lines."""
    for entry in re.split(r"^(?=[a-zA-Z0-9])", lock.read_text("utf-8"), flags=re.MULTILINE):
        if named := re.match(r"[\w.-]+(?===)", entry):
            yield canonicalize_name(named[0]), entry


def read_lock(lock: Path) -> dict[str, frozenset[str]]:
    """The hashes that the lock allows for each package and version."""
    found = {}
    for name, entry in entries(lock):
        version = entry.partition("==")[2].split()[0]
        found[f"{name}=={version}"] = frozenset(re.findall(r"--hash=sha256:([0-9a-f]{64})", entry))
    return found


def _pip(command: str, *words: object, time: int | None = None) -> None:
    environment = dict(os.environ) | ({} if time is None else {"SOURCE_DATE_EPOCH": str(time)})
    asked = [sys.executable, "-m", "pip", command, "--quiet", "--disable-pip-version-check", *map(str, words)]
    ran = subprocess.run(asked, env=environment, umask=0o022, capture_output=True, text=True)
    if ran.returncode:
        raise BuildRefused(f"pip {command} stopped: {ran.stderr.strip()[-600:]}")


def _git(repository: Path, *words: str) -> bytes:
    return subprocess.run(["git", *words], cwd=repository, check=True, capture_output=True).stdout


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def open_key(folder: Path, *, new: bool) -> SigningKey:
    """The release key in *folder*; only when it is asked for is one made."""
    there = locks.lock_file(folder, LOCK).exists()
    if not there and not new:
        raise BuildRefused("there is no release key in this folder; --new-key makes one")
    phrase = passphrase(PHRASE, "Passphrase of the release key", confirm=not there)
    return SigningKey((locks.unlock if there else locks.make)(folder, LOCK, phrase))


def asking(module: str, description: str) -> argparse.ArgumentParser:
    """What both builds ask for: the folder, the key, and for which kind of machine."""
    asked = argparse.ArgumentParser(prog=f"python -m {module}", description=description)
    asked.add_argument("into", type=Path, help="a new folder")
    asked.add_argument(
        "--key", type=Path, required=True, help="the folder of the release key, best on a stick"
    )
    asked.add_argument("--new-key", action="store_true", help="make the release key when there is none")
    asked.add_argument("--machine", choices=("x86_64", "aarch64"), default=platform.machine())
    return asked


def run(name: str, given: argparse.Namespace, make: Callable[[Source, SigningKey, Say], str]) -> int:
    """Build from what is committed, and print what belongs on the paper, or in one line why not."""
    try:
        key = open_key(given.key, new=given.new_key)
        with tempfile.TemporaryDirectory(prefix="onggi-") as scratch:
            source = export(Path(scratch) / "source")
            print(make(source, key, lambda step: print(f"{name}: {step}", file=sys.stderr, flush=True)))
    except (BuildRefused, ArchiveError, OSError) as error:
        print(f"{name}: error: {error}", file=sys.stderr)
        return 1
    except (KeyboardInterrupt, click.Abort):
        print(f"{name}: stopped; nothing was signed. Remove the folder and run it again", file=sys.stderr)
        return 1
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    asked = asking("deploy.archive.build", "The archive's offline installer, to be carried on a stick.")
    asked.add_argument("--debian", choices=DEBIAN, default="12", help="of the archive's machine (12)")
    given = asked.parse_args(arguments)
    target = Target(*DEBIAN[given.debian], given.machine)
    return run("build", given, lambda source, key, say: build(given.into, source, target, key, say))


if __name__ == "__main__":
    sys.exit(main())

"""Builds a release: one folder with all that is given out of a version, listed by hash and signed.

    python -m deploy.release.build INTO --key FOLDER [--debian 12 13] [--new-key]

1. It holds the source (an archive that pip installs from), the wheel, the browser's scripts, the list of
   parts, and the folder that is carried to the archive's machine, for each Debian (deploy/archive/build.py).
2. What is committed is built, and nothing else of the working tree. The scripts are bundled anew and must be
   those that are committed; the wheel must be the same for each Debian.
3. The same commit and key give the same bytes, in any folder, at any hour, under any umask, zone and
   language. So a second person can build it and compare SHA256SUMS.
4. `verify-release` in it needs sh, coreutils, openssl and python3, and the fingerprint from paper.

How: docs/releasing.md. Why so, and what it costs: docs/decisions/0047-releases.md.
"""

from __future__ import annotations

import gzip
import io
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from packaging.utils import parse_wheel_filename

from crypto.keys import SigningKey
from deploy.archive import build as offline
from deploy.archive.build import DEBIAN, BuildRefused, Say, Source, Target, make_new, on_paper
from deploy.release.sbom import CLIENT, sbom

VERIFIER: Final = "verify-release"
SCRIPTS: Final = {
    "app.js": "server/intake/static/app.js",
    "carry.js": "server/intake/static/carry.js",
    "capsule.js": "crypto/capsule/page.js",
    "capsule.css": "crypto/capsule/page.css",
}
"""What esbuild makes: its name in the release, and where it is committed."""
PAPER: Final = """
Print this on paper, and let it be told in more than one place:

  Onggi {version}, commit {commit}
  verify-release  sha256  {verifier}
  install.sh      sha256  {installer}
  release key     {fingerprint}
"""


def build(
    into: Path,
    source: Source,
    targets: dict[str, Target],
    key: SigningKey,
    say: Say = lambda step: None,
) -> str:
    """Write the release into the new folder *into*; what belongs on the paper. `BuildRefused` otherwise.

    *targets* are the machines to install on without a network, at least one, by the names of their folders.
    """
    make_new(into)
    committed = sorted(path for path in source.folder.rglob("*") if not path.is_dir())
    say("bundling the browser's scripts, and comparing them with those committed")
    _scripts(into / "client", source)
    own = None
    for name, target in targets.items():
        say(f"for {name}")
        offline.build(into / name, source, target, key, say)
        own = _same(into, next((into / name / "wheels").glob("onggi-*.whl")))
    if own is None:
        raise BuildRefused("a release is for one machine at least")
    say("writing the source and the list of parts, and signing")
    version = str(parse_wheel_filename(own.name)[1])
    (into / f"onggi-{version}.tar.gz").write_bytes(sdist(source, committed, own, f"onggi-{version}"))
    (into / f"onggi-{version}.cdx.json").write_bytes(sbom(source))
    shutil.copyfile(source.folder / "deploy" / "release" / VERIFIER, into / VERIFIER)
    offline.tell(into, version, source)
    offline.sign(into, key)
    return PAPER.format(
        version=version,
        commit=source.commit[:12],
        verifier=on_paper(into / VERIFIER),
        installer=on_paper(into / next(iter(targets)) / "install.sh"),
        fingerprint=key.public.fingerprint(),
    )


def sdist(source: Source, committed: Sequence[Path], wheel: Path, name: str) -> bytes:
    """All that is *committed* as one archive, as pip takes it: with the wheel's own METADATA as PKG-INFO.

    In this order, of one time, with one mode for each kind and nobody's name.
    """
    with zipfile.ZipFile(wheel) as packed:
        metadata = next(each for each in packed.namelist() if each.endswith(".dist-info/METADATA"))
        told = packed.read(metadata)
    written = io.BytesIO()
    with (
        gzip.GzipFile(
            fileobj=written, mode="wb", filename="", compresslevel=6, mtime=source.time
        ) as squeezed,
        tarfile.open(fileobj=squeezed, mode="w", format=tarfile.PAX_FORMAT) as files,
    ):
        _add(files, f"{name}/PKG-INFO", told, source.time)
        for path in committed:
            if path.is_symlink():
                raise BuildRefused(f"{path.name} is a link, which could lead out of the source")
            runs = bool(path.stat().st_mode & 0o100)
            at = f"{name}/{path.relative_to(source.folder).as_posix()}"
            _add(files, at, path.read_bytes(), source.time, runs=runs)
    return written.getvalue()


def _add(files: tarfile.TarFile, at: str, content: bytes, time: int, *, runs: bool = False) -> None:
    member = tarfile.TarInfo(at)
    member.size, member.mtime, member.mode = len(content), time, 0o755 if runs else 0o644
    files.addfile(member, io.BytesIO(content))


def _scripts(into: Path, source: Source) -> None:
    """The browser's scripts, made by the pinned esbuild of the pinned libraries; equal to the committed."""
    into.mkdir()
    with tempfile.TemporaryDirectory(prefix="onggi-") as scratch:
        copy = Path(scratch)
        for folder in {Path(CLIENT), *(Path(place).parent for place in SCRIPTS.values())}:
            shutil.copytree(source.folder / folder, copy / folder, dirs_exist_ok=True)
        for place in SCRIPTS.values():
            (copy / place).unlink()
        _npm(copy / CLIENT, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
        _npm(copy / CLIENT, "run", "build")
        for name, place in SCRIPTS.items():
            if (copy / place).read_bytes() != (source.folder / place).read_bytes():
                raise BuildRefused(f"{place} is not what its sources make; `make client`, then commit it")
            shutil.copyfile(copy / place, into / name)


def _npm(folder: Path, *words: str) -> None:
    if not shutil.which("npm"):
        raise BuildRefused("npm is not on this machine; Debian has it as npm")
    ran = subprocess.run(["npm", *words], cwd=folder, capture_output=True, text=True)
    if ran.returncode:
        raise BuildRefused(f"npm {words[0]} stopped: {ran.stderr.strip()[-600:]}")


def _same(into: Path, wheel: Path) -> Path:
    """*wheel* as a file of the release itself; it is the same for every Debian."""
    own = into / wheel.name
    if own.exists() and own.read_bytes() != wheel.read_bytes():
        raise BuildRefused(f"{wheel.name} is not the same bytes for each Debian")
    shutil.copyfile(wheel, own)
    return own


def main(arguments: Sequence[str] | None = None) -> int:
    asked = offline.asking("deploy.release.build", "A signed release.")
    asked.add_argument("--debian", choices=DEBIAN, nargs="+", default=list(DEBIAN), help="which (all)")
    given = asked.parse_args(arguments)
    targets = {f"debian-{name}": Target(*DEBIAN[name], given.machine) for name in given.debian}
    return offline.run(
        "release", given, lambda source, key, say: build(given.into, source, targets, key, say)
    )


if __name__ == "__main__":
    sys.exit(main())

"""A folder as it is carried to the archive's machine, whose packages are a few lines each.

Its pip is a program that writes down that it ran; so a test sees whether anything of the folder did.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from crypto.keys import SigningKey
from deploy.archive.build import sign

HERE = Path(__file__).parents[2]
INSTALLER = HERE / "deploy" / "archive" / "install.sh"
PIP = """
import pathlib, sys
pathlib.Path({ran!r}).touch()
{then}
onggi = pathlib.Path(sys.prefix, "bin", "onggi")
onggi.write_text("#!/bin/sh\\necho {says}; exit {code}\\n")
onggi.chmod(0o755)
"""


@dataclass
class Carried:
    """The stick's folder, and the machine's folder that it is installed into."""

    place: Path
    key: SigningKey = field(default_factory=SigningKey.generate)

    @property
    def stick(self) -> Path:
        return self.place / "stick"

    @property
    def into(self) -> Path:
        return self.place / "machine"

    @property
    def ran(self) -> Path:
        """Is there when anything of the folder ran."""
        return self.place / "ran"

    def write(self, *, time: int = 1000, says: str = "checked", code: int = 0, then: str = "") -> Carried:
        """The folder anew: its pip does *then*, and what it installs *says* a word and ends with *code*."""
        shutil.rmtree(self.stick, ignore_errors=True)
        (self.stick / "wheels").mkdir(parents=True)
        with zipfile.ZipFile(self.stick / "wheels" / "pip-1-py3-none-any.whl", "w") as wheel:
            wheel.writestr("pip/__main__.py", PIP.format(ran=str(self.ran), then=then, says=says, code=code))
        (self.stick / "wheels" / "onggi-1-py3-none-any.whl").write_bytes(b"a wheel")
        (self.stick / "requirements.txt").write_text("onggi==1\n", "utf-8")
        (self.stick / "README.md").write_text("how to\n", "utf-8")
        shutil.copyfile(INSTALLER, self.stick / "install.sh")
        self.tell(version="1", time=f"{time}")
        return self

    def tell(self, **changes: str) -> None:
        """Write RELEASE with these *changes*, and sign everything."""
        told = {"version": "1", "commit": "0" * 40, "time": "1000", "python": python_of_the_system()}
        told |= {"machine": platform.machine()} | changes
        (self.stick / "RELEASE").write_text("".join(f"{k} {v}\n" for k, v in told.items()), "utf-8")
        sign(self.stick, self.key)

    def install(
        self, *options: str, typed: str | None = None, script: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        """What a person at the machine does, with what she *typed* from the paper."""
        given = self.key.public.fingerprint() if typed is None else typed
        words = ["sh", str(script or self.stick / "install.sh"), "--into", str(self.into), *options]
        return install(words, given)

    def nothing_ran(self) -> bool:
        return not self.ran.exists() and not (self.into / "releases").exists()


def install(words: list[str], typed: str) -> subprocess.CompletedProcess[str]:
    """Run the installer, without what this process's environment says about Python and pip."""
    clean = {name: os.environ[name] for name in ("HOME", "TMPDIR") if name in os.environ}
    return subprocess.run(words, input=typed + "\n", env=clean, capture_output=True, text=True, timeout=240)


def python_of_the_system() -> str:
    asked = ["python3", "-I", "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    told = subprocess.run(
        asked, env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}, capture_output=True, text=True, check=True
    )
    return told.stdout.strip()

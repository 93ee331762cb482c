"""Documents that need an office program: LibreOffice in our sandbox, or Dangerzone where it is there.

Neither is required. Without them a document stays closed, and its archivist is told which program opens it.
What either gives is a PDF, which is a stranger's file still, and is opened as one.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from archive.attachments import sandbox
from archive.attachments.memory import MIB, LimitReached, Memory, NotOpened
from archive.attachments.sandbox import Limits, SandboxUnavailable

DANGERZONE: Final = "dangerzone-cli"
SECONDS: Final = 300
IN_MEMORY: Final = Path("/dev/shm")
_CONVERT: Final = (
    'cat > /tmp/given && cd /tmp && "$0" -env:UserInstallation=file:///tmp/profile --headless --norestore'
    " --convert-to pdf --outdir /tmp/made /tmp/given >/dev/null && cat /tmp/made/given.pdf"
)


def to_pdf(source: Memory) -> Memory:
    """*source* as LibreOffice prints it; `SandboxUnavailable` where it is not installed."""
    office = next((name for name in ("soffice", "libreoffice") if sandbox.available(name)), None)
    if office is None:
        raise SandboxUnavailable(
            "documents of this kind need LibreOffice or Dangerzone, which are not installed"
        )
    limits = Limits(seconds=SECONDS, memory=8192 * MIB, output=256 * MIB, file=256 * MIB)
    command = ["/bin/sh", "-c", _CONVERT, sandbox.program(office)]
    return Memory(sandbox.run(command, source, limits, children=True)).seal()


def dangerzone_version() -> str | None:
    """The version of Dangerzone that is installed, or None."""
    if not sandbox.available(DANGERZONE):
        return None
    asked = subprocess.run(
        [sandbox.program(DANGERZONE), "--version"], capture_output=True, timeout=30, text=True
    )
    return asked.stdout.strip()[:80]


def through_dangerzone(source: Memory) -> Memory:
    """*source* as Dangerzone gives it back. It reads files, so both lie in a folder in memory meanwhile."""
    command = sandbox.program(DANGERZONE)
    with tempfile.TemporaryDirectory(dir=IN_MEMORY) as folder:
        given, made = Path(folder) / "given", Path(folder) / "made.pdf"
        with os.fdopen(os.open(given, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.writelines(source.pieces())
        words = [command, "--output-filename", str(made), str(given)]
        try:
            done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            raise LimitReached(f"not done after {SECONDS} seconds") from None
        if done.returncode or not made.exists():
            raise NotOpened("Dangerzone could not make a safe document of this file")
        with made.open("rb") as file:
            return Memory(iter(lambda: file.read(MIB), b"")).seal()

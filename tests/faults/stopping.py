"""Run the onggi command in this process, and die without a word at the nth change that it makes to a disk.

Usage: python tests/faults/stopping.py N FOLDER WORDS...; only changes under FOLDER count.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

CHANGES = ("os.rename", "os.remove", "os.rmdir", "os.mkdir", "sqlite3.connect")


def main() -> None:
    left, folder = int(sys.argv[1]), sys.argv[2]

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal left
        wrote = event == "open" and arguments[1] in ("wb", "w", "xb")
        if (event in CHANGES or wrote) and os.fsdecode(arguments[0]).startswith(folder):
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)

    from onggi import main as onggi

    sys.addaudithook(watch)
    onggi(sys.argv[3:])


if __name__ == "__main__":
    main()

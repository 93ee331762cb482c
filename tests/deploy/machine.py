"""A copy of this machine that is thrown away: the installers change it as they would an operator's.

Its disk is this one's below a layer of memory (overlayfs), in namespaces of its own: nothing that is written,
served or started there is seen outside, no network is reached, and everything ends with the block. Only
systemd does not run in it, so services are started here as their units say.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.servers import running, wait_for

REPOSITORY: Final = Path(__file__).parents[2]
PROGRAM: Final = Path(sys.prefix).resolve()
PYTHON: Final = Path(sys.base_prefix).resolve()
SH: Final = "/bin/sh"
MADE: Final = """
set -e
mount -t tmpfs -o mode=755 tmpfs "$1"
mkdir "$1/up" "$1/work" "$1/disk"
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/up,workdir=$1/work" "$1/disk"
mount --rbind /dev "$1/disk/dev"
mount -t proc proc "$1/disk/proc"
mount -t tmpfs -o mode=755 tmpfs "$1/disk/run"
mount -t tmpfs -o mode=1777 tmpfs "$1/disk/tmp"
for each in "$2" "$3"; do mkdir -p "$1/disk$each"; mount --bind -o ro "$each" "$1/disk$each"; done
ip link set lo up
touch "$1/ready"
exec sleep 600
"""
"""Run as root in new namespaces: the folder, the repository, the environment that has Onggi."""


def lacking() -> str:
    """Why no machine can be copied here, or nothing."""
    if os.getuid() != 0:
        return "only root can copy the machine"
    missing = [each for each in ("unshare", "nsenter", "ip", "dpkg-query") if not shutil.which(each)]
    if missing:
        return f"not installed: {', '.join(missing)}"
    tried = "mount -t tmpfs t /mnt && mkdir /mnt/u /mnt/w /mnt/d && "
    tried += "mount -t overlay o -o lowerdir=/,upperdir=/mnt/u,workdir=/mnt/w /mnt/d"
    ran = subprocess.run(
        ["unshare", "-m", "-n", "-p", "-f", SH, "-c", tried], capture_output=True, check=False
    )
    return "" if ran.returncode == 0 else "this kernel or container does not let overlayfs be mounted"


@dataclass
class Machine:
    """What runs in it and what was written on its disk since it was copied."""

    layers: Path
    pid: int
    stack: ExitStack
    logs: Path
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def disk(self) -> Path:
        """Its / as it is seen from here."""
        return Path(f"/proc/{self.pid}/root{self.layers}/disk")

    @property
    def written(self) -> Path:
        """The layer of what was changed."""
        return Path(f"/proc/{self.pid}/root{self.layers}/up")

    def command(self, *words: str, user: str = "root", group: str = "") -> list[str]:
        entered = ["nsenter", "-t", str(self.pid), "-m", "-n", "-p", "chroot", str(self.layers / "disk")]
        if user != "root":
            entered += [
                "setpriv",
                "--reuid",
                user,
                "--regid",
                group or user,
                "--clear-groups",
                "--no-new-privs",
            ]
        told = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "PYTHONPATH": str(REPOSITORY), **self.environment}
        return [*entered, "env", "-i", *(f"{name}={value}" for name, value in told.items()), *words]

    def run(self, *words: str, user: str = "root") -> subprocess.CompletedProcess[str]:
        return subprocess.run(self.command(*words, user=user), capture_output=True, text=True, check=False)

    def start(self, name: str, *words: str, user: str = "root", group: str = "", ready: str) -> None:
        """A process of this machine, until it ends; *ready* is a test that the shell can answer."""
        log = self.logs / f"{name}.said"
        process = self.stack.enter_context(running(self.command(*words, user=user, group=group), log))
        wait_for(process, log, lambda: self.run(SH, "-c", ready).returncode == 0)

    def start_unit(self, name: str, ready: str) -> None:
        """A service as its unit says: its user, its folder, its words; what it says lies in `logs`."""
        unit = self.unit(name)
        user, group = unit["User"], unit.get("Group", unit["User"])
        if folder := unit.get("RuntimeDirectory"):
            self.must(
                "install", "-d", "-m", unit["RuntimeDirectoryMode"], "-o", user, "-g", group, f"/run/{folder}"
            )
        words = shlex.split(unit["ExecStart"])
        self.start(name, "env", *unit["Environment"].split(), *words, user=user, group=group, ready=ready)

    def unit(self, name: str) -> dict[str, str]:
        """The settings of a unit; what is said twice, one after the other."""
        found: dict[str, str] = {}
        for line in (self.disk / f"etc/systemd/system/{name}.service").read_text("utf-8").splitlines():
            word, _, value = line.partition("=")
            if value and word.isalpha():
                found[word] = f"{found[word]} {value}" if word in found else value
        return found

    def must(self, *words: str, user: str = "root") -> str:
        ran = self.run(*words, user=user)
        assert ran.returncode == 0, f"{words}\n{ran.stdout}\n{ran.stderr}"
        return ran.stdout

    def state(self) -> dict[str, tuple[int, int, int]]:
        """Every name that was changed since it was copied: its mode, its size, the time of its last write."""
        found = {}
        for path in self.written.rglob("*"):
            told = path.lstat()
            found[str(path.relative_to(self.written))] = (told.st_mode, told.st_size, told.st_mtime_ns)
        return found


@contextmanager
def copied(folder: Path) -> Iterator[Machine]:
    """This machine once more, until the block ends."""
    layers, log = folder / "machine", folder / "machine.said"
    layers.mkdir()
    made = ["unshare", "-m", "-n", "-p", "-f", "--kill-child", SH, "-c", MADE, "made"]
    with running([*made, str(layers), str(REPOSITORY), str(PROGRAM)], log) as holder:
        inside = _first_child(holder, log)
        wait_for(holder, log, lambda: Path(f"/proc/{inside}/root{layers}/ready").exists())
        with ExitStack() as stack:
            machine = Machine(layers, inside, stack, folder)
            # Where these lie in somebody's home, it is closed to others.
            for path in {each for at in (REPOSITORY, PROGRAM, PYTHON) for each in at.parents}:
                if not path.is_relative_to(REPOSITORY) and not path.is_relative_to(PROGRAM):
                    machine.must("chmod", "a+x", str(path))
            yield machine


def _first_child(holder: subprocess.Popen[bytes], log: Path) -> int:
    children = Path(f"/proc/{holder.pid}/task/{holder.pid}/children")
    wait_for(holder, log, lambda: bool(children.read_text().split()))
    return int(children.read_text().split()[0])

"""Runs one program on untrusted bytes where it can reach nothing: nowhere else is a stranger's file parsed.

1. Bubblewrap gives it namespaces of its own: no network, no home, no /tmp, no other process; /usr cannot be
   written.
2. Memory, processor time, wall time, the size of what it writes and of what it hands out are limited; by
   default it cannot start a second process (`seccomp`).
3. Bytes go in through a file in memory that nobody can change any more, or a pipe; they come out by a pipe.
   No plaintext touches a disk, and none is left when this process is killed.
4. Where the sandbox cannot be set up, nothing runs. There is no other way to run it.

What it costs: a file lies in memory while it is open here (`memory`). The kernel is shared: who breaks the
kernel breaks out.
"""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from archive.attachments import seccomp
from archive.attachments.memory import MIB, LimitReached, Memory, NotOpened
from archive.errors import ArchiveError

PIECE: Final = 1 << 18
HINT: Final = "install bubblewrap, and let this user make user namespaces; nothing is opened without it"
_LINKS: Final = ("bin", "sbin", "lib", "lib64")
_SETTINGS: Final = ("/etc/fonts", "/etc/alternatives", "/etc/ld.so.cache", "/var/cache/fontconfig")
"""What programs of /usr need outside of it: which fonts and which libraries there are."""


class SandboxUnavailable(ArchiveError):
    """No sandbox can be set up on this machine, so no file is opened."""


@dataclass(frozen=True)
class Limits:
    """What one run may use."""

    seconds: int = 60
    """Of the clock, and of processor time on each of two cores."""
    memory: int = 1536 * MIB
    """Bytes of address space."""
    output: int = 512 * MIB
    """Bytes it may hand out."""
    file: int = 0
    """Bytes of the largest file it may write."""


def whole(
    argv: Sequence[str],
    given: Memory | Iterable[bytes] | None = None,
    limits: Limits = Limits(),
    **more: object,
) -> bytes:
    """All that the program hands out."""
    return b"".join(run(argv, given, limits, **more))  # type: ignore[arg-type]


def run(
    argv: Sequence[str],
    given: Memory | Iterable[bytes] | None = None,
    limits: Limits = Limits(),
    *,
    beside: Sequence[Memory] = (),
    reads: Sequence[tuple[Path, str]] = (),
    children: bool = False,
) -> Iterator[bytes]:
    """What *argv* writes, in pieces, while it runs on *given* as its standard input.

    *beside* are further files in memory, which it finds at `inside(memory)`. *reads* are paths of this
    machine that it may read, and where. With *children* it may fork, and has a /tmp of its own in memory.
    Raises `SandboxUnavailable`, `NotOpened`, or `LimitReached`; what came before an error is not to be used.
    Whoever stops reading ends it.
    """
    require()
    return _run(argv, given, limits, beside, reads, children)


def inside(memory: Memory) -> str:
    """The path at which a program in the sandbox finds what it was given beside its input."""
    return f"/proc/self/fd/{memory.fd}"


def program(name: str) -> str:
    """The path of a program of this system, or `SandboxUnavailable` with its name."""
    found = shutil.which(name, path="/usr/bin:/usr/local/bin")
    if found is None:
        raise SandboxUnavailable(f"{name} is not installed, and without it files of this kind stay closed")
    return found


def available(name: str) -> bool:
    """Whether a program of this name is installed here."""
    return shutil.which(name, path="/usr/bin:/usr/local/bin") is not None


@cache
def require() -> None:
    """Return when the sandbox can be set up here, or raise `SandboxUnavailable`."""
    if not available("bwrap") or seccomp.program(children=False) is None:
        raise SandboxUnavailable(f"this machine has no sandbox: {HINT}")
    try:
        told = b"".join(_run(["/usr/bin/echo", "here"], None, Limits(10), (), (), False))
    except ArchiveError:
        told = b""
    if told != b"here\n":
        raise SandboxUnavailable(f"the sandbox cannot be set up: {HINT}")


def _run(
    argv: Sequence[str],
    given: Memory | Iterable[bytes] | None,
    limits: Limits,
    beside: Sequence[Memory],
    reads: Sequence[tuple[Path, str]],
    children: bool,
) -> Iterator[bytes]:
    ends = time.monotonic() + limits.seconds
    filter = seccomp.program(children=children)
    assert filter is not None
    if isinstance(given, Memory):
        given.rewind()
    with Memory([filter]) as rules:
        rules.seal()
        feeding = None if given is None or isinstance(given, Memory) else given
        running = subprocess.Popen(
            [*_walls(limits, rules.fd, reads, children), *argv],
            stdin=given.fd
            if isinstance(given, Memory)
            else subprocess.PIPE
            if feeding
            else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=(rules.fd, *(memory.fd for memory in beside)),
            cwd="/",
            env={},
        )
    feeder = _Feeder(running, feeding) if feeding else None
    try:
        yield from _read(running, ends, limits.output)
        if feeder is not None:
            feeder.finish()
        if running.wait(max(0.1, ends - time.monotonic())):
            raise NotOpened("the program inside could not read this file, or ran out of what it was given")
    except subprocess.TimeoutExpired:
        raise LimitReached(f"not done after {limits.seconds} seconds") from None
    finally:
        running.kill()
        running.wait()
        assert running.stdout is not None
        running.stdout.close()
        if feeder is not None:
            feeder.stop()


def _walls(limits: Limits, rules: int, reads: Sequence[tuple[Path, str]], children: bool) -> list[str]:
    walls = [program("bwrap"), "--unshare-all", "--new-session", "--die-with-parent", "--cap-drop", "ALL"]
    walls += ["--uid", "65534", "--gid", "65534", "--hostname", "sandbox", "--clearenv"]
    walls += ["--setenv", "PATH", "/usr/bin", "--setenv", "LANG", "C.UTF-8", "--setenv", "HOME", "/tmp"]
    walls += ["--ro-bind", "/usr", "/usr"]
    for link in _LINKS:
        walls += ["--symlink", f"usr/{link}", f"/{link}"]
    for path in _SETTINGS:
        walls += ["--ro-bind-try", path, path]
    for source, there in reads:
        walls += ["--ro-bind", str(source), there]
    # Bubblewrap leaves /proc/sys as it is; its files belong to root, and root may be who runs us.
    walls += ["--proc", "/proc", "--remount-ro", "/proc", "--dev", "/dev"]
    if children:
        walls += ["--size", str(limits.file * 4), "--tmpfs", "/tmp"]
    walls += ["--remount-ro", "/", "--chdir", "/", "--seccomp", str(rules), "--"]
    ceilings = {
        "as": limits.memory,
        "cpu": limits.seconds * 2,
        "fsize": limits.file,
        "core": 0,
        "nofile": 256,
    }
    if children:
        ceilings["nproc"] = 256
    return [*walls, "/usr/bin/prlimit", *(f"--{name}={most}" for name, most in ceilings.items()), "--"]


def _read(running: subprocess.Popen[bytes], ends: float, most: int) -> Iterator[bytes]:
    assert running.stdout is not None
    waiting, given = select.poll(), 0
    waiting.register(running.stdout, select.POLLIN | select.POLLHUP)
    while True:
        left = ends - time.monotonic()
        if left <= 0 or not waiting.poll(left * 1000):
            raise subprocess.TimeoutExpired("sandbox", 0)
        piece = os.read(running.stdout.fileno(), PIECE)
        if not piece:
            return
        given += len(piece)
        if given > most:
            raise LimitReached(f"opens to more than {most // MIB} MiB")
        yield piece


class _Feeder:
    """Writes what is given into the program's input, in a thread, until either ends."""

    def __init__(self, running: subprocess.Popen[bytes], pieces: Iterable[bytes]) -> None:
        assert running.stdin is not None
        self._input, self._pieces = running.stdin, pieces
        self._failed: BaseException | None = None
        self._thread = threading.Thread(target=self._feed)
        self._thread.start()

    def _feed(self) -> None:
        try:
            for piece in self._pieces:
                self._input.write(piece)
            self._input.flush()
        except BrokenPipeError:
            pass  # the program has read all it wants, or was ended; its own exit says which
        except BaseException as failed:
            self._failed = failed
        finally:
            close = getattr(self._pieces, "close", None)
            if close:
                close()
            with suppress(BrokenPipeError):
                self._input.close()

    def finish(self) -> None:
        """Wait until all was written; what failed on the way is raised here."""
        self._thread.join()
        if self._failed is not None:
            raise self._failed

    def stop(self) -> None:
        self._thread.join()

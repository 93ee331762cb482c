"""Every change that a process makes to a folder, as the kernel sees it: where it may die, or find no room.

A filter of system calls (seccomp's user notification) stops the process at each call that changes something,
in Python or in SQLite's C alike, and asks us first. So a point is not a moment that a sleep hopes to hit.

1. `KILL`: SIGKILL before the change is made. `TORN`: half of a write is made, and then SIGKILL.
2. `FULL`: from this point on nothing that needs room succeeds (ENOSPC); what frees room does.
3. `LOST` and `HOLLOW`: SIGKILL, and then the folder is as a disk may have it after a power cut (`platter`).

Numbers of calls: the kernel's arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import platform
import select
import signal
import socket
import struct
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from tests.faults.platter import CUTS, Platter

Fault = Literal["none", "kill", "torn", "full", "lost", "hollow"]
Act = Callable[[], object]

_MACHINES: Final = {
    "x86_64": (0xC000003E, 317, {
        "write": 1, "pwrite": 18, "writev": 20, "sendfile": 40, "fsync": 74, "fdatasync": 75, "ftruncate": 77,
        "rename": 82, "mkdir": 83, "rmdir": 84, "link": 86, "unlink": 87, "openat": 257, "mkdirat": 258,
        "unlinkat": 263, "renameat": 264, "linkat": 265, "fallocate": 285, "pwritev": 296, "renameat2": 316,
        "copy_file_range": 326, "open": 2,
    }),
    "aarch64": (0xC00000B7, 277, {
        "mkdirat": 34, "unlinkat": 35, "linkat": 37, "renameat": 38, "ftruncate": 46, "fallocate": 47,
        "openat": 56, "write": 64, "writev": 66, "pwrite": 68, "pwritev": 70, "sendfile": 71, "fsync": 82,
        "fdatasync": 83, "renameat2": 276, "copy_file_range": 285,
    }),
}  # fmt: skip
_OPENS: Final = {"open": 0, "openat": 1}
"""Which argument is the path; the flags follow it."""
_PATHS: Final = {"rename": 1, "mkdir": 0, "rmdir": 0, "link": 1, "unlink": 0}
_AT: Final = {"mkdirat": 1, "unlinkat": 1, "renameat": 3, "renameat2": 3, "linkat": 3}
"""Which argument is the path that changes: of a renaming the new name. Before it comes where it begins."""
_INTO: Final = {"copy_file_range": 2}
"""Which argument is the file that is written, where it is not the first."""
_FREES: Final = ("rmdir", "unlink", "unlinkat", "ftruncate")
_HALVES: Final = ("write", "pwrite")
_SYNCS: Final = ("fsync", "fdatasync")

_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06
_ASK, _ALLOW = 0x7FC00000, 0x7FFF0000
_NEW_LISTENER: Final = 8
_NO_NEW_PRIVS: Final = 38
_RECEIVE, _SEND = 0xC0502100, 0xC0182101
_ASKED: Final = struct.Struct("=QIIiIQ6Q")
_ANSWER: Final = struct.Struct("=QqiI")
_GO_ON: Final = 1
_HERE: Final = (1 << 32) - 100
"""AT_FDCWD, as 32 bits."""


@dataclass
class Run:
    """One run of an act: the changes it made or was about to make, and how it went."""

    points: list[str] = field(default_factory=list)
    ended: bool = False
    """It came to its end by itself, well or not."""
    code: int = 0
    said: str = ""


def is_possible() -> bool:
    """Whether this kernel and machine can ask us."""
    try:
        asks = Path("/proc/sys/kernel/seccomp/actions_avail").read_text("ascii").split()
    except OSError:
        return False
    return "user_notif" in asks and platform.machine() in _MACHINES


def run(act: Act, folder: Path, fault: Fault = "none", at: int = 0) -> Run:
    """Run *act* in a process of its own; *fault* strikes at its change number *at* under *folder*.

    The power is also cut where the process has ended before that.

    Call it in a process with one thread: of the others a fork keeps the locks only.
    """
    ours, theirs = socket.socketpair()
    output = os.memfd_create("said")
    child = os.fork()
    if not child:
        _live(act, theirs, output)
    theirs.close()
    _, [listener], _, _ = socket.recv_fds(ours, 1, 1)
    ours.close()
    done = Run()
    watch = _Watch(child, listener, os.fsencode(folder.resolve()), fault, at, done)
    try:
        watch.until_the_end()
    finally:
        os.close(listener)
        _, status = os.waitpid(child, 0)
        watch.cut_power()
    done.ended, done.code = os.WIFEXITED(status), os.waitstatus_to_exitcode(status)
    with os.fdopen(output, "rb") as file:
        file.seek(0)
        done.said = file.read().decode("utf-8", "replace")
    return done


def _live(act: Act, link: socket.socket, output: int) -> None:
    """The child's whole life."""
    code = 70
    try:
        os.dup2(output, 1)
        os.dup2(output, 2)
        listener = _ask_first()
        socket.send_fds(link, [b"."], [listener])
        os.close(listener)
        try:
            act()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(bool(end.code))
        sys.stdout.flush()
    except BaseException:
        os.write(2, traceback.format_exc().encode())
    finally:
        os._exit(code)


def _ask_first() -> int:
    """Put this process under the filter; the file by which another one is asked."""
    architecture, seccomp, calls = _MACHINES[platform.machine()]
    lines = [(_LOAD, 0, 0, 4), (_EQUAL, 1, 0, architecture), (_RETURN, 0, 0, _ALLOW), (_LOAD, 0, 0, 0)]
    for number in calls.values():
        lines += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _ASK)]
    lines.append((_RETURN, 0, 0, _ALLOW))
    program = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *line) for line in lines))
    told = ctypes.create_string_buffer(struct.pack("@HP", len(lines), ctypes.addressof(program)))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0)
    listener: int = libc.syscall(seccomp, 1, _NEW_LISTENER, told)
    if listener < 0:
        raise OSError(ctypes.get_errno(), "this kernel takes no filter that asks")
    return listener


@dataclass
class _Watch:
    """Whoever is asked: counts the changes under a folder, and lets the fault strike."""

    child: int
    listener: int
    folder: bytes
    fault: Fault
    at: int
    done: Run
    names: dict[int, str] = field(
        default_factory=lambda: {number: name for name, number in _MACHINES[platform.machine()][2].items()}
    )
    platter: Platter | None = None

    def __post_init__(self) -> None:
        if self.fault in CUTS and self.at:
            self.platter = Platter(Path(os.fsdecode(self.folder)))

    def until_the_end(self) -> None:
        waiting = select.poll()
        waiting.register(self.listener, select.POLLIN)
        while True:
            [(_, events)] = waiting.poll()
            if not events & select.POLLIN:
                return
            asked = bytearray(_ASKED.size)
            try:
                fcntl.ioctl(self.listener, _RECEIVE, asked)
                id, pid, _, call, _, _, *arguments = _ASKED.unpack(asked)
                error = self._strike(pid, self.names[call], arguments)
                fcntl.ioctl(self.listener, _SEND, _ANSWER.pack(id, 0, -error, 0 if error else _GO_ON))
            except OSError as gone:
                # It died, or its thread did, before it had its answer.
                if gone.errno not in (errno.ENOENT, errno.EINTR):
                    raise

    def cut_power(self) -> None:
        """Leave in the folder what a disk may have of it, once the process is gone."""
        if self.platter and self.fault in CUTS:
            self.platter.cut(self.fault)
            self.platter.close()

    def _strike(self, pid: int, name: str, arguments: list[int]) -> int:
        """The error that this call gets, or 0."""
        path = self._changes(pid, name, arguments)
        if path is None or not (path == self.folder or path.startswith(self.folder + b"/")):
            return 0
        full = self.fault == "full"
        if (full and name in _FREES) or (self.fault == "torn" and name not in _HALVES):
            return 0
        self.done.points.append(f"{name} {os.fsdecode(path[len(self.folder) :])}")
        number = len(self.done.points)
        if full:
            return errno.ENOSPC if 0 < self.at <= number else 0
        if number == self.at:
            if self.fault == "torn":
                self._write_half(pid, name, arguments)
            os.kill(self.child, signal.SIGKILL)
        elif self.platter and name in _SYNCS:
            self.platter.synced(Path(f"/proc/{pid}/fd/{arguments[0] & 0xFFFFFFFF}"))
        return 0

    def _changes(self, pid: int, name: str, arguments: list[int]) -> bytes | None:
        """The path that this call is about to change, or None for a call that changes nothing."""
        if (place := _OPENS.get(name)) is not None:
            path = _path(pid, arguments[place], arguments[0] if place else _HERE)
            flags = arguments[place + 1]
            is_there = os.path.lexists(path)
            makes = flags & os.O_CREAT and not is_there
            empties = flags & os.O_TRUNC and is_there and os.path.getsize(path) and self.fault != "full"
            return path if makes or empties else None
        if name in _PATHS:
            return _path(pid, arguments[_PATHS[name]], _HERE)
        if name in _AT:
            return _path(pid, arguments[_AT[name]], arguments[_AT[name] - 1])
        return _of_file(pid, arguments[_INTO.get(name, 0)])

    def _write_half(self, pid: int, name: str, arguments: list[int]) -> None:
        file, at, size = arguments[:3]
        with suppress(OSError), open(f"/proc/{pid}/mem", "rb") as memory:
            memory.seek(at)
            half = memory.read(size // 2)
            told = Path(f"/proc/{pid}/fdinfo/{file}").read_text("ascii").split()
            place = arguments[3] if name == "pwrite" else int(told[1])
            into = os.open(f"/proc/{pid}/fd/{file}", os.O_WRONLY)
            os.pwrite(into, half, place)
            os.close(into)


def _path(pid: int, at: int, beside: int) -> bytes:
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        memory.seek(at)
        text = b""
        # A page at a time: the next one may not be there.
        while b"\0" not in text:
            text += memory.read(4096 - (at + len(text)) % 4096)
    name = text.partition(b"\0")[0]
    if name.startswith(b"/"):
        return os.path.normpath(name)
    beside &= 0xFFFFFFFF
    base = os.readlink(f"/proc/{pid}/cwd").encode() if beside == _HERE else _of_file(pid, beside) or b"?"
    return os.path.normpath(os.path.join(base, name))


def _of_file(pid: int, file: int) -> bytes | None:
    try:
        return os.readlink(b"/proc/%d/fd/%d" % (pid, file & 0xFFFFFFFF))
    except OSError:
        return None

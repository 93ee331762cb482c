"""A filter of system calls for the sandbox, as the bytes that the kernel takes (seccomp(2), classic BPF).

A program that decodes needs no socket, no second process, no namespace and no kernel interface that is rarely
used; each of these is answered with an error before the kernel acts on it. Everything else is let through:
what keeps files and the network away is the namespace, and this is the second wall.

Numbers of calls: the kernel's arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h.
"""

from __future__ import annotations

import errno
import platform
import struct
from typing import Final

ALLOW: Final = 0x7FFF0000
KILL: Final = 0x80000000
REFUSE: Final = 0x00050000 | errno.EPERM
ABSENT: Final = 0x00050000 | errno.ENOSYS
"""Of `clone3`, whose flags a filter cannot read: the C library then asks for `clone`."""

_LOAD, _AND, _EQUAL, _AT_LEAST, _SET, _RETURN = 0x20, 0x54, 0x15, 0x35, 0x45, 0x06
_CALL, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16
_NEW_NAMESPACES: Final = 0x7E020080
"""CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET and NEWTIME."""
_THREAD: Final = 0x00010000
_COMMON: Final = (425, 426, 427, 428, 429, 430, 431, 432, 433, 434, 438, 442, 447)
"""io_uring, the new calls of mount, pidfd_open, pidfd_getfd, mount_setattr, memfd_secret: same everywhere."""
_CLONE3: Final = 435
_MACHINES: Final = {
    "x86_64": (0xC000003E, 56, (57, 58), (
        41, 101, 135, 155, 161, 163, 165, 166, 167, 168, 169, 172, 173, 175, 176, 179, 246, 248, 249, 250,
        272, 298, 303, 304, 308, 310, 311, 313, 320, 321, 323,
    )),
    "aarch64": (0xC00000B7, 220, (), (
        39, 40, 41, 51, 60, 89, 92, 97, 104, 105, 106, 117, 142, 198, 217, 218, 219, 224, 225, 241, 264, 265,
        268, 270, 271, 273, 280, 282, 294,
    )),
}  # fmt: skip
"""Architecture as the kernel's audit names it, `clone`, calls that only fork, and what nobody may call."""


def program(*, children: bool, machine: str = "") -> bytes | None:
    """The filter for this *machine*, or None where its calls are not known here. *children*: may it fork?"""
    known = _MACHINES.get(machine or platform.machine())
    if known is None:
        return None
    architecture, clone, forks, refused = known
    refused = (*refused, *_COMMON, *(() if children else forks))
    lines = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, KILL),
        (_LOAD, 0, 0, _CALL),
        # The x32 calls of x86_64 have the numbers from here on; none is used by anybody.
        (_AT_LEAST, 0, 1, 0x40000000),
        (_RETURN, 0, 0, REFUSE),
        (_EQUAL, 0, 1, _CLONE3),
        (_RETURN, 0, 0, ABSENT),
    ]
    for number in refused:
        lines += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, REFUSE)]
    lines += [
        (_EQUAL, 1, 0, clone),
        (_RETURN, 0, 0, ALLOW),
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        (_SET, 0, 1, _NEW_NAMESPACES),
        (_RETURN, 0, 0, REFUSE),
    ]
    if not children:
        lines += [(_SET, 1, 0, _THREAD), (_RETURN, 0, 0, REFUSE)]
    lines.append((_RETURN, 0, 0, ALLOW))
    return b"".join(struct.pack("=HBBI", *line) for line in lines)

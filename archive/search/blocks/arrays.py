"""Named arrays in one file.

The file (docs/formats/index.md): a magic, the length of a table of contents in JSON, the table, the arrays.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

MAGIC: Final = b"ONGGIIX3"
EARLIER: Final = (b"ONGGIIX1", b"ONGGIIX2")
ALIGN: Final = 64
KINDS: Final = {"|u1": "|u1", "<u2": "<u2", "<u4": "<u4", "<u8": "<u8"}

Arrays = dict[str, NDArray[Any]]


class Damaged(ValueError):
    """These bytes are no index of this format, or not all of one."""


class Earlier(Damaged):
    """An index of a format that is no longer read."""


def joined(arrays: Mapping[str, NDArray[Any]], told: Mapping[str, Any]) -> bytes:
    """The bytes of a file with *arrays* and what else the table of contents tells."""
    table, at, parts = {}, 0, []
    for name, array in arrays.items():
        table[name] = [array.dtype.str, at, len(array)]
        raw = array.tobytes()
        parts.append(raw + bytes(-len(raw) % ALIGN))
        at += len(parts[-1])
    head = json.dumps({"arrays": table, "told": told}, ensure_ascii=False).encode()
    head += b" " * (-(len(MAGIC) + 8 + len(head)) % ALIGN)
    return b"".join([MAGIC, len(head).to_bytes(8, "little"), head, *parts])


def parted(file: memoryview) -> tuple[Arrays, dict[str, Any]]:
    """The arrays of a file, as views of it, and what else it tells; `Damaged` when it is none."""
    length = int.from_bytes(file[8:16], "little")
    if bytes(file[:8]) in EARLIER:
        raise Earlier("an earlier version made this index; hint: make it again from its texts")
    if bytes(file[:8]) != MAGIC or length > len(file) - 16:
        raise Damaged("no index of this format")
    base = 16 + length
    try:
        head = json.loads(bytes(file[16:base]))
        arrays = {
            name: np.frombuffer(file, KINDS[kind], count=count, offset=base + at)
            for name, (kind, at, count) in head["arrays"].items()
        }
        told: dict[str, Any] = head["told"]
        if base % ALIGN or any(at % ALIGN for _, at, _ in head["arrays"].values()):
            raise Damaged("the index is not whole")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Damaged("the index is not whole") from None
    return arrays, told


def narrow(values: NDArray[Any]) -> NDArray[Any]:
    """The numbers in two bytes each where that is enough, else in four, else in eight."""
    largest = int(values.max()) if len(values) else 0
    return values.astype("<u2" if largest < 2**16 else "<u4" if largest < 2**32 else "<u8")


def bounds_of(pieces: Sequence[bytes | memoryview]) -> NDArray[Any]:
    """Where each of *pieces* begins when they are joined, and the end."""
    return narrow(np.array(list(accumulate(map(len, pieces), initial=0))))

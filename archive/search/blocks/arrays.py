"""Named arrays in one file, and ragged lists packed to the width that each needs.

The file (docs/formats/index.md): a magic, the length of a table of contents in JSON, the table, the arrays.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

MAGIC: Final = b"ONGGIIX1"
ALIGN: Final = 64
WIDTHS: Final = (np.dtype("<u1"), np.dtype("<u2"), np.dtype("<u4"))
SAME: Final = 3
KINDS: Final = {"|u1": "|u1", "<u2": "<u2", "<u4": "<u4", "<u8": "<u8"}

Arrays = dict[str, NDArray[Any]]


class Damaged(ValueError):
    """These bytes are no index of this format, or not all of one."""


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
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Damaged("the index is not whole") from None
    return arrays, told


def packed(name: str, values: NDArray[Any], bounds: NDArray[Any]) -> Arrays:
    """Lists of numbers, one after the other in *values*, each in one, two or four bytes a number.

    A list of one and the same number is that number.
    """
    lengths = np.diff(bounds)
    largest, least = np.zeros(len(lengths), np.int64), np.zeros(len(lengths), np.int64)
    full = np.flatnonzero(lengths)
    if len(full):
        begins = bounds[:-1][full]
        largest[full] = np.maximum.reduceat(values, begins)
        least[full] = np.minimum.reduceat(values, begins)
    width = np.searchsorted([255, 65535], largest).astype("u1")
    width[largest == least] = SAME
    at = np.where(width == SAME, largest, 0)
    made: Arrays = {}
    each = np.repeat(width, lengths)
    for kind, dtype in enumerate(WIDTHS):
        mine = width == kind
        at[mine] = np.cumsum(np.append(0, lengths[mine]))[:-1]
        made[f"{name}.{kind}"] = values[each == kind].astype(dtype)
    return made | {f"{name}.at": narrow(at), f"{name}.width": width}


def narrow(values: NDArray[Any]) -> NDArray[Any]:
    """The numbers in four bytes each where that is enough, else in eight."""
    return values.astype("<u4" if not len(values) or int(values.max()) < 2**32 else "<u8")


class Packed:
    """What `packed` made, list by list, without copying."""

    def __init__(self, name: str, arrays: Mapping[str, NDArray[Any]]) -> None:
        self._at, self._width = arrays[f"{name}.at"], arrays[f"{name}.width"]
        self._values = [arrays[f"{name}.{kind}"] for kind in range(len(WIDTHS))]

    def get(self, item: int, count: int) -> NDArray[Any]:
        """The *count* numbers of one list."""
        at, width = int(self._at[item]), int(self._width[item])
        if width == SAME:
            return np.full(count, at, np.uint32)
        found: NDArray[Any] = self._values[width][at : at + count]
        return found

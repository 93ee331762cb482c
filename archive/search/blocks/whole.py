"""Whether arrays that lie in a file are an index through and through, before anything is asked of them.

The file may be anybody's: its hash lies beside it and shows damage only. Checked here are the numbers: that
none leads outside the arrays, and that no list is longer than what is in the file. What was kept of a
document is read when it is asked for, and may still be refused then.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from archive.search.blocks.arrays import SAME, WIDTHS, Arrays, Damaged

Numbers = NDArray[Any]


def require_whole(arrays: Arrays, told: Mapping[str, Any]) -> None:
    """Return when these are all the arrays of an index and fit one another; `Damaged` otherwise."""
    try:
        count, fields, columns = told["documents"], told["fields"], told["columns"]
        _texts("sizes", count, arrays["sizes"], arrays["kept"])
        _texts("named", count, arrays["named"], arrays["ids"], utf8=True)
        _require(np.array_equal(np.sort(arrays["by_id"]), np.arange(count)))
        for at, (name, values) in enumerate(columns.items()):
            _require(all(isinstance(each, str) for each in values) and values == sorted(set(values)), name)
            codes = arrays[f"column{at}"]
            _require(len(codes) == count and (not count or int(codes.max()) < len(values)), name)
        for name in fields:
            _field(name, arrays, count, told["totals"][name])
        _require(isinstance(told.get("about", {}), dict))
    except (KeyError, TypeError, AttributeError, IndexError, ValueError, OverflowError):
        raise Damaged("the index is not whole") from None


def _require(fits: Any, what: str = "") -> None:
    if not fits:
        raise Damaged(f"the index is not whole{what and ': '}{what}")


def _texts(what: str, count: int, bounds: Numbers, joined: Numbers, *, utf8: bool = False) -> None:
    """*count* texts lie one after the other in *joined*."""
    _require(len(bounds) == count + 1 and bounds[0] == 0 and bounds[-1] == len(joined), what)
    _require(bool(np.all(bounds[1:] >= bounds[:-1])), what)
    if utf8:
        joined.tobytes().decode()
        inner = bounds[bounds < len(joined)].astype(np.int64)
        _require(not np.any(joined[inner] & 0xC0 == 0x80), what)


def _field(name: str, arrays: Arrays, count: int, total: int) -> None:
    df, cf = (arrays[f"{name}/{key}"].astype(np.int64) for key in ("df", "cf"))
    _texts(f"{name}/words", len(df), arrays[f"{name}/words"], arrays[f"{name}/lexicon"], utf8=True)
    _require(len(arrays[f"{name}/norm"]) == count and len(cf) == len(df), name)
    _require(np.all((df >= 1) & (df <= count)) and np.all(cf >= df) and int(cf.sum()) == total, name)
    gaps = _Lists(f"{name}/gaps", arrays, df)
    _require(np.all(gaps.sums() < count) and gaps.grow(), name)
    freqs = _Lists(f"{name}/freqs", arrays, df)
    _require(np.array_equal(freqs.sums(), cf), name)
    for column in ("positions", "starts", "lengths"):
        held = _Lists(f"{name}/{column}", arrays, cf)
        # A term is nowhere twice, so that no list is longer than what the file holds.
        _require(column != "positions" or np.all(cf[held.same] == df[held.same]), name)


class _Lists:
    """A packed array whose lists have these *counts*, each after the other as `packed` lays them."""

    def __init__(self, name: str, arrays: Arrays, counts: Numbers) -> None:
        at, width = arrays[f"{name}.at"], arrays[f"{name}.width"]
        _require(len(at) == len(width) == len(counts) and np.all(width <= SAME), name)
        self.same = width == SAME
        _require(not len(at) or int(at.max()) < 2**40, name)
        self._at, self._counts = at.astype(np.int64), counts
        _require(np.all(self._at[self.same] < 2**32), name)
        self._stored = []
        for kind in range(len(WIDTHS)):
            mine, values = np.flatnonzero(width == kind), arrays[f"{name}.{kind}"]
            begins = np.cumsum(np.append(0, counts[mine]))
            _require(np.array_equal(self._at[mine], begins[:-1]) and begins[-1] == len(values), name)
            self._stored.append((mine, values))

    def sums(self) -> Numbers:
        """What the numbers of each list come to."""
        made = np.where(self.same, self._at * self._counts, 0)
        for mine, values in self._stored:
            if len(mine):
                made[mine] = np.add.reduceat(values, self._at[mine], dtype=np.int64)
        return made

    def grow(self) -> bool:
        """Whether no number of a list is nothing, but the first."""
        if np.any(self._at[self.same & (self._counts > 1)] == 0):
            return False
        return all(
            np.isin(np.flatnonzero(values == 0), self._at[mine]).all() for mine, values in self._stored
        )

"""Whether arrays that lie in a file are an index through and through, before anything is asked of them.

The file may be anybody's: its hash lies beside it and shows damage only. Checked here are the numbers: that
none leads outside the arrays, and that no list is longer than what is in the file. What was kept of a
document is read when it is asked for, and may still be refused then.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from archive.search.blocks.arrays import Arrays, Damaged
from archive.search.blocks.bits import BEHIND, EVEN, filled
from archive.search.blocks.lists import BITMAP, FULL, Written, before
from archive.search.blocks.texts import APART, Lexicon

Numbers = NDArray[Any]

WIDEST: Final = 26
"""Bits of a position: more places than any document of 64 MiB has."""


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
    mine = {key.removeprefix(f"{name}/"): each for key, each in arrays.items() if key.startswith(f"{name}/")}
    written = Written(mine)
    kinds, terms = written.kinds.astype(np.int64), len(written.kinds)
    _require(len(mine["norm"]) == len(written.bits) == count, name)
    _require(not count or int(written.bits.max()) <= WIDEST, name)
    _texts(f"{name}/starts", count, mine["starts_at"], mine["starts"])
    _texts(f"{name}/words", -(-terms // APART), mine["words"], mine["lexicon"])
    Lexicon(mine, terms).require_whole()
    written.df.require_whole()
    df = written.df.all()
    _require(len(df) == terms and np.all((df >= 1) & (df <= count)), name)
    for bounds, joined in ((written.list, written.lists), (written.place, written.places)):
        _require(len(joined) >= BEHIND and len(bounds.sizes) == terms, name)
        bounds.require_whole(len(joined) - BEHIND)
    often, wide, unit = kinds >> 2 & 7, kinds >> 5, kinds & 3
    _require(np.all(unit <= max(FULL)) and np.all(often < len(EVEN)) and np.all(wide < len(EVEN)), name)
    # A document takes a bit, a byte or two, so that no list is longer than what the file holds.
    least = filled(df * EVEN[often]) + np.where(unit == BITMAP, filled(count), df * unit)
    _require(np.all(written.list.sizes.all() >= least), name)
    found = 0
    for stretch in written.stretches():
        document, more = _documents(name, written, stretch, count)
        found += int(more.sum()) + len(more)
        _require(_grow(*written.placed(stretch, document, more)), name)
    _require(found == total, name)


def _documents(name: str, written: Written, terms: tuple[int, int], count: int) -> tuple[Numbers, Numbers]:
    """What `held` tells of these terms: documents, in order, whose positions are in the file."""
    document, more = written.held(terms)
    _require(not len(document) or int(document.max()) < count, name)
    begins = before(written.df.all(*terms))
    grows = np.diff(document, prepend=-1) > 0
    grows[begins] = True
    _require(bool(grows.all()), name)
    width = written.bits[document].astype(np.int64)
    _require(np.all(more < 1 << width), name)
    bits = np.add.reduceat((more + 1) * width, begins)
    _require(np.array_equal(filled(bits), written.place.sizes.all(*terms)), name)
    return document, more


def _grow(term: Numbers, document: Numbers, position: Numbers) -> bool:
    """Whether no term stands twice in one place of a document, or before where it stood."""
    same = (np.diff(term) == 0) & (np.diff(document) == 0)
    return bool(np.all(np.diff(position)[same] > 0))

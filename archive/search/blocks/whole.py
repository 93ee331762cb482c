"""Whether arrays that lie in a file are an index through and through, before anything is asked of them.

The file may be anybody's: its hash lies beside it and shows damage only. Checked here are the numbers: that
none leads outside the arrays, and that no list is longer than what is in the file. What was kept of a
document is read when it is asked for, and may still be refused then.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from archive.search.backend import DAMAGED, EngineError
from archive.search.blocks.arrays import Arrays, Damaged
from archive.search.blocks.bits import BEHIND, EVEN, filled
from archive.search.blocks.lists import BITMAP, FULL, before, held, placed, stretches

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
    df, cf, kinds = (mine[key].astype(np.int64) for key in ("df", "cf", "kinds"))
    _texts(f"{name}/words", len(df), mine["words"], mine["lexicon"], utf8=True)
    _require(len(mine["norm"]) == len(mine["bits"]) == count and len(cf) == len(kinds) == len(df), name)
    _require(not count or int(mine["bits"].max()) <= WIDEST, name)
    _require(np.all((df >= 1) & (df <= count)) and np.all(cf >= df) and int(cf.sum()) == total, name)
    _texts(f"{name}/starts", count, mine["starts_at"], mine["starts"])
    for bounds, joined in (("at", "lists"), ("place_at", "places")):
        _texts(f"{name}/{joined}", len(df), mine[bounds], mine[joined][:-BEHIND])
        _require(len(mine[joined]) >= BEHIND, name)
    often, wide = kinds >> 2 & 7, kinds >> 5
    _require(
        np.all((kinds & 3) <= max(FULL)) and np.all(often < len(EVEN)) and np.all(wide < len(EVEN)), name
    )
    # A document takes a bit, a byte or two, so that no list is longer than what the file holds.
    gaps = np.diff(mine["at"].astype(np.int64)) - filled(df * EVEN[often]) - filled(cf * EVEN[wide])
    unit = kinds & 3
    _require(np.all(np.where(unit == BITMAP, gaps == filled(count), gaps >= df * unit)), name)
    _require(not np.any((unit == 2) & (gaps & 1)), name)
    for stretch in stretches(cf):
        _require(_grow(*placed(mine, stretch, *_documents(name, mine, stretch, count))), name)


def _documents(name: str, mine: Arrays, terms: tuple[int, int], count: int) -> tuple[Numbers, Numbers]:
    """What `held` tells of these terms: documents, in order, whose positions are in the file."""
    some = slice(*terms)
    df, cf = (mine[key][some].astype(np.int64) for key in ("df", "cf"))
    document, more = held(mine, terms, count)
    _require(not len(document) or int(document.max()) < count, name)
    begins = before(df)
    grows = np.diff(document, prepend=-1) > 0
    grows[begins] = True
    _require(bool(grows.all()), name)
    _require(np.array_equal(np.add.reduceat(more + 1, begins), cf), name)
    width = mine["bits"][document].astype(np.int64)
    _require(np.all(more < 1 << width), name)
    bits = np.add.reduceat((more + 1) * width, begins)
    places = np.diff(mine["place_at"][terms[0] : terms[1] + 1].astype(np.int64))
    _require(np.array_equal(filled(bits), places), name)
    return document, more


def _grow(term: Numbers, document: Numbers, position: Numbers) -> bool:
    """Whether no term stands twice in one place of a document, or before where it stood."""
    same = (np.diff(term) == 0) & (np.diff(document) == 0)
    return bool(np.all(np.diff(position)[same] > 0))


def steps(packed: bytes, width: int) -> Numbers:
    """Of each position of a document how many code points behind the one before its terms begin.

    *width*: the bits of its last position. `EngineError` for bytes that are not so many numbers.
    """
    largest = 4 << width
    opening = zlib.decompressobj(wbits=-15)
    try:
        planes = np.frombuffer(opening.decompress(packed, largest + 1), np.uint8)
    except zlib.error:
        raise EngineError(DAMAGED) from None
    if not opening.eof or len(planes) > largest or len(planes) % 4:
        raise EngineError(DAMAGED)
    told = planes.reshape(4, -1)
    made: Numbers = told.T.copy().view("<i4")[:, 0] if told[1:].any() else told[0]
    return made

"""Two versions beside each other: what was added and what was taken away, in words or, of Han, in signs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Final, Literal

from archive.testimony import Segment

Change = Literal["same", "edited", "added", "removed"]
Piece = tuple[Literal["", "ins", "del"], str]
MOST: Final = 4000
"""Words of a segment; a longer one that was changed is shown whole, before and after."""
_WORD: Final = re.compile(r"\s+|[぀-ヿ㐀-鿿豈-﫿]|[^\W_぀-ヿ㐀-鿿豈-﫿]+|[\W_]")
_HANGUL: Final = re.compile(r"[가-힣]+")


@dataclass(frozen=True)
class Row:
    """One segment of either version."""

    id: str
    change: Change
    pieces: tuple[Piece, ...] = field(repr=False)


def compare(before: Sequence[Segment], after: Sequence[Segment]) -> list[Row]:
    """Every segment of both, in the order of *after*; what is gone stands where it stood."""
    was, now = {s.id: s.text for s in before}, {s.id: s.text for s in after}
    rows: list[Row] = []
    order = SequenceMatcher(None, [s.id for s in before], [s.id for s in after], autojunk=False)
    for _, i, j, k, m in order.get_opcodes():
        rows += [Row(s.id, "removed", (("del", s.text),)) for s in before[i:j] if s.id not in now]
        for each in after[k:m]:
            if each.id not in was:
                rows.append(Row(each.id, "added", (("ins", each.text),)))
            else:
                pieces = differences(was[each.id], each.text)
                rows.append(Row(each.id, "same" if was[each.id] == each.text else "edited", pieces))
    return rows


def beside(*columns: Sequence[Segment]) -> list[tuple[str, tuple[Segment | None, ...]]]:
    """Each segment of any column with what every column has under its name, in the order they are told."""
    held = [{each.id: each for each in column} for column in columns]
    order: list[str] = []
    for column in columns:
        known, at = set(order), 0
        for each in column:
            if each.id in known:
                ahead = each.id in order[at : at + 2]
                at = order.index(each.id, at if ahead else 0) + 1
            else:
                order.insert(at or len(order), each.id)
                at = (at or len(order) - 1) + 1
    return [(id, tuple(column.get(id) for column in held)) for id in order]


def differences(before: str, after: str) -> tuple[Piece, ...]:
    """*after* with what was taken away (`del`) and added (`ins`); both texts can be read back from it."""
    if before == after:
        return (("", after),)
    a, b = _WORD.findall(before), _WORD.findall(after)
    if len(a) > MOST or len(b) > MOST:
        return tuple(_joined([("del", before), ("ins", after)]))
    pieces: list[Piece] = []
    for what, i, j, k, m in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if what == "equal":
            pieces.append(("", "".join(a[i:j])))
        elif (
            what == "replace" and j - i == m - k == 1 and _HANGUL.fullmatch(a[i]) and _HANGUL.fullmatch(b[k])
        ):
            pieces += _syllables(a[i], b[k])
        else:
            pieces += [("del", "".join(a[i:j])), ("ins", "".join(b[k:m]))]
    return tuple(_joined(pieces))


def _syllables(before: str, after: str) -> list[Piece]:
    """A word of Hangul whose beginning or end stayed: only what is between them is marked."""
    short, start, end = min(len(before), len(after)), 0, 0
    while start < short and before[start] == after[start]:
        start += 1
    while end < short - start and before[-1 - end] == after[-1 - end]:
        end += 1
    middle: list[Piece] = [
        ("del", before[start : len(before) - end]),
        ("ins", after[start : len(after) - end]),
    ]
    return [("", before[:start]), *middle, ("", before[len(before) - end :])]


def _joined(pieces: Sequence[Piece]) -> list[Piece]:
    """Without empty pieces; a space between two changes is taken for changed with them."""
    told = [piece for piece in pieces if piece[1]]
    found: list[Piece] = []
    for at, (kind, text) in enumerate(told):
        between = 0 < at < len(told) - 1 and not kind and not text.strip() and "\n" not in text
        found += [("del", text), ("ins", text)] if between else [(kind, text)]
    runs: list[Piece] = []
    gone, new = "", ""
    for kind, text in [*found, ("", "")]:
        if kind == "del":
            gone += text
        elif kind == "ins":
            new += text
        else:
            runs += [piece for piece in (("del", gone), ("ins", new), ("", text)) if piece[1]]
            gone = new = ""
    return runs

"""An index without some of its documents: not a byte of theirs is left, and no text is analysed again."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from archive.search.blocks.arrays import Arrays, joined
from archive.search.blocks.build import column_arrays, document_arrays, field_arrays
from archive.search.blocks.lists import Lists
from archive.search.blocks.segment import Field, Segment


def without(segment: Segment, ids: Iterable[str]) -> bytes:
    """The bytes of the index that would have been made without the documents of these *ids*.

    An id that is not there changes nothing. Terms that only those documents had are gone from the lexicon.
    """
    gone = {number for each in ids if (number := segment.number(each)) is not None}
    left = [number for number in range(segment.count) if number not in gone]
    renumbered = np.full(segment.count, -1, np.int64)
    renumbered[left] = np.arange(len(left))
    arrays = document_arrays([segment.name(n) for n in left], [segment.held(n) for n in left])
    totals = {}
    for name, field in segment.fields.items():
        made, totals[name] = _field(name, field, left, renumbered)
        arrays |= made
    values = {
        name: [known[code] for code in segment.codes(name)[left].tolist()]
        for name, known in segment.columns.items()
    }
    columns, names = column_arrays(values)
    told = {**segment.told, "documents": len(left), "totals": totals, "columns": names}
    return joined(arrays | columns, told)


def _field(name: str, field: Field, left: list[int], renumbered: np.ndarray) -> tuple[Arrays, int]:
    bits = field.written.bits[left]
    lists, total = Lists(len(left), bits), 0
    for low, high in field.written.stretches():
        all = field.written.unrolled((low, high))
        all = all._replace(document=renumbered[all.document])
        all = all.among(all.document >= 0)
        known, term = np.unique(all.term, return_inverse=True)
        if len(known):
            lists.add([field.words[low + int(at)] for at in known], all._replace(term=term))
        total += len(term)
    starts = [field.begun(number) for number in left]
    return field_arrays(name, lists, field.norm[left], bits.tobytes(), starts), total

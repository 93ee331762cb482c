"""The same index as Whoosh's own matchers see it: what they are asked only where arrays do not answer."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import Any

import numpy as np
from whoosh.analysis import IDAnalyzer
from whoosh.fields import TEXT, Schema
from whoosh.matching import ListMatcher
from whoosh.query.spans import Span
from whoosh.reading import IndexReader, TermInfo, TermNotFound

from archive.search.blocks.segment import LENGTHS, Field, Segment
from archive.search.blocks.standing import places


class SegmentReader(IndexReader):  # type: ignore[misc]
    """A `Segment` behind Whoosh's interface for readers."""

    def __init__(self, segment: Segment) -> None:
        self._segment = segment
        given = TEXT(analyzer=IDAnalyzer(), phrase=True, chars=True)
        self.schema = Schema(**dict.fromkeys(segment.fields, given))

    def __contains__(self, term: tuple[str, bytes | str]) -> bool:
        return self._find(*term) is not None

    def indexed_field_names(self) -> list[str]:
        return list(self._segment.fields)

    def all_terms(self) -> Iterator[tuple[str, bytes]]:
        for name in sorted(self._segment.fields):
            yield from self.terms_from(name, b"")

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        field = self._segment.fields[fieldname]
        return ((fieldname, field.words[at]) for at in range(field.words.place(prefix), len(field.words)))

    def term_info(self, fieldname: str, text: str | bytes) -> TermInfo:
        field, term = self._known(fieldname, text)
        held = field.postings(term)
        lengths = LENGTHS[field.norm[held.documents]]
        return TermInfo(
            weight=int(held.frequencies.sum()),
            df=len(held.documents),
            minlength=int(lengths.min()),
            maxlength=int(lengths.max()),
            maxweight=int(held.frequencies.max()),
            minid=int(held.documents[0]),
            maxid=int(held.documents[-1]),
        )

    def postings(self, fieldname: str, text: str | bytes, scorer: Any = None, **options: Any) -> Matched:
        field, term = self._known(fieldname, text)
        return Matched(field, term, (fieldname, field.words[term]), scorer, self.term_info(fieldname, text))

    def has_deletions(self) -> bool:
        return False

    def is_deleted(self, docnum: int) -> bool:
        return False

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        return {"id": self._segment.name(docnum)}

    def doc_count_all(self) -> int:
        return self._segment.count

    def doc_count(self) -> int:
        return self._segment.count

    def frequency(self, fieldname: str, text: str | bytes) -> int:
        found = self._find(fieldname, text)
        return found[0].often(found[1]) if found else 0

    def doc_frequency(self, fieldname: str, text: str | bytes) -> int:
        found = self._find(fieldname, text)
        return found[0].df[found[1]] if found else 0

    def field_length(self, fieldname: str) -> int:
        return self._segment.fields[fieldname].total

    def min_field_length(self, fieldname: str) -> int:
        return int(LENGTHS[self._segment.fields[fieldname].norm.min()])

    def max_field_length(self, fieldname: str) -> int:
        return int(LENGTHS[self._segment.fields[fieldname].norm.max()])

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        return int(LENGTHS[self._segment.fields[fieldname].norm[docnum]])

    def has_vector(self, docnum: int, fieldname: str) -> bool:
        return False

    def vector(self, docnum: int, fieldname: str, format_: Any = None) -> Any:
        raise KeyError(fieldname)

    def _find(self, name: str, text: str | bytes) -> tuple[Field, int] | None:
        field = self._segment.fields.get(name)
        term = field.words.find(text if isinstance(text, bytes) else text.encode()) if field else None
        return None if field is None or term is None else (field, term)

    def _known(self, name: str, text: str | bytes) -> tuple[Field, int]:
        found = self._find(name, text)
        if found is None:
            raise TermNotFound((name, text))
        return found


class Matched(ListMatcher):  # type: ignore[misc]
    """A term's postings, one after the other, with where it stands in each."""

    _i: int
    _ids: list[int]

    def __init__(self, field: Field, term: int, named: tuple[str, bytes], scorer: Any, info: Any) -> None:
        held = field.postings(term)
        self._made = (field, term, named, scorer, info)
        super().__init__(
            held.documents.tolist(), held.frequencies.tolist(),
            scorer=scorer, term=named, terminfo=info,
        )  # fmt: skip

    def copy(self) -> Matched:
        again = Matched(*self._made)
        again._i = self._i
        return again

    def skip_to(self, id: int) -> None:
        self._i = bisect_left(self._ids, id, lo=self._i)

    def supports(self, astype: str) -> bool:
        return astype in ("positions", "characters", "frequency")

    def value_as(self, astype: str) -> Any:
        field, term, *_ = self._made
        _, *columns = places(field, [term], np.array([self.id()]))
        found = [list(place) for place in zip(*(each.tolist() for each in columns), strict=True)]
        if astype == "frequency":
            return len(found)
        return found if astype == "characters" else [position for position, _, _ in found]

    def spans(self) -> list[Span]:
        return [Span(at, startchar=start, endchar=end) for at, start, end in self.value_as("characters")]

"""What can be found: a testimony in its parts, and how an engine keeps it."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Final

from archive.search.analyzer import JOIN
from archive.search.backend import DAMAGED, EngineError, Kept
from archive.search.excerpt import Excerpt, cut, whole

FACETS: Final = ("lang", "quarter", "kind")


@dataclass(frozen=True)
class Card:
    """What is told of a testimony before its words."""

    id: str
    lang: str
    quarter: str
    kind: str


@dataclass(frozen=True)
class Document(Card):
    """What can be found: one testimony's rendition, in its parts."""

    segments: tuple[tuple[str, str], ...] = field(repr=False)
    fields: tuple[tuple[str, str], ...] = ()
    """Other fields than `FACETS`, by which texts from elsewhere can be filtered and counted."""

    def value(self, name: str) -> str:
        """The value of one field; of a field it does not have, nothing."""
        own: str = getattr(self, name) if name in FACETS else dict(self.fields).get(name, "")
        return own

    def body(self) -> list[Any]:
        """What is kept of it beside its text."""
        parts = [(id, len(text)) for id, text in self.segments]
        return [self.lang, self.quarter, self.kind, parts, self.fields]

    def text(self) -> str:
        """All its words, in which its terms stand."""
        return JOIN.join(text for _, text in self.segments)

    def held(self, spans: list[tuple[int, int]]) -> Kept:
        """As an engine would have kept it, with looked-for terms at *spans*."""
        text = self.text()
        return Kept(self.body(), lambda low, high: text[low:high], spans)


class Shelved:
    """One testimony as an engine keeps it: no more of it is read than is asked for.

    `EngineError` for what `Document.body` did not make.
    """

    def __init__(self, document_id: str, kept: Kept) -> None:
        self._kept = kept
        try:
            lang, quarter, kind, parts, fields = kept.body
            self._parts, self._fields = (tuple((a, b) for a, b in each) for each in (parts, fields))
        except (TypeError, ValueError):
            raise EngineError(DAMAGED) from None
        told = [lang, quarter, kind, *(id for id, _ in self._parts), *chain.from_iterable(self._fields)]
        lengths = [length for _, length in self._parts]
        if not all(type(each) is str for each in told) or not all(type(n) is int and n >= 0 for n in lengths):
            raise EngineError(DAMAGED)
        self.card: Final = Card(document_id, lang, quarter, kind)

    def document(self) -> Document:
        """All of it."""
        segments, at = list[tuple[str, str]](), 0
        text = self._text(0, sum(length + len(JOIN) for _, length in self._parts))
        for id, length in self._parts:
            segments.append((id, text[at : at + length]))
            at += length + len(JOIN)
        card = self.card
        return Document(card.id, card.lang, card.quarter, card.kind, tuple(segments), self._fields)

    def excerpts(self) -> tuple[Excerpt, ...]:
        """What is shown of it in a list of hits."""
        return cut(self._parts, self._text, self._kept.spans)

    def marked(self) -> tuple[Excerpt, ...]:
        """All of it, with its hits marked."""
        return whole(self._parts, self._text, self._kept.spans)

    def _text(self, low: int, high: int) -> str:
        end = sum(length + len(JOIN) for _, length in self._parts) - len(JOIN)
        text = self._kept.text(low, min(high, end))
        if len(text) < min(high, end) - low:
            raise EngineError(DAMAGED)
        return text

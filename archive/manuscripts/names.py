"""Who is called what in one book: one person has one name in it, and in no other book or release that name.

1. A book is a collection of `redaction.naming`. Where a name is hidden in a testimony stands what was drawn
   for her in this book, or the plain label; never what stands there for readers of the reading room.
2. It is put into the places that two people approved, and into no letters that only look like them.
3. In what an editor writes somebody is kept by her figure, and told by the name that she has in the book now.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from archive.consent import Rendition
from archive.redaction import figures, naming
from archive.redaction.decision import Label
from archive.redaction.figures import Figure
from archive.redaction.spans import LABELS
from archive.testimony import LANGUAGES, Segment
from archive.vault import Vault

KEPT: Final = re.compile(r"⟦([0-9a-f]{16})⟧")
"""Somebody in an editor's words, as the project keeps her: the random name of her figure."""


@dataclass(frozen=True)
class Stretch:
    """Code points of a segment as two people approved it, and what the book tells there."""

    start: int
    end: int
    told: str = field(repr=False)
    figure: str = ""
    """Whose name is hidden there, where the map knows her."""
    label: bool = False
    """It stands for a name: a quote has all of it or nothing."""


class Names:
    """What stands for everybody in the book of one project, read once."""

    def __init__(self, vault: Vault, project: str) -> None:
        self._vault, self.collection = vault, naming.book_of(project)
        self._in = cache(lambda testimony: figures.named_in(vault, testimony))
        self._of = cache(lambda id: Figure(id, (), figures.decided(vault, id)))

    def stretches(self, made: Rendition, segment: Segment) -> Iterator[Stretch]:
        """A whole segment, cut where a name or a contact is hidden."""
        at = 0
        for each in made.labels:
            if each.segment == segment.id and each.category in naming.NAMES:
                yield Stretch(at, each.start, segment.text[at : each.start])
                yield self._named(made, each)
                at = each.end
        yield Stretch(at, len(segment.text), segment.text[at:])

    def _named(self, made: Rendition, label: Label) -> Stretch:
        who = self._in(made.testimony_id).get(label.surface)
        told = self.shown(who.id, made.lang) if who else ""
        labels = LABELS[label.category]
        told = told or labels.get(made.lang, labels["eng"])
        return Stretch(label.start, label.end, told, who.id if who else "", True)

    def shown(self, figure: str, lang: str) -> str:
        """What stands for a figure in texts of this language, or nothing before it was drawn."""
        return naming.shown_for(self._vault, self._of(figure), self.collection, lang)

    def role(self, figure: str) -> str:
        return self._of(figure).decided.role

    def is_invented(self, figure: str) -> bool:
        return self._of(figure).decided.is_invented(self.collection)

    def told(self, text: str, lang: str) -> str:
        """An editor's *text* as it is read: everybody in it by her name in this book."""
        label = LABELS["name"].get(lang, LABELS["name"]["eng"])
        return KEPT.sub(lambda found: self.shown(found[1], lang) or label, text)

    def figured(self, text: str, figures: Iterable[str]) -> str:
        """An editor's *text* as it is kept: each name of this book, of these *figures*, as her figure."""
        of = {shown: id for id in figures for lang in LANGUAGES if (shown := self.shown(id, lang))}
        if not of:
            return text
        spelled = "|".join(map(re.escape, sorted(of, key=len, reverse=True)))
        return re.sub(spelled, lambda found: f"⟦{of[found[0]]}⟧", text)


def in_text(text: str) -> list[str]:
    """Who is in an editor's words, as they are kept."""
    return KEPT.findall(text)

"""A last look for names: no real one, in any script that we can read, is in a book or in a file of it.

1. What is hidden in a testimony that is quoted is looked for in all spellings, in whatever the book says; it
   is there by nobody's leave.
2. What is hidden in any other testimony, and what the recognisers take for a name, a contact or a number,
   stays out until an archivist or reviewer says that it is nobody's to hide (`Project.allowed`). What was
   left to be seen in a testimony is decided there. Of titles and of where help is recognisers are not asked.
3. Of a finding its place and kind are told; the words are for the editor's page alone.

**Not** found: nicknames that nobody hid, and a sentence that tells who she is without a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from archive import roles
from archive.errors import ArchiveError
from archive.manuscripts import shelf
from archive.manuscripts.binder import BinderRefused, Project, Quote
from archive.manuscripts.quoting import Sources
from archive.people import Person
from archive.redaction import choices, naming
from archive.redaction.figures import known_aliases
from archive.redaction.known import known_in
from archive.redaction.sightings import Texts, folded, letters
from archive.redaction.spans import LABELS
from archive.redaction.spellings import Spellings
from archive.risk.sweep import SPELLING, Left, found, swept
from archive.vault import Vault

KNOWN: Final = "known"
"""A name that is hidden in a testimony which this book does not quote."""
ELSEWHERE: Final = "elsewhere"
"""What stands for somebody in another book or release, or stood for her here before."""
BREAKS: Final = re.compile(r"</?(?:w:p|w:tc|p|h\d|li|td|th|br|div|caption|title|dc:title|text)\b[^>]*>")
TAG: Final = re.compile(r"<[^>]*>")
ATTRIBUTE: Final = re.compile(r'\s(?:alt|title|descr|aria-label|content)="([^"]*)"')


@dataclass(frozen=True, order=True)
class Finding:
    """Something in a book that may tell who somebody is, and where: in a block, in a title, or in a file."""

    chapter: str
    block: str
    kind: str
    file: str = ""
    words: str = field(repr=False, compare=False, default="")

    def __str__(self) -> str:
        where = f"block {self.block} of {self.chapter}" if self.block else self.file or self.chapter
        return f"{where or 'the book itself'}: {self.kind}"


class NamesLeft(ArchiveError):
    """Something may tell who somebody is; nothing was written."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        told = "; ".join(dict.fromkeys(map(str, findings)))
        super().__init__(f"a name may be left in it; change the words, or have them allowed ({told})")
        self.findings = tuple(findings)


def allow(vault: Vault, person: Person, id: str, words: str, today: date) -> Project:
    """Say that *words* of a project are nobody's to hide; what is hidden in what it quotes stays refused."""
    told = " ".join(words.split())
    if not letters(told):
        raise BinderRefused("name the words that are nobody's to hide")

    def allowed(now: Project) -> Project:
        return replace(now, allowed=tuple(dict.fromkeys((*now.allowed, told))))

    return shelf.change(vault, person, id, allowed, today, needs=roles.MARKERS)


@dataclass(frozen=True)
class _Part:
    """Words of the book: of a block, or of a title or the resources."""

    chapter: str
    block: str
    text: str = field(repr=False)
    written: bool = True
    """An editor wrote it, and may have written anybody's name."""


class Look:
    """What must not be read in the book of one project, gathered once."""

    def __init__(self, vault: Vault, project: Project, sources: Sources) -> None:
        self._vault, self._project, self._sources = vault, project, sources
        made = [sources.rendition(each) for each in sorted(project.testimonies)]
        self._hidden = frozenset(words for each in made for kind, words in each.hidden if kind == "name")
        self._elsewhere = known_aliases(vault) - {(words, "PER") for words in self._hidden}
        self._spellings = Spellings(self._hidden)
        shown = (words for each in made for words in choices.shown(vault, each.testimony_id))
        self._decided = {letters(words) for words in (*project.allowed, *shown)}
        figures = {id for block in project.blocks for id in sources.figures(block)}
        self._names = {sources.names.shown(id, lang) for id in figures for lang in LABELS["name"]} - {""}
        self._strange = naming.ever_shown(vault) - self._names

    def findings(self) -> list[Finding]:
        """All that is left in what the book says."""
        parts = list(self._parts())
        left = [Finding(p.chapter, p.block, kind, "", words) for p, kind, words in self._named(parts)]
        return sorted({*left, *self._recognised([p for p in parts if p.written]), *self._quoted()})

    def in_file(self, name: str, texts: Iterable[str]) -> list[Finding]:
        """The same in the words of a finished file."""
        part = _Part("", "", "\n".join(_read(text) for text in texts))
        return sorted({Finding("", "", kind, name, words) for _, kind, words in self._named([part])})

    def _named(self, parts: Sequence[_Part]) -> Iterator[tuple[_Part, str, str]]:
        """Where a name that is hidden somewhere can be read, and what stands for somebody elsewhere."""
        texts = [part.text for part in parts]
        hers = known_in(texts, {(words, "PER") for words in self._hidden})
        others = known_in(texts, self._elsewhere)
        spaced = Texts(texts).showing(self._hidden)
        for number, (part, mine, other) in enumerate(zip(parts, hers, others, strict=True)):
            if number in spaced and not mine:
                # With signs between its letters: where, `sightings` does not say.
                yield part, SPELLING, "…"
            spans = [(each.start, each.end, SPELLING) for each in mine]
            spans += [(start, end, SPELLING) for start, end in self._spellings.met(part.text)]
            spans += [(each.start, each.end, KNOWN) for each in other]
            for start, end, kind in spans:
                words = part.text[start:end]
                if kind == SPELLING or letters(words) not in self._decided:
                    yield part, kind, words
            for tag in self._strange:
                if tag in part.text:
                    yield part, ELSEWHERE, tag

    def _recognised(self, parts: Sequence[_Part]) -> Iterator[Finding]:
        """What the recognisers take for a name in what editors wrote."""
        labels = self._names | {label for named in LABELS.values() for label in named.values()}
        asked = [(str(number), part.text) for number, part in enumerate(parts)]
        for each in found(asked, (), labels) if asked else ():
            if letters(each.words) not in self._decided:
                part = parts[int(each.segment)]
                yield Finding(part.chapter, part.block, each.kind, "", each.words)

    def _quoted(self) -> Iterator[Finding]:
        """What they found in a testimony that is quoted and nobody decided, where the quote has it."""
        left = {
            each: swept(self._vault, self._sources.rendition(each))
            for each in sorted({b.quote.testimony_id for b in self._project.blocks if b.quote})
        }
        for chapter in self._project.chapters:
            for block in chapter.blocks:
                if block.quote is None:
                    continue
                for each in left[block.quote.testimony_id]:
                    if _covers(block.quote, each) and letters(each.words) not in self._decided:
                        yield Finding(chapter.id, block.id, each.kind, "", each.words)

    def _parts(self) -> Iterator[_Part]:
        project = self._project
        told = [project.title, *(part.title for part in project.parts), project.resources]
        told += [each for reading in project.readings for each in reading]
        yield _Part("", "", "\n".join(told), written=False)
        for chapter in project.chapters:
            yield _Part(chapter.id, "", chapter.title, written=False)
            for block in chapter.blocks:
                if text := self._sources.text(block):
                    yield _Part(chapter.id, block.id, text, block.quote is None or bool(block.text))


def _covers(quote: Quote, left: Left) -> bool:
    """Whether a quote has any of what was found in its testimony."""
    if left.segment not in quote.segments:
        return False
    before = left.segment == quote.segments[0] and left.end <= quote.start
    behind = left.segment == quote.segments[-1] and quote.end <= left.start
    return not (before or behind)


def _read(layer: str) -> str:
    """What a reader reads of HTML or XML, each paragraph a line, with what is said beside pictures."""
    if not layer.lstrip().startswith("<"):
        return layer
    spoken = TAG.sub("", BREAKS.sub("\n", layer))
    return folded("\n".join([spoken, *ATTRIBUTE.findall(layer)]))

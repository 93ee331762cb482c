"""Quotes bound to their source: each is asked of the gate anew, every time it is read (R5, R35).

1. A quote holds while its rendition is, to the letter, the one it was taken from. After any change of words,
   redactions or consent it is blocked, with the reason, until an editor takes it anew.
2. What was granted is asked for `memoir_compilation` and the project's audience, and for nothing else.
3. An edited quote is shown with its difference to her words.
4. A quote first proves that it is the approved text; then what stands in it for a name is the book's own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from archive.attachments import copies, hiding
from archive.consent import ConsentRefused, Rendition, rendition, require_granted
from archive.manuscripts.binder import BinderRefused, Block, Chapter, Project, Quote
from archive.manuscripts.names import Names, Stretch, in_text
from archive.redaction.figure_key import MapClosed
from archive.redaction.spans import RedactionError
from archive.standing import TakenBack
from archive.testimony import Segment, Use
from archive.vault import UnknownRecord, Vault
from archive.versions.comparison import Piece, differences

USE: Final[Use] = "memoir_compilation"
JOIN: Final = "\n\n"
"""Between the segments of one quote."""


class QuoteRefused(BinderRefused):
    """These words may not be here, or are not there any more."""


@dataclass(frozen=True)
class Blocked:
    """A block that keeps the book from being made, and why."""

    chapter: str
    block: str
    why: str


@dataclass(frozen=True)
class Place:
    """Where a segment is used."""

    project: str
    chapter: str
    block: str


class Sources:
    """What the gate hands out for one project, each testimony asked once. Make a new one for each task."""

    def __init__(self, vault: Vault, project: Project) -> None:
        self._vault, self._audience, self.lang = vault, project.audience, project.lang
        self.names = Names(vault, project.id)
        self.rendition = cache(self._rendition)

    def _rendition(self, testimony: str) -> Rendition:
        """The rendition for this project, or `QuoteRefused` with the gate's reason."""
        try:
            return rendition(self._vault, testimony, USE, self._audience)
        except (ConsentRefused, RedactionError) as refused:
            raise QuoteRefused(str(refused)) from None
        except UnknownRecord:
            raise QuoteRefused("this testimony is not here any more") from None

    def bind(self, testimony: str, segments: Sequence[str], start: int, end: int) -> Quote:
        """A quote of these code points, or `QuoteRefused` when there are no such words."""
        made = self.rendition(testimony)
        words = _words(made, segments, start, end)
        list(self._stretches(made, segments, start, end))
        return Quote(testimony, version_of(made), tuple(segments), start, end, digest(words))

    def words(self, quote: Quote) -> str:
        """Her words, as they may be read now, or `QuoteRefused`."""
        made = self.rendition(quote.testimony_id)
        if version_of(made) != quote.version:
            raise QuoteRefused("the testimony was changed since; take the quote anew")
        words = _words(made, quote.segments, quote.start, quote.end)
        if digest(words) != quote.words_sha256:
            raise QuoteRefused("these are not the words that were taken; take the quote anew")
        return words

    def shown(self, quote: Quote) -> str:
        """The same as the book tells them, everybody by her name in it."""
        self.words(quote)
        made = self.rendition(quote.testimony_id)
        told = self._stretches(made, quote.segments, quote.start, quote.end)
        return JOIN.join("".join(each.told for each in part) for part in told)

    def stretches(self, testimony: str, segment: Segment) -> list[Stretch]:
        """A segment as the book would tell it, cut where a name is hidden; or `QuoteRefused`."""
        try:
            return list(self.names.stretches(self.rendition(testimony), segment))
        except MapClosed as closed:
            raise QuoteRefused(str(closed)) from None

    def _stretches(
        self, made: Rendition, segments: Sequence[str], start: int, end: int
    ) -> Iterator[list[Stretch]]:
        for segment, first, last in _ranges(made, segments, start, end):
            found = [
                s for s in self.stretches(made.testimony_id, segment) if s.start < last and first < s.end
            ]
            if any(s.label and (s.start < first or last < s.end) for s in found):
                raise QuoteRefused("a quote has all of what stands for a name, or nothing of it")
            yield [
                s if s.label else replace(s, told=segment.text[max(first, s.start) : min(last, s.end)])
                for s in found
            ]

    def figures(self, block: Block) -> frozenset[str]:
        """Who is in a block, as the map of figures names them; nobody where it is blocked."""
        found = set(in_text(block.text))
        if block.quote is not None:
            with suppress(QuoteRefused):
                quote = block.quote
                made = self.rendition(quote.testimony_id)
                parts = self._stretches(made, quote.segments, quote.start, quote.end)
                found |= {each.figure for part in parts for each in part if each.figure}
        return frozenset(found)

    def text(self, block: Block) -> str:
        """What a reader would read of a block of words, or `QuoteRefused`."""
        if block.gone:
            raise QuoteRefused("what this rested on was taken back and destroyed; remove the block")
        for testimony in block.sources:
            self.rendition(testimony)
        if block.kind == "picture":
            self.picture(block)
        if not block.text:
            return self.shown(block.quote) if block.quote else ""
        return self.names.told(block.text, self.lang_of(block))

    def lang_of(self, block: Block) -> str:
        """The language that a block is read in."""
        return self.rendition(block.quote.testimony_id).lang if block.quote else self.lang

    def picture(self, block: Block) -> tuple[str, bytes]:
        """Media type and bytes of a picture as two people approved it, or `QuoteRefused`."""
        testimony = block.ref.partition(":")[0]
        try:
            require_granted(self._vault, testimony, USE, self._audience, part="images")
            content = b"".join(hiding.redacted(self._vault, block.ref))
            return copies.copy(self._vault, block.ref).media, content
        except (ConsentRefused, TakenBack, hiding.HidingRefused) as refused:
            raise QuoteRefused(str(refused)) from None
        except UnknownRecord:
            raise QuoteRefused("this picture is not here any more") from None

    def edited(self, project: Project, block: Block, text: str) -> Block:
        """*block* with the editor's *text*; a quote whose words stand as they are is not edited."""
        same = block.quote is not None and text.strip() == self.shown(block.quote).strip()
        who = (id for each in (*project.blocks, block) for id in self.figures(each))
        return replace(block, text="" if same else self.names.figured(text, who))

    def edits(self, block: Block) -> tuple[Piece, ...]:
        """What an editor changed of her words; nothing where they stand as they are."""
        if block.quote is None or not block.text:
            return ()
        return differences(self.shown(block.quote), self.text(block))

    def blocked(self, project: Project) -> list[Blocked]:
        """Every block that may not be in the book now."""
        return [found for chapter in project.chapters for found in self.blocked_in(chapter)]

    def blocked_in(self, chapter: Chapter) -> Iterator[Blocked]:
        """The same for one chapter."""
        for block in chapter.blocks:
            try:
                if block.quote is not None:
                    self.words(block.quote)
                self.text(block)
            except QuoteRefused as refused:
                yield Blocked(chapter.id, block.id, str(refused))
                continue
            if not all(self.names.shown(id, self.lang_of(block)) for id in self.figures(block)):
                yield Blocked(chapter.id, block.id, "somebody in it has no name in this book; draw the names")
            if block.text and block.quote and chapter.manner == "verbatim":
                yield Blocked(chapter.id, block.id, "this chapter is verbatim, and the quote was edited")


def version_of(made: Rendition) -> str:
    """The SHA-256 of a rendition: its words, cut as they are, and the consent they were handed out under."""
    told = [made.testimony_id, made.lang, made.consent.to_json(), [[s.id, s.text] for s in made.segments]]
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(b"onggi-rendition1|" + body.encode()).hexdigest()


def digest(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()


def used(projects: Iterable[Project]) -> dict[tuple[str, str], list[Place]]:
    """Of each testimony and segment, where it is quoted."""
    found: dict[tuple[str, str], list[Place]] = {}
    for project in projects:
        for chapter in project.chapters:
            for block in chapter.blocks:
                if quote := block.quote:
                    place = Place(project.id, chapter.id, block.id)
                    for segment in quote.segments:
                        found.setdefault((quote.testimony_id, segment), []).append(place)
    return found


def _words(made: Rendition, segments: Sequence[str], start: int, end: int) -> str:
    return JOIN.join(part.text[first:last] for part, first, last in _ranges(made, segments, start, end))


def _ranges(made: Rendition, segments: Sequence[str], start: int, end: int) -> list[tuple[Segment, int, int]]:
    names = [segment.id for segment in made.segments]
    at = names.index(segments[0]) if segments and segments[0] in names else -1
    if at < 0 or names[at : at + len(segments)] != list(segments):
        raise QuoteRefused("there is no such part in what may be read of this testimony")
    parts = made.segments[at : at + len(segments)]
    texts = [part.text for part in parts]
    if not (0 <= start < len(texts[0]) and 0 < end <= len(texts[-1])) or (len(texts) == 1 and start >= end):
        raise QuoteRefused("there are no such words in this part")
    first, last = [start, *[0] * (len(parts) - 1)], [*map(len, texts[:-1]), end]
    return list(zip(parts, first, last, strict=True))

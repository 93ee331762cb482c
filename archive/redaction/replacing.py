"""What is read instead of the hidden words of one testimony, chosen for all their occurrences alike.

A choice is of words, wherever they stand; a profile is of a kind. What a profile cannot tell gets its label
again, also where a person had chosen otherwise. Each is checked against all that is hidden in the text.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from archive.redaction.choices import NOT_HIDDEN, Choice
from archive.redaction.decision import ApprovedText
from archive.redaction.operators import LADDERS, Hidden, Option, by_profile, narrower, options, shown
from archive.redaction.spans import Redaction, RedactionError
from archive.testimony import Testimony

Span = tuple[int, int]
BEHIND: Final = 3
"""Letters behind hidden words in which a Korean particle is seen."""


@dataclass(frozen=True)
class Replaced:
    """Hidden words with all the spans where they stand, what is read there now, and what could be."""

    words: Hidden = field(repr=False)
    spans: tuple[Span, ...]
    now: str = field(repr=False)
    options: tuple[Option, ...] = field(repr=False)


def replaced(told: Testimony, standing: Iterable[Choice], seen: Sequence[Span]) -> list[Replaced]:
    """What is hidden in the parts that are *seen*, in the order in which it is first told."""
    hidden = sorted(c for c in standing if c.hidden)
    avoid, found = surfaces(told.text, hidden), list[Replaced]()
    for group in _alike(told, [c for c in hidden if _within(c, seen)]).values():
        words = _hidden(told, group[0])
        now = Redaction(group[0].start, group[0].end, group[0].category, group[0].shown)
        spans = tuple((c.start, c.end) for c in group)
        found.append(Replaced(words, spans, now.label(told.lang_original), options(words, avoid)))
    return found


def chosen(
    told: Testimony, standing: Iterable[Choice], seen: Sequence[Span], asked: Mapping[Span, str]
) -> dict[Span, str]:
    """What is read at every occurrence of the words at an *asked* span, by its operator: `RedactionError`."""
    hidden = sorted(c for c in standing if c.hidden)
    avoid, found = surfaces(told.text, hidden), dict[Span, str]()
    groups = _alike(told, [c for c in hidden if _within(c, seen)])
    for span, operator in asked.items():
        group = next((group for group in groups.values() if span in [(c.start, c.end) for c in group]), None)
        if group is None:
            raise RedactionError(NOT_HIDDEN)
        said = shown(operator, _hidden(told, group[0]), avoid)
        found |= {(c.start, c.end): said for c in group}
    return found


def profiled(
    told: Testimony,
    standing: Iterable[Choice],
    seen: Sequence[Span],
    rungs: Mapping[str, str],
    kinds: Collection[str] = tuple(LADDERS),
) -> dict[Span, str]:
    """What a release profile lets all hidden words of these *kinds* be read as; others stay as they are."""
    hidden = sorted(c for c in standing if c.hidden)
    avoid, found = surfaces(told.text, hidden), dict[Span, str]()
    for group in _alike(told, [c for c in hidden if _within(c, seen)]).values():
        words = _hidden(told, group[0])
        if words.kind in kinds:
            said = by_profile(rungs, words, avoid)
            found |= {(c.start, c.end): said for c in group}
    return found


def told_as(told: Testimony, category: str, surface: str, operator: str) -> str:
    """What *operator* lets be read instead of words that are hidden next; `RedactionError`."""
    at = told.text.find(surface)
    if at < 0:
        raise RedactionError(NOT_HIDDEN)
    return shown(operator, _hidden(told, Choice(at, at + len(surface), category, True)))


def by_label(told: Testimony, marks: Iterable[Redaction], rungs: Mapping[str, str]) -> list[Redaction]:
    """The marks, with those that have only a label told as a release profile lets them be."""
    hidden = [Choice(m.start, m.end, m.category, True, shown=m.shown) for m in marks]
    wider = profiled(told, hidden, [(0, len(told.text))], rungs)
    spoken = [(c, c.shown or wider.get((c.start, c.end), "")) for c in hidden]
    return [Redaction(c.start, c.end, c.category, said) for c, said in spoken]


def tells_narrower(approved: ApprovedText, lang: str, rungs: Mapping[str, str]) -> bool:
    """Whether what stands instead of any words in an approved text says more than *rungs* let be told."""
    texts, avoid = dict(approved.segments), {surface for _, surface in approved.hidden}
    for each in approved.labels:
        text = texts[each.segment]
        words = Hidden(each.category, lang, each.surface, text[each.end : each.end + BEHIND])
        if text[each.start : each.end] in narrower(rungs, words, avoid):
            return True
    return False


def narrower_elsewhere(
    approved: ApprovedText, texts: Mapping[str, str], lang: str, rungs: Mapping[str, str]
) -> str:
    """The first segment of *texts*, made of an approved text in the language *lang*, that says more of any
    words hidden there than *rungs* let be told, in brackets or not; empty where none does.
    """
    for each in approved.labels:
        text = texts.get(each.segment, "").casefold()
        for said in narrower(rungs, Hidden(each.category, lang, each.surface)):
            if said.strip("[]").casefold() in text:
                return each.segment
    return ""


def surfaces(text: str, hidden: Iterable[Choice]) -> set[str]:
    """All that is hidden, as it was told."""
    return {text[c.start : c.end] for c in hidden}


def _alike(told: Testimony, hidden: Iterable[Choice]) -> dict[tuple[str, str], list[Choice]]:
    found: dict[tuple[str, str], list[Choice]] = {}
    for each in hidden:
        found.setdefault((told.text[each.start : each.end], each.category), []).append(each)
    return found


def _hidden(told: Testimony, at: Choice) -> Hidden:
    text = told.text
    return Hidden(at.category, told.lang_original, text[at.start : at.end], text[at.end : at.end + BEHIND])


def _within(each: Choice, seen: Iterable[Span]) -> bool:
    return any(start <= each.start and each.end <= end for start, end in seen)

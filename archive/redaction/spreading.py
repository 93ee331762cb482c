"""A name that was found once is looked for everywhere in the document, in its other spellings.

1. Of a Korean name its given part too, with 이 behind it, spaced, and as the North and the South spell it
   (리, 이).
2. Hangul, Hanzi read as Korean reads them, and the usual romanisations of Korean find each other.
3. Pinyin and Hanzi do **not** find each other, nor do nicknames: who is meant is for a person to say.

The romanisations are our own table, after Revised Romanisation, McCune-Reischauer and what passports have.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from itertools import pairwise
from typing import Final

from archive.redaction import hangul
from archive.redaction.plain import Plain
from archive.redaction.quoted import CALLED
from archive.redaction.suggestion import FAINT, LIKELY, Suggestion
from archive.redaction.words import any_of, lexicon, names, readings, simplified

NAMED: Final = ("PER", "LOC", "ORG", "SITE")
EXACT: Final = ("HANDLE", "PHONE", "CODE")
HANGUL: Final = re.compile("[가-힣]+")
HANZI: Final = re.compile("[\u3400-\u9fff]+")
LATIN: Final = re.compile(r"[A-Za-z\u00c0-\u024f]+(?:['-][A-Za-z\u00c0-\u024f]+)*")
INITIAL: Final = re.compile("[B-HJ-Z]")
"""A letter that stands for somebody; A and I are words."""
SURE: Final = 0.8
SURER: Final = 0.95
"""What is less sure than these (a rule, a model) is not spread: one mistake would become many."""
NORTH: Final = "리림류량려렴로라룡륙련렬령례률륜"
SOUTH: Final = "이임유양여염노나용육연열영예율윤"
"""How the North and the South spell the same first sound."""
SPELLED: Final = dict(zip(NORTH + SOUTH, SOUTH + NORTH, strict=True))

_INITIALS: Final = ("g|k|c", "kk|gg|k", "n|l", "d|t", "tt|dd|t", "r|l|n", "m", "b|p", "pp|bb|p", "s|sh", "ss|s", "", "j|ch|c", "jj|tch|j", "ch|c", "k|kh", "t|th", "p|ph|f", "h")  # fmt: skip  # noqa: E501
_VOWELS: Final = ("a|ah", "ae|ai", "ya|yah", "yae", "eo|o|u|oe|ŏ|er", "e|ay", "yeo|yo|you|yu|yŏ|ye|eo", "ye|hye|e|ae|ie", "o|oh", "wa", "wae", "oe|oi|we", "yo", "u|oo|ou|woo", "wo|weo|wŏ|won", "we", "wi|ui", "yu|yoo|ju|you", "eu|u|ŭ|oo", "ui|eui|hui|i|ee|ŭi", "i|ee|y|yi|e")  # fmt: skip  # noqa: E501
_FINALS: Final = ("|h", "k|g|ck", "k", "k", "n", "n", "n", "t|d", "l|r", "k|lk", "m|lm", "l|p", "l", "l", "p", "l", "m", "p|b", "p", "t|s", "t", "ng", "t", "t", "k", "t", "p", "t|h")  # fmt: skip  # noqa: E501


def spread(
    document: Sequence[Plain],
    found: Sequence[Iterable[Suggestion]],
    confirmed: Iterable[tuple[str, str]] = (),
) -> list[list[Suggestion]]:
    """For each text of the document what else in it is one of the names that were found or *confirmed*.

    *confirmed*: surface and kind of what a person said to hide, here or elsewhere in the archive.
    """
    aliases = {
        (_surface(document[n], each), each.kind) for n, row in enumerate(found) for each in row if _sure(each)
    }
    aliases |= {(surface, kind) for surface, kind in confirmed}
    patterns = [(pattern, kind) for surface, kind in sorted(aliases) for pattern in _patterns(surface, kind)]
    latin = [surface for surface, kind in sorted(aliases) if kind == "PER" and LATIN.search(surface)]
    doubted = {
        (_surface(document[n], each), each.kind): each
        for n, row in enumerate(found) for each in row if each.rank == FAINT and each.reason == CALLED
    }  # fmt: skip
    again = [(p, each) for alias, each in sorted(doubted.items()) for p in _patterns(*alias)]
    return [[*_in_text(text, patterns, latin), *_doubted(text, again)] for text in document]


def _doubted(text: Plain, patterns: list[tuple[re.Pattern[str], Suggestion]]) -> Iterator[Suggestion]:
    """What somebody may have been called stays a doubt wherever it stands."""
    for pattern, each in patterns:
        for found in pattern.finditer(text.text):
            start, end = text.original(*found.span())
            yield replace(each, start=start, end=end)


def _sure(each: Suggestion) -> bool:
    if each.kind in EXACT:
        return each.probability >= SURE
    if "model" in each.reason:
        return each.kind in NAMED and each.probability >= SURER and each.rank <= LIKELY
    return each.kind in NAMED and each.probability >= SURE


def _surface(text: Plain, each: Suggestion) -> str:
    return text.text[text.folded(each.start) : text.folded(each.end)]


def _in_text(
    text: Plain, patterns: list[tuple[re.Pattern[str], str]], latin: list[str]
) -> Iterator[Suggestion]:
    looked = "".join(simplified(c) if "\u3400" <= c <= "\u9fff" else c for c in text.text)
    for pattern, kind in patterns:
        for found in pattern.finditer(looked):
            yield _told(text, *found.span(), kind)
    for start, end in _names_of(looked) if latin else ():
        spelled = romanised(looked[start:end])
        if any(spelled.search(_bare(alias)) for alias in latin):
            yield _told(text, start, end, "PER")


def _told(text: Plain, start: int, end: int, kind: str) -> Suggestion:
    return Suggestion(*text.original(start, end), kind, 0.85, "found elsewhere in the document", LIKELY)


def _names_of(text: str) -> Iterator[tuple[int, int]]:
    """Where a Hangul name of two or three syllables may stand: at the front of a word."""
    for run in HANGUL.finditer(text):
        for many in (3, 2):
            if run.end() - run.start() >= many and hangul.may_be_a_name(run[0][:many]):
                yield run.start(), run.start() + many


@lru_cache(maxsize=1 << 12)
def _patterns(surface: str, kind: str) -> tuple[re.Pattern[str], ...]:
    simple = "".join(simplified(c) if "\u3400" <= c <= "\u9fff" else c for c in surface.strip())
    if kind == "PER" and len(simple) == 1 and HANZI.fullmatch(simple):
        # A surname alone (延) is looked for where it stands for the person: 延指导员, 延某, 延家.
        return (re.compile(rf"{simple}(?={any_of('zh_titles')}|[某氏家总妻嫂姐哥])"),)
    if kind == "PER" and INITIAL.fullmatch(simple):
        return (re.compile(rf"(?<![A-Za-z.'-]){simple}(?![A-Za-z.'-])"),)
    if kind in EXACT or len(simple) < 2:
        return (re.compile(re.escape(simple), re.I),) if len(simple) > 3 else ()
    if HANGUL.fullmatch(simple.replace(" ", "")):
        return tuple(_of_hangul(simple.replace(" ", "") if kind == "PER" else simple, kind))
    if HANZI.fullmatch(simple):
        return tuple(_of_hanzi(simple, kind))
    if LATIN.search(simple):
        return tuple(_of_latin(simple, kind))
    return ()


def _of_hangul(name: str, kind: str) -> Iterator[re.Pattern[str]]:
    if kind != "PER":
        yield re.compile(rf"(?<![가-힣]){re.escape(name)}")
        if kind == "LOC" and len(name) < 6 and name[0] in SPELLED:
            yield re.compile(rf"(?<![가-힣]){SPELLED[name[0]]}{re.escape(name[1:])}")
        return
    surname, given = (name[:1], name[1:]) if len(name) == 3 else ("", name)
    if len(name) == 4 and name[:2] in names("ko_surnames"):
        surname, given = name[:2], name[2:]
    for part in filter(None, (name, given if surname else "")):
        if len(part) > 1 and (part == name or not hangul.ordinary(part)):
            yield re.compile(rf"(?<![가-힣]){_hangul_of(part, bool(surname) and part == name)}")
            yield re.compile("".join(f"[{_hanzi_of(c)}]" if _hanzi_of(c) else "\0" for c in part))
            yield romanised(part)


def _hangul_of(name: str, surnamed: bool) -> str:
    first = f"[{name[0]}{SPELLED.get(name[0], '')}]"
    rest = "".join(f"[{c}{SPELLED.get(c, '')}]" if at else c for at, c in enumerate(name[1:]))
    return first + (r"\s?" if surnamed else "") + rest


@cache
def _hanzi_of(syllable: str) -> str:
    return "".join(
        sign for sign, read in readings().items() if syllable in read or SPELLED.get(syllable, "-") in read
    )


def _of_hanzi(name: str, kind: str) -> Iterator[re.Pattern[str]]:
    yield re.compile(re.escape(name))
    if len(name) == 3 and kind == "PER" and name[0] in names("zh_surnames"):
        yield re.compile(re.escape(name[1:]))
    read = [readings().get(sign, ()) for sign in name]
    if 1 < len(name) < 8 and all(read):
        spelled = "".join(f"[{''.join(each)}{''.join(SPELLED.get(c, '') for c in each)}]" for each in read)
        yield re.compile(rf"(?<![가-힣]){spelled}")
        if kind == "PER" and len(name) == 3:
            yield re.compile(
                rf"(?<![가-힣])(?:{'|'.join(read[1])})(?:{'|'.join(read[2])})(?=이?(?:가|는|은|를|을|와|의|도|네))"
            )


def _of_latin(name: str, kind: str) -> Iterator[re.Pattern[str]]:
    words = [word for word in re.split(r"\s+", name) if word]
    titles = {title.lower() for title in lexicon("en_titles")}
    if kind == "PER":
        words = [word for word in words if word.lower() not in titles]
        for word in words:
            # A surname that is a word of every sentence (Han, Sun, Young) would hide too much.
            if len(word) > 3 and word[0].isupper() and LATIN.fullmatch(word):
                yield re.compile(rf"(?<![A-Za-z])(?:{re.escape(word)}|{re.escape(word.upper())})(?![A-Za-z])")
        for first, second in pairwise(words):
            yield re.compile(rf"(?<![A-Za-z])(?:{re.escape(first)} {re.escape(second)}|{re.escape(second)},? {re.escape(first)})(?![A-Za-z])", re.I)  # fmt: skip  # noqa: E501
    else:
        yield re.compile(rf"(?<![A-Za-z]){re.escape(' '.join(words))}(?![A-Za-z])")


def _bare(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.lower())
    return "".join(c for c in plain if not unicodedata.combining(c))


@lru_cache(maxsize=1 << 14)
def romanised(name: str) -> re.Pattern[str]:
    """A Hangul name in the Latin alphabet, either order, with a hyphen, a space or nothing between."""
    syllables = [_syllable(c) for c in name]
    whole = r"[-' ]?".join(syllables)
    if len(name) == 3:
        surname, given = syllables[0], r"[-' ]?".join(syllables[1:])
        whole = rf"(?:{surname},?[- ]?{given}|{given},? {surname})"
    return re.compile(rf"(?<![A-Za-z]){whole}(?![A-Za-z])", re.I)


@cache
def _syllable(syllable: str) -> str:
    at = ord(syllable) - 0xAC00
    parts = (_INITIALS[at // 588], _VOWELS[at // 28 % 21], _FINALS[at % 28])
    rule = "".join(f"(?:{'|'.join(sorted(p.split('|'), key=len, reverse=True))})" if p else "" for p in parts)
    usual = hangul.romanised_surnames().get(syllable, ())
    return f"(?:{'|'.join((rule, *usual))})"

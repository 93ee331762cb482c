"""A folded text as the units that a chain labels, each with what can be seen of it.

Korean: letters, each with the morpheme that Kiwi reads it in. Chinese: letters. English: words.
A model is of these features: whoever changes one trains the models again (`make models`).
"""

# ruff: noqa: E501 (a pattern is read on one line)

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from archive.redaction import meaning
from archive.redaction.amounts import TEEN, TY, UNIT
from archive.redaction.segment import HAN, segmented
from archive.redaction.words import any_of, lexicon, names, places, places_in, simplified, typed_in

SENTENCE: Final = re.compile(
    r"[^\n。！？]*?(?:(?<![A-Z\u00c0-\u00de])(?<!Mr)(?<!Ms)(?<!Mrs)(?<!Dr)(?<!No)(?<!nos)(?<!no)(?<!St)(?<!Prof)[.!?]+[\"')\]]*(?=\s)"
    r"|[。！？]+[\"'」』）)]*|\n|\Z)\s*"
)
"""Ends where a sign ends it; not behind an initial or a title (Mr. A. Kim)."""
WORD: Final = re.compile(
    r"(?:Mr|Mrs|Ms|Dr|Prof|Rev|St|No|Nos|nos|no)\.|(?:[A-Z\u00c0-\u00de]\.)+(?=\W|\Z)"
    r"|[A-Za-z\u00c0-\u024f]+(?:['-][A-Za-z\u00c0-\u024f]+)*|\d+|[^\W\d_]+|\S"
)
NUMBER: Final = re.compile(rf"\d+|(?:{TY})(?:-(?:{UNIT}))?|{TEEN}|{UNIT}|half|hundred|thousand|million|dozen")
"""An English word that counts."""
LONGEST: Final = 400
"""Units. A longer sentence is cut, for a chain keeps all of one in memory."""


LIGHT_KO: Final = ("J", "E", "S", "VC", "VX", "XS", "NP", "M", "IC")
LIGHT_ZH: Final = ("u", "p", "c", "r", "d", "y", "e", "f")
LIGHT_EN: Final = frozenset(
    "a an the of in on at to my by for from with and or but as is was were be been are he she it they we i you "  # noqa: SIM905
    "who that this her his our their its him them me us not no had has have did do when where there then so".split()
)


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit, the code points it stands on, and its features."""

    start: int
    end: int
    features: list[str]
    light: bool = False
    """A particle, an ending, a word like 我 or the: alone it names nobody."""


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Where each sentence begins and ends. Nothing is left out."""
    at = 0
    while at < len(text):
        found = SENTENCE.match(text, at)
        end = found.end() if found and found.end() > at else len(text)
        for cut in range(at, end, LONGEST):
            yield cut, min(cut + LONGEST, end)
        at = end


def units(text: str, language: str, marks: Sequence[str], heard: Sequence[str]) -> list[Unit]:
    """The units of one sentence; for each of its letters what rules say of it (*marks*, see `rules.marks`),
    and what the rest of the text does (*heard*, see `echoes`).
    """
    found = {"ko": _korean, "zh": _chinese, "en": _english}[language](text)
    said = ["^", *(marks[unit.start] for unit in found), "$"]
    listed = ["^", *_typed(text, found, language), "$"]
    again = ["^", *(heard[unit.start] for unit in found), "$"]
    for n, unit in enumerate(found):
        before, own, after = said[n : n + 3]
        ends = "E" if n + 1 == len(found) or after != "I" + own[1:] else "."
        unit.features.extend(
            ("r=" + own, "re=" + own + ends, "rb=" + before + own, "ra=" + own + after,
             "li=" + listed[n + 1], "lib=" + listed[n] + listed[n + 1], "lia=" + listed[n + 1] + listed[n + 2],
             "ec=" + again[n + 1], "ecb=" + again[n] + "/" + again[n + 1], "eca=" + again[n + 1] + "/" + again[n + 2],
             "ecr=" + own + again[n + 1])
        )  # fmt: skip
    return found


def _typed(text: str, row: list[Unit], language: str) -> list[str]:
    """For each unit which of the lists of kin, titles, trades and premises know the word it is in."""
    if language == "en":
        return typed_in([text[unit.start : unit.end].lower() for unit in row], language, " ")
    looked = "".join(simplified(c) for c in text) if language == "zh" else text
    marks = typed_in(looked, language)
    return [marks[unit.start] for unit in row]


def _kind(letter: str) -> str:
    if "가" <= letter <= "힣":
        return "h"
    if "\u3400" <= letter <= "\u9fff":
        return "c"
    if letter.isdigit():
        return "d"
    if letter.isalpha():
        return "A" if letter.isupper() else "a"
    return "s" if letter.isspace() else letter


def _inside(text: str, part: str) -> list[str]:
    """For each letter whether a place begins there, goes on there, or none."""
    marks = ["-"] * len(text)
    for start, end in places_in(text, part):
        marks[start:end] = ["B" + str(min(end - start, 4)), *["I"] * (end - start - 1)]
    return marks


def _around(signs: list[str], at: int) -> list[str]:
    b2, b1, c, a1, a2 = signs[at : at + 5]
    return ["c=" + c, "b1=" + b1, "a1=" + a1, "b2=" + b2, "a2=" + a2, "B=" + b1 + c, "A=" + c + a1,
            "BB=" + b2 + b1, "AA=" + a1 + a2, "T=" + b1 + c + a1]  # fmt: skip


def _korean(text: str) -> list[Unit]:
    tokens: list[tuple[str, str, str]] = [("", "-", "-")] * len(text)
    row: list[tuple[int, int, str, str]] = [
        (t.start, t.start + t.len, t.form, t.tag) for t in morphemes(text) if t.len
    ]
    order = [-1] * len(text)
    for number, (start, end, form, tag) in enumerate(row):
        for at in range(start, min(end, len(text))):
            tokens[at] = ("B" if at == start else "E" if at == end - 1 else "I", form, tag)
            order[at] = number
    company = meaning.seen(_kiwi(), [(form, tag) for _, _, form, tag in row])
    place, kin, titles = _inside(text, "ko"), frozenset(lexicon("ko_kin")), frozenset(lexicon("ko_titles"))
    institutions, surnames = (
        frozenset(lexicon("ko_institutions") + lexicon("ko_public")),
        names("ko_surnames"),
    )
    letters = [at for at, c in enumerate(text) if not c.isspace()]
    signs = ["^", "^", *(text[at] for at in letters), "$", "$"]
    spaced, world = _spaced_words(text), _inside(text, "ko_world")
    found = []
    for n, at in enumerate(letters):
        position, form, tag = tokens[at]
        since, word, word_before, word_after = spaced[at]
        number = order[at]
        after = row[number + 1] if 0 <= number < len(row) - 1 else (0, 0, "$", "$")
        after2 = row[number + 2] if 0 <= number < len(row) - 2 else (0, 0, "$", "$")
        before = row[number - 1] if number > 0 else (0, 0, "^", "^")
        begins = at == 0 or text[at - 1].isspace()
        seen = _around(signs, n)
        seen += [
            "k=" + _kind(text[at]) + _kind(signs[n + 1]) + _kind(signs[n + 3]),
            "sp=" + ("1" if begins else "0") + ("1" if at + 1 == len(text) or text[at + 1].isspace() else "0"),
            "t=" + position + tag,
            "f=" + form,
            "f1=" + after[2] + "/" + after[3],
            "f2=" + after2[2],
            "fb=" + before[2] + "/" + before[3],
            "tt=" + before[3] + tag + after[3],
            "tn=" + tag + after[3] + after2[3],
            "ln=" + tag + str(min(len(form), 5)) + position,
            "end=" + form[-1:] + tag,
            "p=" + place[at], "pw=" + world[at],
            "x=" + ("k" if after[2] in kin else "t" if after[2] in titles else "i" if after[2] in institutions else "-"),
            "x0=" + ("k" if form in kin else "t" if form in titles else "i" if form in institutions else "-"),
            "s=" + ("1" if form[:1] in surnames else "0") + position + tag + str(min(len(form), 4)),
            "wp=" + str(min(since, 5)) + "/" + str(min(len(word), 8)),
            "we=" + word[-2:], "wh=" + word[:2], "w0=" + word[:since + 1][-6:],
            "wb=" + word_before[-2:], "wa=" + word_after[:2], "ww=" + word_after,
        ]  # fmt: skip
        if number >= 0:
            seen += company[number]
            seen.append(("B" if position == "B" else "I") + company[number][0])
        found.append(Unit(at, at + 1, seen, tag.startswith(LIGHT_KO)))
    return found


def _spaced_words(text: str) -> dict[int, tuple[int, str, str, str]]:
    """For each letter how far into its spaced word it stands, the word, and the words beside it."""
    row = [(found.start(), found[0]) for found in re.finditer(r"\S+", text)]
    words = ["^", *(word for _, word in row), "$"]
    return {
        start + at: (at, word, words[n], words[n + 2])
        for n, (start, word) in enumerate(row)
        for at in range(len(word))
    }


def _chinese(text: str) -> list[Unit]:
    simple = "".join(simplified(c) if "\u3400" <= c <= "\u9fff" else c for c in text)
    place, words = _inside(simple, "zh"), _words(simple)
    surnames, given = names("zh_surnames"), _given_signs()
    ends, foreign = frozenset("".join(lexicon("zh_place_suffixes"))), frozenset(lexicon("zh_foreign")[0])
    body, world = _until_a_body(simple), _inside(simple, "zh_world")
    letters = [at for at, c in enumerate(simple) if not c.isspace()]
    signs = ["^", "^", *(simple[at] for at in letters), "$", "$"]
    titles = frozenset(lexicon("zh_titles"))
    found = []
    for n, at in enumerate(letters):
        c, a1, a2 = signs[n + 2 : n + 5]
        position, word, tag, before, after = words.get(at, NO_WORD)
        b1, b2 = signs[n + 1], signs[n]
        seen = _around(signs, n)
        seen += [
            "w=" + word,
            "wt=" + position + tag,
            "wb=" + before[1] + tag,
            "wa=" + tag + after[1],
            "wba=" + before[1] + tag + after[1],
            "ww=" + before[0],
            "wx=" + after[0],
            "wl=" + position + str(len(word)) + tag,
            "t3=" + c + a1 + a2,
            "t-3=" + b2 + b1 + c,
            "k=" + _kind(c) + _kind(b1) + _kind(a1),
            "p=" + place[at],
            "pw=" + world[at],
            "sn="
            + ("1" if c in surnames else "0")
            + ("g" if a1 in given else "-")
            + ("g" if a2 in given else "-"),
            "s1="
            + ("1" if b1 in surnames else "0")
            + ("g" if c in given else "-")
            + ("g" if a1 in given else "-"),
            "s2="
            + ("1" if b2 in surnames else "0")
            + ("g" if b1 in given else "-")
            + ("g" if c in given else "-"),
            "e=" + ("1" if c in ends else "0") + ("1" if a1 in ends else "0") + ("1" if a2 in ends else "0"),
            "tl=" + ("1" if a1 + a2 in titles else "0") + ("1" if c + a1 in titles else "0"),
            "bd=" + body[at],
            "bdw=" + body[at] + position + tag,
            "fo=" + "".join("1" if sign in foreign else "0" for sign in signs[n : n + 5]),
            "b2c=" + b2 + c,
            "ca2=" + c + a2,
        ]
        found.append(Unit(at, at + 1, seen, tag.startswith(LIGHT_ZH) or not c.isalnum()))
    return found


def _until_a_body(simple: str) -> list[str]:
    """For each sign how far it is to where the word for a body (大学, 公司) ends that it may belong to."""
    told = ["-"] * len(simple)
    for found in re.finditer(any_of("zh_bodies"), simple):
        for at in range(max(0, found.end() - 12), found.end()):
            told[at] = str(found.end() - at) + ("+" if at >= found.start() else "")
    return told


NO_WORD: Final = ("-", "", "-", ("", "-"), ("", "-"))


def _words(simple: str) -> dict[int, tuple[str, str, str, tuple[str, str], tuple[str, str]]]:
    """For each Chinese sign its place in its word, the word, its part of speech, and the words beside it."""
    row = [
        (run.start() + start, run.start() + end, tag)
        for run in HAN.finditer(simple)
        for start, end, tag in segmented(run[0])
    ]
    told = [("^", "^"), *((simple[start:end], tag) for start, end, tag in row), ("$", "$")]
    found = {}
    for n, (start, end, tag) in enumerate(row):
        for at in range(start, end):
            position = "S" if end - start == 1 else "B" if at == start else "E" if at == end - 1 else "I"
            found[at] = (position, simple[start:end], tag, told[n], told[n + 2])
    return found


@cache
def _given_signs() -> frozenset[str]:
    return frozenset("".join(names("zh_given")))


def _shape(word: str) -> str:
    return re.sub(r"(.)\1+", r"\1+", "".join(_kind(c) for c in word))


def _english(text: str) -> list[Unit]:
    words = [(found.start(), found.end(), found[0]) for found in WORD.finditer(text)]
    lows = ["^", "^", *(word.lower() for _, _, word in words), "$", "$"]
    shapes = ["^", *(_shape(word) for _, _, word in words), "$"]
    listed = ["", *(_listed(word) for word in lows[2:-2]), ""]
    place = _places_of_words(lows[2:-2])
    found = []
    for n, (start, end, word) in enumerate(words):
        low, shape = lows[n + 2], shapes[n + 1]
        seen = [
            "w=" + low, "b1=" + lows[n + 1], "a1=" + lows[n + 3], "b2=" + lows[n], "a2=" + lows[n + 4],
            "B=" + lows[n + 1] + "|" + low, "A=" + low + "|" + lows[n + 3],
            "sh=" + shape, "shb=" + shapes[n] + "|" + shape, "sha=" + shape + "|" + shapes[n + 2],
            "bs=" + lows[n + 1] + "|" + shape, "as=" + shape + "|" + lows[n + 3],
            "b2s=" + lows[n] + "|" + lows[n + 1] + "|" + shape,
            *("p" + str(k) + "=" + low[:k] for k in (1, 2, 3, 4)), *("e" + str(k) + "=" + low[-k:] for k in (1, 2, 3, 4)),
            "l=" + listed[n + 1], "lb=" + listed[n] + "|" + listed[n + 1], "la=" + listed[n + 1] + "|" + listed[n + 2],
            "pl=" + place[n], "first=" + str(n == 0) + shape, "ln=" + str(min(len(word), 6)) + shape,
            "glued=" + str(start > 0 and not text[start - 1].isspace()),
        ]  # fmt: skip
        found.append(Unit(start, end, seen, low in LIGHT_EN or not word[0].isalnum()))
    return found


@cache
def _listed(word: str) -> str:
    """Which lists know a word, a letter for each."""
    parts = (("en_given", "g"), ("en_surnames", "s"), ("romanised_surnames", "r"), ("romanised_given", "v"))
    found = "".join(sign for part, sign in parts if word in names(part))
    titles = frozenset(title.lower().replace("_", " ") for title in lexicon("en_titles"))
    found += ("t" if word in titles else "") + ("P" if word in places("en") else "")
    return found + ("n" if NUMBER.fullmatch(word) else "")


def _places_of_words(lows: list[str]) -> list[str]:
    marks = ["-"] * len(lows)
    for n in range(len(lows)):
        for many in (3, 2, 1):
            if marks[n] == "-" and n + many <= len(lows) and " ".join(lows[n : n + many]) in places("en"):
                marks[n : n + many] = ["B", *["I"] * (many - 1)]
    return marks


def morphemes(text: str) -> Any:
    """Kiwi's morphemes of a Korean text."""
    return _kiwi().tokenize(text)


@cache
def _kiwi() -> Any:
    from kiwipiepy import Kiwi  # a tenth of a second, which few commands need

    return Kiwi(num_workers=1)

"""What a researcher types as a query: words that must all be found, and a few signs that join them.

    barn police          both                     "in a barn"          these words in a row
    강 OR 江             one of them, also |       -barn, NOT barn      not this one
    국경*                words that begin so       Chongjn~             a letter more, less, another, swapped
    (강 OR 江) 겨울       brackets hold together    AND                  says nothing that a space does not

1. What is no sign is a word, and a sign at the wrong place joins nothing: a query is never wrong. It is too
   long, or says only what is not wanted, or it is asked.
2. OR joins its neighbours before a space does. The three words count in capitals, outside quotation marks.
3. A star on Hanzi says nothing, for their pairs stand in the index and not their words; nor does a `~` on
   them, or on less than three letters, where everything is near.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from whoosh import query

from archive.search.analyzer import HAN, HANGUL, Analysis, analyze
from archive.search.backend import BEGINS, NEAR
from archive.search.words import LONGEST, MARKS, QueryRefused, as_one_word, clause

MOST_WORDS: Final = 16
NEAR_AT_LEAST: Final = 3
"""Letters of a word of which something near is looked for."""
ENDINGS: Final = ("", "e", "ed", "ing", "ion", "s")
"""What an English word may end in behind a star, to find its stem."""
WIDE: Final = str.maketrans("（）＊～｜－", "()*~|-")
"""How the signs come from a Korean or Chinese keyboard."""
TOKEN: Final = re.compile(
    rf"(?P<no>(?<![^\s(])-(?=[^\s-])|(?<!\S)NOT(?=\s))|(?P<or>(?<!\S)(?:OR|\|)(?!\S))|(?P<and>(?<!\S)AND(?!\S))"
    rf"|(?P<open>\()|(?P<close>\))|[{MARKS}](?P<quoted>[^{MARKS}]*)[{MARKS}]|(?P<word>[^\s()]+)"
)
WORDS: Final = ("quoted", "word")
_HAN: Final = re.compile(f"[{HAN}]")


def parse(text: str) -> query.Query | None:
    """The query for what was typed, or None without a word in it; `QueryRefused`."""
    # Before it is composed a letter may be three signs, or four.
    text = unicodedata.normalize("NFC", text[: 4 * LONGEST + 1]).translate(WIDE)
    if len(text) > LONGEST:
        raise QueryRefused(f"at most {LONGEST} characters")
    tokens = list(TOKEN.finditer(text))
    if sum(each.lastgroup in WORDS for each in tokens) > MOST_WORDS:
        raise QueryRefused(f"at most {MOST_WORDS} words")
    # Analysed as a whole, because a word's form depends on its neighbours; then taken word by word. The signs
    # are no neighbours: in the testimony they are not there.
    reading = _Reading(tokens, analyze(_without_signs(text, tokens)))
    found = reading.sequence()
    plain = all(each.lastgroup in WORDS for each in tokens) and not any(
        BEGINS in t[0] or NEAR in t[0] for t in tokens
    )
    return as_one_word(text, reading.whole, found) if plain and isinstance(found, query.And) else found


def words_of(text: str) -> list[tuple[int, int]]:
    """Where each word of a query stands that is neither quoted nor a sign, without the signs at its end."""
    return [_bare(each) for each in TOKEN.finditer(text.translate(WIDE)) if each.lastgroup == "word"]


def _bare(token: re.Match[str]) -> tuple[int, int]:
    start, end = token.span(token.lastgroup or 0)
    sign = token.lastgroup == "word" and token[0][-1] in BEGINS + NEAR
    return start, end - sign


def _without_signs(text: str, tokens: Sequence[re.Match[str]]) -> str:
    kept = [" "] * len(text)
    for each in tokens:
        if each.lastgroup in WORDS:
            start, end = _bare(each)
            kept[start:end] = text[start:end]
    return "".join(kept)


class _Reading:
    """The tokens of one query, read from the first to the last."""

    def __init__(self, tokens: Sequence[re.Match[str]], whole: Analysis) -> None:
        self._tokens, self.whole, self._at = tokens, whole, 0

    def sequence(self, inside: bool = False) -> query.Query | None:
        """What stands beside each other, up to the bracket that closes it when it is *inside* one."""
        wanted, unwanted = list[query.Query](), list[query.Query]()
        while kind := self._kind():
            if kind in ("and", "or", "close"):
                self._at += 1
                if kind == "close" and inside:
                    break
                continue
            refused = kind == "no"
            while self._kind() == "no":
                self._at += 1
            if (found := self._either()) is not None:
                (unwanted if refused else wanted).append(found)
        if unwanted and not wanted:
            raise QueryRefused("it says only what is not wanted; say what is, too", "only_not")
        every = [*wanted, *map(query.Not, unwanted)]
        return query.And(every) if len(every) > 1 else every[0] if every else None

    def _either(self) -> query.Query | None:
        """One word, or several with OR between them."""
        found = [self._one()]
        while self._kind() == "or" and self._kind(1) in ("open", *WORDS):
            self._at += 1
            found.append(self._one())
        known = [each for each in found if each is not None]
        return query.Or(known) if len(known) > 1 else known[0] if known else None

    def _one(self) -> query.Query | None:
        kind = self._kind()
        if kind not in ("open", *WORDS):
            return None
        self._at += 1
        return self.sequence(inside=True) if kind == "open" else self._word(self._tokens[self._at - 1])

    def _kind(self, further: int = 0) -> str | None:
        at = self._at + further
        return self._tokens[at].lastgroup if at < len(self._tokens) else None

    def _word(self, token: re.Match[str]) -> query.Query | None:
        quoted = token.lastgroup == "quoted"
        start, end = _bare(token)
        found = clause(token.string[start:end], start, self.whole, quoted=quoted)
        sign = token.string[end : end + 1]
        if quoted or sign not in (BEGINS, NEAR) or _HAN.search(token[0]):
            return found
        more = _beginning(token.string[start:end]) if sign == BEGINS else _near(found)
        ways = [way for way in (found, *more) if way is not None]
        return query.Or(ways) if len(ways) > 1 else found


def _beginning(typed: str) -> list[query.Query]:
    """The terms that begin so. A Latin word's stem may be shorter: repatriat* means `repatri`."""
    if HANGUL.search(typed):
        return [query.Prefix("text", typed)]
    apart = unicodedata.normalize("NFKD", re.sub("['\u2019]", "", typed.casefold()))
    begins = "".join(c for c in apart if not unicodedata.combining(c))
    stems = {term.text for end in ENDINGS for term in analyze(begins + end).terms}
    shorter = sorted(stem for stem in stems if len(stem) < len(begins))
    return [query.Prefix("text", begins), *(query.Term("text", stem) for stem in shorter)]


def _near(found: query.Query | None) -> list[query.Query]:
    """What is one letter from a word that is one term, with the same first letter."""
    term = found.text if isinstance(found, query.Term) else ""
    if len(term) < NEAR_AT_LEAST:
        return []
    return [query.FuzzyTerm("text", term, maxdist=1, prefixlength=1)]

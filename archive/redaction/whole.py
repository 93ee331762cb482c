"""What a chain finds, as far as the word goes that it found a part of, and without what can be no age.

A chain reads letters, and may doubt one of a name and not the next. A name half hidden is a name told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from archive.redaction.amounts import NOT_COUNTED, ONES, SINO, TENS
from archive.redaction.plain import Plain
from archive.redaction.suggestion import Suggestion
from archive.redaction.words import names

OLD: Final = re.compile(
    r"살|(?<=[\d십일이삼사오육칠팔구백])\s?세|학년|띠|돌|또래|동갑|대(?![가-힣])|백일|생(?![가-힣])"
)
"""What an age is counted in, or told by."""
ASKED: Final = re.compile(r"(?:나이|연세|년세|당시|올해|지금|이제)[가-힣]?\s?$")
TOLD_ALONE: Final = re.compile(rf"(?:\d\d|{TENS}|{SINO}?십)")
"""A number that is enough of one: ten or more."""
COUNTING: Final = re.compile(rf"\d|{TENS}|{ONES}|가지|사람|^[명개번]$")
"""A number, unless it may be of a name as 오 and 이 may; or what is counted."""
NOT_OTHER: Final = re.compile(NOT_COUNTED)
BEHIND: Final = re.compile(
    r"이(?=(?:는|가|를|의|와|도|네|랑|한테|에게|하고|만|야)(?![가-힣]{2})|라[고는구도며서]|란\s|[^가-힣]|$)"
)
HOUSE: Final = re.compile(r"댁(?![가-힣]{2})")
"""Where a woman came from and 댁 is what she is called."""
THIRD: Final = re.compile(r"[도아이은의](?=[.)\"'」』〉]|\s*(?:\n|$))|아(?=,)")
"""What is a particle elsewhere, and at the end of a sentence the last syllable of a name: 석창도."""
TOKEN: Final = re.compile(r"[A-Za-z0-9\u00c0-\u024f]+(?:[-'_][A-Za-z0-9\u00c0-\u024f]+)*")
STOP: Final = r"[，。、！？；：,.!?:;\s“”\"'（）()]"
WATERS: Final = "江河山湖海島岛嶺岭"
ALONE: Final = re.compile(rf"(?<={STOP})(?P<it>[\u4e00-\u9fff]{{2,3}})(?<![某氏家的了说吗呢吧])(?={STOP})")


def whole(found: Iterable[Suggestion], folded: Plain, language: str) -> Iterator[Suggestion]:
    """Each suggestion of a chain, carried to the end of its word; none for a number that is no age."""
    carry = {"ko": _korean, "zh": _chinese, "en": _english}[language]
    for each in found:
        start, end = folded.folded(each.start), folded.folded(each.end)
        if language == "ko" and each.kind == "AGE" and not _an_age(folded.text, start, end):
            continue
        kind, left, right = carry(folded.text, each.kind, start, end)
        here = folded.original(left, right)
        yield replace(each, start=here[0], end=here[1], kind=kind)


def _an_age(text: str, start: int, end: int) -> bool:
    """Whether what a chain holds for an age has a word for years, or counts nothing else."""
    told = text[start:end]
    if not COUNTING.search(told):
        # 오 or 이 alone may be of a name.
        return True
    if OLD.search(text, start, end + 2) or ASKED.search(text, max(0, start - 8), start):
        return True
    return TOLD_ALONE.search(told) is not None and NOT_OTHER.match(text, end) is not None


def _korean(text: str, kind: str, start: int, end: int) -> tuple[str, int, int]:
    if kind in ("PER", "LOC") and (found := HOUSE.match(text, end)):
        return "PER", start, found.end()
    if kind != "PER":
        return kind, start, end
    if end - start == 2 and text[start] in names("ko_surnames") and (found := THIRD.match(text, end)):
        return kind, start, found.end()
    # Behind an open syllable the subject has 가, so that 이 is of the name: 웨이는.
    if "가" <= text[end - 1] <= "힣" and (ord(text[end - 1]) - 0xAC00) % 28 == 0:
        end = found.end() if (found := BEHIND.match(text, end)) else end
    if end - start == 2 and text[end - 1] in WATERS and "\u3400" <= text[start] <= "\u9fff":
        return "LOC", start, end
    return kind, start, end


def _chinese(text: str, kind: str, start: int, end: int) -> tuple[str, int, int]:
    # All that stands between two commas is one name: 双胞胎，高一心，高二心。
    told = ALONE.search(text, max(0, start - 3), end + 3) if kind == "PER" else None
    if told and told.start("it") <= start < told.end("it") and told["it"][0] in names("zh_surnames"):
        return kind, *told.span("it")
    return kind, start, end


def _english(text: str, kind: str, start: int, end: int) -> tuple[str, int, int]:
    for token in TOKEN.finditer(text, max(0, text.rfind(" ", 0, start)), min(len(text), end + 40)):
        if token.start() < end and start < token.end():
            start, end = min(start, token.start()), max(end, token.end())
    return kind, start, end

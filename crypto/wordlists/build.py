"""Builds ko.txt and zh.txt from the words offered: `python crypto/wordlists/build.py`. Needs opencc.

What is offered, and what a person judged, is in ko.offered and zh.offered; every word that a rule
turned away is in ko.rejected and zh.rejected with the rule's name. Rules and reasons: README.md here.
The words come in order: an earlier one stays, and a later one that is too much like it goes.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import opencc

HERE: Final = Path(__file__).parent
SIZE: Final = 1024
INITIAL: Final = frozenset("나낙난남납낭내냉노녹논농뇌누늑능야약양여역연열염엽영예요용유육윤율융이익인임입")
"""A Chinese-derived first syllable that the South writes so may begin with rieul or nieun in the North."""
LOOK_ALIKE: Final = (
    "己已巳", "未末朱", "日曰", "土士", "干千于", "人入", "大太犬", "王玉主", "午牛", "天夫", "刀力",
    "几九", "贝见", "貝見", "由甲申", "免兔", "鸟乌", "鳥烏", "问间", "問間", "住往", "拔拨",
    "折拆", "侯候", "戊戌戍", "木本术", "历厉", "石右", "目自", "田电", "买卖", "買賣", "書畫晝",
    "爪瓜", "今令", "斤斥", "白百", "永水冰", "汤扬杨", "湯揚楊", "困因", "晴睛", "栗粟", "竿竽",
    "拍柏", "幕慕墓", "蓝篮", "藍籃", "辛幸", "仑仓",
)  # fmt: skip
"""Of each set only one character is in the list: a slip of the pen or the eye makes no other word."""


@dataclass(frozen=True)
class Offer:
    """The words of one file in their order, a person's judgements, and the words a rule does not catch."""

    words: list[str]
    judged: dict[str, str]
    exempt: dict[str, set[str]]

    @classmethod
    def read(cls, path: Path) -> Offer:
        offer, kind, name = cls([], {}, defaultdict(set)), "", ""
        for line in path.read_text("utf-8").splitlines():
            if line.startswith("# "):
                kind, _, name = line[2:].partition(":")[0].partition(" ")
            elif kind == "exempt":
                offer.exempt[name].update(line.split())
            else:
                offer.words.extend(line.split())
                offer.judged.update(dict.fromkeys(line.split(), name) if kind == "judged" else {})
        return cls(list(dict.fromkeys(offer.words)), offer.judged, offer.exempt)


def korean(offer: Offer) -> Iterator[tuple[str, str]]:
    """Each word with the rule that turned it away, or with none."""
    kept: list[str] = []
    for word in offer.words:
        rule = offer.judged.get(word) or _spelling(word, offer.exempt) or _too_close(word, kept)
        if not rule and len(kept) == SIZE:
            rule = "spare"
        if not rule:
            kept.append(word)
        yield word, rule


def _spelling(word: str, exempt: dict[str, set[str]]) -> str:
    if not 2 <= len(word) <= 3 or not all("가" <= c <= "힣" for c in word):
        return "length"
    if word[0] in INITIAL and word not in exempt["initial"]:
        return "initial"
    if any(jamo(c)[-1] == "SIOS" for c in word[:-1] if len(jamo(c)) == 3) and word not in exempt["siot"]:
        return "siot"
    return ""


def _too_close(word: str, kept: Iterable[str]) -> str:
    for other in kept:
        if one_apart(jamo(word), jamo(other)):
            return f"jamo {other}"
        if word.startswith(other) or other.startswith(word):
            return f"prefix {other}"
    return ""


@cache
def jamo(text: str) -> tuple[str, ...]:
    """The names of the letters, the same for a consonant that opens a syllable and one that closes it."""
    return tuple(unicodedata.name(c).split()[-1] for c in unicodedata.normalize("NFD", text))


def one_apart(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    """Whether one letter changed, added or lost makes *b* of *a*."""
    if abs(len(a) - len(b)) > 1:
        return False
    short, long = sorted((a, b), key=len)
    at = next((i for i, (x, y) in enumerate(zip(short, long, strict=False)) if x != y), len(short))
    return short[at + (len(short) == len(long)) :] == long[at + 1 :]


def chinese(offer: Offer, sounds: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    """Each word in both scripts with the rule that turned it away, or with none."""
    scripts, taken, characters = Scripts(), dict[str, str](), set[str]()
    for word in offer.words:
        other = scripts.traditional(word)
        sound, pair = f"sound {_folded(sounds[word])}", f"pair {''.join(sorted(word))}"
        rule = offer.judged.get(word) or scripts.rule(word, other)
        rule = rule or next((f"{key.split()[0]} {taken[key]}" for key in (sound, pair) if key in taken), "")
        rule = rule or _looks_like(word + other, characters)
        if not rule and len(taken) == 2 * SIZE:
            rule = "spare"
        if not rule:
            taken |= {sound: word, pair: word}
            characters.update(word + other)
        yield word, other, rule


def _looks_like(word: str, characters: set[str]) -> str:
    for alike in LOOK_ALIKE:
        if len((characters | set(word)) & set(alike)) > 1 and set(word) & set(alike):
            return f"looks {alike}"
    return ""


def _folded(sound: str) -> str:
    """The sound as a speaker of the south hears it, who tells neither zh from z nor -ng from -n."""
    for careful, plain in (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n")):
        sound = sound.replace(careful, plain)
    return sound


class Scripts:
    """Which characters have one simplified and one traditional form, the same everywhere."""

    def __init__(self) -> None:
        self._to = [opencc.OpenCC(name).convert for name in ("s2t", "s2tw", "s2hk")]
        simplify = opencc.OpenCC("t2s").convert
        self._sources: dict[str, set[str]] = defaultdict(set)
        for code in range(0x4E00, 0x9FFF):
            if _common(chr(code), "big5", 0xA440, 0xC67E):
                self._sources[simplify(chr(code))].add(chr(code))

    def traditional(self, word: str) -> str:
        return str(self._to[0](word))

    def rule(self, word: str, other: str) -> str:
        if len(word) != 2 or len(other) != 2:
            return "length"
        if not all(_common(c, "gb2312", 0xB0A1, 0xD7F9) for c in word):
            return "rare"
        for c, t in zip(word, other, strict=True):
            if self._sources[c] != {t} or any(str(to(c)) != t for to in self._to):
                return f"scripts {c}"
        return "same" if word[0] == word[1] else ""


def _common(character: str, encoding: str, first: int, last: int) -> bool:
    """Whether the first plane of this standard, the one taught first, has the character."""
    try:
        return first <= int.from_bytes(character.encode(encoding), "big") <= last
    except UnicodeEncodeError:
        return False


def read_sounds() -> dict[str, str]:
    lines = (HERE / "zh.sounds").read_text("utf-8").splitlines()
    return {word: sound for sound, *words in (line.split() for line in lines) for word in words}


def build() -> dict[str, str]:
    """What the four built files hold, by name."""
    ko = list(korean(Offer.read(HERE / "ko.offered")))
    zh = list(chinese(Offer.read(HERE / "zh.offered"), read_sounds()))
    return {
        "ko.txt": _lines(sorted(word for word, rule in ko if not rule)),
        "ko.rejected": _lines(sorted(f"{rule}\t{word}" for word, rule in ko if rule)),
        "zh.txt": _lines(sorted(f"{word} {other}" for word, other, rule in zh if not rule)),
        "zh.rejected": _lines(sorted(f"{rule}\t{word}" for word, _, rule in zh if rule)),
    }


def _lines(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


if __name__ == "__main__":
    for name, text in build().items():
        (HERE / name).write_text(text, "utf-8")

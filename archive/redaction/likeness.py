"""Which figures may be one, and why: for a person to decide, and never joined by itself.

Pure: spellings in, pairs with reasons out. `spreading` finds one spelling from another. On top of that come
titles and kin (영숙 언니), pinyin, Chinese names of one sign (小玉), and names within a handle.
A surname alone, with a title or without, is no reason: half a village has it.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate, combinations
from typing import Final

from archive.redaction.pinyin import bare_latin, spelled
from archive.redaction.plain import plain
from archive.redaction.spreading import HANGUL, HANZI, LATIN, NORTH, SOUTH, SPELLED, spread
from archive.redaction.words import lexicon, names, simplified

REASONS: Final = ("letters", "spelling", "reading", "roman", "given", "address", "pet")
"""Same letters; North and South; Hanzi and Hangul; Latin letters; given name; title or kin; 小 and a sign."""
MOST: Final = 300
"""Pairs that are shown; when some are decided, the next come."""
PET: Final = re.compile(r"[小老阿]([\u3400-\u9fff])\1?")
SIGNS: Final = str.maketrans("姬", "姫")
"""Signs that the list of readings has in another form."""
SOUTHERN: Final = str.maketrans(NORTH, SOUTH)
PARTICLES: Final = ("가", "는", "를", "도", "와", "이", "이가", "이는", "이를")
"""What is often hidden along with a name, and ends few."""
WORDED: Final = 5
"""Letters of a name within a handle; fewer are a name by chance."""


@dataclass(frozen=True, order=True)
class Likeness:
    """Two figures that may be one, the surest first, and then as the figures were given."""

    rank: int
    place: tuple[int, int]
    one: str
    other: str

    @property
    def reason(self) -> str:
        return REASONS[self.rank]


def alike(
    called: Mapping[str, Iterable[str]], apart: frozenset[frozenset[str]] = frozenset()
) -> list[Likeness]:
    """Pairs of figures with a name in common. *called*: what each goes by. *apart*: pairs known as two."""
    order = {figure: place for place, figure in enumerate(called)}
    of: dict[str, set[str]] = {}
    for figure, surfaces in called.items():
        for surface in surfaces:
            of.setdefault(surface, set()).add(figure)
    found: dict[frozenset[str], int] = {}
    for figures in of.values():
        for one, other in combinations(figures, 2):
            found[frozenset((one, other))] = 0
    for a, b, rank in pairs(frozenset(of)):
        for one in of[a]:
            for other in of[b] - {one}:
                pair = frozenset((one, other))
                found[pair] = min(rank, found.get(pair, rank))
    made = list[Likeness]()
    for pair, rank in found.items():
        if pair not in apart:
            one, other = sorted(pair, key=lambda figure: order[figure])
            made.append(Likeness(rank, (order[one], order[other]), one, other))
    return sorted(made)[:MOST]


@lru_cache(maxsize=4)
def pairs(surfaces: frozenset[str]) -> tuple[tuple[str, str, int], ...]:
    """Pairs of different spellings that may name one person, with the rank of the reason."""
    whose = _grouped(sorted(surfaces), bare)
    alike_in_letters = _grouped(whose, folded).values()
    found: dict[tuple[str, str], int] = {}

    def note(one: str, other: str, rank: int) -> None:
        for pair in ((min(a, b), max(a, b)) for a in whose[one] for b in whose[other] if a != b):
            found[pair] = min(rank, found.get(pair, rank))

    for group in whose.values():
        for a, b in combinations(group, 2):
            found[a, b] = REASONS.index("letters" if folded(a) == folded(b) else "address")
    for one, other in (pair for cores in alike_in_letters for pair in combinations(cores, 2)):
        note(one, other, REASONS.index("letters"))
    for one, other, rank in _of_cores(sorted(whose)):
        note(one, other, rank)
    return tuple(sorted((a, b, rank) for (a, b), rank in found.items()))


def _grouped(surfaces: Iterable[str], by: Callable[[str], str]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for each in surfaces:
        if key := by(each):
            groups.setdefault(key, []).append(each)
    return groups


def _of_cores(cores: list[str]) -> Iterator[tuple[str, str, int]]:
    hangul = [each for each in cores if HANGUL.fullmatch(each.replace(" ", ""))]
    others = [each for each in cores if each not in set(hangul)]
    yield from _within_hangul(hangul)
    # From Hangul the other scripts are found, each way of reading a name: not the other way round again.
    for core, other in (*_spread(hangul, others), *_spread(others, others)):
        yield core, other, REASONS.index(_reason(core, other))
    for core in others:
        yield from ((core, other, rank) for other, rank in _of_hanzi(core, others))


def _within_hangul(cores: list[str]) -> Iterator[tuple[str, str, int]]:
    """North and South, the given part, and a particle that was hidden along: by what they have in common."""
    whole: dict[str, list[str]] = {}
    for core in cores:
        for form in {_southern(core), *(_southern(core.removesuffix(each)) for each in PARTICLES)}:
            whole.setdefault(form, []).append(core)
    for core in cores:
        for part in (core.replace(" ", ""), _given(core)):
            for other in whole.get(_southern(part), ()) if part else ():
                if other != core:
                    yield core, other, REASONS.index("spelling" if part != _given(core) else "given")


def _southern(name: str) -> str:
    return name.replace(" ", "").translate(SOUTHERN)


def _given(name: str) -> str:
    """The given part of a name of Hangul that has a surname before it, or nothing."""
    name = name.replace(" ", "")
    if len(name) == 4 and name[:2] in names("ko_surnames"):
        return name[2:]
    return name[1:] if len(name) == 3 and name[0] in names("ko_surnames") else ""


def _spread(cores: list[str], into: list[str]) -> Iterator[tuple[str, str]]:
    shown = [each.translate(SIGNS) for each in into]
    starts = list(accumulate((len(each) + 1 for each in shown), initial=0))
    text = plain("\n".join(shown))
    for core in cores if into else ():
        for each in _spellings(core.translate(SIGNS)):
            [hits] = spread([text], [()], [(each, "PER")])
            for hit in hits:
                n = bisect_right(starts, hit.start) - 1
                left = (shown[n][: hit.start - starts[n]] + shown[n][hit.end - starts[n] :]).strip(" ,")
                # A given name of Hangul is found behind any surname; of a whole name nothing may be left.
                if into[n] != core and (not left or (len(core) == 2 and _is_surname(core, left))):
                    yield core, into[n]


def _spellings(name: str) -> list[str]:
    """A name as it stands, as the other Korea spells its first sound, and its given part."""
    if HANZI.fullmatch(name):
        return [name, name[1:]] if len(name) == 3 else [name]
    if HANGUL.fullmatch(name):
        other = [SPELLED[name[0]] + name[1:]] if name[0] in SPELLED else []
        return [name, *other, *filter(None, [_given(name)])]
    return [name]


def _is_surname(core: str, left: str) -> bool:
    known = names("zh_surnames") | names("romanised_surnames")
    return bool(HANGUL.fullmatch(core)) and left.lower() in known


def _of_hanzi(core: str, cores: list[str]) -> Iterator[tuple[str, int]]:
    if not HANZI.fullmatch(core):
        return
    roman, pet = spelled(core), PET.fullmatch(core)
    for other in cores:
        if roman and LATIN.match(other) and roman.fullmatch(bare_latin(other)):
            yield other, REASONS.index("roman")
        elif pet and other != core and HANZI.fullmatch(other) and other.endswith(pet[1]):
            yield other, REASONS.index("pet")


def _reason(core: str, other: str) -> str:
    if folded(core) == folded(other):
        return "letters"
    scripts = {_script(core), _script(other)}
    if len(scripts) > 1:
        return "roman" if "latin" in scripts else "reading"
    alone = [each.replace(" ", "") for each in (core, other)]
    return "spelling" if len(alone[0]) == len(alone[1]) else "given"


def _script(word: str) -> str:
    if HANGUL.search(word):
        return "hangul"
    return "hanzi" if HANZI.search(word) else "latin" if LATIN.search(word) else ""


def folded(surface: str) -> str:
    """The letters alone: no width, case, accent, space or sign, Hanzi as the mainland writes them."""
    composed = unicodedata.normalize("NFKC", surface).casefold()
    return "".join(simplified(sign) for sign in composed if sign.isalnum())


@lru_cache(maxsize=1 << 14)
def bare(surface: str) -> str:
    """A name without what people are addressed by: titles and kin."""
    if worded := _in_handle(surface):
        return worded
    before, name = "", unicodedata.normalize("NFC", surface).strip(" \t\n'\"“”‘’.,")
    while before != name:
        before = name
        for pattern in _address():
            shorter = pattern.sub("", name).strip(" -,'’")
            name = shorter if len(shorter) > 1 else name
    return name


def _in_handle(surface: str) -> str:
    """The longest run of letters in what is a handle: soonhee of soonhee_99."""
    if not re.search(r"[\d_@/]", surface):
        return ""
    runs = re.findall(f"[A-Za-z]{{{WORDED},}}|[가-힣]{{2,4}}", surface)
    return max(runs, key=len, default="")


@cache
def _address() -> tuple[re.Pattern[str], ...]:
    korean = _any("ko_kin", "ko_titles", "ko_teknonym")
    order = _any("ko_birth_order")
    chinese = _any("zh_kin", "zh_titles")
    english = _any("en_titles", "en_kin", but=names("romanised_surnames"))
    return (
        re.compile(rf"^(?:{order}\s?)?{korean}\s+(?=[가-힣])"),
        re.compile(rf"(?<=[가-힣])\s?(?:{order}\s?)?{korean}$"),
        re.compile(rf"(?<=[\u3400-\u9fff]){chinese}$"),
        re.compile(rf"^{chinese}(?=[\u3400-\u9fff]{{2}})"),
        re.compile(rf"^(?:my\s+)?{english}\.?\s+(?=[A-Za-z])", re.I),
        re.compile(rf"(?<=[A-Za-z])(?:'s|’s)?[\s-]+{english}$", re.I),
    )


def _any(*parts: str, but: frozenset[str] = frozenset()) -> str:
    words = {word.replace("_", " ") for part in parts for word in lexicon(part)} - but
    return "(?:" + "|".join(re.escape(word) for word in sorted(words, key=lambda w: (-len(w), w))) + ")"

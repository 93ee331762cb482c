"""The lists that receipts and fingerprints are written in, as they are committed."""

from __future__ import annotations

import re
import runpy
import unicodedata
from collections import Counter
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import pytest

from crypto.words import LANGUAGES, Language, bits_of, lines, packed, spell

WORDLISTS = Path(__file__).parents[2] / "crypto" / "wordlists"
SIZES = {"ko": 1024, "zh-Hans": 1024, "zh-Hant": 1024, "en": 2048}


@pytest.fixture(scope="module")
def builder() -> dict[str, Any]:
    pytest.importorskip("opencc")
    return runpy.run_path(str(WORDLISTS / "build.py"))


@pytest.fixture(scope="module")
def korean() -> list[str]:
    return list(lines("ko"))


def test_the_lists_are_what_the_builder_builds(builder: dict[str, Any]) -> None:
    """
    Nobody slips a word in: what is committed follows from the words offered and the rules.
    """
    for name, text in builder["build"]().items():
        assert (WORDLISTS / name).read_text("utf-8") == text, name


@pytest.mark.parametrize("name", ["ko", "zh"])
def test_every_word_offered_is_in_the_list_or_turned_away_by_a_rule(
    builder: dict[str, Any], name: str
) -> None:
    """
    A reader can ask of any word why it is not there.
    """
    offered = builder["Offer"].read(WORDLISTS / f"{name}.offered").words
    taken = [line.split()[0] for line in (WORDLISTS / f"{name}.txt").read_text("utf-8").splitlines()]
    turned_away = [
        line.split("\t") for line in (WORDLISTS / f"{name}.rejected").read_text("utf-8").splitlines()
    ]

    assert sorted(offered) == sorted(taken + [word for _, word in turned_away])
    assert all(rule for rule, _ in turned_away)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_list_has_its_size_and_each_word_once(language: Language) -> None:
    """
    A word is a place and a place is a word, composed (NFC) and the same after NFKC.
    """
    shown = [line.split()[0] for line in lines(language)]

    assert len(shown) == len(set(shown)) == SIZES[language]
    assert all(unicodedata.normalize("NFC", w) == w == unicodedata.normalize("NFKC", w) for w in shown)


def test_no_text_can_be_read_in_two_lists() -> None:
    """
    The same words never give two numbers: no spelling is in two lists, or at two places of one.
    """
    places: dict[str, set[tuple[str, int]]] = {}
    for language in LANGUAGES:
        for at, line in enumerate(lines(language)):
            for word in line.split():
                places.setdefault(word, set()).add((language[:2], at))

    assert [word for word, where in places.items() if len(where) > 1] == []


def test_the_chinese_scripts_are_two_spellings_of_one_list() -> None:
    """
    A place has the same word in both scripts, and either list reads the other's spelling.
    """
    for hans, hant in zip(lines("zh-Hans"), lines("zh-Hant"), strict=True):
        assert hans.split() == hant.split()[::-1]


def test_korean_words_are_short_plain_syllables(korean: list[str]) -> None:
    """
    Two or three composed syllables: said in a breath, written in a corner.
    """
    assert all(2 <= len(word) <= 3 and all("가" <= c <= "힣" for c in word) for word in korean)


def test_no_slip_of_one_jamo_makes_another_korean_word(korean: list[str], builder: dict[str, Any]) -> None:
    """
    One letter changed, added or lost is noticed as no word of the list.
    """
    spelt = [(word, builder["jamo"](word)) for word in korean]
    alike = [(a, b) for (a, x), (b, y) in combinations(spelt, 2) if builder["one_apart"](x, y)]

    assert alike == []


def test_letters_are_compared_as_the_rule_says(builder: dict[str, Any]) -> None:
    """
    Changed, added, lost and carried over to the next syllable are one letter; two letters are two.
    """
    apart, jamo = builder["one_apart"], builder["jamo"]
    one, two = (
        [("강물", "장물"), ("가지", "강지"), ("무리", "물이"), ("가게", "가개")],
        [("감자", "강주"), ("산", "들")],
    )

    assert all(apart(jamo(a), jamo(b)) and apart(jamo(b), jamo(a)) for a, b in one)
    assert not any(apart(jamo(a), jamo(b)) for a, b in two)


def test_no_korean_word_begins_another(korean: list[str]) -> None:
    """
    Words that run together can be cut in one way only.
    """
    ordered = sorted(korean)

    assert [b for a, b in pairwise(ordered) if b.startswith(a)] == []


def test_no_korean_word_is_spelt_otherwise_in_the_north(korean: list[str], builder: dict[str, Any]) -> None:
    """
    By the initial sound or the sios between two words, unless a person said that this one is the same.
    """
    exempt = builder["Offer"].read(WORDLISTS / "ko.offered").exempt
    initial = [w for w in korean if w[0] in builder["INITIAL"] and w not in exempt["initial"]]
    siot = [w for w in korean if any(_ends_in_sios(c) for c in w[:-1]) and w not in exempt["siot"]]

    assert (initial, siot) == ([], [])


def _ends_in_sios(syllable: str) -> bool:
    return unicodedata.normalize("NFD", syllable)[-1] == "\N{HANGUL JONGSEONG SIOS}"


def test_chinese_words_have_one_spelling_in_each_script(builder: dict[str, Any]) -> None:
    """
    Two common characters, each with one form in the other script, wherever that script is written.
    """
    scripts = builder["Scripts"]()
    wrong = [line for line in lines("zh-Hans") if scripts.rule(line.split()[0], line.split()[-1])]

    assert wrong == []


def test_chinese_words_neither_sound_nor_look_nor_turn_alike(builder: dict[str, Any]) -> None:
    """
    No two have one sound without tones, or the same characters; of look-alikes only one is used.
    """
    words = [line.split()[0] for line in lines("zh-Hans")]
    used = set("".join(lines("zh-Hans")))
    heard = Counter(builder["_folded"](builder["read_sounds"]()[word]) for word in words)

    assert max(heard.values()) == 1
    assert len({"".join(sorted(word)) for word in words}) == len(words)
    assert [alike for alike in builder["LOOK_ALIKE"] if len(used & set(alike)) > 1] == []


def test_no_judged_word_is_in_a_list(builder: dict[str, Any]) -> None:
    """
    What a person found hurtful or telling stays out, whatever the rules would say.
    """
    for name in ("ko", "zh"):
        judged = builder["Offer"].read(WORDLISTS / f"{name}.offered").judged
        listed = {
            w for line in (WORDLISTS / f"{name}.txt").read_text("utf-8").splitlines() for w in line.split()
        }

        assert {"ko": "북한", "zh": "南方"}[name] in judged
        assert not listed & set(judged)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_word_carries_the_highest_bits(language: Language) -> None:
    """
    Word by word a number is written as digits are, and nothing of it is lost.
    """
    listed, each = [line.split()[0] for line in lines(language)], bits_of(language)

    assert spell(1, 2 * each, language) == [listed[0], listed[1]]
    assert spell((1 << 2 * each) - 1, 2 * each, language) == [listed[-1], listed[-1]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_carries_the_whole_list_in_less(language: Language) -> None:
    """
    Each line says how much it takes over from the one before; nothing is lost by it.
    """
    unpacked, line = [], ""
    for row in re.findall(r"[0-9][^0-9]*", packed(language)):
        line = line[: int(row[0])] + row[1:]
        unpacked.append(line)

    assert tuple(unpacked) == lines(language)


def test_a_word_of_another_length_is_turned_away(builder: dict[str, Any]) -> None:
    """
    One sign is heard too badly, three or more are too many to write.
    """
    scripts = builder["Scripts"]()

    assert [scripts.rule(word, scripts.traditional(word)) for word in ("山", "山水画")] == ["length"] * 2

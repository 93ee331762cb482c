"""What a researcher may type: signs that join words, and what is left of them when they join nothing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.search.document import Document
from archive.search.index import Index
from archive.search.typed import parse, words_of
from archive.search.words import QueryRefused

TOLD = {
    "ice": "두만강 얼음을 밟고 국경을 건넜다.",
    "boat": "압록강을 배로 건넜다. 국경경비대가 보았다.",
    "winter": "겨울에 압록강이 얼었다.",
    "han": "我在北京工作，冬天去了北方。",
    "english": "They repatriated my sister from Chongjin. I was hiding in a barn.",
    "police": "The police came to the barn at night.",
}


@pytest.fixture(scope="module")
def index() -> Index:
    return Index(
        Document(id, "kor", "2026-Q1", "import", (("s0001", text),)) for id, text in sorted(TOLD.items())
    )


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("두만강 OR 압록강", {"ice", "boat", "winter"}),
        ("두만강|압록강", set()),
        ("두만강 | 압록강", {"ice", "boat", "winter"}),
        ("두만강 ｜ 압록강", {"ice", "boat", "winter"}),
        ("압록강 OR 두만강 겨울", {"winter"}),
        ("두만강 OR (압록강 겨울)", {"ice", "winter"}),
        ("압록강 -겨울", {"boat"}),
        ("압록강 NOT 겨울", {"boat"}),
        ("-겨울 압록강", {"boat"}),
        ("barn -(police OR ice)", {"english"}),
        ("barn AND police", {"police"}),
        ('barn -"in a barn"', {"police"}),
        ("국경", {"ice", "boat"}),
        ("국경경비*", {"boat"}),
        ("repatriat*", {"english"}),
        ("hid*", {"english"}),
        ("Chong*", {"english"}),
        ("Chong＊", {"english"}),
        ("北京*", {"han"}),
        ("Chongjn~", {"english"}),
        ("polise~", {"police"}),
        ("xolice~", set()),
        ("강~", set()),
    ],
)
def test_signs_join_the_words_between_them(index: Index, typed: str, found: set[str]) -> None:
    """
    OR its neighbours, a hyphen what is not wanted, brackets a group; a star and a tilde widen one word.
    """
    assert {hit.document.id for hit in index.search(typed).hits} == found


@pytest.mark.parametrize(
    ("typed", "means"),
    [
        ("OR", ""),
        ("barn OR", "barn"),
        ("OR barn", "barn"),
        ("(barn", "barn"),
        ("barn) police", "barn police"),
        ("barn - police", "barn police"),
        ("barn OR -police", "barn -police"),
        ("barn or police", "barn police or"),
        ("() barn", "barn"),
        ("barn *", "barn"),
    ],
)
def test_a_sign_at_the_wrong_place_joins_nothing(typed: str, means: str) -> None:
    """
    Nobody is told that her query is wrong.
    """
    assert _set(parse(typed)) == _set(parse(means))


def _set(query: object) -> frozenset[str] | None:
    return None if query is None else frozenset(str(query).strip("()").split(" AND "))


@pytest.mark.parametrize("typed", ["-barn", "NOT barn", "police (-barn)", "-a -b"])
def test_what_is_only_not_wanted_is_told_apart_from_what_is_too_long(typed: str) -> None:
    """
    The page then says what is missing.
    """
    with pytest.raises(QueryRefused) as refused:
        parse(typed)

    assert refused.value.reason == "only_not"
    with pytest.raises(QueryRefused) as refused:
        parse("a " * 17)
    assert refused.value.reason == "too_long"


@pytest.mark.parametrize(
    ("typed", "marked"),
    [
        ("국경경비*", {"국경경비", "국경", "경비대", "경비"}),
        ("Chongjn~", {"Chongjin"}),
        ("barn -ice", {"barn"}),
    ],
)
def test_what_a_sign_found_is_marked_and_what_is_not_wanted_never(
    index: Index, typed: str, marked: set[str]
) -> None:
    """
    A reader sees why a testimony is there.
    """
    found = index.search(typed).hits
    shown = {text for hit in found for excerpt in hit.excerpts for text, is_hit in excerpt.pieces if is_hit}

    assert shown
    assert shown <= marked


def test_the_words_of_a_query_are_known_without_its_signs() -> None:
    """
    They are what may have been misspelt.
    """
    typed = '(두만강 OR -Chongjn~) "in a barn" 국경*'

    assert [typed[start:end] for start, end in words_of(typed)] == ["두만강", "Chongjn", "국경"]


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet='가강국경barn 北京()-|*~"OR NOT AND', max_size=60))
def test_whatever_is_typed_is_asked_or_refused(typed: str) -> None:
    """
    Brackets without end, signs without words.
    """
    try:
        parse(typed)
    except QueryRefused as refused:
        assert refused.reason in ("only_not", "too_long")

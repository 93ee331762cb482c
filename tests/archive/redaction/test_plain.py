"""A folded text leads back to the very code points it came from."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from archive.redaction.plain import dictated, plain

SIGNS = st.sampled_from(
    "가각힣ㄱㅏᄀ\u1161\u11a8é\u0301\u200b\u3164ＡＺ０９①㎏½金〇一二 \n'’“-—·abc019공일이에zero"
)
TEXTS = st.text(SIGNS | st.characters(exclude_categories=["Cs"]), max_size=60)


@given(TEXTS)
def test_every_folded_sign_comes_from_where_it_says(text: str) -> None:
    """The span of one sign, folded by itself, holds that sign; spans never go backwards nor outside."""
    folded = plain(text)

    assert len(folded.text) == len(folded.starts) == len(folded.ends)
    assert list(folded.starts) == sorted(folded.starts)
    for at, sign in enumerate(folded.text):
        start, end = folded.original(at, at + 1)
        assert 0 <= start < end <= len(text)
        assert sign in plain(text[start:end]).text


@given(TEXTS)
def test_no_visible_sign_is_left_out(text: str) -> None:
    """What lies between two folded signs is only what shows nothing."""
    folded = plain(text)
    kept = {n for start, end in zip(folded.starts, folded.ends, strict=True) for n in range(start, end)}
    lost = [c for n, c in enumerate(text) if n not in kept]

    assert all(plain(c).text == "" for c in lost)


@given(st.text(st.sampled_from("가각힣ㄱéñŏ 金가나다abcXYZ0123\n"), max_size=40))
def test_composed_and_decomposed_text_fold_to_one(text: str) -> None:
    """A phone writes 한 as one code point and another as three; the recognisers read the same."""
    forms = {plain(unicodedata.normalize(form, text)).text for form in ("NFC", "NFD")}

    assert forms == {plain(text).text}


@given(TEXTS)
def test_folding_a_folded_text_changes_nothing(text: str) -> None:
    """What was folded once is as plain as it gets."""
    once = plain(text).text

    assert plain(plain(once).text).text == plain(once).text


@given(TEXTS)
def test_dictated_digits_lead_back_too(text: str) -> None:
    """Spelled-out digits become digits, and every sign still has its span."""
    spoken = dictated(plain(text))

    assert len(spoken.text) == len(spoken.starts) == len(spoken.ends)
    assert all(0 <= s < e <= len(text) for s, e in zip(spoken.starts, spoken.ends, strict=True))


def test_digits_in_three_languages_are_written_out() -> None:
    """공일공, 幺三八 and double five."""
    said = [
        "공일공에 일이삼사에 오육칠팔",
        "幺三八零零一三八零零零",
        "one three double five six seven eight nine",
    ]

    assert [dictated(plain(each)).text for each in said] == [
        "010- 1234- 5678",
        "13800138000",
        "1 3 55 6 7 8 9",
    ]

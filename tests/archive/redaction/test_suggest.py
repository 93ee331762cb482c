"""What is suggested lies inside the text, does not overlap, and misses no name that rules can know."""

from __future__ import annotations

import time
import unicodedata
from itertools import pairwise
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.redaction.suggest import suggest
from archive.redaction.suggestion import KINDS, Suggestion, resolved

PIECES = [
    "김혜숙 언니는", "혜산시 위연동에서", "010-1234-5678로", "2003년 5월", "위챗 lily_88", "李小芳",
    "在延吉市", "幺三八零零一三八零零零", "Kim Hye-sook", "in Musan,", "two thousand yuan", "é", "🙂",
    "１３８００１３８０００", "\u200b", "ᄒᆞᆫ글", "\n", ". ", " ", "전거리 교화소", "王村长",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=6), max_size=12).map("".join)


def letters(text: str, found: tuple[Suggestion, ...]) -> str:
    """The letters that would be hidden."""
    return "".join(text[each.start : each.end] for each in found)


@settings(max_examples=60, deadline=None)
@given(TEXTS)
def test_suggestions_lie_in_the_text_and_never_overlap(text: str) -> None:
    """R15: what goes to redaction is exact: in order, inside, apart, and of a kind that there is."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    (found,) = suggest([text])

    reached = 0
    for each in found:
        assert reached <= each.start < each.end <= len(text)
        assert each.kind in KINDS
        assert 0 <= each.probability <= 1
        assert any(c.isalnum() for c in unicodedata.normalize("NFKC", text[each.start : each.end]))
        reached = each.end


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=10).map(" ".join))
def test_the_form_of_the_text_changes_nothing_that_is_hidden(text: str) -> None:
    """R16: NFC and NFD of one text hide the same letters."""
    shown = set()
    for form in ("NFC", "NFD"):
        written = unicodedata.normalize(form, text)
        hidden = unicodedata.normalize("NFC", letters(written, suggest([written])[0]))
        # Two names beside each other may be one span in one form; the space between them tells nothing.
        shown.add("".join(hidden.split()))

    assert len(shown) == 1


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 9), st.integers(0, 3))))
def test_resolving_hides_every_letter_that_any_hid(rows: list[tuple[int, int, int]]) -> None:
    """The union is kept: no recogniser loses a letter to another."""
    text = "abcdefghij klmnopqrst uvwxyz 0123456789"
    proposed = [Suggestion(a, min(a + n, len(text)), "PER", 0.5, "", rank) for a, n, rank in rows]
    wanted = {n for each in proposed for n in range(each.start, each.end) if text[n].isalnum()}
    kept = resolved(text, proposed)

    assert {n for each in kept for n in range(each.start, each.end)} >= wanted
    assert all(left.end <= right.start for left, right in pairwise(kept))


TOLD = [
    ("제 이름은 김혜숙이고 함경북도 온성군에서 태어났습니다.", ["김혜숙", "함경북도", "온성군"]),
    ("박 씨라는 브로커가 목단강 림구현의 마을에 팔았다.", ["박", "목단강", "림구현"]),
    ("옆집 순희 언니와 이성호 목사님이 도와주셨다.", ["순희", "이성호"]),
    ("그 집에서는 나를 '옥이'라고 불렀다.", ["옥"]),
    ("우리를 유가라는 사람한테 넘겼다.", ["유"]),
    ("보위원 리철수가 전거리 교화소로 보냈다.", ["리철수", "전거리", "교화소"]),
    ("혜숙이는 혜산 신발공장에서 일했다.", ["혜숙", "혜산", "신발공장"]),
    ("我叫李小芳，生在咸镜北道会宁市。", ["李小芳", "咸镜北道", "会宁市"]),
    ("人贩子姓孙，大家叫他孙哥。", ["孙"]),
    ("小玉在镇里的中心小学上学，张大姐帮了我。", ["小玉", "中心小学", "张"]),
    ("人贩子老周又把我卖了，村长王有福报了警。", ["老周", "王有福"]),
    ("村里人都叫我“鲜花”，他花了八千六。", ["鲜花", "八千六"]),
    ("派出所的人把我带到图们看守所。", ["图们", "看守所"]),
    ("A broker called Old Zhang sold me in Linkou County.", ["Zhang", "Linkou"]),
    ("He was born on the third day of the eighth lunar month.", ["third day of the eighth lunar month"]),
    (
        "My number is zero one zero, three four five six, seven eight nine zero.",
        ["zero one zero, three four"],
    ),
    ("Pastor Lee and Yong-ok live in Mudanjiang.", ["Lee", "Yong-ok", "Mudanjiang"]),
]


@pytest.mark.parametrize(("text", "names"), TOLD)
def test_a_name_is_hidden_in_every_letter(text: str, names: list[str]) -> None:
    """R16: people, places and institutions as they are told, with particles, titles and suffixes."""
    (found,) = suggest([text])
    marked = {n for each in found for n in range(each.start, each.end)}
    wanted = {name: range(text.index(name), text.index(name) + len(name)) for name in names}
    missed = [name for name, at in wanted.items() if not {n for n in at if text[n].isalnum()} <= marked]

    assert missed == []


SPELLINGS = [
    ("김혜숙이 왔다.", "혜숙이는 울었다.", "혜숙"),
    ("김혜숙이 왔다.", "김 혜숙도 갔다.", "김 혜숙"),
    ("리철수 보위원이었다.", "이철수를 다시 보았다.", "이철수"),
    ("김혜숙이 왔다.", "金惠淑走了。", "金惠淑"),
    ("김혜숙이 왔다.", "Then Kim Hye Sook left.", "Kim Hye Sook"),
    ("김혜숙이 왔다.", "Then Hyesuk Kim left.", "Hyesuk Kim"),
    ("她叫金英姬。", "영희를 보았다.", "영희"),
    ("Her name is Kim Hye-sook.", "혜숙이가 울었다.", "혜숙"),
    ("Her name is Wang Guoqiang.", "I saw Guoqiang once more.", "Guoqiang"),
]


@pytest.mark.parametrize(("found_in", "looked_in", "alias"), SPELLINGS)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_name_found_once_is_found_in_its_other_spellings(
    found_in: str, looked_in: str, alias: str, form: Literal["NFC", "NFD"]
) -> None:
    """R16: given name, spaces, North and South, Hanzi, the Latin alphabet; in the same document."""
    looked_in, alias = (unicodedata.normalize(form, each) for each in (looked_in, alias))
    found = suggest([found_in, looked_in], theta=0)[1]
    marked = {n for each in found for n in range(each.start, each.end)}
    at = looked_in.index(alias)

    assert {n for n in range(at, at + len(alias)) if not looked_in[n].isspace()} <= marked


def test_what_a_person_confirmed_is_found_although_no_recogniser_knows_it() -> None:
    """A nickname is nobody's word for a name, until somebody says so."""
    text = "그때 깜둥이가 왔다."

    assert suggest([text], theta=0)[0] == ()
    assert letters(text, suggest([text], theta=0, confirmed=[("깜둥이", "PER")])[0]) == "깜둥이"


def test_a_letter_that_stands_for_somebody_is_found_wherever_it_stands_alone() -> None:
    """R16: L is not looked for inside of a word, and I is a word."""
    text = "8.3 L 未接。8.6 L 停机。LINE 和 I 不是她。"
    found = suggest([text], theta=0, confirmed=[("L", "PER"), ("I", "PER")], without=("model", "rules"))[0]

    assert [(each.start, each.end) for each in found] == [(4, 5), (13, 14)]


def test_another_document_is_not_looked_in() -> None:
    """Spreading stays inside the document; across documents a person confirms."""
    alone = suggest(["영희를 보았다."], theta=0)
    beside = suggest(["她叫金英姬。"], theta=0), suggest(["영희를 보았다."], theta=0)

    assert beside[1] == alone


def test_a_higher_theta_hides_more_and_never_less() -> None:
    """The slider only adds."""
    hidden = []
    for theta in (0.0, 0.5, 0.9, 0.98):
        rows = zip([text for text, _ in TOLD], suggest([text for text, _ in TOLD], theta=theta), strict=True)
        hidden.append(
            {(n, at) for n, (_, row) in enumerate(rows) for s in row for at in range(s.start, s.end)}
        )

    assert all(less <= more for less, more in pairwise(hidden))
    assert len(hidden[-1]) > len(hidden[0])


@pytest.mark.parametrize("text", ["어머니는 울었다.", "妈妈哭了。", "My mother cried."])
def test_a_bare_word_for_kin_is_a_mention_and_no_name(text: str) -> None:
    """Mother tells nobody who she is; only `--all-mentions` marks her."""
    assert not any(each.kind == "KIN" for each in suggest([text])[0])
    assert any(each.kind == "KIN" for each in suggest([text], every_mention=True)[0])


def test_an_ordinary_sentence_stays_readable() -> None:
    """Without a name in it a sentence keeps every letter at theta 0."""
    texts = ["나는 그 일을 잊을 수 없어요.", "我什么都没有了。", "It was cold and we had nothing to eat."]

    assert suggest(texts, theta=0) == [(), (), ()]


@pytest.mark.parametrize(
    "text", [TOLD[0][0] + TOLD[4][0], TOLD[6][0] + TOLD[7][0], TOLD[10][0] + TOLD[11][0]]
)
def test_a_long_testimony_takes_less_than_three_seconds(text: str) -> None:
    """Twenty thousand signs, in time of this processor, models loaded."""
    suggest([text])
    long = ((text + " ") * (20_000 // len(text) + 1))[:20_000]
    begun = time.process_time()
    suggest([long])

    assert time.process_time() - begun < 3


@pytest.mark.parametrize("piece", ["Kim ", "a.b.", "1", "一", "王", "a@", "이름은 ", "two hundred "])
def test_no_line_holds_the_recognisers_up(piece: str) -> None:
    """A text from a stranger takes no longer than any other of its length."""
    suggest([TOLD[0][0], piece])
    begun = time.process_time()
    suggest([piece * (4_000 // len(piece))])

    assert time.process_time() - begun < 3

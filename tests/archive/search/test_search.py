"""What a researcher types finds what was told, in three languages; and nothing of it touches a disk."""

from __future__ import annotations

import subprocess
import sys
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.search.analyzer import _stem, analyze
from archive.search.document import Document
from archive.search.excerpt import AROUND, cut, whole
from archive.search.index import Index
from archive.search.words import QueryRefused

TOLD = {
    "border": ("kor", ["나는 혜산에서 도망쳤다. 얼어붙은 강을 건넜다.", "그해 겨울은 몹시 추웠어요."]),
    "arrest": ("kor", ["국가 안전 보위부에 잡혀 강제 북송을 당했다.", "단련대에서 석 달을 지냈다."]),
    "market": ("kor", ["꽃제비였던 동생들과 장마당에서 두부를 팔았습니다.", "중개인이 돈을 받았다."]),
    "hanja": ("kor", ["탈북자들은 연길에서 일했다. 金惠淑 씨도 있었다."]),
    "cut": ("kor", ["노란 집 뒤의 우물\n장백에서 팔려 갔다."]),  # Kiwi reads 장 and 백 here
    "simple": ("zho", ["我从惠山逃到长白，后来被遣返。", "我在延吉的餐馆工作了三年。"]),
    "traditional": ("zho", ["她被賣到山東，丈夫比她大二十歲。"]),
    "english": (
        "eng",
        ["I was hiding in a barn when the dogs came.", "We left Ch'ŏngjin by train."],
    ),
    "online": (
        "eng",
        ["They locked the flat and made us talk on the camera for seventeen hours."],
    ),
}
DOCUMENTS = [
    Document(name, lang, f"202{n % 3 + 4}-Q{n % 4 + 1}", "life_history" if n % 2 else "import",
             tuple((f"s{at:04d}", text) for at, text in enumerate(texts, 1)))
    for n, (name, (lang, texts)) in enumerate(TOLD.items())
]  # fmt: skip

FOUND = [
    ("혜산", {"border", "simple"}),
    ("惠山", {"border", "simple"}),
    ("hyesan", {"border", "simple"}),
    ("혜산에서", {"border", "simple"}),
    ("도망치다", {"border"}),
    ("도망쳤어요", {"border"}),
    ("건너다", {"border"}),
    ("춥다", {"border"}),
    ("얼어붙다", {"border"}),
    ("강제북송", {"arrest", "simple"}),
    ("강제 북송", {"arrest", "simple"}),
    ("국가안전보위부", {"arrest"}),
    ("보위부", {"arrest"}),
    ("단련대", {"arrest"}),
    ("잡히다", {"arrest"}),
    ("꽃제비", {"market"}),
    ("동생", {"market"}),
    ("두부 팔다", {"market"}),
    ("중개인", {"market"}),
    ("탈북자", {"hanja"}),
    ("金惠淑", {"hanja"}),
    ("延吉", {"hanja", "simple"}),
    ("옌지", {"hanja", "simple"}),
    ("長白", {"simple", "cut"}),
    ("Changbai", {"simple", "cut"}),
    ("장백", {"simple", "cut"}),
    ("长", {"simple"}),
    ("被遣返", {"simple"}),
    ("工作 餐馆", {"simple"}),
    ("餐馆工作", {"simple"}),
    ("工作餐馆", set()),
    ("卖到山东", {"traditional"}),
    ("산둥", {"traditional"}),
    ("大二十岁", {"traditional"}),
    ("hide", {"english"}),
    ("dog", {"english"}),
    ("DOGS", {"english"}),
    ("Chongjin", {"english"}),
    ("청진", {"english"}),
    ("train left", {"english"}),
    ('"by train"', {"english"}),
    ('"train by"', set()),
    ('"강을 건넜다"', {"border"}),
    ('"건넜다 강을"', set()),
    ('"혜산에서 도망쳤다"', {"border"}),
    ('"혜산에서 얼어붙은"', set()),
    ('"Hyesan in the winter"', set()),
    ('"Hyesan"', {"border", "simple"}),
    ("lock flat camera", {"online"}),
    ("seventeen hour", {"online"}),
    ("장마당 강제북송", set()),
    ("바다", set()),
    ("카메라", set()),
    ("", set(TOLD)),
    ("…", set(TOLD)),
]


@pytest.fixture(scope="session")
def index() -> Index:
    return Index(DOCUMENTS)


@pytest.mark.parametrize(("words", "found"), FOUND)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_words_find_what_was_told(index: Index, words: str, found: set[str], form: str) -> None:
    """
    Inflection, particles, spacing, both Chinese scripts, places across scripts, phrases, in NFC and NFD.
    """
    results = index.search(unicodedata.normalize(form, words))  # type: ignore[arg-type]

    assert {hit.document.id for hit in results.hits} == found
    assert results.total == len(found)


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("도망치다", "도망쳤"),
        ("강제북송", "강제 북송"),
        ("长", "长"),
        ("山东", "山東"),
        ("chongjin", "Ch'ŏngjin"),
    ],
)
def test_a_hit_is_marked_where_it_stands(index: Index, words: str, shown: str) -> None:
    """
    In the words as they were told, not as they were typed.
    """
    marks = [t for hit in index.search(words).hits for e in hit.excerpts for t, is_hit in e.pieces if is_hit]

    assert shown in marks


def test_many_threads_are_answered_as_one_is() -> None:
    """
    Who searches beside others gets the same hits, marks and counts as alone, also while an index is made.
    """
    asked = [
        "혜산",
        "餐馆 遣返",
        "hiding in barns when dogs came",
        "locked flats made us talking",
        "Chongjin",
    ]
    index = Index(DOCUMENTS)

    def answers(order: list[str]) -> list[object]:
        return [(index.search(words), index.marked("english", words)) for words in order]

    def is_as_alone(turn: int) -> bool:
        if turn == 0:
            Index(DOCUMENTS)
        _stem.cache_clear()  # as after a start, when no stem is known yet
        return answers(asked[turn % 5 :] + asked[: turn % 5]) == alone[turn % 5 :] + alone[: turn % 5]

    alone = answers(asked)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as threads:
            told = list(threads.map(is_as_alone, range(32)))
    finally:
        sys.setswitchinterval(interval)

    assert told == [True] * 32


def test_facets_count_what_was_found(index: Index) -> None:
    """
    Each testimony once, and a filter narrows all of them.
    """
    results = index.search("혜산")
    assert results.facets["lang"] == (("kor", 1), ("zho", 1))
    narrowed = index.search("혜산", {"lang": "zho", "nonsense": "x"})
    assert [hit.document.id for hit in narrowed.hits] == ["simple"]
    assert index.search("", {"kind": "import"}).total == len(TOLD) - len(TOLD) // 2


def test_pages_hold_every_hit_once(index: Index) -> None:
    """
    Turning pages repeats and loses nothing.
    """
    pages = [index.search("", start=at, size=3) for at in range(0, 9, 3)]

    assert sorted(hit.document.id for page in pages for hit in page.hits) == sorted(TOLD)


@pytest.mark.parametrize("words", ["가" * 201, "a " * 17])
def test_too_much_is_refused_with_a_reason(index: Index, words: str) -> None:
    """
    A query is input from outside: its length and its words are bounded.
    """
    with pytest.raises(QueryRefused):
        index.search(words)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_whatever_is_typed_only_finds(words: str) -> None:
    """
    No typed text is an error; one that says only what is not wanted is refused.
    """
    index = Index(DOCUMENTS[:2])
    try:
        assert 0 <= index.search(words).total <= 2
    except QueryRefused as refused:
        assert refused.reason == "only_not"


@settings(max_examples=80, deadline=None)
@given(st.text(alphabet="가나 강을건넜다金惠淑逃 abc's\n𝒳'。", max_size=60))
def test_every_term_stands_where_it_says(text: str) -> None:
    """
    Offsets are code points inside the text, in order; a whole cut gives the text back.
    """
    text = unicodedata.normalize("NFC", text)
    analysis = analyze(text)
    for term in (*analysis.terms, *analysis.pairs):
        assert 0 <= term.start < term.end <= len(text)
    assert [t.start for t in analysis.terms] == sorted(t.start for t in analysis.terms)
    [excerpt] = whole(
        [("s0001", len(text))], lambda low, high: text[low:high], [(t.start, t.end) for t in analysis.terms]
    )
    assert "".join(piece for piece, _ in excerpt.pieces) == text


def test_an_excerpt_is_short() -> None:
    """
    A long part is shown around its hit, and says that it goes on.
    """
    text = "앞말 " * 400 + "우물" + " 뒷말" * 400
    at = text.index("우물")
    [excerpt] = cut([("s0001", len(text))], lambda low, high: text[low:high], [(at, at + 2)])

    assert ("우물", True) in excerpt.pieces
    assert sum(len(piece) for piece, _ in excerpt.pieces) < 2 * AROUND + 50
    assert (excerpt.pieces[0][0], excerpt.pieces[-1][0]) == ("… ", " …")


WATCHED = """
import sys
from archive.search.analyzer import analyze
from archive.search.document import Document
from archive.search.index import Index

analyze("미리 읽기 先 first")
opened = []

def watch(event, arguments):
    if event == "open" and isinstance(arguments[2], int) and arguments[2] & 3:
        opened.append(arguments[0])
    elif event in ("os.mkdir", "tempfile.mkstemp", "tempfile.mkdtemp"):
        opened.append(event)

sys.addaudithook(watch)
parts = (("s0001", "노란 집 뒤의 우물 " * 300),)
index = Index([Document(str(n), "kor", "2026-Q4", "import", parts) for n in range(9)])
assert index.search("우물").total == 9
assert not opened, opened
"""


def test_making_an_index_writes_nothing_to_any_disk() -> None:
    """
    Python's audit hook sees no file opened for writing.
    """
    ran = subprocess.run(
        [sys.executable, "-c", WATCHED], cwd=Path(__file__).parents[3], capture_output=True, text=True
    )

    assert ran.returncode == 0, ran.stderr[-400:]

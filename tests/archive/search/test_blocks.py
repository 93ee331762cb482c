"""Our arrays answer as Whoosh's own index does: the same hits and scores, whatever the texts and queries."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from whoosh import query
from whoosh.analysis import Analyzer, Token
from whoosh.fields import ID, TEXT, Schema
from whoosh.filedb.filestore import RamStorage
from whoosh.searching import Searcher
from whoosh.support.levenshtein import distance

from archive.search.analyzer import Term
from archive.search.backend import EngineError, Repeated
from archive.search.blocks.arrays import EARLIER, MAGIC, Damaged, Earlier
from archive.search.blocks.asking import Asking
from archive.search.blocks.bits import BEHIND, EVEN, cut, even, filled, peek, pour
from archive.search.blocks.build import Prepared, build, field_arrays
from archive.search.blocks.erase import without
from archive.search.blocks.kept import body, text
from archive.search.blocks.lists import Lists, Occurrences
from archive.search.blocks.page import page
from archive.search.blocks.segment import Field, Segment
from archive.search.blocks.small import Bounds, bounds
from archive.search.blocks.standing import places

WORDS = [*"abcdefgh", "ab", "abc", "abcd", "가", "가나", "𝒳"]
texts = st.lists(st.lists(st.sampled_from(WORDS), max_size=40), min_size=1, max_size=12)
term = st.builds(
    query.Term, st.just("text"), st.sampled_from([*WORDS, "absent"]), boost=st.sampled_from([1.0, 0.3])
)
phrase = st.builds(
    query.Phrase,
    st.just("text"),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=3),
    slop=st.sampled_from([1, 1, 1, 3]),
    boost=st.sampled_from([1.0, 0.3]),
)


def _patterns(constant: bool) -> st.SearchStrategy[query.Query]:
    name, score = st.just("text"), st.just(constant)
    some, low = st.sampled_from(["a", "ab", "가", "z"]), st.sampled_from(["a", "ab", "bb", None])
    high, distance, ahead = st.sampled_from(["c", "가", None]), st.integers(1, 2), st.integers(0, 1)
    text, out = st.sampled_from(WORDS), st.booleans()
    return st.one_of(
        st.builds(query.Prefix, name, some, constantscore=score),
        st.builds(query.Wildcard, name, st.sampled_from(["a?", "*c", "?나"]), constantscore=score),
        st.builds(query.FuzzyTerm, name, text, maxdist=distance, prefixlength=ahead, constantscore=score),
        st.builds(query.TermRange, name, low, high, startexcl=out, endexcl=out, constantscore=score),
    )


leaf = st.one_of(term, term, phrase, _patterns(False), st.just(query.Every()))


def _compounds(inner: st.SearchStrategy[query.Query]) -> st.SearchStrategy[query.Query]:
    several = st.lists(inner, min_size=1, max_size=3)
    without = st.builds(lambda a, b: query.And([a, query.Not(b)]), inner, inner)
    boosted = st.sampled_from([1.0, 2.0])
    return st.one_of(
        st.builds(query.And, several, boost=boosted), st.builds(query.Or, several, boost=boosted), without
    )


queries = st.recursive(leaf, _compounds, max_leaves=6)


class Cut(Analyzer):  # type: ignore[misc]
    """Words as they are given."""

    def __call__(self, value: str, **options: Any) -> Iterator[Token]:
        for at, word in enumerate(value.split()):
            yield Token(
                text=word,
                pos=at,
                startchar=0,
                endchar=0,
                boost=1.0,
                positions=True,
                chars=True,
                stopped=False,
            )


def ours(documents: list[list[str]]) -> Segment:
    def prepared() -> Iterator[Prepared]:
        for number, words in enumerate(documents):
            terms = [Term(word, at, at, at + 1) for at, word in enumerate(words)]
            yield str(number), {"size": str(len(words))}, words, " ".join(words), {"text": terms}

    return Segment(memoryview(build(prepared(), ["text"], ["size"], {})))


def stock(documents: list[list[str]]) -> Searcher:
    index = RamStorage().create_index(
        Schema(id=ID(stored=True), text=TEXT(analyzer=Cut(), phrase=True, chars=True))
    )
    writer = index.writer()
    for n, words in enumerate(documents):
        writer.add_document(id=str(n), text=" ".join(words))
    writer.commit()
    return index.searcher()


@settings(max_examples=400, deadline=None)
@given(texts, queries)
def test_hits_and_scores_are_those_of_whoosh(documents: list[list[str]], asked: query.Query) -> None:
    """
    Terms, phrases, prefixes, near words, ranges, wildcards, and all of them joined: scores to 1e-6.
    """
    assume(any(documents))
    with stock(documents) as searcher:
        wanted = {hit.docnum: hit.score for hit in searcher.search(asked, limit=None)}
    asking = Asking(ours(documents))
    hits = asking.hits(asked)

    assert hits.tolist() == sorted(wanted)
    scores = asking.scores(asked, hits)
    assert [wanted[n] for n in hits.tolist()] == pytest.approx(scores.tolist(), abs=1e-6)


@pytest.mark.parametrize("others", ["", "e"])
def test_a_phrase_of_frequent_words_is_found_wherever_it_stands(others: str) -> None:
    """
    Some 100,000 places of each word, in all documents or in every other one; those apart are no phrase.
    """
    chance = np.random.default_rng(7)
    documents, wanted = [], []
    for number in range(600):
        many, more = chance.integers(1, 400, 2).tolist()
        apart = ["c"] * int(chance.integers(0, 2)) if number % 5 else ["c"]
        documents.append(["b"] * many + ["a"] * more + apart + ["b", "d"])
        if others and number % 2:
            documents[-1] = [others] * more + ["a"] * many
        elif not apart:
            wanted.append(number)

    for words in (["a", "b"], ["a", "b", "d"], ["b", "d"]):
        found = Asking(ours(documents)).hits(query.Phrase("text", words))
        everywhere = [number for number, each in enumerate(documents) if "d" in each]
        assert found.tolist() == (everywhere if words == ["b", "d"] else wanted)


@settings(max_examples=200, deadline=None)
@given(texts, _patterns(True))
def test_patterns_without_scores_find_the_same(documents: list[list[str]], asked: query.Query) -> None:
    """
    Where a score is constant Whoosh's own differ with the number of terms; the hits do not.
    """
    assume(any(documents))
    with stock(documents) as searcher:
        wanted = {hit.docnum for hit in searcher.search(asked, limit=None)}

    assert Asking(ours(documents)).hits(asked).tolist() == sorted(wanted)


@settings(max_examples=100, deadline=None)
@given(st.sets(st.text("ab가나𝒳", max_size=5)), st.text("ab가나𝒳", max_size=5), st.integers(0, 3))
def test_what_is_near_a_word_is_found_without_a_look_at_each(words: set[str], asked: str, most: int) -> None:
    """
    Letters put in, left out, changed or swapped, however many signs a letter takes.
    """
    terms = [Term(word, at, at, at + 1) for at, word in enumerate(sorted(words - {""}))]
    built = build([("x", {}, None, "", {"text": terms})], ["text"], [], {})
    field = Segment(memoryview(built)).fields["text"]

    found = {field.words[at].decode() for at in field.near.to(asked, most, range(len(field.words)))}
    assert found == {word for word in words if word and distance(word, asked) <= most}


@pytest.mark.parametrize("order", [None, "size"])
def test_a_page_of_many_hits_has_the_first_of_them(order: str | None) -> None:
    """
    Best first or smallest first, and of equals what came in first, wherever a page begins and ends.
    """
    chance = np.random.default_rng(7)
    documents = [["a"] * often + ["b"] * more for often, more in chance.integers(1, 20, (3000, 2)).tolist()]
    segment, asked = ours(documents), query.Term("text", "a")
    asking = Asking(segment)
    scores = asking.scores(asked, asking.hits(asked)).tolist()
    keys = [-score for score in scores] if order is None else segment.codes("size").tolist()
    wanted = sorted(range(3000), key=lambda number: (keys[number], number))

    for start, size in ((0, 1), (0, 10), (20, 20), (60, 100), (2990, 20), (2999, 1), (3000, 10)):
        found = page(segment, asked, order=order, start=start, size=size)
        assert found.documents.tolist() == wanted[start : start + size]
        assert found.scores.tolist() == [scores[number] for number in wanted[start : start + size]]


@settings(max_examples=100, deadline=None)
@given(texts, st.sampled_from(WORDS), st.sampled_from(WORDS))
def test_what_is_not_wanted_is_not_found(documents: list[list[str]], wanted: str, other: str) -> None:
    """
    AndNot, held against the texts themselves: the first hit of whoosh3 3.54.0 can have what is not wanted.
    """
    asked = query.AndNot(query.Term("text", wanted), query.Term("text", other))

    found = Asking(ours(documents)).hits(asked).tolist()
    assert found == [n for n, words in enumerate(documents) if wanted in words and other not in words]


@settings(max_examples=100, deadline=None)
@given(texts, st.data())
def test_columns_count_and_narrow(documents: list[list[str]], data: st.DataObject) -> None:
    """
    Facets and ranges, held against the texts themselves; and each document by its id and number.
    """
    segment = ours(documents)
    numbers = np.array(sorted(data.draw(st.sets(st.integers(0, len(documents) - 1)))), np.int64)
    low, high = (str(data.draw(st.integers(0, 40))) for _ in range(2))
    sizes = [str(len(words)) for words in documents]

    counts = segment.counts("size", numbers)
    assert dict(counts) == {
        size: [sizes[n] for n in numbers].count(size) for size in {sizes[n] for n in numbers}
    }
    assert segment.between("size", low, high, numbers).tolist() == [low <= sizes[n] <= high for n in numbers]
    for number, words in enumerate(documents):
        assert segment.number(segment.name(number)) == number
        assert body(segment.held(number)) == words
        assert text(segment.held(number), 0, 1000) == " ".join(words)
    assert segment.number("absent") is None


@settings(max_examples=100, deadline=None)
@given(texts, st.data())
def test_an_index_without_a_document_is_as_if_it_never_was(
    documents: list[list[str]], data: st.DataObject
) -> None:
    """
    Byte for byte the index of the others, so that not a byte of the erased words is left.
    """
    gone = data.draw(st.sets(st.integers(0, len(documents) - 1)))

    def prepared(left_out: set[int]) -> Iterator[Prepared]:
        for number, words in enumerate(documents):
            if number not in left_out:
                terms = [Term(word, at, at, at + 1) for at, word in enumerate(words)]
                yield f"{number:02d}", {"size": str(len(words))}, words, " ".join(words), {"text": terms}

    whole = build(prepared(set()), ["text"], ["size"], {"analyzer": "x"})
    never = build(prepared(gone), ["text"], ["size"], {"analyzer": "x"})

    assert without(Segment(memoryview(whole)), [f"{n:02d}" for n in gone] + ["absent"]) == never


@settings(deadline=None)
@given(st.lists(st.integers(0, 2**32 - 1) | st.integers(0, 300), min_size=1, max_size=40), st.data())
def test_numbers_come_back_from_as_few_bits_as_they_need(numbers: list[int], data: st.DataObject) -> None:
    """
    All in the width of the largest, any stretch of them; and each in its own width, one after the other.
    """
    values = np.array(numbers, np.int64)
    width = int(EVEN[even(values.max())])
    into = np.zeros(int(filled(np.int64(len(values) * width))) + BEHIND, np.uint8)
    pour(into, np.arange(len(values)) * width, values)
    start = data.draw(st.integers(0, len(values)))
    stop = data.draw(st.integers(start, len(values)))
    assert cut(into, width, start, stop).tolist() == numbers[start:stop]

    widths = np.array([each.bit_length() for each in numbers])
    at = np.cumsum(widths) - widths
    into = np.zeros(int(filled(widths.sum())) + BEHIND, np.uint8)
    pour(into, at, values)
    assert peek(into, at, widths).tolist() == numbers


@settings(deadline=None)
@given(st.lists(st.integers(0, 600) | st.integers(250, 258), max_size=200), st.data())
def test_pieces_begin_where_those_before_them_end(sizes: list[int], data: st.DataObject) -> None:
    """
    Whether a size fits into a byte or not, and however many of those before it do not.
    """
    pieces = Bounds(bounds("x", np.array(sizes, np.int64)), "x")
    low = data.draw(st.integers(0, len(sizes)))
    high = data.draw(st.integers(low, len(sizes)))

    assert [pieces.begin(at) for at in range(len(sizes))] == [sum(sizes[:at]) for at in range(len(sizes))]
    assert pieces.sizes.sum(low, high) == sum(sizes[low:high])


MANY = 150_000


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.dictionaries(
            st.integers(0, MANY - 1) | st.integers(0, 600),
            st.sets(st.integers(0, 2**31) | st.integers(0, 9), min_size=1, max_size=4),
            min_size=1,
            max_size=12,
        ),
        min_size=1,
        max_size=4,
    ),
    st.integers(0, 3),
)
def test_lists_of_a_field_come_back(lists: list[dict[int, set[int]]], every: int) -> None:
    """
    From rare terms far apart to one that stands everywhere, read one by one and all at once.
    """
    if every:
        lists[0] = {number: {number % 7} for number in range(0, MANY, every)} | lists[0]
    told = [
        (term, document, position, (position + term) % 5)
        for term, each in enumerate(lists)
        for document in sorted(each)
        for position in sorted(each[document])
    ]
    all = Occurrences(*np.array(told, np.int64).T)
    bits = np.zeros(MANY, np.uint8)
    np.maximum.at(bits, all.document, np.array([int(p).bit_length() for p in all.position], np.uint8))
    words = [f"w{at}".encode() for at in range(len(lists))]
    made = Lists(MANY, bits)
    made.add(words, all)
    arrays = field_arrays("f", made, np.zeros(MANY, np.uint8), bits.tobytes(), [b""] * MANY)
    field = Field("f", arrays, len(told))

    for one, other in zip(field.written.unrolled((0, len(words))), all, strict=True):
        assert np.array_equal(one, other)
    for term, each in enumerate(lists):
        held = field.postings(term)
        assert held.documents.tolist() == sorted(each)
        assert held.frequencies.tolist() == [len(each[document]) for document in sorted(each)]


def test_terms_out_of_order_are_refused() -> None:
    """
    Where a term begins is kept once for each place of a document; a term elsewhere would be shown wrongly.
    """
    for terms in ([Term("a", 1, 0, 1), Term("b", 0, 2, 3)], [Term("a", 0, 0, 1), Term("b", 0, 2, 3)]):
        with pytest.raises(EngineError):
            build([("x", {}, None, "", {"text": terms})], ["text"], [], {})


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 12), st.integers(-3, 300), st.integers(-2, 3)), max_size=20))
def test_each_place_is_shown_where_it_stands(steps: list[tuple[int, int, int]]) -> None:
    """
    Whatever is between two places, and whether a term stands on as many letters as it has or not.
    """
    terms: list[Term] = []
    at, start = 0, 1000
    for step, moved, more in steps:
        at, start = at + step, start + moved * (step > 0)
        text = WORDS[(at + len(terms)) % len(WORDS)]
        if not any(term.text == text and term.position == at for term in terms):
            terms.append(Term(text, at, start, start + max(1, len(text) + more)))
    segment = Segment(memoryview(build([("x", {}, None, "", {"text": terms})], ["text"], [], {})))
    field = segment.fields["text"]
    texts = sorted({term.text for term in terms})

    _, *columns = places(field, range(len(texts)), np.array([0]))
    found = zip(*(each.tolist() for each in columns), strict=True)
    assert sorted(found) == sorted((t.position, t.start, t.end) for t in terms)


@pytest.mark.parametrize("magic", EARLIER)
def test_an_index_of_an_earlier_version_says_so(magic: bytes) -> None:
    """
    It is made again from its texts.
    """
    whole = build([("x", {}, None, "", {"text": [Term("a", 0, 0, 1)]})], ["text"], [], {})
    with pytest.raises(Earlier, match="make it again"):
        Segment(memoryview(whole.replace(MAGIC, magic)))


def test_arrays_that_begin_between_numbers_are_refused() -> None:
    """
    Numbers are read where they lie, and lie where a processor reads them at once.
    """
    whole = build([("x", {}, None, "", {"text": [Term("a", 0, 0, 1)]})], ["text"], [], {})
    moved = whole.replace(b'"kept": ["|u1", 0,', b'"kept": ["|u1", 1,')

    assert moved != whole
    with pytest.raises(Damaged):
        Segment(memoryview(moved))


def test_two_documents_with_one_id_are_refused() -> None:
    """
    One of them could not be found.
    """
    with pytest.raises(Repeated):
        build([("a", {}, None, "", {}), ("a", {}, None, "", {})], ["text"], [], {})


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_bytes_that_are_no_index_are_refused_or_harmless(data: st.DataObject) -> None:
    """
    Opening a changed table of contents gives an index or `Damaged`, and nothing else.
    """
    whole = bytearray(build([("x", {}, ["a"], "a", {"text": [Term("a", 0, 0, 1)]})], ["text"], [], {}))
    head = 16 + int.from_bytes(whole[8:16], "little")
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, head - 1))] = data.draw(st.integers(0, 255))
    try:
        segment = Segment(memoryview(bytes(whole[: data.draw(st.integers(0, len(whole)))])))
    except Damaged:
        return
    assert json.dumps(segment.told)


READER = """
import mmap, random, sys
from pathlib import Path
from whoosh import query
from archive.search.analyzer import Term
from archive.search.blocks.asking import Asking
from archive.search.blocks.build import build
from archive.search.blocks.segment import Segment

def private():
    # Pages of a file are the system's cache, however many processes map them.
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Anonymous"))

path = Path(sys.argv[1])
if sys.argv[2] == "build":
    chance = random.Random(7)
    def documents():
        for n in range(7000):
            words = [f"w{int(chance.paretovariate(0.1)) % 50000}" for _ in range(500)]
            terms = [Term(w, at, at * 5, at * 5 + 4) for at, w in enumerate(words)]
            yield str(n), {}, None, chance.randbytes(6000).hex(), {"text": terms}
    path.write_bytes(build(documents(), ["text"], [], {}))
else:
    def asked(segment):
        for at in range(1, 200):
            asking = Asking(segment)
            asking.hits(query.Phrase("text", [f"w{at % 9 + 1}", f"w{at % 7 + 1}"]))
            one = query.Term("text", f"w{at}")
            asking.scores(one, asking.hits(one))

    # What the code itself takes is there before the index is.
    small = [Term(f"w{at}", at, at, at + 1) for at in range(1, 200)]
    asked(Segment(memoryview(build([("a", {}, None, "", {"text": small})], ["text"], [], {}))))
    before = private()
    with path.open("rb") as file:
        segment = Segment(memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)))
    asked(segment)
    print((private() - before) / path.stat().st_size)
"""


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="needs Linux's smaps_rollup")
def test_a_reader_holds_little_of_the_index_for_itself(tmp_path: Path) -> None:
    """
    Private memory after 200 queries: at most 5 % of an index of some 50 MB. The rest is the system's cache.
    """

    def ran(what: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", READER, str(tmp_path / "index"), what],
            cwd=Path(__file__).parents[3],
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    ran("build")
    assert float(ran("read")) <= 0.05

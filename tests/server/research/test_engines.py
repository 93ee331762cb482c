"""What every engine of the search promises, held against the texts themselves: one contract for all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from whoosh import query

from archive.release import RedactedTestimony, Segment
from archive.search.backend import BEGINS, FIELDS, NEAR, Asked, EngineError, Entry, Repeated
from archive.search.document import FACETS
from archive.search.excerpt import Excerpt
from archive.search.filling import entries, fill
from archive.search.index import Index
from server.research.indexed import Documents
from tests.archive.search.test_search import DOCUMENTS, FOUND
from tests.engines import ENGINES, Begun, Places, entry

WORDS = [
    "a",
    "b",
    "ab",
    "abc",
    "acb",
    "abcd",
    "가",
    "가나",
    "가다",
    "강나",
    "中",
    "中国",
    "𝒳",
    "𝒳a",
    "it's",
    "x" * 30,
]
places = st.lists(st.lists(st.sampled_from(WORDS), max_size=2, unique=True), max_size=12)
told = st.lists(places, max_size=3)
values = st.fixed_dictionaries(
    {"lang": st.sampled_from(["kor", "zho", ""]), "year": st.sampled_from(["1998", "2003", "한"])}
)
collections = st.lists(st.tuples(told, values), max_size=8)

name = st.sampled_from(["text", "text", "pairs"])
word = st.sampled_from([*WORDS, "absent", "aab", "가가", "中间"])
leaf = st.one_of(
    st.builds(query.Term, name, word),
    st.builds(query.Phrase, name, st.lists(word, min_size=1, max_size=3)),
    st.builds(query.Prefix, name, st.sampled_from(["a", "ab", "가", "中", "z"])),
    st.builds(query.FuzzyTerm, name, st.sampled_from([*WORDS, "acbd", "bcd", "가나다", "국", "xx", "𝒳b"])),
)


def _joined(inner: st.SearchStrategy[query.Query]) -> st.SearchStrategy[query.Query]:
    several = st.lists(inner, min_size=1, max_size=3)
    never = st.lists(st.builds(query.Not, inner), min_size=1, max_size=2)
    return st.one_of(
        st.builds(query.And, several),
        st.builds(lambda first, others, nots: query.And([first, *nots, *others]), inner, several, never),
        st.builds(query.Or, several),
        st.builds(query.AndNot, inner, inner),
    )


queries = st.one_of(st.none(), st.recursive(leaf, _joined, max_leaves=6))


pytestmark = pytest.mark.loopback


@pytest.fixture(scope="module", params=ENGINES)
def begun(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Begun]:
    with ENGINES[request.param](tmp_path_factory.mktemp("engine")) as made:
        yield made


def is_in(words: query.Query | None, each: Entry) -> bool:
    """Whether a testimony answers, by looking through it place by place."""
    match words:
        case None:
            return True
        case query.Term() | query.Prefix():
            alike = str.startswith if isinstance(words, query.Prefix) else str.__eq__
            return any(alike(term.text, words.text) for term in each.terms(words.fieldname))
        case query.FuzzyTerm():
            return any(is_near(term.text, words.text) for term in each.terms(words.fieldname))
        case query.Phrase():
            stands = {(term.text, term.position) for term in each.terms(words.fieldname)}
            return any(
                all((text, at + n) in stands for n, text in enumerate(words.words)) for _, at in stands
            )
        case query.AndNot():
            return is_in(words.a, each) and not is_in(words.b, each)
        case query.Not():
            return not is_in(words.query, each)
        case query.And():
            return all(is_in(part, each) for part in words.subqueries)
        case _:
            return any(is_in(part, each) for part in words.subqueries)


def is_near(one: str, two: str) -> bool:
    """Whether one edit behind the first letter, or none, makes two of one: by doing every such edit."""
    cuts = [(one[:at], one[at:]) for at in range(1, len(one) + 1)]
    edits = {one, *(a + letter + b[gone:] for a, b in cuts for letter in ("", *two) for gone in (0, 1))}
    edits |= {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    return two in edits


@settings(max_examples=25, deadline=None, phases=[Phase.generate])  # making an index anew takes a server long
@given(collections, st.lists(queries, min_size=1, max_size=8), st.data())
def test_hits_are_those_that_a_reader_would_find(
    begun: Begun, collection: list[Any], asked: list[query.Query | None], data: st.DataObject
) -> None:
    """
    Whatever the texts and the query: hits, counts, order, pages and filters, the same on every engine.
    """
    given_ = [entry(f"t{n:02d}", passages, row) for n, (passages, row) in enumerate(collection)]
    begun.engine.replace(given_, ["lang", "year"], {"made": "today"})
    low, high = sorted(data.draw(st.tuples(*[st.sampled_from(["", "1998", "2003", "가", "한"])] * 2)))
    only = data.draw(st.none() | st.sets(st.sampled_from(["t00", "t01", "t04", "nobody"])))
    for words in asked:
        wanted = [
            each
            for each in given_
            if is_in(words, each) and low <= each.values["year"] <= high and (only is None or each.id in only)
        ]
        narrowed = {"year": (low, high), "nonsense": ("x", "x")}
        found = begun.engine.find(words, Asked(narrowed, only, size=50))

        assert {id for id, _ in found.hits} == {each.id for each in wanted}
        assert found.total == len(wanted) == len(found.hits)
        for column in ("lang", "year"):
            counted = Counter(each.values[column] for each in wanted)
            assert list(found.facets[column]) == sorted(counted.items())
        scores = [score for _, score in found.hits]
        assert scores == sorted(scores, reverse=True)
        up = begun.engine.find(words, Asked(narrowed, only, order="year", size=50))
        assert [id for id, _ in up.hits] == [
            e.id for e in sorted(wanted, key=lambda e: (e.values["year"], e.id))
        ]
        turned = (
            begun.engine.find(words, Asked(narrowed, only, start=at, size=3)).hits for at in range(0, 9, 3)
        )
        assert [id for id, _ in chain.from_iterable(turned)] == [id for id, _ in found.hits]


SIGNS = [
    "혜산 OR dog",
    "강제북송 -보위부",
    "국가*",
    "Chongjn~",
    "chong*",
    "(dog | 두부) NOT 청진",
    "延* OR 산둥 -(长 -山东)",
]


@pytest.mark.parametrize("words", [*(words for words, _ in FOUND), *SIGNS])
def test_every_engine_finds_what_a_researcher_types(begun: Begun, words: str) -> None:
    """
    Three languages through the analyzer, with excerpts whose marks are those of our own arrays.
    """
    if begun.engine.ids() != sorted(each.id for each in DOCUMENTS):
        fill(begun.engine, entries(DOCUMENTS), FACETS, {})
    ours, theirs = Index(DOCUMENTS).search(words), Index.of(begun.engine).search(words)

    assert {hit.document: hit.excerpts for hit in theirs.hits} == {
        hit.document: hit.excerpts for hit in ours.hits
    }
    assert theirs.facets == ours.facets


def test_words_join_over_passages_and_a_phrase_stays_in_one(begun: Begun) -> None:
    """
    What was told in two answers is one testimony; two answers are not one sentence.
    """
    begun.engine.replace([entry("one", [[["river"], ["froze"]], [["we"], ["crossed"]]])], [], {})

    def total(words: query.Query) -> int:
        return begun.engine.find(words, Asked()).total

    assert total(query.And([query.Term("text", "river"), query.Term("text", "crossed")])) == 1
    assert total(query.Phrase("text", ["we", "crossed"])) == 1
    assert total(query.Phrase("text", ["froze", "we"])) == 0


def test_a_testimony_is_found_by_its_translation_and_shown_in_the_words_of_the_release(begun: Begun) -> None:
    """
    As a passage of its own, into which no phrase reaches; and erased with her words.
    """
    told = RedactedTestimony(
        "one", "kor", "2026-Q4", "event", "T", (Segment("s0001", "강을 건넜다."),), {},
        {"eng": (Segment("s0001", "She crossed the river."),)},
    )  # fmt: skip
    documents = Documents([told])
    fill(begun.engine, entries(documents.values()), FACETS, {})
    index = Index.of(begun.engine, documents)
    [hit] = index.search("river").hits

    assert [index.names[at] for at in index.found("crossed")] == ["one"]
    assert hit.excerpts == (
        Excerpt("s0001:eng", (("She crossed the ", False), ("river", True), (".", False))),
    )
    assert index.search('"강을 건넜다 she crossed"').total == 0
    begun.engine.erase(["one"])
    assert index.search("river").total == 0


def test_a_long_passage_keeps_its_last_phrase(begun: Begun) -> None:
    """
    20,000 places, one word 9,000 times, and a word of 5,000 letters: the limits of PostgreSQL's own type.
    """
    long: Places = (
        [[f"w{n}"] for n in range(11_000)] + [["again"]] * 9_000 + [["z" * 5000], ["last"], ["words"]]
    )
    begun.engine.replace([entry("long", [long])], [], {})
    rows = [["last", "words"], ["again"] * 40, ["w10999", "again"], ["w3999", "w4000", "w4001"]]

    for row in rows:
        assert begun.engine.find(query.Phrase("text", row), Asked()).total == 1, row
    assert begun.engine.find(query.Phrase("text", ["again", "last"]), Asked()).total == 0
    assert begun.engine.find(query.Prefix("text", "zzz"), Asked()).total == 1


def test_two_testimonies_of_one_id_change_nothing(begun: Begun) -> None:
    """
    One of them could not be found: they are refused, and what was there still answers.
    """
    begun.engine.replace([entry("before", [[["a"]]], {"lang": "kor"})], ["lang"], {"made": "before"})
    with pytest.raises(Repeated):
        begun.engine.replace([entry("x", [[["b"]]]), entry("x", [[["c"]]])], ["lang"], {"made": "after"})

    assert begun.engine.ids() == ["before"]
    assert begun.engine.told == {"made": "before"}
    assert begun.engine.find(query.Term("text", "a"), Asked()).facets == {"lang": (("kor", 1),)}


def test_what_was_given_comes_back(begun: Begun) -> None:
    """
    What was kept and where the terms stand; of an id that is not there, nothing.
    """
    begun.engine.replace([entry("one", [[["a"], ["b"]], [["a"]]], {"lang": "kor"})], ["lang"], {"made": "x"})

    kept = begun.engine.held(["one", "two"], {("text", "a"), ("pairs", "ab"), ("text", "absent")})
    assert list(kept) == ["one"]
    assert kept["one"].body == ["kept of", "one"]
    assert kept["one"].text(0, 100) == "the text of one"
    assert kept["one"].text(4, 8) == "text"
    assert sorted(kept["one"].spans) == [(0, 1), (0, 3), (6, 7)]
    assert begun.engine.held(["one"])["one"].spans == []
    assert (begun.engine.count, begun.engine.columns, begun.engine.told) == (1, ("lang",), {"made": "x"})


spoken = st.sampled_from(["a", "ab", "acb", "가", "가나", "中国", "𝒳", "zz", "absent"])
meant = st.tuples(name, st.builds(str.__add__, spoken, st.sampled_from(["", BEGINS, NEAR])))


@settings(max_examples=10, deadline=None, phases=[Phase.generate])
@given(st.lists(told, min_size=1, max_size=4), st.sets(meant, max_size=4))
def test_every_letter_of_what_begins_so_or_is_near_is_told(
    begun: Begun, collection: list[list[Places]], terms: set[tuple[str, str]]
) -> None:
    """
    A term that is meant in two ways stands where it stands once.
    """
    given_ = [entry(f"t{n}", passages) for n, passages in enumerate(collection)]
    begun.engine.replace(given_, [], {})

    def is_meant(name: str, text: str) -> bool:
        return any(
            name == field
            and (
                text.startswith(wanted[:-1])
                if wanted.endswith(BEGINS)
                else is_near(text, wanted[:-1])
                if wanted.endswith(NEAR)
                else text == wanted
            )
            for field, wanted in terms
        )

    kept = begun.engine.held([each.id for each in given_], terms)
    for each in given_:
        stand = [(t.start, t.end) for name in FIELDS for t in each.terms(name) if is_meant(name, t.text)]
        assert sorted(kept[each.id].spans) == sorted(stand)


NEIGHBOURS = {
    "abc": {"ab", "abc", "acb", "abcd"},
    "ab": {"a", "ab", "abc", "acb"},
    "a": {"a", "ab"},
    "가나": {"가", "가나", "가나다"},
    "𝒳": {"𝒳中"},
    "z": set[str](),
}


def test_a_letter_more_less_or_another_or_two_swapped_is_near_and_the_first_letter_stays(
    begun: Begun,
) -> None:
    """
    Short terms too, which OpenSearch's own clause would leave out.
    """
    terms = ["a", "ab", "abc", "acb", "abcd", "abcde", "bbc", "b", "가", "가나", "가나다", "강나", "𝒳中"]
    begun.engine.replace([entry(each, [[[each]]]) for each in terms], [], {})

    for text, near in NEIGHBOURS.items():
        assert {id for id, _ in begun.engine.find(query.FuzzyTerm("text", text), Asked()).hits} == near
        kept = begun.engine.held(terms, {("text", text + NEAR)})
        assert {id for id, each in kept.items() if each.spans} == near


def test_what_is_near_is_found_among_thousands(begun: Begun) -> None:
    """
    1,200 syllables behind one first syllable: an engine that looks for some of them only loses testimonies.
    """
    near = [[["강" + chr(ord("가") + n)]] for n in range(1200)]
    begun.engine.replace([entry(f"t{n:04d}", [each]) for n, each in enumerate(near)], [], {})

    assert begun.engine.find(query.FuzzyTerm("text", "강릉"), Asked()).total == 1200
    assert begun.engine.find(query.FuzzyTerm("text", "강"), Asked()).total == 1200
    assert begun.engine.find(query.FuzzyTerm("text", "강가나다"), Asked()).total == 0


def test_more_edits_than_one_are_refused_by_an_engine_that_cannot_look_for_them(begun: Begun) -> None:
    """
    Rather than answered with fewer.
    """
    begun.engine.replace([entry("one", [[["river"]]])], [], {})
    with suppress(EngineError):
        assert begun.engine.find(query.FuzzyTerm("text", "rixxr", maxdist=2), Asked()).total == 1


def test_what_an_engine_cannot_answer_is_refused_plainly(begun: Begun) -> None:
    """
    No engine answers with something else instead.
    """
    begun.engine.replace([entry("one", [[["a"]]])], [], {})
    with pytest.raises(EngineError):
        begun.engine.find(query.Term("text", "a"), Asked(order="nonsense"))


def test_erased_words_are_in_no_byte(begun: Begun) -> None:
    """
    Neither raw nor packed, by the tail of the word and of the id, once `erase` has returned; the others stay.
    """
    said = [
        entry(f"stays{n}", [[["quetz"], [f"other{n}"], ["word"]]], {"place": f"here{n}"}) for n in range(30)
    ]
    gone = entry("gone-zyzzyva", [[["quetzalcoatlus"], ["word"]]], {"place": "atlantis-xylo"})
    begun.engine.replace([*said, gone], ["place"], {})
    traces = (b"alcoatlus", b"zyzzyva", b"xylo")
    stored = begun.stored()
    if stored:
        assert all((trace in stored) != begun.secret for trace in traces)
    assert begun.engine.erase(["gone-zyzzyva", "nobody"]) == 1

    stored = begun.stored()
    assert not [trace for trace in traces if trace in stored]
    assert begun.engine.find(query.Term("text", "word"), Asked(size=50)).total == 30
    assert begun.engine.find(query.Prefix("text", "quetz"), Asked(size=50)).total == 30
    assert begun.engine.find(query.FuzzyTerm("text", "wrod"), Asked(size=50)).total == 30
    assert begun.engine.find(query.FuzzyTerm("text", "quetzalcoatls"), Asked(size=50)).total == 0
    assert begun.engine.erase(["gone-zyzzyva"]) == 0


def test_words_of_the_index_before_are_in_no_byte(begun: Begun) -> None:
    """
    An index that takes another's place leaves nothing of it.
    """
    begun.engine.replace([entry("one", [[["quetzalcoatlus"]]])], [], {})
    begun.engine.replace([entry("two", [[["word"]]])], [], {})

    assert b"alcoatlus" not in begun.stored()

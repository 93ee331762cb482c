"""The archivists' own search: words and filters, through the gate, and pairs that may be the same."""

from __future__ import annotations

import json
import random
import re
import threading
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from archive import review, sameness
from archive.coding import versions as codings
from archive.coding.record import life
from archive.finding import Collection, Wanted
from archive.keeping.shredding import shred_testimony
from archive.policy import versions as policies
from archive.policy.record import Policy, Withheld
from archive.sameness import SamenessRefused
from archive.search.alike import Styles, may_be_of_one, nearly_the_same, shingles
from archive.search.document import Document
from archive.search.index import Index
from archive.standing import TakenBack
from archive.workbench import collecting
from archive.workbench.page import texts as words_of_pages
from crypto.receipt import Receipt
from tests.archive.test_commands import Terminal
from tests.archive.test_workbench import Desk
from tests.people import MINJIS, RESEARCH, TODAY, Archive, statement

CORPORA = Path(__file__).parents[3] / "shared" / "corpora"
LONG = """그해 겨울 어머니는 장마당에서 두부를 팔았다. 나는 동생의 손을 잡고 얼어붙은 강가에 서 있었다.
건너편 마을의 불빛이 보였고 개가 짖었다. 안내하던 사람은 돈을 먼저 달라고 했다.
우리는 밤새 걸어서 옥수수밭 옆의 빈 창고에 숨었다. 아침에 트럭이 와서 우리를 태우고 갔다."""


def coded(archive: Archive, told: str, place: str, code: str, name: str = "", latin: str = "") -> None:
    row: dict[str, Any] = {
        "acts": [{"act_id": "e1", "type": "x_Sale", "place_ref": place, "exploitation": [code]}],
        "actors": [{"actor_id": "a1", "names": [{"form": name, "romanisation": latin}]}] if name else [],
    }
    words = review.reading(archive.vault, told).told
    seen = codings.current(archive.vault, told).number
    codings.keep(archive.vault, archive.minji, words, life(row), TODAY, seen=seen)


def found(collection: Collection, words: str = "", **wanted: Any) -> set[str]:
    return {hit.document.id for hit in collection.search(words, Wanted(**wanted)).hits}


def test_words_and_filters_narrow_each_other(archive: Archive) -> None:
    """
    By stage, language, quarter, codes, province, grant, and somebody coded by name in two testimonies.
    """
    quoted = [*RESEARCH, ("quote_excerpt", "public")]
    one, two = archive.told("혜산에서 팔려 갔다."), archive.told("혜산을 떠났다.", grants=quoted)
    three = archive.told("I left Hyesan.", lang="eng")
    coded(archive, one, "cn-changbai", "x_BrideTrafficking", "박철수", "Pak Chol-su")
    coded(archive, two, "cn-sd", "x_BrideTrafficking", "朴哲洙", "PAK CHOLSU")
    review.propose(archive.vault, archive.minji, two)
    collection = Collection(archive.vault)

    assert found(collection, "혜산") == {one, two, three}
    assert found(collection, "혜산", lang="kor") == {one, two}
    assert found(collection, stage="proposed") == {two}
    assert found(collection, "떠나다", stage="received") == set()
    assert found(collection, codes=("x_BrideTrafficking",)) == {one, two}
    assert found(collection, codes=("x_BrideTrafficking", "CN-JL")) == {one}
    assert found(collection, grant=("quote_excerpt", "public")) == {two}
    assert found(collection, person="chol") == found(collection, person="nobody") == set()
    assert found(collection, person="Chol-su Pak") == found(collection, person="pak cholsu") == {one, two}
    assert found(collection, person="박철수") == {one}
    assert found(collection, quarter=archive.vault.testimony(one).received_quarter) == {one, two, three}
    assert found(collection, quarter="1999-Q1") == set()
    assert collection.codes()["x_BrideTrafficking"] == 2
    assert "박철수" not in repr(collection.facts())
    assert collection.search("혜산", size=2, start=2).total == 3


def test_what_may_not_be_searched_is_in_no_result_and_no_count(archive: Archive) -> None:
    """
    R1, R2, R6: not granted, withheld, or taken back since; a collection made before says that it is old.
    """
    receipt = Receipt.generate()
    silent = archive.told("바다를 보았다.", grants=[("preserve", "archivists")])
    told = archive.told("산을 보았다.\n바다를 보았다.", receipt=receipt)
    coded(archive, silent, "cn-jl", "ForcedLabour")
    collection = Collection(archive.vault)
    assert found(collection, "바다") == {told}
    assert collection.codes() == {}
    assert set(collection.refused) == {silent}
    held = Policy(withheld=(Withheld("s0002", "index_search", "archivists"),))
    assert collection.is_current()
    policies.decide(archive.vault, archive.minji, told, held, TODAY, seen=0)
    assert not collection.is_current()
    collection = Collection(archive.vault)
    assert found(collection, "바다") == set()
    assert found(collection, "산") == {told}
    review.propose(archive.vault, archive.minji, told)
    assert collection.is_current()
    assert found(collection, stage="proposed") == {told}
    policies.decide(
        archive.vault, archive.sora, told, Policy(withheld=(*held.withheld, Withheld("s0001"))), TODAY, seen=1
    )
    assert not collection.is_current()
    archive.take(statement(archive, "", receipt=receipt, seq=1, kind="withdrawal", grants=[]))

    assert Collection(archive.vault).ids == []


def test_pairs_come_with_their_evidence_and_a_decided_pair_does_not_return(archive: Archive) -> None:
    """
    A text that came twice, one account, one coded name; a person signs, under both names, and it is gone.
    """
    receipt = Receipt.generate()
    one = archive.told(LONG, receipt=receipt)
    other = archive.told(LONG.replace("두부를", "떡을").replace("개가 짖었다", "개 소리가 났다"))
    later = archive.told("이듬해의 일을 더 적는다.", receipt=receipt, seq=1)
    coded(archive, later, "cn-jl", "ForcedLabour", "왕건국")
    coded(archive, other, "cn-jl", "ForcedLabour", "왕건국")
    pairs = sameness.suggested(archive.vault, Collection(archive.vault))
    told = {frozenset((each.one, each.other)): each for each in pairs}
    assert set(told) == {frozenset(pair) for pair in ((one, other), (one, later), (other, later))}
    assert told[frozenset((one, other))].containment > 0.6
    assert told[frozenset((one, later))].account
    assert told[frozenset((other, later))].people == ("왕건국",)
    assert "왕건국" not in repr(pairs)
    made = sameness.decide(archive.vault, archive.minji, other, one, "same_text", TODAY)
    sameness.decide(archive.vault, archive.sora, later, other, "different", TODAY)

    assert [
        frozenset((p.one, p.other)) for p in sameness.suggested(archive.vault, Collection(archive.vault))
    ] == [frozenset((one, later))]
    assert made in sameness.decided(archive.vault)
    assert {f"{one}:{other}", f"{other}:{one}"} <= set(archive.vault.names("sameness"))
    assert archive.vault.journal.events()[-2].type == "app"
    assert archive.vault.testimony(one).text == LONG


def test_a_decision_is_signed_by_somebody_known(archive: Archive) -> None:
    """
    R13: of two that are here and that nobody took back; one that was changed is open again.
    """
    receipt = Receipt.generate()
    one, other = archive.told(LONG), archive.told(LONG + " 끝.", receipt=receipt)
    for pair, verdict in (((one, one), "same_text"), ((one, "nobody"), "same_text"), ((one, other), "merge")):
        with pytest.raises(SamenessRefused):
            sameness.decide(archive.vault, archive.minji, *pair, verdict, TODAY)
    sameness.decide(archive.vault, archive.minji, one, other, "different", TODAY)
    sameness.decide(archive.vault, archive.minji, one, other, "same_text", TODAY)
    assert [each.verdict for each in sameness.decided(archive.vault)] == ["same_text"]
    for name in (f"{one}:{other}", f"{other}:{one}"):
        row = archive.vault.json("sameness", name)
        archive.vault.put_json("sameness", name, row | {"verdict": "different"})
    assert sameness.decided(archive.vault) == []
    archive.take(statement(archive, "", receipt=receipt, seq=1, kind="withdrawal", grants=[]))

    with pytest.raises(TakenBack):
        sameness.decide(archive.vault, archive.minji, one, other, "different", TODAY)


def test_who_is_destroyed_is_in_no_decision_about_another(archive: Archive) -> None:
    """
    R7: both records of a pair go, and its policy with all versions.
    """
    one, other = archive.told(LONG), archive.told(LONG + " 끝.")
    sameness.decide(archive.vault, archive.minji, one, other, "same_text", TODAY)
    policies.decide(archive.vault, archive.minji, one, Policy(list_existence="denied"), TODAY, seen=0)
    policies.decide(archive.vault, archive.minji, one, Policy(), TODAY, seen=1)
    shred_testimony(archive.vault, one, archive.minji, archive.sora, TODAY)

    assert archive.vault.names("sameness") == archive.vault.names("policy") == []


def pieces(folder: str, length: int, most: int) -> list[str]:
    """Pieces of about *length* characters of the texts of a corpus."""
    found: list[str] = []
    for path in sorted((CORPORA / folder).rglob("*.txt")):
        text = path.read_text("utf-8", errors="replace")[: 8 * length]
        found += [text[at : at + length] for at in range(0, len(text) - length // 2, length)]
        if len(found) >= most:
            break
    return found[:most]


def retold(text: str, chance: random.Random, *, by_sign: bool) -> str:
    """As somebody else typed it: of every hundred words four left out and four others, the ends cut."""
    words = list(text) if by_sign else text.split(" ")
    kept = [
        chance.choice(words) if chance.random() < 0.04 else word for word in words if chance.random() > 0.04
    ]
    inside = kept[int(len(kept) * chance.uniform(0, 0.2)) : int(len(kept) * chance.uniform(0.8, 1))]
    return ("" if by_sign else " ").join(inside)


@pytest.mark.parametrize(
    ("folder", "by_sign"),
    [
        ("wpa-slave-narratives", False),
        ("korean-stories-koconovel", False),
        ("chinese-memoirs-and-diaries", True),
    ],
)
def test_what_was_planted_among_real_texts_is_found(folder: str, by_sign: bool) -> None:
    """
    Of 30 retold pieces among 150 all are found; what is found besides is a tenth at most.
    """
    if not (CORPORA / folder).exists():
        pytest.skip("../shared/corpora is absent; nothing was measured")
    chance, told = random.Random(11), pieces(folder, 2500, 150)
    planted = {(f"o{n}", f"p{n}") for n in range(30)}
    again = ((f"p{n}", retold(text, chance, by_sign=by_sign)) for n, text in enumerate(told[:30]))
    texts = [*((f"o{n}", text) for n, text in enumerate(told)), *again]
    pairs = {(each.one, each.other) for each in nearly_the_same(texts, sameness.LEAST)}

    assert len(planted & pairs) >= 29
    assert len(pairs - planted) <= 3


def test_two_halves_of_one_interview_are_suggested_before_others() -> None:
    """
    The first and second half of interviews: most come together, and most that come are right.
    """
    folder = CORPORA / "western-sydney-women"
    if not folder.exists():
        pytest.skip("../shared/corpora is absent; nothing was measured")
    halves: dict[str, str] = {}
    for n, path in enumerate(sorted(folder.rglob("*.txt"))[:16]):
        text = path.read_text("utf-8", errors="replace")
        middle = min(len(text) // 2, 8000)
        halves |= {f"{n}a": text[:middle], f"{n}b": text[middle : 2 * middle]}
    index = Index(Document(id, "eng", "2026-Q1", "import", (("s0001", text),)) for id, text in halves.items())
    lang = dict.fromkeys(halves, "eng")
    voices = may_be_of_one(index.rare(sameness.RARE), {"eng": Styles(halves)}, lang)[: len(halves) // 2]
    right = [each for each in voices if each.one[:-1] == each.other[:-1]]

    assert len(right) >= len(halves) // 4
    assert all(each.words and 0 < each.style <= 1 for each in voices)


def test_short_and_empty_texts_are_compared_too() -> None:
    """
    Simplified and Traditional are one, spacing does not count in Hangul; nothing is like nothing.
    """
    told = ["她被賣到山東，丈夫比她大二十歲。", "她被卖到山东，丈夫比她大二十岁！", "두부를 팔았습니다"]
    told += ["두부를팔았습니다", "", "…", "We left by train."]
    texts = list(zip("abcdefg", told, strict=True))

    assert [(each.one, each.other) for each in nearly_the_same(texts)] == [("a", "b"), ("c", "d")]
    assert len(shingles("")) == 0


def test_the_pages_find_and_let_a_person_decide(archive: Archive) -> None:
    """
    R13: the search is posted and comes filtered; a pair is decided by who has signed in, and is gone then.
    """
    one, other = archive.told(LONG), archive.told(LONG + "\n그리고 끝이었다.")
    coded(archive, one, "cn-changbai", "x_BrideTrafficking", "박철수")
    desk = Desk(archive).opened()
    assert desk.get("/search").text.count("<article") == 0
    page = desk.post("/search", q="두부", headers={"Accept-Language": "ko"}).text
    assert (page.count("<article"), page.count("<mark>두부</mark>")) == (2, 2)
    assert desk.post("/search", q="두부", code="CN-JL").text.count("<article") == 1
    assert (
        desk.post("/search", person="박철수", use="preserve", audience="archivists").text.count("<article")
        == 1
    )
    assert desk.post("/search", q="x" * 201).status_code == 200
    assert desk.get("/alike").text.count("<article") == 1
    first, second = sorted((one, other))
    desk.post("/alike", one=first, other=second, verdict="same_text")
    assert sameness.decided(archive.vault) == []
    desk.post("/sign-in", name="minji", passphrase=MINJIS)
    desk.post("/alike", one=first, other=second, verdict="nonsense")
    desk.post("/alike", one=first, other=second, verdict="same_text")
    page = desk.get("/alike", **{"Accept-Language": "ko"}).text

    assert [(each.by, each.day) for each in sameness.decided(archive.vault)] == [("minji", TODAY.isoformat())]
    assert (page.count("<article"), page.count("같은 글이다")) == (0, 1)
    source = (Path(sameness.__file__)).read_text("utf-8")
    said = re.findall(r'SamenessRefused\("([^"]+)"', source)
    assert [each for each in said if each not in words_of_pages("ko")] == []


def test_a_search_is_asked_again_while_the_index_is_made(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    It is made beside the pages; who asks too early is told how far it is, and her words stay in the form.
    """
    archive.told("두부를 팔았다.")
    desk = Desk(archive).opened()
    goes_on = threading.Event()

    class Slow(Collection):
        def __init__(self, *given: Any) -> None:
            goes_on.wait()
            super().__init__(*given)

    with monkeypatch.context() as slowly:
        slowly.setattr(collecting, "Collection", Slow)
        slowly.setattr(desk.app.extensions["collecting"], "patience", 0)
        early = desk.post("/search", q="두부", lang="kor", headers={"Accept-Language": "ko"}).text
        assert early.count("<article") == 0
        assert "글 1건 가운데 0건을 읽었습니다" in early
        assert 'name="q" value="두부"' in early
    goes_on.set()

    assert desk.post("/search", q="두부", lang="kor").text.count("<article") == 1


def test_a_desk_that_is_closed_reads_nothing_more(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Before the vault is closed under it, the index on its way ends; and none is begun afterwards.
    """
    read: list[int] = []
    begun = threading.Event()

    def endless(vault: Any, progress: Any) -> Any:
        while True:
            read.append(len(read))
            begun.set()
            progress(len(read))

    monkeypatch.setattr(collecting, "Collection", endless)
    made = collecting.Collecting(archive.vault, patience=300)
    made.begin()
    begun.wait()
    made.end()
    so_far = len(read)
    made.begin()

    with pytest.raises(collecting.Ended):
        made.collection()
    assert len(read) == so_far


def test_a_program_gets_what_the_archivists_find(archive: Archive) -> None:
    """
    One line of JSON: ids, scores, marked excerpts, counts and pages; of a severe part only that it is closed.
    """
    one, two = archive.told("두부를 팔았다.\n강간을 당했다."), archive.told("두부를 먹었다.")
    archive.told("두부.", grants=[("preserve", "archivists")])
    terminal = Terminal(archive.vault.home)

    def told(words: str, *options: str) -> Any:
        ran = terminal("search", "--json", *options, given=f"{words}\n")
        assert ran.exit_code == 0, ran.output
        return json.loads(ran.stdout)

    found = told("두부")
    assert (found["total"], found["searched"], found["refused"]) == (2, 2, 1)
    assert {hit["id"] for hit in found["hits"]} == {one, two}
    assert found["facets"]["lang"] == {"kor": 2}
    for hit in found["hits"]:
        [excerpt] = hit["excerpts"]
        [(start, end)] = excerpt["marks"]
        assert (hit["score"] > 0, excerpt["text"][start:end]) == (True, "두부")
    pages = [told("두부", "--size", "1", "--start", str(at))["hits"] for at in (0, 1, 2)]
    assert pages == [found["hits"][:1], found["hits"][1:], []]
    [severe] = told("강간")["hits"]
    assert severe["excerpts"] == [{"segment": "s0002", "closed": True}]


def test_the_commands_find_and_decide(archive: Archive) -> None:
    """
    Words and a name are asked for and never part of the command.
    """
    one, other = archive.told(LONG), archive.told(LONG + "\n그리고 끝이었다.")
    coded(archive, one, "cn-changbai", "x_BrideTrafficking", "박철수")
    terminal = Terminal(archive.vault.home)
    assert "2 of 2" in terminal.done("search", given="두부\n")
    assert "1 of 2" in terminal.done("search", "--code", "CN-JL", "--lang", "kor", given="두부\n")
    assert "1 of 2" in terminal.done("search", "--person", given="\n박철수\n")
    assert "0 of 2" in terminal.done("search", "--grant", "quote_excerpt:public", given="\n")
    assert "1  x_BrideTrafficking" in terminal.done("search", "--codes")
    assert terminal("search", "--grant", "nonsense", given="\n").exit_code == 2
    listed = terminal.done("alike")
    assert "of the shorter stands in the other" in listed
    assert "1 pairs to look at" in listed
    terminal.done("same", one, other, "same_text", "--as", "minji", person="minji")
    assert "0 pairs to look at" in terminal.done("alike")

    assert f"same_text  minji  {date.today().isoformat()[:4]}" in terminal.done("alike", "--decided")

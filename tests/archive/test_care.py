"""Who reads is looked after: what is severe is closed, opened on purpose, and counted for herself alone."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from archive import care, people, review, roles
from archive.care import CareRefused, Pace
from archive.journal import Event
from archive.redaction.spans import Redaction
from archive.roles import ALL, RoleRefused
from archive.workbench.caring import queue
from tests.archive.test_commands import Terminal
from tests.archive.test_workbench import Desk
from tests.people import MINJIS, SORAS, TODAY, Archive

MILD, HARD = "노란 집에서 살았다.", "그 밤에 나는 강간을 당했다, 혜숙이도 곁에 있었다."
TEXT = f"{MILD}\n{HARD}"
EN = {"Accept-Language": "en"}


@pytest.fixture
def desk(archive: Archive) -> Desk:
    desk = Desk(archive).opened()
    desk.post("/sign-in", name="minji", passphrase=MINJIS)
    return desk


def levels(archive: Archive, told: str) -> list[int]:
    read = review.reading(archive.vault, told).told
    parts = [(each.id, each.text) for each in read.segments]
    return [each.level for each in care.severity(archive.vault, told, read.lang_original, parts).values()]


@pytest.mark.parametrize(
    ("lang", "text", "level"),
    [
        ("kor", "강을 건넜다.", 0),
        ("kor", "너무 무서웠다.", 1),
        ("kor", "매일 때렸다.", 2),
        ("kor", HARD, 3),
        ("zho", "我過了江。", 0),
        ("zho", "他們把我賣給一個人。", 2),
        ("zho", "他强奸了我。", 3),
        ("eng", "We ate grapes in the yard.", 0),
        ("eng", "I was afraid.", 1),
        ("eng", "They RAPED her.", 3),
    ],
)
def test_a_word_list_proposes_how_severe_a_part_is(lang: str, text: str, level: int) -> None:
    """
    R23: in three languages; a word inside another is not that word.
    """
    assert care.proposed(text, lang) == level


def test_a_person_says_how_severe_it_is_and_the_list_is_silent(archive: Archive) -> None:
    """
    R23: until she has, the proposal counts; another part, another level and a long retelling are refused.
    """
    told = archive.told(TEXT)
    read = archive.vault.testimony(told)
    assert levels(archive, told) == [0, 3]
    for part, level, line in (("s0009", 1, ""), ("s0001", 4, ""), ("s0001", 1, "길" * 301)):
        with pytest.raises(CareRefused):
            care.judge(archive.vault, archive.minji, read, part, level, line)
    care.judge(archive.vault, archive.minji, read, "s0001", 3, "집에\n관한 말")
    care.judge(archive.vault, archive.minji, read, "s0002", 1, "")

    assert levels(archive, told) == [3, 1]
    assert care.severe(archive.vault, told, "kor", [("s0001", MILD)]) == {"s0001": "집에 관한 말"}


def test_severe_words_are_on_no_page_until_somebody_opens_them(desk: Desk, archive: Archive) -> None:
    """
    R23, R28: not read, not coded, not found, not listed among what is hidden; a line stands there instead.
    """
    told = archive.told(TEXT)
    review.mark(archive.vault, archive.sora, told, "혜숙", "name")
    pages = [f"/testimony/{told}", f"/testimony/{told}/coding", "/"]
    shown = [desk.get(each, **EN).text for each in pages] + [desk.post("/search", q="강간").text]
    assert not any("강간" in each.replace('value="강간"', "") or "혜숙" in each for each in shown)
    assert all("노란 집" in each for each in shown[:2])
    assert shown[3].count("<article") == 1
    desk.post(f"/testimony/{told}/severity", part="s0002", level="3", summary="성폭력을 당한 밤")
    assert "성폭력을 당한 밤" in desk.get(f"/testimony/{told}").text
    before = len(archive.vault.journal.events())
    desk.post(f"/testimony/{told}/open", part="s0002")

    assert "강간" in desk.get(f"/testimony/{told}").text
    assert "강간" in desk.post("/search", q="강간").text.replace('value="강간"', "")
    events = archive.vault.journal.events()[before:]
    assert [(e.type, e.agent, e.objects) for e in events] == [
        ("dsp", "minji", (f"testimony:{told}", "part:s0002"))
    ]


@pytest.mark.parametrize("leaves", ["/testimony/{}/close", "/sign-out"])
def test_what_was_opened_is_closed_again(desk: Desk, archive: Archive, leaves: str) -> None:
    """
    R23: with one press, and when she signs out: who comes after her has opened nothing.
    """
    told = archive.told(TEXT)
    desk.post(f"/testimony/{told}/open")
    assert "강간" in desk.get(f"/testimony/{told}").text
    desk.post(leaves.format(told))
    assert "강간" not in desk.get(f"/testimony/{told}").text
    desk.post("/sign-in", name="sora", passphrase=SORAS)

    assert "강간" not in desk.get(f"/testimony/{told}").text


def test_nobody_decides_on_what_she_has_not_read(desk: Desk, archive: Archive) -> None:
    """
    R13, R23: with a closed part neither a proposal of nothing nor an approval is taken.
    """
    told = archive.told(TEXT)
    desk.post(f"/testimony/{told}/propose")
    assert archive.vault.testimony(told).workflow_status == "received"
    review.propose(archive.vault, archive.sora, told, [Redaction(0, 2, "place")])
    desk.approve(told)
    assert archive.vault.testimony(told).workflow_status == "proposed"
    desk.post(f"/testimony/{told}/open")
    desk.approve(told)

    assert archive.vault.testimony(told).workflow_status == "approved"


def next_one(desk: Desk) -> str:
    return str(desk.post("/care/next").headers["Location"]).removeprefix("/testimony/")


def test_she_may_skip_or_hand_over_without_a_reason(desk: Desk, archive: Archive) -> None:
    """
    R25: no field asks why, nothing counts it, the journal does not say who; others get what she left.
    """
    ids = sorted(archive.told(f"{MILD} {n}") for n in range(3))
    assert next_one(desk) == ids[0]
    page = desk.get(f"/testimony/{ids[0]}").text
    for step in ("skip", "hand-over"):
        form = re.search(rf'<form[^>]*action="/care/{step}/[^>]*>(.*?)</form>', page)
        assert form is not None
        assert re.findall(r'<(?:input|textarea|select)[^>]* name="(\w+)"', form[1]) == ["token"]
    assert desk.post(f"/care/skip/{ids[0]}").headers["Location"] == f"/testimony/{ids[1]}"
    before = len(archive.vault.journal.events())
    assert desk.post(f"/care/hand-over/{ids[1]}").headers["Location"] == f"/testimony/{ids[2]}"
    assert {e.agent for e in archive.vault.journal.events()[before:]} == {"archive"}
    desk.post("/sign-out")
    desk.post("/sign-in", name="sora", passphrase=SORAS)
    assert next_one(desk) == ids[1]
    desk.post("/sign-in", name="minji", passphrase=MINJIS)

    assert next_one(desk) == ids[0]


def test_the_queue_gives_nobody_what_is_not_hers_to_do(archive: Archive) -> None:
    """
    R13, R25: not her own proposal, not what she left to others, nothing without the role.
    """
    new, hers, others = (archive.told(f"{MILD} {n}") for n in range(3))
    review.propose(archive.vault, archive.minji, hers)
    review.propose(archive.vault, archive.sora, others)
    listed = review.summaries(archive.vault)
    assert queue(listed, "minji", ALL, {}, set()) == [others, new]
    assert queue(listed, "minji", ALL, {new: ["minji"]}, {others}) == []
    assert queue(listed, "sora", ALL, {new: ["minji"]}, set()) == [new, hers]
    assert queue(listed, "hana", frozenset({"archivist"}), {}, set()) == [new]
    assert queue(listed, "hana", frozenset({"editor"}), {}, set()) == []


def test_no_more_severe_ones_follow_one_another_than_the_pace_allows(desk: Desk, archive: Archive) -> None:
    """
    R26: then a milder one is given, and when there is none, she is asked to rest first.
    """
    hard = {archive.told(f"{HARD} {n}") for n in range(4)}
    care.set_pace(archive.vault, Pace(45, 2))
    given = [next_one(desk), next_one(desk)]
    assert set(given) <= hard
    assert desk.post("/care/next").headers["Location"] == "/care"
    assert "Rest first" in desk.notices()[0]
    mild = archive.told(MILD)
    assert next_one(desk) == mild
    desk.post(f"/care/skip/{mild}")
    next_one(desk)
    assert desk.post("/care/next").headers["Location"] == "/care"
    desk.post("/care/rest")

    assert next_one(desk) in hard


def test_she_is_reminded_to_rest(desk: Desk, archive: Archive) -> None:
    """
    R26: after as many minutes as the archive chose, until she says that she has rested.
    """
    care.set_pace(archive.vault, Pace(5, 2))
    desk.clock.now += 5 * 60 - 1
    assert "/care/rest" not in desk.get("/").text
    desk.clock.now += 1
    assert "/care/rest" in desk.get("/").text
    desk.post("/care/rest")
    assert "/care/rest" not in desk.get("/").text
    for wrong in (Pace(4, 2), Pace(45, 0)):
        with pytest.raises(CareRefused):
            care.set_pace(archive.vault, wrong)


def test_what_somebody_opened_is_added_up_for_herself_alone(desk: Desk, archive: Archive) -> None:
    """
    R26: her own number on her own page; the journal's page names her on these lines to herself only.
    """
    told = archive.told(f"{HARD}\n{HARD}")
    desk.post(f"/testimony/{told}/open")
    assert "Severe parts: 2 today, 2 in all." in desk.get("/care", **EN).text
    assert care.exposure(archive.vault, archive.sora, TODAY) == care.Exposure(0, 0)
    assert desk.get("/journal", **EN).text.count("severe part opened") == 2
    assert "somebody" not in desk.get("/journal", **EN).text
    desk.post("/sign-in", name="sora", passphrase=SORAS)

    assert "Severe parts: 0 today, 0 in all." in desk.get("/care", **EN).text
    assert desk.get("/journal", **EN).text.count("somebody") == 2


def test_help_is_near_and_the_archive_says_where(desk: Desk, archive: Archive) -> None:
    """
    R27: beside what is severe and on a page of its own, in the archive's own words, without a network.
    """
    told = archive.told(TEXT)
    assert "talk to the person" in desk.get(f"/testimony/{told}", **EN).text
    care.set_notice(archive.vault, "소라에게 전화: <b>02-123</b>\n")

    for path in (f"/testimony/{told}", "/care"):
        assert "소라에게 전화: &lt;b&gt;02-123" in desk.get(path).text
    with pytest.raises(CareRefused):
        care.set_notice(archive.vault, " \n")


def test_a_terminal_prints_what_is_severe_only_to_who_opens_it(archive: Archive, tmp_path: Path) -> None:
    """
    R23, R28: reading, its preview and searching; opening asks for a passphrase and is journalled.
    """
    told, terminal = archive.told(TEXT), Terminal(archive.vault.home)
    for command in (("read", told), ("read", told, "--preview")):
        shown = terminal.done(*command)
        assert MILD in shown
        assert "강간" not in shown
        assert "[s0002 is severe and closed: not summarised yet]" in shown
    assert "강간" not in terminal.done("search", given="강간\n").replace("words: 강간", "")
    assert HARD in terminal.done("read", told, "--open-as", "minji", person="minji")
    assert archive.vault.journal.events()[-1].type == "dsp"
    (tmp_path / "help.txt").write_text("소라에게 전화", "utf-8")
    terminal.done("care", "notice", str(tmp_path / "help.txt"))
    terminal.done("care", "pace", "--minutes", "30", "--in-a-row", "2")
    shown = terminal.done("care", "show")

    assert "a rest after 30 minutes; at most 2 severe ones in a row\n소라에게 전화" in shown


def test_only_who_reads_says_how_severe_it_is(archive: Archive) -> None:
    """
    R13: an editor does not, and nothing is kept.
    """
    told = archive.vault.testimony(archive.told(TEXT))
    roles.begin(archive.vault)
    phrase = "hana keeps a phrase of hers"
    people.add(archive.vault, "hana", phrase, [archive.minji, archive.sora])
    roles.give(archive.vault, archive.minji, "hana", "editor")
    with pytest.raises(RoleRefused):
        care.judge(archive.vault, people.unlock(archive.vault, "hana", phrase), told, "s0001", 0, "")
    assert not archive.vault.holds("severity", told.id)


def test_the_journal_holds_no_word_of_a_summary(archive: Archive) -> None:
    """
    R36: which part and who, and nothing of what was said of it.
    """
    told = archive.vault.testimony(archive.told(TEXT))
    care.judge(archive.vault, archive.minji, told, "s0002", 3, "성폭력을 당한 밤")
    events: tuple[Event, ...] = archive.vault.journal.events()

    assert not any("성폭력" in str(each) for each in events)
    assert "성폭력" not in repr(care.severity(archive.vault, told.id, "kor", [("s0002", HARD)]))


def test_the_journal_as_json_tells_nobody_what_another_opened(archive: Archive) -> None:
    """
    R26: who opened severe parts is left out, but to herself, by her own passphrase.
    """
    care.opened(archive.vault, archive.minji, archive.told(), ["s0001"])
    care.opened(archive.vault, archive.sora, archive.told("다른 말."), ["s0001"])
    terminal = Terminal(archive.vault.home)
    told = [terminal.done("journal", "verify", "--json")]
    told.append(terminal.done("journal", "verify", "--json", "--as", "minji", person="minji"))
    seen = [
        [
            row["agent"]
            for line in each.splitlines()
            if line[0] == "{" and (row := json.loads(line))["type"] == "dsp"
        ]
        for each in told
    ]

    assert seen == [[None, None], ["minji", None]]

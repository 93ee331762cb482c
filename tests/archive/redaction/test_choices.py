"""What is decided about suggestions is kept without a word, proposed at once, and not asked again."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from archive import care, review
from archive.redaction import choices, passages, rereading, wishes
from archive.redaction import worklist as worklist_module
from archive.redaction.choices import Choice
from archive.redaction.elsewhere import known_names
from archive.redaction.spans import RedactionError
from archive.redaction.suggest import suggest
from archive.redaction.suggestion import KINDS
from archive.redaction.worklist import CATEGORY, STEPS, Row, underlined, worklist
from archive.workbench.page import LANGUAGES, texts
from tests.archive.test_workbench import Desk
from tests.people import MINJIS, SORAS, Archive

TEXT = (
    "저는 회령에서 왔고 언니 김영숙의 전화는 138-4527-9912입니다.\n"
    "김영숙은 연길의 공장에서 일했습니다.\n"
    "그 밤에 강간을 당했고 박순희가 곁에 있었습니다."
)
SAMPLES = Path(__file__).parents[2] / "samples" / "redaction"
EN = {"Accept-Language": "en"}


@pytest.fixture
def desk(archive: Archive) -> Desk:
    desk = Desk(archive).opened()
    desk.post("/sign-in", name="minji", passphrase=MINJIS)
    return desk


def rows_of(desk: Desk, told: str) -> list[list[Any]]:
    shown = desk.get(f"/testimony/{told}/hide").text
    found = re.search(r'<script id="rows" type="application/json">(.*?)</script>', shown)
    assert found is not None
    return list(json.loads(found[1]))


def decide(desk: Desk, told: str, step: str, made: list[list[Any]]) -> str:
    """Post as the script of the page does, and give what the desk answers."""
    shown = desk.get(f"/testimony/{told}/hide").text
    seen = re.search(r'name="seen" value="([^"]+)"', shown)
    assert seen is not None
    desk.post(f"/testimony/{told}/hide/{step}", seen=seen[1], choices=json.dumps(made))
    return desk.notices()[-1]


def reread(desk: Desk, told: str) -> None:
    """Confirm every part that is open, as the page without a script does."""
    shown = desk.get(f"/testimony/{told}/hide/once-more").text
    for read in re.findall(r'name="parts" value="([^"]+)"', shown):
        desk.post(f"/testimony/{told}/hide/reread", parts=read)


def test_the_riskiest_is_asked_first_and_every_kind_has_a_category() -> None:
    """
    Names, phones and numbers before places, places before dates, kin and money last.
    """
    rows = worklist([(0, TEXT)], [])
    order = [row.kind for row in rows]

    assert set(CATEGORY) == set(KINDS)
    assert {"PER", "PHONE", "LOC"} <= set(order)
    assert max(n for n, kind in enumerate(order) if kind in ("PER", "PHONE")) < order.index("LOC")
    assert all(TEXT[row.start : row.end] == row.words for row in rows)


def test_a_wider_theta_only_adds() -> None:
    """
    Each row says from which step on it is suggested; rules and what a model is sure of stand at every step.
    """
    rows = worklist([(0, TEXT * 3)], [])
    assert {row.step for row in rows} <= set(range(len(STEPS)))
    assert all(row.step == 0 for row in rows if row.kind == "PHONE")


@pytest.mark.parametrize("lang", ["ko", "zh", "en"])
def test_the_slider_shows_at_each_step_all_that_the_command_suggests_at_its_theta(lang: str) -> None:
    """
    What was measured at a theta is what a reviewer sees there, also of names, whose odds are raised. But for
    the beginning of a word of every day (자 of 자랑): all of it is doubted, and let go, at a wider one only.
    """
    lines = (SAMPLES / f"{lang}.jsonl").read_text("utf-8").splitlines()
    for text in (json.loads(line)["text"] for line in lines[::40]):
        rows = worklist([(0, text)], [])
        for n, theta in enumerate(STEPS):
            shown = {at for row in rows if row.step <= n for at in range(row.start, row.end)}
            (found,) = suggest([text], theta=theta)
            told = {at for each in found for at in range(each.start, each.end) if text[at].isalnum()}
            assert len(told - shown) <= len(told) // 50, theta


def test_what_was_left_to_be_seen_is_not_suggested_again(archive: Archive) -> None:
    """
    R13: it is remembered for these words when the rest is proposed; of other words nothing is remembered.
    """
    told = archive.told(TEXT)
    [first, *_] = [row for row in worklist([(0, TEXT)], []) if row.words == "회령"]
    left = Choice(first.start, first.end, "place", False)
    hidden = Choice(TEXT.index("김영숙"), TEXT.index("김영숙") + 3, "name", True)
    made = choices.keep(archive.vault, archive.minji, told, [left, hidden])
    review.propose(archive.vault, archive.minji, told, choices.redactions(made))
    choices.forget_hidden(archive.vault, archive.minji, told)
    rows = worklist([(0, TEXT)], choices.choices(archive.vault, told))

    assert [row.state for row in rows if row.words == "회령"] == ["show"]
    assert [row.state for row in rows if "김영숙" in row.words] == ["hide", "hide"]
    kept = archive.vault.json("suggestions", told)
    assert kept["spans"] == [[first.start, first.end, "place", False, "minji", ""]]
    archive.vault.put_json("suggestions", told, kept | {"version_sha256": "0" * 64})
    assert {c.hidden for c in choices.choices(archive.vault, told)} == {True}


def test_a_record_of_choices_holds_no_word_and_goes_with_the_testimony(archive: Archive) -> None:
    """
    R36: spans, category and who; nothing in the journal; destroyed with all that is kept of her.
    """
    told = archive.told(TEXT)
    at = TEXT.index("김영숙")
    choices.keep(archive.vault, archive.minji, told, [Choice(at, at + 3, "name", True)])
    review.propose(
        archive.vault, archive.minji, told, choices.redactions(choices.choices(archive.vault, told))
    )
    choices.tried(archive.vault, archive.sora, told, "", ["김영숙"])
    rereading.read(archive.vault, archive.minji, told, ["s0001"])
    said = len(archive.vault.journal.events())
    rereading.read(archive.vault, archive.minji, told, ["s0001"])
    assert len(archive.vault.journal.events()) == said  # nothing is new
    for kind in ("suggestions", "guesses", "reread"):
        assert not re.search("[가-힣]", json.dumps(archive.vault.json(kind, told), ensure_ascii=False))
    assert not any("김영숙" in str(each) for each in archive.vault.journal.events())
    archive.vault.shred_testimony(told, "minji")

    assert not any(archive.vault.holds(kind, told) for kind in ("suggestions", "guesses", "reread", "undo"))


def test_a_later_choice_takes_the_place_of_what_it_shares_letters_with() -> None:
    """
    What it does not touch stays; two new ones that overlap are refused.
    """
    old = [Choice(0, 3, "name", True), Choice(5, 8, "place", True), Choice(9, 11, "date", False)]
    new = Choice(2, 6, "other", False)
    assert choices.over(old, [new]) == (new, old[2])
    assert choices.over(old, []) == tuple(old)
    with pytest.raises(RedactionError):
        choices.over([], [new, replace(new, start=5, end=9)])


def test_all_that_was_decided_is_proposed_at_once(desk: Desk, archive: Archive) -> None:
    """
    R13: one proposal, which a second person approves; what is undecided stays to be seen.
    """
    told = archive.told(TEXT.rpartition("\n")[0])
    rows = rows_of(desk, told)
    made = [[*row[:3], "hide"] for row in rows if "김영숙" in row[4] or row[4] == "138-4527-9912"]
    assert decide(desk, told, "keep", made).startswith("Kept")
    assert archive.vault.testimony(told).workflow_status == "received"
    assert [row[3] for row in rows_of(desk, told)].count("hide") == 3
    reread(desk, told)
    proposed = len([e for e in archive.vault.journal.events() if e.type == "red"])
    assert decide(desk, told, "propose", []).startswith("Proposed")

    assert len([e for e in archive.vault.journal.events() if e.type == "red"]) == proposed + 1
    found = review.reading(archive.vault, told)
    assert "김영숙" not in found.preview
    assert "회령" in found.preview
    assert (found.proposer, found.approver) == ("minji", None)
    archive.approve(told)


def test_what_is_severe_is_neither_shown_nor_proposed_unseen(desk: Desk, archive: Archive) -> None:
    """
    R23: no word of a closed part on any of the three pages, nothing in it decided, and nothing proposed.
    """
    told = archive.told(TEXT)
    pages = [desk.get(f"/testimony/{told}/{each}").text for each in ("hide", "hide/once-more", "second")]
    assert not any("박순희" in each or "강간" in each for each in pages)
    at = TEXT.index("박순희")
    assert "closed" in decide(desk, told, "keep", [[at, at + 3, "name", "hide"]])
    desk.post(f"/testimony/{told}/hide/missed", surface="박순희", category="name")
    assert "not in the text" in desk.notices()[-1]
    decide(desk, told, "propose", [])
    assert archive.vault.testimony(told).workflow_status == "received"
    desk.post(f"/testimony/{told}/open")
    assert "박순희" in desk.get(f"/testimony/{told}/hide").text
    reread(desk, told)
    decide(desk, told, "propose", [[at, at + 3, "name", "hide"]])

    assert archive.vault.testimony(told).workflow_status == "proposed"


@pytest.mark.parametrize(
    "sent",
    [
        "[[0,2]]",
        '[[0,2,"name","perhaps"]]',
        '[["a",2,"name","hide"]]',
        "{",
        '[[0,2,"secret","hide"]]',
        '[[0,2,"name","hide"],[1,3,"name","hide"]]',
        '[[0,2,"name","hide","누구"]]',
        '[[5,5,"name","hide"]]',
        '[[0,9999,"name","hide"]]',
    ],
)
def test_choices_that_cannot_be_read_change_nothing(desk: Desk, archive: Archive, sent: str) -> None:
    """
    A sentence says so, and it is said in Korean too.
    """
    told = archive.told(TEXT.partition("\n")[0])
    seen = re.search(r'name="seen" value="([^"]+)"', desk.get(f"/testimony/{told}/hide").text)
    assert seen is not None
    desk.post(f"/testimony/{told}/hide/keep", seen=seen[1], choices=sent)
    [notice] = re.findall(r'role="status">([^<]+)<', desk.get("/", **{"Accept-Language": "ko"}).text)

    assert re.search("[가-힣]", notice)
    assert not archive.vault.holds("suggestions", told)


def test_choices_on_other_words_are_refused(desk: Desk, archive: Archive) -> None:
    """
    A page that was open while another version became what counts.
    """
    told = archive.told(TEXT)
    desk.post(f"/testimony/{told}/hide/keep", seen="0" * 64, choices='[[0,2,"name","hide"]]')
    assert "have changed" in desk.notices()[0]
    assert not archive.vault.holds("suggestions", told)


def test_without_a_script_there_are_boxes(desk: Desk, archive: Archive) -> None:
    """
    Each row has one, on pages of fifty, at the theta that was chosen.
    """
    told = archive.told(TEXT.partition("\n")[0])
    shown = desk.get(f"/testimony/{told}/hide?theta=0.5").text
    boxes = re.findall(r'<select name="(s\.\d+\.\d+)" aria-label="([^"]+)"', shown)
    assert {"회령", "138-4527-9912"} <= {words for _, words in boxes}
    box = {words: name for name, words in boxes}
    seen = re.search(r'name="seen" value="([^"]+)"', shown)
    assert seen is not None
    form: dict[str, Any] = {"seen": seen[1], box["회령"]: "show", box["138-4527-9912"]: "contact"}
    desk.post(f"/testimony/{told}/hide/keep", **form)

    found = {TEXT[c.start : c.end]: (c.category, c.hidden) for c in choices.choices(archive.vault, told)}
    assert found == {"회령": ("other", False), "138-4527-9912": ("contact", True)}


def test_once_more_shows_labels_and_underlines_what_is_left(desk: Desk, archive: Archive) -> None:
    """
    R15: what is hidden is not in that page; places and kin are underlined; what was missed is hidden there.
    """
    told = archive.told(TEXT.rpartition("\n")[0])
    desk.post(f"/testimony/{told}/hide/missed", surface="김영숙", category="name")
    shown = desk.get(f"/testimony/{told}/hide/once-more", **EN).text
    assert "김영숙" not in shown
    assert shown.count('<b class="label">[이름]</b>') == 2
    assert {"회령", "언니"} <= set(re.findall(r"<u [^>]+>([^<]+)</u>", shown))

    lines = underlined([(0, TEXT)], [Choice(TEXT.index("회령"), TEXT.index("회령") + 2, "place", True)])
    assert "회령" not in {TEXT[start:end] for start, end, _ in lines}


def test_the_second_sees_the_redacted_text_only_and_her_guesses_are_counted(
    desk: Desk, archive: Archive
) -> None:
    """
    R13, R36: nothing hidden is in the page; how many she wrote, which stand there, which are hidden: numbers.
    """
    told = archive.told(TEXT.rpartition("\n")[0])
    desk.post(f"/testimony/{told}/hide/missed", surface="김영숙", category="name")
    reread(desk, told)
    decide(desk, told, "propose", [])
    desk.post(f"/testimony/{told}/hide/try", guesses="김영숙")
    assert "Another person" in desk.notices()[0].capitalize()
    assert not archive.vault.holds("guesses", told)
    desk.post("/sign-out")
    desk.post("/sign-in", name="sora", passphrase=SORAS)
    shown = desk.get(f"/testimony/{told}/second", **EN).text
    assert "김영숙" not in shown
    assert "[이름]" in shown
    desk.post(f"/testimony/{told}/hide/try", guesses="김 영숙\n연길\n아무개\n\n연길")

    [made] = choices.tries(archive.vault, told)
    assert (made.by, made.typed, made.still_seen, made.guessed, made.hidden) == ("sora", 3, 1, 1, 1)
    assert "김" not in json.dumps(archive.vault.json("guesses", told), ensure_ascii=False)
    approve = re.search(r'name="proposal" value="([^"]+)"', shown)
    assert approve is not None
    desk.post(f"/testimony/{told}/approve", proposal=approve[1])
    assert archive.vault.testimony(told).workflow_status == "approved"


def test_nothing_is_proposed_before_all_of_it_was_read_once_more(desk: Desk, archive: Archive) -> None:
    """
    R13: what was decided is kept all the same. Read is read by her, of these words; the record has no word.
    """
    told = archive.told(TEXT.rpartition("\n")[0])
    at = TEXT.index("김영숙")
    assert "read it all once more" in decide(desk, told, "propose", [[at, at + 3, "name", "hide"]])
    assert archive.vault.testimony(told).workflow_status == "received"
    assert [c.hidden for c in choices.choices(archive.vault, told)] == [True]
    desk.post(f"/testimony/{told}/hide/reread", parts="s0001 s0099")
    assert rereading.unread(archive.vault, "minji", told) == ("s0002",)
    assert rereading.unread(archive.vault, "sora", told) == ("s0001", "s0002")
    decide(desk, told, "propose", [])
    assert archive.vault.testimony(told).workflow_status == "received"
    kept = archive.vault.json("reread", told)
    assert kept["read"] == {"minji": ["s0001"]}
    reread(desk, told)
    archive.vault.put_json("reread", told, archive.vault.json("reread", told) | {"version_sha256": "0" * 64})
    decide(desk, told, "propose", [])
    assert archive.vault.testimony(told).workflow_status == "received"
    reread(desk, told)
    decide(desk, told, "propose", [])

    assert archive.vault.testimony(told).workflow_status == "proposed"
    assert "김영숙" not in review.reading(archive.vault, told).preview


def test_a_closed_part_is_not_read_once_more(desk: Desk, archive: Archive) -> None:
    """
    R23: whoever names it all the same has not read it.
    """
    told = archive.told(TEXT)
    desk.post(f"/testimony/{told}/hide/reread", parts="s0001 s0002 s0003")

    assert rereading.unread(archive.vault, "minji", told) == ("s0003",)


def test_the_last_act_is_taken_back_after_the_page_was_closed(desk: Desk, archive: Archive) -> None:
    """
    R13: what was kept, what was hidden once more, and a proposal; and taking back is taken back in turn.
    """
    told = archive.told(TEXT.rpartition("\n")[0])
    at, end = TEXT.index("김영숙"), TEXT.index("김영숙") + 3
    decide(desk, told, "keep", [[at, end, "name", "hide"]])
    decide(desk, told, "keep", [[at, end, "name", "show"]])
    assert decide(desk, told, "undo", []).startswith("Taken back")
    assert [c.hidden for c in choices.choices(archive.vault, told)] == [True]
    decide(desk, told, "undo", [])
    assert [c.hidden for c in choices.choices(archive.vault, told)] == [False]
    decide(desk, told, "undo", [])
    desk.post(f"/testimony/{told}/hide/missed", surface="회령", category="place")
    desk.post(f"/testimony/{told}/hide/undo")
    assert len(choices.choices(archive.vault, told)) == 1
    reread(desk, told)
    decide(desk, told, "propose", [])
    assert archive.vault.testimony(told).workflow_status == "proposed"
    decide(desk, told, "undo", [])
    assert archive.vault.testimony(told).workflow_status == "received"
    assert [(c.start, c.hidden) for c in choices.choices(archive.vault, told)] == [(at, True)]
    decide(desk, told, "propose", [])
    archive.approve(told)
    assert "second person has approved" in decide(desk, told, "undo", [])

    assert archive.vault.testimony(told).workflow_status == "approved"
    assert not re.search("[가-힣]", json.dumps(archive.vault.json("undo", told), ensure_ascii=False))


def test_what_was_done_to_other_words_is_not_taken_back(desk: Desk, archive: Archive) -> None:
    """
    Nor is there anything to take back before anything was done.
    """
    told = archive.told(TEXT)
    assert "nothing to take back" in decide(desk, told, "undo", [])
    decide(desk, told, "keep", [[0, 2, "name", "hide"]])
    archive.vault.put_json("undo", told, archive.vault.json("undo", told) | {"version_sha256": "0" * 64})

    assert "nothing to take back" in decide(desk, told, "undo", [])
    assert len(choices.choices(archive.vault, told)) == 1


def test_nothing_hidden_is_anywhere_in_what_the_second_reader_gets(desk: Desk, archive: Archive) -> None:
    """
    R15, R23: nor in the summary of a part that is closed, which a person wrote; nor reasons, wishes or seeds.
    """
    told = archive.told(TEXT)
    desk.post(f"/testimony/{told}/open")
    at, severe = TEXT.index("김영숙"), TEXT.index("박순희")
    words = archive.vault.testimony(told)
    care.judge(archive.vault, archive.minji, words, "s0003", 3, "박순희가 곁에서 본 밤")
    passages.note(archive.vault, archive.minji, told, (0, 2), "hold_back", "회령에서 온 사람")
    wishes.ask(archive.vault, archive.minji, told, "연길", "place", "keep")
    reread(desk, told)
    made = [[start, start + 3, "name", "hide"] for start in (at, severe)]
    assert decide(desk, told, "propose", made).startswith("Proposed")
    desk.post("/sign-out")
    desk.post("/sign-in", name="sora", passphrase=SORAS)
    shown = desk.get(f"/testimony/{told}/second", **EN).text
    assert not any(each in shown for each in ("김영숙", "박순희", "강간", "온 사람", "she asked"))
    assert "[이름]" in shown
    care.judge(archive.vault, archive.minji, words, "s0003", 3, "곁에서 본 밤")

    assert "곁에서 본 밤" in desk.get(f"/testimony/{told}/second", **EN).text


def test_a_name_that_was_hidden_is_suggested_in_every_other_testimony(desk: Desk, archive: Archive) -> None:
    """
    From the proposal on, in another script too; with the reason, and for a person to decide.
    """
    hidden, told = (
        archive.told("그 사람은 꽃분단이입니다."),
        archive.told("그 집에 꽃분단이가 왔습니다."),
    )
    assert "꽃분단이" not in [row[4] for row in rows_of(desk, told)]
    at = len("그 사람은 ")
    reread(desk, hidden)
    decide(desk, hidden, "propose", [[at, at + 4, "name", "hide"]])
    [row] = [row for row in rows_of(desk, told) if row[4] == "꽃분단이"]
    assert row[3] == ""
    assert row[7] == "이 증언이나 다른 증언에서 가린 이름"
    [spelt, *_] = known_names(["Pak Sun Hui도 왔습니다."], frozenset({("박순희", "PER")}))
    assert [(each.start, each.end, each.reason) for each in spelt] == [(0, 11, "known name")]


def test_a_list_is_made_without_the_map_of_names_when_that_is_broken(desk: Desk, archive: Archive) -> None:
    """
    She is told; what the recognisers find is there, and a proposal is made all the same.
    """
    told = archive.told(TEXT.rpartition("\n")[0])
    archive.vault.put_json("figure-aliases", told, {"v": 1, "aliases": [], "figures": [], "sealed": "00"})
    assert "138-4527-9912" in [row[4] for row in rows_of(desk, told)]
    reread(desk, told)
    decide(desk, told, "propose", [])

    assert archive.vault.testimony(told).workflow_status == "proposed"


def test_nobody_decides_who_has_not_signed_in(archive: Archive) -> None:
    """
    R13: the page may be read at an open desk; nothing is kept.
    """
    desk, told = Desk(archive).opened(), archive.told(TEXT)
    desk.post(f"/testimony/{told}/hide/missed", surface="회령", category="place")
    assert not archive.vault.holds("suggestions", told)
    assert desk.get("/testimony/unknown/hide").status_code == 404
    assert desk.post(f"/testimony/{told}/hide/other").status_code in (303, 404)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_of_the_recognisers_is_said_in_the_readers_language(language: str) -> None:
    """
    Of the shapes, amounts, rules and models on a text with many of them.
    """
    many = (
        TEXT
        + " ok@example.org 1998년 겨울 마흔두 살, 오천 원, 여권 AB1234567, 아침 7시, 위챗 아이디 wx_pear88."
    )
    found: list[Row] = worklist([(0, many)], [])
    missing = {
        row.reason
        for row in found
        if f"suggest_why_{re.sub(r', (ko|zh|en)', '', row.reason)}" not in texts(language)
    }
    assert {row.kind for row in found} >= {"AGE", "MONEY", "DATE", "HANDLE"}
    assert not missing


def test_two_pages_at_once_are_told_the_same_as_one_after_the_other() -> None:
    """
    A model holds one sentence at a time; a desk answers in several threads.
    """
    texts_of = [[(0, f"{TEXT} {n} 청진에서 만난 박순희와 {n}월에 연길로 갔다.")] for n in range(1, 9)]
    with ThreadPoolExecutor(8) as desk:
        together = list(desk.map(lambda parts: worklist(parts, []), texts_of))

    worklist_module._suggested.cache_clear()
    worklist_module.read_models()  # nothing that a page shows depends on it
    assert together == [worklist(parts, []) for parts in texts_of]


def test_a_desk_starts_without_reading_a_model_and_reads_them_all_ahead_of_the_first_page() -> None:
    """
    Of every language, for both passes; what is looked through afterwards reads no other.
    """
    asked = (
        "import archive.workbench.site\n"
        "import archive.redaction.chain as chain, archive.redaction.worklist as work\n"
        "def read(): print(chain.chain.cache_info().currsize)\n"
        "read(); work.read_models(); read()\n"
        "work.worklist(text := [(0, '저는 회령에서 왔다.'), (0, '我在北京。'), (0, 'I met Kim.')], [])\n"
        "work.underlined(text, []); read()"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)

    assert done.stdout == "0\n6\n6\n"

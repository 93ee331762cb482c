"""The pages of a coding: what is coded there is signed, kept, drawn, and gone when taken back."""

from __future__ import annotations

from typing import Any

from archive.coding import chronology, versions
from archive.coding.record import life
from archive.review import reading
from archive.workbench import act_form
from archive.workbench.page import LANGUAGES, texts
from crypto.receipt import Receipt
from tests.archive.coding.lives import TEXT, WHOLE
from tests.archive.test_workbench import Desk
from tests.people import MINJIS, TODAY, Archive, statement


def test_an_act_is_coded_from_words_and_can_be_undone(archive: Archive) -> None:
    """
    The phrase is found in its paragraph; a person and a payment come along; undoing is a version.
    """
    told = archive.told(TEXT)
    desk = Desk(archive).opened()
    there = f"/testimony/{told}/coding"
    sale: dict[str, Any] = {"act.type": "x_Sale"}
    desk.post(f"{there}/save", seen="0", **sale)
    assert versions.current(archive.vault, told).number == 0
    desk.post("/sign-in", name="minji", passphrase=MINJIS)
    form: dict[str, Any] = {
        "act.type": "x_Sale",
        "phrase": "오천 원",
        "segment": "s0003",
        "act.date_edtf": "1998-24",
        "act.place_ref": "장백",
        "who": "건네준 사람",
        "role_links.role": "SoldIndividual",
        "transactions.kind": "sale",
        "transactions.amount_min": "5,000",
        "transactions.currency": "CNY",
    }
    desk.post(f"{there}/save", seen="0", **form)
    act = versions.current(archive.vault, told).life.acts[0]
    assert (act.place_ref, act.evidence_spans[0].start, act.evidence_spans[0].end) == ("cn-changbai", 3, 7)
    assert (act.role_links[0].actor, act.transactions[0].amount_min) == ("a1", 5000)
    wrong: dict[str, Any]
    for wrong in (
        {"phrase": "없는 말"},
        {"act.date_edtf": "1998-02-29"},
        {"act.place_ref": "없는 곳"},
        {"transactions.kind": "sale", "transactions.amount_min": "많이"},
        {"transactions.amount_min": "5000"},
    ):
        desk.post(f"{there}/save", seen="1", **sale | wrong)
    assert versions.current(archive.vault, told).number == 1
    desk.post(f"{there}/remove", seen="1", act="e1")
    desk.post(f"{there}/restore", seen="2", number="1")

    assert versions.current(archive.vault, told).life.acts == (act,)
    assert "팔림" in desk.get(there, **{"Accept-Language": "ko"}).text


def test_a_new_person_and_a_new_act_take_names_that_nobody_has(archive: Archive) -> None:
    """
    After an import with gaps too, whatever the acts there are called; the words keep their language.
    """
    told = archive.told(TEXT)
    there, row = (
        f"/testimony/{told}/coding",
        {
            "actors": [{"actor_id": "a2", "label": "중개인"}],
            "acts": [{"act_id": "narrator", "type": "x_Sale"}, {"act_id": "e7", "type": "x_Escape"}],
        },
    )
    versions.keep(archive.vault, archive.minji, reading(archive.vault, told).told, life(row), TODAY, seen=0)
    desk = Desk(archive).opened()
    desk.post("/sign-in", name="minji", passphrase=MINJIS)
    form: dict[str, Any] = {"act.type": "x_Resale", "role_links.role": "SoldIndividual", "who": "다른 사람"}
    desk.post(f"{there}/save", seen="1", **form)
    found = versions.current(archive.vault, told).life

    assert [each.actor_id for each in found.actors] == ["a2", "a3"]
    assert [each.act_id for each in found.acts] == ["narrator", "e7", "e8"]
    for page in (there, f"/testimony/{told}"):
        assert 'class="words" lang="ko"' in desk.get(page).text


def test_what_a_coding_can_say_the_page_can_say(archive: Archive) -> None:
    """
    Every field of the record is on the page under a label of its own; what was filled in is stored and shown.
    """
    told = archive.told(TEXT)
    desk, there = Desk(archive).opened(), f"/testimony/{told}/coding"
    desk.post("/sign-in", name="minji", passphrase=MINJIS)
    shown = desk.get(there).text
    for part, fields in act_form.FIELDS.items():
        for each in fields:
            assert f'name="{part}.{each.name}"' in shown
            assert all(f"coding_{each.name}" in texts(language) for language in LANGUAGES)
    filled: dict[str, Any] = {
        "act.type": "x_Crossing",
        "act.control": "x_Chaining",
        "movements.via": "river",
        "movements.to_ref": "장백",
        "movements.river_ref": "압록강",
        "role_links.role": "RecruiterOrIntermediary",
        "role_links.age_at_time": "40",
        "who": "중개인",
    }
    desk.post(f"{there}/save", seen="0", **filled)
    person: dict[str, Any] = {
        "person": "a1",
        "person.whereabouts_class": "in_dprk",
        "person.label": "중개인",
        "names": "김철\n金哲\n",
    }
    desk.post(f"{there}/person", seen="1", **person)
    hers: dict[str, Any] = {"person": "narrator", "person.number_of_children": "2"}
    desk.post(f"{there}/person", seen="2", **hers)
    found = versions.current(archive.vault, told).life
    assert found.acts[0].movements[0].river_ref == "river-amnok"
    assert (found.acts[0].control, found.acts[0].role_links[0].age_at_time) == (("x_Chaining",), 40)
    assert [(a.actor_id, [n.form for n in a.names]) for a in found.actors] == [
        ("narrator", []),
        ("a1", ["김철", "金哲"]),
    ]
    desk.post(f"{there}/drop", seen="3", act="e1", part="movements", at="0")
    desk.post(f"{there}/drop", seen="4", act="e1", part="movements", at="0")
    desk.post(f"{there}/person", seen="4", person="a9")

    after = versions.current(archive.vault, told)
    assert (after.number, after.life.acts[0].movements, len(after.life.acts[0].role_links)) == (4, (), 1)


def test_a_life_is_seen_on_a_line_and_on_a_map(archive: Archive) -> None:
    """
    In both languages, with a table beside each drawing; the far map is there when the way goes far.
    """
    told = archive.told(TEXT)
    words = reading(archive.vault, told).told
    versions.keep(archive.vault, archive.minji, words, life(WHOLE), TODAY, seen=0)
    desk = Desk(archive).opened()
    for lang, named in (("ko", "압록강"), ("en", "Yalu")):
        page = desk.get(f"/testimony/{told}/life", **{"Accept-Language": lang}).text
        assert page.count("<svg") == 3
        assert page.count("<table") == 2
        assert named in page


def test_order_and_dates_that_disagree_are_said(archive: Archive) -> None:
    """
    Both acts of a contradiction name each other; what may be true is no contradiction.
    """
    dates = ["2002", "1998", "1998-05", "", "2003/.."]
    acts = [{"act_id": f"e{n}", "type": "x_Sale", "date_edtf": d} for n, d in enumerate(dates, 1)]

    assert [m.against for m in chronology.moments(life({"acts": acts}))] == [(2, 3), (1,), (1,), (), ()]


def test_the_pages_of_what_was_taken_back_are_gone(archive: Archive) -> None:
    """
    R6: neither the coding nor the life is shown.
    """
    receipt = Receipt.generate()
    told = archive.told(TEXT, receipt=receipt)
    archive.take(statement(archive, "", receipt=receipt, seq=1, kind="withdrawal", grants=[]))
    desk = Desk(archive).opened()

    assert desk.get(f"/testimony/{told}/coding").status_code == 404
    assert desk.get(f"/testimony/{told}/life").status_code == 404

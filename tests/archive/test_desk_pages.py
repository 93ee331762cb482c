"""What is the same on every page of the desk, and the steps that a page has beside its usual ones."""

from __future__ import annotations

import re
from typing import Any

import pytest

from archive import releasing, review
from archive.coding import versions as codings
from archive.coding.record import life
from archive.courier import OUTGOING
from archive.policy import versions as policies
from archive.policy.record import policy
from archive.redaction import choices, figures, naming
from archive.workbench.page import SPOKEN
from tests.archive.redaction.test_figures import called, hide
from tests.archive.test_workbench import Desk
from tests.people import MINJIS, SORAS, TODAY, Archive

EN = {"Accept-Language": "en"}
SIGN_IN = "To decide anything, sign in with your own passphrase (above)."
TEXT = "혜숙이는 강을 건넜다.\n그 뒤로 혜숙을 보지 못했다."
ACTS: list[dict[str, Any]] = [
    {
        "act_id": "e1",
        "type": "x_Sale",
        "date_edtf": "1998",
        "place_ref": "cn-changbai",
        "role_links": [{"actor": "a1", "role": "RecruiterOrIntermediary"}],
    },
    {"act_id": "e2", "type": "x_Escape", "date_edtf": "2002"},
]
ACTORS: list[dict[str, Any]] = [{"actor_id": "a1", "label": "이웃", "names": [{"form": "순옥"}]}]


@pytest.fixture
def told(archive: Archive) -> str:
    return archive.told(TEXT)


@pytest.fixture
def desk(archive: Archive) -> Desk:
    return Desk(archive).opened()


def signed_in(desk: Desk) -> Desk:
    desk.post("/sign-in", name="minji", passphrase=MINJIS)
    desk.notices()
    return desk


def coded(archive: Archive, told: str) -> None:
    words = review.reading(archive.vault, told).told
    made = life({"acts": ACTS, "actors": ACTORS})
    codings.keep(archive.vault, archive.minji, words, made, TODAY, seen=0)


STEPS = [
    "/care/next",
    "/care/skip/{}",
    "/figures/gather",
    "/release/draft",
    "/release/link",
    "/testimony/{}/coding/save",
    "/testimony/{}/consent/save",
    "/testimony/{}/translation/approve",
    "/withdrawals/notice",
]


def test_no_page_takes_a_step_from_nobody(desk: Desk, archive: Archive, told: str) -> None:
    """
    R13: who has not signed in is told so on the next page, and nothing is done.
    """
    before = archive.vault.journal.events()
    for step in STEPS:
        assert desk.post(step.format(told)).status_code == 303, step
        assert desk.notices() == [SIGN_IN], step
    written = desk.post(f"/testimony/{told}/translation/write", into="eng", s0001="Her words.")

    assert (written.status_code, "Her words." in written.text) == (400, False)
    assert archive.vault.journal.events() == before


NOWHERE = [
    "/figures/burn",
    "/release/burn",
    "/testimony/{}/burn",
    "/testimony/{}/coding/burn",
    "/testimony/{}/consent/burn",
    "/testimony/{}/translation/burn",
    "/testimony/none/mark",
    "/withdrawals/burn",
]


def test_a_step_that_is_none_is_nowhere(desk: Desk, archive: Archive, told: str) -> None:
    """
    Nor is the page of a testimony or of somebody that is not here.
    """
    before = archive.vault.journal.events()
    signed_in(desk)
    for step in NOWHERE:
        assert desk.post(step.format(told)).status_code == 404, step
    for page in ("/figures/one/nobody", "/testimony/none/translation"):
        assert desk.get(page).status_code == 404, page

    assert archive.vault.journal.events() == before


def test_the_language_that_somebody_chose_stays(desk: Desk) -> None:
    """
    Whatever her browser says; another one than the desk has is not kept.
    """
    desk.post("/language", language="en", back="/release")
    assert '<html lang="en"' in desk.get("/", **{"Accept-Language": "ko"}).text
    desk.post("/language", language="xx")

    assert '<html lang="en"' in desk.get("/", **{"Accept-Language": "ko"}).text
    kept = desk.browser.get_cookie(SPOKEN, "127.0.0.1")
    assert kept is not None
    assert kept.secure
    assert kept.http_only


def test_nothing_is_hidden_by_a_proposal_that_was_taken_back(desk: Desk, archive: Archive, told: str) -> None:
    """
    What is marked is proposed on the page, or nothing, and the proposal can be taken back there.
    """
    signed_in(desk).post(f"/testimony/{told}/propose")
    proposed = review.reading(archive.vault, told)
    desk.post(f"/testimony/{told}/take-back")

    assert (proposed.proposer, proposed.marks) == ("minji", ())
    assert review.reading(archive.vault, told).proposer is None
    assert archive.vault.testimony(told).workflow_status == "received"


def test_an_act_is_put_before_the_one_before_it(desk: Desk, archive: Archive, told: str) -> None:
    """
    The first one stays where it is.
    """
    coded(archive, told)
    there = f"/testimony/{told}/coding/up"
    signed_in(desk).post(there, seen="1", act="e2")
    turned = [act.act_id for act in codings.current(archive.vault, told).life.acts]
    desk.post(there, seen="2", act="e2")

    assert turned == ["e2", "e1"]
    assert [act.act_id for act in codings.current(archive.vault, told).life.acts] == turned


def test_a_change_of_consent_is_let_go_on_its_page_and_a_damaged_one_is_said(
    desk: Desk, archive: Archive, told: str
) -> None:
    """
    R12: who is blamed by name is listed there; of a policy that was changed past its rules nothing is shown.
    """
    coded(archive, told)
    held = policy({"embargoes": [{"kind": "personal", "until": ""}]})
    policies.decide(archive.vault, archive.minji, told, held, TODAY, seen=0)
    policies.decide(archive.vault, archive.minji, told, policy({"grounds": "본인이 바람"}), TODAY, seen=1)
    there = f"/testimony/{told}/consent"
    page = signed_in(desk).get(there, **EN).text
    desk.post(f"{there}/drop")

    assert 'name="change"' in page
    assert re.search(r'name="accused_actor"[^>]*value="a1"', page)
    assert policies.waiting(archive.vault, told) is None
    name, row = next(iter(archive.vault.every(policies.KIND).items()))
    archive.vault.put_json(policies.KIND, name, row | {"day": "2020-01-01"})
    assert 'name="accused_actor"' not in desk.get(there, **EN).text


def test_somebody_has_a_page_of_her_own(desk: Desk, archive: Archive, told: str) -> None:
    """
    With what stands for her, drawn again there, and put into every text but those that somebody took back.
    """
    hide(archive, told, "혜숙")
    id = called(archive.vault, "혜숙")
    page = signed_in(desk).get(f"/figures/one/{id}", **EN).text
    to = {"figure": id, "from": "one"}
    before = naming.shown_for(archive.vault, figures.figure(archive.vault, id), naming.COLLECTION, "kor")
    answer = desk.post("/figures/draw", None, **to)
    after = naming.shown_for(archive.vault, figures.figure(archive.vault, id), naming.COLLECTION, "kor")
    desk.post("/figures/use", None, **to)

    assert "혜숙" in page
    assert told in page
    assert answer.headers["Location"].startswith(f"/figures/one/{id}")
    assert after not in ("", before)
    assert {each.shown for each in choices.redactions(choices.choices(archive.vault, told))} == {after}


def test_a_release_is_drafted_looked_at_and_signed_at_the_desk(
    desk: Desk, archive: Archive, told: str
) -> None:
    """
    Its codes are told in words and as wide as they are asked for; where it cannot be written the desk
    says by which command it is.
    """
    signed_in(desk).post("/release/sign", draft="0" * 64)
    assert desk.notices() != []
    coded(archive, told)
    review.propose(archive.vault, archive.sora, told, [])
    archive.approve(told, archive.minji)
    archive.show_what_is_left()
    desk.post("/release/draft")
    draft = releasing.drafted(archive.vault).digest
    wide = desk.get("/release/risk?place=region&year=decade&way=country&lang=out", **EN).text
    assert told in desk.get("/release/leaves", **EN).text
    assert told in wide
    assert "1990s" in wide
    (archive.vault.home / OUTGOING).write_bytes(b"")
    desk.post("/sign-in", name="sora", passphrase=SORAS)
    desk.notices()
    desk.post("/release/sign", draft=draft)

    assert "onggi archive release write 1 FOLDER" in desk.get("/", **EN).text
    assert list(map(int, archive.vault.names("release"))) == [1]


def test_a_page_of_translations_says_why_there_is_nothing_to_translate(
    desk: Desk, archive: Archive, told: str
) -> None:
    """
    R1: she did not allow it; nobody reads her words there.
    """
    page = signed_in(desk).get(f"/testimony/{told}/translation?into=eng", **EN).text

    assert "translate for archivists was not granted" in page
    assert "혜숙" not in page

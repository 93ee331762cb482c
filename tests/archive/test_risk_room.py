"""The pages of residual risk: who decides there, and what they never show."""

from __future__ import annotations

import tempfile
from typing import Any

import pytest

from archive import care, leaving, ledger, releasing, review
from archive.redaction import choices, figures, naming
from archive.redaction.figures import figure
from archive.redaction.joining import join
from crypto.receipt import Receipt
from tests.archive.redaction.test_figures import hide
from tests.archive.test_releasing import decided
from tests.archive.test_standing import withdraws
from tests.archive.test_workbench import HOST, Desk
from tests.people import MINJIS, TODAY, Archive

HELD = "박금희 씨가 왔다."


@pytest.fixture
def desk(archive: Archive) -> Desk:
    return Desk(archive).opened()


def signed_in(desk: Desk) -> Desk:
    desk.post("/sign-in", name="minji", passphrase=MINJIS)
    return desk


def test_nobody_decides_without_her_signature(desk: Desk, archive: Archive) -> None:
    """
    What was held back stays until somebody has signed in; a number that is not there decides nothing.
    """
    told = decided(archive, HELD)
    decided(archive, "강을 건넜다.")
    releasing.draft(archive.vault, archive.minji)
    desk.post(f"/release/held/{told}/show", number="0")
    nobody = choices.shown(archive.vault, told)
    answers = [signed_in(desk).post(f"/release/held/{told}/{step}", number=n) for step, n in WRONG]
    desk.post(f"/release/held/{told}/show", number="0")

    assert nobody == frozenset()
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert choices.shown(archive.vault, told) == {"박금희"}


WRONG = [("show", "7"), ("show", "x"), ("burn", "0")]


def test_hiding_what_was_found_asks_for_another_approval(desk: Desk, archive: Archive) -> None:
    """
    The words are hidden wherever they stand, and a second person has to read it once more.
    """
    told = decided(archive, HELD)
    decided(archive, "강을 건넜다.")
    releasing.draft(archive.vault, archive.minji)
    signed_in(desk).post(f"/release/held/{told}/hide", number="0")
    reading = review.reading(archive.vault, told)

    assert reading.preview == "[이름] 씨가 왔다."
    assert reading.approver is None


def test_words_of_a_closed_part_are_not_on_the_page(desk: Desk, archive: Archive) -> None:
    """
    R26: what was found in a severe part is shown when it was opened, and not decided before.
    """
    told = decided(archive, HELD)
    decided(archive, "강을 건넜다.")
    care.judge(archive.vault, archive.minji, review.reading(archive.vault, told).told, "s0001", 3, "")
    releasing.draft(archive.vault, archive.minji)
    page = signed_in(desk).get("/release/risk").text
    desk.post(f"/release/held/{told}/show", number="0")

    assert told in page
    assert "박금희" not in page
    assert choices.shown(archive.vault, told) == frozenset()


def test_words_that_have_changed_since_are_not_asked_about(desk: Desk, archive: Archive) -> None:
    """
    Places in other words would show other words: the page asks for a new draft instead.
    """
    told = decided(archive, f"그날 {HELD}")
    decided(archive, "강을 건넜다.")
    releasing.draft(archive.vault, archive.minji)
    review.mark(archive.vault, archive.minji, told, "그날", "date")
    archive.approve(told)
    page = desk.get("/release/risk", **{"Accept-Language": "en"}).text

    assert "The words have changed since" in page
    assert "박금희" not in page


def test_what_was_taken_back_is_on_no_page_of_the_draft(desk: Desk, archive: Archive) -> None:
    """
    R6: its line waits in the draft, which cannot be signed any more; no page tells of it.
    """
    hers = Receipt.generate()
    told = archive.told("강을 건넜다.", receipt=hers)
    review.propose(archive.vault, archive.minji, told, [])
    archive.approve(told)
    releasing.draft(archive.vault, archive.minji)
    before = desk.get("/release/leaves").text
    archive.take(withdraws(archive, hers, 1))

    assert told[:8] in before
    assert ledger.waiting(archive.vault) == {}
    assert told[:8] not in desk.get("/release/leaves").text


def sent(desk: Desk, content: bytes) -> Any:
    """The form of the page with one file, as a browser writes it."""
    token = desk.get("/release/risk").text.split('name="token" value="')[1].split('"')[0].encode()
    part = b'--edge\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
    body = (
        part % (b"token", b"", token)
        + part % (b"public", b'; filename="news.txt"', content)
        + b"--edge--\r\n"
    )
    kind = "multipart/form-data; boundary=edge"
    return desk.browser.post("/release/link", base_url=f"http://{HOST}", data=body, content_type=kind)


def test_one_tag_in_two_testimonies_of_the_draft_is_said(desk: Desk, archive: Archive) -> None:
    """
    With both of them; what stands in one only, or is in no draft, is not listed.
    """
    told = [archive.told(f"{place}에서 김영숙을 만났다.") for place in ("강가", "장터", "기차역")]
    for id in told:
        hide(archive, id, "김영숙")
    one, *others = [each.id for each in figures.figures(archive.vault)]
    join(archive.vault, archive.minji, one, others, TODAY)
    naming.use(archive.vault, archive.minji, one, naming.COLLECTION)
    for id in told[:2]:
        review.propose(
            archive.vault, archive.minji, id, choices.redactions(choices.choices(archive.vault, id))
        )
        archive.approve(id)
    archive.show_what_is_left()
    releasing.draft(archive.vault, archive.minji)
    shown = naming.shown_for(archive.vault, figure(archive.vault, one), naming.COLLECTION, "kor")
    page = str(desk.get("/release/risk").text).partition('id="same"')[2].partition("<h2")[0]

    assert shown in page
    assert [id[:8] in page for id in told] == [True, True, False]


def test_a_public_text_stays_in_memory(desk: Desk, archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Which text somebody compares with says whom she suspects: not even a large one touches the disk.
    """
    decided(archive, "양조장 뒤에서 벌을 쳤다.")
    releasing.draft(archive.vault, archive.minji)
    signed_in(desk)
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    answer = sent(desk, ("양조장 뒤에서 벌을 쳤다. " + " " * 600_000).encode())

    assert answer.status_code == 303
    assert "1 public texts were among them" in desk.get("/release/risk", **{"Accept-Language": "en"}).text


def test_a_file_that_is_no_text_is_refused_whole(desk: Desk, archive: Archive) -> None:
    """
    Nothing is compared, and the page says why.
    """
    decided(archive, "강을 건넜다.")
    releasing.draft(archive.vault, archive.minji)
    sent(signed_in(desk), b"\xff\xfe\x00")

    assert "A file is no UTF-8 text; nothing was compared." in desk.notices()


@pytest.mark.parametrize("path", ["/release/risk", "/release/leaves", "/release/ledger"])
def test_without_a_draft_or_a_release_the_pages_say_so(desk: Desk, path: str) -> None:
    """
    Nothing is counted of nothing; the sentence that is always true stands there all the same.
    """
    page = desk.get(path, **{"Accept-Language": "en"})

    assert page.status_code == 200
    assert "Nothing is drafted" in page.text or "no release yet" in page.text
    assert ("Masking reduces the chance of recognition" in page.text) == (path == "/release/risk")


def test_no_word_of_what_was_found_is_in_a_repr(archive: Archive) -> None:
    """
    A look in a traceback tells nobody's name.
    """
    told = decided(archive, HELD)
    looked = leaving.look(archive.vault)

    assert [each.words for each in looked.left[told]] == ["박금희"]
    assert "박금희" not in repr(looked) + repr(looked.left)

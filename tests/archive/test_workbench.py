"""The desk lets in one browser, and there only a person who has signed in decides anything."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from archive import review, roles
from archive.testimony import TestimonyId
from archive.workbench.bars import HEIGHT, columns
from archive.workbench.desk import MANY, Waiting, waiting
from archive.workbench.door import IDLE, Door
from archive.workbench.page import LANGUAGES
from archive.workbench.site import create_app
from archive.workbench.tries import FREE, LONGEST, Tries
from archive.working import working
from tests.people import MINJIS, SORAS, Archive

HOST = "127.0.0.1:8462"
SCRIPT = "<script>alert(1)</script>"
WORDS = f"혜숙이는 강을 건넜다.\n{SCRIPT}"


class Clock:
    """The only thing that is made up here."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


class Desk:
    """A workbench over a real vault, and a browser before it."""

    def __init__(self, archive: Archive) -> None:
        self.clock = Clock()
        self.door = Door(frozenset({HOST}), self.clock)
        self.app = create_app(archive.vault, self.door)
        self.app.extensions["collecting"].patience = 300  # however busy the machine is
        self.browser = self.app.test_client()

    def get(self, path: str, **headers: str) -> Any:
        return self.browser.get(path, base_url=f"http://{HOST}", headers=headers)

    def post(self, path: str, headers: dict[str, str] | None = None, **form: str) -> Any:
        found = re.search(r'name="token" value="([^"]+)"', self.get("/").text)
        sent = {"token": found[1]} if found else {}
        return self.browser.post(path, base_url=f"http://{HOST}", headers=headers, data=sent | form)

    def opened(self) -> Desk:
        assert self.get(self.door.address).status_code == 303
        return self

    def approve(self, told: str) -> Any:
        """Press the button of the page as it is shown now."""
        shown = re.search(r'name="proposal" value="([^"]+)"', self.get(f"/testimony/{told}").text)
        return self.post(f"/testimony/{told}/approve", proposal=shown[1] if shown else "")

    def notices(self) -> list[str]:
        return re.findall(r'role="status">([^<]+)<', self.get("/", **{"Accept-Language": "en"}).text)


@pytest.fixture
def desk(archive: Archive) -> Desk:
    return Desk(archive)


def test_the_address_works_once(desk: Desk) -> None:
    """
    The browser that opened it is let in; the same address again, a wrong one, and no address are not.
    """
    assert desk.get("/").status_code == 403
    assert desk.get("/open/wrong").status_code == 403
    desk.opened()
    assert desk.get("/").status_code == 200
    second = FlaskClient(desk.app)
    assert second.get(desk.door.address, base_url=f"http://{HOST}").status_code == 403
    assert second.get("/", base_url=f"http://{HOST}").status_code == 403


def test_no_page_reaches_the_desk_by_another_name(desk: Desk) -> None:
    """
    A web page whose name was made to point at this machine sends its own Host.
    """
    desk.opened()
    for host in ("evil.example", "127.0.0.1", "127.0.0.1:9", "localhost:8462"):
        assert desk.browser.get("/", base_url=f"http://{host}").status_code == 400
        assert desk.browser.get(desk.door.address, base_url=f"http://{host}").status_code == 400


def test_nothing_is_changed_without_the_desks_own_token(desk: Desk) -> None:
    """
    A form of another page knows no token, and a browser says where a form came from.
    """
    desk.opened()
    form: dict[str, Any] = {"name": "minji", "passphrase": MINJIS}
    assert desk.post("/sign-in", token="", **form).status_code == 403
    assert desk.post("/sign-in", headers={"Origin": "http://127.0.0.1:9"}, **form).status_code == 403
    assert desk.post("/sign-in", headers={"Origin": f"http://{HOST}"}, **form).status_code == 303


def test_a_desk_left_alone_closes(desk: Desk) -> None:
    """
    After the idle time nobody is let in any more, and nobody's key is open.
    """
    desk.opened().post("/sign-in", name="minji", passphrase=MINJIS)
    desk.clock.now += IDLE - 1
    assert desk.get("/").status_code == 200
    desk.clock.now += IDLE + 1

    assert desk.get("/").status_code == 403
    assert desk.door._sessions == {}


def test_nobody_decides_before_she_has_signed_in(desk: Desk, archive: Archive) -> None:
    """
    R13: reading needs the desk, deciding needs a person's own passphrase; a wrong one opens nothing.
    """
    told = archive.told(WORDS)
    desk.opened()
    events = archive.vault.journal.events()
    desk.post("/sign-in", name="minji", passphrase=SORAS)
    for step in ("mark", "unmark", "propose", "approve", "take-back"):
        desk.post(f"/testimony/{told}/{step}", surface="혜숙", category="name", start="0")
    desk.post("/release/draft")
    desk.post("/release/sign")

    assert archive.vault.journal.events() == events
    assert archive.vault.testimony(told).workflow_status == "received"


def test_two_people_decide_at_one_desk(desk: Desk, archive: Archive) -> None:
    """
    R13: she who proposed cannot approve; the second person can, and the page says who did.
    """
    told = archive.told(WORDS)
    desk.opened().post("/sign-in", name="minji", passphrase=MINJIS)
    desk.post(f"/testimony/{told}/mark", surface="혜숙", category="name")
    desk.approve(told)
    assert "you proposed this" in desk.notices()[0]
    desk.post("/sign-out")
    desk.post("/sign-in", name="sora", passphrase=SORAS)
    desk.post(f"/testimony/{told}/approve")
    assert archive.vault.testimony(told).workflow_status == "proposed"
    desk.approve(told)

    assert archive.vault.testimony(told).workflow_status == "approved"
    page = desk.get(f"/testimony/{told}", **{"Accept-Language": "en"}).text
    assert "Proposed by minji, approved by sora." in page
    assert "[이름]이는" in page


def test_a_mark_that_is_shown_again_needs_a_new_approval(desk: Desk, archive: Archive) -> None:
    """
    Whatever changes after the approval takes it away.
    """
    told = archive.told(WORDS)
    desk.opened().post("/sign-in", name="minji", passphrase=MINJIS)
    desk.post(f"/testimony/{told}/mark", surface="혜숙", category="name")
    desk.post(f"/testimony/{told}/mark", surface="강", category="place")
    desk.post("/sign-in", name="sora", passphrase=SORAS)
    desk.approve(told)
    assert archive.vault.testimony(told).workflow_status == "approved"
    desk.post(f"/testimony/{told}/unmark", start=str(WORDS.index("강")))

    assert archive.vault.testimony(told).workflow_status == "proposed"
    assert "<mark" in desk.get(f"/testimony/{told}").text


def test_what_was_told_is_text_and_never_code(desk: Desk, archive: Archive) -> None:
    """
    Mark-up in a testimony, in what is looked for and in a refusal is shown as letters.
    """
    told = archive.told(WORDS)
    desk.opened().post("/sign-in", name="minji", passphrase=MINJIS)
    pages = [desk.get(f"/testimony/{told}"), desk.get("/"), desk.post("/search", q=SCRIPT)]
    pages += [desk.post(f"/testimony/{told}/mark", surface=SCRIPT, category=SCRIPT), desk.get("/")]

    assert not any(SCRIPT in page.text for page in pages)


def test_the_desk_finds_in_what_archivists_may_search(desk: Desk, archive: Archive) -> None:
    """
    With the hit marked; what did not allow it is counted and not found; a new arrival is found at once.
    """
    archive.told("나는 혜산에서 왔다.")
    archive.told("나도 혜산에서 왔다.", grants=[("preserve", "archivists")])
    desk.opened()
    page = desk.post("/search", q="혜산").text
    assert page.count("<article") == 1
    assert "<mark>혜산</mark>" in page
    archive.told("우리는 혜산에서 왔다.")

    assert desk.post("/search", q="혜산").text.count("<article") == 2


def test_what_waits_in_quarantine_is_on_the_desk(desk: Desk, archive: Archive) -> None:
    """
    With the reason; and the desk counts by stage, language and quarter.
    """
    archive.told(WORDS)
    archive.take(b"noise" * 20_000)
    page = desk.opened().get("/", **{"Accept-Language": "en"}).text

    assert "In quarantine: 1" in page
    assert "1 testimonies" in page
    assert "2026-Q4" in page


PATHS = ["/", "/testimony/none", "/release", "/search", "/static/workbench.css", "/open/wrong", "/nowhere"]


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_of_the_desk_carries_the_headers(desk: Desk, path: str) -> None:
    """
    Let in or not, errors and static files included: nothing inline, nothing foreign, nothing kept.
    """
    for browser in (desk, desk.opened()):
        answer = browser.get(path)
        answer.close()
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "same-origin"


def test_the_only_cookies_are_out_of_reach_of_scripts_and_other_sites(desk: Desk) -> None:
    """
    HttpOnly, SameSite=Strict, and gone with the browser.
    """
    cookie = desk.get(desk.door.address).headers["Set-Cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Expires" not in cookie
    assert "Max-Age" not in cookie


def test_after_five_wrong_tries_a_name_waits_and_no_other_does(desk: Desk) -> None:
    """
    Her own words do not open it meanwhile; a colleague signs in; five minutes later at most so does she.
    """
    desk.opened()
    for _ in range(FREE):
        desk.post("/sign-in", name="minji", passphrase="a wrong passphrase")
        assert "passphrase" in desk.notices()[0]
    desk.post("/sign-in", name="minji", passphrase=MINJIS)
    assert "Wait" in desk.notices()[0]
    desk.post("/sign-in", name="sora", passphrase=SORAS)
    assert "key is open" in desk.notices()[0]
    desk.post("/sign-out")
    desk.clock.now += LONGEST
    desk.post("/sign-in", name="minji", passphrase=MINJIS)
    assert "key is open" in desk.notices()[0]


def test_the_wait_of_a_name_doubles_and_is_five_minutes_at_most() -> None:
    """
    What is refused while it waits counts nothing: nobody is kept out for longer by trying.
    """
    tries, now, waits = Tries(), 0.0, []
    for _ in range(20):
        start = now
        while not tries.begin("minji", now):
            now += 1
        waits.append(now - start)
    tries.forget("minji")

    assert waits[: FREE + 3] == [0] * FREE + [10, 20, 40]
    assert max(waits) == LONGEST
    assert all(tries.begin("minji", now) for _ in range(FREE))


def test_a_refusal_is_told_in_the_language_of_the_page(desk: Desk) -> None:
    """
    On a Korean page in Korean, and every sentence that is translated is one that this room still says.
    """
    desk.opened().post("/sign-in", name="minji", passphrase=SORAS)
    page = desk.get("/", **{"Accept-Language": "ko"}).text
    assert "이 이름의 사람이 없거나 암호문이 다릅니다." in page
    folder = Path(__file__).parents[2] / "archive"
    said = " ".join(
        str(node.value)
        for path in [*folder.rglob("*.py"), *(folder.parent / "crypto").rglob("*.py")]
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant)
    )
    refusals = json.loads((folder / "workbench" / "translations" / "refusals.ko.json").read_text("utf-8"))
    fixed = [sentence.split(";")[0].removesuffix(" was not granted") for sentence in refusals]
    for sentence in fixed:
        assert sentence in said or all(part in said for part in re.split(" for | (?=embargo:)", sentence))


def test_the_desks_catalogues_say_the_same_things() -> None:
    """
    A string that is missing in one language fails here; a refusal is a sentence, which is its own English.
    """
    folder = Path(__file__).parents[2] / "archive" / "workbench" / "translations"
    rooms = {path.name.split(".")[0] for path in folder.glob("*.json")} - {"refusals"}
    assert "pages" in rooms
    for room in rooms:
        first, *others = (
            json.loads((folder / f"{room}.{lang}.json").read_text("utf-8")) for lang in LANGUAGES
        )
        keys, *more = ({key for key in each if " " not in key} for each in (first, *others))
        assert all(each == keys for each in more)
        assert all(text for catalogue in (first, *others) for text in catalogue.values())


def test_the_desk_says_what_waits_for_whom(desk: Desk, archive: Archive) -> None:
    """
    R13: a proposal waits for every reviewer but her who made it, and to her the desk says so.
    """
    archive.told(WORDS)
    told = archive.told(WORDS + "!")
    review.propose(archive.vault, archive.minji, told)
    given = {"minji": roles.ALL, "sora": roles.ALL, "hana": frozenset()}
    listed = review.summaries(archive.vault)

    assert waiting(listed, given) == [
        Waiting("received", 1, ("minji", "sora")),
        Waiting("proposed", 1, ("sora",), "minji"),
    ]
    assert waiting(listed, given | {"sora": frozenset({"archivist"})})[1].may == ()
    desk.opened().post("/sign-in", name="minji", passphrase=MINJIS)
    assert "not you: it is your proposal" in desk.get("/", **{"Accept-Language": "en"}).text


def test_the_desk_shows_what_is_under_way(desk: Desk, archive: Archive) -> None:
    """
    How far it is, in the language of the page; and when it has ended, nothing.
    """
    desk.opened()
    with working(archive.vault, "accession", each=0) as tell:
        tell(12, 340)
        korean = desk.get("/", **{"Accept-Language": "ko"}).text
        english = desk.get("/", **{"Accept-Language": "en"}).text
    after = desk.get("/", **{"Accept-Language": "en"}).text

    assert "가져온 것을 들이는 중: 12 / 340" in korean
    assert "Something is being taken in: 12 of 340" in english
    assert "being taken in" not in after


def test_a_long_list_is_turned_page_by_page(desk: Desk, archive: Archive) -> None:
    """
    Every testimony is reached from the desk, however many there are.
    """
    first = archive.vault.testimony(archive.told(WORDS))
    with archive.vault.together():
        for number in range(MANY):
            archive.vault.put_testimony(replace(first, id=TestimonyId(f"{number:016x}")))
    desk.opened()
    pages = desk.get("/").text, desk.get(f"/?at={MANY}").text
    found = [re.findall(r'href="/testimony/([0-9a-f]{16})"', each) for each in pages]

    assert [len(each) for each in found] == [MANY, 1]
    assert {name for each in found for name in each} == set(archive.vault.names("testimony"))


def test_a_column_stands_for_its_count() -> None:
    """
    The largest is as high as the drawing, the others in proportion, none beside it; nothing is no column.
    """
    drawn = columns([("a", 10), ("b", 5), ("c", 0)])
    assert [each.height for each in drawn] == [HEIGHT, HEIGHT / 2, 0]
    assert all(left.x + left.width <= right.x for left, right in pairwise(drawn))
    assert columns([]) == []
    assert [each.height for each in columns([("a", 0)])] == [0]


def test_the_journals_page_says_that_it_is_whole_or_what_to_do(desk: Desk, archive: Archive) -> None:
    """
    R37: verified at each opening, compared with a head from paper, and said in plain words when it is broken.
    """
    noted = archive.vault.journal.head()
    archive.told(WORDS)
    page = desk.opened().get("/journal", **{"Accept-Language": "en"}).text
    assert "taken in" in page
    assert str(archive.vault.journal.head()) in page
    english = {"Accept-Language": "en"}
    assert "what you noted is among them" in desk.post("/journal", headers=english, noted=str(noted)).text
    other = f"{noted.count}:{'0' * 64}"
    assert "is this an older copy" in desk.post("/journal", headers=english, noted=other).text
    with archive.vault.together() as session:
        session.execute(text("UPDATE event SET body = replace(body, 'archive', 'sora') WHERE number = 3"))
    broken = desk.get("/journal", **english).text

    assert "The journal is not the one that was written" in broken
    assert "call the second person" in broken
    assert "<table" not in broken


def test_a_closed_desk_lets_nobody_in(desk: Desk) -> None:
    """
    With one press everybody's key and session are forgotten, and who serves is told to end.
    """
    desk.opened().post("/sign-in", name="minji", passphrase=MINJIS)
    assert not desk.door.left_alone
    assert desk.post("/close").status_code == 200

    assert desk.get("/").status_code == 403
    assert desk.get(desk.door.address).status_code == 403
    assert desk.door.left_alone


def test_what_still_works_is_not_left_alone(desk: Desk) -> None:
    """
    A scan that takes longer than the idle time is not cut short; after it the time runs again.
    """
    desk.app.add_url_rule("/long", view_func=lambda: str(longer(desk)))
    desk.opened()
    assert desk.get("/long").text == "False"
    assert not desk.door.left_alone
    desk.clock.now += IDLE + 1

    assert desk.door.left_alone


def longer(desk: Desk) -> bool:
    desk.clock.now += 2 * IDLE
    return desk.door.left_alone

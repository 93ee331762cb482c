"""Only invited readers enter a vetted room; what is kept of them is who, what release and on which day."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import inspect

from migrations.run import migrate
from server.research import numbers, shelf, terms
from server.research.accounts import ANSWERED_WITHIN, AccountRefused
from server.research.commands import research
from server.research.config import ResearchConfig
from server.research.door import COOKIE
from server.research.sessions import FREE_TRIES, LONGEST_WAIT
from server.research.site import create_app
from server.research.tables import Base
from tests.people import TODAY
from tests.server.research.readers import PHRASE, SITE, Clock, Desk, number, post, reading, vetted
from tests.server.research.rooms import told, write

ROWS = [told(f"kor{chr(97 + n)}", f"강을 건넜다 {n}.") for n in range(6)]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk.of(tmp_path / "room")
    yield made
    made.engine.dispose()


@pytest.fixture
def room(config: ResearchConfig, tmp_path: Path) -> Iterator[Flask]:
    shelf.publish(config, write(tmp_path / "stick", 1, *ROWS), TODAY)
    app = create_app(vetted(config))
    yield app
    app.extensions["readers"].dispose()


def _joined(config: ResearchConfig, name: str) -> bytes:
    """*name* has an account in the room, by the clock of this machine."""
    desk = Desk.of(config.home)
    desk.clock.seconds = time.time() - 300
    secret, _ = desk.joined(name)
    desk.engine.dispose()
    return secret


@pytest.mark.parametrize(
    ("second", "digits"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"),
     (2000000000, "279037"), (20000000000, "353130")],
)  # fmt: skip
def test_the_numbers_are_those_of_the_standard(second: int, digits: str) -> None:
    """
    RFC 6238, appendix B: the last six of its eight digits, good in the steps beside and no further.
    """
    secret, step = b"12345678901234567890", second // 30

    assert numbers.step_of(secret, digits, second) == step
    assert numbers.step_of(secret, f" {digits[:3]} {digits[3:]}", second + 30) == step
    assert numbers.step_of(secret, digits, second + 60) is None
    assert numbers.step_of(secret, "열", second) is None


def test_an_invitation_is_good_once_and_for_two_weeks(desk: Desk) -> None:
    """
    Typed in any spacing; nobody else's passphrase comes to lie over hers.
    """
    code = desk.accounts.invite("Kim", desk.accounts.today + timedelta(days=90))
    secret = desk.accounts.invited(f" {code.lower().replace('-', ' ')}").secret
    late = desk.accounts.invite("Lee", desk.accounts.today + timedelta(days=90))
    assert desk.accounts.invited(code).secret == secret != desk.accounts.invited(late).secret
    codes = desk.accounts.join(code, PHRASE, desk.number(secret))
    desk.clock.seconds += ANSWERED_WITHIN.total_seconds() + 86_400

    assert len(set(codes)) == numbers.CODES
    for void in (code, late, ""):
        with pytest.raises(AccountRefused, match="invitation_void"):
            desk.accounts.invited(void)
        with pytest.raises(AccountRefused):
            desk.accounts.join(void, PHRASE, desk.number(secret))


@pytest.mark.parametrize(
    ("phrase", "good", "why"),
    [
        ("short", True, "passphrase_length"),
        ("길" * 201, True, "passphrase_length"),
        (PHRASE, False, "number_wrong"),
    ],
    ids=["too short", "too long", "another number"],
)
def test_a_refused_answer_leaves_the_invitation(desk: Desk, phrase: str, good: bool, why: str) -> None:
    """
    She tries again with the same code, and the same picture for her app.
    """
    code = desk.accounts.invite("Kim", desk.accounts.today)
    secret = desk.accounts.invited(code).secret
    with pytest.raises(AccountRefused, match=why):
        desk.accounts.join(code, phrase, desk.number(secret) if good else "12345")

    assert desk.accounts.join(code, PHRASE, desk.number(secret))


def test_a_passphrase_and_a_number_together_sign_in(desk: Desk) -> None:
    """
    Typed as another keyboard composes Hangul too; a number is good once, and so is a recovery code.
    """
    secret, codes = desk.joined("김")
    desk.clock.seconds += 30
    right, apart = desk.number(secret), "옹기 열두 개를 묻었다 twelve jars"
    token = desk.sessions.sign_in("김", apart, right)
    found = desk.sessions.reader(token)

    assert found is not None
    assert found.name == "김"
    for phrase, tried in ((PHRASE, right), ("another phrase", codes[0]), (PHRASE, "000"), (PHRASE, "")):
        with pytest.raises(AccountRefused, match="not_let_in"):
            desk.sessions.sign_in("김", phrase, tried)
    assert desk.sessions.sign_in("김", PHRASE, codes[0].lower())
    with pytest.raises(AccountRefused):
        desk.sessions.sign_in("김", PHRASE, codes[0])
    with pytest.raises(AccountRefused):
        desk.sessions.sign_in("Lee", PHRASE, codes[1])


def test_after_five_failures_even_the_right_words_wait(desk: Desk) -> None:
    """
    Longer each time, an hour at most; the first success forgives all.
    """
    secret, _ = desk.joined("Kim")
    for _ in range(FREE_TRIES):
        with pytest.raises(AccountRefused):
            desk.sessions.sign_in("Kim", "a wrong passphrase", "123456")
    for wait in (60, 120):
        desk.clock.seconds += wait - 1
        with pytest.raises(AccountRefused):
            desk.sessions.sign_in("Kim", PHRASE, desk.number(secret))
        desk.clock.seconds += 1
        if wait == 60:
            with pytest.raises(AccountRefused):
                desk.sessions.sign_in("Kim", "a wrong passphrase", desk.number(secret))
    assert desk.sessions.sign_in("Kim", PHRASE, desk.number(secret))
    desk.clock.seconds += 30
    assert desk.sessions.sign_in("Kim", PHRASE, desk.number(secret))
    for _ in range(30):
        desk.clock.seconds += LONGEST_WAIT
        with pytest.raises(AccountRefused):
            desk.sessions.sign_in("Kim", "a wrong passphrase", "123456")
    desk.clock.seconds += LONGEST_WAIT
    with pytest.raises(AccountRefused):
        desk.sessions.sign_in("Lee", PHRASE, desk.number(secret))


def test_a_recovery_code_need_not_wait_and_is_spent_by_trying(desk: Desk) -> None:
    """
    Who knows only her name cannot keep her out. Who has a code and guesses at the passphrase has eight tries.
    """
    secret, codes = desk.joined("Kim")
    desk.clock.seconds += 30
    for _ in range(FREE_TRIES):
        with pytest.raises(AccountRefused):
            desk.sessions.sign_in("Kim", "a wrong passphrase", "123456")
    for phrase, number_or_code in ((PHRASE, desk.number(secret)), ("a wrong passphrase", codes[0])):
        with pytest.raises(AccountRefused):
            desk.sessions.sign_in("Kim", phrase, number_or_code)
    with pytest.raises(AccountRefused):
        desk.sessions.sign_in("Kim", PHRASE, codes[0])

    assert desk.sessions.sign_in("Kim", PHRASE, codes[1])
    assert desk.sessions.sign_in("Kim", PHRASE, desk.number(secret)), "and all is forgiven"


def test_an_ended_account_reads_no_further_page(desk: Desk) -> None:
    """
    At once, in a session that goes on; after her last day; and a session is over after the next day.
    """
    secret, codes = desk.joined("Kim")
    token = desk.sessions.sign_in("Kim", PHRASE, codes[0])
    desk.accounts.expire("Kim", desk.accounts.today - timedelta(days=1))
    assert desk.sessions.reader(token) is None
    with pytest.raises(AccountRefused):
        desk.sessions.sign_in("Kim", PHRASE, codes[1])
    desk.accounts.expire("Kim", desk.accounts.today + timedelta(days=1))
    assert desk.sessions.reader(token) is not None
    desk.clock.seconds += 2 * 86_400
    assert desk.sessions.reader(token) is None
    desk.accounts.expire("Kim", desk.accounts.today + timedelta(days=9))
    assert desk.sessions.reader(token) is None
    with pytest.raises(AccountRefused, match="nobody"):
        desk.accounts.expire("Lee", TODAY)
    assert [(a.name, a.joined) for a in desk.accounts.all()] == [("Kim", True)]
    again = desk.accounts.invite("Kim", desk.accounts.today, again=True)
    with pytest.raises(AccountRefused):
        desk.sessions.sign_in("Kim", PHRASE, codes[2])
    assert desk.accounts.invited(again).secret != secret


def test_the_database_has_the_tables_of_the_rows_and_goes_back(tmp_path: Path) -> None:
    """
    The migration and the rows say the same, columns and all; downgraded, nothing is left of it.
    """
    desk = Desk.of(tmp_path / "room")
    found = inspect(desk.engine)
    for name, table in Base.metadata.tables.items():
        assert {c["name"]: c["nullable"] for c in found.get_columns(name)} == {
            c.name: c.nullable for c in table.columns
        }
    desk.joined("Kim")
    migrate(desk.engine, "research", "base")
    assert inspect(desk.engine).get_table_names() == ["alembic_version"]
    desk.engine.dispose()


def test_nothing_of_a_vetted_room_is_given_without_a_session(room: Flask) -> None:
    """
    No rule of the site but the way in, whatever its method; the interface says so in JSON.
    """
    browser, given = room.test_client(), set()
    for rule in room.url_map.iter_rules():
        path = re.sub(r"<[^>]+>", "kora", rule.rule)
        for method in ("GET", "POST"):
            answer = browser.open(path, method=method, base_url=SITE)
            assert "강" not in answer.text
            if answer.status_code == 200 and method == "GET":
                given.add(path)
            if path.startswith("/api/"):
                assert answer.status_code in (401, 405)

    assert given == {"/sign-in", "/join"}
    assert browser.get("/no/such/page", base_url=SITE).location == "/sign-in"


def test_she_answers_an_invitation_in_the_pages(room: Flask, config: ResearchConfig) -> None:
    """
    Two passphrases that differ cost nothing; the picture is drawn here; the recovery codes are shown once.
    """
    desk = Desk.of(config.home)
    desk.clock.seconds = time.time()
    code = desk.accounts.invite("Kim", desk.accounts.today)
    secret = desk.accounts.invited(code).secret
    browser, shows = room.test_client(), desk.number(secret)
    asked = post(browser, "/join", code=code)
    differs = post(browser, "/join", code=code, phrase=PHRASE, again="other", number=shows)
    joined = post(browser, "/join", code=code, phrase=PHRASE, again=PHRASE, number=shows)
    desk.engine.dispose()

    assert numbers.typed(secret) in asked.text
    assert "data:image/svg+xml" in asked.text
    assert (differs.status_code, PHRASE in differs.text) == (403, False)
    assert len(re.findall(r"<code[^>]*>[A-Z2-7-]{19}</code>", joined.text)) == numbers.CODES
    assert post(browser, "/join", code=code).status_code == 403


def test_she_signs_in_reads_and_signs_out(room: Flask, config: ResearchConfig) -> None:
    """
    The cookie is this site's, on TLS, out of reach for a script; after signing out a copy of it is nothing.
    """
    secret, browser = _joined(config, "Kim"), room.test_client()
    wrong = post(browser, "/sign-in", name="Kim", phrase=PHRASE, number="000000")
    fields = {"name": "Kim", "phrase": PHRASE, "number": number(secret, time.time())}
    before, form = browser.get_cookie(COOKIE), re.search(r'name="form" value="(.+?)"', wrong.text)
    cookie = post(browser, "/sign-in", **fields).headers["Set-Cookie"]
    post(browser, "/terms", version="1")
    page = browser.get("/?q=강", base_url=SITE).text
    copied = browser.get_cookie(COOKIE)
    post(browser, "/sign-out", page="/")

    assert (wrong.status_code, PHRASE in wrong.text) == (403, False)
    assert cookie.startswith(f"{COOKIE}=")
    assert all(f"; {each}" in cookie for each in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"))
    assert "<mark>강</mark>" in page
    assert form
    assert form[1] not in page
    assert before
    assert copied
    for kept in (before, copied):
        browser.set_cookie(COOKIE, kept.value, domain="localhost", secure=True)
        assert browser.get("/", base_url=SITE).location == "/sign-in"


def test_new_terms_are_asked_of_everybody_again(room: Flask, config: ResearchConfig) -> None:
    """
    Until she accepts the version that holds, by its number, she reads nothing. Terms that lack a language are
    not taken.
    """
    browser = reading(room, "Kim", _joined(config, "Kim"), time.time(), accepts=False)
    assert browser.get("/?q=강", base_url=SITE).location == "/terms"
    assert browser.get("/api/v1/search", base_url=SITE).status_code == 401
    post(browser, "/terms", version="1")
    assert browser.get("/", base_url=SITE).status_code == 200
    folder = config.home / "new"
    folder.mkdir()
    (folder / "ko.txt").write_text("새 약속", "utf-8")
    with pytest.raises(terms.TermsRefused):
        terms.replace(config.home, folder)
    for name in terms.LANGUAGES:
        (folder / f"{name}.txt").write_text("새 약속", "utf-8")
    assert terms.replace(config.home, folder) == 2
    assert browser.get("/", base_url=SITE).location == "/terms"
    assert "새 약속" in browser.get("/terms", base_url=SITE).text
    post(browser, "/terms", version="1")
    assert browser.get("/", base_url=SITE).location == "/terms"
    post(browser, "/terms", version="2")
    assert browser.get("/", base_url=SITE).status_code == 200


def test_a_browser_that_is_left_alone_is_signed_out(
    room: Flask, config: ResearchConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Half an hour without a page; with pages in between it goes on.
    """
    browser = reading(room, "Kim", _joined(config, "Kim"), time.time())
    start = time.time()
    clock = Clock(start)
    monkeypatch.setattr("itsdangerous.timed.time.time", clock)
    for minutes in (29, 58):
        clock.seconds = start + minutes * 60
        assert browser.get("/", base_url=SITE).status_code == 200
    clock.seconds += 31 * 60
    assert browser.get("/", base_url=SITE).location == "/sign-in"


@pytest.mark.parametrize("path", ["/sign-in", "/join", "/terms", "/sign-out"])
def test_a_form_of_another_site_does_nothing(room: Flask, config: ResearchConfig, path: str) -> None:
    """
    Without the token of her own session a form is refused, whatever it says.
    """
    browser = reading(room, "Kim", _joined(config, "Kim"), time.time())
    for fields in ({}, {"form": ""}, {"form": "another"}):
        assert browser.post(path, base_url=SITE, data=fields | {"version": "1"}).status_code == 403
    assert browser.get("/", base_url=SITE).status_code == 200


def test_the_log_says_who_took_what_release_and_when_and_nothing_else(
    room: Flask, config: ResearchConfig
) -> None:
    """
    One line a day for each form; no word that was looked for and no testimony's name is in any file.
    """
    browser = reading(room, "Kim", _joined(config, "Kim"), time.time())
    sought = "두들겨sentinel"
    for path in (
        f"/?q={sought}", f"/concordance?q={sought}", f"/found.csv?q={sought}", "/found.jsonl",
        "/found.jsonl?q=강",
        f"/api/v1/search?q={sought}", "/api/v1/testimony/kora", "/testimony/korb", "/found.xlsx",
    ):  # fmt: skip
        assert browser.get(path, base_url=SITE).status_code in (200, 404)
    told = CliRunner().invoke(research, ["downloads", "--home", str(config.home), "--release", "1"])
    files = [path for path in config.home.rglob("*") if path.is_file()]
    files = [path for path in files if config.home / "1" not in path.parents]
    lines = [line.split(",") for line in told.output.splitlines()]

    assert lines[0] == ["day", "name", "release", "form"]
    assert [line[1:] for line in lines[1:]] == [["Kim", "1", form] for form in ("api", "csv", "jsonl")]
    assert len(files) > 5
    for file in files:
        kept = file.read_bytes()
        assert b"sentinel" not in kept
        assert sought.encode() not in kept
        assert file.name == "shown" or (b"kora" not in kept and b"korb" not in kept)


def test_an_operator_invites_lists_and_ends(config: ResearchConfig, tmp_path: Path) -> None:
    """
    An open room has no readers to invite; a name that is taken is made anew only when that is said.
    """

    def run(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(research, [words[0], "--home", str(config.home), *words[1:]])
        return done.exit_code, done.output

    assert run("invite", "Kim")[0] == 1
    assert run("access", "vetted") == (0, "the room is vetted; start it again\n")
    assert config.vetted
    code, told = run("invite", "김 선생", "--until", "2099-12-31")
    assert (code, "invitation " in told) == (0, True)
    assert run("invite", "김 선생")[0] == 1
    assert run("invite", "김 선생", "--again", "--until", "2099-12-31")[0] == 0
    assert run("invite", "Lee", "--until", "2001-01-01")[0] == 1
    assert run("accounts") == (0, "invited  until 2099-12-31  no terms  김 선생\n")
    assert run("expire", "김 선생") == (0, "김 선생 reads no more\n")
    assert run("accounts")[1].startswith("over ")
    assert run("access", "open")[0] == 0
    assert not config.vetted
    (config.home / "access").write_text("opne")
    assert config.vetted

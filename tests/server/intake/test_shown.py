"""What the site shows: the list of it, the integrity of scripts, its cover, who can help, offline pages."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from crypto import keycard, pages
from crypto.capsule import page
from crypto.keys import IntakeSecret
from crypto.words import Language
from server.intake import catalogue, cover, nearby
from server.intake.config import IntakeConfig
from server.intake.site import create_app
from tests.people import ORIGIN, TODAY
from tests.server.intake.test_courier import INIT, KEY, OFFICE, run
from tests.server.intake.test_receiving import notes, refused, send

SIGNED = {"keycard", "board", "arrived", "published.manifest", "published.mandate", "entrance.health"}
"""What brings its own signature, or tells nothing that could be signed."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    made = run(tmp_path / "home", *INIT, str(OFFICE.notes(tmp_path / "notes", KEY.public)))
    assert made.exit_code == 0, made.output
    return tmp_path / "home"


def got(home: Path, path: str) -> tuple[int, bytes]:
    app = create_app(IntakeConfig.read(home))
    with app.test_client().get(path) as answer:
        found = answer.status_code, answer.data
    app.extensions["deposits"].engine.dispose()
    return found


def listed(home: Path) -> bytes:
    run(home, "manifest", str(home / "page.txt"))
    return (home / "page.txt").read_bytes()


def signed(home: Path, serial: int = 1) -> bytes:
    return pages.sign(listed(home), ORIGIN, serial, TODAY, OFFICE.desk)


def offline(language: page.Language) -> dict[str, bytes]:
    dated = keycard.DatedKey(TODAY, TODAY + timedelta(days=200), IntakeSecret.generate().public)
    card = keycard.Keycard(ORIGIN, 1, TODAY, TODAY + timedelta(days=200), 1, (dated,), "capsule")
    whole = page.assemble(keycard.issue(card, OFFICE.root), OFFICE.root.public, language, TODAY)
    name = page.NAMES[language]
    return {name: whole, f"{name}.note": page.sign(whole, card, TODAY, OFFICE.desk)}


def test_every_page_and_script_is_in_the_list(home: Path) -> None:
    """
    Whatever a browser can be shown is in it, or is signed by itself, or is no page: nothing is forgotten.
    """
    app = create_app(IntakeConfig.read(home))
    app.extensions["deposits"].engine.dispose()
    paths = pages.read_listing(listed(home), ORIGIN)
    unlisted = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and rule.endpoint not in SIGNED
        and not rule.rule.startswith(("/api/", "/offline/", "/static/"))
        and not any(
            re.fullmatch(re.sub("<[^>]+>", "[^/?]+", rule.rule), path.split("?")[0]) for path in paths
        )
    }

    assert unlisted == set()
    assert {f"/static/{path.name}" for path in Path(str(app.static_folder)).iterdir()} < set(paths)
    assert {f"/?lang={language}" for language in catalogue.LANGUAGES} < set(paths)


def test_two_installations_have_the_same_list(home: Path, tmp_path: Path) -> None:
    """
    Who signs need not believe the server; a later keycard changes nothing, another cover does.
    """
    other = tmp_path / "other"
    run(other, *INIT, str(OFFICE.notes(tmp_path / "later", KEY.public, serial=9)))
    assert listed(other) == listed(home)

    run(other, "cover", "recipes")
    assert listed(other) != listed(home)


def test_the_signed_list_comes_by_stick_and_is_published(home: Path, tmp_path: Path) -> None:
    """
    Nothing before; then the note as it was signed; and the command says that there is nothing to carry.
    """
    note = signed(home)
    assert got(home, "/manifest")[0] == 404
    send(tmp_path / "stick", notes(tmp_path / "a") | {pages.NOTE: note})
    told = run(home, "receive", str(tmp_path / "stick"))

    assert told.exit_code == 0, told.output
    assert got(home, "/manifest") == (200, note)
    assert "nothing to carry" in run(home, "manifest", str(home / "page.txt")).output
    run(home, "cover", "units")
    assert "carry it to the archive" in run(home, "manifest", str(home / "page.txt")).output


def test_a_list_that_is_not_the_desks_or_older_is_not_taken(home: Path, tmp_path: Path) -> None:
    """
    Neither one by another key nor the one before; the newest stays.
    """
    newest = signed(home, 5)
    false = pages.sign(listed(home), ORIGIN, 6, TODAY, OFFICE.one)
    before = send(tmp_path / "0", {pages.NOTE: newest})
    run(home, "receive", str(tmp_path / "0"))
    for number, note in ((2, false), (3, signed(home, 4))):
        before = send(tmp_path / str(number), {pages.NOTE: note}, number, before)
        assert refused(run(home, "receive", str(tmp_path / str(number))), f"not taken: {pages.NOTE}")

    assert got(home, "/manifest") == (200, newest)


def test_the_offline_pages_come_by_stick_and_are_saved_under_a_harmless_name(
    home: Path, tmp_path: Path
) -> None:
    """
    Each language as the archive signed it, never opened in place; what is damaged is named and not offered.
    """
    files = offline("ko") | offline("zh-Hant") | offline("en")
    files["album-en.html"] += b"<p>"
    send(tmp_path / "stick", files)
    told = run(home, "receive", str(tmp_path / "stick"))
    app = create_app(IntakeConfig.read(home))
    browser = app.test_client()

    assert refused(told, "not taken: album-en.html: this file is not the one that the archive signed")
    for language, status in (("ko", 200), ("zh-Hant", 200), ("en", 404), ("xx", 404)):
        answer = browser.get(f"/offline/{language}/album.html")
        assert answer.status_code == status
        if status == 200:
            name = page.NAMES[language]  # type: ignore[index]
            assert answer.data == files[name]
            assert browser.get(f"/offline/{language}/album.html.note").data == files[f"{name}.note"]
            assert answer.headers["Content-Disposition"] == 'attachment; filename="album.html"'
    shown = browser.get("/offline?lang=ko").get_data(as_text=True)
    assert re.findall(r'"/offline/([\w-]+)/album.html"', shown) == ["ko", "zh-Hant"]
    app.extensions["deposits"].engine.dispose()


@pytest.mark.parametrize("path", ["/", "/carry", "/cover", "/help", "/offline"])
def test_each_page_says_what_its_scripts_and_styles_are(browser: FlaskClient, path: str) -> None:
    """
    Every one that a page names has the SHA-384 of what the site serves.
    """
    text = browser.get(path).get_data(as_text=True)
    named = re.findall(r'(?:src|href)="(/static/[^"]+)"( integrity="sha384-([^"]+)")?', text)

    assert named
    for address, _, digest in named:
        with browser.get(address) as answer:
            assert digest == base64.b64encode(hashlib.sha384(answer.data).digest()).decode()


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
@pytest.mark.parametrize("chosen", ["", *cover.OURS])
def test_a_cover_of_ours_names_every_page_in_her_language(
    home: Path, chosen: str, language: Language
) -> None:
    """
    Tab and history say the same harmless thing everywhere, also after she changed the page's language.
    """
    if chosen:
        assert run(home, "cover", chosen).exit_code == 0
    texts = catalogue.texts(language)
    title = texts[f"cover_{chosen}"] if chosen else texts["title"]

    for path in ("/", "/carry", "/help", "/offline"):
        assert f"<title>{title}</title>" in got(home, f"{path}?lang={language}")[1].decode()
    assert json.loads(got(home, f"/texts/{language}")[1])["texts"]["title"] == title
    shown = got(home, f"/cover?lang={language}")[1].decode()
    assert f"<h1>{texts[f'cover_{chosen or cover.OURS[0]}']}</h1>" in shown
    assert f"<title>{texts[f'cover_{chosen or cover.OURS[0]}']}</title>" in shown
    assert "<script" not in shown


def test_the_operators_own_cover_is_served_as_it_is(home: Path, tmp_path: Path) -> None:
    """
    Under the same policy as every page; its title names the others, unless another name is given.
    """
    own = "<!doctype html><title> Garden  notes </title><h1>Beans</h1><a href='https://example.org'>more</a>"
    (tmp_path / "own.html").write_text(own, "utf-8")
    assert run(home, "cover", str(tmp_path / "own.html")).exit_code == 0
    assert got(home, "/cover") == (200, own.encode())
    assert b"<title>Garden notes</title>" in got(home, "/")[1]
    run(home, "cover", "--name", "콩 <기르기>")

    assert got(home, "/cover") == (200, own.encode())
    assert "<title>콩 &lt;기르기&gt;</title>" in got(home, "/?lang=en")[1].decode()


@pytest.mark.parametrize(
    "harm",
    [
        "<script>x</script>",
        "<SCRIPT src=/a></SCRIPT>",
        "<p onclick=x>",
        "<a href=' java\nscript:x'>",
        "<iframe src=/a></iframe>",
        "<form action=/a></form>",
        "<img src=https://example.org/a.png>",
        "<meta http-equiv=refresh content=0>",
        "<link rel=stylesheet href=https://example.org/a.css>",
        "<base href=https://example.org>",
        "<p style='background:url(//example.org)'>",
        "<svg:script>",
        "x" * 300_000,
    ],
)
def test_a_cover_that_could_do_harm_is_refused(home: Path, tmp_path: Path, harm: str) -> None:
    """
    Scripts, forms, frames and whatever is fetched from elsewhere: the one before stays.
    """
    (tmp_path / "own.html").write_text(f"<title>Garden</title>{harm}", "utf-8")
    told = run(home, "cover", str(tmp_path / "own.html"))

    assert told.exit_code == 1
    assert b"Garden" not in got(home, "/cover")[1]


def test_a_cover_has_a_name(home: Path, tmp_path: Path) -> None:
    """
    A page without a title needs --name; a name is short and can be printed.
    """
    (tmp_path / "own.html").write_text("<h1>Beans</h1>", "utf-8")
    assert refused(run(home, "cover", str(tmp_path / "own.html")), "no <title>")
    assert run(home, "cover", str(tmp_path / "own.html"), "--name", "Beans").exit_code == 0
    assert refused(run(home, "cover", "--name", "x" * 61), "60 characters")
    assert run(home, "cover").exit_code == 2


def confirmed(home: Path, **changes: object) -> Path:
    row = json.loads(nearby.EXAMPLES.read_text("utf-8"))
    row["organisations"][0] |= {"confirmed": "2026-11-20", **changes}
    (home / "mine.json").write_text(json.dumps(row), "utf-8")
    return home / "mine.json"


def test_nobody_is_named_before_the_operator_has_confirmed(home: Path) -> None:
    """
    Neither without a list nor with the examples as they come; then the one that was confirmed, and no other.
    """
    examples = home / "examples.json"
    assert run(home, "help-list", "--examples", str(examples)).exit_code == 0
    assert run(home, "help-list", "--examples", str(examples)).exit_code == 1
    for chosen in (None, examples):
        if chosen:
            assert run(home, "help-list", str(chosen)).output.count("not confirmed, not shown") == 3
        assert "http" not in got(home, "/help?lang=en")[1].decode()
    told = run(home, "help-list", str(confirmed(home)))
    shown = got(home, "/help?lang=zh-Hans")[1].decode()

    assert "Liberty in North Korea  https://libertyinnorthkorea.org  confirmed 2026-11-20" in told.output
    assert "帮助离开朝鲜的人" in shown
    assert "Crossing Borders" not in shown


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_an_address_is_text_first_and_a_link_behind_a_warning(home: Path, language: Language) -> None:
    """
    No referrer goes along, the other page cannot reach back, and nothing of it is fetched beforehand.
    """
    run(home, "help-list", str(confirmed(home)))
    shown = got(home, f"/help?lang={language}")[1].decode()
    [link] = re.findall(r"<a [^>]*libertyinnorthkorea[^>]*>", shown)

    assert link == '<a href="https://libertyinnorthkorea.org" rel="noreferrer noopener">'
    folded = shown[shown.index("<details>") : shown.index("</details>")]
    assert folded.index(catalogue.texts(language)["nearby_warn"]) < folded.index(link)
    assert shown.count("libertyinnorthkorea") == 2


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"address": "javascript:alert(1)"}, "an address begins with"),
        ({"address": "http://example.org"}, "an address begins with"),
        ({"address": "https://example.org/?from=here"}, "an address begins with"),
        ({"address": 'https://example.org/"x'}, "an address begins with"),
        ({"does": {"ko": "돕는 곳"}}, "what it does is said in"),
        ({"does": "helps"}, "what it does is said in"),
        ({"name": ""}, "a name has"),
        ({"confirmed": True}, "confirmed is null"),
        ({"confirmed": "soon"}, "confirmed is null"),
        ({"more": 1}, "it has name, address, does and confirmed, and nothing else"),
    ],
)
def test_a_list_with_one_flaw_changes_nothing(home: Path, changes: dict[str, object], why: str) -> None:
    """
    The message names the organisation and what is wrong; what was shown before is shown still.
    """
    run(home, "help-list", str(confirmed(home)))
    before = got(home, "/help")
    told = run(home, "help-list", str(confirmed(home, **changes)))

    assert refused(told, f"organisation 1: {why}")
    assert got(home, "/help") == before


@pytest.mark.parametrize("text", ["", "[]", "{", '{"organisations": 1}', "[" * 100_000, "\xff"])
def test_what_is_no_list_is_refused(home: Path, text: str) -> None:
    """
    A clear error, and no list is kept.
    """
    (home / "mine.json").write_bytes(text.encode("latin-1"))
    told = run(home, "help-list", str(home / "mine.json"))

    assert told.exit_code == 1
    assert not (home / nearby.FILE).exists()

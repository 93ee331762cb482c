"""The reading room shows what an archive signed, finds in it, and shows nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from archive.release import ReleaseError, VerifiedRelease
from archive.search import folder
from archive.search.document import Document
from crypto import mandate as mandates
from crypto.keys import SigningKey
from server.research import finding, shelf, withdrawn
from server.research.commands import research
from server.research.config import ResearchConfig
from server.research.site import create_app
from tests.people import ORIGIN, TODAY
from tests.server.research import rooms
from tests.server.research.rooms import OFFICE

ROOT = OFFICE.root
SCRIPT = "<script>alert(1)</script>"
TOLD = [
    (
        "aaaaaaaaaa",
        "kor",
        "2026-Q4",
        "life_history",
        ["[이름]이는 혜산에서 강을 건넜다.", "강제 북송을 당했다."],
    ),
    ("bbbbbbbbbb", "zho", "2026-Q3", "life_history", ["我從惠山逃到長白。"]),
    ("cccccccccc", "eng", "2026-Q3", "import", [f"I was hiding in a barn. {SCRIPT}"]),
]


def write(folder: Path, number: int = 1, told: list[tuple[str, str, str, str, list[str]]] = TOLD) -> Path:
    """A signed release in a folder of its own."""
    rows = [rooms.told(i, *texts, lang=lang, quarter=q, kind=kind) for i, lang, q, kind, texts in told]
    return rooms.write(folder, number, *rows)


@pytest.fixture
def browser(config: ResearchConfig, tmp_path: Path) -> FlaskClient:
    shelf.publish(config, write(tmp_path / "stick"), TODAY)
    return create_app(config).test_client()


@pytest.mark.parametrize(
    ("words", "found", "marked"),
    [
        ("도망", "", ""),
        ("강제북송", "aaaaaaaaaa", "강제 북송"),
        ("长白", "bbbbbbbbbb", "長白"),
        ("hide", "cccccccccc", "hiding"),
    ],
)  # fmt: skip
def test_words_of_three_languages_find_and_mark(
    browser: FlaskClient, words: str, found: str, marked: str
) -> None:
    """
    A Korean, a Chinese and an English query find their testimony, with the hit marked.
    """
    page = browser.get("/", query_string={"q": words}).text

    assert page.count("<article") == bool(found)
    assert found in page
    assert not marked or f"<mark>{marked}</mark>" in page


def test_a_testimony_is_shown_whole_with_its_citation(browser: FlaskClient) -> None:
    """
    Every part has its name to cite, and the words that were looked for are marked.
    """
    page = browser.get("/testimony/aaaaaaaaaa?q=혜산").text

    assert "archive.example/aaaaaaaaaa@1" in page
    assert 'id="s0002"' in page
    assert "<mark>혜산</mark>에서" in page


def test_what_was_told_is_text_and_never_code(browser: FlaskClient) -> None:
    """
    Mark-up in a testimony, or in what is looked for, is shown as letters.
    """
    for address in ("/testimony/cccccccccc", f"/?q={SCRIPT}", f"/?q=barn&lang={SCRIPT}"):
        assert SCRIPT not in browser.get(address).text


def test_facets_narrow_and_can_be_taken_away(browser: FlaskClient) -> None:
    """
    A facet keeps the words, and a chosen one offers to be taken away.
    """
    page = browser.get("/?quarter=2026-Q3").text

    assert page.count("<article") == 2
    assert "/?quarter=2026-Q3&amp;lang=zho" in page
    assert 'aria-current="true"' in page


@pytest.mark.parametrize(
    "name", ["endpoint", "_method", "_external", "_scheme", "_anchor", "values", "released"]
)
@pytest.mark.parametrize("page", ["/", "/testimony/aaaaaaaaaa", "/testimony/nobody"])
def test_a_link_repeats_only_what_the_room_understands(browser: FlaskClient, page: str, name: str) -> None:
    """
    Any other name in an address is left out: some mean something to whoever makes the links.
    """
    answer = browser.get(page, query_string={name: "elsewhere", "q": "강", "page": "1", "quarter": "2026-Q4"})

    assert answer.status_code in (200, 404)
    assert "elsewhere" not in answer.text
    assert "quarter=2026-Q4" in answer.text


def test_a_testimony_without_words_is_shown(config: ResearchConfig, tmp_path: Path) -> None:
    """
    A release may hold one whose every part was taken out; it can still be cited, as a whole.
    """
    shelf.publish(
        config, write(tmp_path / "stick", told=[("dddddddddd", "kor", "2026-Q4", "import", [])]), TODAY
    )
    answer = create_app(config).test_client().get("/testimony/dddddddddd")

    assert answer.status_code == 200
    assert "archive.example/dddddddddd@1<" in answer.text
    assert "@1#" not in answer.text


@pytest.mark.parametrize(
    "path", ["/", "/?q=강", "/testimony/aaaaaaaaaa", "/testimony/x", "/static/reading.css"]
)
def test_every_answer_carries_the_headers_and_no_cookie(browser: FlaskClient, path: str) -> None:
    """
    Errors and static files included; nothing is stored in the researcher's browser.
    """
    answer = browser.get(path)
    answer.close()

    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers


def test_too_long_a_query_is_told_so(browser: FlaskClient) -> None:
    """
    With the words kept in the box.
    """
    answer = browser.get("/", query_string={"q": "a " * 30})

    assert answer.status_code == 400
    assert 'role="alert"' in answer.text


def test_a_newer_release_takes_the_place_of_the_older(
    browser: FlaskClient, config: ResearchConfig, tmp_path: Path
) -> None:
    """
    The running room shows it at the next page, and what it left out is on no disk any more.
    """
    assert "aaaaaaaaaa" in browser.get("/").text
    shelf.publish(config, write(tmp_path / "second", 2, TOLD[1:]), TODAY)

    assert "aaaaaaaaaa" not in browser.get("/").text
    assert browser.get("/testimony/aaaaaaaaaa").status_code == 410
    kept = b"".join(p.read_bytes() for p in config.home.rglob("*") if p.is_file())
    assert "강제 북송".encode() not in kept


def test_a_publish_that_was_killed_at_its_end_is_finished_by_the_next(
    browser: FlaskClient, config: ResearchConfig, tmp_path: Path
) -> None:
    """
    Also by one that is refused: an older release may hold somebody whom the newer one left out.
    """
    older = (config.home / "1").rename(tmp_path / "kept aside")
    newer = write(tmp_path / "second", 2, TOLD[1:])
    shelf.publish(config, newer, TODAY)
    older.rename(config.home / "1")  # as when it was killed before it took this away
    with pytest.raises(shelf.NotPublished):
        shelf.publish(config, newer, TODAY)

    assert sorted(path.name for path in config.home.iterdir() if path.is_dir()) == ["2"]
    assert browser.get("/").status_code == 200


def test_an_older_or_false_release_changes_nothing(
    browser: FlaskClient, config: ResearchConfig, tmp_path: Path
) -> None:
    """
    Rollback, a changed line, an empty folder: refused, and the room stays as it was.
    """
    with pytest.raises(shelf.NotPublished):
        shelf.publish(config, write(tmp_path / "again", 1), TODAY)
    changed = write(tmp_path / "changed", 2)
    (changed / "release.jsonl").write_bytes(
        (changed / "release.jsonl").read_bytes().replace(b"barn", b"farm")
    )
    with pytest.raises(ReleaseError):
        shelf.publish(config, changed, TODAY)
    (tmp_path / "empty").mkdir()
    with pytest.raises(shelf.NotPublished):
        shelf.publish(config, tmp_path / "empty", TODAY)

    assert shelf.current(config) == 1
    assert not (config.home / "coming").exists()
    assert "aaaaaaaaaa" in browser.get("/").text


def test_a_release_that_was_changed_on_the_disk_is_not_shown(config: ResearchConfig, tmp_path: Path) -> None:
    """
    Each opening verifies again; what no longer fits its signature is not believed because it lies here.
    """
    shelf.publish(config, write(tmp_path / "stick"), TODAY)
    body = config.home / "1" / "release.jsonl"
    body.write_bytes(body.read_bytes().replace(b"barn", b"farm"))
    answer = create_app(config).test_client().get("/")

    assert answer.status_code == 503
    assert "barn" not in answer.text


def test_a_damaged_release_is_replaced_by_itself(config: ResearchConfig, tmp_path: Path) -> None:
    """
    The same release carried once more mends what the disk has spoilt; a whole one stays as it is.
    """
    stick = write(tmp_path / "stick")
    shelf.publish(config, stick, TODAY)
    body = config.home / "1" / "release.jsonl"
    whole = body.read_bytes()
    with pytest.raises(shelf.NotPublished):
        shelf.publish(config, stick, TODAY)
    body.write_bytes(whole[:-9])

    assert shelf.publish(config, stick, TODAY) == 1
    assert body.read_bytes() == whole


def test_a_slip_in_the_key_is_not_remembered(tmp_path: Path) -> None:
    """
    What verified nothing does not lock the room to another archive.
    """
    stick, home = str(write(tmp_path / "stick")), str(tmp_path / "room")
    for key, code in ((SigningKey.generate(), 1), (ROOT, 0)):
        named = ["--root", key.public.to_text(), "--origin", ORIGIN]
        ran = CliRunner().invoke(research, ["publish", "--home", home, stick, *named])
        assert ran.exit_code == code, ran.output


def test_a_link_is_no_release(config: ResearchConfig, tmp_path: Path) -> None:
    """
    A stick that points elsewhere is refused: nothing of this machine is read by mistake.
    """
    stick = write(tmp_path / "stick")
    (stick / "release.jsonl").rename(tmp_path / "elsewhere")
    (stick / "release.jsonl").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(shelf.NotPublished):
        shelf.publish(config, stick, TODAY)


def test_the_publish_command_says_what_it_did(tmp_path: Path) -> None:
    """
    Exit code 0 with one line, or 1 with the fact and a hint.
    """
    stick, home = str(write(tmp_path / "stick")), str(tmp_path / "room")
    run = CliRunner().invoke
    assert run(research, ["publish", "--home", home, stick]).exit_code == 1
    named = ["--root", ROOT.public.to_text(), "--origin", ORIGIN]
    first = run(research, ["publish", "--home", home, stick, *named])
    assert (first.exit_code, first.output) == (0, "release 1 is verified and shown\n")
    again = run(research, ["publish", "--home", home, stick])
    assert again.exit_code == 1
    assert "not newer" in again.output
    other = ["--root", SigningKey.generate().public.to_text(), "--origin", ORIGIN]
    assert run(research, ["publish", "--home", home, stick, *other]).exit_code == 1


def test_the_room_follows_a_root_that_the_old_one_named(config: ResearchConfig, tmp_path: Path) -> None:
    """
    The release by the new root brings the note that both signed; without it nothing is believed or changed.
    """
    shelf.publish(config, write(tmp_path / "one"), TODAY)
    new = SigningKey.generate()
    stick = write(tmp_path / "two", number=2)
    (stick / "mandate.note").write_bytes(OFFICE.mandate(root=new, serial=2))
    with pytest.raises(ReleaseError):
        shelf.publish(config, stick, TODAY)
    assert shelf.current(ResearchConfig.read(config.home)) == 1
    (stick / "root-rotation.note").write_bytes(mandates.issue_rotation(ORIGIN, TODAY, ROOT, new))
    shelf.publish(config, stick, TODAY)

    followed = ResearchConfig.read(config.home)
    assert followed.root == new.public
    assert shelf.Shelf(followed).reading().number == 2


def test_an_older_mandate_is_not_believed_again(config: ResearchConfig, tmp_path: Path) -> None:
    """
    A desk or an archivist that the root let go of cannot come back with the paper from before.
    """
    stick = write(tmp_path / "two", number=2)
    (stick / "mandate.note").write_bytes(OFFICE.mandate(serial=7))
    shelf.publish(config, stick, TODAY)
    with pytest.raises(shelf.NotPublished, match="older"):
        shelf.publish(config, write(tmp_path / "three", number=3), TODAY)


def test_the_index_is_made_before_a_release_is_shown(
    config: ResearchConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    No reader waits for it; where it is damaged, or of another release, another is made.
    """

    def found(words: str) -> list[str]:
        shown = shelf.Shelf(config).reading()
        return finding.named(shown, finding.found(shown, finding.Asked(words)))

    shelf.publish(config, write(tmp_path / "stick"), TODAY)
    index = config.home / "1" / "index"
    with monkeypatch.context() as none_is_made:
        none_is_made.delattr("server.research.indexed.Index")
        assert found("혜산") == ["aaaaaaaaaa", "bbbbbbbbbb"]
    others = [Document(id, "kor", "2026-Q4", "event", (("s0001", "바다"),)) for id, *_ in TOLD]
    folder.build(others, index, lambda done: None)
    assert found("바다") == []
    for path in index.iterdir():
        path.write_bytes(path.read_bytes()[:-1])
    assert found("혜산") == ["aaaaaaaaaa", "bbbbbbbbbb"]


def test_a_release_that_comes_while_another_is_opened_is_no_error(
    config: ResearchConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    The files of the one before go away under whoever opens it; the newer one is shown instead.
    """
    shelf.publish(config, write(tmp_path / "one"), TODAY)
    real, sticks = withdrawn.opened, [write(tmp_path / "two", 2)]

    def opened(config: ResearchConfig, number: int, now: withdrawn.Withdrawn) -> VerifiedRelease:
        while sticks:
            shelf.publish(config, sticks.pop(), TODAY)
        return real(config, number, now)

    monkeypatch.setattr(withdrawn, "opened", opened)
    assert shelf.Shelf(config).reading().number == 2
    shutil.rmtree(config.home / "2")
    with pytest.raises(shelf.NotPublished):
        shelf.Shelf(config).reading()

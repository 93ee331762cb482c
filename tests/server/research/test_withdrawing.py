"""What was taken back is not shown in the reading room, whatever comes, in whatever order, or breaks off."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive import care, notices, releasing, review
from archive.keeping.shredding import shred_testimony
from archive.keeping.withdrawing import destroy
from archive.notices import NothingToTell
from archive.release import ReleaseError
from archive.search import folder
from crypto.keys import SigningKey
from crypto.notes import sign_note
from crypto.receipt import Receipt
from server.research import shelf, withdrawn
from server.research.commands import research
from server.research.config import ResearchConfig
from server.research.site import create_app
from tests.archive.test_standing import KEEP, changes, withdraws
from tests.people import ORIGIN, RESEARCH, TODAY, Archive

SAID = "노란 집에 살던 혜숙이"
KEPT = "강가에서 기다렸다"


@pytest.fixture
def config(archive: Archive, tmp_path: Path) -> ResearchConfig:
    config = ResearchConfig(tmp_path / "room", ORIGIN, archive.root)
    config.write()
    return config


def decided(archive: Archive, text: str, receipt: Receipt, grants: object = RESEARCH) -> str:
    told = archive.told(text, receipt=receipt, grants=grants)
    review.propose(archive.vault, archive.minji, told, [])
    archive.approve(told)
    return told


def released(archive: Archive, folder: Path) -> Path:
    archive.show_what_is_left()
    releasing.draft(archive.vault, archive.minji)
    releasing.write(archive.vault, archive.sign_release().number, folder, TODAY)
    return folder


def notice(archive: Archive, folder: Path) -> Path:
    notices.write(archive.vault, folder, TODAY)
    return folder


def texts(config: ResearchConfig) -> set[str]:
    told = shelf.Shelf(config).reading().testimonies.values()
    return {segment.text for each in told for segment in each.segments}


def on_disk(config: ResearchConfig, word: str) -> bool:
    return any(word.encode() in p.read_bytes() for p in config.home.rglob("*") if p.is_file())


@pytest.fixture
def two(archive: Archive, config: ResearchConfig, tmp_path: Path) -> tuple[Receipt, Path]:
    """Two women's words are shown; the receipt of one who will take hers back, and the release's stick."""
    hers = Receipt.generate()
    decided(archive, SAID, hers)
    decided(archive, KEPT, Receipt.generate())
    stick = released(archive, tmp_path / "one")
    shelf.publish(config, stick, TODAY)
    return hers, stick


@pytest.mark.parametrize("destroyed", [False, True])
def test_a_notice_removes_record_and_index_without_a_new_release(
    archive: Archive, config: ResearchConfig, two: tuple[Receipt, Path], tmp_path: Path, destroyed: bool
) -> None:
    """
    In the running room and on its disk, before or after the archive destroyed it; the others stay, verified.
    """
    hers, _ = two
    browser = create_app(config).test_client()
    assert "<article" in browser.get("/", query_string={"q": "혜숙이"}).text
    assert on_disk(config, SAID)
    archive.take(withdraws(archive, hers, 1))
    if destroyed:
        destroy(archive.vault, archive.minji, TODAY)
    shelf.withdraw(config, notice(archive, tmp_path / "notice"), TODAY)

    assert "<article" not in browser.get("/", query_string={"q": "혜숙이"}).text
    assert KEPT in browser.get("/", query_string={"q": "강가"}).text.replace("<mark>", "").replace(
        "</mark>", ""
    )
    assert texts(config) == {KEPT}
    assert not on_disk(config, SAID)
    [index] = (config.home / "1").glob("index*")
    assert folder.opened(index).ids == list(shelf.Shelf(config).reading().testimonies)


def test_the_others_stay_where_the_release_says_how_hard_a_part_is(
    archive: Archive, config: ResearchConfig, tmp_path: Path
) -> None:
    """
    What remains is reckoned over the lines as they went out, severity and codes included: nothing else goes.
    """
    hers = Receipt.generate()
    decided(archive, SAID, hers)
    stays = decided(archive, KEPT, Receipt.generate())
    care.judge(archive.vault, archive.minji, archive.vault.testimony(stays), "s0001", 3, "기다림")
    shelf.publish(config, released(archive, tmp_path / "one"), TODAY)
    archive.take(withdraws(archive, hers, 1))
    shelf.withdraw(config, notice(archive, tmp_path / "notice"), TODAY)

    assert texts(config) == {KEPT}


def test_old_releases_that_hold_it_are_refused_from_then_on(
    archive: Archive, config: ResearchConfig, two: tuple[Receipt, Path], tmp_path: Path
) -> None:
    """
    The one that is shown, in a new room too that saw the notice only; the next one is taken.
    """
    hers, stick = two
    archive.take(withdraws(archive, hers, 1))
    told = notice(archive, tmp_path / "notice")
    shelf.withdraw(config, told, TODAY)
    other = ResearchConfig(tmp_path / "other", ORIGIN, archive.root)
    other.write()
    shelf.withdraw(other, told, TODAY)
    for room in (config, other):
        with pytest.raises(shelf.NotPublished, match="taken back"):
            shelf.publish(room, stick, TODAY)
        assert not on_disk(room, SAID)
    assert texts(config) == {KEPT}
    second = released(archive, tmp_path / "two")
    for room in (config, other):
        shelf.publish(room, second, TODAY)
        assert texts(room) == {KEPT}


def test_the_next_release_brings_the_notice_along(
    archive: Archive, two: tuple[Receipt, Path], tmp_path: Path
) -> None:
    """
    A room that only ever gets releases knows as well what may not come back.
    """
    hers, stick = two
    archive.take(withdraws(archive, hers, 1))
    other = ResearchConfig(tmp_path / "other", ORIGIN, archive.root)
    other.write()
    shelf.publish(other, released(archive, tmp_path / "two"), TODAY)
    shutil.rmtree(other.home / "2")
    (other.home / "current").unlink()
    with pytest.raises(shelf.NotPublished, match="taken back"):
        shelf.publish(other, stick, TODAY)


def test_what_she_only_closed_may_come_again_in_a_later_release(
    archive: Archive, config: ResearchConfig, two: tuple[Receipt, Path], tmp_path: Path
) -> None:
    """
    R5: a narrower consent takes it out of the release that is shown; a wider one lets it into the next.
    """
    hers, stick = two
    archive.take(changes(archive, hers, 1, KEEP))
    shelf.withdraw(config, notice(archive, tmp_path / "notice"), TODAY)
    assert texts(config) == {KEPT}
    archive.take(changes(archive, hers, 2, RESEARCH))
    with pytest.raises(shelf.NotPublished):
        shelf.publish(config, stick, TODAY)
    shelf.publish(config, released(archive, tmp_path / "two"), TODAY)
    assert texts(config) == {SAID, KEPT}
    archive.take(withdraws(archive, hers, 3))
    shelf.withdraw(config, notice(archive, tmp_path / "again"), TODAY)

    assert texts(config) == {KEPT}
    assert not on_disk(config, SAID)


def test_one_notice_after_another(archive: Archive, config: ResearchConfig, tmp_path: Path) -> None:
    """
    Each takes more out of the same release, and the older one is refused; the last leaves nothing to read.
    """
    receipts = [Receipt.generate() for _ in range(3)]
    for number, receipt in enumerate(receipts):
        decided(archive, f"{number}째 사람의 말", receipt)
    shelf.publish(config, released(archive, tmp_path / "one"), TODAY)
    for number, receipt in enumerate(receipts):
        archive.take(withdraws(archive, receipt, 1))
        destroy(archive.vault, archive.minji, TODAY)
        told = notice(archive, tmp_path / f"notice {number}")
        for _ in range(2):
            shelf.withdraw(config, told, TODAY)
        assert texts(config) == {f"{n}째 사람의 말" for n in range(number + 1, 3)}
        assert not on_disk(config, f"{number}째 사람의 말")
    with pytest.raises(withdrawn.NoticeRefused):
        shelf.withdraw(config, tmp_path / "notice 0", TODAY)


def test_that_she_was_here_is_known_only_where_she_allowed_it(
    archive: Archive, config: ResearchConfig, tmp_path: Path
) -> None:
    """
    R11: without `list_existence` the room tells nothing of it; what was never released is not on the notice.
    """
    silent, named, never = (Receipt.generate() for _ in range(3))
    decided(archive, "하나", silent)
    told = decided(archive, "둘", named, grants=(*RESEARCH, ("list_existence", "vetted_researchers")))
    shelf.publish(config, released(archive, tmp_path / "one"), TODAY)
    decided(archive, "셋", never)
    letters = archive.vault.json("released-id", told)
    archive.take(*(withdraws(archive, each, 1) for each in (silent, named, never)))
    destroy(archive.vault, archive.minji, TODAY)
    shelf.withdraw(config, notice(archive, tmp_path / "notice"), TODAY)

    assert shelf.Shelf(config).reading().named == {letters: TODAY}
    assert len(withdrawn.read(config).gone) == 2
    browser = create_app(config).test_client()
    told_so = browser.get(f"/testimony/{letters}", headers={"Accept-Language": "en"})
    hushed = next(id for id in withdrawn.read(config).gone if id != letters)
    assert (told_so.status_code, f"On {TODAY} the one who told it took it back" in told_so.text) == (
        410,
        True,
    )
    assert browser.get(f"/testimony/{hushed}").status_code == 404


def test_what_two_people_destroyed_leaves_the_reading_room_too(
    archive: Archive, config: ResearchConfig, tmp_path: Path
) -> None:
    """
    Whoever decided it: what is destroyed and was released is on every notice from then on.
    """
    told = decided(archive, SAID, Receipt.generate())
    shelf.publish(config, released(archive, tmp_path / "one"), TODAY)
    with pytest.raises(NothingToTell):
        notices.sign(archive.vault, TODAY)
    shred_testimony(archive.vault, told, archive.minji, archive.sora, TODAY)
    shelf.withdraw(config, notice(archive, tmp_path / "notice"), TODAY)

    assert texts(config) == set()


def _changed(folder: Path) -> None:
    note = folder / "withdrawal.note"
    note.write_bytes(note.read_bytes().replace(b"silent ", b"named "))


def _another_desk(folder: Path) -> None:
    text = (folder / "withdrawal.note").read_text("utf-8").partition("\n\n")[0] + "\n"
    (folder / "withdrawal.note").write_bytes(sign_note(text, f"{ORIGIN}/desk", SigningKey.generate()))


@pytest.mark.parametrize(
    "flaw",
    [_changed, _another_desk, lambda folder: (folder / "mandate.note").unlink()],
    ids=["changed", "another desk", "no mandate"],
)
def test_a_notice_that_the_desk_did_not_sign_changes_nothing(
    archive: Archive,
    config: ResearchConfig,
    two: tuple[Receipt, Path],
    tmp_path: Path,
    flaw: Callable[[Path], None],
) -> None:
    """
    A changed line, another key, no mandate: refused, and the room stays as it was.
    """
    archive.take(withdraws(archive, two[0], 1))
    told = notice(archive, tmp_path / "notice")
    flaw(told)
    before = {p: p.read_bytes() for p in config.home.rglob("*") if p.is_file()}
    with pytest.raises(ReleaseError):
        shelf.withdraw(config, told, TODAY)

    assert {p: p.read_bytes() for p in config.home.rglob("*") if p.is_file()} == before


def test_a_rest_that_was_changed_on_the_disk_is_not_shown(
    archive: Archive, config: ResearchConfig, two: tuple[Receipt, Path], tmp_path: Path
) -> None:
    """
    What remains is verified each time by the notice, as a whole release is by its own note.
    """
    archive.take(withdraws(archive, two[0], 1))
    shelf.withdraw(config, notice(archive, tmp_path / "notice"), TODAY)
    [rest] = (config.home / "1").glob("rest-*")
    rest.write_bytes(rest.read_bytes().replace("강가".encode(), "산에".encode()))

    with pytest.raises(shelf.NotPublished):
        shelf.Shelf(config).reading()


def test_a_room_that_shows_an_older_release_drops_it_there_too(
    archive: Archive, config: ResearchConfig, two: tuple[Receipt, Path], tmp_path: Path
) -> None:
    """
    The stick with the newest is still on its way: the notice vouches for the rest of each release there was.
    """
    archive.show_what_is_left()
    releasing.draft(archive.vault, archive.minji)
    archive.sign_release()
    archive.take(withdraws(archive, two[0], 1))
    destroy(archive.vault, archive.minji, TODAY)
    shelf.withdraw(config, notice(archive, tmp_path / "notice"), TODAY)

    assert (shelf.current(config), texts(config)) == (1, {KEPT})


def test_a_room_that_shows_nothing_yet_takes_no_notice(tmp_path: Path) -> None:
    """
    It knows no root that could have signed it.
    """
    (tmp_path / "stick").mkdir()
    ran = CliRunner().invoke(
        research, ["withdraw", "--home", str(tmp_path / "room"), str(tmp_path / "stick")]
    )

    assert ran.exit_code == 1
    assert "publish a release first" in ran.output

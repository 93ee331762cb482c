"""The reading room's operations: a release is published, a notice takes words back, the index moves."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from click.testing import CliRunner, Result

from archive import notices, releasing, review
from archive.search.folder import opened
from crypto.receipt import Receipt
from server.research import shelf
from server.research.commands import research
from server.research.config import ResearchConfig
from server.research.engine import Choice
from tests.archive.test_standing import withdraws
from tests.faults.operations import Case
from tests.faults.points import Run
from tests.people import ORIGIN, TODAY, open_archive
from tests.server.research import rooms

SAID: Final = "노란 집에 살던 혜숙이"
KEPT: Final = "강가에서 기다렸다"
ROOT: Final = rooms.OFFICE.root.public


def publish(_: Path, folder: Path) -> Case:
    """A second release, which leaves somebody out and brings somebody else."""
    first = rooms.write(folder / "one", 1, rooms.told("aaaaaaaaaa", SAID), rooms.told("bbbbbbbbbb", KEPT))
    rooms.write(folder / "two", 2, rooms.told("bbbbbbbbbb", KEPT), rooms.told("cccccccccc", "혜산을 떠났다."))
    ResearchConfig(folder / "room", ORIGIN, ROOT).write()
    assert (made := _run(folder, "publish", first)).exit_code == 0, made.output
    old, new = {SAID, KEPT}, {KEPT, "혜산을 떠났다."}

    def check(copy: Path, done: Run) -> None:
        shown = _shown(copy)
        assert shown == new or (shown == old and "is verified" not in done.said)
        again = _run(copy, "publish", copy / "two")
        # Published already, it is refused as not newer, and what was left half done is finished all the same.
        assert again.exit_code == 0 or (shown == new and "not newer" in again.output), again.output
        _require_only(copy, "2", new, SAID)

    return Case(lambda copy: _research(copy, "publish", copy / "two"), check)


def withdraw(founded: Path, folder: Path) -> Case:
    """A notice takes back the words of one of two women."""
    archive = open_archive(founded, folder)
    hers = Receipt.generate()
    for text, receipt in ((SAID, hers), (KEPT, Receipt.generate())):
        told = archive.told(text, receipt=receipt)
        review.propose(archive.vault, archive.minji, told, [])
        archive.approve(told)
    archive.show_what_is_left()
    releasing.draft(archive.vault, archive.minji)
    releasing.write(archive.vault, archive.sign_release().number, folder / "one", TODAY)
    archive.take(withdraws(archive, hers, 1))
    notices.write(archive.vault, folder / "notice", TODAY)
    ResearchConfig(folder / "room", ORIGIN, archive.root).write()
    archive.vault.close()
    assert _run(folder, "publish", folder / "one").exit_code == 0

    def check(copy: Path, done: Run) -> None:
        shown = _shown(copy)
        assert shown == {KEPT} or (shown == {SAID, KEPT} and "is verified" not in done.said)
        again = _run(copy, "withdraw", copy / "notice")
        assert again.exit_code == 0, again.output
        _require_only(copy, "1", {KEPT}, SAID)

    return Case(lambda copy: _research(copy, "withdraw", copy / "notice"), check)


def reindex(_: Path, folder: Path) -> Case:
    """The index of the release that is shown moves from our own engine to SQLite's."""
    first = rooms.write(folder / "one", 1, rooms.told("aaaaaaaaaa", SAID), rooms.told("bbbbbbbbbb", KEPT))
    ResearchConfig(folder / "room", ORIGIN, ROOT).write()
    assert (made := _run(folder, "publish", first)).exit_code == 0, made.output

    def check(copy: Path, _: Run) -> None:
        assert _shown(copy) == {SAID, KEPT}
        again = _run(copy, "reindex", "--engine", "fts5")
        assert again.exit_code == 0, again.output
        assert Choice.read(copy / "room").name == "fts5"
        _require_only(copy, "1", {SAID, KEPT})

    return Case(lambda copy: _research(copy, "reindex", "--engine", "fts5"), check)


def _config(copy: Path) -> ResearchConfig:
    return ResearchConfig.read(copy / "room")


def _shown(copy: Path) -> set[str]:
    """Every text that the room shows, each of which its search finds."""
    reading = shelf.Shelf(_config(copy)).reading()
    texts = {part.text: told.id for told in reading.testimonies.values() for part in told.segments}
    for text, told in texts.items():
        assert [hit.document.id for hit in reading.index.search(f'"{text}"').hits] == [told]
    reading.index.close()
    return set(texts)


def _require_only(copy: Path, number: str, texts: set[str], gone: str = "") -> None:
    """The room shows these texts, of one release; its index lies there whole, and what is *gone* nowhere."""
    home = copy / "room"
    assert _shown(copy) == texts
    assert [path.name for path in home.iterdir() if path.name.isdecimal()] == [number]
    [index] = (home / number).glob("index*")
    found = opened(index)
    assert found.count == len(texts)
    found.close()
    files = [path for path in home.rglob("*") if path.is_file()]
    assert not gone or not any(gone.encode() in path.read_bytes() for path in files)
    assert not list(home.glob(".*")) + list((home / number).glob(".*"))


def _research(copy: Path, command: str, *words: str | Path) -> None:
    research([command, "--home", str(copy / "room"), *map(str, words)])


def _run(copy: Path, command: str, *words: str | Path) -> Result:
    return CliRunner().invoke(research, [command, "--home", str(copy / "room"), *map(str, words)])

"""Long work is seen at the desk while it is going on, from whichever process, and holds nobody up."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive import releasing, review
from archive.commands.group import archive as archive_command
from archive.vault import Vault
from archive.working import KIND, Work, under_way, working
from tests.people import PASSPHRASE, Archive

Elsewhere = tuple[SpawnProcess, Connection]


def _work_elsewhere(home: Path, ends: Connection) -> None:
    with Vault.open(home, PASSPHRASE) as vault, working(vault, "accession", each=0) as tell:
        tell(3, 7)
        ends.send("working")
        ends.recv()
    ends.send("over")


@pytest.fixture
def elsewhere(archive: Archive) -> Iterator[Elsewhere]:
    """Another process, which takes something in, and the way to it."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=_work_elsewhere, args=(archive.vault.home, there)
    )
    process.start()
    assert here.poll(60)
    assert here.recv() == "working"
    yield process, here
    process.kill()
    process.join()


def far(works: list[Work]) -> list[tuple[str, int, int]]:
    return [(each.what, each.done, each.all) for each in works]


def test_work_of_another_process_is_seen_until_it_ends(archive: Archive, elsewhere: Elsewhere) -> None:
    """
    How far it is, and nothing of what it is about; the list answers meanwhile and says so.
    """
    _, way = elsewhere
    seen = under_way(archive.vault)
    listed = CliRunner().invoke(
        archive_command, ["list", "--home", str(archive.vault.home)], env={"ONGGI_PASSPHRASE": PASSPHRASE}
    )
    way.send("end")
    assert way.recv() == "over"

    assert far(seen) == [("accession", 3, 7)]
    assert listed.exit_code == 0
    assert "UNDER WAY  accession" in listed.output
    assert "3 of 7" in listed.output
    assert archive.vault.names(KIND) == []


def test_work_whose_process_was_killed_is_over(archive: Archive, elsewhere: Elsewhere) -> None:
    """
    It is not shown any more, though its record is left; the next work takes that away.
    """
    process, _ = elsewhere
    process.kill()
    process.join()
    left = archive.vault.names(KIND)
    seen = under_way(archive.vault)
    with working(archive.vault, "copy"):
        names = archive.vault.names(KIND)

    assert len(left) == 1
    assert seen == []
    assert len(names) == 1
    assert names != left
    assert archive.vault.names(KIND) == []


def test_what_fails_is_not_under_way_any_more(archive: Archive) -> None:
    """
    And what it raised is what its caller sees; nothing of it is in the journal.
    """
    before = archive.vault.journal.head()
    with pytest.raises(ValueError, match="ours"), working(archive.vault, "copy"):
        raise ValueError("ours")

    assert archive.vault.names(KIND) == []
    assert archive.vault.journal.head() == before


def test_a_draft_is_looked_through_while_others_go_on(archive: Archive) -> None:
    """
    No transaction is open meanwhile; what somebody changes is seen, and the draft is of what is there after.
    """
    vault = archive.vault
    first, second = archive.told(), archive.told("나는 강을 건넜다.")
    for told in (first, second):
        review.propose(vault, archive.minji, told)
        archive.approve(told)
    seen: list[list[Work]] = []

    def meanwhile(done: int, all: int) -> None:
        with Vault.open(vault.home, PASSPHRASE) as other:
            seen.append(under_way(other))
            if done == all:
                review.withdraw_proposal(other, archive.sora, first)

    with working(vault, "release", meanwhile, each=0) as tell:
        drafted = releasing.draft(vault, archive.minji, tell)

    assert [far(each) for each in seen] == [[("release", 1, 2)], [("release", 2, 2)]]
    assert drafted.ids == (second,)
    assert archive.sign_release().ids == (second,)

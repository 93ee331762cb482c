"""What comes is opened before it is shown: nobody waits, and nobody sees what was before afterwards."""

from __future__ import annotations

import fcntl
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from archive.release import ReleaseError, VerifiedRelease
from crypto import mandate as mandates
from crypto.keys import SigningKey
from server.research import ahead, kept, shelf, withdrawn
from server.research.config import ResearchConfig
from tests.people import ORIGIN, TODAY
from tests.server.research.rooms import OFFICE, told, write, write_notice

FIRST = told("kora", "강을 건넜다."), told("korb", "산을 넘었다.")
Command = Callable[[ResearchConfig, Path, date], int]
HOLDS = """
import sys, threading
from pathlib import Path
from server.research import ahead
def opened(number):
    print("opens", flush=True)
    threading.Event().wait()
ahead.open_each(Path(sys.argv[1]), lambda: print("looks", flush=True), opened)
"""


@contextmanager
def opening_ahead(config: ResearchConfig) -> Iterator[shelf.Shelf]:
    """A worker's shelf that opens what comes, until the block ends and its home is gone."""
    room = shelf.Shelf(config)
    room.reading()
    watching = threading.Thread(target=room.open_ahead, name="worker")
    watching.start()
    try:
        while not ahead.served(config.home):
            time.sleep(0.01)
        yield room
    finally:
        shutil.rmtree(config.home)
        watching.join()


@contextmanager
def publishing(
    config: ResearchConfig, stick: Path, command: Command = shelf.publish
) -> Iterator[threading.Thread]:
    """`publish` or another command in a thread of its own, that has ended when the block has."""
    thread = threading.Thread(target=command, args=(config, stick, TODAY))
    thread.start()
    try:
        yield thread
    finally:
        thread.join()


@pytest.fixture
def shown(config: ResearchConfig, tmp_path: Path) -> ResearchConfig:
    """A room that shows a first release."""
    shelf.publish(config, write(tmp_path / "one", 1, *FIRST), TODAY)
    return config


def test_the_one_before_answers_while_the_next_is_opened(
    shown: ResearchConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    It is opened once, and shown only when it stands open; then at once, in the same worker.
    """
    real, begun, go_on, opened = withdrawn.opened, threading.Event(), threading.Event(), list[int]()

    def slow(config: ResearchConfig, number: int, now: withdrawn.Withdrawn) -> VerifiedRelease:
        if number == 2:
            opened.append(number)
            begun.set()
            go_on.wait()
        return real(config, number, now)

    with opening_ahead(shown) as room:
        monkeypatch.setattr(withdrawn, "opened", slow)
        with publishing(shown, write(tmp_path / "two", 2, FIRST[0])) as publish:
            begun.wait()
            while_it_opens = room.reading().number, shelf.current(shown), publish.is_alive()
            go_on.set()
        then = room.reading()

        assert while_it_opens == (1, 1, True)
        assert (then.number, list(then.testimonies)) == (2, ["kora"])
        assert opened == [2]


def test_what_a_notice_leaves_is_opened_before_it_is_kept(
    shown: ResearchConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Readers go on with what was there, then see nothing of what is taken back, and never wait.
    """
    real, begun, go_on, opened = withdrawn.opened, threading.Event(), threading.Event(), list[str]()

    def slow(config: ResearchConfig, number: int, now: withdrawn.Withdrawn) -> VerifiedRelease:
        if now.gone and threading.current_thread().name == "worker":
            opened.append(withdrawn.body_of(config, number, now)[0])
            begun.set()
            go_on.wait()
        return real(config, number, now)

    notice = write_notice(tmp_path / "notice", tmp_path / "one", "kora")
    with opening_ahead(shown) as room:
        monkeypatch.setattr(withdrawn, "opened", slow)
        with publishing(shown, notice, shelf.withdraw) as withdraw:
            begun.wait()
            while_it_opens = len(room.reading().testimonies), withdrawn.serial(shown), withdraw.is_alive()
            go_on.set()
        then = room.reading()

        assert while_it_opens == (2, 0, True)
        assert (then.notice, list(then.testimonies), then.index.ids) == (1, ["korb"], ["korb"])
        assert opened == ["rest-1.jsonl"]
        assert not [path for path in shown.home.rglob("*") if path.name.startswith("coming")]


def test_a_worker_that_hangs_keeps_no_words_that_are_taken_back(
    shown: ResearchConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    A notice waits for it a while, shorter than a release does, and is kept all the same.
    """
    monkeypatch.setattr(ahead, "HASTE", 0.0)
    room = shelf.Shelf(shown)
    assert list(room.reading().testimonies) == ["kora", "korb"]
    with ahead._held(shown.home, fcntl.LOCK_SH):
        shelf.withdraw(shown, write_notice(tmp_path / "notice", tmp_path / "one", "kora"), TODAY)

    assert list(room.reading().testimonies) == ["korb"]
    assert ahead.HASTE < ahead.PATIENCE


def test_a_notice_that_was_killed_while_it_is_opened_changes_nothing(
    shown: ResearchConfig, tmp_path: Path
) -> None:
    """
    What was opened for it is not shown, also when a release comes next; the one that is kept later is.
    """
    room, notice = shelf.Shelf(shown), write_notice(tmp_path / "notice", tmp_path / "one", "kora")
    room.reading()

    def opens_and_is_killed(home: Path) -> bool:
        room._prepare(1)
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as killed:
        killed.setattr(ahead, "served", opens_and_is_killed)
        with pytest.raises(KeyboardInterrupt):
            shelf.withdraw(shown, notice, TODAY)
    between = list(room.reading().testimonies)
    shelf.publish(shown, write(tmp_path / "two", 2, *FIRST), TODAY)
    released = list(room.reading().testimonies)
    shelf.withdraw(shown, write_notice(tmp_path / "again", tmp_path / "two", "kora"), TODAY)

    assert (between, released) == (["kora", "korb"], ["kora", "korb"])
    assert list(room.reading().testimonies) == ["korb"]


def test_who_cannot_open_it_is_not_waited_for(
    shown: ResearchConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    It is shown all the same, and is opened when a reader asks.
    """
    real, failed = withdrawn.opened, list[int]()

    def once_damaged(config: ResearchConfig, number: int, now: withdrawn.Withdrawn) -> VerifiedRelease:
        if number == 2 and not failed:
            failed.append(number)
            raise ReleaseError("damaged")
        return real(config, number, now)

    with opening_ahead(shown) as room:
        monkeypatch.setattr(withdrawn, "opened", once_damaged)
        shelf.publish(shown, write(tmp_path / "two", 2, FIRST[0]), TODAY)

        assert failed == [2]
        assert room.reading().number == 2


def test_a_worker_that_is_killed_holds_nothing_up(shown: ResearchConfig, tmp_path: Path) -> None:
    """
    Publishing waits for one that opens, and goes on when it is no more.
    """
    with subprocess.Popen([sys.executable, "-c", HOLDS, str(shown.home)], stdout=subprocess.PIPE) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"looks\n"
        with publishing(shown, write(tmp_path / "two", 2, FIRST[0])) as publish:
            says = next(line for line in worker.stdout if line != b"looks\n")
            waits = publish.is_alive(), shelf.current(shown)
            worker.send_signal(signal.SIGKILL)

    assert (says, waits) == (b"opens\n", (True, 1))
    assert shelf.current(shown) == 2


def test_workers_open_one_after_another(shown: ResearchConfig, tmp_path: Path) -> None:
    """
    So that the others answer as ever: the second begins when the first has ended.
    """
    hold = [sys.executable, "-c", HOLDS, str(shown.home)]
    workers = [subprocess.Popen(hold, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    says: queue.SimpleQueue[int] = queue.SimpleQueue()

    def listen(number: int) -> None:
        out = workers[number].stdout
        assert out is not None
        for line in out:
            if line == "opens\n":
                says.put(number)

    listening = [threading.Thread(target=listen, args=(number,)) for number in range(2)]
    for each in workers:
        assert each.stdout is not None
        assert each.stdout.readline() == "looks\n"
    for thread in listening:
        thread.start()
    with publishing(shown, write(tmp_path / "two", 2, FIRST[0])):
        first = says.get()
        try:
            early = says.get(timeout=5 * ahead.TICK)
        except queue.Empty:
            early = None
        workers[first].kill()
        second = says.get()
        workers[second].kill()
    for thread in listening:
        thread.join()
    for each in workers:
        each.wait()
        assert each.stdout is not None
        each.stdout.close()

    assert (early, {first, second}) == (None, {0, 1})


def test_who_opens_for_too_long_is_waited_for_no_longer(
    shown: ResearchConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    A release may leave somebody out: it is shown, also when a worker hangs.
    """
    monkeypatch.setattr(ahead, "PATIENCE", 0.0)
    with ahead._held(shown.home, fcntl.LOCK_SH):
        shelf.publish(shown, write(tmp_path / "two", 2, FIRST[0]), TODAY)

    assert shelf.current(shown) == 2


def test_what_was_opened_and_is_not_what_is_shown_is_let_go(shown: ResearchConfig, tmp_path: Path) -> None:
    """
    A publish that was killed told of a release 2; the one that comes is another of the same number.
    """
    room = shelf.Shelf(shown)
    room.reading()

    def opens_and_is_killed(home: Path) -> bool:
        room._prepare(2)
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as killed:
        killed.setattr(ahead, "served", opens_and_is_killed)
        with pytest.raises(KeyboardInterrupt):
            shelf.publish(shown, write(tmp_path / "two", 2, FIRST[0]), TODAY)
    kept.write(shown.home / ahead.NEXT, b"2")
    assert room.reading().number == 1

    shelf.publish(shown, write(tmp_path / "other", 2, FIRST[1]), TODAY)
    assert list(room.reading().testimonies) == ["korb"]
    assert not (shown.home / ahead.NEXT).exists()


def test_a_room_that_is_served_follows_another_root(shown: ResearchConfig, tmp_path: Path) -> None:
    """
    The release that brings it is opened under the new one, without a restart.
    """
    new, stick = SigningKey.generate(), write(tmp_path / "two", 2, FIRST[0])
    (stick / "mandate.note").write_bytes(OFFICE.mandate(root=new, serial=2))
    (stick / "root-rotation.note").write_bytes(mandates.issue_rotation(ORIGIN, TODAY, OFFICE.root, new))
    with opening_ahead(shown) as room:
        shelf.publish(shown, stick, TODAY)

        assert room.reading().number == 2

"""Tellings, changes, withdrawals, releases and notices in any order: nothing leaks, nothing kept is lost."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from archive import notices, releasing, review
from archive.accession import accession
from archive.keeping.withdrawing import destroy
from archive.releasing import ReleaseRefused
from crypto.receipt import Receipt
from server.research import shelf, withdrawn
from server.research.config import ResearchConfig
from tests.archive.test_standing import KEEP
from tests.people import ORIGIN, RESEARCH, TODAY, open_archive, statement

WOMEN = 2


class Orders(RuleBasedStateMachine):
    """Two women, an archive and a reading room. The model knows who allows what, and nothing of how."""

    founded: Path
    sticks = Bundle("sticks")
    notes = Bundle("notes")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(dir=self.founded.parent))
        self.archive = open_archive(self.founded, self.folder)
        self.room = ResearchConfig(self.folder / "room", ORIGIN, self.archive.root)
        self.room.write()
        self.receipts = [Receipt.generate() for _ in range(WOMEN)]
        self.next = [0] * WOMEN
        self.told: dict[str, tuple[int, int]] = {}
        """Every sentence: whose, and under which number."""
        self.back = [-1] * WOMEN
        self.parts: set[tuple[int, int]] = set()
        """Whose tellings were taken back alone, under which number."""
        self.allows: list[list[tuple[int, str, bool]]] = [[] for _ in range(WOMEN)]
        self.number = 0
        self.newest = self.folder / "none"
        self.signed: set[str] = set()
        """What is in the newest release."""
        self.noticed: set[str] = set()
        """What the newest notice that the room believes took back for good."""

    @initialize(target=sticks)
    def begins(self) -> Any:
        """Both have told, and both are shown: without this, most random orders have nothing to lose."""
        for who in range(WOMEN):
            self.tells(who, True)
        stick: Any = self.releases()
        self.publishes(stick)
        return stick

    def teardown(self) -> None:
        self.archive.vault.close()
        shutil.rmtree(self.folder)

    def _says(self, who: int, text: str, kind: str, wide: bool, back: list[list[int]] | None = None) -> None:
        grants = () if kind == "withdrawal" else RESEARCH if wide else KEEP
        receipt, seq = self.receipts[who], self.next[who]
        self.next[who] += 1
        sealed = statement(self.archive, text, receipt=receipt, seq=seq, grants=grants, kind=kind, back=back)
        folder = self.archive.pack([sealed])
        for told in accession(self.archive.vault, folder, today=lambda: TODAY).taken:
            review.propose(self.archive.vault, self.archive.minji, told, [])
            self.archive.approve(told)
        if back is not None:
            self.parts |= {(who, n) for first, last in back for n in range(first, last + 1)}
            return
        if kind == "withdrawal":
            self.back[who] = seq
        self.allows[who].append((seq, kind, wide))

    @rule(who=st.integers(0, WOMEN - 1), wide=st.sampled_from([True, True, False]))
    def tells(self, who: int, wide: bool) -> None:
        text = f"문장 {len(self.told)} 끝."
        self.told[text] = (who, self.next[who])
        self._says(who, text, "life_history", wide)

    @rule(who=st.integers(0, WOMEN - 1), wide=st.booleans())
    def changes(self, who: int, wide: bool) -> None:
        self._says(who, "", "consent", wide)

    @rule(who=st.integers(0, WOMEN - 1))
    def takes_back(self, who: int) -> None:
        self._says(who, "", "withdrawal", False)

    @rule(who=st.integers(0, WOMEN - 1), data=st.data())
    def takes_back_a_part(self, who: int, data: st.DataObject) -> None:
        """Single tellings of hers, or whole runs of numbers, some of which told nothing."""
        numbers = st.integers(0, self.next[who] - 1)
        ends = sorted(data.draw(st.sets(numbers, min_size=2, max_size=2))) if self.next[who] > 1 else [0, 0]
        one = data.draw(numbers)
        self._says(who, "", "withdrawal", False, data.draw(st.sampled_from([[[one, one]], [ends]])))

    def _is_back(self, text: str) -> bool:
        who, seq = self.told[text]
        return self.back[who] >= seq or (who, seq) in self.parts

    def _may(self, text: str) -> bool:
        who, seq = self.told[text]
        later = [wide for n, kind, wide in self.allows[who] if kind == "consent" and n > seq]
        own = next(wide for n, _, wide in self.allows[who] if n == seq)
        return not self._is_back(text) and (later[-1] if later else own) and self.allows[who][-1][2]

    @rule()
    def destroys(self) -> None:
        destroy(self.archive.vault, self.archive.sora, TODAY)

    @rule(target=sticks)
    def releases(self) -> Path:
        may = {text for text in self.told if self._may(text)}
        try:
            releasing.draft(self.archive.vault, self.archive.minji)
        except ReleaseRefused:
            assert not may
            assert not self.number
            return self.newest
        self.number = self.archive.sign_release().number
        self.newest, self.signed = self.folder / f"release {self.number}", may
        releasing.write(self.archive.vault, self.number, self.newest, TODAY)
        return self.newest

    @rule(stick=sticks)
    def publishes(self, stick: Path) -> None:
        """Any stick there ever was; the newest is always taken while all in it stands."""
        before = self._texts()
        try:
            shelf.publish(self.room, stick, TODAY)
        except shelf.NotPublished:
            assert stick != self.newest or not self.number or before <= self.signed
        if stick == self.newest and self.number and all(map(self._may, self.signed)):
            assert self._texts() == self.signed

    @precondition(lambda self: self.number)
    @rule(target=notes)
    def signs_a_notice(self) -> Path:
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        try:
            notices.write(self.archive.vault, folder, TODAY)
        except notices.NothingToTell:
            return self.folder / "none"
        return folder

    @rule(note=notes)
    def obeys(self, note: Path) -> None:
        if note.exists():
            try:
                shelf.withdraw(self.room, note, TODAY)
            except withdrawn.NoticeRefused:
                assert withdrawn.serial(self.room)

    @precondition(lambda self: self.number)
    @rule()
    def carries_a_notice_at_once(self) -> None:
        """What stands is kept, and what does not is gone: of text, index and disk."""
        before = self._texts()
        self.obeys(self.signs_a_notice())
        now = self._texts()

        assert now == {text for text in before if self._may(text)}
        self.noticed |= {text for text in self.told if self._is_back(text)}

    @invariant()
    def nothing_leaks(self) -> None:
        shown, disk = self._texts(), b""
        for path in self.room.home.rglob("*"):
            disk += path.read_bytes() if path.is_file() else b""
        assert not shown & self.noticed
        assert not [text for text in self.noticed if text.encode() in disk]

    def _texts(self) -> set[str]:
        if shelf.current(self.room) is None:
            return set()
        found = withdrawn.opened(self.room, shelf.current(self.room) or 0, withdrawn.read(self.room))
        return {segment.text for told in found.testimonies for segment in told.segments}


@pytest.mark.parametrize("machine", [Orders])
def test_no_order_leaks_a_withdrawn_word_or_loses_a_kept_one(machine: type[Orders], founded: Path) -> None:
    """
    R5, R6, R7: old sticks and old notices included, with destruction before, between or after.
    """
    machine.founded = founded
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=10,
            stateful_step_count=18,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

"""Four eyes on every redaction. The vault here is a fake that keeps records in memory."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

import pytest

from archive import review
from archive.redaction.decision import DecisionRefused, verify
from archive.redaction.spans import Redaction, RedactionError
from crypto.keys import SigningKey

TEXT = "혜숙이는 강을 건넜다.\n그 뒤로 혜숙을 보지 못했다."


@dataclass(frozen=True)
class Person:
    name: str
    key: SigningKey


@dataclass(frozen=True)
class FakeSegment:
    id: str
    text: str


@dataclass(frozen=True)
class FakeTestimony:
    text: str = TEXT
    lang_original: str = "kor"
    segments: tuple[FakeSegment, ...] = tuple(
        FakeSegment(f"s{n:04d}", line) for n, line in enumerate(TEXT.split("\n"), 1)
    )


@dataclass
class VaultInMemory:
    """What the review needs of a vault."""

    held: FakeTestimony = field(default_factory=FakeTestimony)
    records: dict[tuple[str, str], Any] = field(default_factory=dict)

    def testimony(self, testimony_id: str) -> FakeTestimony:
        return self.held

    def json(self, kind: str, name: str) -> Any:
        return copy.deepcopy(self.records[kind, name])

    def put_json(self, kind: str, name: str, value: Any) -> None:
        self.records[kind, name] = copy.deepcopy(value)


MINJI, SORA = Person("minji", SigningKey.generate()), Person("sora", SigningKey.generate())


@pytest.fixture
def vault() -> VaultInMemory:
    vault = VaultInMemory()
    for person in (MINJI, SORA):
        vault.put_json("person", person.name, {"public": person.key.public.to_text()})
    review.propose(vault, MINJI, "t1", [Redaction(0, 2, "name")])
    return vault


def test_two_people_make_a_rendition(vault: VaultInMemory) -> None:
    """
    R13: what one proposed and another approved is hidden, at its every occurrence.
    """
    review.approve(vault, SORA, "t1")

    assert [t for _, t in verify(vault, "t1").segments] == [
        "[이름]이는 강을 건넜다.",
        "그 뒤로 [이름]을 보지 못했다.",
    ]


def test_nobody_approves_her_own_proposal(vault: VaultInMemory) -> None:
    """
    R13: the same key cannot propose and approve, whatever name it goes by.
    """
    alias = Person("sora", MINJI.key)
    for person in (MINJI, alias):
        with pytest.raises(DecisionRefused):
            review.approve(vault, person, "t1")
    with pytest.raises(DecisionRefused):
        verify(vault, "t1")


def test_a_stranger_approves_nothing(vault: VaultInMemory) -> None:
    """
    R13: a key that the archive does not know is nobody's.
    """
    with pytest.raises(DecisionRefused):
        review.approve(vault, Person("sora", SigningKey.generate()), "t1")


@pytest.mark.parametrize("change", ["spans", "version", "approver", "name", "missing"])
def test_a_stored_decision_that_was_changed_is_refused(vault: VaultInMemory, change: str) -> None:
    """
    R13: tampering with spans, version, approver or name is noticed at the next reading.
    """
    review.approve(vault, SORA, "t1")
    stored = vault.records["review", "t1"]
    if change == "spans":
        stored["spans"] = stored["spans"][:1]
    elif change == "version":
        stored["version_sha256"] = "0" * 64
    elif change == "approver":
        stored["approver"] = stored["proposer"]
    elif change == "name":
        stored["approver"]["name"] = "minji"
    else:
        del stored["approver"]
    with pytest.raises(RedactionError):
        verify(vault, "t1")


def test_a_decision_on_another_version_is_stale(vault: VaultInMemory) -> None:
    """
    R15: when the text was corrected the old marks no longer apply.
    """
    review.approve(vault, SORA, "t1")
    vault.held = FakeTestimony(text=TEXT + " ")
    with pytest.raises(RedactionError):
        verify(vault, "t1")


def test_a_proposal_taken_back_decides_nothing(vault: VaultInMemory) -> None:
    """
    After a withdrawal there is no rendition.
    """
    review.approve(vault, SORA, "t1")
    review.withdraw_proposal(vault, "t1")
    with pytest.raises(DecisionRefused):
        verify(vault, "t1")

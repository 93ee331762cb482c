"""Versions are signed, derived by the table, and never changed; one of them may count."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from archive import people, review, roles
from archive.consent import rendition
from archive.people import Person
from archive.redaction.decision import DecisionRefused, verify
from archive.redaction.spans import Redaction, RedactionError
from archive.roles import RoleRefused
from archive.standing import TakenBack
from archive.testimony import MalformedTestimony, Segment
from archive.versions.basis import basis, choose, chosen
from archive.versions.derivation import RULES, Kind, Version, VersionRefused
from archive.versions.record import VersionDamaged, history, keep, stand_for, version
from archive.versions.segments import MalformedVersion, digest_of, follow
from crypto.keys import SigningKey
from crypto.receipt import Receipt
from tests.people import TODAY, Archive, statement

WORDS = "혜숙이는 강을 건넜다.\n그 뒤로 혜숙을 보지 못했다."
PHRASE = "hana keeps a phrase of hers"
BETTER = ("혜숙이는 두만강을 건넜다.", "그 뒤로 혜숙을 보지 못했다.")


def correct(archive: Archive, told: str, *texts: str, of: int = 0, by: Person | None = None) -> Version:
    """A person corrects version *of*."""
    versions = history(archive.vault, told)
    free = max(int(s.id[1:]) for v in versions for s in v.segments) + 1
    segments = follow(versions[of].segments, texts or BETTER, free)
    return keep(archive.vault, by or archive.minji, told, "corrected", segments, TODAY, derived_from=of)


def approved(archive: Archive, told: str) -> int:
    """One corrects, another reviews, the first approves."""
    made = correct(archive, told)
    reviewed = stand_for(archive.vault, archive.sora, told, made.number, TODAY)
    return stand_for(archive.vault, archive.minji, told, reviewed.number, TODAY).number


def test_a_version_is_kept_beside_what_was_received(archive: Archive) -> None:
    """
    R14: what was received stays as it is; the version names its source, its author and its day.
    """
    told = archive.told(WORDS)
    made = correct(archive, told)
    first, second = history(archive.vault, told)

    assert (first.kind, first.text_sha256, first.number) == ("received_literal", digest_of(WORDS), 0)
    assert second == made == version(archive.vault, told, 1)
    assert (made.author, made.day, made.derived_from) == ("minji", TODAY.isoformat(), 0)
    assert [s.id for s in made.segments] == ["s0001", "s0002"]
    assert archive.vault.testimony(told).text == WORDS
    assert "강" not in repr(made)


def test_the_journal_knows_of_a_version_and_none_of_its_words(archive: Archive) -> None:
    """
    R36: by whom and of what; no words, and no hash of them.
    """
    told = archive.told(WORDS)
    made = correct(archive, told)
    event = archive.vault.journal.events()[-1]

    assert (event.type, event.agent) == ("mod", "minji")
    assert event.objects == (f"testimony:{told}", f"version:{told}:1")
    assert made.text_sha256 not in str(event)


@pytest.mark.parametrize(
    "change",
    [
        {"segments": [{"id": "s0001", "text": "다른 말"}]},
        {"number": 2},
        {"kind": "approved"},
        {"day": "2020-01-01"},
        {"source_sha256": "0" * 64},
        {"program": "recogniser x 1"},
    ],
)
def test_a_changed_version_does_not_verify(archive: Archive, change: dict[str, Any]) -> None:
    """
    Words, place, kind, day, source: each is under the signature.
    """
    told = archive.told(WORDS)
    correct(archive, told)
    name = f"{told}:1"
    archive.vault.put_json("version", name, archive.vault.json("version", name) | change)

    with pytest.raises(VersionDamaged):
        history(archive.vault, told)


def test_a_version_in_anothers_name_does_not_verify(archive: Archive) -> None:
    """
    With her name and her key, or with the signature of somebody whom this archive does not know.
    """
    told = archive.told(WORDS)
    correct(archive, told)
    name = f"{told}:1"
    row = archive.vault.json("version", name)
    for by in (
        {"name": "sora", "public": archive.sora.key.public.to_text()},
        {"name": "sora"},
        {"public": SigningKey.generate().public.to_text()},
    ):
        archive.vault.put_json("version", name, row | {"by": row["by"] | by})
        with pytest.raises(VersionDamaged):
            history(archive.vault, told)
    stranger = Person("minji", SigningKey.generate())
    archive.vault.put_json("version", name, row)
    with pytest.raises(VersionDamaged):
        correct(archive, told, by=stranger)


def test_a_version_of_another_testimony_does_not_verify(archive: Archive) -> None:
    """
    The testimony's name is under the signature too; and a source that was exchanged is noticed.
    """
    told, other = archive.told(WORDS), archive.told(WORDS)
    correct(archive, told)
    correct(archive, told, "혜숙이는 갔다.", of=1)
    archive.vault.put_json("version", f"{other}:1", archive.vault.json("version", f"{told}:1"))
    with pytest.raises(VersionDamaged):
        history(archive.vault, other)
    third = archive.told(WORDS)
    correct(archive, third, "혜숙이는 강을 건너갔다.")
    again = keep(
        archive.vault, archive.minji, told, "corrected", BETTER_SEGMENTS, TODAY, derived_from=0
    )  # rightly signed, for place 3
    row = archive.vault.json("version", f"{told}:{again.number}")
    archive.vault.put_json("version", f"{told}:1", row)

    with pytest.raises(VersionDamaged):
        history(archive.vault, told)


BETTER_SEGMENTS = tuple(Segment(f"s000{n}", text) for n, text in enumerate(BETTER, 1))


def test_what_may_come_of_what_is_the_table(archive: Archive) -> None:
    """
    R13: nobody reviews what she wrote herself, nobody approves what she reviewed, and no step is left out.
    """
    told = archive.told(WORDS)
    made = correct(archive, told)
    with pytest.raises(VersionRefused, match="a second person reviews"):
        stand_for(archive.vault, archive.minji, told, made.number, TODAY)
    with pytest.raises(VersionRefused, match="a second person reviews"):
        stand_for(archive.vault, archive.sora, told, 0, TODAY)
    reviewed = stand_for(archive.vault, archive.sora, told, made.number, TODAY)
    with pytest.raises(VersionRefused, match="another person than the reviewer"):
        stand_for(archive.vault, archive.sora, told, reviewed.number, TODAY)
    with pytest.raises(VersionRefused):
        keep(archive.vault, archive.sora, told, "reviewed", BETTER_SEGMENTS[:1], TODAY, derived_from=1)
    with pytest.raises(VersionRefused):
        keep(archive.vault, archive.sora, told, "received_literal", BETTER_SEGMENTS, TODAY, derived_from=0)
    last = stand_for(archive.vault, archive.minji, told, reviewed.number, TODAY)

    assert [v.kind for v in history(archive.vault, told)] == [
        "received_literal",
        "corrected",
        "reviewed",
        "approved",
    ]
    assert last.segments == made.segments


def test_each_step_asks_for_its_role(archive: Archive) -> None:
    """
    R13: who has no role writes nothing, an archivist writes, and only a reviewer reviews.
    """
    vault, told = archive.vault, archive.told(WORDS)
    roles.begin(vault)
    people.add(vault, "hana", PHRASE, [archive.minji, archive.sora])
    hana = people.unlock(vault, "hana", PHRASE)
    with pytest.raises(RoleRefused):
        correct(archive, told, by=hana)
    roles.give(vault, archive.minji, "hana", "archivist")
    made = correct(archive, told)
    with pytest.raises(RoleRefused, match="reviewer"):
        stand_for(vault, hana, told, made.number, TODAY)
    reviewed = stand_for(vault, archive.sora, told, made.number, TODAY)
    number = stand_for(vault, hana, told, reviewed.number, TODAY).number
    roles.take(vault, archive.minji, "hana", "archivist")
    with pytest.raises(RoleRefused):
        choose(vault, hana, told, number)

    assert chosen(vault, told) == 0


def test_a_draft_of_a_program_counts_only_as_a_persons_correction(archive: Archive) -> None:
    """
    It names its program, is never reviewed or approved as it is, and no person's version names a program.
    """
    told = archive.told(WORDS)

    def draft(kind: Kind, program: str) -> Version:
        segments = (Segment("s0003", "혜숙이는", 0, 900, "narrator"),)
        return keep(
            archive.vault, archive.minji, told, kind, segments, TODAY, derived_from=0, program=program
        )

    with pytest.raises(VersionRefused, match="names the program"):
        draft("machine_literal", "")
    with pytest.raises(VersionRefused, match="names the program"):
        draft("machine_literal", "minji")
    with pytest.raises(VersionRefused, match="kept as a draft"):
        draft("corrected", "recogniser x 1")
    made = draft("machine_literal", "recogniser whisper.cpp 1.7.4")
    with pytest.raises(VersionRefused):
        stand_for(archive.vault, archive.sora, told, made.number, TODAY)
    fixed = correct(archive, told, "혜숙이는!", of=made.number)

    assert fixed.segments == (Segment("s0003", "혜숙이는!", 0, 900, "narrator"),)
    assert all("machine_literal" not in RULES[kind].sources for kind in ("reviewed", "approved"))


def test_a_removed_name_is_not_given_again(archive: Archive) -> None:
    """
    Not even by whoever chooses names by hand.
    """
    told = archive.told(WORDS)
    correct(archive, told, "혜숙이는 강을 건넜다.")
    with pytest.raises(VersionRefused, match="used before"):
        keep(
            archive.vault, archive.minji, told, "corrected",
            (Segment("s0001", "강"), Segment("s0002", "새 말")), TODAY, derived_from=1,
        )  # fmt: skip
    with pytest.raises(MalformedVersion):
        keep(archive.vault, archive.minji, told, "corrected", (), TODAY, derived_from=1)

    assert len(history(archive.vault, told)) == 2


def test_a_translation_keeps_the_segments_of_what_it_translates(archive: Archive) -> None:
    """
    In another language, by the same names; a correction stays in the language of its source.
    """
    told = archive.told(WORDS)
    english = (Segment("s0001", "Hyesuk crossed the river."),)
    made = keep(archive.vault, archive.minji, told, "translation", english, TODAY, derived_from=0, lang="eng")
    for kind, segments, lang in (
        ("translation", english, "kor"),
        ("corrected", english, "zho"),
        ("translation", (Segment("s0009", "new"),), "eng"),
    ):
        with pytest.raises(VersionRefused):
            keep(archive.vault, archive.minji, told, kind, segments, TODAY, derived_from=0, lang=lang)  # type: ignore[arg-type]
    reviewed = stand_for(archive.vault, archive.sora, told, made.number, TODAY)

    assert (reviewed.lang, reviewed.kind) == ("eng", "reviewed")


def test_an_approved_version_counts_when_a_person_chooses_it(archive: Archive) -> None:
    """
    R14: marks, approval and what the gate hands out rest on its words; what was received is untouched.
    """
    told = archive.told(WORDS)
    number = approved(archive, told)
    choose(archive.vault, archive.minji, told, number)
    assert review.reading(archive.vault, told).told.text == "\n\n".join(BETTER)
    review.mark(archive.vault, archive.minji, told, "두만강", "place")
    archive.approve(told)
    made = rendition(archive.vault, told, "research_read", "vetted_researchers")

    assert [(s.id, s.text) for s in made.segments] == [
        ("s0001", "혜숙이는 [장소]을 건넜다."),
        ("s0002", "그 뒤로 혜숙을 보지 못했다."),
    ]
    assert archive.vault.testimony(told).text == WORDS


def test_which_version_counts_does_not_change_under_a_decision(archive: Archive) -> None:
    """
    R15: it is refused while something is proposed; a decision on other words hands out nothing.
    """
    told = archive.told(WORDS)
    number = approved(archive, told)
    review.propose(archive.vault, archive.minji, told, [Redaction(0, 2, "name")])
    archive.approve(told)
    with pytest.raises(VersionRefused, match="take it back first"):
        choose(archive.vault, archive.minji, told, number)
    review.withdraw_proposal(archive.vault, archive.sora, told)
    kept = archive.vault.json("review", told)
    choose(archive.vault, archive.minji, told, number)
    assert kept == {}
    old = archive.told(WORDS)
    review.propose(archive.vault, archive.minji, old, [Redaction(0, 2, "name")])
    archive.approve(old)
    row = archive.vault.json("basis", told)
    archive.vault.put_json("basis", old, row)
    with pytest.raises(VersionDamaged):
        verify(archive.vault, old)


def test_a_decision_made_on_other_words_is_refused(archive: Archive) -> None:
    """
    R15: somebody who could write into the vault sets another basis; the hash of the words tells.
    """
    told = archive.told(WORDS)
    number = approved(archive, told)
    review.propose(archive.vault, archive.minji, told, [Redaction(0, 2, "name")])
    archive.approve(told)
    held = archive.vault.testimony(told)
    archive.vault.put_testimony(replace(held, workflow_status="received"))
    choose(archive.vault, archive.minji, told, number)
    archive.vault.put_testimony(held)

    with pytest.raises((DecisionRefused, RedactionError)):
        verify(archive.vault, told)


def test_only_an_approved_version_in_her_language_can_count(archive: Archive) -> None:
    """
    And what was received can be chosen again.
    """
    told = archive.told(WORDS)
    number = approved(archive, told)
    english = (Segment("s0001", "She crossed."),)
    keep(archive.vault, archive.minji, told, "translation", english, TODAY, derived_from=0, lang="eng")
    stand_for(archive.vault, archive.sora, told, 4, TODAY)
    stand_for(archive.vault, archive.minji, told, 5, TODAY)
    for other in (1, 2, 4, 5, 6):
        with pytest.raises(VersionRefused, match="can count"):
            choose(archive.vault, archive.minji, told, other)
    with pytest.raises(VersionRefused, match="no version"):
        choose(archive.vault, archive.minji, told, 99)
    choose(archive.vault, archive.minji, told, number)
    assert chosen(archive.vault, told) == number
    choose(archive.vault, archive.sora, told, 0)

    assert basis(archive.vault, told).text == WORDS


def test_a_version_never_takes_the_place_of_what_was_received(archive: Archive) -> None:
    """
    R14: the vault takes no testimony whose words are a version's.
    """
    told = archive.told(WORDS)
    choose(archive.vault, archive.minji, told, approved(archive, told))
    counted = basis(archive.vault, told)

    with pytest.raises(MalformedTestimony):
        archive.vault.put_testimony(counted)


def test_a_basis_in_anothers_name_does_not_verify(archive: Archive) -> None:
    """
    Which words count was chosen by somebody known here.
    """
    told = archive.told(WORDS)
    choose(archive.vault, archive.minji, told, approved(archive, told))
    row = archive.vault.json("basis", told)
    for change in ({"number": 1}, {"by": row["by"] | {"name": "sora"}}, {"text_sha256": "0" * 64}):
        archive.vault.put_json("basis", told, row | change)
        with pytest.raises(VersionDamaged):
            basis(archive.vault, told)


def test_nobody_reads_a_version_of_what_was_taken_back(archive: Archive) -> None:
    """
    R6: her withdrawal closes every version at once.
    """
    receipt = Receipt.generate()
    told = archive.told(WORDS, receipt=receipt)
    choose(archive.vault, archive.minji, told, approved(archive, told))
    archive.take(statement(archive, "", receipt=receipt, seq=1, kind="withdrawal", grants=[]))
    with pytest.raises(TakenBack):
        history(archive.vault, told)
    with pytest.raises(TakenBack):
        basis(archive.vault, told)

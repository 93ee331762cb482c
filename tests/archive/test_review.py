"""Four eyes on every redaction, on a real vault with two real people."""

from __future__ import annotations

import threading
import time

import pytest

from archive import people, review
from archive.locks import WeakPassphrase
from archive.people import Person, PersonRefused
from archive.redaction.decision import DecisionRefused, canonical, verify
from archive.redaction.spans import Redaction, RedactionError
from archive.testimony import StepRefused
from crypto.keys import SigningKey
from tests.people import MINJIS, TEXT, Archive


@pytest.fixture
def told(archive: Archive) -> str:
    told = archive.told()
    review.propose(archive.vault, archive.minji, told, [Redaction(0, 2, "name")])
    return told


def stage(archive: Archive, told: str) -> str:
    return archive.vault.testimony(told).workflow_status


def test_two_people_make_a_rendition(archive: Archive, told: str) -> None:
    """
    R13: what one proposed and another approved is hidden, at its every occurrence.
    """
    archive.approve(told)

    assert [t for _, t in verify(archive.vault, told).segments] == [
        "[이름]이는 강을 건넜다.",
        "그 뒤로 [이름]을 보지 못했다.",
    ]
    assert stage(archive, told) == "approved"


def test_nobody_approves_her_own_proposal(archive: Archive, told: str) -> None:
    """
    R13: the same key cannot propose and approve, whatever name it goes by.
    """
    for person in (archive.minji, Person("sora", archive.minji.key)):
        with pytest.raises(DecisionRefused):
            archive.approve(told, person)
    with pytest.raises(DecisionRefused):
        verify(archive.vault, told)
    assert stage(archive, told) == "proposed"


def test_a_stranger_approves_nothing(archive: Archive, told: str) -> None:
    """
    R13: a key that the archive does not know is nobody's, and the try changes nothing.
    """
    before = archive.vault.json("review", told)
    for name in ("sora", "nobody"):
        with pytest.raises(DecisionRefused):
            archive.approve(told, Person(name, SigningKey.generate()))
    assert archive.vault.json("review", told) == before


@pytest.mark.parametrize("change", ["spans", "version", "approver", "name", "missing"])
def test_a_stored_decision_that_was_changed_is_refused(archive: Archive, told: str, change: str) -> None:
    """
    R13: tampering with spans, version, approver or name is noticed at the next reading.
    """
    archive.approve(told)
    stored = archive.vault.json("review", told)
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
    archive.vault.put_json("review", told, stored)
    with pytest.raises(RedactionError):
        verify(archive.vault, told)


def test_one_key_in_both_roles_decides_nothing(archive: Archive, told: str) -> None:
    """
    R13: both signatures are good, and both are hers: put into the vault by hand, it is no decision.
    """
    row = archive.vault.json("review", told)
    spans = review.reading(archive.vault, told).marks
    message = canonical(told, row["version_sha256"], spans, "approver")
    signature = archive.minji.key.sign(message).hex()
    archive.vault.put_json("review", told, row | {"approver": row["proposer"] | {"signature": signature}})
    with pytest.raises(DecisionRefused, match="second person"):
        verify(archive.vault, told)


def test_a_decision_on_another_version_is_stale(archive: Archive, told: str) -> None:
    """
    R15: when the text was corrected the old marks no longer apply.
    """
    archive.approve(told)
    row = archive.vault.json("testimony", told)
    archive.vault.put_json("testimony", told, row | {"text": TEXT + " "})
    with pytest.raises(RedactionError):
        verify(archive.vault, told)


def test_a_proposal_taken_back_decides_nothing(archive: Archive, told: str) -> None:
    """
    After a withdrawal there is no rendition, and no approval without a new proposal.
    """
    archive.approve(told)
    review.withdraw_proposal(archive.vault, archive.minji, told)
    with pytest.raises(DecisionRefused):
        verify(archive.vault, told)
    with pytest.raises(DecisionRefused):
        archive.approve(told)
    assert stage(archive, told) == "received"


def test_a_new_mark_takes_the_approval_away(archive: Archive, told: str) -> None:
    """
    What was approved was another text; the second person looks again.
    """
    archive.approve(told)
    assert review.mark(archive.vault, archive.minji, told, "강", "place") == 1
    assert review.reading(archive.vault, told).approver is None
    with pytest.raises(DecisionRefused):
        verify(archive.vault, told)


def test_marking_and_showing_again_works_on_every_occurrence(archive: Archive, told: str) -> None:
    """
    One mark hides a word everywhere, and one unmark shows it everywhere; what is not there is said.
    """
    review.unmark(archive.vault, archive.minji, told, 0)
    assert review.reading(archive.vault, told).marks == ()
    assert review.mark(archive.vault, archive.minji, told, "혜숙", "name") == 2
    with pytest.raises(RedactionError):
        review.mark(archive.vault, archive.minji, told, "혜숙", "name")
    with pytest.raises(RedactionError):
        review.mark(archive.vault, archive.minji, told, "순이", "name")


def test_nobody_approves_what_she_has_not_read(archive: Archive, told: str) -> None:
    """
    R13: a proposal that changed after she read it is not the one she signs; nor is none at all.
    """
    read = review.reading(archive.vault, told).proposal
    review.unmark(archive.vault, archive.minji, told, 0)
    for proposal in (read, None, ""):
        with pytest.raises(DecisionRefused, match="read it again"):
            review.approve(archive.vault, archive.sora, told, proposal)
    assert stage(archive, told) == "proposed"
    archive.approve(told)
    assert stage(archive, told) == "approved"


def test_marks_made_at_once_are_all_kept(archive: Archive) -> None:
    """
    Two archivists at two desks: neither mark is lost, whoever comes second.
    """
    words = [f"{letter}둘셋" for letter in "가나다라마바사아"]
    told = archive.told(" ".join(words))
    marking = [
        threading.Thread(target=review.mark, args=(archive.vault, archive.minji, told, each, "name"))
        for each in words
    ]
    for thread in marking:
        thread.start()
    for thread in marking:
        thread.join()

    assert len(review.reading(archive.vault, told).marks) == len(words)


def test_nobody_invents_the_second_person(archive: Archive) -> None:
    """
    R13: after the first two, a person is admitted by two who are here; one alone, or one twice, is refused.
    """
    phrase = "hana keeps a phrase of hers"
    for sponsors in ([], [archive.minji], [archive.minji, Person("sora", archive.minji.key)]):
        with pytest.raises(PersonRefused):
            people.add(archive.vault, "hana", phrase, sponsors)
    assert not archive.vault.holds("person", "hana")
    key = people.add(archive.vault, "hana", phrase, [archive.minji, archive.sora])
    assert people.public_key(archive.vault, "hana") == key


@pytest.mark.parametrize("change", ["forged", "nobody", "one", "herself", "another key"])
def test_a_person_whose_admission_was_changed_decides_nothing(archive: Archive, change: str) -> None:
    """
    R13: a key put into the vault by hand, or under another's signature, is nobody's.
    """
    people.add(archive.vault, "hana", "hana keeps a phrase of hers", [archive.minji, archive.sora])
    row = archive.vault.json("person", "hana")
    if change == "forged":
        row["admitted"][0]["signature"] = "00" * 64
    elif change == "nobody":
        row["admitted"] = []
    elif change == "one":
        row["admitted"] = row["admitted"][:1] * 2
    elif change == "herself":
        row["admitted"][0]["name"] = "hana"
    else:
        row["public"] = SigningKey.generate().public.to_text()
    archive.vault.put_json("person", "hana", row)
    with pytest.raises(PersonRefused):
        people.public_key(archive.vault, "hana")


def test_a_mark_across_two_paragraphs_is_refused_at_once(archive: Archive) -> None:
    """
    Whoever marks learns it, not whoever approves; what was proposed stands.
    """
    told = archive.told("혜숙이는 강을\n건넜다.")
    review.mark(archive.vault, archive.minji, told, "혜숙", "name")
    with pytest.raises(DecisionRefused, match="hide the two pieces"):
        review.mark(archive.vault, archive.minji, told, "강을\n건넜다", "other")

    assert len(review.reading(archive.vault, told).marks) == 1


def test_many_people_are_known_at_once(archive: Archive) -> None:
    """
    R13: ten people, each admitted by the two before her, cost no more than a look at each.
    """
    people_here = [archive.minji, archive.sora]
    for number in range(8):
        key, name = SigningKey.generate(), f"p{number}"
        message = people._admission(name, key.public)
        signed = [{"name": p.name, "signature": p.key.sign(message).hex()} for p in people_here[-2:]]
        archive.vault.put_json("person", name, {"public": key.public.to_text(), "admitted": signed})
        people_here.append(Person(name, key))
    began = time.process_time()
    known = people.known(archive.vault)

    assert {name: key.raw for name, key in known.items()} == {p.name: p.key.public.raw for p in people_here}
    assert time.process_time() - began < 1


def test_a_third_founder_makes_nobody_known(archive: Archive) -> None:
    """
    R13: whoever writes a founder into the vault by hand has gained nothing.
    """
    row = {"public": SigningKey.generate().public.to_text(), "admitted": []}
    archive.vault.put_json("person", "ghost", row)
    with pytest.raises(PersonRefused):
        people.public_key(archive.vault, "ghost")


def test_a_step_that_the_table_does_not_have_is_refused(archive: Archive) -> None:
    """
    What nobody proposed cannot be released.
    """
    with pytest.raises(StepRefused):
        archive.vault.testimony(archive.told("다른 말")).after("release")


def test_a_key_opens_with_its_own_passphrase_only(archive: Archive) -> None:
    """
    The vault being open is not enough to sign as somebody, and a name is given once.
    """
    assert people.unlock(archive.vault, "minji", MINJIS).key.public == archive.minji.key.public
    for name, phrase in (("minji", "sora keeps another phrase"), ("nobody", MINJIS)):
        with pytest.raises(PersonRefused):
            people.unlock(archive.vault, name, phrase)
    for name, phrase in (("minji", MINJIS), ("new one", MINJIS), ("hana", "short")):
        with pytest.raises((PersonRefused, WeakPassphrase)):
            people.add(archive.vault, name, phrase)
    assert archive.minji.key.to_text()[-40:] not in repr(archive.minji)


def test_a_list_opens_nobodys_words(archive: Archive, told: str) -> None:
    """
    Stage, language, who has signed, and whether the files are here, also where the words cannot be read.
    """
    archive.approve(told)
    words = archive.vault.testimony(told)
    archive.vault.put_json("testimony", told, "not what a testimony is")
    [listed] = review.summaries(archive.vault)

    assert listed.told == words.summary
    assert (listed.proposer, listed.approver, listed.files) == ("minji", "sora", ())


def test_a_vault_without_summaries_makes_them_once(archive: Archive, told: str) -> None:
    """
    One of an earlier version lists what it holds, as it stands now.
    """
    archive.vault.shred("summary", told, "archive")
    assert [each.told.workflow_status for each in review.summaries(archive.vault)] == ["proposed"]
    archive.approve(told)

    assert archive.vault.holds("summary", told)
    assert [each.told.workflow_status for each in review.summaries(archive.vault)] == ["approved"]

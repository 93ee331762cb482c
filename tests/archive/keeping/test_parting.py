"""She takes back one telling and leaves another: exactly that goes, also where both stand together."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from archive import care, notices, releasing, review
from archive.coding import versions as codings
from archive.coding.record import Life
from archive.consent import ConsentRefused, rendition
from archive.keeping.shredding import KIND, WITHDRAWAL, ShredRefused, shred_testimony, shred_withdrawn
from archive.keeping.withdrawing import DESTROYED, DESTROYED_PART, asked, destroy
from archive.redaction import choices, figures, wishes
from archive.redaction.decision import DecisionRefused
from archive.redaction.spans import Redaction
from archive.releasing import ReleaseRefused
from archive.standing import TakenBack, standing
from archive.supplements import join
from archive.versions.basis import basis, choose, chosen
from archive.versions.derivation import VersionRefused, first_free
from archive.versions.record import PLACE, VersionDamaged, history, keep, stand_for, version
from archive.versions.segments import follow, named
from crypto.receipt import Receipt
from server.research import shelf
from server.research.config import ResearchConfig
from tests.archive.keeping.test_shredding import PLANTED, all_of, forms, opened_by
from tests.archive.test_commands import Terminal
from tests.archive.test_standing import READ, changes, decided, may, withdraws
from tests.archive.test_workbench import Desk
from tests.people import ORIGIN, TODAY, Archive, statement

FIRST = "그해 겨울 강을 건넜다.\n언니는 남았다."
CORRECTED = "그해 겨울에 강을 건넜다."
LATER = "\n".join(PLANTED)


def takes_back(archive: Archive, receipt: Receipt, seq: int, *ranges: tuple[int, int]) -> bytes:
    back = [list(each) for each in ranges]
    return statement(archive, "", receipt=receipt, seq=seq, grants=[], kind="withdrawal", back=back)


def approved(archive: Archive, told: str, number: int) -> int:
    """Reviewed by one and approved by another; the number that may count."""
    reviewed = stand_for(archive.vault, archive.sora, told, number, TODAY)
    return stand_for(archive.vault, archive.minji, told, reviewed.number, TODAY).number


def counts(archive: Archive, told: str, number: int) -> None:
    choose(archive.vault, archive.minji, told, number)


@pytest.fixture
def joined(archive: Archive) -> tuple[Receipt, str, str]:
    """An earlier telling, corrected, with a later one joined; what people make of such words."""
    hers, vault, minji = Receipt.generate(), archive.vault, archive.minji
    first, later = archive.told(FIRST, receipt=hers, seq=4), archive.told(LATER, receipt=hers, seq=5)
    found = history(vault, first)
    segments = follow(found[0].segments, [CORRECTED, "언니는 남았다."], first_free(found))
    corrected = keep(vault, minji, first, "corrected", segments, TODAY, derived_from=0)
    counts(archive, first, approved(archive, first, corrected.number))
    care.judge(vault, minji, vault.testimony(later), "s0001", 3, PLANTED[1])
    made = join(vault, minji, first, later, TODAY, derived_from=chosen(vault, first))
    counts(archive, first, approved(archive, first, made.number))
    told = basis(vault, first)
    codings.keep(vault, minji, told, Life(), TODAY, seen=0)
    wishes.ask(vault, minji, first, PLANTED[2], "name", "hide")
    wishes.ask(vault, minji, first, "언니", "name", "keep")
    at = told.text.index(PLANTED[2])
    review.propose(vault, minji, first, [Redaction(at, at + len(PLANTED[2]), "name", f"[{PLANTED[3]}]")])
    figures.gather(vault, minji, first)
    choices.show(vault, minji, first, PLANTED[4])
    archive.approve(first)
    return hers, first, later


def test_of_a_later_telling_no_word_is_left_in_the_earlier_one_it_was_joined_to(
    archive: Archive, joined: tuple[Receipt, str, str], tmp_path: Path
) -> None:
    """
    R6, R7: from accession on what stood there before counts again, and nothing of both is read, approved,
    written or shown; then no key opens one of twenty planted strings, and the earlier telling is whole.
    """
    hers, first, later = joined
    archive.show_what_is_left()
    releasing.draft(archive.vault, archive.minji)
    archive.sign_release()
    room = ResearchConfig(tmp_path / "room", ORIGIN, archive.root)
    room.write()
    releasing.write(archive.vault, 1, tmp_path / "release", TODAY)
    shelf.publish(room, tmp_path / "release", TODAY)
    assert len(forms(opened_by(archive.vault))) == len(PLANTED)
    assert len(forms(all_of(room.home))) > len(PLANTED) // 2
    archive.take(takes_back(archive, hers, 9, (5, 5)))

    told = review.reading(archive.vault, first)
    page = Desk(archive).opened().get(f"/testimony/{first}/versions", **{"Accept-Language": "ko"}).text
    assert told.told.segments[0].text == CORRECTED
    assert not forms(told.told.text.encode() + page.encode())
    assert (told.proposer, told.told.workflow_status, told.marks) == (None, "received", ())
    with pytest.raises(DecisionRefused):
        rendition(archive.vault, first, *READ)
    with pytest.raises(TakenBack):
        review.reading(archive.vault, later)
    with pytest.raises(VersionRefused, match="she took back"):
        version(archive.vault, first, 4)
    with pytest.raises(VersionRefused, match="same woman"):
        join(archive.vault, archive.minji, first, later, TODAY, derived_from=0)
    with pytest.raises(ReleaseRefused, match="does not allow it any more"):
        releasing.write(archive.vault, 1, tmp_path / "again", TODAY)
    assert notices.due(archive.vault, TODAY) == 1

    [gone] = destroy(archive.vault, archive.minji, TODAY)
    notices.write(archive.vault, tmp_path / "notice", TODAY)
    shelf.withdraw(room, tmp_path / "notice", TODAY)
    assert gone.testimony == later
    assert notices.due(archive.vault, TODAY) == 0
    assert forms(opened_by(archive.vault) + all_of(room.home, archive.vault.home)) == set()
    assert basis(archive.vault, first).segments[0].text == CORRECTED
    assert archive.vault.testimony(first).text == FIRST
    assert [each.words for each in wishes.wishes(archive.vault, first)] == ["언니"]
    assert codings.current(archive.vault, first).number == 0
    review.propose(archive.vault, archive.minji, first, [])
    archive.approve(first)
    assert rendition(archive.vault, first, *READ).segments[0].text == CORRECTED
    free = first_free(history(archive.vault, first))
    assert free == 3 + len(PLANTED)  # names of what is gone are never used again


def test_a_version_that_is_missing_without_a_destroyed_telling_closes_all(
    archive: Archive, joined: tuple[Receipt, str, str]
) -> None:
    """
    Whoever opens the vault cannot take a version out by saying that a telling was destroyed.
    """
    _, first, later = joined
    for number in (4, 5, 6):  # joined, reviewed, approved
        row = archive.vault.json("version", f"{first}:{number}")
        kept = {key: row.get(key, "") for key in PLACE}
        false = {**kept, "author": "minji", "gone": later, "highest": 30}
        archive.vault.put_json("version", f"{first}:{number}", false)
    with pytest.raises(VersionDamaged):
        history(archive.vault, first)

    with pytest.raises(ConsentRefused):
        rendition(archive.vault, first, *READ)


def test_two_people_may_destroy_a_later_telling_alone(
    archive: Archive, joined: tuple[Receipt, str, str]
) -> None:
    """
    R7: without a withdrawal too; a joined word is left nowhere, and a later join takes new names.
    """
    hers, first, later = joined
    shred_testimony(archive.vault, later, archive.minji, archive.sora, TODAY)
    assert forms(opened_by(archive.vault)) == set()
    again = archive.told("다시 생각났다.", receipt=hers, seq=8)
    made = join(archive.vault, archive.minji, first, again, TODAY, derived_from=chosen(archive.vault, first))

    assert made.segments[-1].id == named(3 + len(PLANTED))
    assert basis(archive.vault, first).segments[0].text == CORRECTED


def test_she_takes_back_a_part_and_the_rest_stays_as_she_allowed(archive: Archive) -> None:
    """
    R2, R5, R6: exactly the numbers she named, also what comes later under one of them; what she allowed of
    the rest is what it was, and can be changed.
    """
    hers, others = Receipt.generate(), Receipt.generate()
    told = {n: decided(archive, archive.told(f"말 {n}", receipt=hers, seq=n)) for n in (2, 4, 7)}
    other = decided(archive, archive.told("다른 사람의 말", receipt=others, seq=4))
    archive.take(takes_back(archive, hers, 9, (3, 5), (7, 7)))
    late = archive.told("늦게 온 말", receipt=hers, seq=3)

    assert [n for n in told if may(archive, told[n], *READ)] == [2]
    assert may(archive, other, *READ)
    for each in (told[4], told[7], late):
        with pytest.raises(TakenBack):
            review.reading(archive.vault, each)
    assert standing(archive.vault, archive.vault.testimony(told[2])).consent.version == 1
    gone = {each.testimony for each in destroy(archive.vault, archive.minji, TODAY)}
    assert gone == {told[4], told[7], late}
    assert set(archive.vault.testimonies()) == {told[2], other}
    archive.take(changes(archive, hers, 10, []))
    assert not may(archive, told[2], *READ)
    archive.take(withdraws(archive, hers, 11))
    assert [each.testimony for each in destroy(archive.vault, archive.minji, TODAY)] == [told[2]]


def test_a_withdrawal_of_a_part_is_no_proof_for_the_rest(archive: Archive) -> None:
    """
    R8: whoever writes into the vault that all was taken back has her word for what she named, and no more.
    """
    hers = Receipt.generate()
    kept, back = archive.told("남길 말", receipt=hers, seq=1), archive.told("거둘 말", receipt=hers, seq=2)
    archive.take(takes_back(archive, hers, 3, (2, 2)))
    archive.vault.put_json("withdrawn", archive.vault.json("told-by", kept), [[-1, 9, TODAY.isoformat()]])
    with pytest.raises(ShredRefused, match="two people"):
        shred_withdrawn(archive.vault, kept, archive.minji, TODAY)
    assert [each.testimony for each in destroy(archive.vault, archive.minji, TODAY)] == [back]

    row = archive.vault.json(KIND, back)
    [name] = archive.vault.names(WITHDRAWAL)
    assert row["withdrawal"] == archive.vault.json(WITHDRAWAL, name)


def test_she_is_told_that_a_part_is_gone_and_the_rest_is_kept(archive: Archive) -> None:
    """
    The answer that is drafted says which it was; the desk and the terminal say that something stays.
    """
    hers = Receipt.generate()
    archive.told("남길 말", receipt=hers, seq=1)
    archive.told("거둘 말", receipt=hers, seq=2)
    archive.take(takes_back(archive, hers, 3, (2, 2)))
    [one] = asked(archive.vault, TODAY)
    assert one.answer.startswith(DESTROYED_PART["kor"].partition("{day}")[0])
    page = Desk(archive).opened().get("/withdrawals", **{"Accept-Language": "en"}).text
    assert "She keeps the rest" in page
    assert "other tellings of hers stay" in Terminal(archive.vault.home).done("withdrawals")
    archive.take(withdraws(archive, hers, 4))
    [both] = asked(archive.vault, TODAY)

    assert len(both.testimonies) == 2
    assert both.answer.startswith(DESTROYED["kor"].partition("{day}")[0])


WRONG: dict[str, Any] = {
    "no range": [],
    "not a list": {"first": 1},
    "a number alone": [1],
    "three of them": [[1, 2, 3]],
    "backwards": [[2, 1]],
    "out of order": [[3, 3], [1, 1]],
    "twice": [[1, 2], [2, 3]],
    "its own number": [[1, 9]],
    "what comes later": [[10, 12]],
    "below nothing": [[-1, 2]],
    "no whole number": [[1.0, 2]],
    "a truth": [[False, True]],
    "too many": [[2 * n, 2 * n] for n in range(1025)],
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_withdrawal_that_names_its_part_wrongly_waits_in_quarantine(archive: Archive, wrong: str) -> None:
    """
    It is neither obeyed as another nor lost; and only a withdrawal has such a part.
    """
    hers = Receipt.generate()
    told = archive.told("남길 말", receipt=hers, seq=1)
    seq = 5000 if wrong == "too many" else 9
    sealed = statement(
        archive,
        "",
        receipt=hers,
        seq=seq,
        grants=[],
        kind="withdrawal",
        back=json.loads(json.dumps(WRONG[wrong])),
    )
    report = archive.take(sealed)
    other = archive.take(statement(archive, "말", receipt=hers, seq=2, back=[[1, 1]]))

    assert (report.withdrawn, len(report.quarantined)) == (0, 1)
    assert (other.taken, len(other.quarantined)) == ([], 1)
    assert review.reading(archive.vault, told)


def test_what_her_page_names_takes_back_what_she_marked_and_no_more(archive: Archive) -> None:
    """
    Of the ranges that the browser makes of her marks, by the same vectors: all that goes, none that stays.
    """
    for path in sorted((Path(__file__).parents[2] / "vectors" / "back").glob("*.json")):
        row, hers = json.loads(path.read_text("utf-8")), Receipt.generate()
        report = archive.take(takes_back(archive, hers, row["next"], *map(tuple, row["back"])))
        account = hers.keys(archive.root).signing.public.key_id
        spans = archive.vault.json("withdrawn", account)
        gone = [any(a <= n <= b for a, b, _ in spans) for n in (*row["gone"], *row["stays"])]
        assert (report.withdrawn, gone) == (1, [True] * len(row["gone"]) + [False] * len(row["stays"])), path

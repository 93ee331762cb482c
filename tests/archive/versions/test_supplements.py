"""What she told later becomes a version of what she told before; nothing is overwritten, and both decide."""

from __future__ import annotations

from typing import Any

import pytest

from archive import care, review, roles
from archive.consent import ConsentRefused, rendition, require_granted
from archive.keeping.shredding import ShredRefused, shred_testimony
from archive.keeping.withdrawing import destroy
from archive.policy import versions as policies
from archive.policy.record import Policy, Withheld
from archive.roles import RoleRefused
from archive.supplements import join, joined_to, told_later
from archive.versions.basis import choose, joined_in
from archive.versions.derivation import VersionRefused, joined
from archive.versions.record import VersionDamaged, history, stand_for, version
from crypto.receipt import Receipt
from tests.archive.test_commands import Terminal
from tests.archive.test_standing import KEEP, changes, withdraws
from tests.archive.test_workbench import Desk
from tests.people import MINJIS, RESEARCH, TODAY, Archive

FIRST, LATER = "그해 겨울 강을 건넜다.\n언니는 남았다.", "나중에 생각났다. 그날은 눈이 왔다."
READ: Any = ("research_read", "vetted_researchers")


def two(archive: Archive, receipt: Receipt, **later: Any) -> tuple[str, str]:
    """What she told first, and what she told later."""
    return archive.told(FIRST, receipt=receipt), archive.told(LATER, receipt=receipt, seq=1, **later)


def counts(archive: Archive, first: str, later: str) -> None:
    """One joins, another reviews, the first approves and chooses."""
    made = join(archive.vault, archive.minji, first, later, TODAY, derived_from=0)
    reviewed = stand_for(archive.vault, archive.sora, first, made.number, TODAY)
    choose(
        archive.vault,
        archive.minji,
        first,
        stand_for(archive.vault, archive.minji, first, reviewed.number, TODAY).number,
    )


def approved(archive: Archive, told: str) -> None:
    review.propose(archive.vault, archive.minji, told, [])
    archive.approve(told)


def shown(archive: Archive, told: str) -> list[str]:
    return [part.text for part in rendition(archive.vault, told, *READ).segments]


def test_a_later_telling_is_a_version_and_both_stay_as_they_came(archive: Archive) -> None:
    """
    R14: its words stand after the others under new names; it counts when two people stood for it.
    """
    hers = Receipt.generate()
    first, later = two(archive, hers)
    other = archive.told("다른 사람의 말")
    assert told_later(archive.vault, first) == (later,)
    assert told_later(archive.vault, later) == told_later(archive.vault, other) == ()
    made = join(archive.vault, archive.minji, first, later, TODAY, derived_from=0)
    with pytest.raises(VersionRefused, match="only what was received"):
        choose(archive.vault, archive.minji, first, made.number)
    with pytest.raises(VersionRefused, match="a second person"):
        stand_for(archive.vault, archive.minji, first, made.number, TODAY)
    reviewed = stand_for(archive.vault, archive.sora, first, made.number, TODAY)
    last = stand_for(archive.vault, archive.minji, first, reviewed.number, TODAY)
    choose(archive.vault, archive.minji, first, last.number)
    approved(archive, first)

    assert [(each.id, each.text) for each in made.segments] == [
        ("s0001", "그해 겨울 강을 건넜다."),
        ("s0002", "언니는 남았다."),
        ("s0003", LATER),
    ]
    assert shown(archive, first) == [each.text for each in made.segments]
    assert (archive.vault.testimony(first).text, archive.vault.testimony(later).text) == (FIRST, LATER)
    assert joined(history(archive.vault, first), last.number) == joined_in(archive.vault, first) == (later,)
    assert joined_to(archive.vault, later) == (first,)


def test_what_was_joined_and_is_lost_shuts_the_gate(archive: Archive) -> None:
    """
    Her words would still stand in the text; what she allows of them cannot be asked any more.
    """
    first, later = two(archive, Receipt.generate())
    counts(archive, first, later)
    approved(archive, first)
    archive.vault.shred("testimony", later, "minji")

    with pytest.raises(ConsentRefused, match="not here any more"):
        shown(archive, first)


def test_only_what_the_same_account_told_later_is_joined(archive: Archive) -> None:
    """
    Not another woman's, not an earlier one, not twice, not another language, not without words or a role.
    """
    hers = Receipt.generate()
    first, later = two(archive, hers)
    other = archive.told("다른 사람의 말", seq=5)
    english = archive.told("It was snowing.", receipt=hers, seq=2, lang="eng")
    silent = archive.recorded(b"RIFF", receipt=hers, seq=3)
    for wrong, said in ((other, "same woman"), (first, "same woman"), ("x", "same woman")):
        with pytest.raises(VersionRefused, match=said):
            join(archive.vault, archive.minji, first, wrong, TODAY, derived_from=0)
    with pytest.raises(VersionRefused, match="same woman"):
        join(archive.vault, archive.minji, later, first, TODAY, derived_from=0)
    with pytest.raises(VersionRefused, match="another language"):
        join(archive.vault, archive.minji, first, english, TODAY, derived_from=0)
    with pytest.raises(VersionRefused, match="no words"):
        join(archive.vault, archive.minji, first, silent, TODAY, derived_from=0)
    join(archive.vault, archive.minji, first, later, TODAY, derived_from=0)
    with pytest.raises(VersionRefused, match="already"):
        join(archive.vault, archive.minji, first, later, TODAY, derived_from=1)
    for role in roles.MARKERS:
        roles.take(archive.vault, archive.minji, "sora", role)

    with pytest.raises(RoleRefused):
        join(archive.vault, archive.sora, first, later, TODAY, derived_from=0)


def test_what_is_joined_goes_out_only_as_both_tellings_allow(archive: Archive) -> None:
    """
    R2, R5: a narrower consent, an embargo or a withheld part of the later one shuts the earlier one too.
    """
    hers = Receipt.generate()
    first, later = two(archive, hers)
    counts(archive, first, later)
    approved(archive, first)
    assert shown(archive, first)
    held = Policy(withheld=(Withheld("s0001", "", "public"),))
    policies.decide(archive.vault, archive.minji, later, held, TODAY, seen=0)
    assert shown(archive, first)
    held = Policy(withheld=(*held.withheld, Withheld("s0001", "", "vetted_researchers")))
    policies.decide(archive.vault, archive.minji, later, held, TODAY, seen=1)
    for asked in (shown, lambda archive, told: require_granted(archive.vault, told, *READ)):
        with pytest.raises(ConsentRefused, match="told later"):
            asked(archive, first)


def test_a_narrower_consent_of_the_later_one_counts_for_both(archive: Archive) -> None:
    """
    R5: although a third statement allows more again, what she never allowed for the later one stays inside.
    """
    hers = Receipt.generate()
    first, later = two(archive, hers, grants=KEEP)
    archive.told("셋째 말", receipt=hers, seq=2, grants=RESEARCH)
    approved(archive, first)
    assert shown(archive, first)
    review.withdraw_proposal(archive.vault, archive.minji, first)
    counts(archive, first, later)
    approved(archive, first)
    with pytest.raises(ConsentRefused, match="not granted"):
        shown(archive, first)
    archive.take(changes(archive, hers, 3, RESEARCH))

    assert shown(archive, first)


def test_what_is_joined_is_destroyed_with_the_earlier_one(archive: Archive) -> None:
    """
    R7: a withdrawal of all takes both, in her order; the later one does not go before the earlier.
    """
    hers = Receipt.generate()
    first, later = two(archive, hers)
    counts(archive, first, later)
    archive.take(withdraws(archive, hers, 2))
    with pytest.raises(ShredRefused, match="destroy that one first"):
        shred_testimony(archive.vault, later, archive.minji, archive.sora, TODAY)
    gone = destroy(archive.vault, archive.minji, TODAY)

    assert [each.testimony for each in gone] == [first, later]
    assert archive.vault.names("joined") == archive.vault.names("version") == []


def test_two_people_destroy_the_earlier_one_and_then_the_later(archive: Archive) -> None:
    """
    The earlier one takes its versions along; what she told later is still here as it came.
    """
    first, later = two(archive, Receipt.generate())
    counts(archive, first, later)
    shred_testimony(archive.vault, first, archive.minji, archive.sora, TODAY)
    assert archive.vault.testimony(later).text == LATER
    assert joined_to(archive.vault, later) == ()
    shred_testimony(archive.vault, later, archive.minji, archive.sora, TODAY)

    assert list(archive.vault.testimonies()) == []


def test_what_was_severe_in_the_later_one_is_severe_where_it_was_joined(archive: Archive) -> None:
    """
    R23: a person's word on a part goes with the part, under its new name.
    """
    first, later = two(archive, Receipt.generate())
    care.judge(archive.vault, archive.minji, archive.vault.testimony(later), "s0001", 3, "눈 오던 날")
    made = join(archive.vault, archive.minji, first, later, TODAY, derived_from=0)
    parts = [(each.id, each.text) for each in made.segments]
    page = Desk(archive).opened().get(f"/testimony/{first}/versions", **{"Accept-Language": "ko"}).text

    assert care.severe(archive.vault, first, "kor", parts) == {"s0003": "눈 오던 날"}
    assert LATER not in page


def test_a_version_that_names_another_telling_than_was_signed_does_not_verify(archive: Archive) -> None:
    """
    Whoever edits the vault cannot drop the later one out of the gate's question.
    """
    first, later = two(archive, Receipt.generate())
    counts(archive, first, later)
    approved(archive, first)
    row = archive.vault.json("version", f"{first}:1")
    for changed in ({**row, "joins": first}, {key: each for key, each in row.items() if key != "joins"}):
        archive.vault.put_json("version", f"{first}:1", changed)
        with pytest.raises(VersionDamaged):
            version(archive.vault, first, 1)
        with pytest.raises(ConsentRefused):
            require_granted(archive.vault, first, *READ)


def test_it_is_joined_at_the_desk_and_at_a_terminal(archive: Archive) -> None:
    """
    The page of the earlier one lists what came later, and the later one's says where else it stands.
    """
    first, later = two(archive, Receipt.generate())
    desk, english = Desk(archive).opened(), {"Accept-Language": "en"}
    assert "What she told later" in desk.get(f"/testimony/{first}/versions", **english).text
    desk.post(f"/testimony/{first}/versions/join", later=later, number="0")
    assert len(history(archive.vault, first)) == 1
    desk.post("/sign-in", name="minji", passphrase=MINJIS)
    desk.post(f"/testimony/{first}/versions/join", later=later, number="0")
    assert history(archive.vault, first)[1].joins == later
    assert "an earlier telling" in desk.get(f"/testimony/{later}/versions", **english).text
    terminal = Terminal(archive.vault.home)
    assert f"told later  {later}" in terminal.done("versions", first)
    made = terminal.done("version", "join", first, later, "--as", "minji", person="minji")

    assert made == "version 2: supplemented kor, 3 segments\n"

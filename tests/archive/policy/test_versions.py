"""Who decides a policy: one person narrows, two loosen, and what is stored is verified at each reading."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from archive import people
from archive.consent import ConsentRefused, rendition
from archive.people import Person
from archive.policy import versions
from archive.policy.record import Embargo, Policy, ThirdParty
from archive.policy.versions import PolicyDamaged, PolicyRefused
from archive.standing import TakenBack
from archive.vault import UnknownRecord
from crypto.keys import SigningKey
from crypto.receipt import Receipt
from tests.people import TODAY, Archive, statement

HELD = Policy(embargoes=(Embargo("personal", "2099-01-01"),), grounds="본인이 바람")


def test_what_narrows_counts_at_once_and_what_loosens_waits_for_another(archive: Archive) -> None:
    """
    R13: one person shuts; the same cannot open it alone, another can, and only what she was shown.
    """
    told = archive.told()
    made = versions.decide(archive.vault, archive.minji, told, HELD, TODAY, seen=0)
    assert made is not None
    assert (made.number, made.by, made.policy, made.loosens) == (1, ("minji",), HELD, ())
    assert versions.decide(archive.vault, archive.minji, told, Policy(), TODAY, seen=1) is None
    assert versions.current(archive.vault, told).policy == HELD
    change = versions.waiting(archive.vault, told)
    assert change is not None
    assert (change.loosens, change.by) == (("embargoes",), ("minji",))
    with pytest.raises(PolicyRefused, match="a second person"):
        versions.second(archive.vault, archive.minji, told, change.digest)
    with pytest.raises(PolicyRefused, match="not the change that you were shown"):
        versions.second(archive.vault, archive.sora, told, made.digest)
    opened = versions.second(archive.vault, archive.sora, told, change.digest)

    assert (opened.number, opened.by, opened.policy) == (2, ("minji", "sora"), Policy())
    assert versions.waiting(archive.vault, told) is None
    assert [each.number for each in versions.history(archive.vault, told)] == [2, 1]


def test_each_change_is_in_the_journal_without_content(archive: Archive) -> None:
    """
    R36: `poa`, with who and which testimony; what waits is a partial pass, and no name is there.
    """
    told = archive.told()
    named = Policy(third_parties=(ThirdParty("p1", ("혜숙",), "not_consented", "in_dprk", "이웃이 말함"),))
    versions.decide(archive.vault, archive.minji, told, named, TODAY, seen=0)
    versions.decide(archive.vault, archive.minji, told, Policy(), TODAY, seen=1)
    events = archive.vault.journal.events()

    found = [(e.type, e.agent, e.objects, e.outcome) for e in events if e.type == "poa"][-2:]
    assert found == [
        ("poa", "minji", (f"testimony:{told}",), outcome) for outcome in ("pass", "partial pass")
    ]
    assert "혜숙" not in repr(events) + repr(named) + repr(versions.current(archive.vault, told))


def test_who_looked_at_an_older_policy_changes_nothing(archive: Archive) -> None:
    """
    And what was proposed on an older one waits for nobody any more.
    """
    told = archive.told()
    versions.decide(archive.vault, archive.minji, told, HELD, TODAY, seen=0)
    versions.decide(archive.vault, archive.minji, told, Policy(), TODAY, seen=1)
    stricter = replace(HELD, list_existence="denied")
    versions.decide(archive.vault, archive.sora, told, stricter, TODAY, seen=1)

    assert versions.waiting(archive.vault, told) is None
    with pytest.raises(PolicyRefused, match="meanwhile"):
        versions.decide(archive.vault, archive.minji, told, Policy(), TODAY, seen=1)
    with pytest.raises(PolicyRefused, match="what counts already"):
        versions.decide(archive.vault, archive.minji, told, stricter, TODAY, seen=2)


def test_a_proposal_can_be_let_go(archive: Archive) -> None:
    """
    Then nothing waits, and what counts goes on counting.
    """
    told = archive.told()
    versions.decide(archive.vault, archive.minji, told, HELD, TODAY, seen=0)
    versions.decide(archive.vault, archive.minji, told, Policy(), TODAY, seen=1)
    versions.drop(archive.vault, archive.sora, told)

    assert versions.waiting(archive.vault, told) is None
    assert versions.current(archive.vault, told).policy == HELD
    with pytest.raises(PolicyRefused, match="no change waits"):
        versions.drop(archive.vault, archive.sora, told)


def test_only_people_whom_the_archive_knows_decide(archive: Archive) -> None:
    """
    A key of the same name that nobody admitted decides nothing; nor is anything decided of nobody's words.
    """
    told, invented = archive.told(), Person("minji", SigningKey.generate())
    with pytest.raises(PolicyRefused, match="does not know the key"):
        versions.decide(archive.vault, invented, told, HELD, TODAY, seen=0)
    with pytest.raises(people.PersonRefused):
        versions.decide(archive.vault, Person("dahye", SigningKey.generate()), told, HELD, TODAY, seen=0)
    with pytest.raises(UnknownRecord):
        versions.decide(archive.vault, archive.minji, "nobody", HELD, TODAY, seen=0)
    uncoded = Policy(third_parties=(ThirdParty("a1", ("혜숙",), "consented"),))
    with pytest.raises(PolicyRefused, match="nobody of that name is coded"):
        versions.decide(archive.vault, archive.minji, told, uncoded, TODAY, seen=0)


def test_of_what_was_taken_back_nothing_is_decided(archive: Archive) -> None:
    """
    R6: neither loosened nor narrowed; the gate is shut already.
    """
    receipt = Receipt.generate()
    told = archive.told(receipt=receipt)
    archive.take(statement(archive, "", receipt=receipt, seq=1, kind="withdrawal", grants=[]))

    with pytest.raises(TakenBack):
        versions.decide(archive.vault, archive.minji, told, HELD, TODAY, seen=0)


def forged(row: dict[str, Any], archive: Archive, told: str) -> list[dict[str, Any]]:
    """The stored policy, changed by somebody who can write to the vault but has one key at most."""
    body = {key: value for key, value in row.items() if key != "by"}
    open_now = body | {"number": 2, "previous": versions.current(archive.vault, told).digest, "policy": {}}
    alone = versions._signature(archive.minji, told, open_now)
    return [
        row | {"policy": {}},
        row | {"number": 7},
        row | {"previous": "0" * 64},
        row | {"v": 2},
        row | {"by": []},
        row | {"by": [row["by"][0] | {"name": "sora"}]},
        row | {"by": [row["by"][0] | {"signature": "00" * 64}]},
        open_now | {"by": [alone]},
        open_now | {"by": [alone, alone]},
        {"number": "x"},
    ]


@pytest.mark.parametrize("which", range(10))
def test_a_stored_policy_that_was_changed_shuts_the_gate(archive: Archive, which: int) -> None:
    """
    R13, R31: edited, re-attributed, unsigned, or loosened by one key twice: refused, and nothing goes out.
    """
    told = archive.told()
    versions.decide(archive.vault, archive.minji, told, HELD, TODAY, seen=0)
    row = archive.vault.json("policy", told)
    changed = forged(row, archive, told)[which]
    if changed["number"] == 2:
        archive.vault.put_json("policy", f"{told}:1", row)
    archive.vault.put_json("policy", told, changed)

    with pytest.raises(PolicyDamaged):
        versions.current(archive.vault, told)
    with pytest.raises(ConsentRefused, match="damaged"):
        rendition(archive.vault, told, "index_search", "archivists")


@pytest.mark.parametrize(
    "change", [{"by": []}, {"previous": "0" * 64}, {"policy": {"name": "x"}}, {"v": None}]
)
def test_a_waiting_change_that_was_changed_does_not_wait_any_more(
    archive: Archive, change: dict[str, Any]
) -> None:
    """
    R13: nobody can be shown, and sign, what the first person did not write; what counts stays.
    """
    told = archive.told()
    versions.decide(archive.vault, archive.minji, told, HELD, TODAY, seen=0)
    versions.decide(archive.vault, archive.minji, told, Policy(), TODAY, seen=1)
    row, waits = archive.vault.json("policy", f"{told}:proposed"), versions.waiting(archive.vault, told)
    assert waits is not None
    archive.vault.put_json("policy", f"{told}:proposed", row | change)

    assert versions.waiting(archive.vault, told) is None
    with pytest.raises(PolicyRefused, match="not the change"):
        versions.second(archive.vault, archive.sora, told, waits.digest)
    assert versions.current(archive.vault, told).policy == HELD


def test_a_change_that_follows_an_older_policy_does_not_wait_any_more(archive: Archive) -> None:
    """
    R13: what was signed upon one policy says nothing of the next, though nobody changed a letter of it.
    """
    told = archive.told()
    versions.decide(archive.vault, archive.minji, told, HELD, TODAY, seen=0)
    versions.decide(archive.vault, archive.minji, told, Policy(), TODAY, seen=1)
    row = archive.vault.json("policy", f"{told}:proposed")
    narrower = replace(HELD, embargoes=(*HELD.embargoes, Embargo("operational")))
    versions.decide(archive.vault, archive.minji, told, narrower, TODAY, seen=1)
    archive.vault.put_json("policy", f"{told}:proposed", row)

    assert versions.waiting(archive.vault, told) is None
    assert versions.current(archive.vault, told).policy == narrower


def test_what_counts_already_is_not_decided_again(archive: Archive) -> None:
    """
    A second version that says the same would only hide who decided it first.
    """
    told = archive.told()
    versions.decide(archive.vault, archive.minji, told, HELD, TODAY, seen=0)

    with pytest.raises(PolicyRefused, match="what counts already"):
        versions.decide(archive.vault, archive.minji, told, HELD, TODAY, seen=1)


def test_versions_follow_each_other_by_their_numbers(archive: Archive) -> None:
    """
    A person whom the archive knows signed it, and still it is not the first of two.
    """
    told = archive.told()
    versions.decide(archive.vault, archive.minji, told, HELD, TODAY, seen=0)
    row = archive.vault.json("policy", told)
    body = {key: value for key, value in row.items() if key != "by"} | {"number": 5}
    signed = body | {"by": [versions._signature(archive.minji, told, body)]}
    archive.vault.put_json("policy", f"{told}:1", signed)
    archive.vault.put_json("policy", told, row | {"number": 2})

    with pytest.raises(PolicyDamaged):
        versions.history(archive.vault, told)

"""Who may do what, by key: given by a custodian, and never put back."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from archive import people, releasing, review, roles
from archive.people import Person
from archive.roles import ALL, RoleRefused, RolesBroken
from archive.vault import Vault
from crypto.keys import SigningKey
from tests.people import Archive

PHRASE = "hana keeps a phrase of hers"


@pytest.fixture
def hana(archive: Archive) -> Person:
    """A third person, in an archive whose two founders have every role."""
    roles.begin(archive.vault)
    people.add(archive.vault, "hana", PHRASE, [archive.minji, archive.sora])
    return people.unlock(archive.vault, "hana", PHRASE)


def test_who_founds_the_archive_has_every_role_and_who_comes_later_none(
    archive: Archive, hana: Person
) -> None:
    """
    Until a custodian gives one.
    """
    assert roles.given(archive.vault) == {"minji": ALL, "sora": ALL, "hana": frozenset()}


def test_each_step_asks_for_its_role(archive: Archive, hana: Person) -> None:
    """
    R13: who has none changes nothing; an archivist proposes and drafts; only a reviewer approves.
    """
    vault, told = archive.vault, archive.told()
    steps: list[Any] = [
        lambda: review.propose(vault, hana, told),
        lambda: review.mark(vault, hana, told, "혜숙", "name"),
        lambda: review.withdraw_proposal(vault, hana, told),
        lambda: releasing.draft(vault, hana),
        lambda: roles.give(vault, hana, "hana", "reviewer"),
    ]
    for step in steps:
        with pytest.raises(RoleRefused):
            step()
    roles.give(vault, archive.minji, "hana", "archivist")
    review.mark(vault, archive.minji, told, "혜숙", "name")
    with pytest.raises(RoleRefused, match="reviewer"):
        archive.approve(told, hana)
    review.mark(vault, hana, told, "강", "place")
    archive.approve(told)

    assert vault.testimony(told).workflow_status == "approved"


def test_a_role_is_given_by_somebody_known_and_only_when_something_changes(
    archive: Archive, hana: Person
) -> None:
    """
    A custodian's name without her key gives nothing; nor does a role that she has, or has not.
    """
    before = roles.given(archive.vault)
    with pytest.raises(RoleRefused, match="nothing would change: she has this role"):
        roles.give(archive.vault, archive.minji, "sora", "editor")
    with pytest.raises(RoleRefused, match="nothing would change: she has not this role"):
        roles.take(archive.vault, archive.minji, "hana", "editor")
    with pytest.raises(RoleRefused):
        roles.give(archive.vault, Person("minji", SigningKey.generate()), "hana", "editor")

    assert roles.given(archive.vault) == before


def test_a_role_taken_is_gone_at_once(archive: Archive, hana: Person) -> None:
    """
    And the last custodian stays one, so that somebody can give roles again.
    """
    vault, told = archive.vault, archive.told()
    roles.take(vault, archive.minji, "sora", "archivist")
    roles.take(vault, archive.minji, "sora", "reviewer")
    with pytest.raises(RoleRefused):
        review.propose(vault, archive.sora, told)
    roles.take(vault, archive.sora, "minji", "custodian")
    with pytest.raises(RoleRefused, match="last custodian"):
        roles.take(vault, archive.sora, "sora", "custodian")
    with pytest.raises(RoleRefused):
        roles.give(vault, archive.minji, "minji", "custodian")

    assert roles.given(vault)["sora"] == {"custodian", "editor"}


def test_a_role_is_a_keys_and_not_a_names(archive: Archive, hana: Person) -> None:
    """
    R13: another key under the name of somebody who has roles may do nothing.
    """
    roles.give(archive.vault, archive.minji, "hana", "reviewer")
    for name in ("minji", "hana", "nobody"):
        with pytest.raises(RoleRefused):
            roles.require(archive.vault, Person(name, SigningKey.generate()), "reviewer")
    roles.require(archive.vault, hana, "reviewer")


def sets(vault: Vault) -> dict[str, Any]:
    return vault.every("roles")


@pytest.mark.parametrize("change", ["put back", "cut", "all gone", "forged", "by hana", "other roles"])
def test_an_older_or_a_changed_set_is_refused(archive: Archive, hana: Person, change: str) -> None:
    """
    A copy of the set before, none at all, or one that no custodian signed: nobody does anything with it.
    """
    vault = archive.vault
    roles.give(vault, archive.minji, "hana", "reviewer")
    roles.take(vault, archive.minji, "hana", "reviewer")
    before = sets(vault)
    newest = max(before)
    row = before[newest]
    if change == "put back":
        vault.put_json("roles", newest, before["000000001"])
    elif change == "cut":
        vault.shred("roles", newest, "archive")
    elif change == "all gone":
        for name in before:
            vault.shred("roles", name, "archive")
    elif change == "forged":
        vault.put_json("roles", newest, row | {"signature": "00" * 64})
    elif change == "by hana":
        signature = hana.key.sign(roles._signed(2, row["previous"], row["given"])).hex()
        row |= {"public": hana.key.public.to_text(), "signature": signature}
        vault.put_json("roles", newest, row)
        vault.journal.append("poa", "hana", [f"role-set:2:{roles._digest(row)}"])
    else:
        vault.put_json("roles", newest, row | {"given": [[hana.key.public.to_text(), ["custodian"]]]})

    with pytest.raises(RolesBroken):
        roles.require(vault, hana, "reviewer")
    with pytest.raises(RolesBroken):
        review.propose(vault, archive.minji, archive.told())


def test_a_vault_without_roles_is_as_before(archive: Archive) -> None:
    """
    Everyone who is known may do everything; the first change gives everybody what she had, but for it.
    """
    vault = archive.vault
    assert not roles.are_given(vault)
    roles.require(vault, archive.sora, "custodian")
    roles.take(vault, archive.minji, "sora", "custodian")

    assert roles.are_given(vault)
    assert roles.given(vault) == {"minji": ALL, "sora": ALL - {"custodian"}}
    with pytest.raises(RoleRefused):
        roles.take(vault, archive.sora, "minji", "editor")


def test_what_was_undone_is_not_remembered(archive: Archive, hana: Person) -> None:
    """
    A change that failed with its transaction leaves the roles, and what is read of the journal, as before.
    """
    vault = archive.vault
    roles.require(vault, archive.minji, "custodian")
    with suppress(KeyError), vault.together():
        roles.give(vault, archive.minji, "hana", "editor")
        assert roles.given(vault)["hana"] == {"editor"}
        raise KeyError
    vault.journal.append("mod", "archive", ["setting:other"])

    assert roles.given(vault)["hana"] == frozenset()

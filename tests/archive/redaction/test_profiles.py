"""The release profile: told wider by one person at once, narrower by two, and coded no finer than told."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import pytest

from archive.coding.outside import summary
from archive.coding.record import life
from archive.people import Person
from archive.redaction import profiles
from archive.redaction.profiles import WIDE, ProfileDamaged, ProfileRefused
from crypto.keys import SigningKey
from tests.archive.coding.lives import WHOLE
from tests.people import Archive

TODAY: Final = date(2026, 11, 29)
NEAR: Final = dict(WIDE.rungs) | {"place": "province"}


def test_nothing_decided_is_the_safe_profile(archive: Archive) -> None:
    """
    Region, decade, bands of five years: and nobody had to know that.
    """
    assert profiles.current(archive.vault) == WIDE
    assert dict(WIDE.rungs)["place"] == "region"
    assert dict(WIDE.rungs)["date"] == "decade"


def test_wider_counts_at_once_and_narrower_when_a_second_person_signed(archive: Archive) -> None:
    """
    R13: neither the same person twice, nor another change than the one she was shown.
    """
    vault = archive.vault
    assert profiles.decide(vault, archive.minji, "near", NEAR, TODAY) is None
    assert profiles.current(vault) == WIDE
    change = profiles.waiting(vault)
    assert change is not None
    assert change.narrows == ("place",)
    with pytest.raises(ProfileRefused, match="a second person"):
        profiles.second(vault, archive.minji, change.digest)
    with pytest.raises(ProfileRefused, match="not the profile"):
        profiles.second(vault, archive.sora, "0" * 64)
    with pytest.raises(ProfileRefused, match="does not know the key"):
        profiles.second(vault, Person("sora", SigningKey.generate()), change.digest)
    made = profiles.second(vault, archive.sora, change.digest)
    assert (made.number, made.by) == (1, ("minji", "sora"))
    labels = profiles.decide(vault, archive.minji, "labels", dict.fromkeys(WIDE.rungs, "label"), TODAY)

    assert labels is not None
    assert (labels.number, profiles.current(vault)) == (2, labels)
    assert profiles.waiting(vault) is None
    with pytest.raises(ProfileRefused, match="in force already"):
        profiles.decide(vault, archive.minji, "labels", dict.fromkeys(WIDE.rungs, "label"), TODAY)


def test_what_waits_may_be_let_go_and_what_was_changed_waits_no_more(archive: Archive) -> None:
    """
    Nobody can sign what its maker did not sign, under this key; what counts goes on counting.
    """
    vault = archive.vault
    with pytest.raises(ProfileRefused, match="no profile waits"):
        profiles.drop(vault, archive.minji)
    profiles.decide(vault, archive.minji, "near", NEAR, TODAY)
    row = vault.json(profiles.KIND, profiles.PROPOSED)
    stranger = {"public": SigningKey.generate().public.to_text()}
    changes: list[dict[str, Any]] = [
        {"name": "else"},
        {"number": 7},
        {"by": [row["by"][0] | stranger]},
        {"by": []},
    ]
    for change in changes:
        vault.put_json(profiles.KIND, profiles.PROPOSED, row | change)
        assert profiles.waiting(vault) is None
    vault.put_json(profiles.KIND, profiles.PROPOSED, row)
    assert profiles.waiting(vault)
    profiles.decide(vault, archive.sora, "labels", dict.fromkeys(WIDE.rungs, "label"), TODAY)
    vault.put_json(profiles.KIND, profiles.PROPOSED, row)
    assert profiles.waiting(vault) is None  # it was signed to follow another profile
    profiles.drop(vault, archive.minji)

    assert not vault.holds(profiles.KIND, profiles.PROPOSED)
    assert profiles.current(vault).name == "labels"


@pytest.mark.parametrize(
    "change",
    [{"rungs": NEAR}, {"number": 2}, {"previous": "0" * 64}, {"by": []}, {"v": 2}, {"name": "else"}],
    ids=["rungs", "number", "previous", "nobody", "version", "name"],
)
def test_a_profile_that_was_changed_is_refused(archive: Archive, change: dict[str, Any]) -> None:
    """
    Nothing is released under a profile that nobody signed.
    """
    vault = archive.vault
    profiles.decide(vault, archive.minji, "labels", dict.fromkeys(WIDE.rungs, "label"), TODAY)
    row = vault.json(profiles.KIND, profiles.NEWEST)
    vault.put_json(profiles.KIND, profiles.NEWEST, row | change)

    with pytest.raises(ProfileDamaged):
        profiles.current(vault)


def test_a_narrower_profile_with_one_signature_is_refused(archive: Archive) -> None:
    """
    Whoever puts what waits in the place of what counts has gained nothing.
    """
    vault = archive.vault
    profiles.decide(vault, archive.minji, "near", NEAR, TODAY)
    vault.put_json(profiles.KIND, profiles.NEWEST, vault.json(profiles.KIND, profiles.PROPOSED))

    with pytest.raises(ProfileDamaged):
        profiles.current(vault)


@pytest.mark.parametrize(
    ("name", "rungs"),
    [
        ("", NEAR), ("a\nb", NEAR), ("near", NEAR | {"place": "village"}), ("near", NEAR | {"else": "label"}),
        ("near", {"place": "region"}), ("near", {}),
    ],
    ids=["no name", "two lines", "no rung", "no kind", "in part", "empty"],
)  # fmt: skip
def test_what_is_no_profile_is_refused(archive: Archive, name: str, rungs: dict[str, str]) -> None:
    """
    A clear error, and what counts goes on counting.
    """
    with pytest.raises(ProfileRefused):
        profiles.decide(archive.vault, archive.minji, name, rungs, TODAY)

    assert profiles.current(archive.vault) == WIDE
    assert profiles.waiting(archive.vault) is None


@pytest.mark.parametrize(
    ("place", "date", "expected"),
    [
        ("province", "year", {"place": ["cn-jl", "kp-10"], "way": ["kp-10>cn-jl"], "year": "year"}),
        ("region", "decade", {"place": ["kp-border"], "way": ["kp-border>cn-north-east"], "year": "X"}),
        ("country", "five years", {"place": ["cn", "kp"], "way": ["kp>cn"], "year": "X"}),
        ("label", "label", {}),
    ],
    ids=["provinces", "regions", "countries", "nothing"],
)  # fmt: skip
def test_a_coding_says_no_more_than_the_words(place: str, date: str, expected: dict[str, Any]) -> None:
    """
    What the text tells as a region is no province in the codes of a release, and no year.
    """
    told = summary(life(WHOLE), {"place": place, "date": date})

    assert set(expected.get("place", [])) <= set(told.get("place", []))
    assert set(expected.get("way", [])) <= set(told.get("way", []))
    assert ("place" in told, "year" in told) == (bool(expected), bool(expected))
    if place != "province":
        assert not any(code[:3] in ("kp-", "cn-") and code[3:].isdigit() for code in told.get("place", []))
        assert all(year.endswith("X") for year in told.get("year", []))

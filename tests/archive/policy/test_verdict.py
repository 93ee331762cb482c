"""What a policy says against handing out: every reason, on every day, in every combination."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.coding.record import Life, life
from archive.coding.schema import MalformedCoding
from archive.policy.loosening import loosened
from archive.policy.record import Accused, Embargo, Policy, ThirdParty, Withheld, policy
from archive.policy.verdict import (
    OUTSIDE,
    Reason,
    needs_guardian,
    reasons,
    reasons_of_names,
    reasons_of_part,
    was_minor,
)
from archive.testimony import AUDIENCES, Audience, Segment, Use

DAY = date(2026, 3, 31)
NAMES = {"a1": "최영란", "a2": "박철수", "a3": "Kim Chol", "narrator": "리순옥", "p1": "왕씨"}
HERS = [{"form": NAMES["narrator"], "kind": "real"}, {"form": "봄이", "kind": "nickname"}]
CHOE = [{"form": NAMES["a1"], "romanisation": "Choe Yong-ran"}]
CODED: dict[str, Any] = {
    "actors": [
        {"actor_id": "narrator", "names": HERS},
        {"actor_id": "a1", "whereabouts_class": "in_dprk", "names": CHOE},
        {"actor_id": "a2", "living_status": "living", "names": [{"form": NAMES["a2"]}]},
        {"actor_id": "a3", "names": [{"form": NAMES["a3"]}]},
    ],
    "acts": [{"act_id": "e1", "type": "x_Sale", "role_links": [{"actor": "a2", "role": "Smuggler"}]}],
}
CODING = life(CODED)


def said(told: str, policy: Policy, audience: Audience, coding: Life = CODING) -> list[str]:
    return [str(each) for each in reasons_of_names(policy, coding, (Segment("s0001", told),), audience)]


@pytest.mark.parametrize(
    ("until", "day", "holds"),
    [
        ("2026-04-01", DAY, True),
        ("2026-03-31", DAY, False),
        ("2026-03-30", DAY, False),
        ("", DAY, True),
        ("2026-02-30", DAY, True),
        ("soon", DAY, True),
        ("20260101", date(1970, 1, 1), True),
    ],
)
def test_an_embargo_is_compared_with_the_day_of_the_asking(until: str, day: date, holds: bool) -> None:
    """
    R31: before, at and after its day; without a day never; with one that cannot be read it holds.
    """
    held = Policy(embargoes=(Embargo("personal", until),))

    assert Embargo("personal", until).holds(day) is holds
    for audience in AUDIENCES:
        assert bool(list(reasons(held, Life(), audience, day))) == (holds and audience in OUTSIDE)


def test_the_longer_of_two_embargoes_decides() -> None:
    """
    R31: hers has ended, that for routes and helpers has not: nobody outside reads.
    """
    both = Policy(embargoes=(Embargo("personal", "2020-01-01"), Embargo("operational", "2030-01-01")))

    assert [str(each) for each in reasons(both, Life(), "public", DAY)] == [
        "operational embargo: nobody outside reads it yet"
    ]


@pytest.mark.parametrize(
    "told",
    [
        "최영란이 울었다.",
        "崔英兰",
        "Choe Yong-ran wept.",
        "CHOE YONG RAN",
        "Yong-ran Choe",
        "최 영란",
        "최\n영란",
    ],
)
def test_who_is_in_north_korea_and_did_not_consent_stops_the_text(told: str) -> None:
    """
    R12: in every spelling that is coded; her death opens nothing, her consent does, for the names it lists.
    """
    shown = "崔" not in told
    blocked = ["somebody in North Korea who did not consent can be read in it: a1"] if shown else []
    for audience in OUTSIDE:
        assert said(told, Policy(), audience) == blocked
        for finding, opens in (
            ("not_consented", False),
            ("deceased", False),
            ("consented", True),
            ("publicly_known", True),
        ):
            found = Policy(third_parties=(ThirdParty("a1", (NAMES["a1"], "Choe Yong-ran"), finding),))
            assert said(told, found, audience) == ([] if opens else blocked)
    assert said(told, Policy(), "archivists") == []


def test_a_finding_speaks_for_the_names_it_lists() -> None:
    """
    R12: a spelling that is coded later was not asked about, so it stops the text.
    """
    found = Policy(third_parties=(ThirdParty("a1", (NAMES["a1"],), "consented"),))

    assert said(NAMES["a1"], found, "public") == []
    assert said("Choe Yong-ran", found, "public") != []


def test_whom_no_coding_names_the_policy_can() -> None:
    """
    R12: p1 is looked for by the names that the policy lists; whereabouts count from either.
    """
    found = Policy(third_parties=(ThirdParty("p1", (NAMES["p1"],), "deceased", "in_dprk"),))
    elsewhere = replace(found, third_parties=(ThirdParty("p1", (NAMES["p1"],), "deceased"),))
    moved = Policy(third_parties=(ThirdParty("a3", (NAMES["a3"],), "deceased", "in_dprk"),))

    assert said("왕씨네 집", found, "vetted_researchers", Life()) != []
    assert said("왕씨네 집", elsewhere, "vetted_researchers", Life()) == []
    assert said("Kim Chol", moved, "public") != []


def test_a_living_accused_is_named_to_everybody_on_a_ground_only() -> None:
    """
    R40: not because he is known; he who is dead, or of whom a ground is written down, may be named.
    """
    known = Policy(third_parties=(ThirdParty("a2", (NAMES["a2"],), "publicly_known"),))
    dead = Policy(third_parties=(ThirdParty("a2", (NAMES["a2"],), "deceased"),))
    ground = Policy(accused=(Accused("a2", (NAMES["a2"],), "판결 2021-14"),))

    assert said(NAMES["a2"], known, "public") == [
        "a living accused is named, and two people have not decided that on a ground: a2"
    ]
    assert said(NAMES["a2"], known, "vetted_researchers") == []
    assert said(NAMES["a2"], Policy(), "vetted_researchers") == [
        "somebody is named in it who did not consent: a2"
    ]
    assert said(NAMES["a2"], dead, "public") == said(NAMES["a2"], ground, "public") == []


def test_her_own_name_goes_out_as_she_chose() -> None:
    """
    The stricter wins: without a choice none; a name of her own choice only, or her real one.
    """
    own, real = Policy(attribution="pseudonym_own"), Policy(attribution="real_name")
    assert loosened(Policy(), own) == loosened(own, real) == ("attribution",)

    assert [bool(said(NAMES["narrator"], each, "public")) for each in (Policy(), own, real)] == [
        True,
        True,
        False,
    ]
    assert [bool(said("봄이", each, "public")) for each in (Policy(), own, real)] == [True, False, False]


@pytest.mark.parametrize("coded_age", [None, 15, 18])
def test_a_child_is_spoken_for_and_neither_seen_nor_heard(coded_age: int | None) -> None:
    """
    R39: decided, or by an age that is coded of her; an adult who tells of her childhood speaks for herself.
    """
    link = {"actor": "narrator", "role": "victim"} | ({} if coded_age is None else {"age_at_time": coded_age})
    coding = life({"acts": [{"act_id": "e1", "type": "x_Sale", "role_links": [link]}]})
    child = coded_age == 15
    spoken = Policy(guardian="consented")
    grown = Policy(minor_at_telling="no")

    for audience in OUTSIDE:
        assert bool(list(reasons(Policy(), coding, audience, DAY))) == child
        assert list(reasons(spoken, coding, audience, DAY)) == []
        assert list(reasons(grown, coding, audience, DAY)) == []
        for part in ("images", "audio"):
            against = list(reasons_of_part(grown, coding, part, "exhibition", audience))
            assert bool(against) == child
        assert list(reasons_of_part(grown, coding, "s0001", "exhibition", audience)) == []
    assert list(reasons(Policy(guardian="refused"), Life(), "public", DAY)) != []


DAYS = st.sampled_from(["", "2026-03-30", "2026-03-31", "2030-01-01"])
PEOPLE = st.sampled_from(sorted(NAMES))


def rows(kind: Any, *more: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Rows about people, at most one of each."""
    one = PEOPLE.flatmap(
        lambda id: st.builds(kind, st.just(id), st.sampled_from([(NAMES[id],), (NAMES[id], "봄이")]), *more)
    )
    return st.lists(one, max_size=3, unique_by=lambda each: each.actor).map(tuple)


POLICIES = st.builds(
    Policy,
    embargoes=st.lists(
        st.builds(Embargo, st.sampled_from(["personal", "operational"]), DAYS),
        max_size=2,
        unique_by=lambda e: e.kind,
    ).map(tuple),
    review_by=DAYS,
    minor_at_time=st.sampled_from(["", "yes", "no", "unknown"]),
    minor_at_telling=st.sampled_from(["", "yes", "no", "unknown"]),
    guardian=st.sampled_from(["", "consented", "waived", "refused"]),
    third_parties=rows(
        ThirdParty,
        st.sampled_from(["", "consented", "publicly_known", "deceased", "not_consented"]),
        st.sampled_from(["", "in_dprk", "in_china"]),
    ),
    accused=rows(Accused, st.sampled_from(["판결", "보고서"])),
    list_existence=st.sampled_from(["", "denied"]),
    withheld=st.lists(
        st.builds(
            Withheld,
            st.sampled_from(["s0001", "images"]),
            st.sampled_from(["", "teaching"]),
            st.sampled_from(["", "public"]),
        ),
        max_size=2,
    ).map(tuple),
    attribution=st.sampled_from(["", "anonymous", "pseudonym_own", "real_name"]),
    grounds=st.just("까닭"),
)


def allows(policy: Policy, coding: Life, told: str, part: str, audience: Audience, day: date) -> bool:
    against = [
        *reasons(policy, coding, audience, day),
        *reasons_of_part(policy, coding, part, "teaching", audience),
        *reasons_of_names(policy, coding, (Segment("s0001", told),), audience),
    ]
    return not against


HARMED = {"actor": "narrator", "role": "victim", "age_at_time": 15}
BOTH = {"act_id": "e1", "type": "x_Sale", "role_links": [HARMED, {"actor": "a2", "role": "Smuggler"}]}
CHILD = life(CODED | {"acts": [BOTH]})
FIELDS = [each.name for each in fields(Policy)]


@pytest.mark.parametrize("field", FIELDS)
@settings(max_examples=150, deadline=None)
@given(
    POLICIES,
    POLICIES,
    st.sets(st.sampled_from(FIELDS), max_size=2),
    st.sets(st.sampled_from(FIELDS), max_size=1),
    st.sampled_from([CODING, Life(), replace(CODING, acts=()), CHILD]),
    st.sampled_from([*NAMES.values(), "봄이", "아무 이름도 없다"]),
    st.sampled_from(["s0001", "s0002", "images"]),
    st.sampled_from(AUDIENCES),
    st.sampled_from([DAY - timedelta(1), DAY, date(2031, 1, 1)]),
)
def test_what_one_person_may_decide_never_lets_out_more(
    field: str,
    one: Policy,
    other: Policy,
    had: set[str],
    more: set[str],
    coding: Life,
    told: str,
    part: str,
    audience: Audience,
    day: date,
) -> None:
    """
    Whatever a change of this field, and of another, opens that was closed: it is a loosening, which two sign.
    """
    before = replace(Policy(), **{each: getattr(one, each) for each in {field, *had}})
    after = replace(before, **{each: getattr(other, each) for each in {field, *more}})
    was = allows(before, coding, told, part, audience, day)

    assert loosened(before, after) or was or not allows(after, coding, told, part, audience, day)
    assert not loosened(before, before)


@settings(max_examples=200, deadline=None)
@given(POLICIES)
def test_a_policy_says_the_same_after_it_was_kept(kept: Policy) -> None:
    """
    What is empty is left out; an embargo without a day is not lost.
    """
    assert policy(kept.to_json()) == kept


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"name": "혜숙"}, "name is not a field"),
        ({"혜숙": 1}, "a key is not a field"),
        ({"embargoes": [{"until": "2030-01-01"}]}, "policy.embargoes[0].kind"),
        ({"embargoes": [{"kind": "personal", "until": "2030-02-30"}]}, "policy.embargoes[0].until"),
        ({"embargoes": [{"kind": "personal"}] * 2}, "policy.embargoes"),
        ({"review_by": "20300101"}, "policy.review_by"),
        ({"third_parties": [{"actor": "혜숙"}]}, "policy.third_parties[0].actor"),
        ({"third_parties": [{"names": ["혜숙"]}]}, "policy.third_parties[0].actor"),
        ({"third_parties": [{"actor": "p1"}]}, "policy.third_parties[0].names"),
        ({"third_parties": [{"actor": "a1", "names": ["혜숙", "혜숙"]}]}, "policy.third_parties[0].names"),
        ({"accused": [{"actor": "a1", "names": ["혜숙"]}]}, "policy.accused[0].basis"),
        ({"withheld": [{"use": "teaching"}]}, "policy.withheld[0].part"),
        ({"withheld": [{"part": "s1"}]}, "policy.withheld[0].part"),
        ({"guardian": "waived"}, "policy.grounds"),
    ],
)
def test_what_does_not_follow_the_format_is_named_and_not_quoted(row: dict[str, Any], field: str) -> None:
    """
    R29: unknown keys too; no name that was typed stands in the refusal.
    """
    with pytest.raises(MalformedCoding) as refused:
        policy(row)

    assert field in str(refused.value)
    assert "혜숙" not in str(refused.value)


@pytest.mark.parametrize(
    ("withheld", "met"),
    [
        (Withheld("s0001"), {("teaching", "public"), ("teaching", "archivists"), ("exhibition", "public")}),
        (Withheld("s0001", "teaching"), {("teaching", "public"), ("teaching", "archivists")}),
        (Withheld("s0001", "", "public"), {("teaching", "public"), ("exhibition", "public")}),
        (Withheld("s0001", "teaching", "public"), {("teaching", "public")}),
        (Withheld("s0002"), set()),
    ],
)
def test_a_part_is_withheld_for_its_use_and_its_audience(
    withheld: Withheld, met: set[tuple[Use, Audience]]
) -> None:
    """
    Without a use for any use, without an audience from everybody, archivists too; and no other part.
    """
    held = Policy(withheld=(Withheld("images"), withheld))
    asked: list[tuple[Use, Audience]]
    asked = [("teaching", "public"), ("teaching", "archivists"), ("exhibition", "public")]

    for use, audience in asked:
        against = list(reasons_of_part(held, Life(), "s0001", use, audience))
        assert against == ([Reason("this part is withheld")] if (use, audience) in met else [])


def test_each_reason_is_told_in_its_own_words() -> None:
    """
    An archivist reads why something stays, all of it, and who is meant by a name that names nobody.
    """
    shut = Policy(embargoes=(Embargo("personal"),), list_existence="denied", guardian="refused")
    asked = Policy(minor_at_telling="yes")
    both = f"{NAMES['a2']} {NAMES['a3']} {NAMES['narrator']}"
    child = Policy(minor_at_time="yes")

    assert [str(each) for each in reasons(shut, Life(), "public", DAY)] == [
        "personal embargo: nobody outside reads it yet",
        "nobody outside may learn that it exists",
        "her guardian refused",
    ]
    assert [str(each) for each in reasons(asked, Life(), "public", DAY)] == [
        "she was a child: say that she told it grown up, or what her guardian says"
    ]
    assert [str(each) for each in reasons_of_part(child, Life(), "audio", "teaching", "public")] == [
        "she was a child: no voice and no picture goes out"
    ]
    assert list(reasons_of_part(child, Life(), "audio", "teaching", "archivists")) == []
    assert said(both, Policy(), "vetted_researchers") == [
        "somebody is named in it who did not consent: a2, a3",
        "her own name can be read in it: narrator",
    ]


def test_a_guardian_is_asked_for_whoever_was_a_child() -> None:
    """
    When she told it, or when it happened and nobody said that she told it grown up; and for nobody else.
    """
    words = ("", "yes", "no", "unknown")
    asked = {
        (then, now): needs_guardian(Policy(minor_at_time=then, minor_at_telling=now), Life())
        for then in words
        for now in words
    }

    assert {pair for pair, needed in asked.items() if needed} == {
        *((then, "yes") for then in words),
        *(("yes", now) for now in ("", "unknown")),
    }
    assert list(reasons(Policy(minor_at_telling="yes", guardian="waived"), Life(), "public", DAY)) == []


@pytest.mark.parametrize(("age", "minor"), [(0, True), (17, True), (18, False), (None, False)])
def test_who_was_under_eighteen_was_a_child(age: int | None, minor: bool) -> None:
    """
    By her own age in any act; not by anybody else's, and not against what was decided.
    """
    hers = {"actor": "narrator", "role": "victim"} | ({} if age is None else {"age_at_time": age})
    his = {"actor": "a2", "role": "Smuggler", "age_at_time": 15}
    coding = life(
        {"actors": CODED["actors"], "acts": [{"act_id": "e1", "type": "x_Sale", "role_links": [his, hers]}]}
    )

    assert was_minor(Policy(), coding) is minor
    assert was_minor(Policy(minor_at_time="no"), coding) is False
    assert was_minor(Policy(minor_at_time="yes"), Life()) is True


def test_a_policy_is_kept_without_what_is_empty() -> None:
    """
    The same record each time, to the letter: what is signed is these words.
    """
    kept = Policy(
        embargoes=(Embargo("personal"),),
        minor_at_time="no",
        third_parties=(ThirdParty("p1", ("왕씨",), "consented"),),
        withheld=(Withheld("images", audience="public"),),
    )

    assert Policy().to_json() == {}
    assert kept.to_json() == {
        "embargoes": [{"kind": "personal"}],
        "minor_at_time": "no",
        "third_parties": [{"actor": "p1", "names": ["왕씨"], "finding": "consented"}],
        "withheld": [{"part": "images", "audience": "public"}],
    }


def test_a_name_is_met_wherever_a_part_begins() -> None:
    """
    Parts stay apart where they are joined to be looked through: no word grows out of two of them.
    """
    parts = (Segment("s0001", "그날"), Segment("s0002", f"{NAMES['a3']} 왔다"))

    assert [str(each) for each in reasons_of_names(Policy(), CODING, parts, "public")] == [
        "somebody is named in it who did not consent: a3"
    ]


def test_every_spelling_of_a_name_of_her_own_goes_out() -> None:
    """
    All of them at once, too; with her real name beside them, none.
    """
    own = [
        {"form": "봄이", "romanisation": "Bomi", "kind": "nickname"},
        {"form": "순이 엄마", "kind": "given_by_others"},
    ]
    coding = life({"actors": [{"actor_id": "narrator", "names": own}]})
    chosen = Policy(attribution="pseudonym_own")

    both = life({"actors": [{"actor_id": "narrator", "names": own[:1]}]})

    assert said("봄이 (Bomi)", chosen, "public", both) == said("봄이", chosen, "public", coding) == []
    assert said("순이 엄마", chosen, "public", coding) == []
    assert said("봄이 리순옥", chosen, "public") == ["her own name can be read in it: narrator"]


def third(*rows: ThirdParty) -> Policy:
    return Policy(third_parties=rows)


def until(day: str, kind: str = "personal") -> Policy:
    return Policy(embargoes=(Embargo(kind, day),))


def named(*rows: Accused) -> Policy:
    return Policy(accused=rows)


IMAGES, WITHHELD = Withheld("images"), Withheld("s0001", "teaching")
KEPT, LOOSER = False, True
STEPS = [
    (until("2030-01-01"), until("2030-01-01"), KEPT),
    (until("2030-01-01"), until("2030-01-02"), KEPT),
    (until("2030-01-01"), until("2029-12-31"), LOOSER),
    (until("2030-01-01"), until(""), KEPT),
    (until(""), until("9998-12-31"), LOOSER),
    (until("2030-01-01"), until("2031-01-01", "operational"), LOOSER),
    (Policy(), until("2030-01-01"), KEPT),
    (until("2030-01-01"), Policy(), LOOSER),
    (Policy(), Policy(review_by="2030-01-01"), KEPT),
    (Policy(review_by="2030-01-01"), Policy(review_by="2030-01-01"), KEPT),
    (Policy(review_by="2030-01-01"), Policy(review_by="2029-01-01"), KEPT),
    (Policy(review_by="2030-01-01"), Policy(review_by="2031-01-01"), LOOSER),
    (Policy(review_by="2030-01-01"), Policy(), LOOSER),
    (Policy(), Policy(minor_at_time="yes"), KEPT),
    (Policy(minor_at_time="no"), Policy(minor_at_time="yes"), KEPT),
    (Policy(minor_at_time="no"), Policy(minor_at_time="no"), KEPT),
    (Policy(minor_at_time="yes"), Policy(), LOOSER),
    (Policy(), Policy(minor_at_time="no"), LOOSER),
    (Policy(), Policy(minor_at_time="unknown"), LOOSER),
    (Policy(), Policy(minor_at_telling="yes"), KEPT),
    (Policy(minor_at_telling="no"), Policy(minor_at_telling="no"), KEPT),
    (Policy(minor_at_telling="no"), Policy(), KEPT),
    (Policy(minor_at_telling="unknown"), Policy(), KEPT),
    (Policy(minor_at_telling="yes"), Policy(), LOOSER),
    (Policy(minor_at_telling="yes"), Policy(minor_at_telling="unknown"), LOOSER),
    (Policy(), Policy(minor_at_telling="no"), LOOSER),
    (Policy(), Policy(guardian="refused"), KEPT),
    (Policy(guardian="consented"), Policy(), KEPT),
    (Policy(guardian="consented"), Policy(guardian="consented"), KEPT),
    (Policy(guardian="refused"), Policy(), LOOSER),
    (Policy(), Policy(guardian="consented"), LOOSER),
    (Policy(), Policy(guardian="waived"), LOOSER),
    (Policy(), third(ThirdParty("a1", ("혜숙",), "not_consented")), KEPT),
    (Policy(), third(ThirdParty("a1", ("혜숙",))), KEPT),
    (Policy(), third(ThirdParty("a1", ("혜숙",), whereabouts="in_dprk")), KEPT),
    (Policy(), third(ThirdParty("a1", ("혜숙",), "consented")), LOOSER),
    (Policy(), third(ThirdParty("a1", (), "deceased")), LOOSER),
    (third(ThirdParty("a1", ("혜숙",))), Policy(), LOOSER),
    (third(ThirdParty("a1", whereabouts="in_dprk")), third(ThirdParty("a1")), LOOSER),
    (third(ThirdParty("a1", whereabouts="in_china")), third(ThirdParty("a1")), KEPT),
    (third(ThirdParty("a1", ("혜숙",), "consented")), third(ThirdParty("a1", ("혜숙",), "deceased")), LOOSER),
    (third(ThirdParty("a1", ("혜숙",), "consented")), third(ThirdParty("a1", ("혜숙",))), KEPT),
    (Policy(), named(Accused("a1", ("왕",), "판결")), LOOSER),
    (named(Accused("a1", ("왕",), "판결")), Policy(), LOOSER),
    (named(Accused("a1", ("왕",), "판결")), named(Accused("a1", ("왕",), "보도")), LOOSER),
    (named(Accused("a1", ("왕", "주"), "판결")), named(Accused("a1", ("왕",), "판결")), LOOSER),
    (named(Accused("a1", ("왕",), "판결")), named(Accused("a1", ("왕",), "판결")), KEPT),
    (Policy(), Policy(list_existence="denied"), KEPT),
    (Policy(list_existence="denied"), Policy(list_existence="denied"), KEPT),
    (Policy(list_existence="denied"), Policy(), LOOSER),
    (Policy(), Policy(withheld=(IMAGES,)), KEPT),
    (Policy(withheld=(IMAGES,)), Policy(withheld=(WITHHELD, IMAGES)), KEPT),
    (Policy(withheld=(IMAGES, WITHHELD)), Policy(withheld=(IMAGES,)), LOOSER),
    (Policy(), Policy(attribution="anonymous"), KEPT),
    (Policy(attribution="real_name"), Policy(), KEPT),
    (Policy(attribution="pseudonym_own"), Policy(attribution="pseudonym_archive"), KEPT),
    (Policy(attribution="anonymous"), Policy(attribution="pseudonym_archive"), LOOSER),
    (Policy(), Policy(attribution="pseudonym_archive"), LOOSER),
    (Policy(), Policy(attribution="real_name"), LOOSER),
]


@pytest.mark.parametrize(("before", "after", "looser"), STEPS)
def test_each_step_is_told_to_loosen_or_to_keep(before: Policy, after: Policy, looser: bool) -> None:
    """
    Field by field, in both directions: what may let out more, or keep longer, needs two people.
    """
    (changed,) = {each for each in FIELDS if getattr(before, each) != getattr(after, each)} or {"none"}

    assert loosened(before, after) == ((changed,) if looser else ())


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"embargoes": [{"until": "2030-01-01"}]}, "policy.embargoes[0].kind: for whom"),
        ({"embargoes": [{"kind": "personal"}] * 2}, "policy.embargoes: two say something of the same"),
        (
            {"third_parties": [{"actor": "a1"}, {"actor": "a1"}]},
            "policy.third_parties: two say something of the same",
        ),
        ({"accused": [{"actor": "a1", "names": ["왕"], "basis": "판결"}] * 2}, "policy.accused: two say"),
        (
            {"third_parties": [{"actor": "a1"}, {"names": ["왕"]}]},
            "policy.third_parties[1].actor: who is meant",
        ),
        ({"accused": [{"names": ["왕"], "basis": "판결"}]}, "policy.accused[0].actor: who is meant"),
        ({"third_parties": [{"actor": "p1"}]}, "policy.third_parties[0].names: whom no coding has"),
        ({"accused": [{"actor": "a1", "basis": "판결"}]}, "policy.accused[0].basis: naming an accused"),
        ({"withheld": [{"use": "teaching"}]}, "policy.withheld[0].part: which part"),
        ({"guardian": "waived"}, "policy.grounds: why nobody asks a guardian"),
    ],
)
def test_a_refusal_names_the_row_and_what_is_missing(row: dict[str, Any], told: str) -> None:
    """
    Which of several rows it is, and what to write there.
    """
    with pytest.raises(MalformedCoding) as refused:
        policy(row)

    assert str(refused.value).startswith(told)
    assert policy({"third_parties": [{"actor": "a1"}], "guardian": "consented"}).guardian == "consented"

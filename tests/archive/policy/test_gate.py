"""The one gate asks the policy too: on the day of the asking, for each part, for whoever is named."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive import consent, releasing, retention, review
from archive.coding import versions as codings
from archive.coding.outside import summary
from archive.coding.record import life
from archive.consent import ConsentRefused, Rendition, against, rendition, require_granted, still_granted
from archive.finding import private_index
from archive.leaving import line
from archive.policy import versions
from archive.policy.record import Accused, Embargo, Policy, ThirdParty, Withheld, policy
from archive.redaction.profiles import WIDE
from archive.redaction.spans import Redaction
from archive.release import BODY
from archive.testimony import AUDIENCES, USES, Grant
from tests.archive.coding.lives import TEXT, WHOLE
from tests.people import RESEARCH, TODAY, Archive

THREE = "강을 건넜다.\n산을 넘었다.\n집에 돌아왔다."
ALL: list[Grant] = list(itertools.product(USES, AUDIENCES))
EVERYTHING = [(use, audience) for use, audience in ALL]
TOMORROW = TODAY + timedelta(days=1)


def decided(archive: Archive, told: str, *marks: Redaction) -> str:
    review.propose(archive.vault, archive.minji, told, marks)
    archive.approve(told)
    return told


def decide(archive: Archive, told: str, wanted: Policy) -> None:
    """What both people want, whether it narrows or loosens."""
    seen = versions.current(archive.vault, told).number
    if versions.decide(archive.vault, archive.minji, told, wanted, TODAY, seen=seen) is None:
        change = versions.waiting(archive.vault, told)
        assert change is not None
        versions.second(archive.vault, archive.sora, told, change.digest)


def code(archive: Archive, told: str, **actor: Any) -> None:
    row = {"actors": [{"actor_id": "a1", **actor}]}
    words, seen = review.reading(archive.vault, told).told, codings.current(archive.vault, told).number
    codings.keep(archive.vault, archive.minji, words, life(row), TODAY, seen=seen)


def read(archive: Archive, told: str, **more: Any) -> list[str]:
    return [
        s.text for s in rendition(archive.vault, told, "research_read", "vetted_researchers", **more).segments
    ]


def test_an_embargo_holds_until_its_day_and_lapses_by_itself(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """
    R31: the gate looks at the machine's day each time. The lapse is listed, and releases nothing.
    """
    told = decided(archive, archive.told(THREE))
    decide(archive, told, Policy(embargoes=(Embargo("personal", TOMORROW.isoformat()),)))
    with pytest.raises(ConsentRefused, match="personal embargo"):
        read(archive, told)
    with pytest.raises(releasing.ReleaseRefused):
        releasing.draft(archive.vault, archive.minji)
    assert rendition(archive.vault, told, "index_search", "archivists")
    assert [each.cause for each in retention.due(archive.vault, TODAY)] == []

    monkeypatch.setattr(consent, "_today", lambda: TOMORROW)
    assert read(archive, told) == THREE.split("\n")
    assert [(d.testimony_id, d.cause) for d in retention.due(archive.vault, TOMORROW)] == [(told, "embargo")]
    assert archive.vault.names("release") == archive.vault.names("draft") == []
    assert releasing.draft(archive.vault, archive.minji).ids == (told,)


def test_an_embargo_without_a_day_never_ends(archive: Archive) -> None:
    """
    R31: no date in an embargoed state is never.
    """
    told = decided(archive, archive.told(THREE))
    decide(archive, told, Policy(embargoes=(Embargo("operational"),)))

    with pytest.raises(ConsentRefused, match="operational embargo"):
        read(archive, told, today=date(9999, 12, 31))
    assert retention.due(archive.vault, TODAY) == []


def test_whether_it_may_be_used_is_answered_for_the_day_and_the_part_that_are_asked(archive: Archive) -> None:
    """
    R31: without the text, too; without a day it is the machine's own, and with one only that one counts.
    """
    told = decided(archive, archive.told(grants=EVERYTHING))
    held = (Withheld("s0001", "research_read", "public"),)
    decide(archive, told, Policy(embargoes=(Embargo("personal", TOMORROW.isoformat()),), withheld=held))
    for day in (None, TODAY):
        with pytest.raises(ConsentRefused, match="personal embargo"):
            require_granted(archive.vault, told, "research_read", "vetted_researchers", today=day)
        with pytest.raises(ConsentRefused, match="personal embargo"):
            read(archive, told, today=day)
        assert against(archive.vault, told, "research_read", "vetted_researchers", day)

    assert len(read(archive, told, today=TOMORROW)) == 2
    assert not against(archive.vault, told, "research_read", "vetted_researchers", TOMORROW)
    made = rendition(archive.vault, told, "research_read", "vetted_researchers", today=TOMORROW)
    assert [still_granted(archive.vault, made, day) for day in (None, TODAY, TOMORROW)] == [
        False,
        False,
        True,
    ]
    require_granted(archive.vault, told, "research_read", "vetted_researchers", part="s0001", today=TOMORROW)
    require_granted(archive.vault, told, "research_read", "public", part="s0002", today=TOMORROW)
    with pytest.raises(ConsentRefused, match="this part is withheld"):
        require_granted(archive.vault, told, "research_read", "public", part="s0001", today=TOMORROW)


def test_an_embargo_takes_out_of_the_next_release_what_went_out_before(
    archive: Archive, tmp_path: Path
) -> None:
    """
    R5, R31: the old release is not written again, and a rendition that was made before is refused.
    """
    told = decided(archive, archive.told(THREE))
    other = decided(archive, archive.told("다른 사람의 말"))
    releasing.draft(archive.vault, archive.minji)
    archive.sign_release()
    made = rendition(archive.vault, told, "research_read", "vetted_researchers")
    assert still_granted(archive.vault, made)
    decide(archive, told, Policy(embargoes=(Embargo("personal"),)))

    assert not still_granted(archive.vault, made)
    with pytest.raises(releasing.ReleaseRefused, match="does not allow it any more"):
        releasing.write(archive.vault, 1, tmp_path / "again", TODAY)
    assert releasing.draft(archive.vault, archive.minji).ids == (other,)


PARTS = ("s0001", "s0002", "s0003", "images", "audio", "attachments")
WITHHELD = st.builds(
    Withheld, st.sampled_from(PARTS), st.sampled_from(("", *USES)), st.sampled_from(("", *AUDIENCES))
)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sets(st.sampled_from(ALL), max_size=12),
    st.lists(WITHHELD, max_size=6),
    st.sampled_from(["", "yes"]),
)
def test_consent_is_per_use_audience_and_part(
    archive: Archive, grants: set[Grant], withheld: list[Withheld], minor: str
) -> None:
    """
    R2: over all combinations a part comes out exactly where it was granted and not withheld; R39 for a child.
    """
    told = decided(archive, archive.told(THREE, grants=grants))
    narrow = Policy(withheld=tuple(withheld), minor_at_time=minor, minor_at_telling="no" if minor else "")
    if narrow != Policy():
        decide(archive, told, narrow)
    with archive.vault.together():  # asked 256 times
        for use, audience in ALL:
            shown = set()
            try:
                made = rendition(archive.vault, told, use, audience)
                shown = {each.id for each in made.segments}
                assert made.profile == ("child" if minor and audience != "archivists" else made.profile)
            except ConsentRefused:
                pass
            for part in PARTS[3:]:
                try:
                    require_granted(archive.vault, told, use, audience, part=part)
                    shown.add(part)
                except ConsentRefused:
                    pass
            child = {"images", "audio"} if minor and audience != "archivists" else set()
            may = {p for p in PARTS if p not in child and (use, audience) in grants}
            assert shown == {
                p for p in may if not any(w.part == p and w.meets(use, audience) for w in withheld)
            }


WHERE = "1998년 3월에 회령시에서 살았다."


def marks_of_where(date: str = "", place: str = "") -> tuple[Redaction, Redaction]:
    return Redaction(0, 8, "date", date), Redaction(10, 13, "place", place)


FINE, WIDER = marks_of_where("[1998년]", "[함경북도]"), marks_of_where("[1990년대]", "[북한 국경 지역]")


def test_where_a_child_was_harmed_is_told_wide_or_not_at_all(archive: Archive) -> None:
    """
    R39: a region and a decade at most, whatever two people approved; of a grown woman what they approved.
    """
    told = archive.told(WHERE)
    for marks in (FINE, WIDER, marks_of_where()):
        decided(archive, told, *marks)
        made = rendition(archive.vault, told, "research_read", "vetted_researchers")
        assert (made.profile, len(made.labels)) == ("standard", 2)
    decide(archive, told, Policy(minor_at_time="yes", minor_at_telling="no"))

    for marks in (FINE, (FINE[0], WIDER[1]), (WIDER[0], FINE[1])):
        decided(archive, told, *marks)
        with pytest.raises(ConsentRefused, match="told too narrow"):
            read(archive, told)
    for marks in (WIDER, marks_of_where()):
        decided(archive, told, *marks)
        assert rendition(archive.vault, told, "research_read", "vetted_researchers").profile == "child"
    assert rendition(archive.vault, told, "index_search", "archivists").segments[0].text == WHERE


def test_the_codes_of_a_child_are_as_wide_whatever_the_profile_says(archive: Archive) -> None:
    """
    R39: two people may let provinces and years be told; of a child a release has regions and decades.
    """
    told = decided(archive, archive.told(TEXT))
    words, seen = review.reading(archive.vault, told).told, codings.current(archive.vault, told).number
    codings.keep(archive.vault, archive.minji, words, life(WHOLE), TODAY, seen=seen)
    made = rendition(archive.vault, told, "index_search", "archivists")

    def codes(of: Rendition, place: str, date: str) -> object:
        rungs = dict(WIDE.rungs) | {"place": place, "date": date}
        assert json.loads(line(told, made, archive.vault, rungs))["coding"] == summary(life(WHOLE), rungs)
        return json.loads(line(told, of, archive.vault, rungs))["coding"]

    child, fine = replace(made, profile="child"), codes(made, "province", "year")
    assert codes(child, "province", "year") == codes(made, "region", "decade") != fine
    assert codes(child, "country", "year") == codes(made, "country", "decade")
    assert codes(child, "province", "label") == codes(made, "region", "label")


def test_a_release_has_only_the_parts_that_all_its_uses_allow(archive: Archive) -> None:
    """
    R2: the reading room both shows and finds; what may not be found there is not shown there.
    """
    told = decided(archive, archive.told(THREE))
    parts = (Withheld("s0001", "index_search", "vetted_researchers"), Withheld("s0003", "research_read"))
    decide(archive, told, Policy(withheld=parts))
    releasing.draft(archive.vault, archive.minji)
    archive.sign_release()
    body = archive.vault.json("release-files", archive.vault.names("release-files")[0])[BODY]

    assert [part in body for part in THREE.split("\n")] == [False, True, False]
    decide(archive, told, Policy(withheld=(*parts, Withheld("s0002"))))
    with pytest.raises(ConsentRefused, match="every part"):
        rendition(archive.vault, told, "research_read", "vetted_researchers", also=["index_search"])


def test_what_is_withheld_from_archivists_is_not_found_by_them(archive: Archive) -> None:
    """
    R2: the private search too.
    """
    told = archive.told("사과를 먹었다.\n바다를 보았다.")
    decide(archive, told, Policy(withheld=(Withheld("s0002", "index_search", "archivists"),)))
    index, _ = private_index(archive.vault)

    assert [index.search(words).total for words in ("사과", "바다")] == [1, 0]


def test_that_it_exists_changes_no_count_and_no_id(archive: Archive) -> None:
    """
    R11: with `list_existence` denied a release is, to the byte, what it is without the testimony.
    """
    decided(archive, archive.told("첫 사람의 말"))
    before = releasing.draft(archive.vault, archive.minji)
    hidden = decided(archive, archive.told("둘째 사람의 말"))
    decide(archive, hidden, Policy(list_existence="denied"))
    after = releasing.draft(archive.vault, archive.minji)

    assert (after.digest, after.number, after.ids) == (before.digest, before.number, before.ids)
    assert not archive.vault.holds("released-id", hidden)
    for use, audience in RESEARCH:
        if audience != "archivists":
            with pytest.raises(ConsentRefused, match="that it exists"):
                require_granted(archive.vault, hidden, use, audience)  # type: ignore[arg-type]


def test_a_name_of_somebody_in_north_korea_stops_the_release(archive: Archive) -> None:
    """
    R12: coded, in North Korea, not asked: while the name can be read nothing goes; hidden, it goes.
    """
    told = decided(archive, archive.told())
    assert len(read(archive, told)) == 2
    code(archive, told, whereabouts_class="in_dprk", names=[{"form": "혜숙", "romanisation": "Hye-suk"}])
    with pytest.raises(ConsentRefused, match="North Korea who did not consent can be read in it: a1"):
        read(archive, told)
    with pytest.raises(releasing.ReleaseRefused):
        releasing.draft(archive.vault, archive.minji)
    decided(archive, told, Redaction(0, 2, "name"))

    assert releasing.draft(archive.vault, archive.minji).ids == (told,)


def test_a_consent_of_the_third_party_lets_the_name_out(archive: Archive) -> None:
    """
    R12, R13: two people sign that she consented.
    """
    told = decided(archive, archive.told())
    code(archive, told, whereabouts_class="in_dprk", names=[{"form": "혜숙"}])
    asked = Policy(third_parties=(ThirdParty("a1", ("혜숙",), "consented", "", "편지"),))
    assert versions.decide(archive.vault, archive.minji, told, asked, TODAY, seen=0) is None
    with pytest.raises(ConsentRefused):
        read(archive, told)
    change = versions.waiting(archive.vault, told)
    assert change is not None
    versions.second(archive.vault, archive.sora, told, change.digest)

    assert "혜숙" in read(archive, told)[0]


def test_naming_an_accused_to_everybody_is_decided_by_two(archive: Archive) -> None:
    """
    R40: with a ground written down; before that nothing public names him.
    """
    public = [*RESEARCH, ("publish_full", "public")]
    told = decided(archive, archive.told(grants=public))
    blamed = {"act_id": "e1", "type": "x_Sale", "role_links": [{"actor": "a1", "role": "Abuser"}]}
    row = {"actors": [{"actor_id": "a1", "names": [{"form": "혜숙"}]}], "acts": [blamed]}
    words = review.reading(archive.vault, told).told
    codings.keep(archive.vault, archive.minji, words, life(row), TODAY, seen=0)
    with pytest.raises(ConsentRefused, match="living accused"):
        rendition(archive.vault, told, "publish_full", "public")
    decide(archive, told, Policy(accused=(Accused("a1", ("혜숙",), "판결 2021-14"),)))

    assert versions.current(archive.vault, told).by == ("minji", "sora")
    assert rendition(archive.vault, told, "publish_full", "public").policy == 1


def test_a_coding_that_was_changed_shuts_the_gate(archive: Archive) -> None:
    """
    R12: who is named cannot be known then, so nothing goes outside; archivists read on, and can mend it.
    """
    told = decided(archive, archive.told())
    code(archive, told, names=[{"form": "아무개"}])
    row = archive.vault.json("coding", told)
    archive.vault.put_json("coding", told, row | {"life": {}})

    with pytest.raises(ConsentRefused, match="somebody known here has signed"):
        read(archive, told)
    assert rendition(archive.vault, told, "index_search", "archivists")


def test_every_record_has_a_day_to_be_looked_at_again(archive: Archive) -> None:
    """
    R30: some years after its quarter, or its own day; overdue it is listed, and nothing is destroyed.
    """
    told = archive.told(THREE)
    end = retention.review_by(Policy(), archive.vault.testimony(told).received_quarter, 5)
    assert end.year - TODAY.year == 5
    assert retention.review_by(Policy(), "2023-Q4", 2) == date(2025, 12, 31)
    assert retention.due(archive.vault, end) == []
    late = [
        (each.testimony_id, each.cause, each.since)
        for each in retention.due(archive.vault, end + timedelta(1))
    ]
    assert late == [(told, "review", end.isoformat())]
    retention.set_years(archive.vault, 1, archive.minji)
    assert retention.due(archive.vault, end)[0].cause == "review"
    decide(archive, told, Policy(review_by=TODAY.isoformat()))

    assert retention.due(archive.vault, TODAY) == []
    assert retention.due(archive.vault, TOMORROW)[0].since == TODAY.isoformat()
    assert archive.vault.testimony(told).text == THREE


def test_what_waits_for_a_second_person_and_what_is_damaged_is_due(archive: Archive) -> None:
    """
    Nobody has to remember it.
    """
    told = archive.told(THREE)
    decide(archive, told, Policy(list_existence="denied"))
    versions.decide(archive.vault, archive.sora, told, Policy(), TODAY, seen=1)
    assert [(d.cause, d.detail) for d in retention.due(archive.vault, TODAY)] == [("second", "sora")]
    archive.vault.put_json("policy", told, {"number": 1})

    assert [d.cause for d in retention.due(archive.vault, TODAY)] == ["damaged"]


def test_a_policy_opens_nothing_that_she_did_not_grant(archive: Archive) -> None:
    """
    R1: not even one that two people signed.
    """
    told = decided(archive, archive.told(grants=[]))
    decide(archive, told, policy({"attribution": "real_name", "guardian": "consented"}))

    for use, audience in ALL:
        with pytest.raises(ConsentRefused, match="was not granted"):
            rendition(archive.vault, told, use, audience)

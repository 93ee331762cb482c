"""A life goes out as HTCDS and comes back the same, without the names of anybody."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from archive.coding.columns import IDENTIFYING, columns
from archive.coding.htcds import Row, from_csv, from_json, lives, rows, to_csv, to_json
from archive.coding.outside import widened
from archive.coding.record import Life, life
from archive.coding.schema import MalformedCoding
from archive.testimony import paragraphs
from tests.archive.coding.lives import TEXT, WHOLE, made

NAMES = ("리순옥", "Ri Sun-ok", "이웃 언니", "건네준 사람", "도운 단체", "p7")


def unnamed(found: Life) -> Life:
    """What may be compared: nobody's name, and not who coded."""
    actors = tuple(replace(a, label="", names=(), pseudonym_ref="") for a in found.actors)
    return Life(actors, tuple(replace(a, coder="", coded_on="") for a in found.acts))


def wordless(found: Life) -> Life:
    """The same without words and without where they stand."""
    acts = []
    for act in unnamed(found).acts:
        acts.append(
            replace(
                act,
                date_verbatim="",
                place_verbatim="",
                evidence_spans=(),
                role_links=tuple(replace(r, age_verbatim="") for r in act.role_links),
                movements=tuple(
                    replace(m, from_verbatim="", to_verbatim="", evidence_spans=()) for m in act.movements
                ),
                transactions=tuple(replace(t, verbatim="", evidence_spans=()) for t in act.transactions),
            )
        )
    return Life(unnamed(found).actors, tuple(acts))


def test_everything_that_the_mission_names_can_be_said_and_comes_back() -> None:
    """
    Bride, prostitution, cybersex; deceived, sold by family, kidnapped, by officials; price, arrest, camp.
    """
    whole = life(WHOLE)

    for out, back in ((to_csv, from_csv), (to_json, from_json)):
        assert lives(back(out(rows("t1", whole, words=True)))) == {"t1": unnamed(whole)}
        assert lives(back(out(rows("t1", whole)))) == {"t1": wordless(whole)}


@settings(max_examples=60, deadline=None)
@given(made, made)
def test_any_life_comes_back_the_same(one: dict[str, Any], other: dict[str, Any]) -> None:
    """
    Several in one file, in CSV and in JSON, with words and without: quotes, lines, formulas, and `NA`.
    """
    told = {"t1": life(one), "t2": life(other)}
    for words, same in ((True, unnamed), (False, wordless)):
        gone = [row for name, each in told.items() for row in rows(name, each, words=words)]
        for back in (from_csv(to_csv(gone)), from_json(to_json(gone))):
            assert lives(back) == {name: same(each) for name, each in told.items()}


@settings(max_examples=40, deadline=None)
@given(made)
def test_what_is_widened_can_be_said_as_well(one: dict[str, Any]) -> None:
    """
    What somebody outside gets is a coding too, of years and provinces, with no helper and no word.
    """
    wide = widened(life(one))

    assert wide == wordless(wide)
    assert lives(from_csv(to_csv(rows("t", wide)))) == {"t": wide}
    assert not any(link.role == "x_Helper" for act in wide.acts for link in act.role_links)


def test_outside_no_helper_shows_in_a_way_or_a_payment_either() -> None:
    """
    Who guided her and who was paid stay as they are, unless they helped her: then it was nobody.
    """
    ways = [{"via": "road", "guided_by": role} for role in ("x_Helper", "Smuggler")]
    paid = [
        {"kind": "fee", "payer_role": payer, "payee_role": payee}
        for payer, payee in (("x_Helper", "Smuggler"), ("Smuggler", "x_Helper"))
    ]
    act = {"act_id": "e1", "type": "x_OnwardJourney", "movements": ways, "transactions": paid}
    [wide] = widened(life({"acts": [act]})).acts

    assert [way.guided_by for way in wide.movements] == ["", "Smuggler"]
    assert [(each.payer_role, each.payee_role) for each in wide.transactions] == [
        ("", "Smuggler"),
        ("Smuggler", ""),
    ]


def test_nobody_is_named_in_a_file() -> None:
    """
    Names, labels and pseudonyms never leave; without words no phrase of hers does; no column could hold them.
    """
    whole = life(WHOLE)
    for words in (True, False):
        for text in (to_csv(rows("t1", whole, words=words)), to_json(rows("t1", whole, words=words))):
            assert not any(name in text for name in NAMES)
            assert ("1998년" in text) == words
    assert not IDENTIFYING & set(columns())
    assert "장백" not in to_csv(rows("t1", whole))


def test_codes_go_out_as_htcds_has_them() -> None:
    """
    The misspelt one as it is, ours as their parent with our own beside it, a country's code as text.
    """
    out = rows("t1", life(WHOLE))
    first = next(row for row in out if row["x_record"] == "act")
    assert first["vic_MethodOfRecruitment"] == ["Other", "ThroughFriendsOrSocialEvents"]
    assert first["x_vic_MethodOfRecruitment"] == [
        "x_FalseJobOffer",
        "x_ByOtherTraffickedPerson",
        "x_BrokerDeception",
    ]
    assert (first["hte_Country"], first["hte_State"], first["hte_City"]) == ("KP", "KP-10", "Hyesan")
    assert any(row.get("vic_RelationshipToTrafficker") == "Unaquainted" for row in out)
    assert any(row.get("vic_AgeWhenTrafficked") == "19" for row in out)
    assert not any("x_" in str(row.get(column)) for row in out for column in columns() if column[:2] != "x_")
    assert [row["hte_Date"] for row in out if "hte_Date" in row] == ["2002-05-03"]


def test_namibia_comes_back() -> None:
    """
    `NA` is a country and no missing value, written by us or by others.
    """
    there = life({"acts": [{"act_id": "e1", "type": "Transit", "place_ref": "na"}]})
    assert '"NA"' in to_csv(rows("t", there))
    assert lives(from_csv(to_csv(rows("t", there)))) == {"t": there}
    theirs = "vic_TypeOfExploitation,hte_Country\nForcedLabour;ChildLabour,NA\n"
    act = lives(from_csv(theirs))[""].acts[0]

    assert (act.place_ref, act.exploitation) == ("na", ("ForcedLabour", "ChildLabour"))


def test_a_file_of_somebody_else_is_read_as_far_as_it_goes() -> None:
    """
    One row of HTCDS without our columns is one person and one event, with her age, state, date and role.
    """
    theirs: list[Row] = [
        {
            "prs_Gender": "Feminine",
            "prs_Citizenship": "KP",
            "vic_AgeWhenTrafficked": "19",
            "hte_Type": "Recruitment",
            "hte_Date": "1998-11-03",
            "hte_State": "CN-JL",
            "vic_MethodOfRecruitment": ["AtWork"],
            "vic_RelationshipToTrafficker": "Unaquainted",
        }
    ]
    found = lives(theirs)[""]
    assert (found.actors[0].gender, found.actors[0].citizenship) == ("Feminine", "kp")
    assert (found.acts[0].date_edtf, found.acts[0].place_ref) == ("1998-11-03", "cn-jl")

    assert found.acts[0].role_links[0].age_at_time == 19
    assert found.acts[0].role_links[0].relationship_to_trafficker == "Unaquainted"


WRONG: list[tuple[Row, str]] = [
    ({"prs_FirstName": "순옥"}, "row 1.prs_FirstName: this would name somebody"),
    ({"x_record": "act", "x_act_id": "e1", "hte_Type": "Nonsense"}, "coding 1.acts[0].type"),
    (
        {"x_record": "act", "x_act_id": "e1", "hte_Type": "Transit", "x_hte_Type": "x_Sale"},
        "row 1.hte_Type: it does",
    ),
    ({"x_record": "role_links", "x_act": "e1"}, "row 1.x_act: no act"),
    ({"x_record": "secret"}, "row 1.x_record"),
    ({"x_record": "act", "x_act_id": ["e1"]}, "row 1.act_id: one value, not several"),
    (
        {"x_record": "act", "x_act_id": "e1", "hte_Type": "Transit", "x_evidence_spans": "7"},
        "row 1.x_evidence_spans",
    ),
    (
        {"x_record": "actor", "x_actor_id": "a1", "x_number_of_children": "two"},
        "coding 1.actors[0].number_of_children",
    ),
]


@pytest.mark.parametrize(("row", "says"), WRONG)
def test_a_file_that_is_wrong_is_refused_by_row_and_column(row: Row, says: str) -> None:
    """
    With the row's number and the column, and without what stood there.
    """
    with pytest.raises(MalformedCoding) as refused:
        lives([row])

    assert says in str(refused.value)
    assert "순옥" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('a,b\n"c', "not a CSV file"),
        ("a,b\nc,d,e\n", "more cells than there are columns"),
    ],
)
def test_what_is_no_table_is_refused(text: str, says: str) -> None:
    """
    A quote without an end, or cells without a head: nobody guesses which column is meant.
    """
    with pytest.raises(MalformedCoding, match=says):
        from_csv(text)


def test_a_row_about_somebody_without_an_event_makes_none() -> None:
    """
    And a column for a name that is empty names nobody.
    """
    [found] = lives([{"prs_Gender": "Feminine", "prs_FirstName": ""}]).values()

    assert [actor.gender for actor in found.actors] == ["Feminine"]
    assert found.acts == ()


@pytest.mark.parametrize("text", ["[]", "{}", '{"rows": [1]}', '{"rows": [{"a": [1]}]}', "[" * 9999, ""])
def test_what_is_no_file_of_rows_is_refused(text: str) -> None:
    """
    Broken JSON, or JSON of another shape.
    """
    with pytest.raises(MalformedCoding):
        from_json(text)


def test_the_life_of_these_tests_rests_on_its_words() -> None:
    """
    Its spans are where they say, so that the other tests speak of something.
    """
    parts = paragraphs(TEXT)
    assert parts[0][0:8] == "1998년 겨울"
    assert parts[2][3:7] == "오천 원"

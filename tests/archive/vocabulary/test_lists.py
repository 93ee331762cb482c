"""The code lists are those of the data model, each with words in three languages; places hang together."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest

from archive.vocabulary.lists import LANGUAGES, codes, joined, names
from archive.vocabulary.places import (
    PRECISION_KM,
    country,
    generalised,
    named,
    place,
    places,
    province,
    upwards,
)

HTCDS = {
    "prs_Gender": 6,
    "prs_MaritalStatus": 6,
    "prs_HighestLevelOfEducation": 9,
    "vic_TraffickingStatus": 3,
    "vic_TraffickingStatusDecisionMakingOrg": 5,
    "vic_RelationshipToTrafficker": 3,
    "vic_MethodOfRecruitment": 10,
    "vic_WebsitesAndApps": 15,
    "vic_MethodsOfControl": 19,
    "vic_TypeOfExploitation": 11,
    "vic_TypeOfSexExploitation": 4,
    "vic_ForcedLabourIndustry": 21,
    "per_RoleInProcess": 15,
    "hte_Type": 3,
    "con_Questions": 7,
    "org_Type": 9,
    "migration_status": 13,
}
"""Section 3: how many codes HTCDS v2.0 has in each."""
OURS = {
    "hte_Type": """x_Departure x_Crossing x_Sale x_Resale x_ForcedMarriage x_Birth x_SeparationFromChild x_Escape x_Recapture
        x_Arrest x_Detention x_Repatriation x_Interrogation x_ForcedAbortion x_LabourCamp x_Release x_OnwardJourney
        x_Resettlement""",
    "vic_MethodOfRecruitment": """x_BrokerDeception x_FalseJobOffer x_SoldByFamily x_Abduction x_ByOtherTraffickedPerson
        x_ByOfficial x_MarriageOffer""",
    "vic_MethodsOfControl": "x_ThreatOfRepatriation x_Confinement x_Chaining x_Starvation x_Surveillance",
    "vic_TypeOfExploitation": "x_BrideTrafficking x_StateImposedLabour",
    "per_RoleInProcess": """x_PurchaserSpouse x_SpouseFamily x_VenueOwner x_CybersexOperator x_Customer x_BorderGuard
        x_PoliceOfficer x_SecurityAgency x_Informer x_FamilySeller""",
    "helper_role": "x_Helper",
}
"""Section 10."""
HURIDOCS = {
    "4": """010102010000 020101000000 020103020000 020111010000 020111030000 020111110000 030102000000 030103000000
        030104000000 030106000000 070102000000 080103000000 080105000000 080106000000 300102010000 300102020000
        330101000000 330103000000 380101000000""",
    "5": "020700000000 020500000000 030500000000 031500000000 031700000000 031800000000",
    "16": "220903200901 230920140501 091420051801 012104091501 201801141901",
    "17": "010100 020900 030500 030600 080400 090200 100600",
    "18": "010100 010200 010300 010500 020100 050000 900000 990000",
    "19": "010100 010200 020101 030000 990000",
    "21": "spouse sibling parent child other_relative partner friend neighbour co_worker employer member_of_group",
    "24": "010103 010104 010105 010106 110101 110301 210101 990000",
    "25": "dead injured missing held 030200 030300 030402",
    "41": "confirmed likely possible unlikely",
    "42": "highly_reliable likely_reliable unsure likely_unreliable highly_unreliable 990000",
    "43": "active pending not_active",
    "46": "urgent high normal low",
    "48": "estimate unknown_day unknown_month_and_day",
}
"""Section 4."""
# ruff: noqa: E501
VENUES = "hair_salon karaoke hotel sauna cafe bathhouse apartment private_home farm factory restaurant other unknown"


def test_every_list_of_the_data_model_is_here() -> None:
    """
    HTCDS v2.0 whole and unchanged, the numbers of HURIDOCS, and every code of our own.
    """
    for name, count in HTCDS.items():
        assert len([code for code in codes(name) if not code.startswith("x_")]) == count, name
    for name, told in OURS.items():
        assert [code for code in codes(name) if code.startswith("x_")] == told.split()
    for number, told in HURIDOCS.items():
        assert list(codes(f"huridocs_{number}")) == told.split()
    assert list(codes("venue_type")) == VENUES.split()
    assert "Unaquainted" in codes("vic_RelationshipToTrafficker")
    assert {"sale", "resale", "fee", "bribe", "ransom", "fine", "withheld_earnings"} == set(
        codes("transaction_kind")
    )


def test_every_code_is_said_in_three_languages() -> None:
    """
    No label is missing, and the Korean ones are written in Hangul.
    """
    for name in names():
        for code, row in codes(name).items():
            assert all(row.label(language).strip() for language in LANGUAGES), code
            assert re.search("[가-힣]", row.ko), code
            assert re.search("[\u4e00-\u9fff]", row.zh), code


def test_every_code_of_ours_goes_out_as_one_of_htcds() -> None:
    """
    An `x_` code has a parent in its list, or none at all; a code of HTCDS goes out as itself.
    """
    for name in HTCDS:
        standard = {code for code in codes(name) if not code.startswith("x_")}
        for code, row in codes(name).items():
            assert row.parent in (standard | {""} if code.startswith("x_") else {code})
    assert codes("vic_MethodsOfControl")["x_ThreatOfRepatriation"].parent == "ThreatsLawEnforcement"
    assert "x_Helper" not in codes("per_RoleInProcess")
    assert {"victim", "x_Helper", "Smuggler"} <= set(joined("act_role", "helper_role", "per_RoleInProcess"))


def test_the_table_of_countries_has_sixty_rows_and_namibia() -> None:
    """
    Countries and provinces of ISO 3166, with North Korea's thirteen and China's thirty-one; `NA` too.
    """
    wide = [each for each in places().values() if each.level in ("country", "province")]
    assert len(wide) == 60
    assert len([each for each in wide if each.within == "kp"]) == 13
    assert len([each for each in wide if each.within == "cn"]) == 31
    assert country("na") == "NA"


def test_every_place_lies_in_one_that_is_here_and_near_it() -> None:
    """
    By its parent, not further from it than that is wide; with names and a level whose precision is stated.
    """
    for each in places().values():
        above = upwards(each.id)[1:]
        assert each.level in PRECISION_KM
        assert each.ko
        assert each.zh
        assert each.en
        if each.id.startswith("kp-"):
            assert each.hanja
            assert each.mccune_reischauer
            assert each.revised
        for wider in above[:1]:
            reach = {"country": 32, "province": 6, "prefecture": 2.5, "county": 0.5, "city": 0.6}[wider.level]
            assert abs(each.latitude - wider.latitude) < reach, each.id
            assert abs(each.longitude - wider.longitude) < reach * 1.4, each.id


NAMED = [
    ("혜산", "kp-hyesan"),
    ("惠山", "kp-hyesan"),
    ("Hamgyŏng-bukto", "kp-09"),
    ("hamgyong bukto", "kp-09"),
    ("Hamgyeongbuk-do", "kp-09"),
    ("연길", "cn-yanji"),
    ("옌지", "cn-yanji"),
    ("延吉", "cn-yanji"),
    ("두만강", "river-tuman"),
    ("鴨綠江", "river-amnok"),
    ("P'yŏngyang", "kp-pyongyang"),
    ("kp-10", "kp-10"),
    ("산둥", "cn-sd"),
]


@pytest.mark.parametrize(("told", "id"), NAMED)
def test_a_place_is_found_by_any_of_its_names(told: str, id: str) -> None:
    """
    In Hangul, Hanja, Chinese, both romanisations, composed or not, with or without marks.
    """
    for form in ("NFC", "NFD"):
        found = named(unicodedata.normalize(form, told))
        assert found is not None
        assert found.id == id
    assert named("") is None
    assert named("nowhere at all") is None


def test_outside_a_place_is_no_finer_than_a_province() -> None:
    """
    A city is its province, a foreign city its country, a river itself.
    """
    assert generalised("kp-namyang") == "kp-09"
    assert province("kp-namyang") == "KP-09"
    assert generalised("cn-sanhe") == "cn-jl"
    assert generalised("th-bangkok") == "th"
    assert generalised("river-tuman") == "river-tuman"
    assert country("river-tuman") == ""
    assert place("kp-namyang").within == "kp-onsong"


def test_the_lists_are_data_and_not_code() -> None:
    """
    They can be read and corrected without a programmer.
    """
    folder = Path(__file__).parents[3] / "archive" / "vocabulary"
    assert {path.name for path in folder.glob("*.json")} == {
        "htcds.json",
        "huridocs.json",
        "extensions.json",
        "countries.json",
        "gazetteer.json",
        "outlines.json",
    }

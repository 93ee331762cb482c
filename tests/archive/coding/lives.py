"""The life that a coding must be able to say, invented from beginning to end; and any life."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from archive.vocabulary.lists import codes, joined
from archive.vocabulary.places import places

TEXT = """1998년 겨울 혜산에서 이웃 언니가 중국 식당에 일자리가 있다고 했다.
밤에 두만강 얼음을 건너 장백으로 갔다. 건네준 사람은 경비대 군인에게 돈을 주었다.
나를 오천 원에 농촌 사람에게 팔았다. 쇠사슬로 묶고 굶겼다.
이듬해 달아나다 붙잡혀 노래방에 다시 팔렸고, 나중에는 아파트에서 화상 채팅을 시켰다. 하루 열일곱 시간이었다.
2002년 공안에 잡혀 온성으로 북송되었다. 보위부에서 때리고 낙태를 시켰다. 로동단련대에서 여섯 달을 살았다.
이모는 어머니가 돈을 받고 팔았고, 한 아이는 군인이 납치하여 넘겼다.
2006년 곤명을 지나 라오스와 태국을 거쳐 한국에 왔다."""


def _act(number: int, type: str, **more: Any) -> dict[str, Any]:
    return {"act_id": f"e{number}", "type": type, **more}


def _role(actor: str, role: str, **more: Any) -> dict[str, Any]:
    return {"actor": actor, "role": role, **more}


WHOLE: dict[str, Any] = {
    "actors": [
        {
            "actor_id": "narrator",
            "counting_unit": "individual",
            "gender": "Feminine",
            "marital_status": "Single",
            "education": "UpperSecondaryEducation",
            "number_of_children": 1,
            "citizenship": "kp",
            "living_status": "living",
            "whereabouts_class": "resettled",
            "migration_status": "Refugee",
            "pseudonym_ref": "p7",
            "names": [{"form": "리순옥", "script": "Hang", "romanisation": "Ri Sun-ok", "kind": "real"}],
            "trafficking_status": "ActualVictimOfTrafficking",
            "decided_by": "NGO",
        },
        {"actor_id": "a1", "label": "이웃 언니", "gender": "Feminine"},
        {"actor_id": "a2", "label": "건네준 사람", "gender": "Masculine"},
        {"actor_id": "a3", "label": "산 사람", "counting_unit": "individual"},
        {"actor_id": "a4", "label": "그 어머니와 형", "counting_unit": "family"},
        {"actor_id": "a5", "counting_unit": "institution", "organisation_type": "LawEnforcement"},
        {"actor_id": "a6", "label": "도운 단체", "counting_unit": "institution", "organisation_type": "NGO"},
        {"actor_id": "a7", "label": "이모", "whereabouts_class": "in_dprk", "living_status": "unknown"},
        {"actor_id": "a8", "label": "어머니", "whereabouts_class": "in_dprk", "living_status": "deceased"},
    ],
    "acts": [
        _act(
            1,
            "Recruitment",
            date_edtf="1998-24",
            date_verbatim="1998년 겨울",
            place_ref="kp-hyesan",
            place_verbatim="혜산",
            precision="exact",
            recruitment=["x_FalseJobOffer", "x_ByOtherTraffickedPerson", "x_BrokerDeception"],
            control=["FalsePromises"],
            confidence="likely",
            evidence_spans=[{"segment": "s0001", "start": 0, "end": 8}],
            source_connection="010100",
            reliability="likely_reliable",
            role_links=[
                _role("narrator", "victim", age_at_time=19, relationship_to_trafficker="Unaquainted"),
                _role("a1", "RecruiterOrIntermediary", coerced="yes", relationship_to_narrator="neighbour"),
            ],
        ),
        _act(
            2,
            "x_Crossing",
            date_edtf="1998-12~",
            place_ref="river-tuman",
            location_type="080400",
            movements=[
                {
                    "from_ref": "kp-hyesan",
                    "from_verbatim": "혜산",
                    "to_ref": "cn-changbai",
                    "to_verbatim": "장백",
                    "via": "river",
                    "river_ref": "river-tuman",
                    "crossing_type": "ice",
                    "guided_by": "Smuggler",
                    "evidence_spans": [{"segment": "s0002", "start": 3, "end": 9}],
                }
            ],
            transactions=[{"kind": "bribe", "payer_role": "Smuggler", "payee_role": "x_BorderGuard"}],
            role_links=[
                _role("a2", "Smuggler"),
                _role("a5", "x_BorderGuard", perpetrator_type="010103", degree_of_involvement="050000"),
            ],
        ),
        _act(
            3,
            "x_Sale",
            date_edtf="1998-12/1999-01",
            place_ref="cn-jl",
            place_verbatim="농촌",
            precision="within",
            act_terms=["030106000000"],
            exploitation=["x_BrideTrafficking"],
            transactions=[
                {
                    "kind": "sale",
                    "amount_min": 5000,
                    "amount_max": 5000,
                    "currency": "CNY",
                    "as_of": "1998~",
                    "payer_role": "x_PurchaserSpouse",
                    "payee_role": "Smuggler",
                    "verbatim": "오천 원",
                    "evidence_spans": [{"segment": "s0003", "start": 3, "end": 7}],
                }
            ],
            role_links=[_role("a2", "SoldIndividual"), _role("a3", "x_PurchaserSpouse")],
        ),
        _act(
            4,
            "x_ForcedMarriage",
            date_edtf="1999",
            act_terms=["070102000000", "020111010000", "300102010000"],
            methods=["020700000000", "031700000000"],
            venue_type="farm",
            exploitation=["ForcedMarriage", "ForcedLabour"],
            industry="A_AgricultureForestryAndFishing",
            control=[
                "x_Chaining",
                "x_Starvation",
                "x_Confinement",
                "RestrictsMovement",
                "x_ThreatOfRepatriation",
            ],
            role_links=[
                _role("narrator", "victim"),
                _role(
                    "a3", "x_PurchaserSpouse", perpetrator_type="110101", relationship_to_narrator="spouse"
                ),
                _role("a4", "x_SpouseFamily"),
            ],
        ),
        _act(5, "x_Birth", date_edtf="1999-XX-XX?"),
        _act(6, "x_Escape", date_edtf="[1999-11,2000-02]"),
        _act(7, "x_Recapture", date_edtf="199X"),
        _act(
            8,
            "x_Resale",
            place_ref="cn-ln",
            venue_type="karaoke",
            exploitation=["SexualExploitation"],
            sex_exploitation=["Prostitution"],
            transactions=[{"kind": "resale", "amount_min": 120, "amount_max": 1200, "currency": "USD"}],
            role_links=[_role("a3", "SoldIndividual"), _role("narrator", "victim", status_at_end="held")],
        ),
        _act(
            9,
            "Exploitation",
            date_edtf="2000/2002",
            place_ref="cn-shenyang",
            venue_type="apartment",
            exploitation=["SexualExploitation"],
            sex_exploitation=["RemoteInteractiveServices"],
            exploitation_apps=["QQ"],
            industry="J_InformationAndCommunication",
            control=["ExcessiveWorkingHours", "TakesEarnings", "x_Surveillance", "PsychoactiveSubstance"],
            transactions=[{"kind": "withheld_earnings"}],
            role_links=[_role("narrator", "victim")],
        ),
        _act(
            10,
            "x_Arrest",
            date_edtf="2002",
            role_links=[_role("a5", "x_PoliceOfficer", perpetrator_type="010104")],
        ),
        _act(
            11,
            "x_Repatriation",
            date_edtf="2002-05-03",
            place_ref="kp-onsong",
            act_terms=["380101000000"],
            legal_instruments=["x_1951Convention", "x_1986Repatriation"],
            movements=[
                {"from_ref": "cn-tumen", "to_ref": "kp-namyang", "via": "road", "crossing_type": "bridge"}
            ],
        ),
        _act(
            12,
            "x_Interrogation",
            act_terms=["020101000000", "020111110000"],
            role_links=[_role("a5", "x_SecurityAgency", perpetrator_type="010106")],
        ),
        _act(13, "x_ForcedAbortion", act_terms=["080103000000", "010102010000"], confidence="confirmed"),
        _act(
            14,
            "x_LabourCamp",
            date_edtf="2002-06/2002-12",
            methods=["020500000000"],
            location_type="090200",
            exploitation=["x_StateImposedLabour"],
        ),
        _act(
            15,
            "x_Sale",
            recruitment=["x_SoldByFamily"],
            role_links=[
                _role("a7", "victim"),
                _role("a8", "x_FamilySeller", relationship_to_narrator="other_relative"),
            ],
        ),
        _act(
            16,
            "Recruitment",
            recruitment=["x_Abduction", "x_ByOfficial", "x_MarriageOffer"],
            act_terms=["030104000000"],
            role_links=[_role("a5", "Kidnapper")],
        ),
        _act(
            17,
            "x_OnwardJourney",
            date_edtf="2006",
            place_ref="cn-kunming",
            movements=[
                {"from_ref": "cn-kunming", "to_ref": "la", "via": "foot", "guided_by": "x_Helper"},
                {"from_ref": "la", "to_ref": "th", "via": "river", "river_ref": "river-mekong"},
            ],
            role_links=[_role("a6", "x_Helper")],
        ),
        _act(18, "x_Resettlement", date_edtf="2006/..", place_ref="kr"),
    ],
}
"""Section 9 of the data model: three kinds of sale, all ways of recruiting, river, price, arrest, camp."""


def _one(*lists: str) -> st.SearchStrategy[str]:
    return st.sampled_from(["", *joined(*lists)])


def _some(name: str) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(sorted(codes(name))), max_size=3, unique=True)


PLACE = st.sampled_from(["", "na", *sorted(places())])
DATE = st.sampled_from(
    ["", "1998", "1998-24", "199X?", "1998-11-03", "[1997,1999..2001]", "1998-05/..", "../2002~"]
)
SAID = st.sampled_from(["", "1998년 겨울", '=cmd"x"', "두 줄\n말; 그리고, 쉼표", "-5", "'", "NA", "@집"])
SPANS = st.lists(
    st.fixed_dictionaries(
        {"segment": st.just("s0001"), "start": st.integers(0, 5), "end": st.integers(6, 9)}
    ),
    max_size=2,
)
ROLE = ("act_role", "per_RoleInProcess", "helper_role")
ACTOR = {
    "gender": _one("prs_Gender"),
    "marital_status": _one("prs_MaritalStatus"),
    "label": SAID,
    "living_status": _one("living_status"),
    "number_of_children": st.none() | st.integers(0, 9),
    "citizenship": st.sampled_from(["", "na", "kp"]),
    "trafficking_status": _one("vic_TraffickingStatus"),
    "names": st.just([{"form": "리순옥"}]),
}
LINK = {
    "actor": st.sampled_from(["narrator", "a1"]),
    "role": st.sampled_from(sorted(joined(*ROLE))),
    "age_at_time": st.none() | st.integers(0, 99),
    "age_verbatim": SAID,
    "coerced": _one("coerced"),
    "relationship_to_trafficker": _one("vic_RelationshipToTrafficker"),
    "degree_of_involvement": _one("huridocs_18"),
    "status_at_end": _one("huridocs_25"),
}
MOVE = {
    "from_ref": PLACE,
    "from_verbatim": SAID,
    "to_ref": PLACE,
    "via": st.just("river"),
    "crossing_type": _one("crossing_type"),
    "river_ref": st.sampled_from(["", "river-amnok"]),
    "guided_by": _one(*ROLE),
    "evidence_spans": SPANS,
}
PAID = {
    "kind": st.sampled_from(sorted(codes("transaction_kind"))),
    "amount_min": st.none() | st.integers(0, 99),
    "verbatim": SAID,
    "amount_max": st.none() | st.integers(99, 10**9),
    "currency": st.just("CNY"),
    "as_of": DATE,
    "payee_role": _one("payment_role", *ROLE),
}
ACT = {
    "type": st.sampled_from(sorted(codes("hte_Type"))),
    "act_terms": _some("huridocs_4"),
    "date_edtf": DATE,
    "date_verbatim": SAID,
    "place_ref": PLACE,
    "recruitment": _some("vic_MethodOfRecruitment"),
    "recruitment_apps": _some("vic_WebsitesAndApps"),
    "control": _some("vic_MethodsOfControl"),
    "exploitation": _some("vic_TypeOfExploitation"),
    "industry": _one("vic_ForcedLabourIndustry"),
    "sex_exploitation": _some("vic_TypeOfSexExploitation"),
    "venue_type": _one("venue_type"),
    "confidence": _one("huridocs_41"),
    "evidence_spans": SPANS,
    "role_links": st.lists(st.fixed_dictionaries(LINK), max_size=2),
    "movements": st.lists(st.fixed_dictionaries(MOVE), max_size=2),
    "transactions": st.lists(st.fixed_dictionaries(PAID), max_size=2),
}


def _numbered(told: tuple[list[dict[str, Any]], list[dict[str, Any]]]) -> dict[str, Any]:
    people = [{"actor_id": name, **each} for name, each in zip(("narrator", "a1"), told[0], strict=True)]
    return {"actors": people, "acts": [{"act_id": f"e{n}", **each} for n, each in enumerate(told[1], 1)]}


made = st.tuples(
    st.lists(st.fixed_dictionaries(ACTOR), min_size=2, max_size=2),
    st.lists(st.fixed_dictionaries(ACT), max_size=3),
).map(_numbered)
"""Any life, as it is written."""

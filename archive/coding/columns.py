"""The columns of HTCDS v2.0 that a coding fills, those of our own beside them, and those that never are.

Meaning of each: docs/formats/coding.md.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any, Final

from archive.coding.record import Act, Actor, Movement, RoleLink, Transaction

KINDS: Final[dict[str, type[Any]]] = {
    "actor": Actor,
    "act": Act,
    "role_links": RoleLink,
    "movements": Movement,
    "transactions": Transaction,
}
PARTS: Final = ("role_links", "movements", "transactions")
"""Rows of an act, which come after it."""
STANDARD: Final = {
    "gender": ("prs_Gender", "prs_Gender"),
    "marital_status": ("prs_MaritalStatus", "prs_MaritalStatus"),
    "education": ("prs_HighestLevelOfEducation", "prs_HighestLevelOfEducation"),
    "trafficking_status": ("vic_TraffickingStatus", "vic_TraffickingStatus"),
    "decided_by": ("vic_TraffickingStatusDecisionMakingOrg", "vic_TraffickingStatusDecisionMakingOrg"),
    "relationship_to_trafficker": ("vic_RelationshipToTrafficker", "vic_RelationshipToTrafficker"),
    "recruitment": ("vic_MethodOfRecruitment", "vic_MethodOfRecruitment"),
    "recruitment_apps": ("vic_RecruitmentWebsitesAndApps", "vic_WebsitesAndApps"),
    "control": ("vic_MethodsOfControl", "vic_MethodsOfControl"),
    "exploitation": ("vic_TypeOfExploitation", "vic_TypeOfExploitation"),
    "sex_exploitation": ("vic_TypeOfSexExploitation", "vic_TypeOfSexExploitation"),
    "exploitation_apps": ("vic_ExploitationWebsitesAndApps", "vic_WebsitesAndApps"),
    "industry": ("vic_ForcedLabourIndustry", "vic_ForcedLabourIndustry"),
    "organisation_type": ("org_Type", "org_Type"),
    "type": ("hte_Type", "hte_Type"),
}
"""Field, column of HTCDS, list."""
NEVER: Final = frozenset({"label", "names", "pseudonym_ref", "coder", "coded_on"})
"""What names somebody. It is in no row, and nothing like it is taken from one."""
WORDS: Final = frozenset(
    {
        "date_verbatim",
        "place_verbatim",
        "age_verbatim",
        "from_verbatim",
        "to_verbatim",
        "verbatim",
        "evidence_spans",
    }
)
IDENTIFYING: Final = frozenset(
    {
        "prs_Salutation",
        "prs_FirstName",
        "prs_First_Name",
        "prs_MiddleName",
        "prs_SecondName",
        "prs_Second_Name",
        "prs_Birthdate",
        "prs_IdentityNumber",
        "prs_Email",
        "prs_HomePhone",
        "prs_MobilePhone",
        "prs_MailingStreet",
        "prs_MailingCity",
        "prs_MailingState",
        "prs_MailingPostalCode",
        "prs_MailingCountry",
        "prs_Title",
        "hte_Street",
        "hte_PostalCode",
        "hte_Description",
        "per_RoleDetails",
        "per_Organisation",
    }
)
"""Columns of HTCDS that hold direct identifiers or free words: never written, refused when filled."""
DERIVED: Final = (
    "prs_Deceased",
    "prs_Citizenship",
    "prs_NumberOfChildren",
    "vic_AgeWhenTrafficked",
    "vic_LocationOfRecruitment",
    "vic_LocationOfExploitation",
    "per_RoleInProcess",
    "hte_Date",
    "hte_City",
    "hte_State",
    "hte_Country",
    "con_Consent",
)


def columns() -> list[str]:
    """Every column that is ever written, in order."""
    ours = [f"x_{f.name}" for kind in KINDS.values() for f in fields(kind) if f.name not in STANDARD]
    standard = [column for column, _ in STANDARD.values()]
    kept = [c for c in ours if c[2:] not in NEVER and c[2:] not in PARTS]
    return [
        "x_testimony",
        "x_record",
        "x_act",
        *standard,
        *DERIVED,
        *dict.fromkeys(kept),
        *(f"x_{c}" for c in standard),
    ]

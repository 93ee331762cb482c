"""What a policy and a coding say against handing out; pure, so that every combination can be tried.

1. Every reason that there is, is given. No reason holds a name or a word of the testimony.
2. Archivists work with all of it but what is withheld from them; the rest is about readers outside.
3. Who is in North Korea is named to nobody outside who did not consent (R12); that she is dead protects
   those who live on there, so it opens nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from archive.coding.record import NARRATOR, Life
from archive.policy.record import Policy
from archive.redaction.sightings import sighted
from archive.testimony import Audience, Segment, Use
from archive.vocabulary.lists import codes

ADULT: Final = 18
"""Years: article 1 of the Convention on the Rights of the Child."""
OUTSIDE: Final = ("named_partner", "vetted_researchers", "public")
EMBARGOED: Final = {
    "personal": "personal embargo: nobody outside reads it yet",
    "operational": "operational embargo: nobody outside reads it yet",
}
OF_A_CHILD: Final = ("images", "audio")


@dataclass(frozen=True)
class Reason:
    """Why something stays here; *who* are names of the coding or the policy, which name nobody."""

    told: str
    who: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.told}: {', '.join(self.who)}" if self.who else self.told


@dataclass(frozen=True)
class _Named:
    """Somebody who may be named in a text, with all that is known."""

    id: str
    names: frozenset[str]
    in_dprk: bool
    accused: bool
    deceased: bool
    own: frozenset[str] = frozenset()


def reasons(policy: Policy, life: Life, audience: Audience, today: date) -> Iterator[Reason]:
    """What is against handing out anything at all to *audience* on this day."""
    if audience not in OUTSIDE:
        return
    for embargo in policy.embargoes:
        if embargo.holds(today):
            yield Reason(EMBARGOED[embargo.kind])
    if policy.list_existence == "denied":
        yield Reason("nobody outside may learn that it exists")
    if policy.guardian == "refused":
        yield Reason("her guardian refused")
    elif needs_guardian(policy, life) and policy.guardian not in ("consented", "waived"):
        yield Reason("she was a child: say that she told it grown up, or what her guardian says")


def reasons_of_part(policy: Policy, life: Life, part: str, use: Use, audience: Audience) -> Iterator[Reason]:
    """What is against this part (a segment, `images`, `audio`, `attachments`) for *use* and *audience*."""
    if any(each.part == part and each.meets(use, audience) for each in policy.withheld):
        yield Reason("this part is withheld")
    if part in OF_A_CHILD and audience in OUTSIDE and was_minor(policy, life):
        yield Reason("she was a child: no voice and no picture goes out")


def reasons_of_names(
    policy: Policy, life: Life, segments: tuple[Segment, ...], audience: Audience
) -> Iterator[Reason]:
    """Whom *segments*, as they would be read outside, still name without having the right to."""
    if audience not in OUTSIDE:
        return
    text, people = "\n".join(each.text for each in segments), list(_people(policy, life))
    # Nearly always nobody is: one look for all of them, before one for each.
    if not sighted(text, (form for each in people for name in each.names for form in _forms(name))):
        return
    met = [(each, {name for name in each.names if sighted(text, _forms(name))}) for each in people]
    found: dict[str, list[str]] = {}
    for each, shown in met:
        if shown and (told := _against(policy, each, shown, audience)):
            found.setdefault(told, []).append(each.id)
    yield from (Reason(told, tuple(ids)) for told, ids in found.items())


def was_minor(policy: Policy, life: Life) -> bool:
    """Whether she was a child when it happened: decided, or by an age that is coded of her."""
    if policy.minor_at_time:
        return policy.minor_at_time == "yes"
    hers = [link for act in life.acts for link in act.role_links if link.actor == NARRATOR]
    return any(link.age_at_time is not None and link.age_at_time < ADULT for link in hers)


def needs_guardian(policy: Policy, life: Life) -> bool:
    """Whether somebody has to speak for her: she was a child and nobody said that she told it grown up."""
    told_as_child = policy.minor_at_telling == "yes"
    return told_as_child or (was_minor(policy, life) and policy.minor_at_telling != "no")


def _forms(name: str) -> set[str]:
    """A name as it is spelt, and with its hyphens as spaces: Yong-ran is also written Yong Ran."""
    return {name, name.replace("-", " ")}


def _against(policy: Policy, each: _Named, shown: set[str], audience: Audience) -> str:
    if each.id == NARRATOR:
        hers = policy.attribution == "pseudonym_own" and shown <= each.own
        return "" if hers or policy.attribution == "real_name" else "her own name can be read in it"
    found = next((row for row in policy.third_parties if row.actor == each.id), None)
    finding = found.finding if found and shown <= set(found.names) else ""
    if each.in_dprk and finding not in ("consented", "publicly_known"):
        return "somebody in North Korea who did not consent can be read in it"
    named = {name for row in policy.accused if row.actor == each.id for name in row.names}
    if each.accused and not each.deceased and shown <= named:
        return ""
    if each.accused and not each.deceased and audience == "public":
        return "a living accused is named, and two people have not decided that on a ground"
    if finding not in ("consented", "publicly_known", "deceased"):
        return "somebody is named in it who did not consent"
    return ""


def _people(policy: Policy, life: Life) -> Iterator[_Named]:
    """Everybody of the coding and of the policy, once, with every spelling that is known."""
    coded = {each.actor_id: each for each in life.actors}
    rows = {each.actor: each for each in policy.third_parties}
    accused = {each.actor: each for each in policy.accused}
    blamed = {
        link.actor for act in life.acts for link in act.role_links if link.role in codes("per_RoleInProcess")
    } - {NARRATOR}
    for id in sorted({*coded, *rows, *accused}):
        actor, row = coded.get(id), rows.get(id)
        spelt = {form for name in (actor.names if actor else ()) for form in (name.form, name.romanisation)}
        spelt |= {name for each in (row, accused.get(id)) if each for name in each.names}
        yield _Named(
            id,
            frozenset(spelt - {""}),
            in_dprk="in_dprk" in (actor and actor.whereabouts_class, row and row.whereabouts),
            accused=id in blamed or id in accused,
            deceased="deceased" in (actor and actor.living_status, row and row.finding),
            own=frozenset(
                form
                for name in (actor.names if actor else ())
                if name.kind in ("given_by_others", "nickname")
                for form in (name.form, name.romanisation)
            ),
        )

"""What the forms of a coding say: an act and what hangs on it, and who the people in it are.

The fields are those of the record (`schema.asked`), so a page can say all that a coding can. What is left
empty is empty; what cannot be read is refused with the field's name, and nothing is dropped in silence.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from werkzeug.datastructures import MultiDict

from archive.coding.record import (
    NARRATOR,
    Act,
    Actor,
    Life,
    Movement,
    RoleLink,
    Transaction,
    found_in,
    life,
)
from archive.coding.schema import Asked, asked
from archive.coding.versions import CodingRefused
from archive.testimony import Testimony
from archive.vocabulary.places import named

Form = MultiDict[str, str]
OURS: Final = frozenset({"coder", "coded_on", "pseudonym_ref"})
"""Fields that no person fills in."""
PARTS: Final = {"role_links": RoleLink, "movements": Movement, "transactions": Transaction}
DECIDES: Final = {"role_links": "role", "movements": "via", "transactions": "kind"}
"""What has to be chosen for a part to be there at all."""


def fields(kind: type[Any]) -> tuple[Asked, ...]:
    """What a form asks of a record."""
    return tuple(each for each in asked(kind) if each.name not in OURS)


FIELDS: Final = {name: fields(kind) for name, kind in (("act", Act), ("person", Actor), *PARTS.items())}
"""By the part of the form; the name of an input is `part.field`."""


def with_act(found: Life, told: Testimony, form: Form) -> Life:
    """*found* with the act of the form in the place of the one it edits, or behind all."""
    rows = found.to_json()
    acts, actors = rows.setdefault("acts", []), rows.setdefault("actors", [])
    act_id = form.get("act", "") or _next("e", (each.act_id for each in found.acts))
    row = next((each for each in acts if each["act_id"] == act_id), None)
    if row is None:
        acts.append(row := {"act_id": act_id})
    for each in FIELDS["act"]:
        row.pop(each.name, None)
    row |= _filled("act", form)
    row.setdefault("evidence_spans", []).extend(_evidence(told, form))
    for part, decides in DECIDES.items():
        if form.get(f"{part}.{decides}"):
            more = _filled(part, form)
            if part == "role_links":
                more["actor"] = _who(found, actors, form.get("who", ""))
            row.setdefault(part, []).append(more)
        elif _filled(part, form):
            raise CodingRefused(f"{part}: choose first what it was")
    return life(rows)


def with_person(found: Life, form: Form) -> Life:
    """*found* with what the form says of one person; her names stand one on a line."""
    actor_id = form.get("person", "")
    before = next((each for each in found.actors if each.actor_id == actor_id), Actor(actor_id=actor_id))
    kept = {name.form: name for name in before.names}
    lines = [_clean(line) for line in form.get("names", "").splitlines()]
    names = [vars(kept[line]) if line in kept else {"form": line} for line in lines if line]
    row = {"actor_id": actor_id, "names": names, "pseudonym_ref": before.pseudonym_ref}
    changed = life({"actors": [row | _filled("person", form)]}).actors[0]
    if before in found.actors:
        return replace(found, actors=tuple(changed if a == before else a for a in found.actors))
    if actor_id != NARRATOR:
        raise CodingRefused("nobody of this name is in this coding")
    return replace(found, actors=(changed, *found.actors))


def without(found: Life, form: Form) -> Life:
    """*found* without one role, movement, payment or evidence of an act."""
    part, at = form.get("part", ""), form.get("at", -1, type=int)
    act = found.act(form.get("act", ""))
    if act is None or part not in (*PARTS, "evidence_spans") or not 0 <= at < len(getattr(act, part)):
        raise CodingRefused("this is not in the coding any more; look at it again")
    left: dict[str, Any] = {part: tuple(each for n, each in enumerate(getattr(act, part)) if n != at)}
    kept = replace(act, **left)
    return replace(found, acts=tuple(kept if each == act else each for each in found.acts))


def _filled(part: str, form: Form) -> dict[str, Any]:
    """The fields of a part that were filled in."""
    read = {each.name: _value(each, f"{part}.{each.name}", form) for each in FIELDS[part]}
    return {name: value for name, value in read.items() if value not in ("", [], None)}


def _value(each: Asked, name: str, form: Form) -> Any:
    said = _clean(form.get(name, ""))
    if each.shape == "codes":
        return form.getlist(name)
    if each.shape == "number" and said:
        digits = said.replace(",", "").replace(" ", "")
        if not (digits.isascii() and digits.isdigit()):
            raise CodingRefused(f"{each.name}: a number is written in digits")
        return int(digits[:20])
    if each.shape == "place" and said:
        if (place := named(said)) is None:
            raise CodingRefused("no place of the gazetteer has this name; choose what it lies in")
        return place.id
    return said


def _evidence(told: Testimony, form: Form) -> list[dict[str, Any]]:
    phrase = form.get("phrase", "").strip()
    span = found_in(told.segments, phrase, form.get("segment", ""))
    if phrase and span is None:
        raise CodingRefused("these words are not in that paragraph; copy them exactly")
    return [vars(span)] if span else []


def _who(found: Life, actors: list[dict[str, Any]], said: str) -> str:
    """The person of this label, who is new when nobody has it; she who tells when nothing was said."""
    label = _clean(said)
    if not label:
        return NARRATOR
    for each in found.actors:
        if label in (each.label, each.actor_id):
            return each.actor_id
    actors.append({"actor_id": _next("a", (each.actor_id for each in found.actors)), "label": label})
    return str(actors[-1]["actor_id"])


def _next(letter: str, ids: Iterable[str]) -> str:
    """A name that nobody has: one more than the highest number behind this letter."""
    return f"{letter}{max((int(id[1:]) for id in ids if id[0] == letter), default=0) + 1}"


def _clean(said: str) -> str:
    return unicodedata.normalize("NFC", said).strip()

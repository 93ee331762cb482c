"""What may stand instead of hidden words: their label, nothing, something wider, a role, an invented name.

1. Every operator gives words in brackets that show nothing hidden in the text, or raises. None gives the
   words themselves back: an operator or a rung that is not known here is refused.
2. `generalise` climbs the ladder of its kind; what is ambiguous or cannot be read is refused, with no guess.
3. To keep words is no operator on them: a person leaves them unhidden.

Pure: no vault, no clock, no log. Ladders: archive/redaction/ladders.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from archive.redaction.ladders import amounts, dates, places
from archive.redaction.ladders.words import Wider
from archive.redaction.spans import LABELS, RedactionError, require_fit

OPERATORS: Final = ("label", "remove", "generalise", "role", "pseudonym")
LADDERS: Final[dict[str, tuple[str, ...]]] = {
    "place": places.RUNGS,
    "date": dates.RUNGS,
    "age": amounts.AGES,
    "sum": amounts.SUMS,
    "children": amounts.CHILDREN,
}
"""The rungs of each kind, the narrowest first."""
REMOVED: Final = "other"
"""The category whose label says only that something was removed."""


class CannotStandInstead(RedactionError):
    """This operator has nothing to say of these words, or would show something hidden."""


@dataclass(frozen=True)
class Hidden:
    """Hidden words, as an operator needs them: what stands *after* them decides a Korean ending."""

    category: str
    lang: str
    surface: str = field(repr=False)
    after: str = field(default="", repr=False)

    @property
    def kind(self) -> str:
        """Of which ladder the words are, or nothing."""
        if self.category in ("place", "date"):
            return self.category
        rungs = amounts.rungs(self.surface) if self.category in ("other", "number") else ()
        return next((kind for kind in ("age", "sum", "children") if rungs and LADDERS[kind] == rungs), "")


@dataclass(frozen=True)
class Option:
    """Something that may stand instead; *operator* is how it is asked for, *shown* what is then read."""

    operator: str
    shown: str = field(repr=False)
    rung: str = ""
    place: str = ""
    """For an ambiguous name: which place it is then taken for, in the language of the text."""


def shown(operator: str, hidden: Hidden, avoid: Iterable[str] = ()) -> str:
    """What *operator* lets stand instead; empty is the label. `CannotStandInstead`, or `RedactionError`.

    `label`, `remove`, `generalise/RUNG`, `generalise/RUNG/PLACE` for one of several places of a name,
    `role/WORDS`, `pseudonym/WORDS`. *avoid*: all that is hidden in the text.
    """
    surfaces = {hidden.surface, *avoid}
    name, _, rest = operator.partition("/")
    if operator == "label":
        return ""
    if operator == "remove":
        labels = LABELS[REMOVED]
        return _fitting([labels.get(hidden.lang, labels["eng"])], surfaces)
    if name in ("role", "pseudonym") and rest.strip():
        return _fitting([f"[{rest.strip()}]"], surfaces)
    if name == "generalise":
        rung, _, place = rest.partition("/")
        wider = _wider(hidden, rung, place)
        if wider is not None:
            return _fitting(wider.before(hidden.after), surfaces)
        raise CannotStandInstead("these words cannot be told so wide; choose another rung, or the label")
    raise CannotStandInstead(f"unknown operator; use one of {', '.join(OPERATORS)}")


def options(hidden: Hidden, avoid: Iterable[str] = ()) -> tuple[Option, ...]:
    """All that may stand instead of these words, without a role or a name, the narrowest rung first."""
    surfaces = set(avoid)
    found = [Option("label", LABELS[hidden.category].get(hidden.lang, LABELS[hidden.category]["eng"]))]
    found += _rungs(hidden, surfaces)
    if hidden.category != REMOVED:
        found.append(Option("remove", shown("remove", hidden, surfaces)))
    return tuple(found)


def by_profile(rungs: Mapping[str, str], hidden: Hidden, avoid: Iterable[str] = ()) -> str:
    """What a release profile lets stand instead: its rung, or the next wider one that fits, or the label."""
    ladder, surfaces = LADDERS.get(hidden.kind, ()), set(avoid)
    start = rungs.get(hidden.kind, "")
    for rung in ladder[ladder.index(start) :] if start in ladder else ():
        try:
            return shown(f"generalise/{rung}", hidden, surfaces)
        except RedactionError:
            continue
    return ""


def narrower(rungs: Mapping[str, str], hidden: Hidden, avoid: Iterable[str] = ()) -> frozenset[str]:
    """All that could stand instead of these words and says more of them than *rungs* let be told."""
    ladder = LADDERS.get(hidden.kind, ())
    wide = ladder[ladder.index(rungs[hidden.kind]) :] if rungs.get(hidden.kind) in ladder else ()
    could = list(_rungs(hidden, set(avoid)))
    return frozenset(o.shown for o in could) - {o.shown for o in could if o.rung in wide}


def _rungs(hidden: Hidden, surfaces: set[str]) -> Iterator[Option]:
    told = places.choices(hidden.surface) if hidden.category == "place" else ()
    seen = set[tuple[str, str]]()
    for place in told or (None,):
        for rung in LADDERS.get(hidden.kind, ()):
            operator = f"generalise/{rung}" + (f"/{place.id}" if place else "")
            try:
                said = shown(operator, hidden, surfaces)
            except RedactionError:
                continue
            if (rung, said) not in seen:
                seen.add((rung, said))
                yield Option(operator, said, rung, places.path(place, hidden.lang) if place else "")


def _wider(hidden: Hidden, rung: str, place: str) -> Wider | None:
    if rung not in LADDERS.get(hidden.kind, ()):
        return None
    if hidden.kind == "place":
        return places.rung(hidden.surface, rung, hidden.lang, place)
    if place:
        return None
    if hidden.kind == "date":
        return dates.rung(hidden.surface, rung, hidden.lang)
    return amounts.rung(hidden.surface, rung, hidden.lang)


def _fitting(said: Iterable[str], surfaces: set[str]) -> str:
    """The first that shows nothing hidden; the last refusal where none does."""
    refused = CannotStandInstead("nothing can stand instead of these words but their label")
    for each in said:
        try:
            require_fit([each], surfaces)
        except RedactionError as reason:
            refused = CannotStandInstead(str(reason))
        else:
            return each
    raise refused

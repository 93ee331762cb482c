"""What is read instead of hidden words: one choice for all occurrences, or the release profile for a kind.

Works without a script. Nothing of a part that is closed at this desk is shown or changed.
"""

from __future__ import annotations

from typing import Final

from flask import Blueprint, request
from werkzeug.wrappers import Response

from archive.people import Person
from archive.redaction import choices, profiles, replacing
from archive.redaction.operators import LADDERS
from archive.redaction.replacing import Span
from archive.redaction.spans import RedactionError, version_of
from archive.testimony import Testimony
from archive.vault import Vault
from archive.workbench import hiding, page
from archive.workbench.hiding import Step, Told

instead = Blueprint("instead", __name__)
MOST: Final = 10_000
"""Fields that one form may carry."""


@instead.get("/testimony/<name>/hide/instead")
def show(name: str) -> str:
    """What is hidden, what is read there now, and what could be."""
    told, vault = hiding.opened(name).told, page.vault()
    return page.show(
        "instead.html",
        testimony=told,
        closed=page.closed_parts(told),
        rows=replacing.replaced(told, choices.choices(vault, name), _seen(told)),
        profile=profiles.current(vault),
        kinds=list(LADDERS),
        seen=version_of(told.text),
    )


def _seen(told: Testimony) -> list[Span]:
    return [(at, at + len(words)) for at, words in hiding.seen(told)]


@instead.post("/testimony/<name>/hide/<any(rung, profile):step>")
def decide(name: str, step: str) -> Response:
    """Let something else be read instead of words, or of a whole kind."""
    return hiding.take(name, STEPS[step], "instead.show")


def _rung(vault: Vault, person: Person, told: Testimony) -> Told:
    _require_same(told)
    standing, seen = choices.choices(vault, told.id), _seen(told)
    wanted = replacing.chosen(told, standing, seen, _asked())
    choices.instead(vault, person, told.id, wanted)
    return "instead_done", f"{len(wanted)}"


def _profile(vault: Vault, person: Person, told: Testimony) -> Told:
    _require_same(told)
    kind = request.form.get("kind", "")
    standing, seen, rungs = choices.choices(vault, told.id), _seen(told), profiles.current(vault).rungs
    wanted = replacing.profiled(told, standing, seen, rungs, (kind,) if kind else tuple(LADDERS))
    choices.instead(vault, person, told.id, wanted)
    return "instead_done", f"{len(wanted)}"


def _require_same(told: Testimony) -> None:
    if request.form.get("seen") != version_of(told.text):
        raise RedactionError("the words have changed since you opened the page; read them again")


def _asked() -> dict[Span, str]:
    """Selects are called `i.START.END` and say an operator, or nothing; `w.START.END` are her own words."""
    found = dict[Span, str]()
    for key, said in list(request.form.items())[:MOST]:
        what, *at = key.split(".")
        if what in ("i", "w") and said.strip():
            try:
                start, end = map(int, at)
            except ValueError:
                raise RedactionError("the choices cannot be read; open the page again") from None
            found[start, end] = said if what == "i" else f"role/{said.strip()}"
    return found


STEPS: Final[dict[str, Step]] = {"rung": _rung, "profile": _profile}

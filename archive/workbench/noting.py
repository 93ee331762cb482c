"""What a person notes beside a testimony while she hides: passages that tell who she is by what happened."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, request
from werkzeug.wrappers import Response

from archive.people import Person
from archive.redaction import choices, passages
from archive.redaction.spans import RedactionError, version_of
from archive.testimony import Testimony
from archive.vault import Vault
from archive.workbench import choice_form, hiding, page
from archive.workbench.hiding import Step, Told

noting = Blueprint("noting", __name__)


def notes(told: Testimony) -> dict[str, Any]:
    """The notes as the page lists them: each with its words where they are open and still count."""
    version, waiting = version_of(told.text), passages.unsettled(page.vault(), told.id)
    spans = [(at, at + len(words)) for at, words in hiding.seen(told)]
    listed = [
        (each, told.text[each.start : each.end] if _open(each, version, spans) else "", each in waiting)
        for each in passages.noted(page.vault(), told.id)
    ]
    return {"passages": listed, "ways": passages.WAYS}


def _open(each: passages.Passage, version: str, spans: list[tuple[int, int]]) -> bool:
    return each.version_sha256 == version and any(at <= each.start and each.end <= end for at, end in spans)


@noting.post("/testimony/<name>/hide/<any(passage, 'passage-away'):step>")
def decide(name: str, step: str) -> Response:
    """Note a passage, or take a note away."""
    return hiding.take(name, STEPS[step], "suggesting.show")


def _passage(vault: Vault, person: Person, told: Testimony) -> Told:
    """What was decided on the page is kept in any case."""
    choices.keep(vault, person, told.id, choice_form.chosen(told))
    form = request.form
    span = _found(told, form.get("passage", ""), form.get("passage_at", -1, type=int))
    passages.note(
        vault, person, told.id, span, form.get("way", ""), form.get("reason", ""), form.get("instead", "")
    )
    return "suggest_passage_noted", ""


def _found(told: Testimony, typed: str, at: int) -> tuple[int, int]:
    """Where these words stand in what is open: where the script says, or else where they stand once."""
    words = typed.replace("\r\n", "\n").strip()
    if words and told.text[max(at, 0) :].startswith(words) and at >= 0:
        found = [at]
    else:
        found = [n for n in range(len(told.text)) if words and told.text.startswith(words, n)]
    spans = [(n, n + len(words)) for n in found]
    seen = [(start, start + len(part)) for start, part in hiding.seen(told)]
    inside = [span for span in spans if any(a <= span[0] and span[1] <= b for a, b in seen)]
    if len(inside) != 1:
        raise RedactionError("copy the passage exactly, within one paragraph, so long that it stands once")
    return inside[0]


def _passage_away(vault: Vault, person: Person, told: Testimony) -> Told:
    passages.take_away(vault, person, told.id, request.form.get("key", ""))
    return "suggest_passage_gone", ""


STEPS: Final[dict[str, Step]] = {"passage": _passage, "passage-away": _passage_away}

"""What is noted beside a testimony: passages that tell who she is without a name, and what she asked for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from flask import Blueprint, request
from werkzeug.wrappers import Response

from archive.people import Person
from archive.policy import versions as policies
from archive.redaction import choices, passages, wishes
from archive.redaction.spans import RedactionError, version_of
from archive.redaction.wishes import Wish
from archive.testimony import Testimony
from archive.vault import Vault
from archive.vocabulary.lists import codes
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
    return {
        "passages": listed,
        "ways": passages.WAYS,
        "wishes": wishes.wishes(page.vault(), told.id),
        "outcomes": wishes.OUTCOMES,
        "called": _called(told),
    }


def asked_of(asked: Iterable[Wish], words: str) -> str:
    """What she *asked* for of these *words*, in the language of the page; nothing when she did not."""
    text, found = page.texts(page.language()), {each.outcome for each in asked if each.is_of(words)}
    return " · ".join(text[f"suggest_asked_{outcome}"] for outcome in sorted(found))


def _called(told: Testimony) -> str:
    """By what name she wants to be known, as the policy has it; nothing while that is not decided."""
    try:
        name = policies.current(page.vault(), told.id).policy.attribution
    except policies.PolicyDamaged:
        return ""
    return codes("attribution")[name].label(page.language()) if name else ""


def _open(each: passages.Passage, version: str, spans: list[tuple[int, int]]) -> bool:
    return each.version_sha256 == version and any(at <= each.start and each.end <= end for at, end in spans)


@noting.post("/testimony/<name>/hide/<any(passage, 'passage-away', wish, 'wish-away'):step>")
def decide(name: str, step: str) -> Response:
    """Note a passage or a wish, or take one away."""
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


def _wish(vault: Vault, person: Person, told: Testimony) -> Told:
    choices.keep(vault, person, told.id, choice_form.chosen(told))
    form = request.form
    words, category = form.get("wish", ""), form.get("wish_category", "")
    wishes.ask(vault, person, told.id, words, category, form.get("outcome", ""))
    return "suggest_wish_noted", ""


def _wish_away(vault: Vault, person: Person, told: Testimony) -> Told:
    wishes.forget(vault, person, told.id, request.form.get("words", ""))
    return "suggest_passage_gone", ""


STEPS: Final[dict[str, Step]] = {
    "passage": _passage,
    "passage-away": _passage_away,
    "wish": _wish,
    "wish-away": _wish_away,
}

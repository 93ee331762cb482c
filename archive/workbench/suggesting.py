"""The reviewer's page: what is suggested to be hidden, decided one by one or all alike, and proposed at once.

The second reviewer's page shows what would be read, and nothing of what is hidden.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from typing import Any, Final

from flask import Blueprint, abort, redirect, request, url_for
from werkzeug.wrappers import Response

from archive import review
from archive.errors import ArchiveError
from archive.people import Person
from archive.redaction import choices, rereading
from archive.redaction.choices import Choice
from archive.redaction.spans import LABELS, RedactionError, version_of
from archive.redaction.suggest import THETA
from archive.redaction.worklist import STEPS, Row, underlined, worklist
from archive.review import Reading
from archive.standing import TakenBack
from archive.testimony import Testimony
from archive.vault import UnknownRecord, Vault
from archive.workbench import choice_form, page

suggesting = Blueprint("suggesting", __name__)
A_PAGE: Final = 50
"""Rows of a page without scripts."""
A_SCREEN: Final = 20
"""Parts that are confirmed at once without scripts."""
Told = tuple[str, str] | tuple[str, str, str]
"""What came of a step: a notice, a value behind it, and perhaps the page that follows."""
SAID: Final = "suggest_said_"
"""How keys of the catalogue begin that the script speaks with."""
SURENESS: Final = (0.9, 0.6, 0.3, 0.1, 0.0)
"""From which probability on the words for it are used: almost certain, likely, possible, doubtful, faint."""


def _opened(name: str) -> Reading:
    try:
        return review.reading(page.vault(), name)
    except (UnknownRecord, TakenBack):
        abort(404)


@suggesting.get("/testimony/<name>/hide")
def show(name: str) -> str:
    found = _opened(name)
    told, closed = found.told, page.closed_parts(found.told)
    rows = worklist(choice_form.seen(told), choices.choices(page.vault(), name))
    theta = request.args.get("theta", THETA, type=float)
    step = next((n for n, each in enumerate(STEPS) if each >= theta), len(STEPS) - 1)
    number = max(request.args.get("page", 1, type=int), 1)
    listed = [row for row in rows if row.step <= step]
    return page.show(
        "suggesting.html",
        testimony=told,
        reading=found,
        closed=closed,
        parts=[(id, *piece, _pieces(rows, *piece)) for id, piece in choice_form.parts(told).items()],
        rows=rows,
        data=[_told(row) for row in rows],
        step=step,
        steps=STEPS,
        added=[sum(row.step == n and not row.state for row in rows) for n in range(len(STEPS))],
        listed=listed[(number - 1) * A_PAGE : number * A_PAGE],
        number=number,
        pages=-(-len(listed) // A_PAGE),
        sureness=_sureness,
        why=_why,
        percent=_percent,
        categories=list(LABELS),
        seen=version_of(told.text),
        said=_said(),
    )


def _said() -> dict[str, Any]:
    """What the script of the page says, in the language of the page."""
    text = page.texts(page.language())
    said = {key.removeprefix(SAID): words for key, words in text.items() if key.startswith(SAID)}
    return said | {"steps": STEPS}


def _pieces(rows: list[Row], at: int, words: str) -> Iterator[tuple[str, int | None]]:
    """A part cut where rows begin and end, each piece with the number of its row."""
    mine = sorted(
        (r.start, r.end, n) for n, r in enumerate(rows) if at <= r.start and r.end <= at + len(words)
    )
    reached = 0
    for start, end, n in mine:
        yield words[reached : start - at], None
        yield words[start - at : end - at], n
        reached = end - at
    yield words[reached:], None


def _sureness(probability: float) -> str:
    return f"suggest_sure_{next(n for n, least in enumerate(SURENESS) if probability >= least)}"


def _percent(probability: float) -> str:
    """Never all of it: what a model is surest of may still be wrong."""
    return f"{min(probability, 0.99):.0%}"


def _why(reason: str) -> str:
    """The reason in the language of the page, or as the recogniser gives it."""
    plain = reason.replace(", ko", "").replace(", zh", "").replace(", en", "")
    return page.texts(page.language()).get(f"suggest_why_{plain}", plain)


def _told(row: Row) -> list[Any]:
    """A row as the script of the page reads it."""
    text = page.texts(page.language())
    kind = text[f"suggest_kind_{row.kind}"] if row.kind else ""
    sure = f"{text[_sureness(row.probability)]} ({_percent(row.probability)})" if row.kind else ""
    return [row.start, row.end, row.category, row.state, row.words, kind, sure, _why(row.reason), row.step]


@suggesting.get("/testimony/<name>/hide/once-more")
def once_more(name: str) -> str:
    """The text as the choices leave it, with what may have been missed underlined."""
    found = _opened(name)
    told, closed = found.told, page.closed_parts(found.told)
    standing = choices.choices(page.vault(), name)
    lines = underlined(choice_form.seen(told), standing)
    marks = choices.redactions(standing)
    hidden = [(mark.start, mark.end, mark.label(told.lang_original)) for mark in marks]
    return page.show(
        "once_more.html",
        testimony=told,
        closed=closed,
        parts=[
            (id, list(_once_more(hidden, lines, *piece))) for id, piece in choice_form.parts(told).items()
        ],
        found=len(lines),
        categories=list(LABELS),
        unread=_unread(told, closed),
        many=A_SCREEN,
    )


def _unread(told: Testimony, closed: Container[str]) -> list[str]:
    """What she who has signed in has not read once more, of what is open to her."""
    who = page.person()
    left = rereading.unread(page.vault(), who.name, told.id) if who else ()
    return [part for part in left if part not in closed]


def _once_more(
    hidden: list[tuple[int, int, str]], lines: list[tuple[int, int, str]], at: int, words: str
) -> Iterator[tuple[str, str]]:
    """Pieces of a part: hidden ones as their label, underlined ones with their kind, and the rest."""
    cuts = [(start, end, "hidden", label) for start, end, label in hidden]
    cuts += [(start, end, kind, "") for start, end, kind in lines]
    reached = at
    for start, end, how, label in sorted(c for c in cuts if at <= c[0] and c[1] <= at + len(words)):
        yield words[reached - at : start - at], ""
        yield label or words[start - at : end - at], how
        reached = end
    yield words[reached - at :], ""


@suggesting.get("/testimony/<name>/second")
def second(name: str) -> str:
    """What would be read, and nothing else: a second person tries to recognise somebody."""
    found = _opened(name)
    return page.show(
        "second.html",
        testimony=found.told,
        reading=found,
        closed=page.closed_parts(found.told),
        shown=[(part.id, part.preview) for part in found.parts],
        mine=bool(page.person() and found.proposer == getattr(page.person(), "name", None)),
        tries=choices.tries(page.vault(), name),
    )


@suggesting.post("/testimony/<name>/hide/<step>")
def decide(name: str, step: str) -> Response:
    """Keep what was decided, propose it, hide what was missed, or count what was recognised."""
    vault, person, told = page.vault(), page.person(), _opened(name).told
    to = {"missed": "once_more", "reread": "once_more", "try": "second"}.get(step, "show")
    kept: dict[str, Any] = {key: request.form[key] for key in ("theta", "page") if request.form.get(key)}
    if person is None:
        page.say("sign_in_first")
    elif step not in STEPS_OF_HIDING:
        abort(404)
    else:
        try:
            notice, value, *elsewhere = STEPS_OF_HIDING[step](vault, person, told)
            page.say(notice, value)
            to = elsewhere[0] if elsewhere else to
        except ArchiveError as refused:
            page.say(str(refused))
    return redirect(url_for(f"suggesting.{to}", name=name, **kept), code=303)


def _keep(vault: Vault, person: Person, told: Testimony) -> Told:
    choices.keep(vault, person, told.id, choice_form.chosen(told))
    return "suggest_kept", ""


def _propose(vault: Vault, person: Person, told: Testimony) -> Told:
    """Keep what was decided in any case; propose it when all is open, and was read once more."""
    standing = choices.keep(vault, person, told.id, choice_form.chosen(told))
    if page.closed_parts(told):
        return "care_unread", ""
    if unread := rereading.unread(vault, person.name, told.id):
        return "suggest_unread", f"{len(unread)}", "once_more"
    with vault.together():
        marks = review.propose(vault, person, told.id, choices.redactions(standing))
        choices.forget_hidden(vault, person, told.id)
    return "suggest_proposed", f"{len(marks)}"


def _reread(vault: Vault, person: Person, told: Testimony) -> Told:
    """Of what was open at this desk, which parts she read."""
    closed = page.closed_parts(told)
    read = [part for part in request.form.get("parts", "").split() if part not in closed]
    left = rereading.read(vault, person, told.id, read)
    return ("suggest_reread_left", f"{len(left)}") if left else ("suggest_reread", "", "show")


def _missed(vault: Vault, person: Person, told: Testimony) -> Told:
    """Words that she typed or selected are hidden wherever they stand in what is open to her."""
    words, category = request.form.get("surface", "").strip(), request.form.get("category", "")
    taken = [c for c in choices.choices(vault, told.id) if c.hidden]
    made = list[Choice]()
    for start, text in choice_form.seen(told):
        at = text.find(words) if words else -1
        while at >= 0:
            here = Choice(start + at, start + at + len(words), category, True)
            if not any(c.start < here.end and here.start < c.end for c in taken):
                made.append(here)
            at = text.find(words, at + len(words))
    if not made:
        raise RedactionError("these words are not in the text, or are hidden already; copy them exactly")
    choices.keep(vault, person, told.id, made)
    return "suggest_missed", f"{len(made)}"


def _try(vault: Vault, person: Person, told: Testimony) -> Told:
    """Of the words that she typed, what stands in the text and what is hidden; the words are not kept."""
    found = review.reading(vault, told.id)
    if found.proposer is None or found.proposer == person.name:
        raise RedactionError("another person than the proposer tries, when something is proposed")
    closed = page.closed_parts(told)
    shown = "\n".join(part.preview for part in found.parts if part.id not in closed)
    guesses = request.form.get("guesses", "")[:4000].splitlines()
    made = choices.tried(vault, person, told.id, shown, guesses)
    return "suggest_tried", f"{made.typed} · {made.still_seen} · {made.guessed}"


STEPS_OF_HIDING: Final[dict[str, Callable[[Vault, Person, Testimony], Told]]] = {
    "keep": _keep,
    "propose": _propose,
    "missed": _missed,
    "reread": _reread,
    "try": _try,
}

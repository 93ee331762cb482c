"""The two pages on which a text is read as it would leave: by who decided once more, and by a second person.

What is hidden is on neither of them. Without a script parts are confirmed some at once.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from typing import Final

from flask import Blueprint, request
from werkzeug.wrappers import Response

from archive import review
from archive.people import Person
from archive.redaction import choices
from archive.redaction import rereading as reread
from archive.redaction.choices import Choice
from archive.redaction.sightings import sighted
from archive.redaction.spans import LABELS, Redaction, RedactionError
from archive.redaction.worklist import underlined
from archive.testimony import Testimony
from archive.vault import Vault
from archive.workbench import hiding, page
from archive.workbench.hiding import Step, Told

rereading = Blueprint("rereading", __name__)
A_SCREEN: Final = 20
"""Parts that are confirmed at once without scripts."""


@rereading.get("/testimony/<name>/hide/once-more")
def once_more(name: str) -> str:
    """The text as the choices leave it, with what may have been missed underlined."""
    found = hiding.opened(name)
    told, standing = found.told, choices.choices(page.vault(), name)
    closed = _closed(told, choices.redactions(standing))
    # What was left out of the list is no more pointed at here.
    kept_silent = [Choice(start, end, "other", True) for start, end in hiding.left_out(name)]
    lines = underlined(hiding.seen(told), [*standing, *kept_silent])
    marks = choices.redactions(standing)
    hidden = [(mark.start, mark.end, mark.label(told.lang_original)) for mark in marks]
    return page.show(
        "once_more.html",
        testimony=told,
        closed=closed,
        parts=[(id, list(_once_more(hidden, lines, *piece))) for id, piece in hiding.parts(told).items()],
        found=len(lines),
        categories=list(LABELS),
        unread=_unread(told, closed),
        many=A_SCREEN,
    )


def _closed(told: Testimony, marks: Iterable[Redaction]) -> dict[str, str]:
    """The parts that are closed, each with its summary, unless somebody wrote a hidden word into it."""
    hidden = {told.text[mark.start : mark.end] for mark in marks}
    return {id: "" if sighted(line, hidden) else line for id, line in page.closed_parts(told).items()}


def _unread(told: Testimony, closed: Container[str]) -> list[str]:
    """What she who has signed in has not read once more, of what is open to her."""
    who = page.person()
    left = reread.unread(page.vault(), who.name, told.id) if who else ()
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


@rereading.get("/testimony/<name>/second")
def second(name: str) -> str:
    """What would be read, and nothing else: a second person tries to recognise somebody."""
    found = hiding.opened(name)
    return page.show(
        "second.html",
        testimony=found.told,
        reading=found,
        closed=_closed(found.told, found.marks),
        shown=[(part.id, part.preview) for part in found.parts],
        mine=bool(page.person() and found.proposer == getattr(page.person(), "name", None)),
        tries=choices.tries(page.vault(), name),
    )


@rereading.post("/testimony/<name>/hide/<any(missed, reread, try):step>")
def decide(name: str, step: str) -> Response:
    """Hide what was missed, keep how far was read, or count what was recognised."""
    return hiding.take(name, STEPS[step], "rereading.second" if step == "try" else "rereading.once_more")


def _missed(vault: Vault, person: Person, told: Testimony) -> Told:
    """Words that she typed or selected are hidden wherever they stand in what is open to her."""
    words, category = request.form.get("surface", "").strip(), request.form.get("category", "")
    taken = [c for c in choices.choices(vault, told.id) if c.hidden]
    made = list[Choice]()
    for start, text in hiding.seen(told):
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


def _reread(vault: Vault, person: Person, told: Testimony) -> Told:
    """Of what was open at this desk, which parts she read."""
    closed = page.closed_parts(told)
    read = [part for part in request.form.get("parts", "").split() if part not in closed]
    left = reread.read(vault, person, told.id, read)
    return ("suggest_reread_left", f"{len(left)}") if left else ("suggest_reread", "", "suggesting.show")


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


STEPS: Final[dict[str, Step]] = {"missed": _missed, "reread": _reread, "try": _try}

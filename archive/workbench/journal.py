"""The journal: who did what, newest first, after the whole of it was verified."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, request

from archive.journal import Event, Head, JournalBroken
from archive.workbench import page

MANY: Final = 100
"""Events on one page."""

journal = Blueprint("journal", __name__)


@journal.route("/journal", methods=["GET", "POST"])
def show() -> str:
    """Verified at each opening; with a head that was noted on paper, against that one too."""
    noted, at = request.form.get("noted", "").strip(), max(request.args.get("at", 0, type=int), 0)
    events, head, broken = tuple[Event, ...](), None, ""
    try:
        events = page.vault().journal.events(Head.parse(noted) if noted else None)
        head = page.vault().journal.head()
    except JournalBroken as reason:
        broken = str(reason)
    newest = list(enumerate(events, 1))[::-1]
    return page.show(
        "journal.html",
        broken=broken,
        noted=noted,
        head=head,
        total=len(newest),
        events=[(number, _agent(event), event) for number, event in newest[at : at + MANY]],
        at=at,
        many=MANY,
    )


def _agent(event: Event) -> str | None:
    """Who it was; not of what somebody opened for herself, which is shown to her alone (R26)."""
    person = page.person()
    mine = person is not None and person.name == event.agent
    return event.agent if event.type != "dsp" or mine else None

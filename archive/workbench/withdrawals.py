"""What women took back: who asks, what had left, how it is destroyed, what the reading room is told.

Nobody's words are on this page, and nothing that opens them.
"""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, abort, redirect, request, url_for
from werkzeug.wrappers import Response

from archive import notices, people, replies
from archive.command_line import today
from archive.errors import ArchiveError
from archive.keeping import withdrawing
from archive.keeping.shredding import what_goes
from archive.testimony import TAGS
from archive.vault import UnknownRecord
from archive.vocabulary.lists import codes
from archive.workbench import page
from crypto.errors import MalformedReply

withdrawals = Blueprint("withdrawals", __name__)
SURE: Final = "yes"
"""What the box sends that says: this cannot be undone."""


@withdrawals.get("/withdrawals")
def show() -> str:
    vault, name = page.vault(), request.args.get("testimony", "").strip()
    found = _found(name)
    return page.show(
        "withdrawals.html",
        asked=withdrawing.asked(vault, today()),
        due=notices.due(vault, today()),
        early=replies.early(vault),
        looked_for=name,
        found=found,
        codes=codes,
        tags=TAGS,
    )


@withdrawals.post("/withdrawals/<step>")
def carry_out(step: str) -> Response:
    """Destroy by her word, or by two people's, or write the notice: by the person who has signed in."""
    vault, person, form = page.vault(), page.person(), request.form
    back = redirect(url_for("withdrawals.show"), code=303)
    if person is None:
        page.say("sign_in_first")
        return back
    if step in ("destroy", "two") and form.get("sure") != SURE:
        page.say("withdrawals_unsure")
        return back
    try:
        if step == "destroy":
            answer = form.get("answer", "").replace("\r\n", "\n")
            _report(withdrawing.destroy_of(vault, person, form.get("account", ""), answer, today()))
        elif step == "two":
            second = people.unlock(vault, form.get("second", ""), form.get("passphrase", ""))
            _report([withdrawing.destroy_by_two(vault, form.get("testimony", ""), person, second, today())])
        elif step == "notice":
            page.say("withdrawals_written", str(notices.write_next(vault, today())))
        else:
            abort(404)
    except (ArchiveError, MalformedReply) as refused:
        page.say(str(refused))
    except OSError:
        page.say("not_written", "onggi archive notice FOLDER")
    return back


def _report(gone: list[withdrawing.Destroyed]) -> None:
    """Say what went, and what nobody can call back (R9)."""
    page.say("withdrawals_destroyed", str(sum(each.records for each in gone)))
    for number, day in sorted({(out.number, out.day) for each in gone for out in each.out}):
        page.say("withdrawals_was_out", f"{number} ({day})")
    page.say("journal_head", str(page.vault().journal.head()))


def _found(name: str) -> dict[str, Any] | None:
    """What would be destroyed of a testimony that somebody asks for without her words, or None."""
    try:
        if name:
            return {"kinds": what_goes(page.vault(), name).kinds, "out": withdrawing.out(page.vault(), name)}
    except UnknownRecord:
        page.say("withdrawals_unknown")
    return None

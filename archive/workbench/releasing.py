"""The release: one person drafts, another looks at it and signs."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, request, url_for
from werkzeug.wrappers import Response

from archive import ledger
from archive import releasing as releases
from archive.command_line import today
from archive.courier import OUTGOING
from archive.release import WAITS
from archive.workbench import page
from archive.working import working

releasing = Blueprint("releasing", __name__)


@releasing.get("/release")
def show() -> str:
    vault = page.vault()
    drafted = releases.drafted(vault) if vault.holds("draft", "release") else None
    change = ledger.differs(vault, (), ledger.waiting(vault)) if drafted else None
    return page.show(
        "release.html",
        drafted=drafted,
        change=change,
        held=len(ledger.left(vault)),
        releases=[int(n) for n in vault.names("release")],
    )


@releasing.post("/release/<step>")
def let_out(step: str) -> Response:
    back = redirect(url_for("releasing.show"), code=303)
    with page.tells_refusals():
        vault, person = page.vault(), page.signer()
        if step == "draft":
            with working(vault, "release") as tell:
                releases.draft(vault, person, tell)
            page.say("done_draft")
        elif step == "sign":
            with working(vault, "release") as tell:
                digest, more = request.form.get("draft", ""), request.form.getlist("more")
                few = "few" in request.form
                signed = releases.sign(vault, person, digest, today(), tell, more=more, few=few)
            into = vault.home / OUTGOING / WAITS.format(signed.number)
            try:
                releases.write(vault, signed.number, into, today())
                page.say("done_sign", str(into))
            except OSError:
                page.say("not_written", f"onggi archive release write {signed.number} FOLDER")
            page.say("journal_head", str(vault.journal.head()))
        else:
            abort(404)
    return back

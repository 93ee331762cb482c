"""The desk: what was taken back, what waits and for whom, and the collection at a glance."""

from __future__ import annotations

from collections import Counter
from typing import Final

from flask import Blueprint, request

from archive import releasing, review
from archive.quarantine import quarantined
from archive.standing import withdrawals
from archive.workbench import page

STAGES: Final = ("received", "proposed", "approved", "released")

desk = Blueprint("desk", __name__)


@desk.get("/")
def show() -> str:
    vault = page.vault()
    readings = [reading for reading in review.summaries(vault) if not reading.taken_back]
    stage = request.args.get("stage")
    return page.show(
        "desk.html",
        counts=Counter(r.told.workflow_status for r in readings),
        languages=Counter(r.told.lang_original for r in readings),
        quarters=sorted(Counter(r.told.received_quarter for r in readings).items()),
        total=len(readings),
        shown=[r for r in readings if stage in (None, r.told.workflow_status)],
        quarantined=quarantined(vault),
        stage=stage,
        stages=STAGES,
        withdrawn=[
            (each, [(t, releasing.releases_of(vault, t)) for t in each.testimonies])
            for each in withdrawals(vault)
        ],
    )

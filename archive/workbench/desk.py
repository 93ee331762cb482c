"""The desk: what was taken back, what came, what waits and for whom, and the collection at a glance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from flask import Blueprint, request

from archive import releasing, review, roles
from archive.quarantine import quarantined
from archive.review import Listed
from archive.roles import MARKERS, Roles
from archive.standing import withdrawals
from archive.testimony import LANGUAGES
from archive.workbench import page
from archive.workbench.bars import columns
from archive.working import under_way

STAGES: Final = ("received", "proposed", "approved", "released")
MANY: Final = 200
"""Rows of a list on one page."""

desk = Blueprint("desk", __name__)


@dataclass(frozen=True)
class Waiting:
    """So many testimonies wait for one of *may*; *proposer* is who must not, because it is hers."""

    stage: str
    count: int
    may: tuple[str, ...]
    proposer: str | None = None


def waiting(listed: Iterable[Listed], given: Mapping[str, Roles]) -> list[Waiting]:
    """What the next step is, for how many, and who may take it: four eyes and roles together."""
    steps = Counter[tuple[str, str | None]]((each.told.workflow_status, each.proposer) for each in listed)
    markers = tuple(name for name, held in given.items() if held & set(MARKERS))
    reviewers = [name for name, held in given.items() if "reviewer" in held]
    found = [Waiting("received", n, markers) for n in [_all(steps, "received")] if n]
    found += [
        Waiting("proposed", n, tuple(name for name in reviewers if name != proposer), proposer)
        for (stage, proposer), n in sorted(steps.items(), key=str)
        if stage == "proposed"
    ]
    return found + [Waiting("approved", n, markers) for n in [_all(steps, "approved")] if n]


def _all(steps: Counter[tuple[str, str | None]], stage: str) -> int:
    return sum(n for (each, _), n in steps.items() if each == stage)


@desk.get("/")
def show() -> str:
    vault = page.vault()
    with vault.together():
        taken_back = withdrawals(vault)
        listed = [each for each in review.summaries(vault, taken_back) if not each.taken_back]
        waits, held = waiting(listed, roles.given(vault)), quarantined(vault)
        went_out = [[(t, releasing.releases_of(vault, t)) for t in each.testimonies] for each in taken_back]
        roles_given, works = roles.are_given(vault), under_way(vault)
    stage, at = request.args.get("stage"), max(request.args.get("at", 0, type=int), 0)
    shown = [each for each in listed if stage in (None, each.told.workflow_status)]
    stages = Counter(each.told.workflow_status for each in listed)
    languages = Counter(each.told.lang_original for each in listed)
    quarters = Counter(each.told.received_quarter for each in listed)
    return page.show(
        "desk.html",
        total=len(listed),
        withdrawn=[pair for pair in zip(taken_back, went_out, strict=True) if pair[1]],
        elsewhere=sum(not each.testimonies for each in taken_back),
        works=works,
        waiting=waits,
        roles_given=roles_given,
        files_waiting=sum("waiting" in each.files for each in listed),
        files_differ=sum("differs" in each.files for each in listed),
        pictures=[
            ("by_stage", "stage_", columns([(each, stages[each]) for each in STAGES])),
            ("by_language", "value_", columns([(each, languages[each]) for each in LANGUAGES])),
            ("by_quarter", "", columns(sorted(quarters.items()))),
        ],
        quarantined=held,
        reasons=Counter(each.reason for each in held).most_common(),
        stage=stage,
        shown=shown[at : at + MANY],
        found=len(shown),
        at=at,
        many=MANY,
    )

"""What anybody may ask before a deposit begins: is there room, is there work to do first, is the site up.

1. Room is told in four steps, the same to everybody. How much waits here cannot be read from it.
2. `/healthz` has no content and no reason: 204, or 503 when a deposit could not be kept now.
"""

from __future__ import annotations

from flask import Blueprint, current_app, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from server.intake.deposits import Deposits
from server.intake.limits import step
from server.intake.puzzle import PuzzleError, Puzzles

entrance = Blueprint("entrance", __name__)


@entrance.get("/api/puzzle")
def puzzle() -> ResponseReturnValue:
    """What has to be solved before a deposit begins, and how large a deposit may be now."""
    text, bits = current_app.extensions["puzzles"].ask()
    return {"puzzle": text, "bits": bits, "room": step(_deposits().room())}


@entrance.get("/healthz")
def health() -> ResponseReturnValue:
    try:
        return "", 204 if _deposits().room() else 503
    except (OSError, SQLAlchemyError):
        return "", 503


def check_puzzle(deposit: str) -> None:
    """Refuse the request in hand when it would begin *deposit* without the work that is asked for now."""
    puzzles = current_app.extensions["puzzles"]
    assert isinstance(puzzles, Puzzles)
    try:
        puzzles.check(request.headers.get("Onggi-Puzzle"), deposit)
    except PuzzleError:
        # To go on needs no work. Asked last: where no puzzle is asked for, it costs no look at the rows.
        if not _deposits().knows(deposit):
            raise


def _deposits() -> Deposits:
    deposits = current_app.extensions["deposits"]
    assert isinstance(deposits, Deposits)
    return deposits

"""The JSON interface for sealed parts. A view parses, calls one rule, answers."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, abort, current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import ClientDisconnected

from server.intake import board as boards
from server.intake.deposits import (
    DepositError,
    Deposits,
    NoRoom,
    RefusedSize,
    TooMany,
    UnknownDeposit,
    WrongPart,
)
from server.intake.entrance import check_puzzle
from server.intake.puzzle import StalePuzzle, UnsolvedPuzzle

STATUS: Final[dict[type[DepositError], int]] = {
    UnknownDeposit: 404,
    NoRoom: 503,
    TooMany: 429,
    UnsolvedPuzzle: 428,
    StalePuzzle: 428,
}
"""Any other refusal is 400."""
LATER: Final = {"Retry-After": "3600"}
"""Seconds, told with 429 and 503: nothing changes sooner, and everybody hears the same."""

api = Blueprint("api", __name__, url_prefix="/api/deposits")


def _deposits() -> Deposits:
    deposits = current_app.extensions["deposits"]
    assert isinstance(deposits, Deposits)
    return deposits


@api.post("")
def begin() -> ResponseReturnValue:
    try:
        asked = request.get_json(silent=True)
    except RecursionError:
        asked = None  # brackets in brackets: JSON, but nothing that is asked for here
    size = asked.get("size") if isinstance(asked, dict) and set(asked) == {"size"} else None
    if not isinstance(size, int) or isinstance(size, bool):
        raise RefusedSize('send {"size": bytes} and nothing else')
    check_puzzle("")
    return {"deposit": _deposits().begin(size), "part_size": _deposits().part_size}, 201


@api.put("/<deposit>/<int:offset>")
def put(deposit: str, offset: int) -> ResponseReturnValue:
    limit = _deposits().part_size
    if request.content_length is None or request.content_length > limit:
        raise WrongPart(f"a part has a stated length of at most {limit} bytes")
    # Read from the stream: Werkzeug's form parser would spill a large body into a temporary file.
    _deposits().put(deposit, offset, request.stream.read(limit + 1))
    return "", 204


@api.get("/<deposit>")
def progress(deposit: str) -> ResponseReturnValue:
    here = _deposits().progress(deposit)
    return {
        "size": here.size,
        "received": here.received,
        "complete": here.complete,
        "missing": list(here.missing),
    }


@api.post("/<deposit>/complete")
def complete(deposit: str) -> ResponseReturnValue:
    _deposits().complete(deposit)
    return {"complete": True}


@api.errorhandler(DepositError)
def refuse(error: DepositError) -> ResponseReturnValue:
    status = STATUS.get(type(error), 400)
    return {"error": str(error), "hint": error.hint}, status, LATER if status in (429, 503) else {}


@api.errorhandler(ClientDisconnected)
def too_slow(_: ClientDisconnected) -> tuple[dict[str, str], int]:
    return {"error": "what was being sent did not arrive in time", "hint": "send it again"}, 408


def keycard() -> Response:
    """The signed keycard, as it was signed."""
    path = current_app.config["INTAKE"].keycard
    return Response(path.read_bytes(), mimetype="text/plain")


def board() -> Response:
    """The whole reply board, to everyone the same: no conditions, no ranges, no parameters."""
    content = boards.content(current_app.config["INTAKE"])
    if content is None:
        abort(404)
    return Response(content, mimetype="application/octet-stream")

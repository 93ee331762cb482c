"""The JSON interface for sealed parts. A view parses, calls one rule, answers."""

from __future__ import annotations

import re
from typing import Final

from flask import Blueprint, Response, abort, current_app, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import ClientDisconnected, HTTPException, MethodNotAllowed

from server.intake import board as boards
from server.intake.deposits import TOKENS, Deposits
from server.intake.entrance import check_puzzle
from server.intake.puzzle import StalePuzzle, UnsolvedPuzzle
from server.intake.refusals import (
    DepositError,
    Malformed,
    NoRoom,
    RefusedSize,
    Taken,
    TooMany,
    UnknownDeposit,
    WrongPart,
)
from server.intake.shelf import ShelfError

STATUS: Final[dict[type[DepositError], int]] = {
    UnknownDeposit: 404,
    Taken: 409,
    UnsolvedPuzzle: 428,
    StalePuzzle: 428,
    TooMany: 429,
    NoRoom: 503,
}
"""Any other refusal is 400."""
LATER: Final = {"Retry-After": "3600"}
"""Seconds, told with 429 and 503: everybody hears the same, however much room there is."""
TOKEN: Final = re.compile("[0-9a-f]{64}")

api = Blueprint("api", __name__, url_prefix="/api")


def _deposits() -> Deposits:
    deposits = current_app.extensions["deposits"]
    assert isinstance(deposits, Deposits)
    return deposits


def _asked(*keys: str) -> list[object]:
    """What the JSON of a request has under exactly these *keys*, or nothing but None."""
    try:
        asked = request.get_json(silent=True)
    except RecursionError:
        asked = None  # brackets in brackets: JSON, but nothing that is asked for here
    if not isinstance(asked, dict) or set(asked) != set(keys):
        asked = dict.fromkeys(keys)
    return [asked[key] for key in keys]


@api.post("/deposits")
def begin() -> ResponseReturnValue:
    deposit, size, erase = _asked("deposit", "size", "erase")
    if not isinstance(size, int) or isinstance(size, bool):
        raise RefusedSize('send {"deposit": name, "size": bytes, "erase": hash} and nothing else')
    if not (isinstance(deposit, str) and isinstance(erase, str)):
        raise Malformed("a deposit and its erase are texts")
    deposits = _deposits()
    check_puzzle(deposit)
    if deposits.begin(deposit, size, erase):
        missing, complete, status = list(deposits.offsets(size)), False, 201
    else:
        here = deposits.progress(deposit)
        missing, complete, status = list(here.missing), here.complete, 200
    return {"part_size": deposits.part_size, "missing": missing, "complete": complete}, status


@api.post("/erase")
def erase() -> ResponseReturnValue:
    [tokens] = _asked("tokens")
    if not isinstance(tokens, list) or len(tokens) > TOKENS or not all(map(_is_token, tokens)):
        raise Malformed(f'send {{"tokens": [at most {TOKENS} of 64 signs, 0-9 and a-f]}} and nothing else')
    _deposits().erase(map(bytes.fromhex, tokens))
    return "", 204


def _is_token(untrusted: object) -> bool:
    return isinstance(untrusted, str) and TOKEN.fullmatch(untrusted) is not None


@api.put("/deposits/<deposit>/<int:offset>")
def put(deposit: str, offset: int) -> ResponseReturnValue:
    limit = _deposits().part_size
    if request.content_length is None or request.content_length > limit:
        raise WrongPart(f"a part has a stated length of at most {limit} bytes")
    deposits = _deposits()
    # Before a byte of it is read: a part that nobody waits for keeps no thread, and takes no memory.
    deposits.expect(deposit, offset, request.content_length)
    with current_app.extensions["coming"].one_of(deposit):
        # From the stream: Werkzeug's form parser would spill a large body into a temporary file. And piece by
        # piece: what has not come takes no room.
        deposits.put(deposit, offset, request.stream.read())
    return "", 204


@api.get("/deposits/<deposit>")
def progress(deposit: str) -> ResponseReturnValue:
    here = _deposits().progress(deposit)
    return {
        "size": here.size,
        "received": here.received,
        "complete": here.complete,
        "missing": list(here.missing),
    }


@api.post("/deposits/<deposit>/complete")
def complete(deposit: str) -> ResponseReturnValue:
    _deposits().complete(deposit)
    return {"complete": True}


@api.errorhandler(DepositError)
def refuse(error: DepositError) -> ResponseReturnValue:
    status = STATUS.get(type(error), 400)
    return {"error": str(error), "hint": error.hint}, status, LATER if status in (429, 503) else {}


@api.app_errorhandler(ShelfError)
@api.app_errorhandler(SQLAlchemyError)
def not_now(error: Exception) -> tuple[dict[str, str], int]:
    # The kind only: neither her deposit's name nor any byte of it belongs into a log.
    current_app.logger.error("%s: %s", type(error).__name__, type(error.__cause__).__name__)
    return {"error": "the intake cannot reach where it keeps things", "hint": "try again later"}, 503


@api.errorhandler(ClientDisconnected)
def too_slow(_: ClientDisconnected) -> tuple[dict[str, str], int]:
    return {"error": "what was being sent did not arrive in time", "hint": "send it again"}, 408


@api.app_errorhandler(HTTPException)
def refuse_otherwise(error: HTTPException) -> ResponseReturnValue:
    """What the framework refuses, said as our own refusals are; pages keep the framework's words."""
    if error.code is None or not request.path.startswith("/api/"):
        return error
    told = {"error": (error.name or "refused").lower(), "hint": "docs/formats/api.md names what may be asked"}
    allowed = error.valid_methods if isinstance(error, MethodNotAllowed) else None
    return told, error.code, {"Allow": ", ".join(allowed)} if allowed else {}


def keycard() -> Response:
    """The signed keycard, as it was signed."""
    path = current_app.config["INTAKE"].keycard
    if not path.exists():
        abort(404)
    return Response(path.read_bytes(), mimetype="text/plain")


def board() -> Response:
    """The whole reply board, to everyone the same: no conditions, no ranges, no parameters."""
    content = boards.content(current_app.config["INTAKE"])
    if content is None:
        abort(404)
    return Response(content, mimetype="application/octet-stream")


def arrived() -> Response:
    """The whole list of what has arrived, to everyone the same: no conditions, no ranges, no parameters."""
    return Response(_deposits().arrived(), mimetype="application/octet-stream")

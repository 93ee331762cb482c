"""The JSON interface for sealed parts. A view parses, calls one rule, answers."""

from __future__ import annotations

import re
from typing import Final

from flask import Blueprint, Response, abort, current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import ClientDisconnected

from server.intake import board as boards
from server.intake.deposits import (
    TOKENS,
    DepositError,
    Deposits,
    Malformed,
    NoRoom,
    RefusedSize,
    Taken,
    UnknownDeposit,
    WrongPart,
)

STATUS: Final[dict[type[DepositError], int]] = {UnknownDeposit: 404, Taken: 409, NoRoom: 503}
"""Any other refusal is 400."""
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
    new, here = _deposits().begin(deposit, size, erase), _deposits().progress(deposit)
    told = {"part_size": _deposits().part_size, "missing": list(here.missing), "complete": here.complete}
    return told, 201 if new else 200


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
    # Read from the stream: Werkzeug's form parser would spill a large body into a temporary file.
    _deposits().put(deposit, offset, request.stream.read(limit + 1))
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
def refuse(error: DepositError) -> tuple[dict[str, str], int]:
    return {"error": str(error), "hint": error.hint}, STATUS.get(type(error), 400)


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


def arrived() -> Response:
    """The whole list of what has arrived, to everyone the same: no conditions, no ranges, no parameters."""
    return Response(_deposits().arrived(), mimetype="application/octet-stream")

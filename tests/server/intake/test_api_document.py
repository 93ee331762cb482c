"""docs/formats/openapi.json and the site say the same, whatever is sent, and nobody is harmed by it."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migrations.run import migrate
from server.intake.api import STATUS
from server.intake.config import IntakeConfig
from server.intake.deposits import Deposits
from server.intake.puzzle import PuzzleError
from server.intake.refusals import DepositError, Unreadable
from server.intake.site import create_app
from server.intake.tables import connect
from tests.server.intake.sealed import ENVELOPE, PART, PARTS, begun, part

FORMATS = Path(__file__).parents[3] / "docs" / "formats"
DOCUMENT: Final[dict[str, Any]] = json.loads((FORMATS / "openapi.json").read_text("utf-8"))
METHODS = {"get", "put", "post", "delete", "patch"}


def responses(path: str, method: str) -> dict[str, Any]:
    found: dict[str, Any] = DOCUMENT["paths"][path][method]["responses"]
    return {status: _resolved(answer) for status, answer in found.items()}


def _resolved(one: Any) -> Any:
    if "$ref" not in one:
        return one
    room, name = one["$ref"].split("/")[-2:]
    return DOCUMENT["components"][room][name]


def keys(answer: dict[str, Any]) -> set[str] | None:
    """The names that an answer in JSON has to have; None for any other answer."""
    schema = answer.get("content", {}).get("application/json", {}).get("schema")
    return set(_resolved(schema).get("required", ())) or None if schema else None


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    home = tmp_path_factory.mktemp("home")
    (home / "keycard.note").write_bytes(b"a signed note")
    engine = connect(home / "intake.sqlite")
    migrate(engine, "intake")
    engine.dispose()
    app = create_app(IntakeConfig(home, "archive.example", "00" * 32, part_size=PART))
    yield app.test_client()
    app.extensions["deposits"].engine.dispose()


def test_every_route_is_in_the_document_and_nothing_else(site: FlaskClient) -> None:
    """
    Who reads the document knows all that can be asked; what it names is there.
    """
    routes = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in site.application.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    written = {(path, verb) for path, verbs in DOCUMENT["paths"].items() for verb in METHODS & verbs.keys()}

    assert routes == written


def _leaves(error: type[DepositError]) -> Iterator[type[DepositError]]:
    yield error
    for below in error.__subclasses__():
        yield from _leaves(below)


def test_every_refusal_is_in_the_page_with_its_status() -> None:
    """
    Whoever meets a refusal finds its name, its number and what to do.
    """
    page = (FORMATS / "api.md").read_text("utf-8")
    inner = {DepositError, PuzzleError, Unreadable}
    rows = dict(re.findall(r"^\| `(\w+)` \| (\d+) \|", page, re.MULTILINE))

    told = [one for one in _leaves(DepositError) if one not in inner]

    assert rows == {one.__name__: str(STATUS.get(one, 400)) for one in told}


HEX = st.text("0123456789abcdef", min_size=32, max_size=32)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
BEGINNING = st.fixed_dictionaries(
    {
        "deposit": HEX | st.text(max_size=40) | ANYTHING,
        "size": st.just(len(ENVELOPE)) | st.integers() | ANYTHING,
        "erase": st.just("00" * 32) | ANYTHING,
    },
    optional={"name": ANYTHING, "tokens": ANYTHING},
)
ERASING = st.fixed_dictionaries({"tokens": st.lists(st.just("00" * 32) | ANYTHING, max_size=5) | ANYTHING})
TEXTS = (BEGINNING | ERASING | ANYTHING).map(lambda one: json.dumps(one).encode())
BODIES = st.one_of(
    TEXTS,
    st.tuples(TEXTS, st.integers(1, 30)).map(lambda cut: cut[0][: -cut[1]]),
    TEXTS.map(lambda text: text[:-1] + b', "size": 1}'),
    st.binary(max_size=200),
    st.sampled_from([b"[" * 9000, b"\xef\xbb\xbf{}", bytes(PART), bytes(PART + 1), *map(part, PARTS)]),
)
OFFSETS = st.sampled_from([*PARTS, 1, 10**30]).map(str) | st.sampled_from(["-1", "1e3", "%00", "٣", "0x0"])
MEDIA = st.sampled_from(["application/json", "text/plain", "multipart/form-data; boundary=x", "", "x" * 300])
SOLUTIONS = st.none() | st.text("abcAZ09._-", max_size=60)
NAMES = st.sampled_from(["hers", "another", "zz", "%00", "%ed%a0%80", "a" * 5000])
ROUTES = st.sampled_from(sorted(path for path in DOCUMENT["paths"] if path.startswith("/api")))
REQUESTS = st.tuples(ROUTES, st.sampled_from(sorted(METHODS)), NAMES, OFFSETS, BODIES, MEDIA, SOLUTIONS)


def ask(site: FlaskClient, request: tuple[Any, ...], another: str) -> None:
    """Send it and hold the answer against the document."""
    route, method, name, offset, body, media, solution = request
    name = {"another": another, "hers": secrets.token_hex(16)}.get(name, name)
    path = route.replace("{deposit}", name).replace("{offset}", offset)
    headers = {"Onggi-Puzzle": solution} if solution is not None else {}
    with site.open(path, method=method.upper(), data=body, content_type=media, headers=headers) as answer:
        status, told = str(answer.status_code), answer.get_json(silent=True)
    documented = responses(route, method) if method in DOCUMENT["paths"][route] else {}
    if status in documented and int(status) < 400:
        wanted = keys(documented[status])
    else:
        # 404 and 405: a place or a way of asking that is none, which no document can list.
        assert status in documented or status in ("404", "405"), (status, route)
        wanted = {"error", "hint"}
    assert (set(told) if told else None) == wanted


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=st.lists(REQUESTS, max_size=5), after=st.lists(REQUESTS, max_size=5))
def test_whatever_is_sent_is_answered_as_documented_and_harms_no_other(
    site: FlaskClient, before: list[tuple[Any, ...]], after: list[tuple[Any, ...]]
) -> None:
    """
    Malformed, oversized, duplicated, reordered, cut, replayed: a documented answer, and hers is whole.
    """
    deposits: Deposits = site.application.extensions["deposits"]
    hers, another = begun(deposits), begun(deposits)
    send: Callable[[int], object] = lambda offset: site.put(  # noqa: E731
        f"/api/deposits/{hers}/{offset}", data=part(offset)
    )
    for request in before:
        ask(site, request, another)
    for offset in PARTS[:3]:
        send(offset)
    for request in after:
        ask(site, request, another)
    for offset in PARTS[2:]:
        send(offset)
    done = site.post(f"/api/deposits/{hers}/complete")
    kept = b"".join(deposits.shelf.read(hers, number) for number in range(len(PARTS)))

    assert (done.status_code, kept) == (200, ENVELOPE)
    for name in (hers, another):
        deposits.remove(name)

"""docs/formats/openapi.json and the site say the same, whatever is sent, and nobody is harmed by it."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.wrappers import Response

from migrations.run import migrate
from server.intake.api import STATUS
from server.intake.config import IntakeConfig
from server.intake.deposits import Deposits
from server.intake.puzzle import PuzzleError
from server.intake.refusals import DepositError, Unreadable
from server.intake.site import create_app
from server.intake.tables import connect
from tests.server.intake.schemas import Mismatch, check, resolved
from tests.server.intake.sealed import ENVELOPE, PART, PARTS, begun, part

FORMATS = Path(__file__).parents[3] / "docs" / "formats"
DOCUMENT: Final[dict[str, Any]] = json.loads((FORMATS / "openapi.json").read_text("utf-8"))
METHODS = {"get", "put", "post", "delete", "patch"}


REFUSAL: Final = {"$ref": "#/components/responses/Refusal"}


def responses(path: str, method: str) -> dict[str, Any]:
    found: dict[str, Any] = DOCUMENT["paths"][path][method]["responses"]
    return found


def hold(told: Response, documented: dict[str, Any]) -> None:
    """Hold an answer against what the document says of it: its kind, content and headers."""
    documented = resolved(documented, DOCUMENT)
    for name, header in documented.get("headers", {}).items():
        if name in told.headers:
            check(int(told.headers[name]), header["schema"], DOCUMENT, name)
    content = documented.get("content")
    if content is None:
        # A static file is of any kind, and where there is none the framework says so. Else none.
        assert told.data == b"" or told.status_code == 404 or "file" in documented["description"]
        return
    assert told.mimetype in content
    if schema := content[told.mimetype].get("schema"):
        check(json.loads(told.data), schema, DOCUMENT)


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
        status = str(answer.status_code)
        documented = responses(route, method) if method in DOCUMENT["paths"][route] else {}
        # 404 and 405: a place or a way of asking that is none, which no document can list.
        assert status in documented or status in ("404", "405"), (status, route)
        hold(answer, documented.get(status, REFUSAL))


NAMED: Final = {
    "{language}": ("ko", "xx"),
    "{lang}": ("en", "xx"),
    "{name}": ("zh", "xx"),
    "{filename}": ("app.js", "xx"),
    "{deposit}": ("00" * 16, "zz"),
}


def read(site: FlaskClient) -> set[tuple[str, int]]:
    """Everything that can be read, where it is and where it is not, each held against the document."""
    told = set()
    for path, verbs in DOCUMENT["paths"].items():
        if "get" not in verbs:
            continue
        named = next((name for name in NAMED if name in path), "")
        for value in NAMED.get(named, ("",)):
            with site.get(path.replace(named, value) if named else path) as answer:
                hold(answer, responses(path, "get")[str(answer.status_code)])
                told.add((path, answer.status_code))
    return told


def test_whatever_can_be_read_is_as_the_document_says(site: FlaskClient, home: Path) -> None:
    """
    With notes, board and pages or without any: each answer has the status, kind and shape that is written.
    """
    whole = create_app(IntakeConfig.read(home))
    with_notes, without = read(whole.test_client()), read(site)
    whole.extensions["deposits"].close()
    there = {path for path, status in with_notes if status < 400}

    assert there >= {"/keycard", "/mandate", "/arrived", "/api/puzzle", "/texts/{language}", "/healthz", "/"}
    assert {("/board", 404), ("/mandate", 404), ("/texts/{language}", 404)} <= without


@pytest.mark.parametrize("gone", ["keycard", "rows"])
def test_what_is_not_there_is_said_and_never_a_500(tmp_path: Path, gone: str) -> None:
    """
    A home without a keycard or with a broken database: what is asked is refused as documented.
    """
    if gone == "keycard":
        engine = connect(tmp_path / "intake.sqlite")
        migrate(engine, "intake")
        engine.dispose()
    app = create_app(IntakeConfig(tmp_path, "archive.example", "00" * 32))
    told = read(app.test_client())
    asked = [
        app.test_client().post("/api/erase", json={"tokens": []}),
        app.test_client().post(f"/api/deposits/{'00' * 16}/complete"),
        app.test_client().post(
            "/api/deposits", json={"deposit": "00" * 16, "size": 70_000, "erase": "00" * 32}
        ),
    ]
    for answer, path in zip(
        asked, ("/api/erase", "/api/deposits/{deposit}/complete", "/api/deposits"), strict=True
    ):
        hold(answer, responses(path, "post")[str(answer.status_code)])
    app.extensions["deposits"].close()

    assert ("/keycard", 404) in told
    assert (("/arrived", 503) in told) == (gone == "rows")
    assert [answer.status_code for answer in asked] == ([503] * 3 if gone == "rows" else [204, 404, 201])


@pytest.mark.parametrize(
    ("path", "flaw"),
    [
        ("/api/puzzle", {"puzzle": "", "bits": 0, "room": 200_001}),
        ("/api/puzzle", {"puzzle": "x", "bits": 0, "room": 0}),
        ("/api/puzzle", {"puzzle": "", "bits": True, "room": 0}),
        ("/api/puzzle", {"puzzle": "", "bits": 27, "room": 0}),
        ("/api/puzzle", {"puzzle": "", "bits": 0, "room": 0, "seen": "10:04"}),
        ("/api/deposits/{deposit}", {"size": 1, "received": 0, "complete": False, "missing": [-1]}),
        ("/api/deposits/{deposit}", {"size": 1, "received": 0, "missing": []}),
    ],
)
def test_an_answer_of_another_shape_is_noticed(path: str, flaw: dict[str, Any]) -> None:
    """
    A value out of its bounds, of another kind, missing or unasked for is a mismatch.
    """
    answer = Response(json.dumps(flaw), 200, content_type="application/json")
    with pytest.raises(Mismatch):
        hold(answer, responses(path, "get")["200"])


def test_a_word_of_json_schema_that_nobody_checks_is_an_error() -> None:
    """
    Whoever writes `oneOf` into the document hears that no test would look at it.
    """
    with pytest.raises(KeyError):
        check({}, {"oneOf": []}, DOCUMENT)


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
    place = "/api/deposits/{deposit}"

    def send(offset: int) -> None:
        told = site.put(f"/api/deposits/{hers}/{offset}", data=part(offset))
        hold(told, responses(f"{place}/{{offset}}", "put")[str(told.status_code)])

    for request in before:
        ask(site, request, another)
    for offset in PARTS[:3]:
        send(offset)
    for request in after:
        ask(site, request, another)
    for offset in PARTS[2:]:
        send(offset)
    here = site.get(f"/api/deposits/{hers}")
    done = site.post(f"/api/deposits/{hers}/complete")
    hold(here, responses(place, "get")["200"])
    hold(done, responses(f"{place}/complete", "post")["200"])
    kept = b"".join(deposits.shelf.read(hers, number) for number in range(len(PARTS)))

    assert (done.status_code, kept) == (200, ENVELOPE)
    for name in (hers, another):
        deposits.remove(name)

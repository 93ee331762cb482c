"""Whatever is asked of the two sites: an answer as documented, its headers, and never a fault of ours."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.routing import Rule
from werkzeug.test import EnvironBuilder, run_wsgi_app
from werkzeug.wrappers import Response

from migrations.run import migrate
from server.headers import HEADERS
from server.intake.config import IntakeConfig
from server.intake.site import create_app as intake
from server.intake.tables import connect
from server.research import shelf
from server.research.config import ResearchConfig
from server.research.description import openapi
from server.research.site import create_app as reading_room
from tests.people import ORIGIN, TODAY
from tests.server.intake.schemas import check, resolved
from tests.server.research.readers import vetted
from tests.server.research.rooms import OFFICE, told, write

DEPOSITS: Final[dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "docs" / "formats" / "openapi.json").read_text("utf-8")
)
READING: Final = openapi()
ELSEWHERE: Final = {200, 204, 302, 308, 400, 401, 403, 404, 405, 410, 413, 416}
"""What pages answer, which no document lists."""
ROWS: Final = [
    told("kora", "강을 건넜다.", coding={"place": ["cn-jl"], "year": ["1998"]}),
    told("zhoa", "我過了圖們江。", lang="zho"),
]


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Flask]]:
    home = tmp_path_factory.mktemp("sites")
    engine = connect(home / "intake.sqlite")
    migrate(engine, "intake")
    engine.dispose()
    rooms = [ResearchConfig(home / name, ORIGIN, OFFICE.root.public) for name in ("open", "vetted")]
    for room in rooms:
        room.write()
        shelf.publish(room, write(home / "release", 1, *ROWS), TODAY)
    made = {
        "intake": intake(IntakeConfig(home, ORIGIN, "00" * 32, part_size=1 << 16)),
        "open room": reading_room(rooms[0]),
        "vetted room": reading_room(vetted(rooms[1])),
    }
    yield made
    made["intake"].extensions["deposits"].close()
    made["vetted room"].extensions["readers"].dispose()


WORDS: Final = st.sampled_from(
    ["강", "kora", "kora@1", "zhoa@9", "1998", "9" * 4300, "-1", "٣", "../x", "a" * 300]
)
ANYTHING: Final = WORDS | st.text(max_size=30) | st.integers().map(str)
NAMES: Final = st.sampled_from(
    [
        "q",
        "phrase",
        "when",
        "lang",
        "place",
        "year",
        "start",
        "page",
        "sort",
        "ui",
        "part",
        "verb",
        "set",
        "from",
    ]
)
VERBS: Final = st.sampled_from(
    ["Identify", "ListRecords", "ListIdentifiers", "GetRecord", "ListMetadataFormats"]
)
OAI: Final = st.fixed_dictionaries(
    {"verb": VERBS, "metadataPrefix": st.just("oai_dc") | ANYTHING},
    optional={"from": ANYTHING, "until": ANYTHING, "identifier": ANYTHING, "resumptionToken": ANYTHING},
)
QUERIES: Final = st.one_of(
    st.dictionaries(NAMES, ANYTHING, max_size=4).map(lambda asked: _query(asked)),
    OAI.map(lambda asked: _query(asked)),
    st.binary(max_size=40).map(lambda raw: raw.decode("latin-1")),
)
JSON: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
BODIES: Final = st.one_of(
    st.just(b""),
    st.binary(max_size=100),
    JSON.map(lambda value: json.dumps(value).encode()),
    st.dictionaries(NAMES | st.sampled_from(["form", "name", "phrase", "search", "testimony"]), ANYTHING).map(
        lambda asked: _query(asked).encode()
    ),
    st.sampled_from(
        [b"[" * 9000, b"a" * (1 << 17), b"--x\r\nContent-Disposition: form-data; name=file\r\n\r\n"]
    ),
)
KINDS: Final = st.sampled_from(
    [
        "",
        "application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "x/" * 90,
    ]
)
TOLD: Final = st.dictionaries(
    st.sampled_from(["Accept-Language", "Cookie", "Range", "If-None-Match", "Content-Length", "Host"]),
    st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=40)
    | st.sampled_from(["__Host-reading=x", "ko;q=9" * 20, "bytes=0-1,2-", "a b", "-5", "[::1"]),
    max_size=2,
)
METHODS: Final = st.sampled_from(["GET", "GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"])


def _query(asked: dict[str, str]) -> str:
    return "&".join(f"{name}={quote(value, errors='replace')}" for name, value in asked.items())


def described(site: str, rule: Rule, method: str) -> dict[str, Any] | None:
    """What the site's document says of this place and this way of asking, if it is of the interface."""
    document = DEPOSITS if site == "intake" else READING
    path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
    found: dict[str, Any] | None = document["paths"].get(path, {}).get(method.lower(), {}).get("responses")
    return found


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_asked_is_answered_as_documented(sites: dict[str, Flask], data: st.DataObject) -> None:
    """
    Any place of either site, any way of asking, any arguments, body and headers: no fault, and every header.
    """
    name = data.draw(st.sampled_from(sorted(sites)))
    app = sites[name]
    rule = data.draw(st.sampled_from(sorted(app.url_map.iter_rules(), key=str)))
    values = {each: quote(data.draw(ANYTHING), safe="", errors="replace") for each in rule.arguments}
    path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: values[found[1]] or "x", rule.rule)
    method = data.draw(METHODS)
    asked = EnvironBuilder(path, method=method, data=data.draw(BODIES), content_type=data.draw(KINDS))
    environ = asked.get_environ() | {"QUERY_STRING": data.draw(QUERIES)}
    environ |= {f"HTTP_{each.upper().replace('-', '_')}": said for each, said in data.draw(TOLD).items()}
    with Response(*run_wsgi_app(app, environ)) as answer:
        said = described(name, rule, method) or {}
        anywhere = {404, 405} | ({400} if not _is_utf8(environ["QUERY_STRING"]) else set())
        assert str(answer.status_code) in said or answer.status_code in (anywhere if said else ELSEWHERE)
        assert set(answer.headers.keys()) >= HEADERS.keys() | {"Content-Security-Policy"}
        if method != "HEAD" and answer.status_code not in anywhere and said:
            _hold(answer, said[str(answer.status_code)], DEPOSITS if name == "intake" else READING)


def _is_utf8(address: str) -> bool:
    try:
        return bool(address.encode("latin-1").decode() or True)
    except UnicodeDecodeError:
        return False


def _hold(answer: Any, said: dict[str, Any], document: dict[str, Any]) -> None:
    content = resolved(said, document).get("content")
    if content is None:
        return
    assert answer.mimetype in content
    if schema := content[answer.mimetype].get("schema"):
        check(json.loads(answer.data), schema, document)


def test_the_interface_of_the_room_answers_as_it_says(sites: dict[str, Flask]) -> None:
    """
    What is found, one testimony, and each refusal have the shape of the document that the room hands out.
    """
    room, closed = sites["open room"].test_client(), sites["vetted room"].test_client()
    search, one = "/api/v1/search", "/api/v1/testimony/{released}"
    asked = [
        (room, search, "?q=강&start=0", 200),
        (room, search, "?q=nothing-like-it", 200),
        (room, search, "?when=never", 400),
        (room, search, "?q=" + "a" * 300, 400),
        (closed, search, "?q=강", 401),
        (room, one, "kora@1", 200),
        (room, one, "nobody", 404),
        (closed, one, "kora", 401),
    ]
    for browser, path, more, status in asked:
        answer = browser.get(path.replace("{released}", "") + more)
        assert answer.status_code == status
        _hold(answer, READING["paths"][path]["get"]["responses"][str(status)], READING)

"""OAI-PMH: a catalogue learns what is shown and what is gone, page by page, and no word of anybody."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element, fromstring

import pytest
from flask.testing import FlaskClient

from server.research import harvest, shelf
from server.research.config import ResearchConfig
from server.research.harvest import DC, OAI, OAI_DC
from server.research.site import create_app
from tests.people import ORIGIN, TODAY
from tests.server.research.rooms import told, write

ROWS = [told(f"kor{chr(97 + n)}", f"강을 건넜다 {n}.", coding={"place": ["cn-jl"]}) for n in range(7)]
LATER = TODAY + timedelta(days=3)
TEXT, ORDER = "text", "order"
SCHEMA: Final[dict[str, tuple[str, ...] | str]] = {
    "Identify": (
        "repositoryName", "baseURL", "protocolVersion", "adminEmail", "earliestDatestamp", "deletedRecord",
        "granularity",
    ),
    "ListMetadataFormats": ("metadataFormat+",),
    "metadataFormat": ("metadataPrefix", "schema", "metadataNamespace"),
    "GetRecord": ("record",),
    "ListRecords": ("record+", "resumptionToken?"),
    "ListIdentifiers": ("header+", "resumptionToken?"),
    "record": ("header", "metadata?"),
    "header": ("identifier", "datestamp"),
    "metadata": ("dc",),
    "dc": ("title", "publisher", "date", "type", "identifier", "language", "rights"),
    "repositoryName": r".+", "baseURL": r"https?://\S+", "protocolVersion": r"2\.0",
    "adminEmail": r"\S+@(\S+\.)+\S+", "earliestDatestamp": r"\d{4}-\d\d-\d\d", "deletedRecord": r"transient",
    "granularity": r"YYYY-MM-DD", "metadataPrefix": r"[A-Za-z0-9\-_.!~*'()]+", "schema": r"https?://\S+",
    "metadataNamespace": r"https?://\S+", "datestamp": r"\d{4}-\d\d-\d\d",
    "resumptionToken": r"\S*", "title": r".+", "publisher": r".+", "date": r"\d{4}", "type": r"Text",
    "identifier": r"\S+", "language": r"[a-z]{3}", "rights": r".+",
    "responseDate": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "request": r"https?://\S+", "error": r".+",
}  # fmt: skip
"""Of each element what is in it, in this order, or its text: after OAI-PMH.xsd and oai_dc.xsd."""
CODES = {
    "badVerb", "badArgument", "badResumptionToken", "cannotDisseminateFormat", "idDoesNotExist",
    "noRecordsMatch", "noSetHierarchy",
}  # fmt: skip


LIST = {"verb": "ListRecords", "metadataPrefix": "oai_dc"}
GET = {"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": f"oai:{ORIGIN}:kora"}


@pytest.fixture
def room(config: ResearchConfig, tmp_path: Path) -> FlaskClient:
    shelf.publish(config, write(tmp_path / "one", 1, told("gone", "강"), *ROWS), TODAY)
    changed = told("korb", "강을 건넜다.")
    shelf.publish(config, write(tmp_path / "two", 2, ROWS[0], changed, *ROWS[2:]), LATER)
    return create_app(config).test_client()


def ask(room: FlaskClient, **asked: str) -> Element:
    """The answer, after it was held against the schema."""
    answer = room.get("/oai", query_string=asked)
    assert answer.status_code == 200
    assert answer.content_type == "text/xml; charset=utf-8"
    found = fromstring(answer.text)
    assert found.tag == f"{{{OAI}}}OAI-PMH"
    names = [_name(each) for each in found]
    assert names[:2] == ["responseDate", "request"]
    assert names[2:] == ["error"] or names[2:] == [asked["verb"]]
    for each in found:
        _fits(each)
    return found


def _fits(element: Element) -> None:
    name, inside = _name(element), [_name(each) for each in element]
    wanted = SCHEMA[name]
    space = {"dc": OAI_DC}.get(name, DC if element.tag.startswith(f"{{{DC}}}") else OAI)
    assert element.tag == f"{{{space}}}{name}"
    if isinstance(wanted, str):
        assert inside == []
        assert re.fullmatch(wanted, element.text or ""), name
        return
    form = "".join(f"({part.rstrip('+?')} ){part[len(part.rstrip('+?')) :]}" for part in wanted)
    assert re.fullmatch(form, "".join(f"{each} " for each in inside)), (name, inside)
    for each in element:
        _fits(each)


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def ids(found: Element) -> list[str]:
    return [(each.text or "").rpartition(":")[2] for each in found.iter(f"{{{OAI}}}identifier")]


def error(found: Element) -> str:
    made = found.find(f"{{{OAI}}}error")
    return "" if made is None else made.attrib["code"]


def test_a_catalogue_gets_every_testimony_and_no_word(room: FlaskClient) -> None:
    """
    With citation, language and what may be done; nothing that was coded; what is gone is deleted and empty.
    """
    found = ask(room, verb="ListRecords", metadataPrefix="oai_dc")
    page = room.get("/oai?verb=ListRecords&metadataPrefix=oai_dc").text

    assert ids(found) == ["gone", *(row["id"] for row in ROWS)]
    assert [each.get("status") for each in found.iter(f"{{{OAI}}}header")] == ["deleted", *[None] * 7]
    assert len(list(found.iter(f"{{{OAI_DC}}}dc"))) == 7
    assert f"<dc:identifier>{ORIGIN}/kora@2</dc:identifier>" in page
    assert "not for quoting" in page
    assert "강" not in page
    assert "cn-jl" not in page


def test_a_long_list_comes_in_pages_and_ends(room: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Each testimony once, in both lists; a token of another release is refused, and so is one that nobody gave.
    """
    monkeypatch.setattr(harvest, "PAGE", 3)
    for verb in ("ListRecords", "ListIdentifiers"):
        seen, pages, asked = list[str](), 0, {"metadataPrefix": "oai_dc"}
        while asked:
            found = ask(room, verb=verb, **asked)
            seen, pages = seen + ids(found), pages + 1
            token = found.find(f".//{{{OAI}}}resumptionToken")
            assert token is not None
            asked = {"resumptionToken": token.text} if token.text else {}
        assert (pages, seen) == (3, ["gone", *(row["id"] for row in ROWS)])
    for token_of in ("1.0.3.0001-01-01.9999-12-31", "2.1.3.0001-01-01.9999-12-31", "2.0.3.0001-01-01", "x"):
        assert error(ask(room, verb="ListRecords", resumptionToken=token_of)) == "badResumptionToken"
    assert ids(ask(room, verb="ListRecords", resumptionToken="2.0.6.0001-01-01.9999-12-31")) == [
        "korf",
        "korg",
    ]


@pytest.mark.parametrize(
    ("first", "last", "wanted"),
    [
        (TODAY, TODAY, ["kora", "korc", "kord", "kore", "korf", "korg"]),
        (LATER, LATER, ["gone", "korb"]),
        (TODAY + timedelta(days=1), LATER - timedelta(days=1), []),
    ],
    ids=["when the first came", "when the second came", "between"],
)
def test_a_harvester_asks_for_what_changed_since(
    room: FlaskClient, first: object, last: object, wanted: list[str]
) -> None:
    """
    A testimony is dated by the release in which its words changed last, or in which it was missing.
    """
    asked = {"from": f"{first}", "until": f"{last}", "metadataPrefix": "oai_dc"}
    found = ask(room, verb="ListIdentifiers", **asked)

    assert ids(found) == wanted
    assert error(found) == ("" if wanted else "noRecordsMatch")


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"verb": "Nothing"}, "badVerb"),
        ({"verb": "Identify", "from": "2026-01-01"}, "badArgument"),
        ({"verb": "GetRecord", "metadataPrefix": "oai_dc"}, "badArgument"),
        (GET | {"metadataPrefix": "marc21"}, "cannotDisseminateFormat"),
        (GET | {"identifier": f"oai:{ORIGIN}:nobody"}, "idDoesNotExist"),
        (GET | {"identifier": "oai:other.example:kora"}, "idDoesNotExist"),
        ({"verb": "ListMetadataFormats", "identifier": "kora"}, "idDoesNotExist"),
        ({"verb": "ListRecords"}, "badArgument"),
        (LIST | {"set": "a"}, "noSetHierarchy"),
        (LIST | {"from": "2026"}, "badArgument"),
        (LIST | {"from": "2026-02-02", "until": "2026-02-01"}, "badArgument"),
        (LIST | {"resumptionToken": "x"}, "badArgument"),
        (LIST | {"metadataPrefix": "\x01"}, "badArgument"),
        ({"verb": "ListSets"}, "noSetHierarchy"),
    ],
    ids=lambda each: each if isinstance(each, str) else None,
)  # fmt: skip
def test_what_is_asked_wrongly_is_told_by_the_protocols_codes(
    room: FlaskClient, asked: dict[str, str], code: str
) -> None:
    """
    And the request is said again only where it was understood.
    """
    found = ask(room, **asked)
    request = found.find(f"{{{OAI}}}request")

    assert error(found) == code
    assert code in CODES
    assert request is not None
    assert dict(request.attrib) == ({} if code in ("badVerb", "badArgument") else asked)


def test_the_room_says_what_it_is_and_takes_a_form_too(room: FlaskClient) -> None:
    """
    The protocol wants both GET and POST; an argument that comes twice means nothing.
    """
    assert ask(room, verb="Identify").find(f".//{{{OAI}}}earliestDatestamp") is not None
    assert error(ask(room, verb="ListMetadataFormats")) == ""
    one = ask(room, verb="GetRecord", metadataPrefix="oai_dc", identifier=f"oai:{ORIGIN}:gone")
    assert one.find(f".//{{{OAI}}}metadata") is None
    assert ids(
        fromstring(room.post("/oai", data={"verb": "ListIdentifiers", "metadataPrefix": "oai_dc"}).text)
    )
    twice = room.get("/oai?verb=ListIdentifiers&metadataPrefix=oai_dc&metadataPrefix=oai_dc").text
    assert error(fromstring(twice)) == "badArgument"
    assert error(fromstring(room.get("/oai?verb=Identify&verb=Identify").text)) == "badVerb"

"""OAI-PMH 2.0 with Dublin Core: what a catalogue may know of the testimonies, and no word of them.

1. What is gone stays as a deleted record where it may be known; what may not be known was never here.
2. A token names the release it was given for. After another has come the harvester is told to begin again.
3. No set, no coded value: what is harvested is copied on, and combinations of codes point at people.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from flask import Blueprint, Response, request, url_for

from archive.release import RedactedTestimony
from server.research.description import NOTICE
from server.research.page import origin, reading, take
from server.research.reading import Reading
from server.research.taking import source_of

OAI: Final = "http://www.openarchives.org/OAI/2.0/"
OAI_DC: Final = "http://www.openarchives.org/OAI/2.0/oai_dc/"
DC: Final = "http://purl.org/dc/elements/1.1/"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
PREFIX: Final = "oai_dc"
PAGE: Final = 100
"""Records in one answer."""
NOBODY: Final = "nobody@archive.invalid"
"""The protocol asks for an address; the room has none (RFC 2606)."""
ARGUMENTS: Final[Mapping[str, tuple[frozenset[str], frozenset[str]]]] = {
    "Identify": (frozenset(), frozenset()),
    "ListMetadataFormats": (frozenset(), frozenset({"identifier"})),
    "ListSets": (frozenset(), frozenset({"resumptionToken"})),
    "GetRecord": (frozenset({"identifier", "metadataPrefix"}), frozenset()),
    "ListIdentifiers": (frozenset({"metadataPrefix"}), frozenset({"from", "until", "set"})),
    "ListRecords": (frozenset({"metadataPrefix"}), frozenset({"from", "until", "set"})),
}
"""What each verb needs, and what else it takes; a token comes alone."""
TOKEN: Final = re.compile(r"([0-9]{1,9})\.([0-9]{1,9})\.([0-9]{1,9})\.([0-9-]{10})\.([0-9-]{10})", re.ASCII)

harvest = Blueprint("harvest", __name__)
for short, name in ((PREFIX, OAI_DC), ("dc", DC), ("xsi", XSI)):
    register_namespace(short, name)


class Refused(Exception):
    """An error of the protocol: its code, and what is wrong."""

    def __init__(self, code: str, told: str) -> None:
        super().__init__(told)
        self.code = code


@dataclass(frozen=True)
class Record:
    """One testimony that is shown, or was; *told* is None where it is gone."""

    id: str
    day: date
    told: RedactedTestimony | None


@harvest.route("/oai", methods=["GET", "POST"])
def answer() -> Response:
    shown, asked = reading(), request.values
    root = Element(f"{{{OAI}}}OAI-PMH")
    root.set(f"{{{XSI}}}schemaLocation", f"{OAI} http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd")
    _text(root, "responseDate", f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}")
    here = _text(root, "request", url_for("harvest.answer", _external=True))
    told: dict[str, str] = {}
    try:
        verb, arguments = _verb(asked)
        told = {"verb": verb, **arguments}
        root.append(VERBS[verb](shown, arguments))
        take(shown, "oai")
    except Refused as error:
        _text(root, "error", str(error)).set("code", error.code)
        told = {} if error.code in ("badVerb", "badArgument") else told
    here.attrib.update(told)
    return Response(tostring(root, "utf-8", xml_declaration=True), content_type="text/xml; charset=utf-8")


def _verb(asked: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """The verb and its arguments, which are those that it takes."""
    several = [name for name in request.values if len(request.values.getlist(name)) > 1]
    verb = asked.get("verb", "")
    if verb not in ARGUMENTS or "verb" in several:
        raise Refused("badVerb", "no such verb, or more than one")
    arguments = {name: asked[name] for name in asked if name != "verb"}
    needed, taken = ARGUMENTS[verb]
    lists = verb in ("ListIdentifiers", "ListRecords")
    if several or not all(_printable(value) for value in arguments.values()):
        raise Refused("badArgument", "an argument comes twice, or is no text")
    if lists and set(arguments) == {"resumptionToken"}:
        return verb, arguments
    if not needed <= set(arguments) <= needed | taken:
        raise Refused("badArgument", "an argument is missing, or means nothing here")
    return verb, arguments


def _identify(shown: Reading, arguments: Mapping[str, str]) -> Element:
    made = Element(f"{{{OAI}}}Identify")
    _text(made, "repositoryName", origin())
    _text(made, "baseURL", url_for("harvest.answer", _external=True))
    _text(made, "protocolVersion", "2.0")
    _text(made, "adminEmail", NOBODY)
    _text(made, "earliestDatestamp", shown.days.earliest.isoformat())
    _text(made, "deletedRecord", "transient")
    _text(made, "granularity", "YYYY-MM-DD")
    return made


def _formats(shown: Reading, arguments: Mapping[str, str]) -> Element:
    if "identifier" in arguments:
        _one(shown, arguments["identifier"])
    made = Element(f"{{{OAI}}}ListMetadataFormats")
    form = SubElement(made, f"{{{OAI}}}metadataFormat")
    _text(form, "metadataPrefix", PREFIX)
    _text(form, "schema", "http://www.openarchives.org/OAI/2.0/oai_dc.xsd")
    _text(form, "metadataNamespace", OAI_DC)
    return made


def _sets(shown: Reading, arguments: Mapping[str, str]) -> Element:
    raise Refused("noSetHierarchy", "there are no sets")


def _get(shown: Reading, arguments: Mapping[str, str]) -> Element:
    _in_dublin_core(arguments["metadataPrefix"])
    made = Element(f"{{{OAI}}}GetRecord")
    _record(made, shown, _one(shown, arguments["identifier"]))
    return made


def _identifiers(shown: Reading, arguments: Mapping[str, str]) -> Element:
    return _list(shown, arguments, "ListIdentifiers", lambda into, each: _header(into, each))


def _records(shown: Reading, arguments: Mapping[str, str]) -> Element:
    return _list(shown, arguments, "ListRecords", lambda into, each: _record(into, shown, each))


def _list(
    shown: Reading, arguments: Mapping[str, str], verb: str, write: Callable[[Element, Record], None]
) -> Element:
    start, first, last = _span(shown, arguments)
    found = [each for each in all_of(shown) if first <= each.day <= last]
    if not found[start:]:
        raise Refused("noRecordsMatch", "nothing of these days")
    made = Element(f"{{{OAI}}}{verb}")
    for each in found[start : start + PAGE]:
        write(made, each)
    if start or len(found) > PAGE:
        following = start + PAGE
        token = f"{shown.number}.{shown.notice}.{following}.{first}.{last}" if found[following:] else ""
        _text(made, "resumptionToken", token).set("cursor", f"{start}")
    return made


def _span(shown: Reading, arguments: Mapping[str, str]) -> tuple[int, date, date]:
    """Where a list goes on, its first day and its last."""
    if "resumptionToken" in arguments:
        found = TOKEN.fullmatch(arguments["resumptionToken"])
        if found is None or (int(found[1]), int(found[2])) != (shown.number, shown.notice):
            raise Refused("badResumptionToken", "another release is shown now; begin again")
        return int(found[3]), _day(found[4]), _day(found[5])
    if "set" in arguments:
        raise Refused("noSetHierarchy", "there are no sets")
    _in_dublin_core(arguments["metadataPrefix"])
    first, last = _day(arguments.get("from", "0001-01-01")), _day(arguments.get("until", "9999-12-31"))
    if last < first:
        raise Refused("badArgument", "until is before from")
    return 0, first, last


def all_of(shown: Reading) -> Sequence[Record]:
    """Every testimony of which a reader may know, in the order of their ids."""
    return [_of(shown, id) for id in sorted(shown.shown)]


def _of(shown: Reading, id: str) -> Record:
    history, told = shown.shown[id], shown.testimonies.get(id)
    if told:
        return Record(id, shown.days.of(history.changed), told)
    return Record(id, shown.named.get(id) or shown.days.after(history.last), None)


def _one(shown: Reading, identifier: str) -> Record:
    before, _, id = identifier.rpartition(":")
    if before != f"oai:{origin()}" or id not in shown.shown:
        raise Refused("idDoesNotExist", "there is no such testimony")
    return _of(shown, id)


def _header(into: Element, each: Record) -> None:
    header = SubElement(into, f"{{{OAI}}}header", {} if each.told else {"status": "deleted"})
    _text(header, "identifier", f"oai:{origin()}:{each.id}")
    _text(header, "datestamp", each.day.isoformat())


def _record(into: Element, shown: Reading, each: Record) -> None:
    made = SubElement(into, f"{{{OAI}}}record")
    _header(made, each)
    if each.told is None:
        return
    source = source_of(shown, each.told)
    core = SubElement(SubElement(made, f"{{{OAI}}}metadata"), f"{{{OAI_DC}}}dc")
    core.set(f"{{{XSI}}}schemaLocation", f"{OAI_DC} http://www.openarchives.org/OAI/2.0/oai_dc.xsd")
    for name, told in (
        ("title", source.title),
        ("publisher", source.archive),
        ("date", source.year),
        ("type", "Text"),
        ("identifier", source.address),
        ("language", source.lang),
        ("rights", NOTICE),
    ):
        SubElement(core, f"{{{DC}}}{name}").text = _clean(told)


def _in_dublin_core(prefix: str) -> None:
    if prefix != PREFIX:
        raise Refused("cannotDisseminateFormat", f"only {PREFIX}")


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
        if day.isoformat() == text:  # Python reads weeks, too
            return day
        raise ValueError
    except ValueError:
        raise Refused("badArgument", "a day is YYYY-MM-DD") from None


def _text(into: Element, name: str, text: str) -> Element:
    made = SubElement(into, f"{{{OAI}}}{name}")
    made.text = text
    return made


def _printable(text: str) -> bool:
    return _clean(text) == text


def _clean(text: str) -> str:
    """*text* without what no XML can hold (XML 1.0, 2.2)."""
    return re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)


VERBS: Final[Mapping[str, Callable[[Reading, Mapping[str, str]], Element]]] = {
    "Identify": _identify,
    "ListMetadataFormats": _formats,
    "ListSets": _sets,
    "GetRecord": _get,
    "ListIdentifiers": _identifiers,
    "ListRecords": _records,
}

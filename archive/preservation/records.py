"""What a package says of a testimony besides its words: Dublin Core, and PREMIS 3 events, both as XML.

1. In the open form an event says its kind and its year, and how often: days and people stay here.
2. In the sealed form every event is told whole.

Sources: DCMI Metadata Terms (2020-01-20); PREMIS 3.0 (Library of Congress, 2015) and its list of event types.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Final
from xml.etree import ElementTree as XML

from archive.journal import Event

DC: Final = "http://purl.org/dc/elements/1.1/"
DCTERMS: Final = "http://purl.org/dc/terms/"
PREMIS: Final = "http://www.loc.gov/premis/v3"
VOCABULARY: Final = "http://id.loc.gov/vocabulary/preservation/eventType"
KINDS: Final = {
    "tra": "transfer", "qua": "quarantine", "unq": "unquarantine", "mes": "message digest calculation",
    "fix": "fixity check", "dsg": "digital signature generation", "dig": "digital signature validation",
    "der": "decryption", "enc": "encryption", "for": "format identification", "ren": "rendering",
    "mee": "metadata extraction", "mem": "metadata modification", "poa": "policy assignment",
    "app": "appraisal", "acc": "accession", "ins": "ingestion start", "ine": "ingestion end",
    "cre": "creation", "mod": "modification", "red": "redaction", "ipc": "information package creation",
    "pac": "packing", "exp": "exporting", "dis": "dissemination", "prt": "printing", "dsp": "displaying",
    "rep": "replication", "dea": "deaccession", "del": "deletion", "rec": "recovery",
}  # fmt: skip
TOLD_OUTSIDE: Final = frozenset({"acc", "ine", "cre", "red", "app", "dsg", "exp"})
"""What was done to a text; who looked at it, and how often somebody had to stop, is nobody's outside."""


def description(told: Mapping[str, str]) -> bytes:
    """Dublin Core: each name is a term of DCMI's, in the older or the newer namespace."""
    root = XML.Element("metadata")
    for name, value in told.items():
        space = DC if name in OLDER else DCTERMS
        XML.SubElement(root, f"{{{space}}}{name}").text = value
    return _written(root, {"dc": DC, "dcterms": DCTERMS})


OLDER: Final = frozenset(
    {
        "title", "creator", "subject", "description", "publisher", "contributor", "date", "type", "format",
        "identifier", "source", "language", "relation", "coverage", "rights",
    }
)  # fmt: skip


def histories(told: Iterable[Event]) -> dict[str, list[Event]]:
    """Of each object, by its id, the events that name it."""
    found = defaultdict[str, list[Event]](list)
    for event in told:
        for each in event.objects:
            found[each].append(event)
    return found


def events(of: str, told: Iterable[Event]) -> bytes:
    """PREMIS events of the object *of*, whole."""
    root = _premis(of)
    for number, each in enumerate(told, 1):
        _event(root, of, str(number), each.type, each.at, f"outcome {each.outcome}", agent=each.agent)
    return _written(root, {"premis": PREMIS})


def counted(of: str, told: Iterable[Event]) -> bytes:
    """PREMIS events of the object *of* for readers outside: kinds by year, with how often."""
    root = _premis(of)
    kept = ((each.at[:4], each.type) for each in told if each.type in TOLD_OUTSIDE)
    for number, ((year, kind), times) in enumerate(sorted(Counter(kept).items()), 1):
        _event(root, of, str(number), kind, year, f"{times} in this year")
    return _written(root, {"premis": PREMIS})


def _premis(of: str) -> XML.Element:
    root = XML.Element(f"{{{PREMIS}}}premis", {"version": "3.0"})
    found = _under(root, "object")
    found.set("{http://www.w3.org/2001/XMLSchema-instance}type", "premis:intellectualEntity")
    _identified(found, "object", of)
    return root


def _event(
    root: XML.Element, of: str, number: str, kind: str, when: str, detail: str, agent: str = ""
) -> None:
    event = _under(root, "event")
    _identified(event, "event", f"{of}-{number}")
    named = _under(event, "eventType", KINDS[kind])
    named.set("authority", "eventType")
    named.set("authorityURI", VOCABULARY)
    named.set("valueURI", f"{VOCABULARY}/{kind}")
    _under(event, "eventDateTime", when)
    _under(_under(event, "eventDetailInformation"), "eventDetail", detail)
    if agent:
        link = _under(event, "linkingAgentIdentifier")
        _under(link, "linkingAgentIdentifierType", "local")
        _under(link, "linkingAgentIdentifierValue", agent)
    link = _under(event, "linkingObjectIdentifier")
    _under(link, "linkingObjectIdentifierType", "local")
    _under(link, "linkingObjectIdentifierValue", of)


def _identified(under: XML.Element, what: str, value: str) -> None:
    made = _under(under, f"{what}Identifier")
    _under(made, f"{what}IdentifierType", "local")
    _under(made, f"{what}IdentifierValue", value)


def _under(parent: XML.Element, name: str, text: str = "") -> XML.Element:
    made = XML.SubElement(parent, f"{{{PREMIS}}}{name}")
    if text:
        made.text = text
    return made


def _written(root: XML.Element, spaces: Mapping[str, str]) -> bytes:
    for prefix, space in spaces.items():
        XML.register_namespace(prefix, space)
    XML.indent(root)
    return bytes(XML.tostring(root, "utf-8", xml_declaration=True)) + b"\n"

"""A coding as rows of HTCDS v2.0, and rows as a coding. Nothing here asks whether it may leave.

1. A code goes out as HTCDS has it, `Unaquainted` too; our `x_` codes go out as their parent, and the column
   `x_` + name holds what they were. Coming in, the two must agree.
2. Names, labels and pseudonyms are in no row. Words and their places are in a row only when asked for.
3. Country code `NA` is Namibia, here and in the file.

Columns: docs/formats/coding.md.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import MISSING, fields
from typing import Any, Final

from archive.coding import edtf
from archive.coding.columns import IDENTIFYING, KINDS, NEVER, PARTS, STANDARD, WORDS, columns
from archive.coding.record import NARRATOR, Act, Actor, Life, RoleLink, Span, life
from archive.coding.schema import MalformedCoding
from archive.vocabulary.lists import codes
from archive.vocabulary.places import country, place, places, province

Row = dict[str, str | list[str]]
SAFE: Final = "'"
"""Before a cell that a spreadsheet would take for a formula."""


def rows(testimony_id: str, found: Life, *, words: bool = False) -> list[Row]:
    """The coding as rows: its actors, then each act with its roles, movements and payments after it."""
    made = [_row(testimony_id, "actor", each, words) for each in found.actors]
    for act in found.acts:
        made.append(_row(testimony_id, "act", act, words))
        for kind in PARTS:
            made += [
                _row(testimony_id, kind, each, words) | {"x_act": act.act_id} for each in getattr(act, kind)
            ]
    return made


def lives(untrusted: Iterable[Row]) -> dict[str, Life]:
    """The codings in *untrusted* by testimony, or `MalformedCoding`, which names row and column."""
    found: dict[str, dict[str, Any]] = {}
    for number, row in enumerate(untrusted, 1):
        at = f"row {number}"
        for column in IDENTIFYING & row.keys():
            if row[column]:
                raise MalformedCoding(f"{at}.{column}: this would name somebody; leave the column out")
        told = found.setdefault(str(row.get("x_testimony", "")), {"actors": [], "acts": []})
        kind = str(row.get("x_record", ""))
        if kind == "actor":
            told["actors"].append(_read(row, Actor, at))
        elif kind == "act":
            told["acts"].append(_read(row, Act, at))
        elif kind in KINDS:
            act = next((each for each in told["acts"] if each.get("act_id", "") == row.get("x_act")), None)
            if act is None:
                raise MalformedCoding(f"{at}.x_act: no act of this name stands before it")
            act.setdefault(kind, []).append(_read(row, KINDS[kind], at))
        elif kind:
            raise MalformedCoding(f"{at}.x_record: one of {', '.join(KINDS)}")
        else:
            _foreign(row, told, at)
    return {name: life(told, f"coding {number}") for number, (name, told) in enumerate(found.items(), 1)}


def to_csv(told: Sequence[Row]) -> str:
    """The rows as CSV: several values in one cell are parted by a semicolon."""
    into = io.StringIO()
    writer = csv.DictWriter(into, columns(), restval="", quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writeheader()
    for row in told:
        writer.writerow({column: _cell(value) for column, value in row.items()})
    return into.getvalue()


def from_csv(untrusted: str) -> list[Row]:
    """The rows of a CSV file; `NA` stays what it is."""
    try:
        found = list(csv.DictReader(io.StringIO(untrusted, newline=""), strict=True, restkey="", restval=""))
    except csv.Error:
        raise MalformedCoding("not a CSV file with a head and quoted cells") from None
    if any("" in row for row in found):
        raise MalformedCoding("a row has more cells than there are columns")
    return [{column: _plain(cell) for column, cell in row.items() if cell} for row in found]


def to_json(told: Sequence[Row]) -> str:
    """The rows as JSON: one object with the version and a list."""
    return json.dumps({"htcds": "2.0", "rows": told}, ensure_ascii=False, indent=1)


def from_json(untrusted: str) -> list[Row]:
    """The rows of a JSON file, or `MalformedCoding`."""
    try:
        told = json.loads(untrusted)["rows"]
        for row in told:
            for value in row.values():
                if not isinstance(value, str) and any(not isinstance(each, str) for each in value):
                    raise TypeError
        return [dict(row) for row in told]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise MalformedCoding("not a JSON file of rows, whose values are words or lists of words") from None


def _row(testimony_id: str, kind: str, each: Any, words: bool) -> Row:
    row: Row = {"x_testimony": testimony_id, "x_record": kind, **_derived(each)}
    for f in fields(each):
        value = getattr(each, f.name)
        if f.name in NEVER or f.name in PARTS or value in ("", None, ()) or (f.name in WORDS and not words):
            continue
        if f.name in STANDARD:
            column, name = STANDARD[f.name]
            own = [value] if isinstance(value, str) else list(value)
            out = _parents(own, name)
            if out:
                row[column] = out[0] if isinstance(value, str) else out
            if out != own:
                row[f"x_{column}"] = value if isinstance(value, str) else own
        elif f.name == "evidence_spans":
            row["x_evidence_spans"] = [f"{s.segment}:{s.start}-{s.end}" for s in value]
        else:
            row[f"x_{f.name}"] = list(value) if isinstance(value, tuple) else str(value)
    return row


def _parents(own: Sequence[str], name: str) -> list[str]:
    return list(dict.fromkeys(parent for code in own if (parent := codes(name)[code].parent)))


def _derived(each: Any) -> Row:
    """What HTCDS has a column for and we keep otherwise."""
    row: Row = {}
    if isinstance(each, Actor):
        row |= {"prs_Deceased": "TRUE"} if each.living_status == "deceased" else {}
        row |= {"prs_Citizenship": each.citizenship.upper()} if each.citizenship else {}
        row |= {"con_Consent": "TRUE"} if each.actor_id == NARRATOR else {}
        row |= (
            {"prs_NumberOfChildren": str(each.number_of_children)}
            if each.number_of_children is not None
            else {}
        )
    elif isinstance(each, RoleLink):
        if each.role in codes("per_RoleInProcess"):
            row["per_RoleInProcess"] = codes("per_RoleInProcess")[each.role].parent
        elif each.role == "victim" and each.age_at_time is not None:
            row["vic_AgeWhenTrafficked"] = str(each.age_at_time)
    elif isinstance(each, Act):
        row |= _where(each)
        if each.date_edtf and edtf.parse(each.date_edtf).exact:
            row["hte_Date"] = each.date_edtf
    return row


def _where(act: Act) -> Row:
    if not act.place_ref:
        return {}
    row: Row = {"hte_Country": country(act.place_ref), "hte_State": province(act.place_ref)}
    if place(act.place_ref).level in ("city", "county", "town", "prefecture"):
        row["hte_City"] = place(act.place_ref).en
    parent = codes("hte_Type")[act.type].parent
    if parent in ("Recruitment", "Exploitation"):
        row[f"vic_LocationOf{parent}"] = act.place_ref
    return {column: value for column, value in row.items() if value}


def _read(row: Row, kind: type[Any], at: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for f in fields(kind):
        if f.name in NEVER or f.name in PARTS:
            continue
        column = STANDARD[f.name][0] if f.name in STANDARD else f.name
        told = row.get(f"x_{column}", "")
        if f.name in STANDARD:
            told = _agreed(told, row.get(column, ""), f.name, f"{at}.{column}")
        if told in ("", []):
            continue
        default = None if f.default is MISSING else f.default
        if default == ():
            several = _several(told)
            found[f.name] = [_span(each, at) for each in several] if f.name == "evidence_spans" else several
        elif not isinstance(told, str):
            raise MalformedCoding(f"{at}.{column}: one value, not several")
        else:
            found[f.name] = _number(told) if default is None else told
    return found


def _agreed(own: str | list[str], out: str | list[str], name: str, at: str) -> str | list[str]:
    if own in ("", []):
        return out
    known, told = codes(STANDARD[name][1]), _several(own)
    if any(code not in known for code in told) or _parents(told, STANDARD[name][1]) != _several(out):
        raise MalformedCoding(f"{at}: it does not say what its column of extensions says")
    return own


def _foreign(row: Row, told: dict[str, Any], at: str) -> None:
    """A row of somebody else's HTCDS: one person, and what happened to her in one event."""
    actor = _read(row, Actor, at)
    if actor and not told["actors"]:
        nation = str(row.get("prs_Citizenship", "")).lower()
        told["actors"].append({"actor_id": NARRATOR, **actor, **({"citizenship": nation} if nation else {})})
    act = _read(row, Act, at)
    if not act and not row.get("hte_Country"):
        return
    link: dict[str, Any] = {"actor": NARRATOR, "role": "victim", **_read(row, RoleLink, at)}
    if age := row.get("vic_AgeWhenTrafficked"):
        link["age_at_time"] = _number(str(age))
    act = {"type": "Exploitation", "act_id": f"e{len(told['acts']) + 1}", **act, "role_links": [link]}
    act |= {"date_edtf": row["hte_Date"]} if row.get("hte_Date") else {}
    where = [str(row.get(column, "")).lower() for column in ("hte_State", "hte_Country")]
    act |= next(({"place_ref": each} for each in where if each in places()), {})
    told["acts"].append(act)


def _span(told: str, at: str) -> dict[str, Any]:
    segment, _, ends = told.partition(":")
    start, _, end = ends.partition("-")
    if not all(each.isdecimal() and len(each) < 16 for each in (start, end)):
        raise MalformedCoding(f"{at}.x_evidence_spans: a place in the words is s0001:0-12")
    return vars(Span(segment, int(start), int(end)))


def _number(told: str) -> Any:
    return int(told) if told.isascii() and told.isdecimal() and len(told) < 16 else told


def _several(value: str | list[str]) -> list[str]:
    return [each for each in value.split(";") if each] if isinstance(value, str) else value


def _cell(value: str | list[str]) -> str:
    text = value if isinstance(value, str) else ";".join(value)
    return SAFE + text if text[:1] in ("=", "+", "-", "@", "\t", "\r", SAFE) else text


def _plain(cell: str) -> str:
    return cell.removeprefix(SAFE)

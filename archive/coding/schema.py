"""How a record of codes is read: each field says what it takes, and what it refuses names the field.

A field is made with one of the makers below. `read` takes an object whose keys are fields of the class; what
is missing is empty, what is unknown is refused. Nothing that was read is quoted in an error.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from typing import Any, Final, Literal, TypeVar

from archive.coding import edtf
from archive.errors import ArchiveError
from archive.vocabulary.lists import joined
from archive.vocabulary.places import places

LONGEST: Final = 400
"""Code points of a phrase; whoever needs more quotes by segment."""
MOST: Final = 200
"""Members of a list: acts of a life, spans of an act."""
Check = Callable[[Any, str], Any]
T = TypeVar("T")
Shape = Literal["code", "codes", "phrase", "date", "place", "number", "other"]


@dataclass(frozen=True)
class Asked:
    """A field as a form asks for it. *lists*: those whose codes it takes."""

    name: str
    shape: Shape
    lists: tuple[str, ...]


class MalformedCoding(ArchiveError, ValueError):
    """A coding that does not follow the data model. Names the field, and never what stood in it."""


def read(kind: type[T], untrusted: object, at: str) -> T:
    """The *kind* in *untrusted*, or `MalformedCoding` that begins with the field's name."""
    if not isinstance(untrusted, dict):
        raise MalformedCoding(f"{at}: this is an object with named fields")
    assert is_dataclass(kind)
    known = {each.name: each.metadata["check"] for each in fields(kind)}
    if strange := [key for key in untrusted if key not in known]:
        told = (
            strange[0]
            if isinstance(strange[0], str) and re.fullmatch("[a-z_]{1,40}", strange[0])
            else "a key"
        )
        raise MalformedCoding(f"{at}: {told} is not a field of this record")
    return kind(**{key: known[key](value, f"{at}.{key}") for key, value in untrusted.items()})


def asked(kind: type[Any]) -> tuple[Asked, ...]:
    """The fields of *kind* that a person fills in, in order: what is not a name or a record of its own."""
    named = ((each.name, each.metadata["shape"], each.metadata["lists"]) for each in fields(kind))
    return tuple(Asked(*each) for each in named if each[1] != "other")


def _made(
    check: Check, default: Any, shape: Shape, lists: tuple[str, ...] = (), *, shown: bool = True
) -> Any:
    return field(default=default, repr=shown, metadata={"check": check, "shape": shape, "lists": lists})


def _spelt(pattern: str, rule: str) -> Any:
    def check(value: Any, at: str) -> str:
        if not isinstance(value, str) or not re.fullmatch(pattern, value, re.ASCII):
            raise MalformedCoding(f"{at}: {rule}")
        return value

    return _made(check, "", "other")


def coded(*lists: str) -> Any:
    """One code of these lists, or nothing."""
    return _made(lambda value, at: _code(value, at, lists) if value != "" else "", "", "code", lists)


def required(*lists: str) -> Any:
    """One code of these lists."""
    return _made(lambda value, at: _code(value, at, lists), "", "code", lists)


def many(*lists: str) -> Any:
    """Codes of these lists, none twice, in the order they were given."""

    def check(value: Any, at: str) -> tuple[str, ...]:
        found = tuple(_code(each, f"{at}[{n}]", lists) for n, each in enumerate(_list(value, at)))
        if len(set(found)) < len(found):
            raise MalformedCoding(f"{at}: a code is here twice")
        return found

    return _made(check, (), "codes", lists)


def phrase() -> Any:
    """Words as they were said, in NFC, or nothing. They are in no `repr`."""

    def check(value: Any, at: str) -> str:
        if not isinstance(value, str) or len(value) > LONGEST:
            raise MalformedCoding(f"{at}: words of {LONGEST} signs at most")
        if any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") and c != "\n" for c in value):
            raise MalformedCoding(f"{at}: there are signs in it that are no words")
        if not unicodedata.is_normalized("NFC", value) or value != value.strip():
            raise MalformedCoding(f"{at}: words are in NFC, without spaces around them")
        return value

    return _made(check, "", "phrase", shown=False)


def identifier() -> Any:
    """A name within one coding, of one letter and a number, so that nobody is named by it."""
    return _spelt(
        r"narrator|[ae][0-9]{1,4}", "an actor is called narrator or a1, a2 and so on; an act e1, e2"
    )


def phrases() -> Any:
    """Phrases as for `phrase`, none of them empty and none twice. They are in no `repr`."""
    one = phrase().metadata["check"]

    def check(value: Any, at: str) -> tuple[str, ...]:
        found = tuple(one(each, f"{at}[{n}]") for n, each in enumerate(_list(value, at)))
        if "" in found or len(set(found)) < len(found):
            raise MalformedCoding(f"{at}: one is empty, or here twice")
        return found

    return _made(check, (), "other", shown=False)


def third_party() -> Any:
    """Somebody of a coding, or p1, p2 and so on for somebody whom no coding names."""
    return _spelt(r"narrator|[ap][0-9]{1,4}", "somebody is called as the coding does, or p1, p2 and so on")


def part() -> Any:
    """A segment, or what a testimony has beside its words."""
    return _spelt(r"s[0-9]{4,6}|images|audio|attachments", "a part is a segment, images, audio, attachments")


def day() -> Any:
    """A whole day as ISO 8601 writes it, or nothing."""

    def check(value: Any, at: str) -> str:
        if value == "":
            return ""
        try:
            if isinstance(value, str) and date.fromisoformat(value).isoformat() == value:
                return value
        except ValueError:
            pass
        raise MalformedCoding(f"{at}: a day that there is, such as 2031-03-31")

    return _made(check, "", "date")


def dated() -> Any:
    """A date in EDTF, or nothing."""

    def check(value: Any, at: str) -> str:
        if value == "":
            return ""
        try:
            return edtf.parse(value if isinstance(value, str) else "").text
        except edtf.MalformedDate as refused:
            raise MalformedCoding(f"{at}: {refused}") from None

    return _made(check, "", "date")


def placed(*levels: str) -> Any:
    """The id of a place of the gazetteer, or nothing; with *levels*, only one of these."""

    def check(value: Any, at: str) -> str:
        if value == "":
            return ""
        if not isinstance(value, str) or value not in places():
            raise MalformedCoding(f"{at}: no place of the gazetteer has this id")
        if levels and places()[value].level not in levels:
            raise MalformedCoding(f"{at}: this place is no {' or '.join(levels)}")
        return value

    return _made(check, "", "place")


def whole(least: int, most: int) -> Any:
    """A whole number in these bounds, or none."""

    def check(value: Any, at: str) -> int | None:
        if value is None:
            return None
        if type(value) is not int or not least <= value <= most:
            raise MalformedCoding(f"{at}: a whole number from {least} to {most}")
        return value

    return _made(check, None, "number")


def position() -> Any:
    """A code point's place in a segment."""

    def check(value: Any, at: str) -> int:
        if type(value) is not int or not 0 <= value < 1 << 25:
            raise MalformedCoding(f"{at}: a place in a segment is a whole number, from 0")
        return value

    return _made(check, 0, "other")


def segment() -> Any:
    """The id of a segment."""
    return _spelt(r"s[0-9]{4,6}", "a segment is named s0001 and so on")


def several(kind: type[Any]) -> Any:
    """Records of a kind, in order."""

    def check(value: Any, at: str) -> tuple[Any, ...]:
        return tuple(read(kind, each, f"{at}[{n}]") for n, each in enumerate(_list(value, at)))

    return _made(check, (), "other")


def _code(value: Any, at: str, lists: tuple[str, ...]) -> str:
    if not isinstance(value, str) or value not in joined(*lists):
        raise MalformedCoding(f"{at}: no code of {' or '.join(lists)}")
    return value


def _list(value: Any, at: str) -> list[Any]:
    if not isinstance(value, (list, tuple)) or len(value) > MOST:
        raise MalformedCoding(f"{at}: a list of {MOST} at most")
    return list(value)

"""`field:value` among the words of a query: what to narrow by, as it is called in any language of the room.

`place:cn-jl`, `place:Jilin`, `지역:지린`, `lang:korean`, `when:1998/2003`. What names no field of ours, or
nothing that the field may have, stays the words it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from archive.search.document import FACETS
from archive.search.words import MARKS
from archive.vocabulary.lists import codes
from archive.vocabulary.places import places
from server.research.facets import CODED, LISTS
from server.research.page import LANGUAGES, texts

WHEN: Final = "when"
"""The date that is told of; what is none is refused where dates are."""
RELEASED: Final = ("country", "province", "region", "river")
"""Places as a release tells them."""
ROUTE: Final = re.compile("[>→]")
FIELD: Final = re.compile(
    rf"(?P<quoted>[{MARKS}][^{MARKS}]*[{MARKS}])"
    rf"|(?<!\S)(?P<name>[^\W\d_]+):(?:[{MARKS}](?P<long>[^{MARKS}]+)[{MARKS}]|(?P<value>\S+))"
)


def taken_out(words: str) -> tuple[str, dict[str, str]]:
    """*words* without their fields, and of each field its value; of two of one field the last."""
    found: dict[str, str] = {}

    def took(match: re.Match[str]) -> str:
        name = _names().get(_folded(match["name"] or ""))
        value = name and _value(name, match["long"] or match["value"])
        if not name or not value:
            return match[0]
        found[name] = value
        return " "

    rest = FIELD.sub(took, words)
    return (" ".join(rest.split()) if found else words), found


def _value(name: str, said: str) -> str:
    """The value that is meant, as an address has it; nothing where there is none of this name."""
    if name == WHEN or (name == "quarter" and re.fullmatch(r"\d{4}-Q[1-4]", said)):
        return said
    if name == "decade":
        return decade[0] + "0" if (decade := re.match(r"\d{3}(?=[0X])", said)) else ""
    if name == "way":
        ends = [_values("place").get(_folded(end), "") for end in ROUTE.split(said)]
        return ">".join(ends) if len(ends) > 1 and all(ends) else ""
    return _values(name).get(_folded(said), "")


@cache
def _names() -> Mapping[str, str]:
    """Every field by what it may be called."""
    own = {name: name for name in (*FACETS, *CODED, WHEN)}
    told = {_folded(texts(each)[f"facet_{name}"]): name for name in (*FACETS, *CODED) for each in LANGUAGES}
    return told | own | {"year": WHEN, "해": WHEN, "年": WHEN}


@cache
def _values(name: str) -> Mapping[str, str]:
    """Every value of a field by what it may be called."""
    return {_folded(called): value for value, called in _called(name)}


def _called(name: str) -> Iterator[tuple[str, str]]:
    if name == "place":
        # Its code is meant before all, and a province before a country of the same name.
        released = [each for each in places().values() if each.level in RELEASED]
        yield from ((each.id, called) for each in released for called in each.names)
        yield from ((each.id, each.id) for each in released)
    elif name in LISTS:
        for id, code in codes(LISTS[name]).items():
            yield from ((id, called) for called in (id, *(code.label(each) for each in LANGUAGES)))
    else:
        strings = (each for language in LANGUAGES for each in texts(language).items())
        values = [(key.removeprefix("value_"), said) for key, said in strings if key.startswith("value_")]
        yield from ((id, called) for id, said in values for called in (id, said))


def _folded(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())

"""A reading list: searches and testimonies that a researcher keeps in a file of her own. The room keeps none.

A file from outside is untrusted: what is no search or name of ours is refused, and nothing of it is shown.
Format: docs/formats/reading-list.md.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from archive.search.document import FACETS
from archive.search.words import LONGEST
from server.research.facets import CODED
from server.research.record import NAMED

FORMAT: Final = "onggi reading list 1"
MOST: Final = 500
"""Searches, and testimonies: more is no list that anybody reads."""
SOUGHT: Final = ("q", "phrase", "when", *FACETS, *CODED)
"""The names by which an address looks for something."""


class ListRefused(Exception):
    """The file is no reading list."""


@dataclass(frozen=True)
class ReadingList:
    """Searches, as the part of an address behind the question mark, and testimonies by their names."""

    searches: tuple[str, ...] = field(default=(), repr=False)
    testimonies: tuple[str, ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, searches: Iterable[str], testimonies: Iterable[str]) -> ReadingList:
        """Each once, in their order; `ListRefused` for what is none of ours, or too much."""
        looked_for, named = dict.fromkeys(map(one_form, searches)), dict.fromkeys(testimonies)
        looked_for.pop("", None)
        if not all(NAMED.fullmatch(name) for name in named) or max(len(looked_for), len(named)) > MOST:
            raise ListRefused("a testimony is named by letters and a release, and there are 500 at most")
        return cls(tuple(looked_for), tuple(named))

    @classmethod
    def read(cls, untrusted: bytes) -> tuple[ReadingList, str]:
        """The list in a file, and the archive that it is of; `ListRefused`."""
        try:
            told = json.loads(untrusted)
            if told["format"] != FORMAT:
                raise ValueError
            searches, named = told["searches"], told["testimonies"]
            if not all(isinstance(each, str) for each in (*named, told["archive"])):
                raise TypeError
            return cls.of(map(_address, searches), named), told["archive"]
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise ListRefused("this file is no reading list") from None

    def written(self, archive: str) -> str:
        """The file."""
        searches = [dict(parse_qsl(each)) for each in self.searches]
        told = {"format": FORMAT, "archive": archive, "searches": searches, "testimonies": self.testimonies}
        return json.dumps(told, ensure_ascii=False, indent=1) + "\n"

    def with_more(self, other: ReadingList) -> ReadingList:
        """Both, each entry once."""
        return ReadingList.of((*self.searches, *other.searches), (*self.testimonies, *other.testimonies))


def one_form(address: str) -> str:
    """A search as a list has it: the names that mean something, in one order."""
    told = dict(parse_qsl(address[: 20 * LONGEST]))
    wanted = {name: value for name in SOUGHT if 0 < len(value := told.get(name, "")) <= LONGEST}
    return urlencode(wanted)


def _address(search: Mapping[str, Any]) -> str:
    if not all(isinstance(value, str) for value in search.values()):
        raise TypeError
    return urlencode(dict(search))

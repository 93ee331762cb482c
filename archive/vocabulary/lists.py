"""The code lists: what a field may say, and how that is said in Korean, Chinese and English.

1. htcds.json: the lists of HTCDS v2.0, codes as they are, the misspelt one too. The labels are ours.
   HTCDS Data Standard (c) IOM, CC BY 4.0; that it is used here does not mean that IOM endorses it.
2. huridocs.json: numeric codes of the HURIDOCS micro-thesauri, or words of ours; labels ours.
3. extensions.json: our own lists, and our `x_` codes in the lists of HTCDS, each with its parent.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal

Language = Literal["ko", "zh", "en"]
LANGUAGES: Final = ("ko", "zh", "en")
_HERE: Final = Path(__file__).parent


@dataclass(frozen=True)
class Code:
    """One value of a list. *parent* is the HTCDS code it is exported as: itself, another, or none."""

    code: str
    parent: str
    ko: str
    zh: str
    en: str

    def label(self, language: str) -> str:
        """The words for it; English where the language is not one of ours."""
        return {"ko": self.ko, "zh": self.zh}.get(language, self.en)


def codes(name: str) -> Mapping[str, Code]:
    """A list by its name, in the order that a page shows it; `KeyError` for a name that is no list."""
    return _lists()[name]


def names() -> tuple[str, ...]:
    """The names of all lists."""
    return tuple(_lists())


@cache
def joined(*lists: str) -> Mapping[str, Code]:
    """Several lists as one, for a field that takes a code of any."""
    return MappingProxyType({code: row for name in lists for code, row in codes(name).items()})


@cache
def _lists() -> Mapping[str, Mapping[str, Code]]:
    lists: dict[str, dict[str, Code]] = {}
    for file in ("htcds", "huridocs"):
        for name, rows in _read(file).items():
            lists[name] = {code: Code(code, code, *labels) for code, *labels in rows}
    for name, rows in _read("extensions").items():
        lists.setdefault(name, {}).update({row[0]: Code(*row) for row in rows})
    return MappingProxyType({name: MappingProxyType(rows) for name, rows in lists.items()})


def _read(file: str) -> dict[str, Any]:
    return dict(json.loads((_HERE / f"{file}.json").read_text("utf-8")))

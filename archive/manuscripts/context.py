"""What happened around these lives: dated facts with their sources, kept apart from anybody's voice.

They are claims with a source, not defaults: nothing of a testimony is ever filled in from them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from archive.coding.edtf import Dated, parse
from archive.testimony import Language


@dataclass(frozen=True)
class Fact:
    """Something dated that a source says, in three languages."""

    id: str
    when: Dated
    told: Mapping[Language, str]
    source: str


@cache
def facts() -> Mapping[str, Fact]:
    """Every fact by its id, in order of time."""
    rows = json.loads(Path(__file__).with_name("context.json").read_text("utf-8"))
    made = [
        Fact(id, parse(when), MappingProxyType({"eng": eng, "kor": kor, "zho": zho}), source)
        for id, when, eng, kor, zho, source in rows
    ]
    return MappingProxyType({fact.id: fact for fact in made})

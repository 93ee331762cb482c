"""Chinese names in the Latin alphabet, as Mandarin reads them. Tones are left out.

`pinyin.json` has every reading of each sign of our lists of names; see ATTRIBUTION.md.
"""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache
from string import ascii_lowercase

from archive.redaction.words import HERE, simplified


def spelled(name: str) -> re.Pattern[str] | None:
    """A Chinese name in pinyin: whole, in either order, or without the surname."""
    read = ["(?:" + "|".join(_read(simplified(sign))) + ")" for sign in name]
    if not 2 <= len(name) <= 4 or "(?:)" in read:
        return None
    join = "[-' ]?"
    surname, given = read[0], join.join(read[1:])
    alone = f"|{given}" if len(name) > 2 else ""
    return re.compile(f"{surname}{join}{given}|{given},? {surname}|{surname}, {given}{alone}")


@cache
def _read(sign: str) -> tuple[str, ...]:
    return tuple(sorted(_readings().get(sign, ()), key=lambda each: (-len(each), each)))


@cache
def _readings() -> dict[str, tuple[str, ...]]:
    """How a sign is read in Mandarin, with ü as u and as v."""
    found: dict[str, tuple[str, ...]] = {}
    for row in json.loads((HERE / "pinyin.json").read_text("utf-8"))["pinyin"].split(" | "):
        syllable = row.rstrip(row.lstrip(ascii_lowercase))
        for sign in row[len(syllable) :]:
            found[sign] = (*found.get(sign, ()), *{syllable, syllable.replace("v", "u")})
    return found


def bare_latin(name: str) -> str:
    """A name in small letters without their marks, ü as u."""
    decomposed = unicodedata.normalize("NFKD", name.lower())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))

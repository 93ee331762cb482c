"""Every string of her pages, in the four languages that they speak. Files: translations/*.po, by Babel.

A msgid is the name of a text. One that is empty or marked fuzzy is an error here, and no page is shown.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

from babel.messages.pofile import read_po

from crypto import words

LANGUAGES: Final = words.LANGUAGES
"""The first is what a browser gets that asks for none of them."""
NAMES: Final[dict[words.Language, str]] = {
    "ko": "한국어",
    "zh-Hans": "简体",
    "zh-Hant": "繁體",
    "en": "English",
}
_FOLDER: Final = Path(__file__).parent / "translations"
_TRADITIONAL: Final = {"hant", "tw", "hk", "mo"}


class UnfinishedCatalogue(Exception):
    """A text has no translation, or a translator marked it as unsure."""


@cache
def texts(language: words.Language) -> dict[str, str]:
    """Every text of the pages in *language*, by its name."""
    with (_FOLDER / f"{language}.po").open("rb") as file:
        catalogue = read_po(file, abort_invalid=True)
    told = {str(message.id): str(message.string) for message in catalogue if message.id}
    unsure = sorted(
        str(message.id) for message in catalogue if message.id and (message.fuzzy or not message.string)
    )
    if unsure:
        raise UnfinishedCatalogue(f"{language}: not translated: {', '.join(unsure)}")
    return told


@cache
def spoken(language: words.Language) -> str:
    """What a page needs to speak *language*, as JSON: its texts, and the list that spells her receipt."""
    return json.dumps({"texts": texts(language), "list": words.packed(language)}, ensure_ascii=False)


def wanted(asked: str | None, accepted: Iterable[str]) -> words.Language:
    """The language that she *asked* for on the page; else the first that her browser accepts and we speak."""
    for known in LANGUAGES:
        if known == asked:
            return known
    return next(filter(None, map(_spoken_here, accepted)), LANGUAGES[0])


def _spoken_here(tag: str) -> words.Language | None:
    """The language of ours for a tag such as `zh-TW` (RFC 5646)."""
    first, *rest = tag.lower().replace("_", "-").split("-")
    if first == "zh":
        return "zh-Hant" if _TRADITIONAL & set(rest) else "zh-Hans"
    return next((known for known in LANGUAGES if known == first), None)

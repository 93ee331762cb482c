"""What a reviewer decided, as the page of suggestions sends it: by its script, or by boxes without one.

Nothing is taken of a part that is closed at this desk.
"""

from __future__ import annotations

import json
from typing import Final

from flask import request

from archive.redaction.choices import Choice
from archive.redaction.spans import RedactionError, version_of
from archive.testimony import Testimony
from archive.workbench import hiding

MOST: Final = 100_000
"""Choices that one form may carry."""


def chosen(told: Testimony) -> list[Choice]:
    """What the form says of spans in open parts, from the script or from the boxes; `RedactionError`."""
    if request.form.get("seen") != version_of(told.text):
        raise RedactionError("the words have changed since you opened the page; read them again")
    sent = request.form.get("choices")
    made = _from_script(sent, told.text) if sent else _from_boxes()
    pieces = [(at, at + len(words)) for at, words in hiding.seen(told)]
    for each in made:
        if not any(start <= each.start < each.end <= end for start, end in pieces):
            raise RedactionError("what is closed, or reaches over two parts, is not decided here")
    return made


def _from_script(untrusted: str, text: str) -> list[Choice]:
    made = list[Choice]()
    try:
        for start, end, category, state, *words in json.loads(untrusted)[:MOST]:
            made.append(Choice(int(start), int(end), str(category), {"hide": True, "show": False}[state]))
            # A browser counts a selection; it is believed only where the words are the same.
            if words and words != [text[made[-1].start : made[-1].end]]:
                raise ValueError
    except (ValueError, TypeError, KeyError, RecursionError):
        raise RedactionError("the choices cannot be read; open the page again") from None
    return made


def _from_boxes() -> list[Choice]:
    """Boxes are called `s.START.END`; each says nothing, "show", or the category to hide under."""
    rows = list[Choice]()
    for key, said in request.form.items():
        if key.startswith("s.") and said:
            try:
                _, start, end = key.split(".")
                category = "other" if said == "show" else said
                rows.append(Choice(int(start), int(end), category, said != "show"))
            except ValueError:
                raise RedactionError("the choices cannot be read; open the page again") from None
    return rows

"""The page of a translation for readers: the redacted words, and beside each paragraph its translation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, cast

from flask import Blueprint, abort, redirect, request, url_for
from werkzeug.wrappers import Response

from archive import consent, translating
from archive.command_line import today
from archive.consent import Rendition
from archive.errors import ArchiveError
from archive.redaction.translated import TranslationRefused
from archive.testimony import LANGUAGES, TAGS, Language
from archive.vault import UnknownRecord
from archive.workbench import page

translations = Blueprint("translating", __name__)
REFUSED: Final = 400


@translations.get("/testimony/<name>/translation")
def show(name: str) -> str:
    into = _into(name)
    begin = translating.begin_with(page.vault(), name, into) if "begin" in request.args else None
    return _page(name, into, begin)


@translations.post("/testimony/<name>/translation/<step>")
def change(name: str, step: str) -> Response | tuple[str, int]:
    """It is written, or approved, by the person who has signed in; what was refused is still in the form."""
    into, vault, person = _into(name), page.vault(), page.person()
    texts = {id: text for id, text in request.form.items() if id.startswith("s0")}
    try:
        if person is None:
            page.say("sign_in_first")
            return (_page(name, into, texts), REFUSED) if step == "write" else _back(name, into)
        if step == "write":
            made = translating.source(vault, name)
            translating.write(vault, person, name, into, _closed_too(name, into, made) | texts, today())
        elif step == "approve":
            translating.approve(vault, person, name, into, request.form.get("digest", ""))
        else:
            abort(404)
    except ArchiveError as refused:
        page.say(str(refused), refused.segment if isinstance(refused, TranslationRefused) else "")
        return (_page(name, into, texts), REFUSED) if step == "write" else _back(name, into)
    page.say(f"translating_done_{step}")
    return _back(name, into)


def _back(name: str, into: str) -> Response:
    return redirect(url_for("translating.show", name=name, into=into), code=303)


def _into(name: str) -> Language:
    """The language that is asked for, or the first that is not the testimony's own."""
    try:
        others = [lang for lang in LANGUAGES if lang != consent.language(page.vault(), name)]
    except UnknownRecord:
        abort(404)
    asked = request.values.get("into", "")
    return cast(Language, asked) if asked in others else others[-1]


def _closed_too(name: str, into: str, made: Rendition) -> dict[str, str]:
    """What is translated of the parts that are closed at this desk: nobody has read them, and they stay."""
    closed = _closed(made)
    standing = translating.standing(page.vault(), name).get(cast(Language, into))
    return {id: text for id, text in standing.told.segments if id in closed} if standing else {}


def _closed(made: Rendition) -> dict[str, str]:
    return page.closed(made.testimony_id, made.lang, ((each.id, each.text) for each in made.segments))


def _page(name: str, into: Language, texts: Mapping[str, str] | None) -> str:
    """*texts* are what stands in the form; without them, what was signed last."""
    vault, lang = page.vault(), consent.language(page.vault(), name)
    told = {"id": name, "lang_original": lang}
    others = [each for each in LANGUAGES if each != lang]
    try:
        made, standing = translating.source(vault, name), translating.standing(vault, name)
        begin = bool(translating.begin_with(vault, name, into))
    except ArchiveError as refused:
        return page.show("translation.html", testimony=told, why=str(refused), into=into, others=others)
    now = standing.get(into)
    signed = dict(now.told.segments) if now else {}
    found = dict[str, list[str]]()
    for id, start, end, _ in now.told.found if now else ():
        found.setdefault(id, []).append(signed.get(id, "")[start:end])
    return page.show(
        "translation.html",
        testimony=told,
        source=made,
        into=into,
        others=others,
        now=now,
        begin=begin,
        found=found,
        texts=signed if texts is None else texts,
        unsaved=texts is not None,
        closed=_closed(made),
        tags=TAGS,
    )

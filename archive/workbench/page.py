"""What every page of the workbench is made with: the open vault, who signed in, the words, the notices.

Each room of the workbench is a module with a blueprint; its words are in translations/ROOM.LANGUAGE.json.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache, wraps
from pathlib import Path
from typing import Any, Final, ParamSpec, TypeVar

from flask import abort, current_app, g, redirect, render_template, request
from werkzeug.wrappers import Response

from archive import care
from archive.errors import ArchiveError
from archive.people import Person
from archive.standing import TakenBack
from archive.testimony import Testimony
from archive.vault import UnknownRecord, Vault

LANGUAGES: Final = ("ko", "en")
SPOKEN: Final = "__Host-language"
"""The cookie that keeps which of them somebody chose."""
TABS: Final = (
    ("reading.show", "tab_reading"),
    ("versions.show", "versions_tab"),
    ("recordings.show", "recordings_tab"),
    ("attachments.show", "attachment_tab"),
    ("coding.show", "coding_tab"),
    ("coding.seen", "coding_life_tab"),
    ("consent.show", "consent_tab"),
    ("suggesting.show", "suggest_tab"),
    ("translating.show", "translating_tab"),
)
"""The pages of one testimony: endpoint, which takes its name, and key of the catalogue."""
ROOMS: Final = (
    ("desk.show", "desk"),
    ("consent.due", "due"),
    ("finding.show", "search"),
    ("figures.show", "figures"),
    ("releasing.show", "release"),
    ("books.show_all", "books"),
    ("withdrawals.show", "withdrawals"),
    ("caring.show", "care"),
    ("journal.show", "journal"),
)
"""The pages in the head of every page."""
P = ParamSpec("P")
R = TypeVar("R")
_TRANSLATIONS: Final = Path(__file__).parent / "translations"


class SignInFirst(ArchiveError):
    """Nobody has signed in at this browser."""


@cache
def texts(language: str) -> dict[str, str]:
    """Every string of the pages in *language*, of every room."""
    catalogue: dict[str, str] = {}
    for path in sorted(_TRANSLATIONS.glob(f"*.{language}.json")):
        catalogue |= json.loads(path.read_text("utf-8"))
    return catalogue


def told(sentence: str) -> str:
    """A notice or a refusal in the language of the page; as it is where there is no translation."""
    return texts(language()).get(sentence, sentence)


def vault() -> Vault:
    """The vault that this workbench opened."""
    opened: Vault = current_app.extensions["vault"]
    return opened


def person() -> Person | None:
    """Who has signed in at this browser."""
    signed_in: Person | None = g.desk.person
    return signed_in


def signer() -> Person:
    """Who has signed in at this browser, by whose key a step is taken, or `SignInFirst`."""
    signed_in = person()
    if signed_in is None:
        raise SignInFirst("sign_in_first")
    return signed_in


def closed(testimony_id: str, lang: str, segments: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The severe parts that nobody opened at this desk, each with its summary: their words are not shown."""
    severe = care.severe(vault(), testimony_id, lang, segments)
    return {id: told for id, told in severe.items() if (testimony_id, id) not in g.desk.opened}


def closed_parts(told: Testimony) -> dict[str, str]:
    """The same for a testimony that is read here."""
    return closed(told.id, told.lang_original, ((each.id, each.text) for each in told.segments))


def _rest_is_due() -> bool:
    return person() is not None and g.now - g.desk.since >= care.pace(vault()).minutes * 60


def say(notice: str, value: str = "") -> None:
    """On the next page: a key of the catalogue or a sentence, and a value behind it."""
    g.desk.notices.append((notice, value))


@contextmanager
def tells_refusals() -> Iterator[None]:
    """Take a step of somebody's; why it was refused is said on the next page, and the view goes on."""
    try:
        yield
    except ArchiveError as refused:
        say(str(refused))


def back() -> Response:
    """To the page of ours that the form names."""
    to = request.form.get("back", "/")
    safe = to.startswith("/") and not to.startswith("//") and "\\" not in to
    return redirect(to if safe else "/", code=303)


def or_not_found(look: Callable[P, R]) -> Callable[P, R]:
    """*look*, or a page that says it is not here: of what is not, and of what she took back."""

    @wraps(look)
    def found(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return look(*args, **kwargs)
        except (UnknownRecord, TakenBack):
            abort(404)

    return found


def language() -> str:
    """The language of the page: chosen, or the browser's."""
    kept = request.cookies.get(SPOKEN)
    return kept if kept in LANGUAGES else request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


def notice(key: str, why: str = "") -> str:
    """A page that says one thing, for those who are not let in too."""
    lang = language()
    return render_template("notice.html", lang=lang, t=texts(lang), told=key, why=told(why))


def show(template: str, **values: Any) -> str:
    """The page in its language, with who has signed in, the token of its forms, and the notices."""
    lang = language()
    return render_template(
        template,
        lang=lang,
        t=texts(lang),
        told=told,
        other="en" if lang == "ko" else "ko",
        rooms=ROOMS,
        tabs=TABS,
        person=person(),
        people=vault().names("person"),
        token=g.desk.token,
        rest_is_due=_rest_is_due(),
        help_is_near=care.notice(vault()),
        notices=g.desk.read_notices(),
        **values,
    )

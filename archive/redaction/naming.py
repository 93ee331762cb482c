"""What stands for a figure instead of her names: a tag with her role, or an invented name, in brackets.

1. It is drawn at random and kept, and never made of a name: who knows all names can compute none of it.
2. In one collection one figure has one, in every language; in another collection she has another. What was
   drawn once is given to nobody else in any collection, not even when she is gone.
3. An invented name is none that the archive hides in any spelling, and stands in no testimony.
4. A tag is the default: an invented name is easily read as a real one.
5. A book is a collection of its own (`book_of`). What stands for somebody there is put into no testimony.
"""

from __future__ import annotations

import json
import re
import secrets
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from archive import roles
from archive.people import Person
from archive.redaction import figure_key
from archive.redaction.choices import choices, instead
from archive.redaction.decision import stored
from archive.redaction.figures import (
    Figure,
    FigureRefused,
    decide,
    figure,
    known_aliases,
)
from archive.redaction.known import known_in
from archive.redaction.spans import RedactionError
from archive.standing import withdrawals
from archive.testimony import LANGUAGES, Language
from archive.vault import Vault
from archive.versions.basis import basis

DRAWN: Final = "figure-drawn"
COLLECTION: Final = "reading room"
"""The collection that what is released now belongs to."""
BOOK: Final = "book-"
"""How the collection of a project's book begins; editors draw for it, and it stands in no testimony."""
NAME_OF_COLLECTION: Final = re.compile(r"[^\W_](?:[\w .-]{0,38}[^\W_])?")
BLOCKS: Final = (range(10), range(10, 110), range(110, 1110), range(1110, 11110))
"""Numbers of tags: from the first that has one left, so that most tags have one letter."""
NAMES: Final = ("name", "contact")
"""Categories of what a figure goes by."""


@dataclass(frozen=True)
class Used:
    """Where what stands for a figure was put: so many spans, in these testimonies, and not in those."""

    spans: int
    testimonies: tuple[str, ...]
    refused: tuple[str, ...]


@cache
def _lists() -> dict[str, Any]:
    return dict(json.loads((Path(__file__).parent / "naming.json").read_text("utf-8")))


def roles_in(language: str) -> dict[str, str]:
    """Every role with its word in a language of testimonies."""
    return {role: words[language] for role, words in _lists()["roles"].items()}


def set_role(vault: Vault, person: Person, id: str, role: str, *, invented: bool = False) -> None:
    """Say who a figure is to her who tells, and whether an invented name stands for her."""
    with vault.together():
        roles.require(vault, person, *roles.MARKERS)
        if role not in _lists()["roles"]:
            raise FigureRefused("there is no such role; choose one of the list")
        found = figure(vault, id)
        decide(vault, id, replace(found.decided, role=role, invented=invented))
        vault.journal.append("mod", person.name, [f"figure:{id}"])


def shown_for(vault: Vault, figure: Figure, collection: str, language: str) -> str:
    """What stands for a figure in texts of this *language*, brackets and all; nothing before it was drawn."""
    pool = _pool(figure, collection, language)
    drawn = figure.decided.drawn.get(pool, "")
    return drawn and _shown(pool, drawn, language)


def _shown(pool: str, drawn: str, language: str) -> str:
    _, how, role = pool.split("|")
    if how == "name":
        return f"[{drawn}]"
    letters, number = _lists()["letters"][language], int(drawn)
    block = next(each for each in BLOCKS if number in each)
    counted = f"{number - block.start:0{len(str(len(block))) - 1}d}"
    between = "" if language == "zho" else " "
    return f"[{roles_in(language)[role]}{between}{''.join(letters[int(digit)] for digit in counted)}]"


def book_of(project: str) -> str:
    """The collection of the book of a project."""
    return f"{BOOK}{project}"


def choose(vault: Vault, person: Person, id: str, collection: str, *, invented: bool) -> None:
    """Say whether an invented name or a tag stands for a figure in one book, and nowhere else."""
    with vault.together():
        found = figure(vault, id)
        chosen = {**found.decided.books, collection: invented}
        _require_may_draw(vault, person, collection)
        decide(vault, id, replace(found.decided, books=chosen))
        vault.journal.append("mod", person.name, [f"figure:{id}"])


def _require_may_draw(vault: Vault, person: Person, collection: str) -> None:
    editor: tuple[roles.Role, ...] = ("editor",) if collection.startswith(BOOK) else ()
    roles.require(vault, person, *roles.MARKERS, *editor)


def draw(vault: Vault, person: Person, id: str, collection: str, *, again: bool = False) -> Figure:
    """Draw what stands for a figure in a collection, where nothing was drawn yet or *again*."""
    with vault.together():
        _require_may_draw(vault, person, collection)
        if not NAME_OF_COLLECTION.fullmatch(collection):
            raise FigureRefused("a collection has a name of letters, digits, spaces and hyphens, at most 40")
        found = figure(vault, id)
        pools = {_pool(found, collection, language): language for language in LANGUAGES}
        missing = {p: lang for p, lang in pools.items() if again or p not in found.decided.drawn}
        if missing:
            spent = drawn_so_far(vault)
            new = {pool: _drawn(vault, found, spent, pool, lang) for pool, lang in missing.items()}
            for pool, value in new.items():
                spent[pool].append(value)
            sealed = figure_key.seal(vault, DRAWN, "all", spent)
            vault.put_json(DRAWN, "all", {"v": 1, "sealed": sealed})
            decide(vault, id, replace(found.decided, drawn={**found.decided.drawn, **new}))
            vault.journal.append("mod", person.name, [f"figure:{id}"])
        return figure(vault, id)


def use(vault: Vault, person: Person, figure: str, collection: str) -> Used:
    """Let it stand for her in all she is called by, in every testimony: as a draft, for two people to sign.

    Where that is refused, for it would show what is hidden there, nothing changes, and the rest is done.
    """
    with vault.together():
        if collection.startswith(BOOK):
            raise FigureRefused("what stands for somebody in a book is put into no testimony")
        found = draw(vault, person, figure, collection)
        done, refused, count = list[str](), list[str](), 0
        for id in found.testimonies:
            told = basis(vault, id)
            shown = shown_for(vault, found, collection, told.lang_original)
            spans = _spans(vault, found, id, told.text)
            try:
                instead(vault, person, id, dict.fromkeys(spans, shown))
            except RedactionError:
                refused.append(id)
            else:
                done.append(id)
                count += len(spans)
    return Used(count, tuple(done), tuple(refused))


@dataclass(frozen=True)
class Place:
    """What one testimony has of a figure now, drafts too: so many hidden spans, and what stands there."""

    testimony: str
    language: Language
    spans: int
    shown: tuple[str, ...] = field(repr=False)


def places(vault: Vault, figure: Figure) -> list[Place]:
    """Where a figure is hidden, and what stands instead; nothing where it is the label of every name."""
    found = list[Place]()
    with vault.together():
        for id in figure.testimonies:
            told = basis(vault, id)
            spans = _spans(vault, figure, id, told.text)
            shown = tuple(sorted({each for each in spans.values() if each}))
            found.append(Place(id, told.lang_original, len(spans), shown))
    return found


def _spans(vault: Vault, figure: Figure, id: str, text: str) -> dict[tuple[int, int], str]:
    hers = {each.surface for each in figure.aliases if each.of == id}
    return {
        (c.start, c.end): c.shown
        for c in choices(vault, id)
        if c.hidden and c.category in NAMES and text[c.start : c.end] in hers
    }


def linking(vault: Vault, testimonies: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """What stands for somebody in more than one of these *testimonies*, as they are proposed or approved.

    Whoever reads two of them learns that one person is in both. That is a disclosure of its own.
    """
    found = defaultdict[str, set[str]](set)
    for id in testimonies:
        for mark in stored(vault, id):
            if mark.shown and mark.category in NAMES:
                found[mark.shown].add(id)
    return {shown: tuple(sorted(ids)) for shown, ids in sorted(found.items()) if len(ids) > 1}


def collections(vault: Vault) -> list[str]:
    """Every collection that something was drawn for, and the one of today; no book's."""
    drawn = {pool.split("|")[0] for pool in drawn_so_far(vault)}
    return sorted({COLLECTION, *(each for each in drawn if not each.startswith(BOOK))})


def ever_shown(vault: Vault) -> frozenset[str]:
    """All that ever stood for anybody in any collection, brackets and all."""
    return frozenset(
        _shown(pool, drawn, language)
        for pool, values in drawn_so_far(vault).items()
        for language in LANGUAGES
        for drawn in values
        if pool.split("|")[1] == "role" or pool.endswith(f"|{language}")
    )


def drawn_so_far(vault: Vault) -> defaultdict[str, list[str]]:
    """What was ever drawn, by pool; of no figure."""
    spent = defaultdict[str, list[str]](list)
    if vault.holds(DRAWN, "all"):
        spent.update(figure_key.unseal(vault, DRAWN, "all"))
    return spent


def _pool(figure: Figure, collection: str, language: str) -> str:
    """From what is drawn: numbers for a role, in all languages alike, or names of a language."""
    of = f"name|{language}" if figure.decided.is_invented(collection) else f"role|{figure.decided.role}"
    return f"{collection}|{of}"


def _drawn(vault: Vault, figure: Figure, spent: Mapping[str, Sequence[str]], pool: str, language: str) -> str:
    """Something of *pool* that nobody had in any collection."""
    of = pool.partition("|")[2]
    hers = {value for each, value in figure.decided.drawn.items() if each.partition("|")[2] == of}
    taken = hers.union(*(row for each, row in spent.items() if each.partition("|")[2] == of))
    return _name(vault, taken, language) if of.startswith("name|") else _number(taken)


def _number(taken: Container[str]) -> str:
    for block in BLOCKS:
        if free := [number for number in block if str(number) not in taken]:
            return str(secrets.choice(free))
    raise FigureRefused("no tag is left for that role; choose another role")


def _name(vault: Vault, taken: Container[str], language: str) -> str:
    names: str = _lists()["invented"][language]
    free = [each for each in names.split() if each not in taken]
    hidden = known_in(free, known_aliases(vault), given=True)
    surfaces = "\n".join(sorted({surface for surface, _ in known_aliases(vault)}))
    gone = {id for each in withdrawals(vault) for id in each.testimonies}
    told = [basis(vault, id).text for id in vault.testimonies() if id not in gone]
    fit = [
        name
        for name, met in zip(free, hidden, strict=True)
        # Asked both ways: a Hangul name that is a word too is found in Garam, and Garam is not found in it.
        if not met
        and not known_in([surfaces], [(name, "PER")], given=True)[0]
        and not any(name in text for text in told)
    ]
    if not fit:
        raise FigureRefused("no invented name is left that nobody has; let a tag with the role stand for her")
    return secrets.choice(fit)

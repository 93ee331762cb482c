"""Which testimonies an editor may open beside her chapter: looked for, and only then asked of the gate."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Final

from archive.manuscripts.appearing import appearing
from archive.manuscripts.binder import Project
from archive.manuscripts.quoting import QuoteRefused, Sources
from archive.redaction.figures import ALIASES
from archive.vault import Vault

MOST: Final = 12
"""Testimonies that one search shows, and so asks the gate for."""
RELEASED: Final = "released-id"
SHORTEST: Final = 3
"""Letters of a name that is looked for: fewer are in every name."""


@dataclass(frozen=True)
class Candidate:
    """A testimony, and why it may not be in this book; nothing where it may."""

    testimony: str
    why: str


def candidates(vault: Vault, project: Project, sources: Sources, asked: str) -> list[Candidate]:
    """Those that *asked* names: by the archive's id, the id or title of a release, or somebody in the book.

    Without a word, those that the project rests on already. At most `MOST`.
    """
    found = _named(vault, project, sources, asked.strip()) if asked.strip() else sorted(project.testimonies)
    return [Candidate(each, _refused(sources, each)) for each in islice(found, MOST)]


def _named(vault: Vault, project: Project, sources: Sources, asked: str) -> list[str]:
    who = {each.figure for each in appearing(project, sources) if asked in _spelled(each.shown)}
    if who:
        rows = vault.every(ALIASES)
        return [name for name, row in rows.items() if who & set(row["figures"])]
    last = asked.split()[-1].casefold()
    if len(last) < SHORTEST:
        return []
    names = [name for name in vault.names("testimony") if last in name]
    if not names and last.isalpha():
        names = [name for name, public in vault.every(RELEASED).items() if last in str(public)]
    return names


def _spelled(shown: tuple[str, ...]) -> set[str]:
    """As it is read in the book, with its brackets or without."""
    return {*shown, *(each[1:-1] for each in shown)}


def _refused(sources: Sources, testimony: str) -> str:
    try:
        sources.rendition(testimony)
    except QuoteRefused as refused:
        return str(refused)
    return ""

"""Codings that leave as HTCDS, each after the gate was asked (R1).

1. Outside the archive a coding goes wide: years, provinces, no helper, no word of hers.
2. With words, a coding stays among archivists, and its file is to be kept like a testimony.
3. Who was named here is named in no file; what comes back keeps the names that this archive has.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from archive.coding.htcds import Row, rows
from archive.coding.outside import widened
from archive.coding.record import Life
from archive.coding.versions import CodingRefused, current
from archive.consent import ConsentRefused, require_granted
from archive.standing import TakenBack
from archive.testimony import Audience, Use
from archive.vault import Vault


def exported(
    vault: Vault,
    ids: Iterable[str],
    use: Use,
    audience: Audience,
    agent: str,
    refused: dict[str, str],
    *,
    words: bool = False,
) -> list[Row]:
    """The rows of those that allow it; why the others are not there goes into *refused*. Journalled."""
    if words and audience != "archivists":
        raise CodingRefused("words leave only for archivists; others get years and provinces")
    made: list[Row] = []
    gone: list[str] = []
    with vault.together():
        for testimony_id in ids:
            try:
                require_granted(vault, testimony_id, use, audience)
                found = current(vault, testimony_id)
            except (ConsentRefused, TakenBack) as reason:
                refused[testimony_id] = str(reason)
                continue
            if not found.number:
                refused[testimony_id] = "nothing is coded of it"
                continue
            told = found.life if audience == "archivists" else widened(found.life)
            made += rows(testimony_id, told, words=words)
            gone.append(f"testimony:{testimony_id}")
        if gone:
            vault.journal.append("exp", agent, gone)
    return made


def named_again(found: Life, before: Life) -> Life:
    """What came back, with the names, labels and pseudonyms that *before* has for the same actors."""
    had = {each.actor_id: each for each in before.actors}
    actors = []
    for each in found.actors:
        was = had.get(each.actor_id)
        actors.append(
            replace(each, label=was.label, names=was.names, pseudonym_ref=was.pseudonym_ref) if was else each
        )
    return replace(found, actors=tuple(actors))

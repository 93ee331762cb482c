"""The archivists' own index: what they may find among the words as they were told. In memory only."""

from __future__ import annotations

from collections.abc import Callable

from archive.consent import granted
from archive.search.index import Document, Index
from archive.vault import Vault


def private_index(
    vault: Vault, progress: Callable[[int], None] = lambda done: None
) -> tuple[Index, dict[str, str]]:
    """The index, and why each of the others may not be found."""
    refused: dict[str, str] = {}
    allowed = granted(vault, vault.testimonies(), "index_search", "archivists", refused)
    documents = (
        Document(r.testimony_id, r.lang, r.quarter, r.kind, tuple((s.id, s.text) for s in r.segments))
        for r in allowed
    )
    return Index(documents, progress), refused

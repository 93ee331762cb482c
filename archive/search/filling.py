"""Documents on their way into an engine: analysed a batch at a time, and counted when they are there."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from archive.errors import ArchiveError
from archive.search import backend
from archive.search.analyzer import fingerprint, passages
from archive.search.backend import Backend, Entry
from archive.search.cuts import Cuts, Passages, packed, unpacked
from archive.search.document import FACETS, Document

BATCH: Final = 64
ANALYSING: Final = threading.Lock()
"""One thread at a time analyses, also while an index before is still asked: the stemmer keeps its place in
shared parts.
"""


class IndexIncomplete(ArchiveError):
    """Documents were lost on the way into the index; it must not be used."""


def entries(
    documents: Iterable[Document],
    fields: Sequence[str] = FACETS,
    progress: Callable[[int], None] = lambda done: None,
    cuts: Cuts | None = None,
) -> Iterator[Entry]:
    """Each document as an engine takes it, a batch at a time, with these fields to filter and count.

    With *cuts* only what has none is analysed.
    """
    waiting, done = iter(documents), 0
    while batch := list(islice(waiting, BATCH)):
        analyses = _analyses({each.id: [text for _, text in each.segments] for each in batch}, cuts)
        for document in batch:
            found = analyses[document.id]
            values = {name: document.value(name) for name in fields}
            yield Entry(document.id, values, document.body(), document.text(), found)
            done += 1
            progress(done)


def _analyses(texts: Mapping[str, Sequence[str]], cuts: Cuts | None) -> dict[str, Passages]:
    kept = cuts.read(list(texts)) if cuts else {}
    found = {id: known for id, each in texts.items() if (known := unpacked(each, kept.get(id))) is not None}
    missing = {id: each for id, each in texts.items() if id not in found}
    with ANALYSING:
        made = dict(zip(missing, passages(missing.values()), strict=True))
    if cuts and made:
        cuts.keep({id: packed(missing[id], each) for id, each in made.items()})
    return found | made


def made_by() -> dict[str, str]:
    """What an index that lies somewhere tells of the code that made it; of other code's, it is made again."""
    return {"analyzer": fingerprint(), "form": backend.FORM}


def fill(engine: Backend, documents: Iterable[Entry], fields: Sequence[str], told: Mapping[str, str]) -> int:
    """Make *engine* hold these and no others; how many. `IndexIncomplete` when some of them are lost."""
    sent = 0

    def counted() -> Iterator[Entry]:
        nonlocal sent
        for each in documents:
            sent += 1
            yield each

    try:
        engine.replace(counted(), fields, told)
    except backend.Repeated:
        raise IndexIncomplete("two documents have the same id; only one of them could be found") from None
    if engine.count != sent:
        raise IndexIncomplete("the index does not hold every document that was sent; make it again")
    return sent

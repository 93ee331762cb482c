"""One release as readers have it: verified, with its index and all that is reckoned of it once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from archive.release import RedactedTestimony
from archive.search.index import Index
from server.research import indexed, ledger, withdrawn
from server.research.config import ResearchConfig
from server.research.facets import Spread
from server.research.masking import FEWEST
from server.research.spelling import Spelling


@dataclass(frozen=True)
class Reading:
    """One release, open: its testimonies and the index over them."""

    number: int
    testimonies: dict[str, RedactedTestimony]
    index: Index
    spread: Spread
    spelling: Spelling
    shown: dict[str, ledger.Shown]
    """Every testimony that was shown here, those that are gone included, if that may be known."""
    days: ledger.Days
    notice: int
    """The serial of the notice of withdrawal that is kept, or 0."""
    named: Mapping[str, date] = field(default_factory=dict)
    """What was taken back, and since when, where she allowed that it be known."""


def opened(config: ResearchConfig, number: int, now: withdrawn.Withdrawn) -> Reading:
    """What may be read of release *number*; a `ReleaseError` when it does not verify, or an `EngineError`."""
    release = withdrawn.opened(config, number, now)
    body = withdrawn.body_of(config, number, now)[0]
    documents = indexed.Documents(release.testimonies)
    index, found = indexed.opened(config.home / str(number), body, release, documents), documents.told
    hushed = now.gone.keys() - now.named.keys() - found.keys()
    history = {id: each for id, each in ledger.read(config.home).items() if id not in hushed}
    texts = ("\n".join(text for _, text in told.segments) for told in documents.values())
    spelling = Spelling(dict(index.common(FEWEST)), texts, FEWEST)
    spread = Spread(found[id] for id in index.names)
    days = ledger.days(config.home)
    return Reading(release.number, found, index, spread, spelling, history, days, now.serial, now.named)

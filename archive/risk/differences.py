"""What somebody learns who has two releases: who came, who is gone, and who says more than before (R32).

1. Pure: the lines of two releases in, differences out; no word of any is in them.
2. A testimony says more when it has words or codes that the release before did not have: what was hidden is
   shown, a paragraph that was held back is there, a province stands where a country stood.
3. What is the same in both tells nothing, and what says less is out already: no release calls it back.
4. Counts are masked in each release, and still two of them can be subtracted: what fewer than `LEAST` new
   testimonies add to every count is what they say. The first release has none before it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from archive.redaction.spans import LABELS
from archive.release import RedactedTestimony
from archive.risk.alone import LEAST

UNIT: Final = re.compile(r"\[[^\[\]]*\]|\w+")
"""What stands in brackets is one unit: the label of something hidden, or what was chosen to stand instead."""
SILENT: Final = frozenset(label for named in LABELS.values() for label in named.values())
"""Labels that say nothing of what they cover."""


@dataclass(frozen=True)
class More:
    """A testimony that says more than it did: so many words, and these codes, `field:code`."""

    id: str
    words: int
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Difference:
    """How a release differs from what is out."""

    new: tuple[str, ...]
    gone: tuple[str, ...]
    changed: tuple[str, ...]
    """Out before, and not the same now; those that say more are among them."""
    more: tuple[More, ...]
    few: tuple[str, ...] = ()
    """The new ones, where they are fewer than `LEAST` and others were out before."""


def difference(
    out: Mapping[str, RedactedTestimony], latest: Collection[str], now: Mapping[str, RedactedTestimony]
) -> Difference:
    """What *now* changes. *out*: each testimony as last let out; *latest*: those in the newest release."""
    both = sorted(out.keys() & now.keys())
    changed = [id for id in both if out[id] != now[id]]
    more = (_more(id, out[id], now[id]) for id in changed)
    new = tuple(sorted(now.keys() - out.keys()))
    return Difference(
        new,
        tuple(sorted(set(latest) - now.keys())),
        tuple(changed),
        tuple(each for each in more if each.words or each.codes),
        new if out and len(new) < LEAST else (),
    )


def _more(id: str, before: RedactedTestimony, now: RedactedTestimony) -> More:
    came, went = _units(now) - _units(before), set(_units(before) - _units(now))
    # A particle that stands alone now that its name is hidden was out with the name.
    words = Counter({unit: many for unit, many in came.items() if not any(unit in old for old in went)})
    codes = set(_codes(now)) - set(_codes(before))
    return More(id, words.total(), tuple(sorted(codes)))


def _units(told: RedactedTestimony) -> Counter[str]:
    texts = [*told.segments, *(part for each in told.translations.values() for part in each)]
    found = (unit for segment in texts for unit in UNIT.findall(segment.text))
    return Counter(unit for unit in found if unit not in SILENT)


def _codes(told: RedactedTestimony) -> Iterable[str]:
    yield from (f"{name}:{code}" for name, codes in told.coding.items() for code in codes)
    yield f"quarter:{told.quarter}"

"""Which records are meant, in a line for a person, without a name that says anything."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

from archive.store import Name

DRAWN: Final = re.compile(r"([0-9a-f]{16}|[0-9a-f]{32})(:.*)?")
"""Names that were drawn at random. Others may be a person's, a key, or the hash of a file's path."""
MOST: Final = 20


def told(names: Iterable[Name]) -> str:
    """`testimony:ab12..., 3 of kind account`: drawn names are shown, and of the others how many there are."""
    shown, others = list[str](), Counter[str]()
    for kind, name in sorted(names):
        found = DRAWN.fullmatch(name)
        if found and len(shown) < MOST:
            shown.append(f"{kind}:{found[1]}")
        else:
            others[kind] += 1
    return ", ".join([*dict.fromkeys(shown), *(f"{many} of kind {kind}" for kind, many in others.items())])

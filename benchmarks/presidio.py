"""Presidio's own patterns, run by the Python of an environment that has it: texts in, spans out.

    python benchmarks/presidio.py < texts.json > spans.json

Its pattern recognisers for every country and for Korea, and its telephone recogniser for Korea and China. Its
models of names are left out: none can be had for Korean and Chinese from a package registry.
Runs by itself: nothing of Onggi is installed there.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from time import perf_counter
from typing import Any


def recognisers() -> list[Any]:
    """Each of Presidio's recognisers that needs no model, with the defaults it has."""
    listed, base = (
        import_module("presidio_analyzer.predefined_recognizers"),
        import_module("presidio_analyzer"),
    )
    found = []
    for name in sorted(vars(listed)):
        kind = vars(listed)[name]
        if not isinstance(kind, type) or not issubclass(kind, base.EntityRecognizer):
            continue
        if name == "PhoneRecognizer":
            found.append(kind(supported_regions=("KR", "CN", "US")))
        elif issubclass(kind, base.PatternRecognizer) and name.startswith(("Kr", *EVERYWHERE)):
            found.append(kind())
    return found


EVERYWHERE = (
    "Email",
    "Url",
    "Ip",
    "CreditCard",
    "Iban",
    "Date",
    "Crypto",
    "MacAddress",
    "UsSsn",
    "UsPassport",
)


def main() -> None:
    """Spans for each text, and the seconds that finding them took."""
    texts = json.load(sys.stdin)
    patterns = recognisers()
    begun = perf_counter()
    spans = [
        sorted(
            {
                (found.start, found.end)
                for each in patterns
                for found in each.analyze(text, each.supported_entities, None) or ()
            }
        )
        for text in texts
    ]
    json.dump({"spans": spans, "seconds": perf_counter() - begun}, sys.stdout)


if __name__ == "__main__":
    main()

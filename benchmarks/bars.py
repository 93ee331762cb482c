"""What the project has promised of speed and size, each beside what was measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.steps import Cost

MB, KB = 1_000_000, 1000
HEAD = ["what", "Onggi", "beside", "measured", "bar", "met"]


@dataclass(frozen=True)
class Bar:
    """One promise. *this* is ours and *that* its peer, in *unit*; None where it was not measured.

    Measured is how many times as fast Onggi is where *bar* is a floor (*least*), how many times as dear where
    it is a ceiling, and *this* itself where it has no peer.
    """

    name: str
    what: str
    bar: float
    this: float | None
    that: float | None
    unit: str
    least: bool = False
    peer: bool = True

    @property
    def measured(self) -> float | None:
        if self.this is None or not self.peer:
            return self.this
        if self.that is None:
            return None
        return self.that / self.this if self.least else self.this / self.that

    def row(self, missing: Mapping[str, str]) -> list[str]:
        """The cells under `HEAD`; *missing* has the reasons why something was not measured, by name."""
        unit = "" if self.peer else f" {self.unit}"
        bar, measured = f"{'≥' if self.least else '≤'} {self.bar:g}{unit}", self.measured
        if measured is None:
            return [self.what, "", "", f"left out: {missing.get(self.name, 'not measured')}", bar, ""]
        met = measured >= self.bar if self.least else measured <= self.bar
        told = [f"{measured:.{2 if self.peer else 1}f}{unit}", bar, "yes" if met else "no"]
        return [self.what, self._told(self.this), self._told(self.that), *told]

    def _told(self, value: float | None) -> str:
        return "" if value is None else f"{value:.{3 if self.unit == 's' else 1}f} {self.unit}"


def bars(ours: Sequence[Cost], theirs: Sequence[Cost], client: int | None) -> list[Bar]:
    """The bars, of the medians of all turns and the bytes of the client."""
    mine, plain = _medians([cost.seconds for cost in ours]), _medians([cost.seconds for cost in theirs])
    rise = {name: value / MB for name, value in _medians([cost.memory for cost in ours]).items()}
    seconds = [
        ("safer", "seal 100 MB in Firefox at Safer, speed beside secretstream", 0.15, "to nowhere", True),
        ("open", "open 100 MB in the archive, speed beside secretstream", 0.8, "opened to nowhere", True),
        ("board", "try a board of 512 in Firefox at Safer, time beside PyNaCl", 15, "board", False),
    ]
    return [
        *(
            Bar(own, what, bar, mine.get(own), plain.get(peer), "s", least)
            for own, what, bar, peer, least in seconds
        ),
        Bar(
            "peak",
            "memory of Chromium, file of 2 GB beside 0.5 GB",
            1.3,
            rise.get("2 GB"),
            rise.get("0.5 GB"),
            "MB",
        ),
        Bar(
            "client",
            "the client as brotli",
            40,
            None if client is None else client / KB,
            None,
            "KB",
            peer=False,
        ),
    ]


def table(*lines: list[str]) -> str:
    """A table in Markdown, aligned; the first of *lines* is its head."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    rule = ["-" * widths[0], *(f"{':':->{width}}" for width in widths[1:])]
    cells = [[first.ljust(widths[0]), *map(str.rjust, rest, widths[1:])] for first, *rest in lines]
    return "\n".join(f"| {' | '.join(row)} |" for row in (cells[0], rule, *cells[1:]))


def _medians(turns: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {name: median(turn[name] for turn in turns) for name in turns[0]}

"""Texts through both doors of a real house, and a count of what came out: none lost, none changed.

Each text is imported as a transcript, and told once more as a woman would: sealed, deposited over HTTP,
packed, taken in. Then the words of all testimonies in the vault are compared, by hash, with what went in.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
import tempfile
import time
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from archive.finding import private_index
from archive.imports import LANGUAGES, language_of
from archive.testimony import words_of
from archive.vault import Vault
from deploy.depositor import Intake, tell
from deploy.house import PHRASES, House, Refused, found, recipient, serving

KINDS = {"import": "imported", "life_history": "through the true door"}
SEARCHED = "index_search:archivists"


@dataclass(frozen=True)
class Text:
    """One text of a set: where it lies, its words' hash, its language."""

    path: Path
    lang: str
    digest: str
    words: int

    @classmethod
    def read(cls, path: Path, lang: str | None) -> Text:
        told = path.read_bytes().decode("utf-8-sig")
        found = LANGUAGES.get(lang or "") or language_of(told)
        return cls(path, found, digest_of(told), len(words_of(told)))

    @property
    def told(self) -> str:
        return unicodedata.normalize("NFC", self.path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n"))


@dataclass
class Outcome:
    """How many words' hashes went in, and how many of the same came out of each door."""

    texts: Counter[str]
    words: int
    held: dict[str, int] = field(default_factory=dict)
    lost: dict[str, int] = field(default_factory=dict)
    strange: dict[str, int] = field(default_factory=dict)
    searchable: int = 0

    @property
    def whole(self) -> bool:
        return not any((*self.lost.values(), *self.strange.values())) and self.searchable == sum(
            self.held.values()
        )


def digest_of(text: str) -> str:
    """By which texts are compared: white space and normal form apart, every character counts."""
    return hashlib.sha256(" ".join(words_of(text)).encode()).hexdigest()


def texts_of(folder: Path) -> list[Text]:
    """The .txt and .md files under *folder*, with the languages that an index.jsonl beside or above names."""
    listed: dict[str, str] = {}
    for index in (folder / "index.jsonl", folder.parent / "index.jsonl"):
        if index.is_file():
            rows = (json.loads(line) for line in index.read_text("utf-8").splitlines())
            listed |= {row["id"]: row["language"] for row in rows}
    paths = sorted(path for path in folder.rglob("*") if path.suffix in (".txt", ".md"))
    return [Text.read(path, listed.get(path.stem)) for path in paths]


def load(house: House, folders: Iterable[Path]) -> Outcome:
    """Send every text of *folders* through both doors of *house*, and count; `Refused` when a step is."""
    sets = {folder: texts_of(folder) for folder in folders}
    every = [text for texts in sets.values() for text in texts]
    with timed("imported"):
        for folder, texts in sets.items():
            _import(house, folder, texts)
    with timed("sealed and deposited"):
        _deposit(house, every)
    with timed("packed, taken in, acknowledged"):
        stick = Path(tempfile.mkdtemp(dir=house.data)) / "stick"
        house.onggi("intake", "pack", str(stick))
        house.onggi("archive", "accession", str(stick))
        house.onggi("intake", "acknowledge", str(stick / "ACKNOWLEDGEMENT"))
    with timed("compared and indexed"):
        return compare(house, every)


def compare(house: House, texts: list[Text]) -> Outcome:
    """What the vault of *house* holds of *texts*, by the hash of their words, for each door."""
    went_in = Counter(text.digest for text in texts)
    outcome = Outcome(Counter(text.lang for text in texts), sum(text.words for text in texts))
    with Vault.open(house.home("archive"), PHRASES[""]) as vault:
        came_out: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
        for held in vault.read_testimonies():
            came_out[held.kind][digest_of(held.text)] += 1
        for kind, digests in came_out.items():
            outcome.held[kind] = digests.total()
            outcome.lost[kind] = (went_in - digests).total()
            outcome.strange[kind] = (digests - went_in).total()
        outcome.searchable = private_index(vault)[0].count
    return outcome


def _import(house: House, folder: Path, texts: list[Text]) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8", dir=house.data) as catalogue:
        for text in texts:
            row = {"file": text.path.relative_to(folder).as_posix(), "language": text.lang}
            catalogue.write(json.dumps(row, ensure_ascii=False) + "\n")
        catalogue.flush()
        words = ["import-texts", str(folder), "--catalogue", catalogue.name, "--grant", SEARCHED]
        told = house.onggi("archive", *words)
    if int(re.findall(r"imported (\d+)", told)[0]) != len(texts):
        raise Refused(f"not every text of {folder.name} was imported: {told}")


def _deposit(house: House, texts: list[Text]) -> None:
    with serving(house, "intake") as port:
        intake = Intake(port)
        to = recipient(house, intake.ask("GET", "/keycard"))
        for number, text in enumerate(texts, 1):
            tell(intake, text.told, text.lang, house.root, to)
            if sys.stderr.isatty():
                print(f"\rdeposited {number} of {len(texts)}", end="", file=sys.stderr)
        intake.close()


@contextmanager
def timed(what: str) -> Iterator[None]:
    start = time.monotonic()
    yield
    print(f"  {what:<32} {time.monotonic() - start:7.1f} s", flush=True)


def main() -> int:
    asked = argparse.ArgumentParser(description="send texts through both doors, and count what comes out")
    asked.add_argument("folders", nargs="+", type=Path)
    asked.add_argument("--data", type=Path, help="keep the house here (else it is removed)")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        house = House((options.data or Path(scratch) / "house").resolve())
        found(house)
        try:
            outcome = load(house, [folder.resolve() for folder in options.folders])
        except Refused as refused:
            print(f"load: error: {refused}", file=sys.stderr)
            return 1
    spread = ", ".join(f"{number} {lang}" for lang, number in sorted(outcome.texts.items()))
    print(f"  in: {outcome.texts.total()} texts ({spread}), {outcome.words} words")
    for kind, name in KINDS.items():
        told = (
            f"{outcome.held[kind]} out, {outcome.lost[kind]} lost or changed, {outcome.strange[kind]} strange"
        )
        print(f"  {name}: {told}")
    print(f"  searchable: {outcome.searchable}")
    return 0 if outcome.whole else 1


if __name__ == "__main__":
    sys.exit(main())

"""`python -m benchmarks.search`: our search beside Whoosh, FTS5, tantivy, Xapian and PostgreSQL, in turn.

1. All have the same documents, made of a seed, so that each run has the same: words of skewed vocabularies,
   seven in ten documents in Hangul, the others in Han signs or Latin letters.
2. All are asked for the same: the number of hits and the ten best. They take turns in one process, query by
   query, and must agree on every number of hits, or the run fails.
3. Analysis of text is in nobody's time. An engine that is not installed is left out, and said so.
4. Times are of the processor: all answer in one thread, and a machine that is busy elsewhere counts less. Of
   PostgreSQL, which is asked through our own engine for it, the server's time counts too.
"""

from __future__ import annotations

import argparse
import gc
import mmap
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from itertools import accumulate
from operator import add
from pathlib import Path
from time import process_time
from typing import Final

import numpy as np

from archive.search.analyzer import Analysis, Term
from archive.search.backend import FIELDS, Backend, Entry
from archive.search.backend import Asked as Wanted
from archive.search.blocks.build import Prepared, build
from archive.search.blocks.engine import Blocks
from archive.search.blocks.page import page
from archive.search.blocks.segment import Segment
from archive.search.excerpt import cut
from benchmarks.bars import table
from benchmarks.corpus import KINDS, Asked, Engine, Room, Text, made, queries, tree
from benchmarks.peers import fts5, stock, tantivy, xapian
from tests import engines, servers


def ours(texts: Sequence[Text], room: Room) -> Engine:
    """The arrays of `archive.search.blocks`, in a file."""

    def prepared() -> Iterator[Prepared]:
        for number, text in enumerate(texts):
            with room.apart():
                terms = placed(text)
            words = " ".join(text.words)
            yield str(number), {"year": text.year, "place": text.place}, len(words), words, {"text": terms}

    path = room.folder / "index.onggi"
    path.write_bytes(build(prepared(), FIELDS, ["year", "place"], {}))
    return lying(path)


def placed(text: Text) -> list[Term]:
    """Its words as terms, each where it stands."""
    lengths = [len(word) for word in text.words]
    starts = list(accumulate((length + 1 for length in lengths), initial=0))[:-1]
    return list(map(Term, text.words, range(len(lengths)), starts, map(add, starts, lengths)))


def lying(path: Path) -> Engine:
    """Our arrays as they lie in a file."""
    with path.open("rb") as file:
        segment = Segment(memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)))
    engine = Blocks(segment)

    def ask(asked: Asked) -> int:
        found = page(
            segment,
            tree(asked),
            {"year": asked.years} if asked.kind == "range" else {},
            order="year" if asked.kind == "sorted" else None,
            size=0 if asked.kind == "facets" else asked.shown,
            facets=["place"] if asked.kind == "facets" else [],
        )
        ids = segment.tell(found.documents.tolist())
        if asked.marked:
            excerpts(engine, ids, asked)
        return found.total

    return Engine(ask)


def excerpts(engine: Backend, ids: Sequence[str], asked: Asked) -> None:
    """What is shown of these documents."""
    kept = engine.held(ids, {("text", word) for word in asked.words})
    [cut((("s", each.body),), each.text, each.spans) for each in kept.values()]


def postgres(texts: Sequence[Text], room: Room) -> Engine:
    """PostgreSQL as the reading room asks it (`server/research/engines`): every answer has its counts too."""
    if servers.postgres_programs() is None:
        raise ModuleNotFoundError("postgresql")
    begun = room.ends.enter_context(engines.postgres(room.folder))
    engine, room.folder = begun.engine, begun.folders[0] / "data" / "base"
    engine.replace(entries(texts, room), ["year", "place"], {})

    def ask(asked: Asked) -> int:
        narrowed = {"year": asked.years} if asked.kind == "range" else {}
        order = "year" if asked.kind == "sorted" else None
        found = engine.find(tree(asked), Wanted(narrowed, None, order, 0, asked.shown))
        if asked.marked:
            ids = [id for id, _ in found.hits]
            excerpts(engine, ids, asked)
        return found.total

    return Engine(ask, ("fuzzy",), lambda: at_work(begun.folders[0]))


def entries(texts: Sequence[Text], room: Room) -> Iterator[Entry]:
    """Documents as every engine of ours takes them, each of one passage."""
    for number, text in enumerate(texts):
        with room.apart():
            found = Analysis(tuple(placed(text)), ())
        values = {"year": text.year, "place": text.place}
        words = " ".join(text.words)
        yield Entry(str(number), values, len(words), words, (found,))


def at_work(folder: Path) -> float:
    """The seconds of CPU of the processes of PostgreSQL's server in *folder* that are there now."""
    first = int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])
    told = Path(f"/proc/{first}/task/{first}/children").read_text().split()
    return sum(int(Path(f"/proc/{each}/schedstat").read_text().split()[0]) for each in told) / 1e9


Begin = Callable[[Sequence[Text], Room], Engine]
ENGINES: Final[dict[str, Begin]] = {
    "ours": ours,
    "FTS5": fts5,
    "tantivy": tantivy,
    "Xapian": xapian,
    "PostgreSQL": postgres,
    "stock Whoosh": stock,
}


def measure(count: int, turns: int, left_out: Sequence[str]) -> str:
    """The two tables for *count* documents: building, and asking; the engines in *left_out* are not there."""
    texts = list(made(count))
    size = sum(len(word.encode()) + 1 for text in texts for word in text.words)
    gc.freeze()  # what is left of making the documents is nobody's to look through
    filled: dict[str, Engine] = {}
    built = []
    with tempfile.TemporaryDirectory(prefix="search-") as scratch, ExitStack() as ends:
        for name, begin in ENGINES.items():
            if name in left_out:
                continue
            print(f"{count} documents: {name} builds", file=sys.stderr, flush=True)
            room = Room(Path(scratch) / name, ends)
            room.folder.mkdir()
            before = process_time()
            try:
                filled[name] = begin(texts, room)
            except ModuleNotFoundError:
                print(f"leaving out {name}: it is not installed", file=sys.stderr)
                continue
            took = process_time() - before - room.seconds + filled[name].elsewhere()
            disk = sum(f.stat().st_size for f in room.folder.rglob("*") if f.is_file())
            built.append([name, f"{count / took:.0f}", f"{disk / size:.2f}"])
        took_by = answered(filled, queries(texts, turns))
    rows = [[name, *(_told(each) for each in took.values())] for name, took in took_by.items()]
    head = [f"{count:,} documents, ms of CPU p50 / p95", *KINDS]
    return f"{table(['built', 'documents/s of CPU', 'size ÷ words'], *built)}\n\n{table(head, *rows)}\n"


def _told(took: list[float]) -> str:
    return f"{np.percentile(took, 50):.2f} / {np.percentile(took, 95):.1f}" if took else "-"


def answered(filled: dict[str, Engine], asked: list[Asked]) -> dict[str, dict[str, list[float]]]:
    """Of each engine the milliseconds of CPU of each query, by kind; the engines take turns."""
    took = {name: {kind: list[float]() for kind in KINDS} for name in filled}
    for each in asked[:: max(1, len(asked) // 16)]:
        for engine in filled.values():
            if each.kind not in engine.lacks:
                engine.ask(each)
    gc.freeze()
    for each in asked:
        told = {}
        for name, engine in filled.items():
            if each.kind in engine.lacks:
                continue
            start = process_time() + engine.elsewhere()
            told[name] = engine.ask(each)
            took[name][each.kind].append((process_time() + engine.elsewhere() - start) * 1000)
        if len(set(told.values())) > 1:
            raise SystemExit(f"the engines differ in a {each.kind} query: {told}")
    return took


def main() -> None:
    """Measure, and print the tables as Markdown."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--documents", type=int, nargs="+", default=[1000, 10_000])
    options.add_argument("--turns", type=int, default=40, help="queries of each kind")
    options.add_argument("--without", nargs="*", default=[], choices=ENGINES, help="engines to leave out")
    given = options.parse_args()
    for count in given.documents:
        print(measure(count, given.turns, given.without), flush=True)


if __name__ == "__main__":
    main()

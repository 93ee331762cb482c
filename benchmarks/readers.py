"""Many readers at once in the reading room: how long a page takes, and that none fails while a release comes.

1. The room is the real one: a signed release, `onggi research publish`, `onggi research serve`.
2. A reader asks for a page, waits a second after it has come, and asks for the next. What she asks for is
   drawn from `WAYS`, and her words from the testimonies themselves.
3. A page that is not whole, or is no 200, is an error; so is a release that is not shown in the end.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from benchmarks.bars import table
from deploy.house import HERE, House, serving
from tests.people import ORIGIN
from tests.server.research.rooms import OFFICE, told, write

READERS, TURNS, PAUSE = 50, 20, 1.0
BAR: Final = 0.2
"""Seconds that 95 of 100 pages may take."""
NOUNS: Final = (
    "강", "산", "마을", "집", "기차", "겨울", "밤", "중개인", "국경", "어머니",
    "동생", "공장", "시장", "옥수수", "밭", "경찰", "다리", "눈", "소", "문",
)  # fmt: skip
VERBS: Final = (
    "건넜다", "숨었다", "걸었다", "기다렸다", "팔렸다",
    "일했다", "도망쳤다", "울었다", "보았다", "들었다",
)  # fmt: skip
ENDS: Final = ["에서", "으로", "까지", "에", "하고", "은", "을"]
HAN: Final = "我在夜里過了圖們江。在村子裡藏了三天。工作很辛苦，沒有錢。火車很慢。"
CODES: Final = {
    "exploitation": ("x_BrideTrafficking", "ForcedLabour", "x_Cybersex"),
    "control": ("DebtBondage", "x_Confinement", "PhysicalViolence"),
    "place": ("kp-10", "cn-jl", "cn-ln", "cn-hl"),
}
WAYS: Final = ("list",) * 12 + ("testimony",) * 5 + ("narrowed",) * 5 + ("concordance", "drawings", "api")
SENTENCES: Final = (8, 24)


@dataclass
class Read:
    """What the readers of one measurement waited for, and what failed."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def waited(self) -> list[float]:
        return sorted(second for each in self.seconds.values() for second in each)

    def at(self, share: float, ways: str | None = None) -> float:
        """The seconds within which this *share* of the pages came."""
        waited = sorted(self.seconds[ways]) if ways else self.waited
        return waited[min(len(waited) - 1, int(share * len(waited)))]


def testimonies(count: int) -> Iterator[dict[str, Any]]:
    """*count* invented testimonies of half a page, most of them Korean, coded."""
    chance = random.Random(2026)
    for number in range(count):
        years = [str(chance.randrange(1995, 2020))]
        coding = {name: [chance.choice(codes)] for name, codes in CODES.items()} | {"year": years}
        lang, texts = "kor", [_sentence(chance) for _ in range(chance.randint(*SENTENCES))]
        if number % 10 == 9:
            lang, texts = "zho", [HAN] * 5
        quarter = f"{chance.randrange(2020, 2027)}-Q{chance.randrange(1, 5)}"
        yield told(f"t{number:09}", *texts, lang=lang, quarter=quarter, coding=coding)


def _sentence(chance: random.Random) -> str:
    words = [chance.choice(NOUNS) + chance.choice(ENDS) for _ in range(chance.randint(3, 7))]
    return " ".join([*words, chance.choice(VERBS)]) + "."


def path(chance: random.Random, count: int) -> tuple[str, str]:
    """What a reader asks for next: its way, and its address."""
    way, word = chance.choice(WAYS), quote(chance.choice(NOUNS))
    if way == "testimony":
        return way, f"/testimony/t{chance.randrange(count):09}?q={word}"
    if way == "narrowed":
        return way, f"/?q={word}&place=cn-jl&decade=2000&page=2"
    if way == "concordance":
        return way, f"/concordance?q={word}+{quote(chance.choice(VERBS))}&sort=left"
    addresses = {"list": f"/?q={word}", "drawings": f"/looking?q={word}", "api": f"/api/v1/search?q={word}"}
    return way, addresses[way]


def read(port: int, readers: int, turns: int, count: int) -> Read:
    """All *readers* at once, each *turns* pages."""
    found = Read()
    people = [threading.Thread(target=_reader, args=(port, n, turns, count, found)) for n in range(readers)]
    for each in people:
        each.start()
    for each in people:
        each.join()
    return found


def _reader(port: int, number: int, turns: int, count: int, found: Read) -> None:
    chance = random.Random(number)
    time.sleep(chance.random() * PAUSE)
    for _ in range(turns):
        way, asked = path(chance, count)
        start = time.perf_counter()
        told = _page(port, asked)
        took = time.perf_counter() - start
        with found.lock:
            found.seconds.setdefault(way, []).append(took)
            found.failed += [f"{way}: {told}"] if told else []
        time.sleep(PAUSE)


def _page(port: int, asked: str) -> str:
    """What is wrong with the page; nothing when it is as it must be."""
    # A line for each, as nginx has it: one that waits may be closed while the next request is on its way.
    line = HTTPConnection("127.0.0.1", port, timeout=600)
    try:
        line.request("GET", asked, headers={"Accept-Language": "en"})
        answer = line.getresponse()
        page = answer.read()
    except (OSError, HTTPException) as error:
        return type(error).__name__
    finally:
        line.close()
    whole = b"</html>" in page or page.lstrip().startswith(b"{")
    return "" if answer.status == 200 and whole else f"{answer.status}"


def measure(readers: int, turns: int, count: int) -> tuple[float, Read, Read, float]:
    """Seconds of the first publishing; what was read before and during the second; that one's seconds."""
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        house, rows = House(Path(scratch) / "house"), list(testimonies(count))
        house.data.mkdir()
        sticks = [_stick(Path(scratch), number, rows) for number in (1, 2)]
        root = ["--root", OFFICE.root.public.to_text(), "--origin", ORIGIN]
        first = _timed(lambda: house.onggi("research", "publish", str(sticks[0]), *root))
        with serving(house, "research") as port:
            read(port, 4, 2, count)  # each worker opens the release with its first page
            before = read(port, readers, turns, count)
            with _publishing(house, sticks[1]) as publishing:
                start, during = time.perf_counter(), Read()
                while publishing.poll() is None:
                    _add(during, read(port, readers, 3, count))
                second = time.perf_counter() - start
            _add(during, read(port, readers, 3, count))
            if publishing.returncode:
                during.failed.append("publish")
            if b"release 2" not in _shown(port):
                during.failed.append("the new release is not shown")
    return first, before, during, second


def _publishing(house: House, stick: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "onggi", "research", "publish", str(stick)]
    environment = {**os.environ, **house.environment()}
    # An operator's shell, and no part of the readers' session: Linux shares cores out by sessions.
    return subprocess.Popen(
        command, cwd=HERE, env=environment, stdout=subprocess.DEVNULL, start_new_session=True
    )


def _shown(port: int) -> bytes:
    line = HTTPConnection("127.0.0.1", port, timeout=600)
    line.request("GET", "/", headers={"Accept-Language": "en"})
    page = line.getresponse().read()
    line.close()
    return b" ".join(re.findall(rb"release \d+", page))


def _stick(folder: Path, number: int, rows: list[dict[str, Any]]) -> Path:
    stick = write(folder / f"stick-{number}", number, *rows)
    (stick / "mandate.note").write_bytes(OFFICE.mandate(datetime.now(UTC).date()))
    return stick


def _add(into: Read, more: Read) -> None:
    for way, seconds in more.seconds.items():
        into.seconds.setdefault(way, []).extend(seconds)
    into.failed += more.failed


def _timed(act: Any) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def main() -> int:
    asked = argparse.ArgumentParser(description="many readers at once in the reading room")
    asked.add_argument("--testimonies", type=int, default=10_000)
    asked.add_argument("--readers", type=int, default=READERS)
    asked.add_argument("--turns", type=int, default=TURNS)
    options = asked.parse_args()
    # So that the room is stopped and its folder removed when this is.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    first, before, during, second = measure(options.readers, options.turns, options.testimonies)
    rows = [
        [
            name,
            f"{len(each.waited)}",
            *(f"{1000 * each.at(share):.0f}" for share in (0.5, 0.95, 0.99)),
            f"{len(each.failed)}",
        ]
        for name, each in (("a release is shown", before), ("another is published", during))
    ]
    print(table(["while", "pages", "median, ms", "95 %, ms", "99 %, ms", "failed"], *rows))
    ways = [
        [way, f"{len(s)}", f"{1000 * before.at(0.5, way):.0f}", f"{1000 * before.at(0.95, way):.0f}"]
        for way, s in sorted(before.seconds.items())
    ]
    print(table(["page", "pages", "median, ms", "95 %, ms"], *ways))
    print(f"{options.readers} readers, {options.testimonies} testimonies")
    print(f"published in {first:.0f} s, and in {second:.0f} s while they read")
    for each in (*before.failed, *during.failed)[:10]:
        print(f"failed: {each}")
    return 0 if before.at(0.95) <= BAR and not before.failed and not during.failed else 1


if __name__ == "__main__":
    sys.exit(main())

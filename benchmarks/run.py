"""`make bench`: the whole way of one recording, beside libsodium's secretstream and the bars.

1. Every step is the real one: the client, gunicorn, `onggi intake pack`, `onggi archive accession`.
2. Each has a process of its own, and Onggi and its peers take turns on the same machine.
3. Where a browser or node is missing, the page says which rows it leaves out.
4. The house and the recording of random bytes lie in a temporary folder that is removed, also on Ctrl-C.
5. No key, path or name of the machine is on the page.
"""

from __future__ import annotations

import argparse
import os
import platform
import secrets
import shutil
import signal
import sys
import tempfile
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median

from benchmarks import arrivals, browser, crowd
from benchmarks.bars import HEAD, bars, table
from benchmarks.steps import Cost, gunicorn_of, memory_of
from deploy.house import House, Refused, found, serving

MB = 1_000_000
SIZE, LARGE, UPLOAD = 100 * MB, 400 * MB, 1000 * MB
FILES = {"0.5 GB": 500 * MB, "2 GB": 2000 * MB}
NAMES = {
    "seal": "seal, to nowhere",
    "deposit": "seal and deposit over HTTP",
    "intake": "gunicorn, its largest process",
    "pack": "`onggi intake pack`",
    "start": "of it: start",
    "accession": "`onggi archive accession`",
    "unlock": "of it: start, and open the vault",
    "taking in": "accession, once the vault is open",
    "whole": "the whole way: deposit, pack, accession",
    "secretstream": "secretstream, encrypt and decrypt",
}
PAGE = """# Benchmarks

`make bench` measured this on {day}: {cores} cores, Python {python}, cryptography {cryptography},
PyNaCl {pynacl}, {system}. Median of {runs} turns, memory at its highest; MB is a million bytes.

## One recording of 100 MB, the whole way

{way}

`onggi` commands are timed from start to end, the client and secretstream without the start of Python.
Opening the vault takes 268 MB for a moment: that is Argon2id, which makes guessing a passphrase dear.

## Beside plain secretstream

What a tool would take that encrypts a file and decrypts it, and does nothing else: XChaCha20-Poly1305 in
messages of 1 MiB, by libsodium through PyNaCl, files synced. Above 1 Onggi is faster.

{ratios}

An envelope is AES-256-GCM, which most processors do in hardware. On the whole way the intake syncs each
part of 1 MiB, the courier copies and hashes, and the archive hashes, opens, and seals again.
"""
BARS = """
## Beside the bars

{bars}

What this project promised itself, beside what this run found. Medians of all turns; KB is a thousand bytes.

- Safer: {firefox} with the preferences of Tor Browser's level, no JIT and no WebAssembly. Its page
  has the client's own modules. It seals 100 MB of random bytes to nowhere, as secretstream does.
- The archive opens an envelope of 100 MB from a file to nowhere, key in hand, as secretstream does.
- On the board one entry of 512 opens. The page tries them with the client's `tried`, PyNaCl with its
  `SealedBox`. Fetching the board and checking its signature are in neither.
- {chromium}, headless, without a driver: one would keep what the page sends. The page takes the way of
  a deposit with the client's `upload`, to a server on loopback that drops it. Measured is the
  proportional set size of all its processes, five times a second: the highest, less that of the idle
  page. Each file has a fresh browser. The page makes it of one random MB, many times over: only a
  person or a driver can choose a file from a disk.
- The client is `server/intake/static/app.js` as node's brotli packs it at level 11.
"""
MEMORY = """
## Memory, 400 MB beside 100 MB

{memory}

About 1.0 means that a longer recording takes no more memory. One turn of each.
"""


def travel(house: House, recording: Path, *, apart: bool = False) -> Cost:
    """One recording from sealing to the vault; *apart* tells the memory of opening the vault apart."""
    cost, stick = Cost(), house.data / "sticks" / secrets.token_hex(4)
    cost.step(house, "seal", recording)
    with serving(house, "intake") as port:
        cost.step(house, "deposit", recording, str(port))
        cost.memory["intake"] = max(map(memory_of, gunicorn_of(house)))
    cost.command("pack", house, "intake", "pack", str(stick))
    if apart:
        cost.step(house, "accession", stick)
    else:
        cost.command("start", house, "intake", "--help")
        cost.command("unlock", house, "archive", "keys", "show")
        told = cost.command("accession", house, "archive", "accession", str(stick))
        if "1 testimonies, 1 files" not in told:
            raise Refused("the accession did not take in what was packed")
        cost.seconds["whole"] = sum(cost.seconds[name] for name in ("deposit", "pack", "accession"))
    house.onggi("intake", "acknowledge", str(stick / "ACKNOWLEDGEMENT"))
    shutil.rmtree(stick)
    return cost


def record(folder: Path, size: int) -> Path:
    """A recording of *size* random bytes."""
    recording = folder / f"recording-{size}"
    with recording.open("wb") as file:
        for _ in range(size // MB):
            file.write(secrets.token_bytes(MB))
    return recording


def measure(runs: int, *, large: bool) -> str:
    """The page, of *runs* turns in a house that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        house, recording = House(Path(scratch) / "house"), record(Path(scratch), SIZE)
        found(house)
        missing = browser.missing()
        for name, reason in missing.items():
            print(f"leaving out {name}: {reason}", file=sys.stderr)
        ours, theirs = [], [Cost() for _ in range(runs)]
        for turn, plain in enumerate(theirs, 1):
            print(f"turn {turn} of {runs}", file=sys.stderr, flush=True)
            ours.append(travel(house, recording))
            plain.step(house, "secretstream", recording)
            ours[-1].step(house, "opening", recording)
            if "safer" not in missing:
                browser.safer(ours[-1], plain, recording.read_bytes())
            if "peak" not in missing:
                ours[-1].memory |= {name: browser.peak(size) for name, size in FILES.items()}
        memory = [travel(house, record(Path(scratch), size), apart=True) for size in (SIZE, LARGE) if large]
        print("many at once, and large files", file=sys.stderr, flush=True)
        many = crowd.page(house, {"100 MB": recording, "1 GB": record(Path(scratch), UPLOAD)})
        many += arrivals.page(recording, large=large)
    client = None if "client" in missing else browser.brotli()
    rows = [bar.row(missing) for bar in bars(ours, theirs, client)]
    told = BARS.format(bars=table(HEAD, *rows), **browser.versions())
    return page(ours, theirs, memory, told + many)


def page(ours: list[Cost], theirs: list[Cost], memory: list[Cost], beside: str) -> str:
    """What was measured, as a Markdown page; *beside* is its part about the bars."""
    took = {name: median(cost.seconds[name] for cost in ours) for name in ours[0].seconds}
    plain = {name: median(cost.seconds[name] for cost in theirs) for name in theirs[0].seconds}
    highest = {name: max(cost.memory[name] for cost in ours) for name in ours[0].memory}
    highest["secretstream"] = max(cost.memory["secretstream"] for cost in theirs)
    took["secretstream"] = plain["encrypt"] + plain["decrypt"]
    compared = [
        ("seal, and encrypt, to nowhere", took["seal"], plain["to nowhere"]),
        ("accession, and decrypt, to files", took["accession"], plain["decrypt"]),
        ("the same, less start and opening", took["accession"] - took["unlock"], plain["decrypt"]),
        ("the whole way, and both, to files", took["whole"], took["secretstream"]),
    ]
    told = PAGE.format(
        day=f"{datetime.now(UTC):%Y-%m-%d}",
        cores=len(os.sched_getaffinity(0)),
        python=platform.python_version(),
        cryptography=version("cryptography"),
        pynacl=version("pynacl"),
        system=f"{platform.system()} on {platform.machine()}",
        runs=len(ours),
        way=_way(took, highest),
        ratios=table(
            ["100 MB", "Onggi, MB/s", "secretstream, MB/s", "ratio"],
            *([told, _rate(mine), _rate(other), f"{other / mine:.2f}"] for told, mine, other in compared),
        ),
    )
    return told + beside + (MEMORY.format(memory=_beside(*memory)) if memory else "")


def _way(took: dict[str, float], highest: dict[str, int]) -> str:
    rows = []
    for name in (name for name in NAMES if name in took or name in highest):
        seconds, memory = took.get(name, 0), highest.get(name, 0)
        rate = _rate(seconds) if seconds and name not in ("start", "unlock") else ""
        rows.append([NAMES[name], f"{seconds:.2f}" if seconds else "", rate, _mb(memory) if memory else ""])
    return table(["100 MB", "seconds", "MB/s", "memory, MB"], *rows)


def _beside(small: Cost, large: Cost) -> str:
    rows = []
    for name in (name for name in NAMES if name in large.memory):
        one, four = small.memory[name], large.memory[name]
        rows.append([NAMES[name], _mb(one), _mb(four), f"{four / one:.2f}"])
    return table(["memory, MB", "100 MB", "400 MB", "ratio"], *rows)


def _rate(seconds: float) -> str:
    return f"{SIZE / MB / seconds:.0f}"


def _mb(size: int) -> str:
    return f"{size / MB:.0f}"


def main() -> int:
    about = (
        "One recording the whole way, the bars, 240 testimonies by 1, 4 and 16 clients, a file of 1 GB, "
        "and 1,000 testimonies taken in."
    )
    asked = argparse.ArgumentParser(description=about)
    asked.add_argument("--runs", type=int, default=3)
    asked.add_argument("--large", action="store_true", help="also 400 MB, and 10,000 testimonies taken in")
    asked.add_argument("--write", type=Path, help="also write the page into this file")
    options = asked.parse_args()
    for each in (signal.SIGINT, signal.SIGTERM):  # a shell's background job would ignore the first
        signal.signal(each, signal.default_int_handler)
    try:
        told = measure(max(1, options.runs), large=options.large)
    except (Refused, KeyboardInterrupt) as stopped:
        print(f"bench: error: {str(stopped) or 'stopped'}", file=sys.stderr)
        return 1
    print(told, end="")
    if options.write:
        options.write.write_text(told, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""`python -m benchmarks.desk`: how long the desk, one record and a binder take in a vault of N testimonies.

The vault is real and lies in a temporary folder; the pages come through the workbench's own door.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import secrets
import sys
import tempfile
import time
from datetime import date
from functools import partial
from pathlib import Path
from statistics import median

from archive import keyring, people, review
from archive.manuscripts import arranging, shelf
from archive.manuscripts.binder import Project
from archive.manuscripts.choosing import candidates
from archive.manuscripts.quoting import Sources
from archive.redaction.spans import Redaction, version_of
from archive.testimony import Attachment, Consent, Testimony, TestimonyId, quarter_of
from archive.vault import Vault
from archive.workbench.door import Door
from archive.workbench.site import create_app

HOST = "127.0.0.1:8462"
PHRASE = "a phrase for measuring only"
LINES = ("그해 겨울에 강을 건넜다.", "브로커가 돈을 받았다고 나중에 들었다.", "그 집에서 두 해를 살았다.")
LANGUAGES = ("kor", "kor", "kor", "zho", "eng")
BARS = {"desk": 1.0, "record": 0.3, "list": 1.0, "binder": 1.0, "found": 0.3}
"""Seconds."""
Took = tuple[float, float]
"""Seconds on the wall, and of the processor: on a busy machine the two differ."""


def told(draw: random.Random, number: int, text: str = "") -> Testimony:
    """One testimony of some pages, or of *text*, with a photograph in every fourth."""
    text = text or "\n".join(f"{draw.choice(LINES)} {number}" for _ in range(draw.randint(10, 120)))
    files = (Attachment(secrets.token_hex(64), 65536, "image/jpeg"),) if number % 4 == 0 else ()
    day = date(2015 + number % 11, 1 + number % 12, 1)
    consent = Consent(1, "ko", hashlib.sha256(b"").hexdigest(), frozenset({("index_search", "archivists")}))
    language = LANGUAGES[number % len(LANGUAGES)]
    return Testimony(
        TestimonyId(secrets.token_hex(8)),
        "life_history",
        language,  # type: ignore[arg-type]
        quarter_of(day),
        "received",
        consent,
        text,
        files,
    )


def chaptered(project: Project) -> Project:
    """A project with a chapter, for the page of its binder."""
    made = arranging.add_part(project, "A part")
    return arranging.add_chapter(made, made.parts[0].id, "A chapter", "verbatim")


def fill(vault: Vault, count: int) -> None:
    """*count* testimonies of accounts; every third is proposed, and one account took hers back."""
    draw = random.Random(count)
    people.add(vault, "minji", PHRASE)
    minji = people.unlock(vault, "minji", PHRASE)
    made = shelf.create(vault, minji, "A book", "kor", "public")
    shelf.change(vault, minji, made.id, chaptered, date(2026, 1, 1))
    with vault.together():
        for number in range(count):
            each, account = told(draw, number), secrets.token_hex(32)
            vault.put_testimony(each)
            vault.put_json("told-by", each.id, account)
            vault.put_json("told-as", each.id, 0)
            vault.put_json("latest", account, [0, each.consent.to_json()])
            for file in each.attachments:
                vault.put_json("file", file.digest, [file.size, file.media, each.id])
            if number == 0:
                vault.put_json("withdrawn", account, [0, "2026-01-01"])
            elif number < 100:
                # Through the rule itself; for all of them the journal would be counted again each time.
                review.propose(vault, minji, each.id, [Redaction(0, 2, "date")])
                shown = vault.json("review", each.id)
            elif number % 3 == 0:
                vault.put_testimony(each.after("propose"))
                vault.put_json(
                    "review",
                    each.id,
                    shown | {"version_sha256": version_of(each.text), "spans": [[0, 2, "date"]]},
                )


def _found(vault: Vault, project: Project, asked: str) -> None:
    candidates(vault, project, Sources(vault, project), asked)


def timed(vault: Vault, runs: int) -> dict[str, Took]:
    """The median of *runs*, in seconds."""
    door = Door(frozenset({HOST}))
    browser = create_app(vault, door).test_client()
    browser.get(door.address, base_url=f"http://{HOST}")
    names = vault.names("testimony")[1::97]
    project = next(iter(shelf.projects(vault)))
    found: dict[str, list[Took]] = {what: [] for what in BARS}

    def asked(path: str) -> None:
        answer = browser.get(path, base_url=f"http://{HOST}")
        if answer.status_code not in (200, 404):  # 404: she took it back
            raise SystemExit(f"{path} answered {answer.status_code}")

    for run in range(runs):
        for what, do in (
            ("desk", partial(asked, "/")),
            ("record", partial(asked, f"/testimony/{names[run % len(names)]}")),
            ("list", partial(review.summaries, vault)),
            ("binder", partial(asked, f"/books/{project.id}")),
            ("found", partial(_found, vault, project, names[run % len(names)][3:8])),
        ):
            wall, processor = time.perf_counter(), time.process_time()
            do()
            found[what].append((time.perf_counter() - wall, time.process_time() - processor))
    return {what: (median(w for w, _ in each), median(p for _, p in each)) for what, each in found.items()}


def main() -> None:
    """Measure, print, and say with the exit code whether the bars are met."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--records", type=int, default=10_000)
    options.add_argument("--runs", type=int, default=9)
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="desk-") as scratch:
        with Vault.create(Path(scratch), PHRASE) as vault:
            keyring.found(vault, "archive.example")
            fill(vault, given.records)
        with Vault.open(Path(scratch), PHRASE) as vault:
            took = timed(vault, given.runs)
    for what, (wall, processor) in took.items():
        met = "met" if wall < BARS[what] else "MISSED"
        print(
            f"{what} at {given.records} records: {wall * 1000:.0f} ms, bar {BARS[what]:.1f} s: {met}", end=""
        )
        print(f" ({processor * 1000:.0f} ms of one processor)")
    sys.exit(any(wall >= BARS[what] for what, (wall, _) in took.items()))


if __name__ == "__main__":
    main()

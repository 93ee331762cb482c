"""Signed releases to publish in a reading room of the tests. Every word in them is invented."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from archive.release import remaining_of
from crypto.withdrawal import FOREVER, Gone, Withdrawal, issue
from tests.people import ORIGIN, TODAY, Office

OFFICE = Office()
Told = dict[str, Any]


def told(
    id: str,
    *texts: str,
    lang: str = "kor",
    quarter: str = "2026-Q4",
    kind: str = "life_history",
    severities: Mapping[int, int] = {},
    coding: Mapping[str, Sequence[str]] = {},
    translations: Mapping[str, Mapping[int, str]] = {},
) -> Told:
    """A line of a release; *severities* and each of *translations* by the number of the part."""
    segments: list[dict[str, Any]] = [{"id": f"s{n:04d}", "text": text} for n, text in enumerate(texts, 1)]
    for number, level in severities.items():
        segments[number - 1]["severity"] = level
    row: Told = {"id": id, "lang": lang, "quarter": quarter, "kind": kind, "title": f"T {id}"}
    row["segments"] = segments
    if translations:
        row["translations"] = {
            lang: [{"id": f"s{n:04d}", "text": text} for n, text in parts.items()]
            for lang, parts in translations.items()
        }
    return row | ({"coding": {name: list(codes) for name, codes in coding.items()}} if coding else {})


def write(folder: Path, number: int, *rows: Told) -> Path:
    """A signed release in a folder of its own."""
    body = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
    digest = hashlib.sha256(body).hexdigest()
    folder.mkdir(exist_ok=True)
    (folder / "release.jsonl").write_bytes(body)
    note = f"{ORIGIN}/release\nv1\n{number}\n{'0' * 64}\n{digest}\n{len(rows)}\n"
    (folder / "release.note").write_bytes(OFFICE.release_note(note))
    (folder / "mandate.note").write_bytes(OFFICE.mandate())
    return folder


def write_notice(folder: Path, release: Path, *gone: str) -> Path:
    """A signed notice that takes these out of the release that lies in the other folder."""
    body = (release / "release.jsonl").read_bytes().splitlines(keepends=True)
    rest = b"".join(line for line in body if json.loads(line)["id"] not in gone)
    number = int((release / "release.note").read_text("utf-8").splitlines()[2])
    taken = {id: Gone("silent", TODAY, FOREVER) for id in gone}
    notice = Withdrawal(1, TODAY, taken, {number: remaining_of(rest)})
    folder.mkdir(exist_ok=True)
    (folder / "withdrawal.note").write_bytes(issue(notice, ORIGIN, OFFICE.desk))
    (folder / "mandate.note").write_bytes(OFFICE.mandate())
    return folder

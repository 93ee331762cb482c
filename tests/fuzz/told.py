"""Files that somebody hands over: statements, transcripts, catalogues, codings, policies, recordings."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from archive import imports, statement
from archive.attachments.sniff import sniff
from archive.coding import edtf, htcds
from archive.coding.record import check_spans, life
from archive.coding.schema import MalformedCoding
from archive.command_line import Misread, json_in
from archive.commands import policies, projects, suggesting
from archive.commands.codings import LARGEST
from archive.policy.record import policy
from archive.preservation import bags
from archive.redaction.spans import Redaction, redact, version_of
from archive.testimony import Segment
from archive.versions import wav, webvtt
from server.intake import nearby
from tests.fuzz.keys import FOLDER, ROOT, lying, refused

PART: Final = "word/document.xml"
WORDS: Final = "강을 건넜다. I crossed the river."


def statement_(data: bytes) -> None:
    """*data* as it came, and signed anew when it is an object that could be."""
    candidates = [data]
    with suppress(ValueError, RecursionError):
        row: Any = json.loads(data)
        if isinstance(row, dict) and type(row.get("seq")) is int:
            row["signature"] = ROOT.sign(statement.signed(ROOT.public, row["seq"], bytes(64))).hex()
            candidates.append(json.dumps(row).encode())
    for candidate in candidates:
        with refused():
            statement.parse(candidate, statement.META, bytes(64), (ROOT.public,))


def webvtt_(data: bytes) -> None:
    """*data* as a file, and as what follows a whole cue; what was read goes out and comes in the same."""
    for candidate in (data, b"WEBVTT\n\ns0001\n00:00.000 --> 00:01.000\n<v narrator>" + data):
        with refused():
            found = webvtt.parse(candidate, {"s0001", "s0002"}, 3)
            again = webvtt.parse(webvtt.write(found).encode(), {each.id for each in found}, 9)
            assert again == found


def catalogue(data: bytes) -> None:
    with refused():
        imports.read_catalogue(lying("catalogue.jsonl", data))


def transcript(data: bytes) -> None:
    """*data* as a text, as a .docx, and as the document in one."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as folder:
        folder.writestr(PART, data)
    for name, content in (("one.txt", data), ("one.docx", data), ("one.docx", packed.getvalue())):
        with refused():
            imports.text_of(lying(name, content))


def coding(data: bytes) -> None:
    """*data* as a coding, as rows of HTCDS in JSON and in CSV; what was read comes in again."""
    with refused(), suppress(UnicodeDecodeError):
        text = data.decode("utf-8-sig")
        with suppress(MalformedCoding, Misread):
            check_spans(life(json_in(lying("coding.json", data), LARGEST)), (Segment("s0001", WORDS),))
        for read, written in ((htcds.from_json, htcds.to_json), (htcds.from_csv, htcds.to_csv)):
            with refused():
                for name, found in htcds.lives(read(text)).items():
                    rows = htcds.rows(name, found, words=True)
                    assert htcds.lives(read(written(rows))) == ({name: found} if rows else {})
                    assert life(found.to_json()) == found


def edtf_(data: bytes) -> None:
    with refused():
        told = edtf.parse(data.decode("utf-8", "replace"))
        assert not (told.date_min and told.date_max) or told.date_min <= told.date_max
        if wide := edtf.year_of(told):
            edtf.parse(wide)


def policy_(data: bytes) -> None:
    with refused():
        found = policies.read(lying("policy.json", data))
        assert policy(found.to_json()) == found


def readings(data: bytes) -> None:
    with refused():
        projects.readings_in(lying("readings.json", data))


def suggest(data: bytes) -> None:
    with refused():
        for each in suggesting.read(io.BytesIO(data)):
            json.dumps(each, ensure_ascii=False).encode()


def redaction(data: bytes) -> None:
    """*data* as what is hidden in a text and what stands instead; what is hidden is not in what comes out."""
    with suppress(ValueError, TypeError, RecursionError), refused():
        spans = [Redaction(*row) for row in json.loads(data)]
        if all(
            type(s.start) is type(s.end) is int and type(s.category) is type(s.shown) is str for s in spans
        ):
            redact(WORDS, spans, version_of(WORDS))


def nearby_(data: bytes) -> None:
    with refused(nearby.UnfitList):
        nearby.read(data)


def wav_(data: bytes) -> None:
    """*data* as a recording, and as what follows a good beginning: only samples that are there are named."""
    for file in (data, b"RIFF\0\0\0\0WAVE" + data):
        with refused():
            found = wav.samples_of(io.BytesIO(file))
            assert 0 <= found.offset <= found.offset + found.length <= len(file)
            assert len(found.header()) == 44


def sniffed(data: bytes) -> None:
    sniff(data, data[-100:])


def bag(data: bytes) -> None:
    """*data* as the lists of a bag, and as a file in it under a name that a right list says."""
    folder = FOLDER / "bag"
    shutil.rmtree(folder, ignore_errors=True)
    lying("bag/bagit.txt", bags.DECLARED.encode())
    lying("bag/data/one", data)
    for kind, name in (("manifest", "data/one"), ("tagmanifest", "bagit.txt")):
        for algorithm in bags.CHECKSUMS:
            told = hashlib.new(algorithm, (folder / name).read_bytes()).hexdigest()
            lying(f"bag/{kind}-{algorithm}.txt", f"{told}  {name}\n".encode() if b"\0" in data else data)
    with refused():
        assert bags.check(folder) == 1
    shutil.rmtree(Path(folder), ignore_errors=True)


PARSERS: Final[dict[str, Callable[[bytes], None]]] = {
    "statement": statement_,
    "webvtt": webvtt_,
    "catalogue": catalogue,
    "transcript": transcript,
    "coding": coding,
    "edtf": edtf_,
    "policy": policy_,
    "readings": readings,
    "suggest": suggest,
    "redaction": redaction,
    "nearby": nearby_,
    "wav": wav_,
    "sniffed": sniffed,
    "bag": bag,
}

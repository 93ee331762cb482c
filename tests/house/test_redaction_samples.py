"""The invented testimonies of tests/samples/redaction: well formed, split by voice, nobody's number."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[1] / "samples" / "redaction"
FILES = sorted(FOLDER.glob("*.jsonl"))
LANGUAGES = {"ko", "zh", "en"}
KINDS = {
    *("PER", "LOC", "SITE", "ORG", "KIN", "JOB"),
    *("DATE", "TIME", "AGE", "MONEY", "CODE", "PHONE", "HANDLE"),
}
DIRECT = {"PER", "CODE", "PHONE", "HANDLE"}

SPELLED = {
    **dict(zip("공일이삼사오육칠팔구", "0123456789", strict=True)),
    **dict(zip("영하둘셋넷륙", "012346", strict=True)),
    **dict(zip("〇一二三四五六七八九", "0123456789", strict=True)),
    **dict(zip("零幺两兩", "0122", strict=True)),
    **{"zero": "0", "oh": "0", "one": "1", "two": "2", "three": "3", "four": "4"},
    **{"five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9"},
}
NUMERAL = re.compile("|".join(sorted(SPELLED, key=len, reverse=True)), re.IGNORECASE)
TELEPHONE = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|01[016789]\d{7,8})(?!\d)")
MAIL = re.compile(r"@([A-Za-z0-9.-]+)")
RESERVED = re.compile(r"(.+\.)?(example(\.(com|org|net))?|test|invalid)\.?")


def digits(text: str) -> str:
    """The digits of a number as it is said: full-width, spaced out, in words of the three languages."""
    said = NUMERAL.sub(lambda word: SPELLED[word[0].lower()], text)
    return "".join(str(unicodedata.digit(sign)) for sign in said if sign.isdigit())


def nobodys(number: str) -> bool:
    """Whether a telephone number has a part no network assigns: 0000 after the prefix, or fiction's 555."""
    return "0000" in number or "555" in number


def read(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def test_there_are_samples_and_each_file_is_of_a_language_we_redact() -> None:
    """
    An empty folder would pass every other test here.
    """
    assert FILES
    assert {file.stem for file in FILES} <= LANGUAGES


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_line_is_a_testimony_with_its_own_id_and_words(file: Path) -> None:
    """
    Three hundred and sixty of them in NFC, none twice, numbered in order.
    """
    lines = read(file)

    assert [line["id"] for line in lines] == [f"{file.stem}-{number:03}" for number in range(1, 361)]
    assert all(set(line) == {"id", "writer", "split", "text", "spans"} for line in lines)
    assert all(unicodedata.is_normalized("NFC", line["text"]) for line in lines)
    assert len({"".join(line["text"].split()) for line in lines}) == len(lines)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_voice_is_in_one_split_only(file: Path) -> None:
    """
    A model that learned a voice is never tried on it; all voices and all three splits are there.
    """
    lines = read(file)
    splits = {(line["writer"], line["split"]) for line in lines}

    assert sorted(writer for writer, _ in splits) == list(range(1, 63))
    assert {split for _, split in splits} == {"train", "dev", "test"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_marks_are_in_order_in_range_and_of_a_known_kind(file: Path) -> None:
    """
    No mark overlaps another, is empty, or has a blank at its edge; what names one person alone is direct.
    """
    for line in read(file):
        end = 0
        for start, stop, kind, weight in line["spans"]:
            surface = line["text"][start:stop]
            assert end <= start < stop <= len(line["text"]), line["id"]
            assert surface == surface.strip(), line["id"]
            assert kind in KINDS, line["id"]
            assert weight == "direct" if kind in DIRECT else weight in {"direct", "quasi"}, line["id"]
            end = stop


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_kind_of_mark_is_there(file: Path) -> None:
    """
    A kind that no sample has would be measured as found.
    """
    assert {kind for line in read(file) for _, _, kind, _ in line["spans"]} == KINDS


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_number_and_no_address_can_be_anybodys(file: Path) -> None:
    """
    Marked telephones, however they are said, and all else shaped like one; mail goes to reserved domains.
    """
    for line in read(file):
        phones = [line["text"][start:stop] for start, stop, kind, _ in line["spans"] if kind == "PHONE"]
        shaped = TELEPHONE.findall(re.sub(r"[\s.·-]", "", unicodedata.normalize("NFKC", line["text"])))
        domains = MAIL.findall(unicodedata.normalize("NFKC", line["text"]))

        assert all(nobodys(digits(phone)) for phone in [*phones, *shaped]), line["id"]
        assert all(RESERVED.fullmatch(domain) for domain in domains), line["id"]


def test_a_telephone_is_read_however_it_is_said() -> None:
    """
    The check above is only as good as this reading.
    """
    assert digits("공일공 공공공공 이삼사오") == "01000002345"
    assert digits("154 0000 七二幺八") == "15400007218"
    assert digits("one five four zero oh") == "15400"
    assert not nobodys(digits("０１０-2345-6789"))

"""People, places and bodies in English, by capitals, titles, lists and what introduces a name."""

# ruff: noqa: E501 (a pattern is read on one line)

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from archive.redaction.suggestion import EVERYDAY, LIKELY, POSSIBLE, Found
from archive.redaction.words import any_of, names, places

CAP: Final = r"(?<![A-Za-z])[A-Z][A-Za-z\u00c0-\u024f]{0,30}(?:['-][A-Za-z\u00c0-\u024f]{1,30}){0,3}"
NEVER: Final = frozenset(
    ["i", "the", "a", "an", "he", "she", "it", "they", "we", "you", "my", "our", "his", "her", "their", "this", "that", "these", "those", "there", "then", "when", "where", "while", "after", "before", "but", "and", "or", "so", "if", "because", "as", "at", "in", "on", "by", "for", "from", "with", "without", "until", "since", "one", "two", "three", "some", "many", "most", "all", "every", "each", "no", "not", "yes", "god", "china", "chinese", "korea", "korean", "korean-chinese", "north", "south", "east", "west", "english", "japan", "japanese", "russian", "american", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december", "spring", "summer", "autumn", "winter", "party", "state", "government", "chairman", "leader", "dear", "what", "who", "why", "how", "once", "later", "finally", "sometimes", "only", "even", "still", "now", "today", "tomorrow", "yesterday", "mother", "father"]
)  # fmt: skip
FORMS: Final = ("Mr", "Mrs", "Ms", "Miss", "Dr")
ROWS: Final = rf"{CAP}(?: (?:{CAP})){{0,4}}"


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    titles = any_of("en_titles")
    kin, birth = any_of("en_kin"), any_of("en_birth_order")
    return {
        "titled": re.compile(rf"(?<![A-Za-z])(?P<title>{titles}) (?P<name>{CAP}(?:[ ](?:{CAP})){{0,4}})"),
        "named": re.compile(
            r"(?:[Nn]amed|[Cc]alled(?: him| her| me)?|name(?:s)? (?:is|was|were)|[Kk]nown as|[Nn]icknamed|[Aa]lias|[Rr]enamed|call(?:s)? (?:me|her|him)|"
            rf"my name,?) [\"']?(?P<it>{CAP}(?: (?:{CAP})){{0,4}})"
        ),
        # What a name means is the name once more: Byol (star), Pingan means 'safe and sound'.
        "meant": re.compile(r"(?:means?|meaning|meant|says?|said|like|as in|is|that's|,|\(|=)\s?(?:the |a |an |just )?[\"'](?P<it>[A-Za-z][A-Za-z-]*(?: [A-Za-z][A-Za-z-]*){0,3})[\"'.,;]{0,2}(?![A-Za-z])"),
        "head": re.compile(r"(?m)^[\s\-•*#\[(\d.]*(?P<it>[A-Za-z][A-Za-z'_-]*(?: [A-Za-z][A-Za-z'-]*)?)(?=\s?:)"),
        "rows": re.compile(ROWS),
        "suffixed": re.compile(rf"(?P<it>{CAP}(?: (?:{CAP})){{0,4}}? (?:{any_of('en_places')}|village|town|county|township|prefecture|province|district|river|hamlet))(?![A-Za-z])"),
        # Who writes English and puts a word in Hanzi or Hangul tells a name with it.
        "foreign": re.compile("[\u3400-\u9fff]{2,6}|[\uac00-\ud7a3]{2,6}"),
        "spelled": re.compile(r"(?<![A-Za-z-])[A-Z](?:-[A-Z]){2,12}(?: [A-Z](?:-[A-Z]){1,12}){0,3}(?![A-Za-z-])"),
        # So Kwang-jin: the first word may be one of every sentence.
        "korean": re.compile(rf"(?<![A-Za-z])(?:{'|'.join(sorted(map(str.capitalize, names('romanised_surnames'))))}),? [A-Z][a-z']{{1,7}}-[A-Za-z][a-z']{{0,6}}(?![A-Za-z-])"),
        "of": re.compile(rf"(?:[Vv]illage|[Tt]own|[Cc]ity|[Cc]ounty|[Dd]istrict|[Pp]rovince|[Pp]refecture|[Tt]ownship|[Hh]amlet) (?:of|called|named) (?P<it>{CAP}(?: (?:{CAP})){{0,4}})"),
        "body": re.compile(rf"(?P<it>(?:{CAP}|No\.? ?\d+|Number \d+)(?: (?:{CAP}|of|and|for|No\.? ?\d+|\d+)){{0,6}}? (?:{any_of('en_institutions')}))(?![A-Za-z])"),
        "site": re.compile(rf"(?P<it>{CAP}(?: (?:{CAP})){{0,4}}? (?:{any_of('en_sites')}|market|station|bridge|street|road))(?![A-Za-z])"),
        "lower": re.compile(rf"(?P<it>{CAP}(?: (?:{CAP})){{0,4}}? (?:re-education camp|reeducation camp|labou?r camp|detention cent(?:er|re)|prison camp|prison|police station|hospital|(?:middle|primary|elementary|high) school|school|university|church|factory|mill|mine|farm|restaurant|hotel))(?![A-Za-z])"),
        "birth": re.compile(rf"(?<![A-Za-z])(?:{birth}) (?:{kin})(?![A-Za-z])|(?<![A-Za-z])twins?(?![A-Za-z])"),
        "bare": re.compile(rf"(?<![A-Za-z])(?:{kin})(?![A-Za-z])"),
    }  # fmt: skip


def found_in(text: str) -> Iterator[Found]:
    """Spans of a folded text: start, end, kind, probability, reason, rank."""
    patterns = _patterns()
    yield from _people(text)
    for key, kind, probability, reason in (
        ("suffixed", "LOC", 0.8, "suffix of a place"),
        ("of", "LOC", 0.85, "introduced as a place"),
        ("body", "ORG", 0.7, "institution"),
        ("lower", "ORG", 0.75, "institution"),
        ("site", "SITE", 0.7, "site"),
    ):
        for found in patterns[key].finditer(text):
            start, end = _trimmed(text, *found.span("it"))
            # A public body alone (the Court) is everybody's.
            if " " in text[start:end]:
                told = key != "body" or _told(text[start:end])
                yield start, end, kind, probability, reason, POSSIBLE if told else EVERYDAY
    for found in patterns["birth"].finditer(text):
        yield (*found.span(), "KIN", 0.6, "kin by order of birth", POSSIBLE)
    for found in patterns["bare"].finditer(text):
        yield (*found.span(), "KIN", 0.5, "kin", EVERYDAY)


def _people(text: str) -> Iterator[Found]:
    patterns = _patterns()
    for found in patterns["titled"].finditer(text):
        start, end = _trimmed(text, *found.span("name"))
        if start < end:
            # Judgments count Mr to the name; who was a sergeant is a rank.
            start = found.start() if found["title"].rstrip(".") in FORMS else start
            yield start, end, "PER", 0.85, "name behind a title", POSSIBLE
    for found in patterns["named"].finditer(text):
        start, end = _trimmed(text, *found.span("it"))
        if start < end:
            yield start, end, "PER", 0.8, "introduced as a name", POSSIBLE
    for key, probability in (("meant", 0.1), ("head", 0.1)):
        for found in patterns[key].finditer(text):
            yield (
                *found.span("it"),
                "PER",
                probability,
                "what a name means" if key == "meant" else "at the head of a line",
                POSSIBLE,
            )
    for found in patterns["foreign"].finditer(text):
        yield (*found.span(), "PER", 0.9, "name in its own script", POSSIBLE)
    for found in patterns["spelled"].finditer(text):
        yield (*found.span(), "PER", 0.8, "spelled letter by letter", POSSIBLE)
    for found in patterns["korean"].finditer(text):
        yield (*found.span(), "PER", 0.85, "surname and given name", POSSIBLE)
    for found in patterns["rows"].finditer(text):
        yield from _row(text, *_trimmed(text, *found.span()))


WORDS: Final = frozenset("no so an in do go ho he me to long young sun song king can man sin son pan fan ban gang hang tan won you public bin bum chin june may".split())  # fmt: skip  # noqa: SIM905
"""Surnames that are English words: a row of capitals with one is not a person's name for that."""


def _row(text: str, start: int, end: int) -> Iterator[Found]:
    """A row of capitals, by what the lists know of its words."""
    words = [word.lower() for word in re.findall(r"[^ ]+", text[start:end])]
    if not words:
        return
    whole = " ".join(words)
    parts = {part for word in words for part in (word, *word.split("-"))}
    if whole in places("en") and (len(whole) > 4 or not names("en_surnames") & parts):
        yield start, end, "LOC", 0.8, "list of places", LIKELY
        return
    surname = (names("romanised_surnames") & parts) - WORDS
    if len(words) in (2, 3) and surname:
        yield start, end, "PER", 0.8, "surname and given name", POSSIBLE
    elif len(words) > 1 and words[0] in names("en_given"):
        yield start, end, "PER", 0.8, "given name and surname", POSSIBLE
    elif len(words) == 1 and ("-" in whole and parts & names("romanised_surnames")):
        yield start, end, "PER", 0.7, "given name", POSSIBLE
    elif len(words) == 1 and whole in names("en_given") and not _begins(text, start):
        yield start, end, "PER", 0.6, "given name", POSSIBLE
    else:
        at = start
        for word in text[start:end].split(" "):
            if word.lower() in places("en") and len(word) > 4:
                yield at, at + len(word), "LOC", 0.6, "list of places", POSSIBLE
            at += len(word) + 1


def _begins(text: str, start: int) -> bool:
    """Whether a sentence begins here, where every word has a capital."""
    return not text[:start].rstrip(" \"'").endswith(tuple("abcdefghijklmnopqrstuvwxyz,;:0123456789"))


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Without the words at the front that begin a sentence and are no part of a name."""
    while start < end:
        word = text[start:end].split(" ", 1)[0]
        if word.lower() not in NEVER:
            break
        start = min(end, start + len(word) + 1)
    return start, end


def _told(body: str) -> bool:
    """Whether the name of a body tells where: a place, a number, a person."""
    words = [word.lower() for word in body.split()]
    return any(
        word in places("en") or word in names("romanised_surnames") or word[0].isdigit()
        for word in words[:-1]
    )

"""The capsule's file and its page: what both may hold, and who says that a page is the archive's."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import unicodedata
from dataclasses import replace
from datetime import date, timedelta

import pytest

from crypto import keycard
from crypto.capsule import container, page
from crypto.capsule.telling import CHOICES, File, Telling, cleaned, consent_lines, media_type, seal
from crypto.envelope import unseal
from crypto.errors import BadSignature, CryptoError, ExpiredKeycard, ForeignPage, MalformedCapsule, NoteError
from crypto.keys import IntakeSecret, SigningKey
from crypto.notes import sign_note
from server.intake import catalogue
from tests.people import ORIGIN, Office

TODAY = date(2026, 11, 24)
KEY = IntakeSecret.generate()
OFFICE = Office()
DATED = keycard.DatedKey(TODAY - timedelta(days=1), TODAY + timedelta(days=300), KEY.public)
CARD = keycard.Keycard(ORIGIN, 7, TODAY, TODAY + timedelta(days=300), 1, (DATED,), "capsule")
NOTE = keycard.issue(CARD, OFFICE.root)


def made(language: page.Language = "ko") -> bytes:
    return page.assemble(NOTE, OFFICE.root.public, language, TODAY)


def check(untrusted: bytes, note: bytes, today: date = TODAY) -> page.SignedPage:
    return page.check(untrusted, note, OFFICE.mandate(TODAY), OFFICE.root.public, today)


def test_what_is_sealed_into_a_capsule_comes_out_file_by_file() -> None:
    """
    Files first, the statement last; each opens with the capsule's key and purpose, and lists the others.
    """
    films = [b"film" * 50_000, b""]
    files = [File(io.BytesIO(film), len(film), "video/mp4") for film in films]
    into = io.BytesIO()
    told = Telling("  강을\x0b 건넜다.\n", "kor", files, ["keep", "quote"], "ko")
    receipt = seal(told, KEY.public, OFFICE.root.public, into)
    found = container.read(into)
    opened = []
    for entry in found.entries:
        envelope = io.BytesIO()
        container.copy(into, entry, envelope)
        opened.append(unseal(envelope.getvalue(), KEY, "capsule"))
    statement = json.loads(opened[-1][1])

    assert [body for _, body in opened[:-1]] == films
    assert (opened[-1][0], found.cut) == ({"type": "statement", "v": 1}, False)
    assert statement["text"] == "강을 건넜다."
    assert [row["media"] for row in statement["files"]] == ["video/mp4"] * 2
    assert {(g["use"], g["audience"]) for g in statement["consent"]["granted"]} == {
        *CHOICES["keep"],
        *CHOICES["quote"],
    }
    assert statement["account"]["ed25519"] == receipt.keys(OFFICE.root.public).signing.public.raw.hex()


@pytest.mark.parametrize(
    "said",
    [
        "cafe\x02\N{COMBINING ACUTE ACCENT}",
        "\u1100\x0c\u1161",
        " \x0b\n말",
        "half \ud83d a sign",
        "\ud83d\x01\ude00",
    ],
)
def test_words_are_cleaned_before_they_are_composed(said: str) -> None:
    """
    What a control character kept apart composes when that is gone: the archive reads every cleaned text.
    """
    text = cleaned(said)

    assert text == unicodedata.normalize("NFC", text).strip()
    assert not re.search("[\x00-\x08\x0b-\x1f\ud800-\udfff]", text)


def test_nothing_is_sealed_when_nothing_is_said() -> None:
    """
    A text that is empty once it is cleaned, and no file: refused before anything is written.
    """
    into = io.BytesIO()
    with pytest.raises(MalformedCapsule):
        seal(Telling(" \x02\n", "kor", [], ["keep"], "ko"), KEY.public, OFFICE.root.public, into)
    assert into.getvalue() == b""


def test_a_file_has_a_media_type_that_the_archive_takes() -> None:
    """
    Whatever a computer calls a file, its type fits the format; a type that does not is refused at once.
    """
    deck = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    assert (media_type(deck), media_type("audio/AMR")) == (deck, "audio/amr")
    for strange in (None, "chemical", "x-world/x_3dmf", "a/" + "b" * 101):
        assert media_type(strange) == "application/octet-stream"
    for refused in ("audio/AMR", "", "a/" + "b" * 101):
        with pytest.raises(MalformedCapsule):
            File(io.BytesIO(), 0, refused)


def test_a_capsule_holds_no_more_than_a_statement_may_list() -> None:
    """
    Neither 201 files nor a statement over 32 MiB: better refused here than set aside in the archive.
    """
    files = [File(io.BytesIO(), 0, "image/jpeg")] * 201
    for text, attached in (("말", files), ("x" * 34_000_000, [])):
        with pytest.raises(MalformedCapsule):
            seal(Telling(text, "kor", attached, ["keep"], "ko"), KEY.public, OFFICE.root.public, io.BytesIO())


def test_the_choices_are_the_same_on_both_pages() -> None:
    """
    What she is asked in a capsule is, word for word, what she is asked online: her consent holds its hash.
    """
    for language in page.LANGUAGES:
        online = catalogue.texts(language)
        asked = {choice: online[f"consent_{choice}"] for choice in CHOICES}
        assert consent_lines(language) == asked


@pytest.mark.parametrize("language", page.LANGUAGES)
def test_the_page_is_the_same_wherever_it_is_made(language: page.Language) -> None:
    """
    Same key, card and language: same bytes. One of them changed: others.
    """
    assert made(language) == made(language)
    later = keycard.issue(replace(CARD, serial=8), OFFICE.root)
    assert page.assemble(later, OFFICE.root.public, language, TODAY) != made(language)


@pytest.mark.parametrize("language", page.LANGUAGES)
def test_the_page_runs_its_own_script_and_asks_for_nothing(language: page.Language) -> None:
    """
    The policy names the hashes of what is there, lets it connect to nobody, and no address is in it.
    """
    text = made(language).decode()
    [policy] = re.findall(r'Content-Security-Policy" content="([^"]+)"', text)
    for tag, directive in (("script", "script-src"), ("style", "style-src")):
        [inside] = re.findall(rf"<{tag}[^>]*>(.*?)</{tag}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}';" in policy
    assert "default-src 'none'" in policy
    assert "connect-src 'none'" in policy
    assert not re.search(r"https?://|\bsrc=|url\(|Math\.random|eval\(|\bon[a-z]+=\"", text)
    assert "$" not in re.sub(r"<(script|template)[^>]*>.*?</\1>", "", text, flags=re.DOTALL)


LARGEST = 110 * 1024
"""Bytes of a page that still goes through any messenger and onto any phone."""


@pytest.mark.parametrize("language", page.LANGUAGES)
def test_the_page_is_small_enough_for_any_channel(language: page.Language) -> None:
    """
    With its script, its list of receipt words and the archive's card it has 110 KB at most.
    """
    assert len(made(language)) <= LARGEST


def test_no_page_is_made_with_a_card_that_would_not_do() -> None:
    """
    Another root's card, one that is over, and a keycard of the intake are refused before a page is written.
    """
    root = OFFICE.root.public
    for note, today, error in (
        (keycard.issue(CARD, SigningKey.generate()), TODAY, NoteError),
        (NOTE, TODAY + timedelta(days=400), ExpiredKeycard),
        (keycard.issue(replace(CARD, kind="intake", expires=TODAY), OFFICE.root), TODAY, CryptoError),
        (b"no note", TODAY, NoteError),
    ):
        with pytest.raises(error):
            page.assemble(note, root, "ko", today)


def test_a_page_is_believed_when_the_desk_signed_its_bytes() -> None:
    """
    The right one is named with its days; one byte more, one less or another is foreign.
    """
    whole = made()
    note = page.sign(whole, CARD, TODAY, OFFICE.desk)
    signed = check(whole, note)

    assert (signed.origin, signed.issued, signed.expires) == (ORIGIN, TODAY, CARD.expires)
    assert signed.sha256 == hashlib.sha256(whole).hexdigest()
    for other in (whole + b" ", whole[:-1], whole.replace(b"connect-src 'none'", b"connect-src 'self'")):
        with pytest.raises(ForeignPage):
            check(other, note)


def test_a_page_is_not_believed_on_another_word() -> None:
    """
    A note by a key that the root did not name, about something else, or of a year that is over.
    """
    whole = made()
    note = page.sign(whole, CARD, TODAY, OFFICE.desk)
    release = sign_note(f"{ORIGIN}/release\nv1\n", f"{ORIGIN}/desk", OFFICE.desk)
    edited = note.replace(b"\nsize ", b"\nsize 1")  # another size, however large the page is
    assert edited != note
    for beside, today, error in (
        (page.sign(whole, CARD, TODAY, OFFICE.one), TODAY, NoteError),
        (release, TODAY, ForeignPage),
        (edited, TODAY, BadSignature),
        (note, TODAY + timedelta(days=320), ForeignPage),
    ):
        with pytest.raises(error):
            check(whole, beside, today)
    with pytest.raises(CryptoError):
        page.check(whole, note, OFFICE.mandate(TODAY), SigningKey.generate().public, TODAY)


def test_a_capsule_that_became_shorter_is_noticed_while_it_is_copied() -> None:
    """
    The file was whole when it was read; the stick was pulled out since.
    """
    with pytest.raises(MalformedCapsule, match="became shorter"):
        container.copy(io.BytesIO(b"123"), container.Entry(at=0, size=4), io.BytesIO())


@pytest.mark.parametrize("script", ["a('</script>')", "a('<!--')"])
def test_a_script_that_could_end_itself_is_put_into_no_page(
    script: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    What stands between the tags is text to a browser until it says otherwise.
    """
    read = page._part
    monkeypatch.setattr(page, "_part", lambda name: script if name == "page.js" else read(name))
    with pytest.raises(ForeignPage, match="cannot stand in a page"):
        made()

"""The last look at what leaves finds what should be hidden, wherever it hides."""

from __future__ import annotations

import gzip
import io
import unicodedata
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.redaction.residue import ResidueFound, UnscannableArtefact, require_clean, scan
from archive.redaction.spans import Redaction, redact, version_of

NAME = "김 혜숙"


def zipped(name: str, content: bytes) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return into.getvalue()


HIDING_PLACES = {
    "plain": NAME.encode(),
    "decomposed": unicodedata.normalize("NFD", NAME).encode(),
    "without spaces": "김혜숙".encode(),
    "reversed": "혜숙 김".encode(),
    "utf-16": NAME.encode("utf-16-le"),
    "json": b'"\\uae40 \\ud61c\\uc219"',
    "url": b"?q=%EA%B9%80+%ED%98%9C%EC%88%99",
    "zip": zipped("a.txt", NAME.encode()),
    "zip in zip": zipped("a.zip", zipped("a.txt", NAME.encode())),
    "name in zip": zipped(f"{NAME}.txt", b"nothing"),
    "gzip": gzip.compress(NAME.encode()),
}


@pytest.mark.parametrize("place", HIDING_PLACES)
def test_a_hidden_name_is_found_wherever_it_hides(place: str) -> None:
    """
    R16: other spellings, other encodings and packed files do not hide it.
    """
    assert [residue.count for residue in scan({"out": HIDING_PLACES[place]}, [NAME])] == [1]


def test_what_was_found_is_never_said() -> None:
    """
    The error names the file and the count; a file that is itself named so is only numbered.
    """
    with pytest.raises(ResidueFound) as caught:
        require_clean({f"{NAME}.txt": b"", "index": NAME.encode()}, [NAME])

    assert NAME not in str(caught.value)
    assert "index: 1" in str(caught.value)


def test_what_cannot_be_looked_into_is_refused() -> None:
    """
    A damaged or endlessly nested package does not pass as clean.
    """
    nested = b"x"
    for _ in range(7):
        nested = zipped("deeper.zip", nested)
    for artefact in (nested, gzip.compress(b"x" * 1000)[:-9]):
        with pytest.raises(UnscannableArtefact):
            scan({"out": artefact}, [NAME])


@given(st.data())
def test_redaction_never_shows_what_it_hid(data: st.DataObject) -> None:
    """
    R15, R16: what was marked is gone from the rendition in every spelling that is scanned for.
    """
    around = data.draw(st.text(alphabet="가나다라 ab", max_size=40))
    secret = data.draw(st.text(alphabet="힣갉쩐ΩQ7", min_size=2, max_size=8))
    at = data.draw(st.integers(min_value=0, max_value=len(around)))
    text = unicodedata.normalize("NFC", around[:at] + secret + around[at:])
    shown = redact(text, [Redaction(at, at + len(secret), "name")], version_of(text), "kor")

    assert shown == around[:at] + "[이름]" + around[at:]
    assert scan({"out": shown.encode()}, [secret]) == []

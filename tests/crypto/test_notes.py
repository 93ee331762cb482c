"""Signed notes beyond their vectors."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import errors
from crypto.keys import SigningKey
from crypto.notes import countersign, open_note, sign_note, signers

KEY, OTHER = SigningKey.generate(), SigningKey.generate()
printable = st.characters(exclude_categories=["Cs"]).filter(lambda c: c >= " " or c == "\n")
texts = st.text(printable, max_size=200).map(lambda text: text + "\n")
names = st.from_regex(r"[a-z]{1,10}\.example/[a-z]{1,10}", fullmatch=True)


@given(texts, names)
def test_a_note_says_what_was_signed(text: str, name: str) -> None:
    """
    The text comes back to the letter, empty lines and all.
    """
    assert open_note(sign_note(text, name, KEY), name, KEY.public) == text


@given(texts, st.data())
def test_no_changed_byte_of_a_note_is_believed(text: str, data: st.DataObject) -> None:
    """
    Every byte counts, in the text, in the name and in each letter of the signature.
    """
    note = bytearray(sign_note(text, "archive.example/root", KEY))
    note[data.draw(st.integers(0, len(note) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises((errors.NoteError, errors.BadSignature)):
        open_note(bytes(note), "archive.example/root", KEY.public)


@given(texts, texts)
def test_a_strangers_line_says_nothing(text: str, other: str) -> None:
    """
    Lines by unknown keys are neither believed nor in the way, wherever they stand.
    """
    ours = sign_note(text, "archive.example/root", KEY)
    theirs = sign_note(other, "witness.example/w", OTHER).rpartition(b"\n\n")[2]
    body, _, line = ours.rpartition(b"\n\n")

    for note in (ours + theirs, body + b"\n\n" + theirs + line):
        assert open_note(note, "archive.example/root", KEY.public) == text


@pytest.mark.parametrize("text", ["no line feed", "carriage\r\n", "tab\t\n", "zero\0\n"])
def test_what_no_reader_would_open_is_never_signed(text: str) -> None:
    """
    A signer refuses what every opener refuses.
    """
    with pytest.raises(errors.NoteError):
        sign_note(text, "archive.example/root", KEY)


@given(st.binary(max_size=300))
def test_strangers_bytes_only_ever_raise_our_errors(untrusted: bytes) -> None:
    """
    Noise is not a note, and says so in our words.
    """
    for candidate in (untrusted, untrusted + b"\n\n\xe2\x80\x94 archive.example/root " + untrusted + b"\n"):
        with pytest.raises((errors.NoteError, errors.BadSignature)):
            open_note(candidate, "archive.example/root", KEY.public)


@pytest.mark.parametrize(
    "name", ["", "archive example", "archive+example", "archive\u3000example", "archive\n"]
)
def test_nobody_signs_under_a_name_that_no_line_could_hold(name: str) -> None:
    """
    A space or a plus sign in it would be read as the end of the name.
    """
    with pytest.raises(errors.NoteError, match="no space and no plus sign"):
        sign_note("text\n", name, KEY)


def test_those_who_signed_are_told_and_nobody_else() -> None:
    """
    Under this name, of these keys; a line that lies is no line of somebody else's.
    """
    note = countersign(sign_note("text\n", "archive.example/a", KEY), "archive.example/a", OTHER)
    asked = [KEY.public, OTHER.public, SigningKey.generate().public]

    assert signers(note, "archive.example/a", asked) == {KEY.public, OTHER.public}
    assert signers(note, "archive.example/a", asked[1:]) == {OTHER.public}
    assert signers(note, "archive.example/b", asked) == frozenset()
    lying = note.replace(b"text", b"next", 1)
    with pytest.raises(errors.BadSignature):
        signers(lying, "archive.example/a", asked)


@pytest.mark.parametrize(
    "change",
    [
        lambda line: line.removeprefix("\N{EM DASH} "),
        lambda line: line.replace("\N{EM DASH} ", "- "),
        lambda line: line.rpartition(" ")[0] + "\n",
        lambda line: line.rpartition(" ")[0] + " \n",
        lambda line: line.replace("archive.example/root", "archive+example/root"),
    ],
)
def test_a_line_that_is_no_signature_line_spoils_the_note(change: Callable[[str], str]) -> None:
    """
    Without its dash, its name or its signature, though all the rest of it is true: two readers would differ.
    """
    text, _, line = sign_note("text\n", "archive.example/root", KEY).decode().rpartition("\n\n")
    true = f"{text}\n\n{line}"
    assert open_note(true.encode(), "archive.example/root", KEY.public) == "text\n"
    for note in (f"{text}\n\n{change(line)}", f"{true}{change(line)}"):
        with pytest.raises(errors.NoteError):
            open_note(note.encode(), "archive.example/root", KEY.public)

"""Seeking in what is sealed: equal to the library's stream, and never a byte that was not verified."""

from __future__ import annotations

import io
import os
import zipfile

import pytest
from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
from hypothesis import example, given
from hypothesis import strategies as st

from crypto.cobblestone import CHUNK, PREFIX, RUN, TAG, Message, Window
from crypto.envelope import seal, unseal_seekable
from crypto.errors import DamagedMessage
from crypto.keys import IntakeSecret

KEY, CONTEXT = bytes(range(32)), b"a test"
SIZES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, RUN * CHUNK - 1, RUN * CHUNK, RUN * CHUNK + 1]


def text_of(size: int) -> bytes:
    return bytes(i * 31 % 251 for i in range(1009)) * (size // 1009 + 1)


def sealed(size: int) -> bytes:
    encryptor = Cobblestone256Encryptor(KEY, CONTEXT)
    return encryptor.update(text_of(size)[:size]) + encryptor.finalize()


LONG = sealed(150_000)


@pytest.mark.parametrize("size", SIZES)
def test_every_edge_reads_as_the_librarys_stream_does(size: int) -> None:
    """
    On both sides of every chunk's edge, of a run of chunks and of the end, the same bytes come out.
    """
    lying = sealed(size)
    decryptor = Cobblestone256Decryptor(KEY, CONTEXT)
    whole = decryptor.update(lying) + decryptor.finalize()
    message = Message(io.BytesIO(b"before" + lying), KEY, CONTEXT, start=6)
    edges = sorted(
        {e + d for e in (0, CHUNK, 2 * CHUNK, RUN * CHUNK, size) for d in (-1, 0, 1) if e + d >= 0}
    )

    assert message.size == size
    for start in edges:
        for end in edges:
            assert message.read_at(start, max(0, end - start)) == whole[start : max(start, end)]
    assert Window(message).read() == whole
    behind = Window(Message(io.BytesIO(lying), KEY, CONTEXT), size // 2)
    assert (behind.length, behind.read()) == (size - size // 2, whole[size // 2 :])


@given(st.lists(st.tuples(st.integers(0, 160_000), st.integers(0, 40_000)), max_size=20))
@example([(139_990, 100)])  # over the end, where the padding begins
def test_any_walk_through_a_body_gives_its_slices(walk: list[tuple[int, int]]) -> None:
    """
    Seek and read in any order, as a player does: that slice of the body comes, and never padding.
    """
    opened, body = unseal_seekable(io.BytesIO(ENVELOPE), INTAKE)
    for at, size in walk:
        assert body.seek(at) == body.tell() == at
        assert body.read(size) == BODY[at : at + size]

    assert (opened.length, body.seek(0, os.SEEK_END)) == (len(BODY), len(BODY))


def test_other_libraries_can_read_from_it() -> None:
    """
    A body is a file to whoever expects one; a ZIP is read from its end.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("film", b"frame" * 50_000)
    _, body = unseal_seekable(io.BytesIO(seal(packed.getvalue(), {}, [INTAKE.public])), INTAKE)

    with zipfile.ZipFile(io.BufferedReader(body)) as archive:
        assert archive.read("film") == b"frame" * 50_000


@pytest.mark.parametrize("length", [*range(PREFIX + TAG), len(LONG) - 1, PREFIX + CHUNK + TAG, len(LONG) + 1])
def test_a_message_without_its_own_end_does_not_open(length: int) -> None:
    """
    Cut anywhere, at a chunk's edge too, or longer than it was: refused before anything is read.
    """
    with pytest.raises(DamagedMessage):
        Message(io.BytesIO((LONG + b"more")[:length]), KEY, CONTEXT)


def test_another_key_or_context_does_not_open() -> None:
    """
    Each gives another commitment, other keys and other nonces.
    """
    for key, context in ((bytes(32), CONTEXT), (KEY, b"another")):
        with pytest.raises(DamagedMessage):
            Message(io.BytesIO(LONG), key, context)


def test_a_changed_commitment_does_not_open() -> None:
    """
    All chunks are sound, and still it is refused: without the commitment one text could have two keys.
    """
    for at in (24, PREFIX - 1):
        changed = bytearray(LONG)
        changed[at] ^= 1
        with pytest.raises(DamagedMessage):
            Message(io.BytesIO(changed), KEY, CONTEXT)


@given(st.integers(0, len(LONG) - 1), st.integers(0, 7), st.integers(0, 150_000), st.integers(0, 150_000))
def test_a_changed_bit_never_becomes_a_wrong_byte(at: int, bit: int, start: int, size: int) -> None:
    """
    Either the bytes asked for are those that were sealed, or none come.
    """
    changed = bytearray(LONG)
    changed[at] ^= 1 << bit
    try:
        found = Message(io.BytesIO(changed), KEY, CONTEXT).read_at(start, size)
    except DamagedMessage:
        return

    assert found == text_of(150_000)[:150_000][start : start + size]


def test_a_chunk_that_moved_is_refused() -> None:
    """
    Each chunk opens in its own place only.
    """
    step = CHUNK + TAG
    moved = LONG[:PREFIX] + LONG[PREFIX + step :][:step] + LONG[PREFIX:][:step] + LONG[PREFIX + 2 * step :]
    message = Message(io.BytesIO(moved), KEY, CONTEXT)

    assert message.read_at(2 * CHUNK, 10) == text_of(150_000)[2 * CHUNK :][:10]
    for at in (0, CHUNK):
        with pytest.raises(DamagedMessage):
            message.read_at(at, 1)


def test_a_source_that_shrinks_under_the_reader_gives_an_error() -> None:
    """
    A stick pulled out in the middle of a film is not the end of the film.
    """
    source = io.BytesIO(LONG)
    message = Message(source, KEY, CONTEXT)
    source.truncate(PREFIX + 100)
    with pytest.raises(DamagedMessage):
        message.read_at(0, 1)


def test_a_closed_body_closes_its_source_and_gives_nothing() -> None:
    """
    Whoever closes what she watched leaves no open file behind.
    """
    source = io.BytesIO(LONG)
    body = Window(Message(source, KEY, CONTEXT))
    body.close()

    assert source.closed
    for act in (lambda: body.read(1), lambda: body.seek(0)):
        with pytest.raises(ValueError, match="closed"):
            act()
    with pytest.raises(ValueError, match="beginning"):
        Window(Message(io.BytesIO(LONG), KEY, CONTEXT)).seek(-1)


INTAKE = IntakeSecret.generate()
BODY = text_of(140_000)[:140_000]
ENVELOPE = seal(BODY, {"type": "file"}, [INTAKE.public])


def test_a_window_may_be_closed_twice_and_its_source_is_closed_once() -> None:
    """
    As a file may; and nothing is read of it, nor looked for, afterwards.
    """
    window = Window(Message(io.BytesIO(LONG), KEY, CONTEXT))
    window.close()
    window.close()

    with pytest.raises(ValueError, match="closed file"):
        window.readinto(bytearray(1))
    with pytest.raises(ValueError, match="closed file"):
        window.seek(0)

"""What an envelope promises beyond its vectors."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import errors
from crypto.envelope import FLOOR, Sealer, check_size, parse_header, seal, unseal, unseal_stream
from crypto.keys import IntakeSecret
from crypto.padding import padme

KEY = IntakeSecret.generate()
EDGES = [0, 1, 16383, 16384, FLOOR - 20, FLOOR - 18, FLOOR - 17, FLOOR, (1 << 20) - 18, 1 << 20, 3_000_001]


@given(st.binary(max_size=200_000), st.dictionaries(st.text(max_size=20), st.text(max_size=20), max_size=4))
def test_what_is_sealed_is_what_is_unsealed(body: bytes, meta: dict[str, object]) -> None:
    """
    Any body and any meta come back as they were.
    """
    assert (meta, body) == unseal(seal(body, meta, [KEY.public]), KEY)


@pytest.mark.parametrize("length", EDGES)
def test_every_chunk_edge_survives(length: int) -> None:
    """
    Bodies that end on, before and after the edge of a chunk, a piece and the floor are whole.
    """
    body = bytes(i * 7 % 251 for i in range(997)) * (length // 997 + 1)
    sealed = seal(body[:length], {}, [KEY.public])
    check_size(parse_header(sealed), len(sealed))

    assert unseal(sealed, KEY) == ({}, body[:length])


@given(st.binary(max_size=3000))
def test_strangers_bytes_only_ever_raise_our_errors(untrusted: bytes) -> None:
    """
    No input reaches the caller as another library's exception.
    """
    for candidate in (untrusted, b"ONGGIEN1" + untrusted):
        with pytest.raises(errors.EnvelopeError):
            unseal(candidate, KEY)


@given(st.integers(min_value=0, max_value=68_235), st.integers(min_value=0, max_value=7))
def test_no_changed_bit_is_accepted(at: int, bit: int) -> None:
    """
    The header is bound to the payload: one changed bit anywhere is refused.
    """
    sealed = bytearray(SEALED)
    sealed[at % len(sealed)] ^= 1 << bit
    with pytest.raises(errors.EnvelopeError):
        unseal(bytes(sealed), KEY)


def test_a_word_and_ten_pages_look_alike() -> None:
    """
    Everything under the floor has one size on the wire.
    """
    assert len(seal(b"yes", {}, [KEY.public])) == len(
        seal(b"x" * 60_000, {"type": "statement"}, [KEY.public])
    )


@given(st.integers(min_value=65536, max_value=1 << 41))
def test_padding_costs_little_and_tells_little(length: int) -> None:
    """
    At most 3.2 % from 64 KiB on, and a padded size pads to itself.
    """
    assert length <= padme(length) <= length * 1.032
    assert padme(padme(length)) == padme(length)


def test_a_source_that_changes_is_never_sealed() -> None:
    """
    A file that shrank or grew while it was read raises instead of sealing a mixture.
    """
    for length in (9, 11):
        with pytest.raises(errors.SourceChanged):
            Sealer([KEY.public]).seal(io.BytesIO(b"0123456789"), length, {}, io.BytesIO())


def test_a_sealer_never_uses_its_key_twice() -> None:
    """
    A retry needs a new sealer: one key never covers two bodies.
    """
    sealer = Sealer([KEY.public])
    sealer.seal(io.BytesIO(b"a"), 1, {}, io.BytesIO())
    with pytest.raises(errors.SourceChanged):
        sealer.seal(io.BytesIO(b"b"), 1, {}, io.BytesIO())


def test_plain_text_is_not_taken_for_an_envelope() -> None:
    """
    The server proves the form itself: a size no padded envelope has is refused.
    """
    header = parse_header(SEALED)
    for wrong in (len(SEALED) - 1, len(SEALED) + 1, header.size, header.size + 56 + 16):
        with pytest.raises(errors.MalformedEnvelope):
            check_size(header, wrong)


def test_a_stream_opens_like_bytes_do() -> None:
    """
    Unsealing a stream gives the body, its length and the envelope's name.
    """
    into = io.BytesIO()
    opened = unseal_stream(io.BytesIO(SEALED), KEY, into)

    assert (opened.length, opened.digest) == (len(into.getvalue()), parse_header(SEALED).digest)


def test_no_secret_shows_in_a_repr() -> None:
    """
    Logging a key by mistake logs its public name only.
    """
    assert KEY.to_bytes().hex()[:16] not in repr(KEY) + str(KEY)


SEALED = seal("여기까지 왔습니다".encode(), {"type": "statement"}, [KEY.public])

"""What an envelope promises beyond its vectors."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import errors
from crypto.envelope import (
    MAGIC,
    SUITE,
    Sealer,
    check_size,
    padded_size,
    parse_header,
    seal,
    unseal,
    unseal_seekable,
    unseal_stream,
)
from crypto.keys import IntakePublic, IntakeSecret
from crypto.padding import padme
from crypto.plain import FLOOR, FLOORS, MAX_META
from crypto.stanza import Purpose

KEY, OTHER = IntakeSecret.generate(), IntakeSecret.generate()
PURPOSES: list[Purpose] = ["intake", "capsule", "reply", "server-sealed", "custody"]
EDGES = [0, 1, 16383, 16384, FLOOR - 20, FLOOR - 18, FLOOR - 17, FLOOR, (1 << 20) - 18, 1 << 20, 3_000_001]


names = st.from_regex(r"[a-z][a-z0-9_]{0,31}", fullmatch=True)
values = st.text(max_size=20) | st.integers(-(2**53) + 1, 2**53 - 1) | st.booleans()


@given(
    st.binary(max_size=200_000),
    st.dictionaries(names, values, max_size=4),
    st.integers(1, 16),
    st.sampled_from(PURPOSES),
    st.data(),
)
def test_what_is_sealed_is_what_each_recipient_unseals(
    body: bytes, meta: dict[str, object], recipients: int, purpose: Purpose, data: st.DataObject
) -> None:
    """
    Any body and any meta come back as they were, for any of 1 to 16 recipients, and for this purpose only.
    """
    ours = data.draw(st.integers(0, recipients - 1))
    sealed = seal(body, meta, [KEY.public if i == ours else OTHER.public for i in range(recipients)], purpose)

    assert (meta, body) == unseal(sealed, KEY, purpose)
    for wrong in PURPOSES:
        if wrong != purpose:
            with pytest.raises(errors.WrongKey):
                unseal(sealed, KEY, wrong)


@pytest.mark.parametrize("recipients", [0, 17])
def test_an_envelope_has_one_to_sixteen_recipients(recipients: int) -> None:
    """
    None, or more than a reader takes, is refused before anything is sealed.
    """
    with pytest.raises(errors.MalformedEnvelope):
        seal(b"", {}, [KEY.public] * recipients)


def test_the_sixteenth_recipient_opens_it_too() -> None:
    """
    The most that an envelope may have is no one too many, for who seals and for who opens.
    """
    sealed = seal(b"words", {}, [OTHER.public] * 15 + [KEY.public])

    assert unseal(sealed, KEY) == ({}, b"words")


UNREADABLE: list[dict[str, object]] = [
    {"nested": {}},
    {"list": []},
    {"half": "\ud800"},
    {"large": 2**53},
    {"fraction": 0.5},
    {"nothing": None},
    {"1": "a name that JavaScript would put first"},
    {"long": "x" * 65536},
]


@pytest.mark.parametrize("meta", UNREADABLE, ids=[next(iter(m)) for m in UNREADABLE])
def test_meta_that_two_readers_might_read_differently_is_never_sealed(meta: dict[str, object]) -> None:
    """
    Names with texts, exact whole numbers, true or false have one text in every language; the rest is refused.
    """
    with pytest.raises(errors.MalformedEnvelope):
        seal(b"", meta, [KEY.public])


@pytest.mark.parametrize("low", [bytes(32), bytes([1]) + bytes(31)])
def test_nothing_is_sealed_to_a_key_of_small_order(low: bytes) -> None:
    """
    A stranger's account key that gives everyone the same shared secret is refused with our own error.
    """
    for bundle in (low + KEY.public.bundle[32:], KEY.public.bundle[:-32] + low):
        with pytest.raises(errors.KeyFormatError):
            seal(b"", {}, [IntakePublic(bundle)])


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


@pytest.mark.parametrize("cut", [1, 16, 17, 16400 + 16, FLOOR])
def test_a_cut_envelope_is_noticed_before_a_byte_is_read(cut: int) -> None:
    """
    Whoever seeks in a film learns at once that its end is missing.
    """
    with pytest.raises(errors.DamagedEnvelope):
        unseal_seekable(io.BytesIO(SEALED[:-cut]), KEY)


def test_seeking_opens_only_what_the_stream_would_open() -> None:
    """
    Another key, another purpose and another size are refused alike.
    """
    with pytest.raises(errors.WrongKey):
        unseal_seekable(io.BytesIO(SEALED), OTHER)
    with pytest.raises(errors.WrongKey):
        unseal_seekable(io.BytesIO(SEALED), KEY, "capsule")
    source = io.BytesIO(SEALED)
    streamed = unseal_stream(source, KEY, io.BytesIO())
    assert unseal_seekable(source, KEY)[0] == streamed  # though the stream left it at its end


def test_no_secret_shows_in_a_repr() -> None:
    """
    Logging a key by mistake logs its public name only.
    """
    assert KEY.to_bytes().hex()[:16] not in repr(KEY) + str(KEY)


SEALED = seal("여기까지 왔습니다".encode(), {"type": "statement"}, [KEY.public])


def test_a_header_names_the_keys_it_is_sealed_to() -> None:
    """
    Whoever holds several keys sees which one to take, before anything is opened.
    """
    one, two = IntakeSecret.generate(), IntakeSecret.generate()
    header = parse_header(seal(b"words", {}, [one.public, two.public]))

    assert header.key_ids == (one.public.key_id, two.public.key_id)


@given(st.integers(0, 1 << 40))
def test_a_size_is_padded_a_little_and_never_twice(length: int) -> None:
    """
    Padmé's own bound: 12 % at most, and a size that is padded already stays.
    """
    size = padme(length)

    assert length <= size <= length * 1.12
    assert padme(size) == size


@pytest.mark.parametrize("length", [0, 1, 16384, FLOOR - 18, FLOOR, 300_001])
def test_a_sealer_tells_before_what_it_writes(length: int) -> None:
    """
    The intake makes room for so many bytes, and a statement names the padded length inside.
    """
    meta: dict[str, object] = {"lang": "kor"}
    sealer, into = Sealer([KEY.public, OTHER.public]), io.BytesIO()
    told, inside = sealer.size(length, meta), sealer.padded(length, meta)
    written = sealer.seal(io.BytesIO(bytes(length)), length, meta, into)

    assert told == written == len(into.getvalue())
    assert length < inside < told
    check_size(parse_header(into.getvalue()), told)


@pytest.mark.parametrize(
    ("front", "told"),
    [
        (MAGIC + bytes([SUITE]), "suite"),
        (MAGIC + bytes([SUITE, 0]), "cut"),
        (MAGIC + bytes([SUITE, 1]), "cut"),
    ],
)
def test_a_header_that_is_only_begun_says_what_is_missing(front: bytes, told: str) -> None:
    """
    Before its count is read, and right behind it.
    """
    with pytest.raises(errors.MalformedEnvelope, match=told):
        parse_header(front)


def test_no_envelope_is_smaller_than_the_smallest_reply() -> None:
    """
    The next smaller size that is padded too is refused at the door.
    """
    sealed = seal(b"yes", {}, [KEY.public], "reply")
    header, smallest = parse_header(sealed), FLOORS["reply"]

    assert padded_size(header, len(sealed)) == smallest
    less = max(size for size in range(smallest) if padme(size) == size)
    with pytest.raises(errors.MalformedEnvelope):
        check_size(header, len(sealed) - (smallest - less))


def test_meta_may_have_64_kib_and_not_a_byte_more() -> None:
    """
    Sealing refuses what unsealing would refuse; exactly the limit passes both, and is sought in too.
    """
    full: dict[str, object] = {"a": "x" * (MAX_META - len('{"a":""}'))}
    sealed = seal(b"words", full, [KEY.public])
    opened, body = unseal_seekable(io.BytesIO(sealed), KEY)

    assert unseal(sealed, KEY) == (full, b"words") == (opened.meta, body.read())
    with pytest.raises(errors.MalformedEnvelope, match="64 KiB"):
        seal(b"", {"a": f"{full['a']}x"}, [KEY.public])

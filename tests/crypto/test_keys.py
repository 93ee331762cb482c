"""Texts and bytes of keys."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.errors import BadSignature, KeyFormatError
from crypto.keys import PUBLIC_TEXT, IntakePublic, IntakeSecret, SigningKey, VerifyKey


@given(st.binary(min_size=32, max_size=32))
def test_a_keys_text_is_read_as_it_was_written(raw: bytes) -> None:
    """
    Both halves come back, and a line feed at the end of a file is in nobody's way.
    """
    key = SigningKey(raw)

    assert SigningKey.from_text(key.to_text() + "\n").public == key.public
    assert VerifyKey.from_text(key.public.to_text() + "\n") == key.public


@pytest.mark.parametrize(
    "hexadecimal", ["00" * 31, "00" * 33, "0" * 63, " ".join(["00"] * 32), "zz" * 32, "٠٠" * 32]
)
def test_a_text_that_is_no_key_is_refused(hexadecimal: str) -> None:
    """
    Of another length, with spaces in it, in other digits: nothing is guessed.
    """
    with pytest.raises(KeyFormatError):
        VerifyKey.from_text(PUBLIC_TEXT + hexadecimal)


def test_an_intake_secret_of_another_length_is_refused() -> None:
    """
    A cut keyring is noticed before anything is opened with it.
    """
    for length in (0, 63, 65):
        with pytest.raises(KeyFormatError):
            IntakeSecret.from_bytes(bytes(length))


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_key_of_another_length_is_no_key(length: int) -> None:
    """
    Of each kind, public and secret.
    """
    for make in (
        VerifyKey,
        SigningKey,
        IntakePublic.from_bytes,
        lambda raw: IntakeSecret(raw, bytes(32)),
        lambda raw: IntakeSecret(bytes(32), raw),
    ):
        with pytest.raises(KeyFormatError):
            make(bytes(length))


def test_a_text_of_another_kind_is_no_key() -> None:
    """
    A secret is not read as a public key, nor a public key as a secret.
    """
    key = SigningKey.generate()
    for read, text in ((VerifyKey.from_text, key.to_text()), (SigningKey.from_text, key.public.to_text())):
        with pytest.raises(KeyFormatError, match="begins with"):
            read(text)


def test_no_secret_is_shown_by_a_key() -> None:
    """
    Neither as text nor in a list: what is shown names the public half.
    """
    signing, intake = SigningKey.generate(), IntakeSecret.generate()
    shown = repr([signing, signing.public, intake, intake.public]) + f"{signing} {intake}"
    secrets = [
        signing.to_text().rpartition(":")[2],
        intake.to_bytes()[:32].hex(),
        intake.to_bytes()[32:].hex(),
    ]

    assert [secret for secret in secrets if secret in shown] == []
    assert signing.public.key_id in shown
    assert intake.public.key_id.hex() in shown


@given(st.binary(max_size=200), st.integers(0, 511))
def test_what_a_key_signs_it_alone_verifies(message: bytes, bit: int) -> None:
    """
    The same 64 bytes each time; not over other words, not with one bit changed, not for another key.
    """
    key, other = SigningKey(bytes(32)), SigningKey(bytes([1]) * 32)
    signature = key.sign(message)
    changed = bytearray(signature)
    changed[bit // 8] ^= 1 << bit % 8

    key.public.verify(signature, message)
    assert (len(signature), key.sign(message)) == (64, signature)
    for public, wrong, text in (
        (key.public, signature, message + b"."),
        (key.public, bytes(changed), message),
        (key.public, signature[:-1], message),
        (other.public, signature, message),
    ):
        with pytest.raises(BadSignature):
            public.verify(wrong, text)


def test_a_small_order_key_signs_nothing() -> None:
    """
    With the identity point as key, a lenient verifier would accept this forgery for any text.
    """
    with pytest.raises(BadSignature):
        VerifyKey(bytes([1]) + bytes(31)).verify(bytes([1]) + bytes(63), b"anything")


def test_a_key_is_named_by_sixteen_digits_of_its_hash() -> None:
    """
    As the notes and the formats name it.
    """
    public = SigningKey(bytes(32)).public

    assert public.key_id == hashlib.sha256(public.raw).hexdigest()[:16]


def test_keys_are_equal_when_their_bytes_are() -> None:
    """
    And so a set holds each once.
    """
    key = SigningKey.generate()

    assert {key.public, VerifyKey(key.public.raw), SigningKey.generate().public} > {key.public}
    assert len({key.public, VerifyKey(key.public.raw)}) == 1
    assert key.public != key.public.raw

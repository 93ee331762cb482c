"""Texts and bytes of keys."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.errors import KeyFormatError
from crypto.keys import PUBLIC_TEXT, IntakeSecret, SigningKey, VerifyKey


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

"""The receipt she keeps."""

from __future__ import annotations

import unicodedata
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.errors import MalformedReceipt
from crypto.keys import SigningKey
from crypto.receipt import LANGUAGES, Receipt

Form = Literal["NFC", "NFD", "NFKC", "NFKD"]
codes = st.binary(min_size=13, max_size=13).map(Receipt)


@given(codes, st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
def test_a_receipt_is_read_however_it_is_typed(receipt: Receipt, form: Form) -> None:
    """
    Korean keyboards, decomposed text, ideographic spaces and full-width digits all give the same code.
    """
    for language in LANGUAGES:
        typed = unicodedata.normalize(form, "\N{IDEOGRAPHIC SPACE}".join(receipt.words(language)).upper())
        assert Receipt.parse(typed) == receipt
    wide = receipt.digits().translate({ord("0") + i: ord("\N{FULLWIDTH DIGIT ZERO}") + i for i in range(10)})
    assert Receipt.parse(wide[:17] + " " + wide[17:]) == receipt


@given(st.text(max_size=120))
def test_strangers_text_only_ever_raises_our_error(text: str) -> None:
    """
    Nothing typed into the receipt's field breaks the reader.
    """
    with pytest.raises(MalformedReceipt):
        Receipt.parse(text)


def test_most_slips_of_one_word_are_noticed() -> None:
    """
    Six check bits let about one wrong word in 64 through.
    """
    receipt = Receipt(bytes(range(13)))
    number, slips = int(receipt.digits()), 0
    for word in range(1, 2048):
        try:
            Receipt.parse(f"{number ^ word << 33:034d}")
            slips += 1
        except MalformedReceipt:
            pass

    assert 0 < slips < 2047 / 64 * 2


def test_another_archive_gets_other_keys() -> None:
    """
    A false site that is told her words cannot use them elsewhere to find her.
    """
    receipt = Receipt.generate()
    here, there = (receipt.keys(SigningKey.generate().public) for _ in range(2))

    assert here.signing.public != there.signing.public
    assert here.sealing.public != there.sealing.public


def test_a_receipt_has_no_repr_that_tells_it() -> None:
    """
    A receipt logged by mistake tells nothing.
    """
    receipt = Receipt(bytes(range(13)))

    assert "x01" not in repr(receipt)
    assert receipt.words("en")[3] not in repr(receipt)

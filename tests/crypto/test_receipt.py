"""The receipt she keeps."""

from __future__ import annotations

import random
import unicodedata
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.errors import MalformedReceipt
from crypto.keys import SigningKey
from crypto.receipt import TYPED, Receipt
from crypto.words import LANGUAGES, Language, lines

Form = Literal["NFC", "NFD", "NFKC", "NFKD"]
FORMS: tuple[Form, ...] = ("NFC", "NFD", "NFKC", "NFKD")
codes = st.binary(min_size=13, max_size=13).map(Receipt)


@given(codes, st.sampled_from(LANGUAGES), st.sampled_from(FORMS))
def test_a_receipt_is_read_however_it_is_typed(receipt: Receipt, language: Language, form: Form) -> None:
    """
    In every list, composed or not, with any space or punctuation or the list's own numbers, it is one code.
    """
    words = receipt.words(language)
    numbered = "\n".join(f"{at}. {word}" for at, word in enumerate(words, 1))

    for typed in (
        "\N{IDEOGRAPHIC SPACE}".join(words).upper(),
        "、 ".join(words),
        " - ".join(words),
        numbered,
    ):
        assert Receipt.parse(unicodedata.normalize(form, typed)) == receipt


@given(codes, st.sampled_from(FORMS))
def test_digits_are_read_in_full_width_and_in_groups(receipt: Receipt, form: Form) -> None:
    """
    A Chinese keyboard's digits and any grouping give the same code.
    """
    wide = receipt.digits().translate({ord("0") + i: ord("\N{FULLWIDTH DIGIT ZERO}") + i for i in range(10)})

    assert (
        Receipt.parse(unicodedata.normalize(form, wide[:17] + "\N{IDEOGRAPHIC SPACE}" + wide[17:])) == receipt
    )


@given(codes, st.sampled_from(["ko", "zh-Hans", "zh-Hant"]), st.integers(0, 21))
def test_korean_and_chinese_words_need_no_spaces(receipt: Receipt, language: Language, at: int) -> None:
    """
    Words run together, or with a space inside one, can be cut in one way only.
    """
    joined = "".join(receipt.words(language))

    assert Receipt.parse(joined) == receipt
    assert Receipt.parse(f"{joined[:at]} {joined[at:]}") == receipt


@given(codes, st.lists(st.booleans(), min_size=11, max_size=11))
def test_the_chinese_scripts_may_be_mixed(receipt: Receipt, simplified: list[bool]) -> None:
    """
    Whichever form of a character she writes, the place in the list is the same.
    """
    pairs = zip(simplified, receipt.words("zh-Hans"), receipt.words("zh-Hant"), strict=True)

    assert Receipt.parse(" ".join(hans if chosen else hant for chosen, hans, hant in pairs)) == receipt


@given(st.text(max_size=120))
def test_strangers_text_only_ever_raises_our_error(text: str) -> None:
    """
    Nothing typed into the receipt's field breaks the reader.
    """
    with pytest.raises(MalformedReceipt):
        Receipt.parse(text)


def test_what_is_longer_than_any_receipt_is_not_read() -> None:
    """
    Whoever pastes a whole page into the field is told so at once.
    """
    receipt = Receipt(bytes(13))
    digits = receipt.digits()

    assert Receipt.parse(digits.ljust(TYPED)) == receipt
    with pytest.raises(MalformedReceipt, match="longer"):
        Receipt.parse(digits.ljust(TYPED + 1))


def test_what_is_no_receipt_is_told_apart() -> None:
    """
    Nothing, words of no list, a number that lost its first nought, a telephone number with a letter in it.
    """
    receipt = Receipt(bytes(13))
    phones = "x" + " ".join(receipt.phone_numbers("ko"))[1:]

    for text, told in (
        (" , ", "nothing was typed"),
        ("nonsense 헛소리", "not words of a list"),
        (receipt.digits()[1:], "34 digits"),
        (phones, "."),
    ):
        with pytest.raises(MalformedReceipt, match=told):
            Receipt.parse(text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_wrong_word_is_noticed_63_times_in_64(language: Language) -> None:
    """
    Six check bits let about one wrong word in 64 through, in whatever place of the receipt.
    """
    chance, listed, tried = random.Random(8812), lines(language), 4000
    through = 0
    for _ in range(tried):
        receipt = Receipt(chance.randbytes(13))
        words = receipt.words(language)
        at = chance.randrange(len(words))
        words[at] = chance.choice([w for line in listed if (w := line.split()[0]) != words[at]])
        through += _parses(" ".join(words))

    # 62.5 expected; the bounds are four standard deviations away.
    assert 31 <= through <= 94


def test_one_wrong_digit_is_noticed_63_times_in_64() -> None:
    """
    The same six bits watch over the digits, each of the 34 places in turn.
    """
    chance, through = random.Random(8812), 0
    for at in range(34 * 118):
        digits = Receipt(chance.randbytes(13)).digits()
        place = at % 34
        wrong = (int(digits[place]) + chance.randrange(1, 10)) % 10
        through += _parses(f"{digits[:place]}{wrong}{digits[place + 1 :]}")

    # Fewer than one in 64: a wrong first digit is often more than a code can be.
    assert 20 <= through <= 94


def _parses(text: str) -> bool:
    try:
        Receipt.parse(text)
    except MalformedReceipt:
        return False
    return True


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_error_says_which_word_but_never_the_word(language: Language) -> None:
    """
    She is told where to look; a log of the error tells nobody what she typed.
    """
    words = Receipt(bytes(range(13))).words(language)
    words[3] = "onggi" if language == "en" else "개굻"

    with pytest.raises(MalformedReceipt, match="word 4;") as caught:
        Receipt.parse(" ".join(words))
    assert not any(word in str(caught.value) for word in words)
    assert caught.value.__cause__ is None


def test_a_missing_word_is_counted() -> None:
    """
    She is told how many words there should be in the language that she used.
    """
    receipt = Receipt(bytes(range(13)))

    with pytest.raises(MalformedReceipt, match="11 words are needed; these are 10"):
        Receipt.parse(" ".join(receipt.words("ko")[1:]))
    with pytest.raises(MalformedReceipt, match="10 words are needed; these are 9"):
        Receipt.parse(" ".join(receipt.words("en")[1:]))


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

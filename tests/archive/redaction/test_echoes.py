"""What the rest of a text tells of a word: a by-name is known where it stands alone."""

from __future__ import annotations

import pytest

from archive.redaction.echoes import echoes
from archive.redaction.plain import plain
from archive.redaction.rules import ruled


def heard(language: str, text: str) -> list[str]:
    """What is told of each sign."""
    folded = plain(text)
    return echoes(folded, ruled(folded, [(0, len(folded.text), language)]))


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("zh", "外号叫“秤砣”的男子收了钱。后来秤砣走了。", "秤砣"),
        ("ko", "별명은 '꽈배기'였다. 그날 꽈배기가 왔다.", "꽈배기"),
        ("en", "She was called Sparrow. That night Sparrow ran.", "Sparrow"),
    ],
)
def test_a_word_that_is_a_name_in_one_place_is_told_in_the_other(language: str, text: str, name: str) -> None:
    """R16: what introduces a name stands once, the name many times; its own place echoes nothing."""
    told = heard(language, text)
    first, again = text.index(name), text.rindex(name)

    assert told[again].startswith("BP")
    assert {each[:2] for each in told[again + 1 : again + len(name)]} == {"IP"}
    assert told[first].startswith("-")


def test_a_name_told_once_echoes_nowhere() -> None:
    """Its own place tells nothing new."""
    assert {each[0] for each in heard("zh", "我本名叫王秀英。今天下雨。")} == {"-"}


def test_how_often_a_word_stands_and_with_which_capitals_is_told() -> None:
    """Hope that is also hope may be nobody; Rooster with a capital in the middle is somebody."""
    text = "I saw Rooster. We had hope, and Rooster came. Hope is good. They said Rooster and hope."
    told = heard("en", text)

    assert told[text.index("Rooster")][-2:] == "3C"
    assert told[text.index("Hope")][-2:] == "3l"
    assert told[text.index("good")][-1:] == "1"


def test_of_chinese_and_korean_a_sign_and_the_next_are_counted() -> None:
    """No word of a list is needed."""
    text = "蔫吧蹬车，蔫吧不说话。"

    assert [each[-1] for each in heard("zh", text)[:2]] == ["2", "1"]


def test_a_text_whose_small_letters_are_longer_is_read_all_the_same() -> None:
    """Of İ two signs become; the places would shift, so nothing is looked for."""
    text = "She was called Sparrow. Sparrow met İpek."

    assert len(heard("en", text)) == len(text)

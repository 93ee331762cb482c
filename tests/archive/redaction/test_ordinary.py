"""A word that testimonies use and nobody marks is not doubted; whatever else is known of it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.redaction.chain import Chain
from archive.redaction.ordinary import LEARNT, learnt, ordinary
from archive.redaction.plain import plain
from archive.redaction.rules import ruled, told
from archive.redaction.suggest import suggest
from archive.redaction.training.examples import Example
from archive.redaction.training.people import may_be_a_by_name
from archive.redaction.training.train import train, write_ordinary
from archive.redaction.training.unmarked import unmarked

OWN = Path(__file__).parents[2] / "samples" / "redaction"
SETTINGS = {"c1": 0.1, "c2": 0.01, "max_iterations": 30}
NAMES = ("Mira Tol", "Anka Bel", "Sora Vint", "Dena Ruhl", "Ila Morv", "Tessa Okun")
EAGER = 0.9999999
"""Nearly everything is doubted."""


def doubted(chain: Chain, text: str) -> str:
    """What of an English text is only doubted."""
    folded = plain(text)
    said = told(folded, ruled(folded, [(0, len(text), "en")]))
    return " ".join(
        text[each.start : each.end] for each in chain.read(folded, said, 0, len(text), EAGER).faint
    )


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A chain that knows a few invented people."""
    sentences = [
        Example(f"Yesterday {name} came laughing.", ((10, 10 + len(name), "PER"),), "en") for name in NAMES
    ]
    train(sentences, SETTINGS, tmp_path / "model")
    return tmp_path / "model"


def test_a_word_that_nobody_marks_is_not_doubted(model: Path) -> None:
    """The same model doubts it where no list holds it."""
    text = "Laughing we met. Pebble laughing came."

    assert "Laughing" in doubted(Chain("en", model), text)
    assert "Laughing" not in doubted(Chain("en", model, {"laughing", "we", "met"}), text)


def test_a_doubt_about_more_than_such_words_stays_whole(model: Path) -> None:
    """One word that is not on the list is enough."""
    text = "Laughing we met."

    assert doubted(Chain("en", model, {"we", "met"}), text) == doubted(Chain("en", model), text) != ""


@pytest.mark.parametrize(
    ("language", "text", "wanted", "known"),
    [
        ("en", "A Judge said so.", "Judge", "judge"),
        ("ko", "재판장이 말했다.", "재판장", "재판장"),
        ("zh", "她接了電話就走。", "電話", "电话"),
    ],
)
def test_a_word_is_known_with_a_capital_a_particle_and_in_both_scripts(
    language: str, text: str, wanted: str, known: str
) -> None:
    """As it stands in the text, not as it stands in the list."""
    start = text.index(wanted)

    assert ordinary(text, language, start, start + len(wanted), {known})
    assert not ordinary(text, language, start, start + len(wanted), {"x"})


def test_signs_without_a_word_are_nobody_s_everyday_word() -> None:
    """Nothing is let go for want of letters."""
    assert not ordinary("… ?!", "en", 0, 4, {"x"})


def test_only_what_two_texts_use_and_none_marks_is_learnt() -> None:
    """Pebble is a name in one text, so that it is never everyday; a hare is what somebody may be called."""
    told = [
        Example("Mud fell. Pebble saw a hare.", ((10, 16, "PER"),), "en"),
        Example("Mud fell on a pebble and a hare.", (), "en"),
        Example("Snow.", (), "en"),
    ]

    assert unmarked(told, "en") == ["a", "fell", "mud"]
    assert "hare" in may_be_a_by_name()


def test_of_a_korean_word_each_beginning_is_learnt() -> None:
    """Any of them may be the word before its particle; where a beginning is a name it is left out."""
    told = [
        Example("재판장이 왔다", (), "ko"),
        Example("재판장은 갔다", (), "ko"),
        Example("재희", ((0, 2, "PER"),), "ko"),
    ]

    assert unmarked(told, "ko") == ["재판", "재판장"]


def test_the_list_is_what_our_testimonies_say(tmp_path: Path) -> None:
    """Whoever adds a testimony makes it again: `make models`."""
    write_ordinary(OWN, tmp_path / "ordinary.json")

    assert (tmp_path / "ordinary.json").read_bytes() == LEARNT.read_bytes()
    assert set(learnt()) == {"ko", "zh", "en"}


def test_who_is_said_to_be_called_by_an_everyday_word_is_suggested_all_the_same() -> None:
    """Only doubts are let go, and nothing that a rule found."""
    text = "别人都叫他“电话”，真名我不知道。"
    (found,) = suggest([text], language="zh")

    assert "电话" in learnt()["zh"]
    assert any(each.start <= text.index("电话") and each.end >= text.index("电话") + 2 for each in found)

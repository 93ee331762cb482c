"""Real texts through both doors of a real house: as transcripts, and as a woman would tell them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from deploy.house import House
from deploy.load import Outcome, compare, load, texts_of

pytestmark = pytest.mark.loopback
SAMPLES = Path(__file__).parents[1] / "samples" / "texts"
CORPORA = Path(__file__).parents[3] / "shared" / "corpora"
SETS = ("korean-petitions", "chinese-memoirs-and-diaries", "western-sydney-women", "wpa-slave-narratives")
EACH = 8
"""Texts of a set; `python -m deploy.load FOLDER...` sends them all."""


@pytest.fixture(scope="module")
def through(founded_house: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[House, Outcome]:
    """A house that our samples went through, and what came out."""
    there = tmp_path_factory.mktemp("through") / "house"
    shutil.copytree(founded_house, there)
    return House(there), load(House(there), [SAMPLES])


def test_our_samples_come_out_word_for_word(through: tuple[House, Outcome]) -> None:
    """
    Three languages, two doors, none lost and none changed, and each can be found again.
    """
    _, outcome = through

    assert outcome.texts == {"kor": 2, "zho": 1, "eng": 1}
    assert outcome.held == {"import": 4, "life_history": 4}
    assert outcome.whole


def test_a_part_of_each_corpus_comes_out_word_for_word(house: House, tmp_path: Path) -> None:
    """
    Old spellings, mixed scripts, transcribers' marks, forty pages of talk: nothing lost, nothing changed.
    """
    if not CORPORA.is_dir():
        pytest.skip("../shared/corpora is absent; only our own samples went through")
    folders = []
    for name in SETS:
        folders.append(tmp_path / name)
        folders[-1].mkdir()
        shutil.copy(CORPORA / name / "data" / "index.jsonl", folders[-1])
        for path in sorted((CORPORA / name / "data" / "texts").glob("*.txt"))[:EACH]:
            shutil.copy(path, folders[-1])
    outcome = load(house, folders)

    assert outcome.texts.total() == EACH * len(SETS)
    assert outcome.held == {"import": EACH * len(SETS), "life_history": EACH * len(SETS)}
    assert outcome.whole


def test_the_count_would_notice_one_changed_character(through: tuple[House, Outcome], tmp_path: Path) -> None:
    """
    A comparison that cannot fail proves nothing: one letter is changed, and both doors count it.
    """
    house, _ = through
    shutil.copytree(SAMPLES, tmp_path / "texts")
    told = tmp_path / "texts" / "en-flat.txt"
    told.write_bytes(told.read_bytes().replace(b"five", b"fire"))
    outcome = compare(house, texts_of(tmp_path / "texts"))

    assert not outcome.whole
    assert outcome.lost == outcome.strange == {"import": 1, "life_history": 1}

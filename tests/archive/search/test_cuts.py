"""What the analyzer made of an archivist's text is kept sealed, is good for that text, and goes with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pytest

from archive.finding import private_index
from archive.keeping.backup import back_up
from archive.keeping.keyring import Shut
from archive.keeping.shredding import shred_testimony
from archive.search import analyzer, filling
from archive.search.analyzer import Analysis, passages
from archive.search.cuts import packed, unpacked
from archive.vault import CUT
from crypto.receipt import Receipt
from tests.people import RESEARCH, TODAY, Archive

TEXTS = ("혜숙이는 강을 건넜다.", "脫北者는 Hyesan에서 왔다.", "")


@pytest.fixture
def analysed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that the analyzer was asked about."""
    asked: list[str] = []

    def watched(testimonies: Iterable[Sequence[str]]) -> Iterator[tuple[Analysis, ...]]:
        given = [list(each) for each in testimonies]
        asked.extend(text for each in given for text in each)
        return passages(given)

    monkeypatch.setattr(filling, "passages", watched)
    return asked


def test_a_cut_gives_back_what_was_cut_and_nothing_for_other_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Of another text, another analyzer, or with one sign changed it is none.
    """
    [found] = passages([TEXTS])
    cut = packed(TEXTS, found)
    assert unpacked(TEXTS, cut) == found
    changed = (None, b"", cut[:-1], cut[:40] + bytes([cut[40] ^ 1]) + cut[41:])
    assert [unpacked(TEXTS, each) for each in changed] == [None] * 4
    assert unpacked(("혜숙이는 강을 건넜다", *TEXTS[1:]), cut) is None
    monkeypatch.setattr("archive.search.cuts.fingerprint", lambda: f"{analyzer.fingerprint()} changed")
    assert unpacked(TEXTS, cut) is None


def test_the_next_index_analyses_only_what_came_since(archive: Archive, analysed: list[str]) -> None:
    """
    And finds the same; a cut that was damaged is made again.
    """
    first, word = archive.told("혜숙이는 강을 건넜다."), "건너다"
    found = private_index(archive.vault)[0].search(word)
    assert private_index(archive.vault)[0].search(word) == found
    assert analysed == ["혜숙이는 강을 건넜다."]
    second = archive.told("강가에서 기다렸다.")
    private_index(archive.vault)
    archive.vault.store.put(CUT, first, b"damaged")

    now = private_index(archive.vault)[0]
    assert [[now.names[at] for at in now.found(each)] for each in (word, "기다리다")] == [[first], [second]]
    assert analysed == ["혜숙이는 강을 건넜다.", "강가에서 기다렸다.", "혜숙이는 강을 건넜다."]


def test_a_cut_goes_with_its_words_and_into_no_backup(archive: Archive, tmp_path: Path) -> None:
    """
    With a testimony that is destroyed, and with one that archivists may not search any more.
    """
    hers = Receipt.generate()
    destroyed, closed = archive.told("혜숙이는 강을 건넜다."), archive.told("순이는 남았다.", receipt=hers)
    private_index(archive.vault)
    assert sorted(archive.vault.names(CUT)) == sorted([destroyed, closed])
    back_up(archive.vault, tmp_path / "boxes", tmp_path / "keyring", TODAY)
    held = Shut.read(tmp_path / "keyring").open(archive.vault.keyring_key).records
    assert CUT not in {each.kind for each in held}
    shred_testimony(archive.vault, destroyed, archive.minji, archive.sora, TODAY)
    assert archive.vault.names(CUT) == [closed]
    narrower = [grant for grant in RESEARCH if grant != ("index_search", "archivists")]
    archive.told("다시 말한다.", receipt=hers, seq=1, grants=narrower)
    private_index(archive.vault)

    assert archive.vault.names(CUT) == []


def test_words_that_are_destroyed_while_they_are_read_leave_no_cut(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Nothing that was read before the destruction is kept after it; the next index keeps the rest.
    """
    destroyed, stays = archive.told("혜숙이는 강을 건넜다."), archive.told("순이는 남았다.")

    def slow(testimonies: Iterable[Sequence[str]]) -> Iterator[tuple[Analysis, ...]]:
        yield from passages(testimonies)
        if archive.vault.holds("testimony", destroyed):
            shred_testimony(archive.vault, destroyed, archive.minji, archive.sora, TODAY)

    monkeypatch.setattr(filling, "passages", slow)
    private_index(archive.vault)
    assert archive.vault.names(CUT) == []
    private_index(archive.vault)
    assert archive.vault.names(CUT) == [stays]

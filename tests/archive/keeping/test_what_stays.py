"""A later telling is destroyed: what people made of the earlier words alone stays, to the letter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from archive import care
from archive.coding import versions as codings
from archive.coding.record import life
from archive.keeping.shredding import shred_testimony
from archive.redaction import figure_key, figures, passages, wishes
from archive.supplements import join
from archive.versions.basis import basis, chosen, signed
from archive.versions.derivation import first_free
from archive.versions.record import history, keep
from archive.versions.segments import follow
from crypto.receipt import Receipt
from tests.archive.keeping.test_parting import approved, counts
from tests.archive.redaction.test_figures import hide
from tests.people import TODAY, Archive

FIRST = "순옥과 강을 건넜다.\n언니는 남았다."
LATER = "복희가 다리를 놓았다."


@dataclass
class Telling:
    """An earlier telling of a woman who told again."""

    archive: Archive
    first: str
    later: str

    def code(self, *acts: str) -> None:
        vault, before = self.archive.vault, codings.current(self.archive.vault, self.first).number
        rows: list[dict[str, Any]] = [{"act_id": f"e{n}", "type": each} for n, each in enumerate(acts, 1)]
        codings.keep(
            vault, self.archive.minji, basis(vault, self.first), life({"acts": rows}), TODAY, seen=before
        )

    def note(self, words: str) -> None:
        vault = self.archive.vault
        at = basis(vault, self.first).text.index(words)
        passages.note(vault, self.archive.minji, self.first, (at, at + len(words)), "hold_back", "쌍둥이")

    def join(self, *, choose: bool = True) -> None:
        vault = self.archive.vault
        before = chosen(vault, self.first)
        made = join(vault, self.archive.minji, self.first, self.later, TODAY, derived_from=before)
        if choose:
            counts(self.archive, self.first, approved(self.archive, self.first, made.number))

    def part(self) -> None:
        """The later telling is destroyed by two people."""
        shred_testimony(self.archive.vault, self.later, self.archive.minji, self.archive.sora, TODAY)


@pytest.fixture
def telling(archive: Archive) -> Telling:
    hers = Receipt.generate()
    first = archive.told(FIRST, receipt=hers, seq=1)
    return Telling(archive, first, archive.told(LATER, receipt=hers, seq=2))


def test_codings_notes_wishes_and_severity_of_earlier_words_stay(telling: Telling, archive: Archive) -> None:
    """
    R6: the coding that was made before the join counts again; what was made of both is gone.
    """
    vault, first = archive.vault, telling.first
    telling.code("x_Crossing")
    telling.code("x_Crossing", "x_Sale")
    telling.note("언니")
    wishes.ask(vault, archive.minji, first, "순옥", "name", "hide")
    care.judge(vault, archive.minji, vault.testimony(first), "s0002", 3, "헤어짐")
    hide(archive, first, "순옥")
    telling.join()
    telling.code("x_Crossing", "x_Sale", "x_Escape")
    telling.note("다리")
    telling.part()

    assert [act.type for act in codings.current(vault, first).life.acts] == ["x_Crossing", "x_Sale"]
    assert len(codings.history(vault, first)) == 2
    assert [(each.start, each.end) for each in passages.noted(vault, first)] == [(12, 14)]
    assert [each.words for each in wishes.wishes(vault, first)] == ["순옥"]
    assert set(vault.json(care.RECORD, first)) == {"s0002"}
    assert {each.surface for each in figures.aliases_in(vault, first)} == {"순옥"}
    assert (signed(vault, first), basis(vault, first).text) == (0, FIRST)


def test_a_join_that_nobody_chose_takes_nothing_else_with_it(telling: Telling, archive: Archive) -> None:
    """
    The corrected version that counts, and its coding, are what they were; without a coding none appears.
    """
    vault, first = archive.vault, telling.first
    found = history(vault, first)
    segments = follow(found[0].segments, ["순옥과 강을 건넜다.", "언니는 집에 남았다."], first_free(found))
    made = keep(vault, archive.minji, first, "corrected", segments, TODAY, derived_from=0)
    counts(archive, first, approved(archive, first, made.number))
    before = chosen(vault, first)
    telling.join(choose=False)
    telling.code("x_Crossing")
    telling.part()

    assert chosen(vault, first) == before
    assert basis(vault, first).text.endswith("언니는 집에 남았다.")
    assert codings.current(vault, first).number == 1


def test_who_is_called_what_goes_when_its_map_does_not_open(telling: Telling, archive: Archive) -> None:
    """
    Nobody can say then which name was said where; what was destroyed must not stay for that.
    """
    vault, first = archive.vault, telling.first
    hide(archive, first, "순옥")
    telling.join()
    (vault.home / figure_key.FILE).write_bytes(bytes(72))
    telling.part()

    assert not vault.holds(figures.ALIASES, first)
    assert basis(vault, first).text == FIRST

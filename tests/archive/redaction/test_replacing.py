"""A reviewer chooses what is read instead, for all occurrences or for a kind; nothing closed is touched."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from archive import care, review
from archive.redaction import choices, profiles, replacing
from archive.redaction.choices import Choice
from archive.redaction.decision import DecisionRefused, segments_of, verify
from archive.redaction.profiles import WIDE
from archive.redaction.spans import RedactionError
from archive.testimony import Segment
from tests.archive.test_workbench import Desk
from tests.people import MINJIS, Archive

TEXT = (
    "저는 1998년 겨울에 혜산으로 갔습니다. 언니 김영숙은 서른두 살이었습니다.\n"
    "혜산에서 심양으로, 심양에서 조양으로 팔려 갔습니다. 값은 3만 위안이었습니다."
)
WORDS = (
    ("혜산", "place"), ("심양", "place"), ("조양", "place"), ("1998년 겨울", "date"), ("서른두 살", "other"), ("3만 위안", "other"), ("김영숙", "name"),  # noqa: E501
)  # fmt: skip


@pytest.fixture
def told(archive: Archive) -> str:
    """A testimony in which all of `WORDS` are hidden."""
    told = archive.told(TEXT)
    spans = [(m.start(), m.end(), kind) for words, kind in WORDS for m in re.finditer(words, TEXT)]
    choices.keep(archive.vault, archive.minji, told, [Choice(a, b, kind, True) for a, b, kind in spans])
    return told


@pytest.fixture
def desk(archive: Archive, told: str) -> Desk:
    desk = Desk(archive).opened()
    desk.post("/sign-in", name="minji", passphrase=MINJIS)
    return desk


def field(words: str) -> str:
    return f"i.{TEXT.index(words)}.{TEXT.index(words) + len(words)}"


def use(desk: Desk, told: str, step: str, **asked: Any) -> str:
    shown = desk.get(f"/testimony/{told}/hide/instead").text
    seen = re.search(r'name="seen" value="([^"]+)"', shown)
    assert seen is not None
    form: dict[str, str] = {"seen": seen[1]} | asked
    desk.post(f"/testimony/{told}/hide/{step}", None, **form)
    return desk.notices()[-1]


def read(archive: Archive, told: str) -> str:
    marks = choices.redactions(choices.choices(archive.vault, told))
    review.propose(archive.vault, archive.minji, told, marks)
    review.approve(archive.vault, archive.sora, told, review.reading(archive.vault, told).proposal)
    return "\n".join(text for _, text in verify(archive.vault, told).segments)


def test_a_choice_holds_for_all_occurrences_and_the_rest_keeps_its_label(
    archive: Archive, desk: Desk, told: str
) -> None:
    """
    Each by its own rung, an ambiguous name by the place that is meant, a name by words of her own.
    """
    own = field("김영숙").replace("i.", "w.")
    asked = {
        field("혜산"): "generalise/province", field("심양"): "generalise/province/cn-2101",
        field("1998년 겨울"): "generalise/five years", field("서른두 살"): "generalise/five years", own: "큰언니",  # noqa: E501
    }  # fmt: skip
    use(desk, told, "rung", **asked)

    assert read(archive, told) == (
        "저는 [1990년대 후반]에 [량강도 지역]으로 갔습니다. 언니 [큰언니]은 [30대 초반]이었습니다.\n"
        "[량강도 지역]에서 [료녕성]으로, [료녕성]에서 [장소]으로 팔려 갔습니다. 값은 [삭제]이었습니다."
    )


def test_the_profile_tells_a_kind_or_all_and_guesses_nothing(archive: Archive, desk: Desk, told: str) -> None:
    """
    What several places are called keeps its label until a person says which is meant.
    """
    use(desk, told, "profile", kind="place")
    assert {c.shown for c in choices.choices(archive.vault, told)} == {"", "[북한 국경 지역]"}
    use(desk, told, "profile", kind="")

    assert read(archive, told) == (
        "저는 [1990년대]에 [북한 국경 지역]으로 갔습니다. 언니 [이름]은 [30대 초반]이었습니다.\n"
        "[북한 국경 지역]에서 [장소]으로, [장소]에서 [장소]으로 팔려 갔습니다. 값은 [수만 위안]이었습니다."
    )


def test_the_page_offers_every_rung_and_each_of_several_places(desk: Desk, told: str) -> None:
    """
    With what would be read, in the language of the text; and it says what the profile tells.
    """
    shown = desk.get(f"/testimony/{told}/hide/instead", **{"Accept-Language": "en"}).text

    for words in (
        "[량강도 지역]",
        "[북한 국경 지역]",
        "[북한]",
        "[1990년대 후반]",
        "[30대 초반]",
        "[수만 위안]",
        "심양시 &lt; 료녕성",
    ):
        assert words in shown
    assert "Places: region" in shown
    assert "×2" in shown


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({field("혜산"): "generalise/village"}, "cannot be told so wide"),
        ({field("심양"): "generalise/province"}, "cannot be told so wide"),
        ({field("혜산"): "keep"}, "unknown operator"),
        ({field("김영숙").replace("i.", "w."): "김 영숙"}, "still shows words"),
        ({"i.0.2": "generalise/region"}, "not hidden"),
        ({"i.x.2": "generalise/region"}, "cannot be read"),
    ],
    ids=["no rung", "ambiguous", "no operator", "the name", "not hidden", "no number"],
)
def test_what_cannot_stand_instead_is_refused_and_nothing_changes(
    archive: Archive, desk: Desk, told: str, asked: dict[str, str], why: str
) -> None:
    """
    R15: with a reason that does not quote the words, and with the other choices of the form unkept.
    """
    said = use(desk, told, "rung", **asked, **{field("1998년 겨울"): "generalise/decade"})

    assert why in said
    assert {c.shown for c in choices.choices(archive.vault, told)} == {""}


def test_of_a_part_that_is_closed_nothing_is_shown_or_changed(
    archive: Archive, desk: Desk, told: str
) -> None:
    """
    R23: its words are on no page, and a choice for a kind leaves it as it is.
    """
    reading = review.reading(archive.vault, told)
    care.judge(archive.vault, archive.minji, reading.told, reading.told.segments[1].id, 3, "")
    shown = desk.get(f"/testimony/{told}/hide/instead").text
    use(desk, told, "profile", kind="")
    second = TEXT.index("\n")
    kept = [c.shown for c in choices.choices(archive.vault, told) if c.start > second]

    assert "심양" not in shown
    assert "3만" not in shown
    assert set(kept) == {""}
    assert "not hidden" in use(desk, told, "rung", **{field("심양"): "generalise/country"})


def test_a_form_of_other_words_is_refused(archive: Archive, desk: Desk, told: str) -> None:
    """
    Spans of a text that has changed meanwhile would be other words.
    """
    desk.post(f"/testimony/{told}/hide/profile", seen="0" * 64, kind="")

    assert {c.shown for c in choices.choices(archive.vault, told)} == {""}


def test_with_everything_hidden_nothing_narrower_is_told(archive: Archive, told: str) -> None:
    """
    A province that is hidden somewhere in the text is not told instead of a town in it either.
    """
    text = TEXT + "\n량강도, 국경, 북한."
    other = archive.told(text)
    words = ("혜산", "량강도", "국경", "북한")
    made = [Choice(text.index(w), text.index(w) + len(w), "place", True) for w in words]
    standing = choices.keep(archive.vault, archive.minji, other, made)
    reading = review.reading(archive.vault, other).told
    wanted = replacing.profiled(reading, standing, [(0, len(text))], dict(WIDE.rungs) | {"place": "province"})

    assert wanted[text.index("혜산"), text.index("혜산") + 2] == ""
    with pytest.raises(RedactionError):
        choices.instead(archive.vault, archive.minji, other, {(0, 2): "[량강도]"})
    assert profiles.current(archive.vault) == WIDE


def test_at_a_terminal_what_has_only_a_label_is_told_by_the_profile(archive: Archive, told: str) -> None:
    """
    What a person chose stays; what cannot be told wider keeps its label.
    """
    reading = review.reading(archive.vault, told).told
    marks = choices.redactions(choices.choices(archive.vault, told))
    chosen = [replace(m, shown="[그해]") if m.category == "date" else m for m in marks]
    wider = replacing.by_label(reading, chosen, WIDE.rungs)

    assert {TEXT[m.start : m.end]: m.shown for m in wider} == {
        "혜산": "[북한 국경 지역]", "심양": "", "조양": "", "1998년 겨울": "[그해]", "서른두 살": "[30대 초반]", "3만 위안": "[수만 위안]",  # noqa: E501
        "김영숙": "",
    }  # fmt: skip


def test_words_that_are_not_in_the_text_are_not_told_wider_nor_a_part_that_is_not(
    archive: Archive, told: str
) -> None:
    """
    R15: what is told instead belongs to words of hers, and each part of a decision to her text.
    """
    testimony = archive.vault.testimony(told)

    assert replacing.told_as(testimony, "place", "혜산", "generalise/province") == "[량강도 지역]"
    with pytest.raises(RedactionError):
        replacing.told_as(testimony, "place", "평양", "generalise/province")
    with pytest.raises(DecisionRefused, match="not part of the text"):
        segments_of(replace(testimony, parts=(Segment("s0001", "다른 말"),)), ())

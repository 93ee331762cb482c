"""A reviewer says what is read instead of hidden words, with the keyboard and without a script."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser

from archive.redaction import choices
from archive.redaction.choices import Choice
from tests.journeys.test_hiding_desk import looks
from tests.journeys.workbench import opened, sign_in
from tests.people import Archive

pytestmark = pytest.mark.loopback
TEXT = (
    "저는 1998년 겨울에 혜산으로 갔습니다. 언니 김영숙은 서른두 살이었습니다.\n"
    "혜산에서 심양으로 팔려 갔습니다. 값은 3만 위안이었습니다."
)
HIDDEN = {
    "혜산": "place",
    "심양": "place",
    "1998년 겨울": "date",
    "서른두 살": "other",
    "3만 위안": "other",
    "김영숙": "name",
}


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_reviewer_says_what_is_read_instead(archive: Archive, chromium: Browser, scripts: bool) -> None:
    """
    The profile for everything, one place that is meant, one rung of her own; axe finds nothing on the page.
    """
    told, found = archive.told(TEXT), list[str]()
    spans = [(m.start(), m.end(), kind) for words, kind in HIDDEN.items() for m in re.finditer(words, TEXT)]
    choices.keep(archive.vault, archive.minji, told, [Choice(a, b, kind, True) for a, b, kind in spans])
    with opened(archive, chromium, scripts=scripts) as (page, there):
        sign_in(page, "minji")
        page.goto(f"{there}/testimony/{told}/hide")
        page.get_by_text("대신 보일 말", exact=True).press("Enter")
        page.get_by_text("기준 쓰기").press("Enter")
        found += looks(page, "instead-profile") if scripts else []
        page.get_by_label("대신: 심양").select_option("generalise/province/cn-2101")
        page.get_by_label("대신: 1998년 겨울").select_option("generalise/five years")
        page.get_by_label("직접 쓰기: 김영숙").fill("언니")
        page.get_by_text("이대로 쓰기").press("Enter")
        found += looks(page, "instead") if scripts else []

    assert found == []
    assert {TEXT[c.start : c.end]: c.shown for c in choices.choices(archive.vault, told)} == {
        "혜산": "[북한 국경 지역]", "심양": "[료녕성]", "1998년 겨울": "[1990년대 후반]", "서른두 살": "[30대 초반]",  # noqa: E501
        "3만 위안": "[수만 위안]", "김영숙": "[언니]",
    }  # fmt: skip

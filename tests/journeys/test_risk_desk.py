"""Before she signs a release, a second person looks at what it may still tell, in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from archive import review
from archive.coding import versions
from archive.coding.record import life
from archive.redaction.spans import Redaction
from tests.archive.coding.lives import WHOLE
from tests.archive.test_releasing import decided
from tests.journeys.test_hiding_desk import looks
from tests.journeys.workbench import opened, sign_in
from tests.people import TODAY, Archive

pytestmark = pytest.mark.loopback
PATIENCE = 240_000
"""Milliseconds: the first look loads every model, on a machine that may be busy."""
HERS = "그 여자는 벌을 치며 양조장 뒤에서 뱃사공에게 꿀을 팔았다. 회령에서 왔다고 했다."
NEWSPAPER = "작은 마을 소식: 양조장 뒤에서 벌을 치던 여자가 뱃사공에게 꿀을 팔았다."
SAME = {"acts": [{"act_id": "e1", "type": "x_Sale", "date_edtf": "1998", "place_ref": "kp-10"}]}


def coded(archive: Archive, told: str, untrusted: object) -> None:
    reading = review.reading(archive.vault, told).told
    versions.keep(archive.vault, archive.minji, reading, life(untrusted), TODAY, seen=0)


def filled(archive: Archive) -> tuple[str, str]:
    """Five who are alike, one who is alone, and one in whose words a name was overlooked."""
    for n in range(5):
        coded(archive, decided(archive, f"강을 건넜다. 눈이 {n + 1}자 쌓였다."), SAME)
    alone = decided(archive, HERS, ("회령", "place"))
    coded(
        archive,
        alone,
        WHOLE | {"acts": [{"act_id": "e1", "type": "x_Sale", "date_edtf": "2004", "place_ref": "th"}]},
    )
    return alone, decided(archive, "박금희 씨가 문을 열어 주었다.")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_second_person_sees_what_a_draft_may_tell_before_she_signs(
    archive: Archive, chromium: Browser, tmp_path: Path, scripts: bool
) -> None:
    """
    What was held back is decided, k is counted again as she asks, a public text links, and the ledger grows.
    """
    alone, held = filled(archive)
    public = tmp_path / "소식.txt"
    public.write_text(NEWSPAPER, "utf-8")
    with opened(archive, chromium, scripts=scripts) as (desk, there):
        desk.set_default_timeout(PATIENCE)
        sign_in(desk, "minji")
        desk.goto(f"{there}/release")
        desk.click("text=초안 만들기")
        desk.wait_for_selector("text=초안을 만들었습니다")
        found = looks(desk, "risk-release") if scripts else []
        desk.click("a:has-text('다시 살펴서')")
        first = desk.inner_text("main")
        found += looks(desk, "risk-held") if scripts else []
        desk.click(f"form[action='/release/held/{held}/show'] button")
        desk.wait_for_selector("text=보이기로 정했습니다")
        desk.goto(f"{there}/release")
        desk.click("text=초안 만들기")
        desk.goto(f"{there}/release/risk")
        second = desk.inner_text("main")
        desk.select_option("select[name=place]", "out")
        desk.select_option("select[name=year]", "out")
        desk.select_option("select[name=exploitation]", "out")
        desk.click("text=다시 세기")
        third = desk.inner_text("main")
        desk.click("text=그 자리에 있던 사람이 아는 것만")
        there_too = desk.inner_text("main")
        desk.set_input_files("input[name=public]", public)
        desk.click("main button:has-text('이어 보기')")
        desk.wait_for_selector("text=이어 보았습니다")
        linked = desk.inner_text("main")
        found += looks(desk, "risk-linked") if scripts else []
        desk.goto(f"{there}/release/leaves")
        codes = desk.inner_text("main")
        found += looks(desk, "risk-leaves") if scripts else []
        sign_in(desk, "sora")
        desk.goto(f"{there}/release")
        desk.click("text=살피고 서명")
        desk.wait_for_selector("text=서명하여 여기에 썼습니다")
        desk.goto(f"{there}/release/ledger")
        ledger = desk.inner_text("main")
        found += looks(desk, "risk-ledger") if scripts else []

    assert "박금희" in first
    assert "붙잡은 증언이 없습니다" in second
    assert "이 사람을 숨겨 주지는 못합니다" in second
    assert f"{alone[:8]}" in second
    assert "홀로입니다. 이 공개본에는 이 5가지 사실이 모두 같은 증언이 없습니다." in second
    assert "다섯 건이 안 되는 증언 2건" in second
    assert "다섯 건이 안 되는 증언 0건" in third
    assert "이 2가지 사실" in there_too
    assert "소식.txt" in linked
    assert "양조장" in linked
    assert "태국" in codes
    assert "홀로" in codes
    assert "minji" in ledger
    assert found == []


def test_what_says_more_than_before_and_what_is_one_of_few_is_picked_before_it_is_signed(
    archive: Archive, chromium: Browser
) -> None:
    """
    Without her ticks nothing is signed, and the page says why; with them the ledger counts both.
    """
    told = decided(archive, "그 마을에서 갔다.", ("그 마을", "place"))
    with opened(archive, chromium) as (desk, there):
        desk.set_default_timeout(PATIENCE)
        for signer in ("minji", "sora"):
            sign_in(desk, signer)
            desk.goto(f"{there}/release")
            desk.click("text=초안 만들기" if signer == "minji" else "text=살피고 서명")
            desk.wait_for_selector("[role=status]")
        review.propose(archive.vault, archive.minji, told, [Redaction(2, 4, "place")])
        archive.approve(told)
        decided(archive, "강을 건넜다.")
        sign_in(desk, "minji")
        desk.goto(f"{there}/release")
        desk.click("text=초안 만들기")
        sign_in(desk, "sora")
        desk.goto(f"{there}/release")
        desk.click("text=살피고 서명")
        desk.wait_for_selector("text=지난번에 나갔을 때보다 더 많이 말하는")
        found = looks(desk, "risk-more")
        desk.check("input[name=more]")
        desk.click("text=살피고 서명")
        desk.wait_for_selector("text=새 증언이 너무 적어")
        desk.check("input[name=more]")
        desk.check("input[name=few]")
        desk.click("text=살피고 서명")
        desk.wait_for_selector("text=서명하여 여기에 썼습니다")

    kept = archive.vault.json("release", "000000002")
    assert kept["more"] == {told: [1, 0]}
    assert kept["new"] == 1
    assert found == []

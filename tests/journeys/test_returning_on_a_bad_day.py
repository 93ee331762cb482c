"""She comes back and not all can be seen: the page says what, and hides and loses nothing else."""

from __future__ import annotations

import json
import random
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from nacl.bindings import crypto_scalarmult_base
from playwright.sync_api import Page

from crypto import mandate
from crypto.board import issue
from crypto.keys import SigningKey
from crypto.mandate import Mandate
from crypto.receipt import Receipt
from crypto.reply import PART, compose, seal_reply
from server.intake.config import IntakeConfig
from server.intake.site import open_deposits
from tests.journeys.survivor import ROOT, SENTINEL, Site, served, tell
from tests.journeys.test_returning import comes_back
from tests.people import ORIGIN, TODAY

pytestmark = pytest.mark.loopback
DESK, SENDER = SigningKey.generate(), secrets.token_bytes(32)
MONTH = timedelta(days=30)
UNSEEN, NO_REPLIES_SEEN = "무엇이 왔는지 지금은 볼 수 없습니다", "답장을 지금은 볼 수 없습니다"
ONE_ARRIVED = "1번이 모두 온전히 왔습니다"
AGAIN = 16_000
"""Milliseconds: longer than the page ever waits before it asks once more."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """An intake whose archive names a desk, and a key that replies come from."""
    people = (SigningKey.generate().public, SigningKey.generate().public)
    reply = crypto_scalarmult_base(SENDER)
    given = Mandate(ORIGIN, 1, TODAY, TODAY + MONTH, DESK.public, reply, people)
    (tmp_path / "mandate.note").write_bytes(mandate.issue(given, ROOT))
    yield from served(tmp_path, ROOT.public)


def post(site: Site, *entries: bytes) -> bytes:
    """Lay a board with these entries among dummies."""
    board = issue(entries, origin=ORIGIN, serial=1, issued=TODAY, expires=TODAY + MONTH, size=256, desk=DESK)
    (site.home / "board").write_bytes(board)
    return board


def change(site: Site, *statements: str) -> None:
    """Break or mend the intake's rows while it runs."""
    with closing(sqlite3.connect(site.home / "intake.sqlite")) as database, database:
        for statement in statements:
            database.execute(statement)


def comes_back_patiently(phone: Page, site: Site, typed: str) -> str:
    """What is shown at last, the waits between her page's tries passed over."""
    phone.clock.install()
    phone.goto(site.address)
    phone.wait_for_selector("#words:enabled")
    phone.click("[data-go=returning]")
    phone.fill("#typed", typed)
    phone.click("#look")
    for _ in range(200):
        if phone.is_visible("#found"):
            break
        phone.clock.fast_forward(AGAIN)
        phone.wait_for_timeout(100)
    return phone.inner_text("main")


@pytest.mark.parametrize("held", [False, True])
def test_arrivals_that_cannot_be_seen_hide_no_reply_and_nothing_she_adds(
    site: Site, phone: Page, held: bool
) -> None:
    """
    The intake cannot read its rows: she is told so, and reads her reply all the same. Later, what she
    adds takes a number of its own, whether the one before still waits or is *held* by the archive.
    """
    receipt = Receipt.parse(" ".join(tell(phone, site)))
    if held:
        deposits = open_deposits(IntakeConfig(site.home, ORIGIN, ROOT.public.raw.hex()))
        [name] = [folder.name for folder in (site.home / "shelf").iterdir()]
        deposits.hold(name)
        deposits.engine.dispose()
    hers = receipt.keys(ROOT.public).sealing.public
    post(site, *seal_reply(compose(1, TODAY, "kor", "잘 읽었습니다."), hers, SENDER))
    change(site, "alter table deposit rename to away")
    shown = comes_back_patiently(phone, site, receipt.digits())
    change(site, "alter table away rename to deposit")
    assert UNSEEN in shown
    assert ONE_ARRIVED not in shown
    assert "잘 읽었습니다." in shown

    phone.click("#tell-more")
    phone.fill("#words", "더 쓴 말")
    phone.click("#to-choices")
    phone.check("[data-grant=keep]")
    phone.click("#to-receipt")
    phone.wait_for_selector("#done:visible", timeout=60_000)
    said = [json.loads(body) for _, body, _ in site.opened()]
    assert {each["text"] for each in said} == ({"더 쓴 말"} if held else {"더 쓴 말", SENTINEL})
    assert len({each["seq"] for each in said}) == len(said)
    assert "2번이 모두 온전히 왔습니다" in comes_back(phone, site.address, receipt.digits())


def test_a_board_that_cannot_be_read_hides_no_arrival(site: Site, phone: Page) -> None:
    """
    A board cut short, or changed in one byte: replies cannot be seen now, which is not the same as none.
    """
    receipt = Receipt.parse(" ".join(tell(phone, site)))
    board = post(site)
    for damaged in (board[:-1], board[:-1] + bytes([board[-1] ^ 1]), b""):
        (site.home / "board").write_bytes(damaged)
        shown = comes_back(phone, site.address, receipt.digits())

        assert NO_REPLIES_SEEN in shown
        assert "지금은 답장이 없습니다" not in shown
        assert ONE_ARRIVED in shown
    (site.home / "board").write_bytes(board)
    assert "지금은 답장이 없습니다" in comes_back(phone, site.address, receipt.digits())


def test_nothing_that_can_be_seen_is_said_to_be_nothing(site: Site, phone: Page) -> None:
    """
    Both fail: neither "nothing is here" nor "no reply" is shown, and she may still take everything back.
    """
    receipt = Receipt.parse(" ".join(tell(phone, site)))
    (site.home / "board").write_bytes(b"cut")
    change(site, "alter table deposit rename to away")
    shown = comes_back_patiently(phone, site, receipt.digits())
    change(site, "alter table away rename to deposit")
    assert UNSEEN in shown
    assert NO_REPLIES_SEEN in shown
    assert "아무것도 없습니다" not in shown

    phone.click("[data-go=leaving]")
    phone.click("#take-back")
    phone.wait_for_selector("#taken:visible", timeout=60_000)
    [body] = [body for _, body, _ in site.opened()]
    assert b'"kind":"withdrawal"' in body


def test_several_replies_stand_in_their_order_and_a_missing_part_is_told_in_its_place(
    site: Site, phone: Page
) -> None:
    """
    Three replies, their entries in any order, one in Chinese, one without its second part: each under its
    day and in its language, the gap where the part would be, and nobody else's among them.
    """
    receipt = Receipt.parse(" ".join(tell(phone, site)))
    hers = receipt.keys(ROOT.public).sealing.public
    days = [TODAY - timedelta(days=20), TODAY - timedelta(days=3), TODAY]
    first, other = compose(1, days[0], "kor", "첫 답장입니다."), compose(3, days[2], "zho", "第三封回信。")
    long = compose(2, days[1], "kor", "가" * (PART // 3) + "나" * (PART // 3) + "다")
    strangers = Receipt.generate().keys(ROOT.public).sealing.public
    entries = [
        *seal_reply(other, hers, SENDER),
        *[entry for at, entry in enumerate(seal_reply(long, hers, SENDER)) if at != 1],
        *seal_reply(first, hers, SENDER),
        *seal_reply(compose(1, TODAY, "kor", "남의 답장"), strangers, SENDER),
    ]
    random.Random(7).shuffle(entries)
    post(site, *entries)
    comes_back(phone, site.address, receipt.digits())
    told = phone.eval_on_selector_all(
        "#replies > *", "nodes => nodes.map((node) => [node.tagName, node.textContent, node.lang])"
    )

    assert len(long.parts) == 3
    assert told == [
        ["H3", days[0].isoformat(), ""],
        ["P", "첫 답장입니다.", "ko"],
        ["H3", days[1].isoformat(), ""],
        ["P", f"{long.parts[0]}(여기 한 부분이 오지 않았습니다){long.parts[2]}", "ko"],
        ["H3", days[2].isoformat(), ""],
        ["P", "第三封回信。", "zh"],
    ]
    assert phone.text_content("#no-replies") == ""

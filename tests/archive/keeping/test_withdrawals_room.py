"""The workbench's room for what was taken back: seen, destroyed, answered, and told to the reading room."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from archive import notices, releasing, replies, review, roles
from archive.keeping.shredding import KIND, WITHDRAWAL
from archive.keeping.withdrawing import WAS_READ
from archive.release import ReleaseError
from crypto.receipt import Receipt
from server.research import shelf
from server.research.config import ResearchConfig
from tests.archive.keeping.media import Media
from tests.archive.keeping.test_shredding import all_of, opened_by_backup
from tests.archive.test_replies import posted, reads
from tests.archive.test_standing import KEEP, changes, withdraws
from tests.archive.test_workbench import Desk
from tests.people import MINJIS, ORIGIN, RESEARCH, SORAS, TODAY, Archive

SENTINEL = "노란 집에 살던 혜숙이"
EN, KO = {"Accept-Language": "en"}, {"Accept-Language": "ko"}


def signed_in(archive: Archive) -> Desk:
    desk = Desk(archive).opened()
    desk.post("/sign-in", name="minji", passphrase=MINJIS)
    return desk


def account(archive: Archive, told: str) -> str:
    return str(archive.vault.json("told-by", told))


def test_it_shows_who_asked_and_what_had_left_and_no_word(archive: Archive) -> None:
    """
    R9, R23: the day, her proof, each release and who could read it, an answer in her language; no word.
    """
    hers = Receipt.generate()
    told = archive.told(SENTINEL, receipt=hers)
    archive.let_out(told)
    archive.take(withdraws(archive, hers, 1))
    desk = Desk(archive).opened()
    english, korean = (desk.get("/withdrawals", **each).text for each in (EN, KO))

    assert f"Taken back on {TODAY}: 1 testimonies" in english
    assert f"release 1 of {TODAY}" in english
    assert "signed by her" in english
    for page in (english, korean):
        assert told in page
        assert f'lang="ko" autocomplete="off">거두어 달라고 하신 말씀을 {TODAY.year}년' in page
        assert WAS_READ["kor"] in page
        assert SENTINEL not in page
        assert "혜숙" not in page
    assert "/withdrawals" in desk.get("/", **EN).text


def test_one_person_destroys_by_her_word_and_she_is_answered_in_the_words_on_the_page(
    archive: Archive,
) -> None:
    """
    R8, R9: only signed in, only with the box ticked; then all of hers is gone, and somebody else's stays.
    """
    hers, other = Receipt.generate(), Receipt.generate()
    told, stays = archive.told(SENTINEL, receipt=hers), archive.told("다른 사람의 말", receipt=other)
    archive.let_out(told, stays)
    archive.take(withdraws(archive, hers, 1))
    form: dict[str, Any] = {"account": account(archive, told), "answer": "모두 없앴습니다.\r\n고맙습니다."}
    desk = Desk(archive).opened()
    desk.post("/withdrawals/destroy", sure="yes", **form)
    assert archive.vault.testimony(told)
    desk.post("/sign-in", name="minji", passphrase=MINJIS)
    desk.post("/withdrawals/destroy", **form)
    assert archive.vault.testimony(told)
    assert "tick the box" in " ".join(desk.notices())
    desk.post("/withdrawals/destroy", sure="yes", **(form | {"account": account(archive, stays)}))
    assert "nothing of hers waits" in " ".join(desk.notices())
    desk.post("/withdrawals/destroy", sure="yes", **form)
    page = " ".join(desk.get("/withdrawals", **EN).text.split())

    assert list(archive.vault.testimonies()) == [stays]
    assert archive.vault.json(KIND, told)["by"][0]["name"] == "minji"
    assert f"It had left in release: <code>1 ({TODAY})</code>" in page
    [reply] = reads(archive, hers, posted(archive))
    assert "".join(map(str, reply.parts)) == "모두 없앴습니다.\n고맙습니다."


def test_a_release_that_waits_for_its_stick_goes_with_her_words(archive: Archive, media: Media) -> None:
    """
    R7: what the desk wrote into the archive's own folder, and with it into the keyring of a backup.
    """
    hers = Receipt.generate()
    told = archive.told(SENTINEL, receipt=hers)
    review.propose(archive.vault, archive.minji, told, [])
    archive.approve(told)
    archive.show_what_is_left()
    releasing.draft(archive.vault, archive.sora)
    desk = signed_in(archive)
    desk.post("/release/sign", draft=releasing.drafted(archive.vault).digest)
    media.back_up()
    assert SENTINEL.encode() in all_of(archive.vault.home)
    assert SENTINEL.encode() in opened_by_backup(media)
    archive.take(withdraws(archive, hers, 1))
    desk.post("/withdrawals/destroy", sure="yes", account=account(archive, told))
    media.back_up()

    assert SENTINEL.encode() not in all_of(archive.vault.home)
    assert SENTINEL.encode() not in opened_by_backup(media)


def test_an_answer_that_cannot_be_sent_destroys_nothing(archive: Archive) -> None:
    """
    Too long for the board: said at once, and everything is as it was.
    """
    hers = Receipt.generate()
    told = archive.told(SENTINEL, receipt=hers)
    archive.take(withdraws(archive, hers, 1))
    desk = signed_in(archive)
    desk.post("/withdrawals/destroy", sure="yes", account=account(archive, told), answer="가" * 20_000)

    assert archive.vault.testimony(told)
    assert archive.vault.names("reply") == []
    assert any("at most" in each for each in desk.notices())


def test_without_her_proof_two_people_destroy_it_at_the_desk(archive: Archive) -> None:
    """
    R8, R13: a wrong passphrase, the same person twice and an unticked box change nothing; two people do.
    """
    hers = Receipt.generate()
    told = archive.told(SENTINEL, receipt=hers)
    archive.take(withdraws(archive, hers, 1))
    [name] = archive.vault.names(WITHDRAWAL)
    archive.vault.shred(WITHDRAWAL, name, "archive")
    desk = signed_in(archive)
    page = desk.get("/withdrawals", **EN).text
    assert "two people decide" in page
    assert "/withdrawals/destroy" not in page
    desk.post("/withdrawals/destroy", sure="yes", account=account(archive, told))
    for second, phrase in (("sora", MINJIS), ("minji", MINJIS), ("nobody", SORAS)):
        desk.post("/withdrawals/two", sure="yes", testimony=told, second=second, passphrase=phrase)
    desk.post("/withdrawals/two", testimony=told, second="sora", passphrase=SORAS)
    assert archive.vault.testimony(told)
    desk.post("/withdrawals/two", sure="yes", testimony=told, second="sora", passphrase=SORAS)

    assert list(archive.vault.testimonies()) == []
    assert [each["name"] for each in archive.vault.json(KIND, told)["by"]] == ["minji", "sora"]


def test_who_lost_her_words_is_held_back_first_and_destroyed_by_two(archive: Archive) -> None:
    """
    R8: looked up by its id, the page says what would go and where it went, and shows no word.
    """
    told = archive.told(SENTINEL)
    archive.let_out(told)
    desk = signed_in(archive)
    page = desk.get(f"/withdrawals?testimony={told}", **EN).text
    assert "<code>testimony</code> 1" in page
    assert f"release 1 of {TODAY}" in page
    assert f'href="/testimony/{told}/consent"' in page
    assert SENTINEL not in page
    assert "No testimony of this id" in desk.get("/withdrawals?testimony=nowhere", **EN).text
    desk.post("/withdrawals/two", sure="yes", testimony=told, second="sora", passphrase=SORAS)

    assert list(archive.vault.testimonies()) == []


def test_roles_decide_who_destroys(archive: Archive) -> None:
    """
    R13: an editor carries nothing out, and an archivist does not begin what two decide.
    """
    hers = Receipt.generate()
    told = archive.told(SENTINEL, receipt=hers)
    archive.take(withdraws(archive, hers, 1))
    for role in sorted(roles.ALL - {"editor"}):
        roles.take(archive.vault, archive.sora, "minji", role)
    desk = signed_in(archive)
    desk.post("/withdrawals/destroy", sure="yes", account=account(archive, told))
    desk.post("/withdrawals/two", sure="yes", testimony=told, second="sora", passphrase=SORAS)
    assert archive.vault.testimony(told)
    roles.give(archive.vault, archive.sora, "minji", "archivist")
    desk.post("/withdrawals/two", sure="yes", testimony=told, second="sora", passphrase=SORAS)
    assert archive.vault.testimony(told)
    desk.post("/withdrawals/destroy", sure="yes", account=account(archive, told))

    assert list(archive.vault.testimonies()) == []


def test_the_notice_is_written_for_the_stick_and_the_page_says_when_one_is_due(
    archive: Archive, tmp_path: Path
) -> None:
    """
    R6: due after a withdrawal, told once it is signed, due again after the next; the reading room obeys it.
    """
    receipts = [Receipt.generate(), Receipt.generate()]
    told = [archive.told(f"{n}째 사람의 말", receipt=each) for n, each in enumerate(receipts)]
    archive.let_out(*told)
    room = ResearchConfig(tmp_path / "room", ORIGIN, archive.root)
    room.write()
    releasing.write(archive.vault, 1, tmp_path / "release", TODAY)
    shelf.publish(room, tmp_path / "release", TODAY)
    desk = signed_in(archive)
    assert "has been told everything" in desk.get("/withdrawals", **EN).text
    desk.post("/withdrawals/notice")
    assert "nothing that was released has been taken back" in desk.notices()
    for number, receipt in enumerate(receipts):
        archive.take(withdraws(archive, receipt, 1))
        assert "1 that researchers could read" in desk.get("/withdrawals", **EN).text
        desk.post("/withdrawals/notice")
        [into] = re.findall(r"on it: <code>([^<]+)</code>", desk.get("/withdrawals", **EN).text)
        assert Path(into) == archive.vault.home / "outgoing" / f"withdrawal-{number + 1}"
        shelf.withdraw(room, Path(into), TODAY)
        assert notices.due(archive.vault, TODAY) == 0

    assert len(shelf.Shelf(room).reading().testimonies) == 0


def test_what_she_no_longer_allows_goes_onto_the_notice_by_itself(archive: Archive, tmp_path: Path) -> None:
    """
    R5: a narrower consent refuses the draft and the release, and makes a notice due; so does one after
    a wider one. Nobody has to name the testimony.
    """
    hers = Receipt.generate()
    told = archive.told(SENTINEL, receipt=hers)
    archive.let_out(told)
    draft = releasing.draft(archive.vault, archive.minji)
    assert notices.due(archive.vault, TODAY) == 0
    archive.take(changes(archive, hers, 1, KEEP))
    assert notices.due(archive.vault, TODAY) == 1
    with pytest.raises(releasing.ReleaseRefused):
        releasing.sign(archive.vault, archive.sora, draft.digest, TODAY)
    with pytest.raises(releasing.ReleaseRefused):
        releasing.write(archive.vault, 1, tmp_path / "again", TODAY)
    notices.write_next(archive.vault, TODAY)
    assert notices.due(archive.vault, TODAY) == 0
    archive.take(changes(archive, hers, 2, RESEARCH))
    assert notices.due(archive.vault, TODAY) == 0
    releasing.draft(archive.vault, archive.minji)
    archive.sign_release()
    archive.take(changes(archive, hers, 3, KEEP))
    assert notices.due(archive.vault, TODAY) == 1
    into = notices.write_next(archive.vault, TODAY)

    room = ResearchConfig(tmp_path / "room", ORIGIN, archive.root)
    room.write()
    shelf.withdraw(room, into, TODAY)
    kept = archive.vault.json("release-files", "000000002")
    (tmp_path / "two").mkdir()
    for name, text in kept.items():
        (tmp_path / "two" / name).write_text(text, "utf-8")
    (tmp_path / "two" / "mandate.note").write_bytes((into / "mandate.note").read_bytes())
    with pytest.raises((ReleaseError, shelf.NotPublished)):
        shelf.publish(room, tmp_path / "two", TODAY)


def test_the_page_counts_the_answers_that_wait_for_a_backup(archive: Archive) -> None:
    """
    "Nobody can open it" is said to her only once it is true, and the desk is told to make it so.
    """
    assert replies.early(archive.vault) == 0
    hers = Receipt.generate()
    told = archive.told(SENTINEL, receipt=hers)
    archive.vault.journal.append("rep", "archive", ["backup:one"])
    archive.take(withdraws(archive, hers, 1))
    desk = signed_in(archive)
    desk.post("/withdrawals/destroy", sure="yes", account=account(archive, told))
    assert "1 answers wait" in desk.get("/withdrawals", **EN).text
    archive.vault.journal.append("rep", "archive", ["backup:two"])

    assert "answers wait" not in desk.get("/withdrawals", **EN).text

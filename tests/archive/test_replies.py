"""Writing back: to whom it is allowed, on a board that tells nothing, for as long as it is good."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from nacl.bindings import crypto_scalarmult_base

from archive import keyring, replies
from archive.consent import ConsentRefused
from archive.people import Person, PersonRefused
from archive.replies import STAYS, ReplyRefused
from archive.vault import Vault
from crypto import board
from crypto.errors import BoardFull, MalformedReply
from crypto.keys import SigningKey
from crypto.receipt import Receipt
from crypto.reply import Reply, read_replies
from tests.archive.test_commands import Terminal
from tests.people import ORIGIN, PASSPHRASE, TODAY, Archive, statement

WRITE_TO_ME = (("preserve", "archivists"), ("recontact", "archivists"))


def told_by(archive: Archive, receipt: Receipt, seq: int = 0, grants: object = WRITE_TO_ME) -> str:
    return archive.take(statement(archive, receipt=receipt, seq=seq, grants=grants)).taken[0]  # type: ignore[arg-type]


def posted(archive: Archive, day: date = TODAY) -> bytes:
    return replies.post(archive.vault, 256, day).content


def reads(archive: Archive, receipt: Receipt, content: bytes, day: date = TODAY) -> tuple[Reply, ...]:
    """What a page shows: it knows the root, and from it the mandate."""
    given, _ = keyring.mandate(archive.vault, day)
    entries = board.verify(content, origin=ORIGIN, desk=given.desk, today=day).entries
    return read_replies(entries, receipt.keys(archive.root).sealing, given.reply)


def test_a_reply_reaches_the_words_that_told_and_no_others(archive: Archive) -> None:
    """
    From her sealed statement to her receipt: two women write, one is answered, and only she reads it.
    """
    hers, others = Receipt.generate(), Receipt.generate()
    told = told_by(archive, hers)
    told_by(archive, others)
    kept = replies.write(archive.vault, archive.minji, told, "  잘 받았습니다.\n", "kor", TODAY)
    content = posted(archive)

    assert reads(archive, hers, content) == (kept,)
    assert reads(archive, others, content) == ()


def test_replies_are_numbered_for_each_woman_and_kept_in_the_vault(archive: Archive) -> None:
    """
    The second to her is number 2 whatever was written to others, also after the vault was closed.
    """
    hers, others = Receipt.generate(), Receipt.generate()
    told, other = told_by(archive, hers), told_by(archive, others)
    replies.write(archive.vault, archive.minji, told, "하나", "kor", TODAY)
    replies.write(archive.vault, archive.sora, other, "一", "zho", TODAY)
    again = told_by(archive, hers, seq=1)
    archive.vault.close()
    archive.vault = Vault.open(archive.vault.home, PASSPHRASE)
    replies.write(archive.vault, archive.sora, again, "둘", "kor", TODAY)
    content = posted(archive)

    assert [(r.serial, r.parts) for r in reads(archive, hers, content)] == [(1, ("하나",)), (2, ("둘",))]
    assert [(r.serial, r.lang) for r in reads(archive, others, content)] == [(1, "zho")]


def test_nobody_is_written_to_who_did_not_allow_it(archive: Archive) -> None:
    """
    Without `recontact`, or when her latest statement takes it back, nothing is kept.
    """
    receipt = Receipt.generate()
    silent = archive.told()
    told = told_by(archive, receipt)
    told_by(archive, receipt, seq=1, grants=[("preserve", "archivists")])
    for each in (silent, told):
        with pytest.raises(ConsentRefused):
            replies.write(archive.vault, archive.minji, each, "말", "kor", TODAY)

    assert archive.vault.names("reply") == []


def test_what_she_no_longer_allows_leaves_the_board(archive: Archive) -> None:
    """
    The gate is asked again for every board: a reply that was written before is withheld.
    """
    receipt = Receipt.generate()
    replies.write(archive.vault, archive.minji, told_by(archive, receipt), "말", "kor", TODAY)
    told_by(archive, receipt, seq=1, grants=[("preserve", "archivists")])
    made = replies.post(archive.vault, 256, TODAY)

    assert (made.replies, made.parts, made.withheld) == (0, 0, 1)
    assert reads(archive, receipt, made.content) == ()


@pytest.mark.parametrize(("after", "there"), [(-1, 0), (0, 1), (119, 1), (120, 0)])
def test_a_reply_stays_for_a_hundred_and_twenty_days(archive: Archive, after: int, there: int) -> None:
    """
    On every board from its day on, and on none after.
    """
    assert timedelta(days=120) == STAYS
    receipt = Receipt.generate()
    replies.write(archive.vault, archive.minji, told_by(archive, receipt), "말", "kor", TODAY)
    day = TODAY + timedelta(days=max(after, 0))
    if after < 0:  # a machine whose clock was set back
        row = archive.vault.json("reply", name := archive.vault.names("reply")[0])
        archive.vault.put_json("reply", name, row | {"day": (TODAY + timedelta(days=1)).isoformat()})

    assert len(reads(archive, receipt, posted(archive, day), day)) == there


def test_a_board_that_does_not_hold_all_is_not_made(archive: Archive) -> None:
    """
    The next size is asked for; the number of the board is not used up.
    """
    told = told_by(archive, Receipt.generate())
    for _ in range(17):
        replies.write(archive.vault, archive.minji, told, "a" * 1920 * 16, "eng", TODAY)
    with pytest.raises(BoardFull, match="take the next size"):
        replies.post(archive.vault, 256, TODAY)
    made = replies.post(archive.vault, 512, TODAY)

    assert (made.serial, made.parts) == (1, 272)


def test_boards_are_numbered_and_the_journal_names_them(archive: Archive) -> None:
    """
    Each board is newer than the one before; the journal says who wrote, and no word of it.
    """
    replies.write(archive.vault, archive.minji, told_by(archive, Receipt.generate()), "비밀", "kor", TODAY)
    assert [replies.post(archive.vault, 256, TODAY).serial for _ in range(2)] == [1, 2]
    events = archive.vault.journal.events()

    assert [e.objects for e in events[-2:]] == [("board:1",), ("board:2",)]
    assert (events[-3].type, events[-3].agent) == ("cre", "minji")
    assert "비밀" not in str(events)


def test_only_who_is_known_writes_for_the_archive(archive: Archive) -> None:
    """
    One person is enough, but she must be one of the archive's.
    """
    told = told_by(archive, Receipt.generate())
    for name, refusal in (("minji", ReplyRefused), ("nobody", PersonRefused)):
        with pytest.raises(refusal):
            replies.write(archive.vault, Person(name, SigningKey.generate()), told, "말", "kor", TODAY)


def test_keys_that_do_not_work_are_told_when_a_reply_is_written(archive: Archive) -> None:
    """
    An account may send any bytes as keys: they spoil her own replies only, and no board.
    """
    receipt = Receipt.generate()
    keys = receipt.keys(archive.root)
    account = {"x25519": "00" * 32, "xwing": "ff" * 1216, "ed25519": keys.signing.public.raw.hex()}
    told = archive.take(statement(archive, receipt=receipt, grants=WRITE_TO_ME, account=account)).taken[0]
    with pytest.raises(MalformedReply):
        replies.write(archive.vault, archive.minji, told, "말", "kor", TODAY)

    assert replies.post(archive.vault, 256, TODAY).replies == 0


def test_keys_that_she_spoils_later_hold_up_no_others_reply(archive: Archive) -> None:
    """
    A later statement with keys that do not work costs that account its replies, and nobody a board.
    """
    hers, others = Receipt.generate(), Receipt.generate()
    for receipt in (hers, others):
        replies.write(archive.vault, archive.minji, told_by(archive, receipt), "말", "kor", TODAY)
    signing = hers.keys(archive.root).signing.public.raw.hex()
    account = {"x25519": "00" * 32, "xwing": "ff" * 1216, "ed25519": signing}
    archive.take(statement(archive, receipt=hers, seq=1, grants=WRITE_TO_ME, account=account))
    made = replies.post(archive.vault, 256, TODAY)

    assert (made.replies, made.withheld) == (1, 1)
    assert len(reads(archive, others, made.content)) == 1


def test_a_testimony_that_was_destroyed_takes_its_replies_off_the_board(archive: Archive) -> None:
    """
    What is gone is answered no more, and the board of the others is made.
    """
    told = told_by(archive, Receipt.generate())
    replies.write(archive.vault, archive.minji, told, "말", "kor", TODAY)
    archive.vault.shred("testimony", told, "minji")
    made = replies.post(archive.vault, 256, TODAY)

    assert (made.replies, made.withheld) == (0, 1)


def test_what_came_without_an_account_cannot_be_written_to(archive: Archive) -> None:
    """
    An archive's own transcripts allow nothing of the kind, and a testimony from before has no keys.
    """
    told = told_by(archive, Receipt.generate())
    archive.vault.shred("account-keys", archive.vault.json("told-by", told), "archive")
    with pytest.raises(ReplyRefused):
        replies.write(archive.vault, archive.minji, told, "말", "kor", TODAY)


def test_a_board_is_signed_by_the_key_that_the_mandate_names(archive: Archive) -> None:
    """
    A reply key that the root has not named yet makes no board: no page would believe it.
    """
    assert keyring.mandate(archive.vault, TODAY)[0].reply == crypto_scalarmult_base(
        keyring.reply(archive.vault)
    )
    archive.vault.put_secret("reply", bytes(range(32)))
    with pytest.raises(ReplyRefused):
        posted(archive)
    archive.vault.put_secret("desk", SigningKey.generate().to_text().encode())
    with pytest.raises(keyring.KeyringError):
        posted(archive)


def test_writing_back_at_a_terminal(archive: Archive, tmp_path: Path) -> None:
    """
    The text from the input, her own language unless another is named; a board of the size that was asked for.
    """
    receipt = Receipt.generate()
    told, terminal = told_by(archive, receipt), Terminal(archive.vault.home)
    wrote = terminal.done(
        "reply", "--as", "minji", told, person="minji", given="잘 받았습니다.\n다시 쓰십시오.\n"
    )
    assert "reply 1 in 1 parts; it leaves with the next `onggi archive board`" in wrote
    terminal.done("reply", "--as", "sora", "--lang", "zho", told, person="sora", given="收到了")
    silent = terminal("reply", "--as", "minji", archive.told(), person="minji", given="말")
    assert (silent.exit_code, "recontact for archivists was not granted" in silent.output) == (1, True)
    made = terminal.done("board", str(tmp_path / "board"), "--size", "256")
    assert made.startswith("board 1: 2 replies in 2 of 256 entries; wrote ")
    content = (tmp_path / "board").read_bytes()
    assert terminal.done("board", "--size", "256").startswith("board 2: 2 replies")
    terminal.done("send", str(tmp_path / "stick"))
    assert (tmp_path / "stick" / "board").read_bytes() == (terminal.home / "outgoing" / "board").read_bytes()

    assert [r.lang for r in reads(archive, receipt, content)] == ["kor", "zho"]
    assert reads(archive, receipt, content)[0].parts == ("잘 받았습니다.\n다시 쓰십시오.",)

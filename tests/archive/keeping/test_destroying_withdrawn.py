"""What she took back is destroyed by her own word, reported, and answered."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from archive import releasing, replies, review
from archive.keeping.shredding import KIND, WITHDRAWAL, ShredRefused, message_of, shred_withdrawn
from archive.keeping.withdrawing import DESTROYED, WAS_READ, Out, destroy, waiting
from archive.people import Person
from archive.standing import withdrawals
from archive.testimony import LANGUAGES
from crypto.keys import SigningKey, VerifyKey
from crypto.receipt import Receipt
from tests.archive.keeping.media import Media
from tests.archive.test_commands import Terminal
from tests.archive.test_replies import posted, reads
from tests.archive.test_standing import withdraws
from tests.people import TODAY, Archive

SENTINEL = "노란 집에 살던 혜숙이"


def released(archive: Archive, told: str) -> str:
    review.propose(archive.vault, archive.minji, told, [])
    archive.approve(told)
    archive.show_what_is_left()
    releasing.draft(archive.vault, archive.minji)
    archive.sign_release()
    return told


def test_her_signed_withdrawal_is_the_proof_and_one_person_carries_it_out(archive: Archive) -> None:
    """
    R8: all her account took back goes, also what comes late; the others stay. The record names her withdrawal
    and who carried it out, and both can be checked.
    """
    hers, others = Receipt.generate(), Receipt.generate()
    told = [archive.told(SENTINEL, receipt=hers, seq=n) for n in (0, 1)]
    kept = archive.told("다른 사람의 말", receipt=others)
    archive.take(withdraws(archive, hers, 3))
    gone = destroy(archive.vault, archive.minji, TODAY)

    assert {each.testimony for each in gone} == set(told)
    assert waiting(archive.vault) == []
    assert list(archive.vault.testimonies()) == [kept]
    row = archive.vault.json(KIND, told[0])
    [by] = row["by"]
    key = VerifyKey.from_text(by["public"])
    key.verify(bytes.fromhex(by["signature"]), message_of(told[0], row["day"]))
    assert archive.vault.holds("envelope", row["withdrawal"])
    late = archive.told(SENTINEL, receipt=hers, seq=2)
    assert [each.testimony for each in waiting(archive.vault)] == [late]
    assert [each.testimony for each in destroy(archive.vault, archive.minji, TODAY)] == [late]


def test_without_her_proof_nothing_is_destroyed_by_one(archive: Archive) -> None:
    """
    R8: what was not taken back, a withdrawal whose statement is not hers, and a person who is not known.
    """
    hers, others = Receipt.generate(), Receipt.generate()
    told = archive.told(SENTINEL, receipt=hers)
    other = archive.told(SENTINEL, receipt=others)
    with pytest.raises(ShredRefused, match="two people"):
        shred_withdrawn(archive.vault, told, archive.minji, TODAY)
    archive.take(withdraws(archive, hers, 1), withdraws(archive, others, 1))
    with pytest.raises(ShredRefused, match="does not know"):
        destroy(archive.vault, Person("sora", SigningKey.generate()), TODAY)
    # The word of one under the name of the other, as somebody who opened the vault could write it.
    mine = archive.vault.json("told-by", told)
    theirs = archive.vault.json("told-by", other)
    [name] = [n for n in archive.vault.names(WITHDRAWAL) if n.startswith(mine)]
    digest = archive.vault.json(WITHDRAWAL, name)
    archive.vault.shred(WITHDRAWAL, name, "archive")
    [false] = [n for n in archive.vault.names(WITHDRAWAL) if n.startswith(theirs)]
    forged = f"{mine}:{false.partition(':')[2]}"
    archive.vault.put_json(WITHDRAWAL, forged, archive.vault.json(WITHDRAWAL, false))
    assert [each.proven for each in waiting(archive.vault) if each.testimony == told] == [False]
    assert [each.testimony for each in destroy(archive.vault, archive.minji, TODAY)] == [other]
    assert archive.vault.testimony(told)
    archive.vault.put_json(WITHDRAWAL, name, digest)

    assert [each.testimony for each in destroy(archive.vault, archive.minji, TODAY)] == [told]


def test_it_is_told_what_had_left_already(archive: Archive) -> None:
    """
    R9: every release of the ledger that it was in, with its day and who could read it.
    """
    hers = Receipt.generate()
    told = released(archive, archive.told(SENTINEL, receipt=hers))
    released(archive, archive.told("다른 사람의 말"))
    archive.take(withdraws(archive, hers, 1))
    out = (Out(1, TODAY.isoformat(), "vetted_researchers"), Out(2, TODAY.isoformat(), "vetted_researchers"))
    assert [each.out for each in waiting(archive.vault)] == [out]

    assert [each.out for each in destroy(archive.vault, archive.sora, TODAY) if each.testimony == told] == [
        out
    ]


def test_it_is_one_transaction_for_each_woman(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Stopped in the second of two, the first is gone and answered; the second is whole and waits.
    """
    for _ in range(2):
        receipt = Receipt.generate()
        archive.told(SENTINEL, receipt=receipt)
        archive.take(withdraws(archive, receipt, 1))
    answered, answer = list[str](), replies.answer

    def stopped(*arguments: object) -> None:
        if answered:
            raise KeyboardInterrupt
        answered.append(str(arguments[2]))
        answer(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(replies, "answer", stopped)
    with pytest.raises(KeyboardInterrupt):
        destroy(archive.vault, archive.minji, TODAY)
    assert (len(list(archive.vault.testimonies())), len(archive.vault.names("reply"))) == (1, 1)
    monkeypatch.undo()
    destroy(archive.vault, archive.minji, TODAY)

    assert len(archive.vault.names("reply")) == 2
    assert [each.testimonies for each in withdrawals(archive.vault)] == [(), ()]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_she_is_told_in_her_language_once_it_is_true(archive: Archive, media: Media, lang: str) -> None:
    """
    The answer needs no `recontact`, says whether researchers could read it, and leaves with the first board
    after the backup whose keyring no longer opens it. Another account's words do not open it.
    """
    hers, others = Receipt.generate(), Receipt.generate()
    released(archive, archive.told("Sentinel 노란 집 黄房子", receipt=hers, lang=lang))
    media.back_up()
    archive.take(withdraws(archive, hers, 1))
    destroy(archive.vault, archive.minji, TODAY)
    early = replies.post(archive.vault, 256, TODAY)
    assert (early.replies, early.early, reads(archive, hers, early.content)) == (0, 1, ())
    media.back_up()
    content = posted(archive, TODAY + timedelta(days=1))
    [reply] = reads(archive, hers, content, TODAY + timedelta(days=1))
    said = "".join(map(str, reply.parts))

    assert reply.lang == lang
    assert said.startswith(DESTROYED[reply.lang].partition("{day}")[0])  # type: ignore[index]
    assert said.endswith(WAS_READ[reply.lang])  # type: ignore[index]
    assert str(TODAY.year) in said
    assert reads(archive, others, content, TODAY + timedelta(days=1)) == ()


def test_what_never_left_is_answered_without_researchers(archive: Archive) -> None:
    """
    She is not frightened by what did not happen.
    """
    hers = Receipt.generate()
    archive.told(SENTINEL, receipt=hers)
    archive.take(withdraws(archive, hers, 1))
    destroy(archive.vault, archive.minji, TODAY)
    [reply] = reads(archive, hers, posted(archive))

    assert "연구자" not in "".join(map(str, reply.parts))


def test_it_is_done_at_a_terminal(archive: Archive, tmp_path: Path) -> None:
    """
    Listed, destroyed by one with her own passphrase, reported; no word is shown, and the journal says it.
    """
    hers, terminal = Receipt.generate(), Terminal(archive.vault.home)
    told = released(archive, archive.told(SENTINEL, receipt=hers))
    assert terminal.done("withdrawals") == "0 wait for `onggi archive destroy-withdrawn`\n"
    archive.take(withdraws(archive, hers, 1))
    listed = terminal.done("withdrawals")
    refused = terminal("destroy-withdrawn", "--as", "minji", given="n\n")
    assert (refused.exit_code, list(archive.vault.testimonies())) == (1, [told])
    gone = terminal.done("destroy-withdrawn", "--as", "minji", "--yes", person="minji")
    events = [e for e in archive.vault.journal.events() if f"testimony:{told}" in e.objects]

    for shown in (listed, gone):
        assert f"went out in release 1 on {TODAY}, to vetted_researchers" in shown
        assert SENTINEL not in shown
    assert (events[-1].type, events[-1].agent) == ("del", "minji")
    assert terminal.done("destroy-withdrawn", "--as", "minji") == "nothing waits to be destroyed\n"
    assert SENTINEL not in json.dumps([vars(e) for e in events], ensure_ascii=False)

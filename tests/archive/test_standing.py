"""She changes what is allowed, or takes all of it back: every gate follows, in whatever order it comes."""

from __future__ import annotations

import io
import itertools
from pathlib import Path
from typing import Any

import pytest

from archive import releasing, replies, review
from archive.accession import accession
from archive.consent import ConsentRefused, rendition, still_granted
from archive.finding import private_index
from archive.redaction.spans import Redaction
from archive.release import verify
from archive.releasing import ReleaseRefused
from archive.standing import TakenBack, choices, is_taken_back, standing, withdrawals
from archive.testimony import Audience, Use
from archive.vault import Vault
from crypto.receipt import Receipt
from tests.archive.test_commands import Terminal
from tests.archive.test_workbench import Desk
from tests.people import ORIGIN, PASSPHRASE, RESEARCH, TODAY, Archive, statement

KEEP = (("preserve", "archivists"), ("index_search", "archivists"))
WRITE = (*RESEARCH, ("recontact", "archivists"), ("quote_excerpt", "public"))
READ: tuple[Use, Audience] = ("research_read", "vetted_researchers")
SENTINEL = "노란 집에 살던 혜숙이"


def changes(archive: Archive, receipt: Receipt, seq: int, grants: Any) -> bytes:
    return statement(archive, "", receipt=receipt, seq=seq, grants=grants, kind="consent")


def withdraws(archive: Archive, receipt: Receipt, seq: int) -> bytes:
    return statement(archive, "", receipt=receipt, seq=seq, grants=[], kind="withdrawal")


def decided(archive: Archive, told: str) -> str:
    review.propose(archive.vault, archive.minji, told, [Redaction(0, 2, "place")])
    archive.approve(told)
    return told


def released(archive: Archive, folder: Path) -> set[str]:
    """What researchers read after the next release."""
    archive.show_what_is_left()
    releasing.draft(archive.vault, archive.minji)
    signed = archive.sign_release()
    releasing.write(archive.vault, signed.number, folder, TODAY)
    found = verify(folder, archive.root, ORIGIN).testimonies
    return {segment.text for testimony in found for segment in testimony.segments}


def may(archive: Archive, told: str, use: Use, audience: Audience) -> bool:
    try:
        rendition(archive.vault, told, use, audience)
    except ConsentRefused:
        return False
    return True


def test_a_change_of_consent_counts_for_all_she_told_before(archive: Archive) -> None:
    """
    R5: what she allows now is allowed, and what she does not is not, of every testimony of hers before it.
    """
    receipt = Receipt.generate()
    told = [decided(archive, archive.told(SENTINEL, receipt=receipt, seq=n, grants=KEEP)) for n in (0, 1)]
    other = decided(archive, archive.told(SENTINEL))
    assert not any(may(archive, each, *READ) for each in told)
    report = archive.take(changes(archive, receipt, 2, RESEARCH))
    assert (report.changed, report.taken) == (1, [])
    assert all(may(archive, each, *READ) for each in told)
    made, chosen = rendition(archive.vault, told[0], *READ), choices(archive.vault)
    assert choices(archive.vault) == chosen
    archive.take(changes(archive, receipt, 3, WRITE))
    assert choices(archive.vault) != chosen  # whoever kept an answer of the gate asks it again
    assert may(archive, told[0], *READ)
    assert not still_granted(archive.vault, made)
    archive.take(changes(archive, receipt, 4, KEEP))

    assert not any(may(archive, each, *READ) for each in told)
    assert all(may(archive, each, "index_search", "archivists") for each in told)
    assert may(archive, other, *READ)


def test_a_new_telling_never_widens_what_an_earlier_one_allowed(archive: Archive) -> None:
    """
    Only a change of consent speaks for what she told before; a telling that allows more speaks for itself.
    """
    receipt = Receipt.generate()
    first = decided(archive, archive.told(SENTINEL, receipt=receipt, grants=KEEP))
    second = decided(archive, archive.told(SENTINEL, receipt=receipt, seq=1))

    assert not may(archive, first, *READ)
    assert may(archive, second, *READ)


def test_the_order_in_which_it_comes_decides_nothing(archive: Archive) -> None:
    """
    Telling, change, telling and withdrawal in any order of arrival: the same is allowed at the end.
    """
    for withdrawn in (False, True):
        ends = set()
        for order in itertools.permutations(range(4)):
            receipt = Receipt.generate()
            envelopes = [
                statement(archive, "처음", receipt=receipt, seq=0, grants=KEEP),
                changes(archive, receipt, 1, RESEARCH),
                withdraws(archive, receipt, 2) if withdrawn else changes(archive, receipt, 2, KEEP),
                statement(archive, "다시", receipt=receipt, seq=3),
            ]
            ids = {}
            for number in order:
                for told in archive.take(envelopes[number]).taken:
                    ids[number] = decided(archive, told) if not _gone(archive, told) else told
            ends.add(tuple(may(archive, ids[n], *READ) for n in (0, 3)))
        assert ends == {(False, True)}


def test_what_she_said_before_and_comes_late_opens_nothing(archive: Archive) -> None:
    """
    A courier brings an older telling that allowed more: the newest one still says what is allowed.
    """
    receipt = Receipt.generate()
    newest = decided(archive, archive.told("나중에 한 말", receipt=receipt, seq=1, grants=KEEP))
    older = decided(archive, archive.told("먼저 한 말", receipt=receipt, seq=0))

    assert [may(archive, told, *READ) for told in (older, newest)] == [False, False]
    assert may(archive, older, "index_search", "archivists")


def test_taking_back_a_part_says_nothing_of_the_rest(archive: Archive) -> None:
    """
    What she did not take back is allowed as before, and what she tells afterwards too.
    """
    receipt = Receipt.generate()
    tellings = [archive.told("말", receipt=receipt, seq=number) for number in (0, 1)]
    archive.take(statement(archive, "", receipt=receipt, seq=2, grants=[], kind="withdrawal", back=[[0, 0]]))

    assert [standing(archive.vault, archive.vault.testimony(each)).taken_back for each in tellings] == [
        True,
        False,
    ]
    assert may(archive, tellings[1], "index_search", "archivists")


def _gone(archive: Archive, told: str) -> bool:
    return any(told in each.testimonies for each in withdrawals(archive.vault))


def test_a_draft_is_refused_once_she_allows_less(archive: Archive) -> None:
    """
    A consent that comes after the draft stops the signature; one that comes after the signature, the stick.
    """
    receipt = Receipt.generate()
    decided(archive, archive.told(SENTINEL, receipt=receipt))
    archive.show_what_is_left()
    releasing.draft(archive.vault, archive.minji)
    archive.take(changes(archive, receipt, 1, KEEP))
    with pytest.raises(ReleaseRefused, match="not what would leave now"):
        archive.sign_release()
    archive.take(changes(archive, receipt, 2, RESEARCH))
    archive.show_what_is_left()
    releasing.draft(archive.vault, archive.minji)
    signed = archive.sign_release()
    archive.take(changes(archive, receipt, 3, KEEP))
    with pytest.raises(ReleaseRefused, match="does not allow it any more"):
        releasing.write(archive.vault, signed.number, archive.sticks / "out", TODAY)

    assert not (archive.sticks / "out").exists()


def test_what_she_took_back_is_behind_every_gate(archive: Archive, tmp_path: Path) -> None:
    """
    R6: from accession on no search, reading, quote, release or reply gives a word, also after a restart.
    """
    receipt = Receipt.generate()
    told = decided(archive, archive.told(SENTINEL, receipt=receipt, grants=WRITE))
    earlier = archive.told(f"{SENTINEL} 또", receipt=receipt, seq=1, grants=WRITE)
    replies.write(archive.vault, archive.minji, told, "잘 받았습니다.", "kor", TODAY)
    report = archive.take(withdraws(archive, receipt, 2))
    archive.vault.close()
    archive.vault = Vault.open(archive.vault.home, PASSPHRASE)

    assert report.withdrawn == 1
    for each in (told, earlier):
        for use, audience in WRITE:
            with pytest.raises(ConsentRefused, match="she took it back"):
                rendition(archive.vault, each, use, audience)  # type: ignore[arg-type]
        with pytest.raises(TakenBack):
            review.reading(archive.vault, each)
        with pytest.raises(TakenBack):
            review.mark(archive.vault, archive.minji, each, "혜숙", "name")
    assert all(each.taken_back for each in review.summaries(archive.vault))
    assert private_index(archive.vault)[0].count == 0
    posted = replies.post(archive.vault, 256, TODAY)
    assert (posted.replies, posted.withheld) == (0, 1)
    with pytest.raises(ConsentRefused):
        replies.write(archive.vault, archive.minji, told, "다시", "kor", TODAY)
    archive.show_what_is_left()
    with pytest.raises(ReleaseRefused):
        releasing.draft(archive.vault, archive.minji)


def test_nothing_she_sent_earlier_undoes_it(archive: Archive) -> None:
    """
    A telling or a consent with a lower number that comes late is taken back with the rest.
    """
    receipt = Receipt.generate()
    told = archive.told(SENTINEL, receipt=receipt)
    archive.take(withdraws(archive, receipt, 3))
    late = archive.told(SENTINEL, receipt=receipt, seq=2)
    archive.take(changes(archive, receipt, 1, WRITE), changes(archive, receipt, 4, WRITE))

    for each in (told, late):
        assert not may(archive, each, "index_search", "archivists")
        with pytest.raises(TakenBack):
            review.reading(archive.vault, each)


def test_what_she_tells_after_it_stands_for_itself(archive: Archive) -> None:
    """
    She may begin again with the same words; what she had taken back stays behind every gate.
    """
    receipt = Receipt.generate()
    told = archive.told(SENTINEL, receipt=receipt)
    made = rendition(archive.vault, told, "index_search", "archivists")
    archive.take(withdraws(archive, receipt, 1))
    again = archive.told("새로 한 말", receipt=receipt, seq=2)
    assert not still_granted(archive.vault, made)

    assert may(archive, again, "index_search", "archivists")
    assert not may(archive, told, "index_search", "archivists")


def test_a_withdrawal_does_not_fail_by_its_number(archive: Archive) -> None:
    """
    Two phones may give out one number twice: a telling then waits in quarantine, a withdrawal counts.
    """
    receipt = Receipt.generate()
    told = [archive.told(SENTINEL, receipt=receipt, seq=n) for n in (0, 1)]
    report = archive.take(withdraws(archive, receipt, 0))

    assert (report.withdrawn, report.quarantined) == (1, [])
    assert not any(may(archive, each, "index_search", "archivists") for each in told)


@pytest.mark.parametrize(
    "flaw",
    [{"kind": "withdrawal"}, {"kind": "withdrawal", "text": ""}, {"kind": "consent"}],
    ids=["withdrawal with words", "withdrawal that allows", "consent with words"],
)
def test_a_change_says_nothing_else(archive: Archive, flaw: dict[str, Any]) -> None:
    """
    A withdrawal with words or grants, or a change of consent with words, is not of our page: it waits.
    """
    report = archive.take(statement(archive, **flaw))

    assert (report.withdrawn, report.changed, len(report.quarantined)) == (0, 0, 1)


def test_the_next_release_leaves_out_what_was_taken_back(archive: Archive, tmp_path: Path) -> None:
    """
    The draft names what the reading room is to drop; the release before cannot be written again.
    """
    receipt = Receipt.generate()
    told = decided(archive, archive.told(SENTINEL, receipt=receipt))
    decided(archive, archive.told("다른 사람의 말"))
    assert len(released(archive, tmp_path / "one")) == 2
    archive.take(withdraws(archive, receipt, 1))
    with pytest.raises(ReleaseRefused):
        releasing.write(archive.vault, 1, tmp_path / "again", TODAY)
    archive.show_what_is_left()
    drafted = releasing.draft(archive.vault, archive.minji)
    assert (drafted.gone, drafted.refused[told]) == ((told,), "she took it back")

    assert len(released(archive, tmp_path / "two")) == 1
    assert releasing.releases_of(archive.vault, told) == [1]
    assert releasing.draft(archive.vault, archive.minji).gone == ()


def test_the_archivist_sees_first_what_was_taken_back(archive: Archive, tmp_path: Path) -> None:
    """
    The list, the draft and the workbench name it with the releases it went out in, and show no word of it.
    """
    receipt = Receipt.generate()
    told = decided(archive, archive.told(SENTINEL, receipt=receipt))
    released(archive, tmp_path / "one")
    desk = Desk(archive).opened()
    assert told in desk.post("/search", q="혜숙").text
    archive.take(withdraws(archive, receipt, 1))
    page = desk.get("/", **{"Accept-Language": "en"}).text
    found, opened = desk.post("/search", q="혜숙"), desk.get(f"/testimony/{told}")

    assert page.index("Taken back: 1") < page.index("Stage")
    assert "went out in release 1" in page
    assert f"/testimony/{told}" not in found.text + page
    assert opened.status_code == 404
    assert "혜숙" not in page + opened.text
    terminal = Terminal(archive.vault.home)
    listed = terminal("list").output
    assert listed.startswith(f"TAKEN BACK  {TODAY}  1 testimonies\n  {told}  went out in release 1\n")
    assert "draft and sign the next release now" in listed
    assert f"{told}  withdrawn" in listed
    archive.show_what_is_left()
    releasing.draft(archive.vault, archive.minji)
    assert f"no longer there: {told}" in terminal("release", "show").output


def test_what_was_taken_back_and_is_not_here_is_one_line(archive: Archive) -> None:
    """
    Her page takes back under every key that it had, and only one of them has her words.
    """
    archive.take(*(withdraws(archive, Receipt.generate(), 0) for _ in range(3)))
    page = Desk(archive).opened().get("/", **{"Accept-Language": "en"}).text
    listed = Terminal(archive.vault.home)("list").output

    assert "Taken back, and not here: 3." in page
    assert "Taken back: " not in page
    assert listed.splitlines()[0].startswith("TAKEN BACK  3 withdrawals of what is not here")
    assert listed.count("TAKEN BACK") == 1


def test_the_journal_names_a_withdrawal_and_says_no_word(archive: Archive) -> None:
    """
    R36: a change is a `mod` of the account, a withdrawal a `dea` of it and of every testimony it takes back.
    """
    receipt = Receipt.generate()
    told = archive.told(SENTINEL, receipt=receipt)
    account = f"account:{receipt.keys(archive.root).signing.public.key_id}"
    archive.take(changes(archive, receipt, 1, KEEP), withdraws(archive, receipt, 2))
    events = [e for e in archive.vault.journal.events() if e.type in ("mod", "dea") and account in e.objects]

    assert {(e.type, e.objects) for e in events} == {
        ("mod", (account,)),
        ("dea", (account, f"testimony:{told}")),
    }


def aged(archive: Archive, told: str) -> str:
    """As vaults kept it before: no place among what its account said, and a last statement that is named."""
    account = archive.vault.json("told-by", told)
    archive.vault.shred("told-as", told, "archive")
    archive.vault.put_json("latest", account, [archive.vault.json("latest", account)[0], told])
    return told


def test_a_vault_of_before_opens_and_says_what_her_last_telling_said(archive: Archive) -> None:
    """
    R1: a testimony without a place in the order is read as far as it and the last one both allow.
    """
    receipt = Receipt.generate()
    first = archive.told(SENTINEL, receipt=receipt)
    aged(archive, first)
    last = aged(archive, archive.told("다시", receipt=receipt, seq=1, grants=KEEP))

    assert all(may(archive, each, "index_search", "archivists") for each in (first, last))
    assert not may(archive, decided(archive, first), *READ)
    assert not withdrawals(archive.vault)


def test_what_was_taken_back_in_a_vault_of_before_parts_stays_taken_back(archive: Archive) -> None:
    """
    It kept one number and its day: all up to that. What she tells later stands, and can be taken back too.
    """
    receipt = Receipt.generate()
    first = archive.told(SENTINEL, receipt=receipt)
    account = archive.vault.json("told-by", first)
    archive.vault.put_json("withdrawn", account, [0, "2026-11-01"])
    later = archive.told("새로 한 말", receipt=receipt, seq=1)

    assert [may(archive, each, "index_search", "archivists") for each in (first, later)] == [False, True]
    [kept] = withdrawals(archive.vault)
    assert (kept.day, kept.testimonies, kept.stays) == ("2026-11-01", (first,), True)
    archive.take(withdraws(archive, receipt, 2))
    assert set(withdrawals(archive.vault)[0].testimonies) == {first, later}


def test_what_has_no_place_in_the_order_is_closed_by_any_change_that_closes(archive: Archive) -> None:
    """
    R5, R6: a change narrows it and never widens it; a withdrawal takes it back, whatever its number.
    """
    receipt, wide = Receipt.generate(), Receipt.generate()
    told = decided(archive, aged(archive, archive.told(SENTINEL, receipt=receipt, seq=3)))
    small = decided(archive, aged(archive, archive.told(SENTINEL, receipt=wide, grants=KEEP)))
    assert may(archive, told, *READ)
    archive.take(changes(archive, receipt, 2, KEEP), changes(archive, wide, 1, RESEARCH))
    assert not any(may(archive, each, *READ) for each in (told, small))
    assert may(archive, told, "index_search", "archivists")
    archive.take(withdraws(archive, receipt, 0))

    assert _gone(archive, told)
    assert not may(archive, told, "index_search", "archivists")
    with pytest.raises(TakenBack):
        review.reading(archive.vault, told)
    assert may(archive, small, "index_search", "archivists")


def test_an_account_whose_last_statement_is_nowhere_allows_nothing(archive: Archive) -> None:
    """
    R1: what she said last was lost; then nothing of hers is read, and the rest of the vault is as before.
    """
    receipt = Receipt.generate()
    told, other = archive.told(SENTINEL, receipt=receipt), archive.told(SENTINEL)
    archive.vault.shred("latest", archive.vault.json("told-by", told), "archive")

    assert not may(archive, told, "index_search", "archivists")
    assert may(archive, other, "index_search", "archivists")
    archive.take(changes(archive, receipt, 1, KEEP))
    assert may(archive, told, "index_search", "archivists")


def test_what_came_with_no_account_is_taken_back_by_nobodys_words(archive: Archive) -> None:
    """
    A text that an organisation had already: no receipt speaks for it, and the gate asks its own consent.
    """
    told = archive.told(SENTINEL)
    archive.vault.shred("told-by", told, "minji")

    assert not is_taken_back(archive.vault, told)
    assert standing(archive.vault, archive.vault.testimony(told)).allowed == frozenset(RESEARCH)


def test_nothing_is_destroyed_by_a_withdrawal_alone(archive: Archive) -> None:
    """
    R8, R14: what was received lies untouched until people destroy it; the same envelope is not taken twice.
    """
    receipt = Receipt.generate()
    told = archive.told(SENTINEL, receipt=receipt)
    folder = archive.pack([withdraws(archive, receipt, 1)])
    reports = [accession(archive.vault, folder, today=lambda: TODAY) for _ in range(2)]
    original = archive.vault.json("received", told)
    kept = io.BytesIO(b"".join(archive.vault.kept("original", original))).getvalue()

    assert [(r.withdrawn, r.again) for r in reports] == [(1, 0), (0, 1)]
    assert len(withdrawals(archive.vault)) == 1
    assert b"\\ub178\\ub780" in kept

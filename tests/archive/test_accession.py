"""Door one from the inside: what comes in, what waits, and that nothing is lost."""

from __future__ import annotations

import hashlib
import secrets
import shutil
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive import keyring, review
from archive.accession import accession, attachment_state, retry
from archive.journal import Head, JournalBroken
from archive.quarantine import quarantined, wanted_keys
from archive.redaction.spans import Redaction
from archive.testimony import Attachment, words_of
from archive.vault import Vault
from crypto import bundle
from crypto.envelope import seal
from crypto.errors import UntrustedBundle
from crypto.keys import IntakeSecret, SigningKey
from crypto.receipt import Receipt
from tests.people import ORIGIN, PASSPHRASE, TEXT, TODAY, Archive, seal_file, statement


def acknowledged(archive: Archive, note: bytes) -> tuple[str, ...]:
    return bundle.read_acknowledgement(note, origin=ORIGIN, desk=keyring.desk(archive.vault).public).ids


def test_what_she_sent_is_what_the_archive_holds(archive: Archive) -> None:
    """
    Words, files and consent arrive as they were sealed, and the archive's signed word names both envelopes.
    """
    photo = secrets.token_bytes(200_000)
    sealed, row = seal_file(archive, photo)
    report = archive.take(sealed, statement(archive, files=[row]))
    testimony = archive.vault.testimony(report.taken[0])

    assert (testimony.text, testimony.lang_original, testimony.received_quarter) == (TEXT, "kor", "2026-Q4")
    assert ("index_search", "vetted_researchers") in testimony.consent.granted
    assert attachment_state(archive.vault, testimony.attachments[0]) == "here"
    _, _, original = archive.vault.json("file", row["digest"])
    assert b"".join(archive.vault.kept("original", original)) == photo
    assert len(acknowledged(archive, report.acknowledgement)) == 2


def test_a_file_that_comes_later_is_waited_for(archive: Archive) -> None:
    """
    Bundles may bring a statement before its photo; one that differs from what was listed is shown as such.
    """
    sealed, row = seal_file(archive, b"photo")
    testimony = archive.vault.testimony(archive.told(files=[row]))
    attachment = testimony.attachments[0]

    assert attachment_state(archive.vault, attachment) == "waiting"
    archive.take(sealed)
    assert attachment_state(archive.vault, attachment) == "here"
    listed = Attachment(attachment.digest, attachment.size, "video/mp4")
    assert attachment_state(archive.vault, listed) == "differs"


def test_the_same_bundle_taken_twice_is_taken_once(archive: Archive) -> None:
    """
    A replayed envelope is recognised by its header, also in another bundle, and acknowledged again.
    """
    told = statement(archive)
    folder = archive.pack([told])
    for _ in range(2):
        report = accession(archive.vault, folder, today=lambda: TODAY)
    third = archive.take(told)

    assert (report.taken, report.again, third.again) == ([], 1, 1)
    assert len(list(archive.vault.testimonies())) == 1
    assert len(acknowledged(archive, report.acknowledgement)) == 1


def damaged(archive: Archive, how: str) -> bytes:
    told = statement(archive)
    strange: dict[str, Any] = {"type": "file", "media": "no type", "name": ""}
    return {
        "another key": lambda: seal(b"x", {"type": "statement", "v": 1}, [IntakeSecret.generate().public]),
        "noise": lambda: secrets.token_bytes(70_000),
        "a changed byte": lambda: told[:-1000] + bytes([told[-1000] ^ 1]) + told[-999:],
        "cut short": lambda: told[:-17_000],
        "not json": lambda: seal(b"{", {"type": "statement", "v": 1}, [archive.recipient]),
        "an unknown meta": lambda: seal(b"x", {"type": "letter"}, [archive.recipient]),
        "a version that is true": lambda: statement(archive, meta={"type": "statement", "v": True}),
        "no media type": lambda: seal(b"x", strange, [archive.recipient]),
    }[how]()


HOW = [
    "another key",
    "noise",
    "a changed byte",
    "cut short",
    "not json",
    "an unknown meta",
    "a version that is true",
    "no media type",
]


@pytest.mark.parametrize("how", HOW)
def test_what_cannot_be_opened_waits_as_it_came(archive: Archive, how: str) -> None:
    """
    A failed opening never deletes: the envelope lies in quarantine byte for byte, is named with a reason,
    and what came with it is taken in.
    """
    envelope = damaged(archive, how)
    report = archive.take(envelope, statement(archive))
    waiting = quarantined(archive.vault)

    assert [q.id for q in waiting] == report.quarantined
    assert (archive.vault.home / "quarantine" / waiting[0].id).read_bytes() == envelope
    assert waiting[0].reason
    assert TEXT[:5] not in waiting[0].reason
    assert len(report.taken) == 1
    assert len(acknowledged(archive, report.acknowledgement)) == 2
    assert len(list((archive.vault.home / "objects").iterdir())) == 1


def test_junk_under_her_id_does_not_keep_her_out(archive: Archive) -> None:
    """
    A stolen courier key may bring other bytes under an id: what comes under it later is read for itself.
    """
    name = secrets.token_hex(16)
    told = statement(archive)
    junk, other = secrets.token_bytes(70_000), secrets.token_bytes(70_000)
    reports = [
        accession(archive.vault, archive.pack([envelope], name=name), today=lambda: TODAY)
        for envelope in (junk, told, other, other, junk)
    ]
    waiting = {
        q.id: (archive.vault.home / "quarantine" / q.id).read_bytes() for q in quarantined(archive.vault)
    }

    assert [len(report.taken) for report in reports] == [0, 1, 0, 0, 0]
    assert [report.again for report in reports] == [0, 0, 0, 1, 1]
    assert waiting == {name: junk, hashlib.sha256(other).hexdigest(): other}
    assert all(acknowledged(archive, report.acknowledgement) == (name,) for report in reports)


def test_her_envelope_waits_beside_junk_of_the_same_id(archive: Archive) -> None:
    """
    Its key is not here yet: it is kept under a name of its own, and opens when the key that it wants comes.
    """
    late, name = IntakeSecret.generate(), secrets.token_hex(16)
    archive.recipient = late.public
    for envelope in (b"junk" * 20_000, statement(archive)):
        accession(archive.vault, archive.pack([envelope], name=name), today=lambda: TODAY)
    assert wanted_keys(archive.vault) == {late.public.key_id}
    key = late.public.key_id.hex()
    archive.vault.put_secret(f"intake-{key}", late.to_bytes())
    archive.vault.put_json("intake-key", key, ["intake", "2026-11-01", "2026-11-14"])

    assert len(retry(archive.vault, today=lambda: TODAY).taken) == 1
    assert [q.id for q in quarantined(archive.vault)] == [name]


def test_what_opens_at_last_leaves_the_quarantine(archive: Archive) -> None:
    """
    An envelope to a key that was not here is taken in when the key is, whole; what still does not open stays.
    """
    late = IntakeSecret.generate()
    archive.recipient, known = late.public, archive.recipient
    told = statement(archive, "늦게 열린 말")
    archive.recipient = known
    archive.take(told, b"noise" * 20_000)
    assert retry(archive.vault, today=lambda: TODAY).taken == []
    assert len(quarantined(archive.vault)) == 2
    name = late.public.key_id.hex()
    archive.vault.put_secret(f"intake-{name}", late.to_bytes())
    archive.vault.put_json("intake-key", name, ["intake", "2026-11-01", "2026-11-14"])
    [taken] = retry(archive.vault, today=lambda: TODAY).taken

    assert archive.vault.testimony(taken).text == "늦게 열린 말"
    [left] = quarantined(archive.vault)
    assert [p.name for p in (archive.vault.home / "quarantine").iterdir()] == [left.id]
    assert archive.take(told).again == 1


CONTROLS = "".join(chr(c) for c in range(32) if chr(c) not in "\n\t")
SELLS = {"v": 1, "lang": "ko", "text_sha256": "0" * 64, "granted": [{"use": "sell", "audience": "public"}]}
FLAWS: list[dict[str, Any]] = [
    {"v": 2},
    {"v": True},
    {"kind": "withdrawal"},
    {"lang": "fra"},
    {"text": "혜숙 \u1100\u1161"},
    {"text": "", "files": []},
    {"text": 7},
    {"text": "말\x1b]0;"},
    {"consent": None},
    {"consent": {"v": 1, "lang": "ko", "granted": []}},
    {"consent": {"v": 1, "lang": "", "text_sha256": "0" * 64, "granted": []}},
    {"consent": SELLS},
    {"phone": "none"},
    {"text": "반쪽 \ud800"},
    {"consent": {"v": 0, "lang": "ko", "text_sha256": "0" * 64, "granted": []}},
    {"consent": {"v": 1, "lang": "ko", "text_sha256": "0", "granted": []}},
    {"consent": {"v": 1, "lang": "ko", "text_sha256": "0" * 64, "granted": {}}},
    {"files": [{"digest": "00", "size": 1, "media": "image/jpeg"}]},
    {"files": [{"digest": "0" * 128, "size": 0, "media": "image/jpeg"}]},
    {"files": [{"digest": "0" * 128, "size": 1, "media": "a photo"}]},
    {"account": {"x25519": "00", "xwing": "00", "ed25519": "00"}},
    {"account": {}},
    {"seq": True},
    {"signature": "00" * 64},
    {"signature": "none"},
]  # fmt: skip


@pytest.mark.parametrize("flaw", FLAWS, ids=lambda flaw: "+".join(flaw))
def test_a_statement_with_one_flaw_is_not_believed(archive: Archive, flaw: dict[str, Any]) -> None:
    """
    R4, R29: a missing consent or text hash, an unknown key, another's signature: it waits in quarantine.
    """
    report = archive.take(statement(archive, **flaw))

    assert (report.taken, len(report.quarantined)) == ([], 1)


def test_one_account_tells_a_number_once(archive: Archive) -> None:
    """
    A second statement under the same number is not quietly put beside the first.
    """
    receipt = Receipt.generate()
    report = archive.take(statement(archive, receipt=receipt), statement(archive, "다른 말", receipt=receipt))

    assert (len(report.taken), len(report.quarantined)) == (1, 1)


def test_another_courier_is_not_believed(archive: Archive) -> None:
    """
    A bundle by a courier that was never trusted is refused before anything of it is read.
    """
    archive.courier = SigningKey.generate()
    with pytest.raises(UntrustedBundle):
        archive.take(statement(archive))
    assert list(archive.vault.testimonies()) == []


def test_a_damaged_stick_still_brings_what_is_whole(archive: Archive) -> None:
    """
    A part that was changed on the way is named and not acknowledged, so that the intake keeps it.
    """
    folder = archive.pack([statement(archive), statement(archive, "둘째")])
    broken = max(p for p in folder.iterdir() if p.name != "MANIFEST")
    broken.write_bytes(b"x" * broken.stat().st_size)
    report = accession(archive.vault, folder, today=lambda: TODAY)

    assert (len(report.taken), len(report.damaged)) == (1, 1)
    assert set(acknowledged(archive, report.acknowledgement)).isdisjoint(report.damaged)


def test_a_missing_bundle_is_noticed(archive: Archive) -> None:
    """
    Bundles name the one before; a hole in the row is reported.
    """
    assert not archive.take(statement(archive)).place.gap
    archive.pack([statement(archive)])
    assert archive.take(statement(archive)).place.gap


def test_the_received_bytes_are_never_touched(archive: Archive) -> None:
    """
    R14: after reading, marking, approval and release the original has the hash with which it came.
    """
    sealed, row = seal_file(archive, b"photo" * 9999)
    testimony = archive.take(sealed, statement(archive, files=[row])).taken[0]
    names = archive.vault.names("original")
    review.propose(archive.vault, archive.minji, testimony, [Redaction(0, 2, "name")])
    archive.approve(testimony)
    review.withdraw_proposal(archive.vault, archive.minji, testimony)

    assert len(names) == 2
    for name in names:
        content = b"".join(archive.vault.kept("original", name))
        assert hashlib.sha256(content).hexdigest() == archive.vault.json("original", name)["sha256"]
    assert archive.vault.testimony(testimony).text == TEXT


def test_an_accession_that_stops_half_way_is_run_again(archive: Archive) -> None:
    """
    What was kept before the stop is whole, and the second run takes in exactly the rest.
    """
    folder = archive.pack([statement(archive, f"{n}째 말") for n in range(4)])

    def stop(done: int, all: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        accession(archive.vault, folder, today=lambda: TODAY, progress=stop)
    report = accession(archive.vault, folder, today=lambda: TODAY)

    assert (len(report.taken), report.again) == (2, 2)
    assert {archive.vault.testimony(t).text[0] for t in archive.vault.testimonies()} == set("0123")


def test_a_stop_right_after_the_commit_loses_nothing(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Ctrl-C may come when the record is written already: its file stays, and the next run finds it here.
    """
    photo = b"photo" * 20_000
    sealed, row = seal_file(archive, photo)
    folder = archive.pack([sealed])
    dialect = archive.vault._engine.dialect
    commit = dialect.do_commit

    def commit_then_stop(connection: Any) -> None:
        commit(connection)
        if any((archive.vault.home / "objects").iterdir()):
            raise KeyboardInterrupt

    monkeypatch.setattr(dialect, "do_commit", commit_then_stop)
    with pytest.raises(KeyboardInterrupt):
        accession(archive.vault, folder, today=lambda: TODAY)
    monkeypatch.undo()
    again = accession(archive.vault, folder, today=lambda: TODAY)

    assert (again.again, len(acknowledged(archive, again.acknowledgement))) == (1, 1)
    _, _, original = archive.vault.json("file", row["digest"])
    assert b"".join(archive.vault.kept("original", original)) == photo


def test_the_journal_shows_an_older_copy_for_what_it_is(archive: Archive, tmp_path: Path) -> None:
    """
    R37: a vault put back to an earlier copy is whole in itself; a head noted elsewhere gives it away.
    """
    archive.told()
    earlier = archive.vault.journal.head()
    shutil.copytree(archive.vault.home, tmp_path / "older")
    archive.told("그 뒤의 말")
    noted = Head.parse(str(archive.vault.journal.head()))

    assert archive.vault.journal.events(earlier) == archive.vault.journal.events(noted)
    with Vault.open(tmp_path / "older", PASSPHRASE) as vault:
        assert vault.journal.events(earlier)
        with pytest.raises(JournalBroken):
            vault.journal.events(noted)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(
        alphabet=st.characters(exclude_categories=["Cs"], exclude_characters=CONTROLS),
        min_size=1,
        max_size=400,
    )
)
def test_no_word_is_lost_on_the_way(archive: Archive, text: str) -> None:
    """
    What is told in any script is held word for word, and its parts cover every word of it.
    """
    told = unicodedata.normalize("NFC", text)
    report = archive.take(statement(archive, told))
    if not told.strip():
        assert len(report.quarantined) == 1
        return
    held = archive.vault.testimony(report.taken[0])
    assert held.text == told
    assert words_of(" ".join(s.text for s in held.segments)) == words_of(told)

"""The root, apart from the vault: what it signs, what it refuses, and what the vault's keys live through."""

from __future__ import annotations

import contextlib
import dataclasses
import json
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import nacl.secret
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from archive import capsule, keyring, locks, requests
from archive.keyring import KeyringError
from archive.quarantine import wanted_keys
from archive.requests import Request
from archive.root import LOCK, Root, RootError
from crypto import keycard
from crypto import mandate as mandates
from crypto.envelope import seal
from crypto.errors import CryptoError, RolledBackKeycard
from crypto.keys import IntakePublic, IntakeSecret, SigningKey
from onggi import main
from tests.people import ORIGIN, ROOTS, TODAY, Archive, publish, root_of, statement

FORTNIGHT = timedelta(days=14)
STOLEN = IntakeSecret.generate().public


def request_of(archive: Archive) -> bytes:
    return (archive.vault.home / requests.FILE).read_bytes()


def card_of(archive: Archive, today: date = TODAY, kind: keycard.Kind = "intake") -> keycard.Keycard:
    name = "keycard.note" if kind == "intake" else "capsule.note"
    note = (archive.vault.home / "notes" / name).read_bytes()
    return keycard.verify(note, origin=ORIGIN, root=archive.root, today=today, kind=kind)


def test_no_byte_of_the_vault_holds_the_root(archive: Archive) -> None:
    """
    Whoever opens the vault, with our commands or her own, finds no key there that signs a keycard.
    """
    folder = archive.vault.home / "root"
    key = locks.unlock(folder, LOCK, ROOTS)
    seed = json.loads(nacl.secret.SecretBox(key).decrypt((folder / "root.sealed").read_bytes()))["seed"]
    kept = [archive.vault.secret(name) for name in archive.vault.names("secret")]

    assert SigningKey.from_text(seed).public == archive.root
    assert len(kept) > 25
    assert not any(seed[-64:].encode() in each or bytes.fromhex(seed[-64:]) in each for each in kept)


def test_the_root_signs_without_the_vault(archive: Archive) -> None:
    """
    A visit to the root needs the request and the root's own passphrase; the vault is shut.
    """
    root, request = root_of(archive), request_of(archive)
    archive.vault.close()
    notes = root.sign(request, TODAY)
    given = mandates.verify(notes["mandate.note"], origin=ORIGIN, root=root.public, today=TODAY)

    assert sorted(notes) == ["capsule.note", "keycard.note", "mandate.note"]
    assert set(given.archivists) == {archive.minji.key.public, archive.sora.key.public}


def test_serials_grow_and_are_never_used_twice(archive: Archive) -> None:
    """
    A root that was opened again goes on counting, and a reader who saw the newer refuses the older.
    """
    notes = [root_of(archive).sign(request_of(archive), TODAY) for _ in range(2)]
    first, second = (mandates.read(n["mandate.note"], origin=ORIGIN, root=archive.root) for n in notes)

    assert second.serial == first.serial + 1
    with pytest.raises(RolledBackKeycard):
        mandates.verify(
            notes[0]["mandate.note"], origin=ORIGIN, root=archive.root, today=TODAY, floor=second.serial
        )


def test_the_root_takes_requests_of_its_desk_and_no_older_one(archive: Archive) -> None:
    """
    An old request may list keys that are gone: sealing to those would lose a testimony.
    """
    old = request_of(archive)
    keyring.make(archive.vault, TODAY)
    root = root_of(archive)
    root.sign(request_of(archive), TODAY)
    with pytest.raises(RootError):
        root.sign(old, TODAY)
    text = old.decode().partition("\n\n")[0] + "\n"
    asked = requests.parse(text, ORIGIN)
    with pytest.raises(CryptoError):
        root.sign(requests.issue(asked, SigningKey.generate()), TODAY)


def test_a_wrong_passphrase_or_a_damaged_file_opens_no_root(archive: Archive, tmp_path: Path) -> None:
    """
    Each says what is wrong, and shows nothing of the key.
    """
    folder = archive.vault.home / "root"
    with pytest.raises(locks.WrongPassphrase):
        locks.unlock(folder, LOCK, "not the phrase of the root")
    with pytest.raises(RootError, match=r"root\.sealed"):
        Root.open(tmp_path, bytes(32))
    (folder / "root.sealed").write_bytes((folder / "root.sealed").read_bytes()[:-1])
    with pytest.raises(RootError, match="damaged"):
        root_of(archive)


def test_a_keycard_has_a_key_for_every_day_it_lives(archive: Archive) -> None:
    """
    Also a day before and after, for clocks that are wrong; and not the whole year's keys.
    """
    card = card_of(archive)
    days = [TODAY + timedelta(days=n) for n in range(-1, 31)]

    assert all(card.current(day) for day in days)
    assert len(card.keys) <= 4
    assert (card.expires - card.issued).days == 30


def test_a_card_with_a_gap_is_never_signed(archive: Archive) -> None:
    """
    A page that finds no key for its day stops, so such a card must not leave.
    """
    asked = requests.parse(request_of(archive).decode().partition("\n\n")[0] + "\n", ORIGIN)
    gap = Request(
        ORIGIN, 99, archive.root, asked.intake[:1] + asked.intake[2:], asked.capsule, asked.reply, ()
    )
    with pytest.raises(RootError, match="no intake key for"):
        root_of(archive).sign(requests.issue(gap, keyring.desk(archive.vault)), TODAY)


def test_keys_are_made_for_a_year_ahead(archive: Archive) -> None:
    """
    The vault may stay shut for months: the root goes on signing, until the keys are used up.
    """
    eleven_months = TODAY + timedelta(days=330)
    root_of(archive).sign(request_of(archive), eleven_months)
    with pytest.raises(RootError):
        root_of(archive).sign(request_of(archive), TODAY + timedelta(days=400))
    assert keyring.make(archive.vault, TODAY) == 0
    assert keyring.make(archive.vault, eleven_months) > 20


def test_the_capsule_has_a_card_of_its_own_for_a_year(archive: Archive) -> None:
    """
    A page that is carried about lives longer; neither card is taken for the other.
    """
    card, later = card_of(archive, kind="capsule"), TODAY + timedelta(days=360)
    assert card_of(archive, later, kind="capsule").current(later) == card.current(TODAY)
    notes = archive.vault.home / "notes"
    (notes / "keycard.note").write_bytes((notes / "capsule.note").read_bytes())
    with pytest.raises(CryptoError):
        card_of(archive)


def test_a_capsule_is_never_made_for_a_key_that_ends_soon(archive: Archive) -> None:
    """
    Each quarter there is a new capsule key, and the card shows the newest; the others still open.
    """
    keyring.make(archive.vault, TODAY + timedelta(days=100))
    publish(archive.vault, root_of(archive), TODAY + timedelta(days=100))
    card = card_of(archive, TODAY + timedelta(days=100), kind="capsule")
    kinds = [kind for kind, _ in keyring.intake_secrets(archive.vault).values()]

    assert len(card.keys) == 1
    assert (card.keys[0].last - TODAY).days > 450
    assert kinds.count("capsule") == 2


def test_rotated_keys_leave_the_card_and_still_open(archive: Archive) -> None:
    """
    After a theft nobody seals to the old keys, but what is under way with them is read.
    """
    before = archive.recipient
    keyring.rotate(archive.vault, "intake", TODAY)
    publish(archive.vault, root_of(archive))
    shown = {key.public for key in card_of(archive).keys}

    assert before not in shown
    assert before.key_id in keyring.intake_secrets(archive.vault)
    assert archive.take(statement(archive)).taken


def on(archive: Archive, day: date) -> None:
    """A bundle comes on this day; the archive's clock says so."""
    archive.vault.journal._now = lambda: datetime.combine(day, time(9), UTC)
    archive.take(statement(archive))


def test_a_key_is_destroyed_when_nothing_can_need_it(archive: Archive) -> None:
    """
    45 days after its last day, when a bundle came since, and not while something in quarantine wants it.
    """
    first = card_of(archive).keys[0]
    over = first.last + timedelta(days=46)
    archive.take(seal(b"no statement", {"type": "unknown"}, [first.public]))
    publish(archive.vault, root_of(archive), over)  # another card: the key is on none that is out
    assert first.public.key_id in wanted_keys(archive.vault)
    [waiting] = archive.vault.names("quarantine")
    (archive.vault.home / "quarantine" / waiting).unlink()
    assert keyring.retire(archive.vault, over) == 0  # no bundle came since its last day
    on(archive, over)
    assert keyring.retire(archive.vault, first.last + timedelta(days=45)) == 0

    assert keyring.retire(archive.vault, over) == 1
    assert first.public.key_id not in keyring.intake_secrets(archive.vault)
    assert f"intake-{first.public.key_id.hex()}" not in archive.vault.names("secret")
    assert archive.take(seal(b"late", {}, [first.public])).quarantined


def test_no_key_is_destroyed_that_may_be_sealed_to(archive: Archive) -> None:
    """
    What waits in quarantine, even without a record, and what the cards that are out show, is kept.
    """
    first = card_of(archive).keys[0]
    over = first.last + timedelta(days=46)
    on(archive, over)
    assert keyring.retire(archive.vault, over) == 0  # the card that is out shows it
    publish(archive.vault, root_of(archive), over)
    lost = archive.vault.home / "quarantine" / ("0" * 32)
    lost.parent.mkdir(exist_ok=True)
    lost.write_bytes(seal(b"left by a stop", {}, [first.public]))
    assert keyring.retire(archive.vault, over) == 0
    lost.unlink()

    assert keyring.retire(archive.vault, over) == 1


def test_a_clock_that_runs_ahead_destroys_nothing(archive: Archive) -> None:
    """
    An archive's clock is set by hand: a day that has no key at all is no day to destroy keys on.
    """
    before = keyring.intake_secrets(archive.vault).keys()
    ahead = TODAY + timedelta(days=900)
    on(archive, ahead)
    with pytest.raises(KeyringError, match="right"):
        keyring.retire(archive.vault, ahead)

    assert keyring.intake_secrets(archive.vault).keys() == before


def test_the_root_tells_what_is_new_before_it_signs(archive: Archive) -> None:
    """
    A stolen desk key cannot name keys and people unseen, nor change a request that was signed.
    """
    root, desk = root_of(archive), keyring.desk(archive.vault)
    assert not root.news(request_of(archive))
    asked = requests.parse(request_of(archive).decode().partition("\n\n")[0] + "\n", ORIGIN)
    stranger, dated = SigningKey.generate().public, dataclasses.replace(asked.intake[0], public=STOLEN)
    false = dataclasses.replace(
        asked, number=asked.number + 1, intake=(dated, *asked.intake), archivists=(stranger,)
    )
    news = root.news(requests.issue(false, desk))

    assert [key.public for _, key in news.keys] == [STOLEN]
    assert news.archivists == (stranger,)
    assert set(news.gone) == {archive.minji.key.public, archive.sora.key.public}
    with pytest.raises(RootError, match="another request of this number"):
        root.sign(requests.issue(dataclasses.replace(false, number=asked.number), desk), TODAY)


def test_a_desk_that_counted_too_far_is_forgotten_with_its_key(archive: Archive) -> None:
    """
    A thief's high number keeps nobody out once the root serves another desk.
    """
    asked = requests.parse(request_of(archive).decode().partition("\n\n")[0] + "\n", ORIGIN)
    root = root_of(archive)
    far = dataclasses.replace(asked, number=9_999_999_990)
    root.sign(requests.issue(far, keyring.desk(archive.vault)), TODAY)
    with pytest.raises(RootError, match="--after"):
        root.sign(request_of(archive), TODAY)
    root.appoint(keyring.rotate_desk(archive.vault))
    keyring.ask(archive.vault, TODAY)

    assert root.sign(request_of(archive), TODAY)


def test_a_request_can_be_numbered_after_one_that_was_signed(archive: Archive) -> None:
    """
    A vault that was restored from a backup has counted less far than the root has seen.
    """
    root = root_of(archive)
    old = request_of(archive)
    for _ in range(3):
        keyring.make(archive.vault, TODAY)
    root.sign(request_of(archive), TODAY)
    seen = requests.parse(request_of(archive).decode().partition("\n\n")[0] + "\n", ORIGIN).number
    archive.vault.put_json("setting", "request", seen - 3)
    with pytest.raises(RootError, match=f"--after {seen}"):
        root.sign(old, TODAY)
    keyring.make(archive.vault, TODAY, seen)

    assert root.sign(request_of(archive), TODAY)


def test_a_new_desk_needs_the_root(archive: Archive) -> None:
    """
    A desk key that the root does not know signs nothing that counts: no mandate, no request.
    """
    keyring.mandate(archive.vault, TODAY)
    new = keyring.rotate_desk(archive.vault)
    with pytest.raises(KeyringError, match="another desk"):
        keyring.mandate(archive.vault, TODAY)
    keyring.ask(archive.vault, TODAY)
    root = root_of(archive)
    with pytest.raises(CryptoError):
        root.sign(request_of(archive), TODAY)
    root.appoint(new)
    publish(archive.vault, root)

    assert keyring.mandate(archive.vault, TODAY)[0].desk == new


def test_a_new_root_takes_over_and_old_receipts_still_count(archive: Archive) -> None:
    """
    Old and new sign; the vault believes the new one, and takes statements made for either.
    """
    before, told = archive.root, statement(archive)
    root = root_of(archive)
    note = root.rotate(TODAY)
    with pytest.raises(RootError, match="rotate root"):
        root.sign(request_of(archive), TODAY)  # the vault does not know it yet
    assert root.follows(before) == note
    keyring.trust_root(archive.vault, root.public)
    keyring.ask(archive.vault, TODAY)
    publish(archive.vault, root)

    assert mandates.verify_rotation(note, origin=ORIGIN, root=before) == archive.root == root.public
    assert root_of(archive).public == root.public
    assert archive.take(told).taken
    assert archive.take(statement(archive)).taken


def test_whoever_knows_the_first_root_follows_to_the_third(archive: Archive) -> None:
    """
    Each rotation travels with those before it: also what a stop left behind in between leads nobody astray.
    """
    root = root_of(archive)
    first = root.public
    root.rotate(TODAY)
    second = root.public
    stopped = mandates.issue_rotation(ORIGIN, TODAY, SigningKey.generate(), SigningKey.generate())
    path = archive.vault.home / "root" / "root-rotation.note"
    path.write_bytes(path.read_bytes() + stopped)
    chain = root.rotate(TODAY)

    assert len(mandates.each_rotation(chain, ORIGIN)) == 2
    for known in (first, second):
        assert mandates.verify_rotation(chain, origin=ORIGIN, root=known) == root.public
    assert mandates.roots_before(chain, root.public) == [second, first]
    assert mandates.roots_before(chain, second) == []
    assert [mandates.leads_to(chain, each) for each in (first, second, root.public)] == [False, False, True]


def test_a_rescuer_with_the_first_fingerprint_takes_a_page_of_the_third_root(
    archive: Archive, tmp_path: Path
) -> None:
    """
    The notes beside the page lead on from the digits on her paper; without them it is another archive's.
    """
    first, folder = archive.root.fingerprint(), tmp_path / "stick"
    for _ in range(2):
        root = root_of(archive)
        (archive.vault.home / "notes" / "root-rotation.note").write_bytes(root.rotate(TODAY))
        keyring.trust_root(archive.vault, root.public)
        keyring.ask(archive.vault, TODAY)
        publish(archive.vault, root)
    capsule.write(archive.vault, folder, "en", TODAY)

    def checked(digits: str) -> int:
        words = ["check", str(folder / "album-en.html"), "--fingerprint", digits]
        return CliRunner().invoke(main, words).exit_code

    assert [checked(each) for each in (first, root.public.fingerprint(), "1" * 40)] == [0, 0, 1]
    (folder / "root-rotation.note").unlink()
    assert [checked(each) for each in (first, root.public.fingerprint())] == [1, 0]


def test_a_rotation_counts_only_with_both_signatures() -> None:
    """
    Neither the old root alone, nor a stranger who names himself its follower.
    """
    old, new, stranger = (SigningKey.generate() for _ in range(3))
    note = mandates.issue_rotation(ORIGIN, TODAY, old, new)
    alone = note[: note.rindex("\N{EM DASH}".encode())]
    forged = mandates.issue_rotation(ORIGIN, TODAY, stranger, new)
    other = mandates.issue_rotation("other.example", TODAY, old, new)
    for untrusted in (alone, forged, other, b"", note.replace(b"\nv1\n", b"\nv2\n")):
        with pytest.raises(CryptoError):
            mandates.verify_rotation(untrusted, origin=ORIGIN, root=old.public)

    assert mandates.verify_rotation(note, origin=ORIGIN, root=old.public) == new.public


def test_a_mandate_that_is_out_of_date_stops_the_desk(archive: Archive) -> None:
    """
    The hint says what to do.
    """
    with pytest.raises(KeyringError, match="keys publish"):
        keyring.mandate(archive.vault, TODAY + timedelta(days=400))


LINES = [
    f"root {'00' * 32}",
    "intake x",
    "capsule ",
    "reply zz",
    f"reply {'00' * 32}",
    f"archivist {'0' * 63}g",
    "archivist",
    "",
    "x",
]


@given(st.lists(st.sampled_from(LINES) | st.text(max_size=20), max_size=5))
def test_strangers_requests_only_raise_our_errors(lines: list[str]) -> None:
    """
    Not even a well-signed one can raise another library's error.
    """
    text = "\n".join(["archive.example/keys", "v1", "number 1", *lines]) + "\n"
    with contextlib.suppress(CryptoError):
        requests.parse(text, ORIGIN)


def test_what_a_request_says_is_what_it_asks() -> None:
    """
    Every key and day comes back as it was.
    """
    key = IntakePublic(bytes(range(256)) * 4 + bytes(224))
    dated = keycard.DatedKey(TODAY, TODAY + FORTNIGHT, key)
    asked = Request(
        ORIGIN,
        7,
        SigningKey.generate().public,
        (dated, dated),
        (dated,),
        bytes(32),
        (SigningKey.generate().public,),
    )
    text = requests.issue(asked, SigningKey.generate()).decode().partition("\n\n")[0] + "\n"

    assert requests.parse(text, ORIGIN) == asked

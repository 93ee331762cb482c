"""The vectors that Python and the browser share: Python's half of the reading."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import nacl.exceptions
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from nacl.public import PrivateKey, SealedBox

from crypto import board, bundle, envelope, errors, keycard, mandate, resume
from crypto.capsule import container
from crypto.capsule.telling import cleaned, trimmed
from crypto.keys import IntakeSecret, VerifyKey
from crypto.notes import open_note
from crypto.plain import head, padded
from crypto.receipt import Receipt
from crypto.reply import read_replies
from crypto.stanza import unwrap
from crypto.stick import MANIFEST
from crypto.words import LANGUAGES
from tests.vectors.make_boards import assembled

VECTORS = Path(__file__).parents[1] / "vectors"


def vectors(folder: str) -> list[Any]:
    return [
        pytest.param(json.loads(p.read_text("utf-8")), id=p.stem)
        for p in sorted((VECTORS / folder).glob("*.json"))
    ]


@pytest.mark.parametrize("vector", vectors("envelope"))
def test_an_envelope_opens_or_fails_as_its_vector_says(vector: dict[str, Any]) -> None:
    """
    Each one-flaw envelope is refused with the named error; good ones open to their words.
    """
    sealed = base64.b64decode(vector["envelope_b64"])
    key = IntakeSecret.from_bytes(bytes.fromhex(vector["secret_hex"]))
    if vector["expect"] == "opens":
        assert (vector["meta"], base64.b64decode(vector["body_b64"])) == envelope.unseal(
            sealed, key, vector["purpose"]
        )
    else:
        with pytest.raises(errors.EnvelopeError) as caught:
            envelope.unseal(sealed, key, vector["purpose"])
        assert type(caught.value).__name__ == vector["expect"]


@pytest.mark.parametrize("vector", vectors("envelope"))
def test_seeking_in_an_envelope_ends_as_its_vector_says(vector: dict[str, Any]) -> None:
    """
    Random access refuses what the stream refuses; only padding that nobody reads is left to the stream.
    """
    source = io.BytesIO(base64.b64decode(vector["envelope_b64"]))
    key = IntakeSecret.from_bytes(bytes.fromhex(vector["secret_hex"]))
    try:
        opened, body = envelope.unseal_seekable(source, key, vector["purpose"])
        found = (opened.meta, body.read())
    except errors.CryptoError as error:
        name = type(error).__name__
        assert vector["expect"] == ("DamagedEnvelope" if name == "DamagedMessage" else name)
    else:
        assert found == (vector["meta"], base64.b64decode(vector["body_b64"]))
        assert vector["expect"] == "opens" or vector["comment"].endswith("of padding is not zero")


@pytest.mark.parametrize("vector", vectors("note"))
def test_a_note_is_believed_or_refused_as_its_vector_says(vector: dict[str, Any]) -> None:
    """
    One text, one encoding, and no line by the known key that lies.
    """
    key = VerifyKey(bytes.fromhex(vector["key_hex"]))
    if vector["expect"] == "opens":
        assert open_note(vector["note"].encode(), vector["name"], key) == vector["text"]
    else:
        with pytest.raises(errors.CryptoError) as caught:
            open_note(vector["note"].encode(), vector["name"], key)
        assert type(caught.value).__name__ == vector["expect"]


@pytest.mark.parametrize("vector", vectors("bundle"))
def test_a_bundle_is_read_or_refused_as_its_vector_says(vector: dict[str, Any], tmp_path: Path) -> None:
    """
    A stick that lies is refused whole; one that was damaged says what is whole.
    """
    for name, part in vector["parts"].items():
        (tmp_path / name).write_bytes(base64.b64decode(part))
    if vector["manifest"] is not None:
        (tmp_path / MANIFEST).write_bytes(vector["manifest"].encode())
    courier = VerifyKey(bytes.fromhex(vector["courier_hex"]))
    if vector["expect"] == "opens":
        read = bundle.read(tmp_path, courier)
        assert (read.number, [e.id for e in read.entries]) == (vector["number"], vector["whole"])
        assert list(read.damaged) == vector["damaged"]
    else:
        with pytest.raises(errors.CryptoError) as caught:
            bundle.read(tmp_path, courier)
        assert type(caught.value).__name__ == vector["expect"]


@pytest.mark.parametrize("vector", vectors("acknowledgement"))
def test_an_acknowledgement_is_believed_or_refused_as_its_vector_says(vector: dict[str, Any]) -> None:
    """
    The intake deletes on the archive's exact word, and on no other.
    """
    key = VerifyKey(bytes.fromhex(vector["key_hex"]))
    if vector["expect"] == "opens":
        read = bundle.read_acknowledgement(vector["note"].encode(), origin="archive.example", desk=key)
        assert (read.number, read.hash, list(read.ids)) == (vector["number"], vector["hash"], vector["ids"])
    else:
        with pytest.raises(errors.CryptoError) as caught:
            bundle.read_acknowledgement(vector["note"].encode(), origin="archive.example", desk=key)
        assert type(caught.value).__name__ == vector["expect"]


@pytest.mark.parametrize("vector", vectors("keycard"))
def test_a_keycard_is_trusted_or_refused_as_its_vector_says(vector: dict[str, Any]) -> None:
    """
    The client seals to nothing that the pinned root did not sign for today.
    """
    known = {
        "origin": vector["origin"],
        "root": VerifyKey(bytes.fromhex(vector["root_hex"])),
        "today": date.fromisoformat(vector["today"]),
        "floor": vector["floor"],
        "kind": vector.get("kind", "intake"),
    }
    if vector["expect"] == "opens":
        assert keycard.verify(vector["note"].encode(), **known).serial == 42
    else:
        with pytest.raises(errors.CryptoError) as caught:
            keycard.verify(vector["note"].encode(), **known)
        assert type(caught.value).__name__ == vector["expect"]


@pytest.mark.parametrize("vector", vectors("mandate"))
def test_a_mandate_is_believed_or_refused_as_its_vector_says(vector: dict[str, Any]) -> None:
    """
    Nobody acts for the archive whom its root did not name for today.
    """
    known = {
        "origin": vector["origin"],
        "root": VerifyKey(bytes.fromhex(vector["root_hex"])),
        "today": date.fromisoformat(vector["today"]),
        "floor": vector["floor"],
    }
    if vector["expect"] == "opens":
        given = mandate.verify(vector["note"].encode(), **known)
        assert (given.desk.raw.hex(), given.reply.hex()) == (vector["desk_hex"], vector["reply_hex"])
        assert len(given.archivists) == vector["archivists"]
    else:
        with pytest.raises(errors.CryptoError) as caught:
            mandate.verify(vector["note"].encode(), **known)
        assert type(caught.value).__name__ == vector["expect"]


@pytest.mark.parametrize("vector", vectors("rotation"))
def test_a_new_root_is_followed_or_not_as_its_vector_says(vector: dict[str, Any]) -> None:
    """
    A root is followed only to one that it named and that agreed.
    """
    note, root = vector["note"].encode(), VerifyKey(bytes.fromhex(vector["root_hex"]))
    if vector["expect"] == "opens":
        followed = mandate.verify_rotation(note, origin=vector["origin"], root=root)
        assert followed.raw.hex() == vector["new_hex"]
    else:
        with pytest.raises(errors.CryptoError) as caught:
            mandate.verify_rotation(note, origin=vector["origin"], root=root)
        assert type(caught.value).__name__ == vector["expect"]


@pytest.mark.parametrize("vector", vectors("roots"))
def test_the_roots_that_her_words_are_tried_with_are_those_of_the_vector(vector: dict[str, Any]) -> None:
    """
    The page's root, and at most seven from which a chain that all of them signed leads to it.
    """
    root = VerifyKey(bytes.fromhex(vector["root_hex"]))
    before = mandate.roots_before(vector["note"].encode(), root)[: mandate.MOST_BEFORE]

    assert [key.raw.hex() for key in (root, *before)] == vector["roots"]


@pytest.mark.parametrize("vector", vectors("capsule"))
def test_a_capsule_is_taken_apart_or_refused_as_its_vector_says(vector: dict[str, Any]) -> None:
    """
    Whole envelopes are found in a file that was cut, too; what follows no rule of the format is refused.
    """
    file = io.BytesIO(
        b"".join(bytes(p) if isinstance(p, int) else bytes.fromhex(p) for p in vector["pieces"])
    )
    if vector["expect"] == "opens":
        found = container.read(file)
        assert ([e.size for e in found.entries], found.cut) == (vector["sizes"], vector["cut"])
    else:
        with pytest.raises(errors.CapsuleError) as caught:
            container.read(file)
        assert type(caught.value).__name__ == vector["expect"]


@pytest.mark.parametrize("vector", vectors("receipt"))
def test_a_receipt_derives_the_keys_its_vector_says(vector: dict[str, Any]) -> None:
    """
    Words of every list, digits, and what she typed are one code with one set of keys.
    """
    if vector["expect"] != "opens":
        with pytest.raises(errors.MalformedReceipt):
            Receipt.parse(vector["text"])
        return
    receipt = Receipt.parse(vector["digits"])
    keys = receipt.keys(VerifyKey(bytes.fromhex(vector["root_hex"])))

    assert receipt == Receipt.parse(vector.get("text", vector["digits"]))
    assert vector["words"] == {language: receipt.words(language) for language in LANGUAGES}
    assert all(receipt == Receipt.parse(" ".join(words)) for words in vector["words"].values())
    assert vector["x25519_public_hex"] == keys.sealing.public.x25519.hex()
    assert vector["xwing_public_sha256"] == hashlib.sha256(keys.sealing.public.bundle[32:]).hexdigest()
    assert vector["ed25519_public_hex"] == keys.signing.public.raw.hex()


@pytest.mark.parametrize("vector", vectors("disguise"))
def test_a_list_of_telephone_numbers_is_her_receipt(vector: dict[str, Any]) -> None:
    """
    What looks like somebody's contacts is the same code, with labels or without.
    """
    receipt = Receipt.parse(vector["digits"])

    for language in LANGUAGES:
        numbers = receipt.phone_numbers(language)
        assert vector["numbers"][language] == numbers
        assert receipt == Receipt.parse("\n".join(f"과일가게 {number}" for number in numbers))


@pytest.mark.parametrize("vector", vectors("fingerprint"))
def test_a_root_is_read_aloud_as_its_vector_says(vector: dict[str, Any]) -> None:
    """
    Two people compare an archive's root in digits or in words of their language.
    """
    root = VerifyKey(bytes.fromhex(vector["root_hex"]))

    assert vector["digits"] == root.fingerprint()
    assert vector["words"] == {language: root.fingerprint_words(language) for language in LANGUAGES}


@pytest.mark.parametrize("vector", vectors("board"))
def test_a_board_is_read_or_refused_as_its_vector_says(vector: dict[str, Any]) -> None:
    """
    She reads what the archive wrote to her, the same entries open in both languages, and nothing else shows.
    """
    known = {
        "origin": vector["origin"],
        "desk": VerifyKey(bytes.fromhex(vector["desk_hex"])),
        "today": date.fromisoformat(vector["today"]),
        "floor": vector["floor"],
    }
    key = IntakeSecret.from_bytes(bytes.fromhex(vector["secret_hex"]))
    if vector["expect"] == "opens":
        entries = board.verify(assembled(vector), **known).entries
        replies = read_replies(entries, key, bytes.fromhex(vector["reply_hex"]))
        assert vector["opens"] == [at for at, entry in enumerate(entries) if _hits(entry, key)]
        assert vector["replies"] == [[r.serial, r.day.isoformat(), r.lang, [*r.parts]] for r in replies]
    else:
        with pytest.raises(errors.CryptoError) as caught:
            board.verify(assembled(vector), **known)
        assert type(caught.value).__name__ == vector["expect"]


def _hits(entry: bytes, key: IntakeSecret) -> bool:
    try:
        return bool(SealedBox(PrivateKey(key.x25519)).decrypt(entry[1141:1287]))
    except nacl.exceptions.CryptoError:
        return False


@pytest.mark.parametrize("vector", vectors("resume"))
def test_a_file_derives_its_envelope_as_its_vector_says(vector: dict[str, Any]) -> None:
    """
    Receipt and file alone give place, key and every byte of the envelope; a change gives another of each.
    """
    key = IntakeSecret.from_bytes(bytes.fromhex(vector["secret_hex"]))
    receipt, root = Receipt(bytes.fromhex(vector["code_hex"])), VerifyKey(bytes.fromhex(vector["root_hex"]))
    fill, size = bytes.fromhex(vector["body"][0]), vector["body"][1]
    body = bytearray((fill * (size // len(fill) + 1))[:size])
    sealed_as = resume.of_file(receipt, root, _file_root(bytes(body), vector, key))
    front = base64.b64decode(vector["header_b64"])
    header = envelope.parse_header(front)
    plain = _plain(bytes(body), vector)

    assert (vector["deposit"], vector["digest_hex"]) == (sealed_as.deposit, header.digest.hex())
    assert unwrap(header.stanzas, key, vector["purpose"]) == sealed_as.key == sealed_as.stream[:32]
    assert front[header.size : header.size + 24] == sealed_as.stream[128:152]
    whole = front + _payload(plain, sealed_as, vector["purpose"], header.digest)
    assert vector["envelope_sha256"] == hashlib.sha256(whole).hexdigest()
    assert (vector["meta"], bytes(body)) == envelope.unseal(whole, key, vector["purpose"])
    if vector["expect"] == "SourceChanged":
        body[vector["change"] : vector["change"] + 1] = b"?"
        changed = resume.of_file(receipt, root, _file_root(bytes(body), vector, key))
        assert changed.deposit != vector["deposit"]
        assert changed.key != sealed_as.key


def test_no_two_files_share_a_place_or_a_key() -> None:
    """
    Another file, type, receipt, archive, key or purpose gives another deposit and another header.
    """
    told = [param.values[0] for param in vectors("resume")]
    same_file = {"many-pieces", "changed-behind"}, {"changed-in-front", "shorter"}
    expected = len(told) - sum(len(names) - 1 for names in same_file)

    assert expected == len({vector["deposit"] for vector in told})
    assert expected == len({vector["digest_hex"] for vector in told})


def _plain(body: bytes, vector: dict[str, Any]) -> bytes:
    front = head(vector["meta"], len(body))
    return (front + body).ljust(padded(len(front) + len(body), vector["purpose"]), b"\0")


def _file_root(body: bytes, vector: dict[str, Any], key: IntakeSecret) -> bytes:
    plain = _plain(body, vector)
    pieces = (plain[at : at + resume.PIECE] for at in range(0, len(plain), resume.PIECE))
    return resume.file_root(pieces, key.public, vector["purpose"])


def _payload(plain: bytes, secrets: resume.FileSecrets, purpose: str, digest: bytes) -> bytes:
    """Cobblestone-256 written out: `cryptography` draws its salt itself."""
    info = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0" + secrets.stream[128:152]
    info += b"onggi-env1|" + purpose.encode() + b"|" + digest
    okm = HKDFExpand(SHA512(), 76, info).derive(secrets.key)
    aes, base = AESGCM(okm[:32]), int.from_bytes(okm[32:44], "big")
    sealed = b""
    for number in range(len(plain) // 16384 + 1):
        nonce = (base ^ number).to_bytes(12, "big")
        sealed += aes.encrypt(nonce, plain[number * 16384 : (number + 1) * 16384], None)
    return sealed


@pytest.mark.parametrize("vector", vectors("account"))
def test_words_alone_derive_what_their_vector_says(vector: dict[str, Any]) -> None:
    """
    Where a statement lies, and what erases a telling early, need no file.
    """
    receipt, root = Receipt(bytes.fromhex(vector["code_hex"])), VerifyKey(bytes.fromhex(vector["root_hex"]))
    token = resume.token(receipt, root, vector["seq"])

    assert vector["deposit"] == resume.statement_id(receipt, root, vector["seq"])
    assert vector["token_hex"] == token.hex()
    assert vector["erasures"] == [resume.erasure(token, index) for index in (0, 1, 200)]


@pytest.mark.parametrize("vector", vectors("words"))
def test_a_text_of_white_space_says_nothing_to_every_reader(vector: dict[str, Any]) -> None:
    """
    What the page takes for nothing the archive does too, U+0085 and U+FEFF among it, and nothing else is.
    """
    assert [at for at in range(0x10000) if not cleaned(chr(at))] == vector["blank"]
    assert [at for at in range(0x10000) if not trimmed(chr(at))] == [
        at for at in vector["blank"] if at > 31 or 9 <= at <= 13
    ]


@pytest.mark.parametrize("vector", vectors("arrived"))
def test_what_has_arrived_is_found_as_its_vector_says(vector: dict[str, Any]) -> None:
    """
    In the list that everybody gets her words find her own; one that follows no rule is refused.
    """
    untrusted, today = bytes.fromhex(vector["list_hex"]), date.fromisoformat(vector["today"])
    if vector["expect"] != "opens":
        with pytest.raises(errors.ReceiptError) as caught:
            resume.parse_arrivals(untrusted)
        assert type(caught.value).__name__ == vector["expect"]
        return
    states = resume.parse_arrivals(untrusted)
    receipt, root = Receipt(bytes.fromhex(vector["code_hex"])), VerifyKey(bytes.fromhex(vector["root_hex"]))
    here = ((seq, states.get(resume.statement_id(receipt, root, seq))) for seq in resume.window(today))
    found = [[seq, state] for seq, state in here if state]

    assert vector["found"] == found
    assert vector["next"] == max([resume.first(today), *(seq + 1 for seq, _ in found)])
    assert untrusted == resume.arrivals(states.items())


def test_a_list_of_what_has_arrived_is_made_in_one_order() -> None:
    """
    Whoever makes it out of order, or tells one deposit twice, is stopped here and not at her phone.
    """
    one, two = "ab" * 16, "cd" * 16
    for states in ([(two, 1), (one, 1)], [(one, 1), (one, 2)]):
        with pytest.raises(ValueError, match="ascend"):
            resume.arrivals(states)


def test_deposits_whose_names_differ_in_the_last_letter_are_two() -> None:
    """
    And the first day that there is has a number for its first statement.
    """
    told = {"ab" * 15 + "01": resume.WAITING, "ab" * 15 + "02": resume.HELD}

    assert resume.parse_arrivals(resume.arrivals(told.items())) == told
    assert resume.window(resume.EPOCH)[0] == resume.first(resume.EPOCH) == 0

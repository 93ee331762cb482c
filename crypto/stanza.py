"""How one recipient is given the file key: a sealed box outside, X-Wing inside, the purpose bound within.

Format: docs/formats/envelope.md. An attacker must break both; a fault in young ML-KEM code cannot make it
weaker than a plain NaCl sealed box. A sealed box takes no context: what it is for is checked after opening.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final, Literal

import nacl.exceptions
import nacl.public
import nacl.secret
from nacl.encoding import RawEncoder
from nacl.hash import blake2b

from crypto.errors import KeyFormatError, WrongKey
from crypto.keys import XWING_CIPHERTEXT, IntakePublic, IntakeSecret

Purpose = Literal["intake", "capsule", "reply", "server-sealed", "custody"]

KIND: Final = 2
BODY: Final = XWING_CIPHERTEXT + 146
STANZA: Final = 1 + 8 + 2 + BODY
LABEL: Final = b"onggi-env1 filekey"
ANYONE: Final = bytes(8)
"""The key id of an envelope that must not say whom it is for."""


def wrap(recipient: IntakePublic, purpose: Purpose, file_key: bytes) -> bytes:
    """The stanza that gives *file_key* to *recipient*, for this purpose only.

    Raises `KeyFormatError` for a key that no honest recipient has; an account's keys come from strangers.
    """
    key_id = ANYONE if purpose == "reply" else recipient.key_id
    shared, ciphertext = recipient.encapsulate()
    inner = LABEL + _binding(purpose, recipient) + file_key
    # K is fresh for every stanza (new encapsulation), so the fixed nonce is used once.
    boxed = nacl.secret.SecretBox(_wrap_key(shared, key_id, ciphertext)).encrypt(inner, bytes(24)).ciphertext
    try:
        outer = nacl.public.SealedBox(nacl.public.PublicKey(recipient.x25519)).encrypt(boxed)
    except nacl.exceptions.CryptoError:
        raise KeyFormatError("the recipient's X25519 key is of small order") from None
    return bytes([KIND]) + key_id + BODY.to_bytes(2, "little") + ciphertext + outer


def unwrap(stanzas: Iterable[tuple[bytes, bytes]], key: IntakeSecret, purpose: Purpose) -> bytes:
    """The file key that one of *stanzas* (key id, body) holds for *key* and this purpose, or `WrongKey`."""
    wanted = ANYONE if purpose == "reply" else key.public.key_id
    for key_id, body in stanzas:
        if key_id == wanted and (inner := _open(key_id, body, key)) is not None:
            label, binding, file_key = inner[:18], inner[18:50], inner[50:]
            if label == LABEL and binding == _binding(purpose, key.public) and len(file_key) == 32:
                return file_key
    raise WrongKey("sealed to another key or for another purpose, or its header is damaged")


def _open(key_id: bytes, body: bytes, key: IntakeSecret) -> bytes | None:
    ciphertext, outer = body[:XWING_CIPHERTEXT], body[XWING_CIPHERTEXT:]
    try:
        boxed = nacl.public.SealedBox(nacl.public.PrivateKey(key.x25519)).decrypt(outer)
        wrap_key = _wrap_key(key.decapsulate(ciphertext), key_id, ciphertext)
        return nacl.secret.SecretBox(wrap_key).decrypt(boxed, bytes(24))
    except (nacl.exceptions.CryptoError, KeyFormatError):
        return None


def _binding(purpose: Purpose, recipient: IntakePublic) -> bytes:
    return hashlib.sha256(purpose.encode() + b"\0" + recipient.bundle).digest()


def _wrap_key(shared: bytes, key_id: bytes, ciphertext: bytes) -> bytes:
    return blake2b(key_id + ciphertext, key=shared, person=b"onggi-env1 xwing", encoder=RawEncoder)

"""Makes more envelope vectors once: `python -m tests.vectors.make_envelopes`. One flaw each.

No sealer makes these flaws; here they are made by hand. Most are replies, which are small. What exists is
never written again.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import struct
from typing import Final

import nacl.public
import nacl.secret
from cryptography.cobblestone import Cobblestone256Encryptor
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PublicKey

from crypto import stanza
from crypto.envelope import seal
from crypto.keys import MLKEM_PUBLIC, IntakeSecret, _combine
from crypto.padding import padme
from crypto.stanza import Purpose, wrap
from tests.vectors.make import save

KEY: Final = IntakeSecret.generate()
OTHER: Final = IntakeSecret.generate()
BODY: Final = "물소리만 들렸습니다. 只听见水声。 Only the water could be heard.".encode()
META: Final = b'{"type":"reply","v":1}'
HEADER: Final = 1287
FIRST: Final = HEADER + 56
STEP: Final = 16400
PREFIX: Final = b"\2" + stanza.ANYONE + stanza.BODY.to_bytes(2, "little")


def vector(name: str, expect: str, comment: str, sealed: bytes, **changes: object) -> None:
    known: dict[str, object] = {
        "expect": expect,
        "comment": comment,
        "purpose": "reply",
        "secret_hex": KEY.to_bytes().hex(),
        "envelope_b64": base64.b64encode(sealed).decode(),
        "meta": {"type": "reply", "v": 1},
        "body_b64": base64.b64encode(BODY).decode(),
    }
    save("envelope", name, known | changes)


def header_of(stanzas: bytes, count: int | None = None) -> bytes:
    return b"ONGGIEN1\x01" + bytes([len(stanzas) // stanza.STANZA if count is None else count]) + stanzas


def payload(plain: bytes, key: bytes, header: bytes, purpose: str = "reply") -> bytes:
    context = b"onggi-env1|" + purpose.encode() + b"|" + hashlib.sha512(header).digest()
    encryptor = Cobblestone256Encryptor(key, context)
    return encryptor.update(plain) + encryptor.finalize()


def holding(plain: bytes, purpose: Purpose = "reply") -> bytes:
    """An envelope, sound in every way, of exactly this *plain*."""
    key = secrets.token_bytes(32)
    header = header_of(wrap(KEY.public, purpose, key))
    return header + payload(plain, key, header, purpose)


def plain_of(meta: bytes = META, body: bytes = BODY, **lengths: int) -> bytes:
    meta_length, body_length = lengths.get("meta_length", len(meta)), lengths.get("body_length", len(body))
    front = b"pt1\0" + meta_length.to_bytes(4, "little") + body_length.to_bytes(8, "little")
    inside = front + meta + body
    return inside + bytes(padme(max(len(inside), 2048)) - len(inside))


def make_headers() -> None:
    meta: dict[str, object] = {"type": "reply", "v": 1}
    one = seal(BODY, meta, [KEY.public], "reply")
    two = seal(BODY, meta, [KEY.public, OTHER.public], "reply")
    first, second = two[10:HEADER], two[HEADER : HEADER + stanza.STANZA]
    rest = two[HEADER + stanza.STANZA :]
    sixteen = seal(BODY, meta, [*[OTHER.public] * 15, KEY.public], "reply")
    vector("opens-last-of-sixteen", "opens", "our stanza is the last of sixteen", sixteen)
    key = secrets.token_bytes(32)
    seventeen = header_of(wrap(KEY.public, "reply", key) * 17)
    vector("seventeen-recipients", "MalformedEnvelope", "one recipient more than sixteen",
           seventeen + payload(plain_of(), key, seventeen))  # fmt: skip
    ours = wrap(KEY.public, "reply", key)
    dummy = ours[:11] + secrets.token_bytes(stanza.BODY)
    for name, stanzas, comment in (
        ("opens-beside-noise", dummy + ours, "a stanza of random bytes comes first"),
        ("opens-our-stanza-twice", ours + ours, "the same stanza twice"),
    ):
        header = header_of(stanzas)
        vector(name, "opens", comment, header + payload(plain_of(), key, header))
    for name, size in (("empty", 0), ("cut-in-magic", 7), ("cut-before-suite", 8), ("cut-before-count", 9)):
        vector(name, "MalformedEnvelope", f"the first {size} bytes only", one[:size])
    vector("cut-before-stanza", "MalformedEnvelope", "cut before the first stanza", one[:10])
    vector("cut-before-payload", "DamagedEnvelope", "a header and nothing after it", one[:HEADER])
    vector("cut-after-salt", "DamagedEnvelope", "cut between salt and commitment", one[: HEADER + 24])
    vector("cut-before-chunks", "DamagedEnvelope", "no chunk at all", one[:FIRST])
    vector("cut-in-tag", "DamagedEnvelope", "the last byte is missing", one[:-1])
    vector(
        "count-too-high", "MalformedEnvelope", "counts two recipients, holds one", one[:9] + b"\2" + one[10:]
    )
    vector("count-too-low", "DamagedEnvelope", "counts one recipient, holds two", two[:9] + b"\1" + two[10:])
    vector(
        "stanzas-swapped", "DamagedEnvelope", "two stanzas change places", two[:10] + second + first + rest
    )
    vector(
        "stanza-dropped",
        "DamagedEnvelope",
        "another recipient's stanza is taken out",
        header_of(first) + rest,
    )
    vector("stanza-added", "DamagedEnvelope", "a stanza is added", header_of(first + second + first) + rest)
    vector("named-key-in-reply", "WrongKey", "a reply names its recipient", header_of(
        one[10:11] + KEY.public.key_id + one[19:HEADER]) + one[HEADER:])  # fmt: skip
    intake = seal(BODY, meta, [KEY.public])
    vector("nameless-key-in-intake", "WrongKey", "a testimony's key id is eight zeros",
           intake[:11] + bytes(8) + intake[19:], purpose="intake")  # fmt: skip


def make_stanzas() -> None:
    key = secrets.token_bytes(32)

    def of(name: str, comment: str, stanza_: bytes) -> None:
        header = header_of(stanza_)
        vector(name, "WrongKey", comment, header + payload(plain_of(), key, header))

    def built(inner: bytes, shared: bytes | None = None, ciphertext: bytes = b"") -> bytes:
        if shared is None:
            shared, ciphertext = KEY.public.encapsulate()
        outer = nacl.public.SealedBox(nacl.public.PublicKey(KEY.public.x25519))
        return PREFIX + ciphertext + outer.encrypt(box(inner, shared, ciphertext)[1])

    binding = stanza._binding("reply", KEY.public)
    of("inner-label", "the label in the box is another", built(b"onggi-env1 filekeY" + binding + key))
    of("inner-purpose", "the box holds a key for a capsule", built(
        stanza.LABEL + stanza._binding("capsule", KEY.public) + key))  # fmt: skip
    of("inner-recipient", "the box was made for another bundle", built(
        stanza.LABEL + stanza._binding("reply", OTHER.public) + key))  # fmt: skip
    shared, ciphertext = OTHER.public.encapsulate()
    of("x-wing-of-another", "the X-Wing ciphertext is for another key", built(
        stanza.LABEL + binding + key, shared, ciphertext))  # fmt: skip
    # An all-zero X25519 half: the sender's share adds nothing, and everyone could make it.
    xwing = KEY.public.bundle[32:]
    shared_m, sealed_m = MLKEM768PublicKey.from_public_bytes(xwing[:MLKEM_PUBLIC]).encapsulate()
    shared = _combine(shared_m, bytes(32), bytes(32), xwing[MLKEM_PUBLIC:])
    of("x-wing-small-order", "the X25519 half of X-Wing is of small order", built(
        stanza.LABEL + binding + key, shared, sealed_m + bytes(32)))  # fmt: skip
    # A sender key of small order: the box's own secret is zero, and everyone could open the box.
    boxed = box(stanza.LABEL + binding + key, *KEY.public.encapsulate())
    for name, point in (("zero", bytes(32)), ("one", b"\1" + bytes(31))):
        nonce = hashlib.blake2b(point + KEY.public.x25519, digest_size=24).digest()
        small = nacl.secret.SecretBox(hsalsa20(bytes(32))).encrypt(boxed[1], nonce).ciphertext
        of(f"sealed-box-small-order-{name}", f"the sealed box's sender key is the point {name}",
           PREFIX + boxed[0] + point + small)  # fmt: skip


def box(inner: bytes, shared: bytes, ciphertext: bytes) -> tuple[bytes, bytes]:
    """The X-Wing ciphertext, and *inner* boxed under it."""
    wrap_key = stanza._wrap_key(shared, stanza.ANYONE, ciphertext)
    return ciphertext, nacl.secret.SecretBox(wrap_key).encrypt(inner, bytes(24)).ciphertext


def hsalsa20(shared: bytes) -> bytes:
    """What NaCl makes of an X25519 secret: HSalsa20 of a zero input ("Extending the Salsa20 nonce", 2011)."""
    sigma, key = struct.unpack("<4I", b"expand 32-byte k"), struct.unpack("<8I", shared)
    x = [sigma[0], *key[:4], sigma[1], 0, 0, 0, 0, sigma[2], *key[4:], sigma[3]]
    columns = [(0, 4, 8, 12), (5, 9, 13, 1), (10, 14, 2, 6), (15, 3, 7, 11)]
    rows = [(0, 1, 2, 3), (5, 6, 7, 4), (10, 11, 8, 9), (15, 12, 13, 14)]
    for quarter in (columns + rows) * 10:
        for step, turn in enumerate((7, 9, 13, 18), 1):
            into, one, two = (quarter[(step + i) % 4] for i in (0, 3, 2))
            total = x[one] + x[two] & 0xFFFFFFFF
            x[into] ^= (total << turn | total >> 32 - turn) & 0xFFFFFFFF
    return struct.pack("<8I", *(x[i] for i in (0, 5, 10, 15, 6, 7, 8, 9)))


def make_payloads() -> None:
    key = secrets.token_bytes(32)
    mine = header_of(wrap(KEY.public, "reply", key))
    twin = header_of(wrap(KEY.public, "reply", key))
    moved = mine + payload(plain_of(), key, twin)
    vector("payload-of-another-header", "DamagedEnvelope", "the same file key under another header", moved)
    vector("payload-of-another-purpose", "DamagedEnvelope", "the payload was sealed as a capsule's",
           mine + payload(plain_of(), key, mine, "capsule"))  # fmt: skip
    vector("payload-under-another-key", "DamagedEnvelope", "the stanza's file key is not the payload's",
           mine + payload(plain_of(), secrets.token_bytes(32), mine))  # fmt: skip
    long = holding(plain_of(body=bytes(range(256)) * 150))
    body = {"body_b64": base64.b64encode(bytes(range(256)) * 150).decode()}
    one, two, rest = (
        long[FIRST : FIRST + STEP],
        long[FIRST + STEP : FIRST + 2 * STEP],
        long[FIRST + 2 * STEP :],
    )
    vector("opens-short-last-chunk", "opens", "three chunks, the last neither empty nor full", long, **body)
    vector(
        "chunk-twice",
        "DamagedEnvelope",
        "the first chunk comes twice",
        long[:FIRST] + one + one + two + rest,
        **body,
    )
    vector(
        "chunk-missing", "DamagedEnvelope", "the second chunk is missing", long[:FIRST] + one + rest, **body
    )
    small = holding(plain_of())
    vector("trailing-byte", "DamagedEnvelope", "one byte after the last chunk", small + b"\0")
    vector("trailing-chunk", "DamagedEnvelope", "the last chunk comes twice", small + small[FIRST:])
    vector("trailing-empty-chunk", "DamagedEnvelope", "16 bytes after the last chunk", small + bytes(16))


def make_plains() -> None:
    def damaged(name: str, comment: str, plain: bytes, **changes: object) -> None:
        vector(name, "DamagedEnvelope", comment, holding(plain, changes.get("purpose", "reply")), **changes)  # type: ignore[arg-type]

    good = plain_of()
    end = 16 + len(META) + len(BODY)
    damaged("plain-empty", "an empty payload", b"")
    damaged("plain-magic", "the front is of another version", b"pt2\0" + good[4:])
    damaged("plain-cut-in-front", "fewer bytes than a front has", good[:15])
    damaged("meta-length-past-the-end", "meta ends after the padding", plain_of(meta_length=2040))
    damaged("meta-length-largest", "a meta length of 2**32 - 1", plain_of(meta_length=2**32 - 1))
    damaged("meta-too-long", "a meta of 64 KiB and one byte", plain_of(b'{"a":"' + b"x" * 65529 + b'"}'))
    for name, length in (("past-the-end", 2**12), ("2-53", 2**53), ("2-63", 2**63), ("2-64", 2**64 - 1)):
        damaged(f"body-length-{name}", f"a body length of {length}", plain_of(body_length=length))
    damaged(
        "padding-first-byte", "the first byte of padding is not zero", good[:end] + b"\1" + good[end + 1 :]
    )
    damaged("padding-last-byte", "the last byte of padding is not zero", good[:-1] + b"\1")
    damaged("padding-none", "not padded at all", good[:end])
    damaged("padding-one-more", "one byte longer than Padmé says", good + b"\0")
    damaged("padding-next-size", "padded to the next larger size", good + bytes(padme(2049) - 2048))
    damaged("padding-below-floor", "a testimony padded as a reply", good, purpose="intake")


def make_metas() -> None:
    texts: dict[str, tuple[str, bytes]] = {
        "array": ("an array", b"[]"),
        "null": ("null", b"null"),
        "number": ("a number", b"1"),
        "empty": ("no bytes at all", b""),
        "not-json": ("no JSON", b"{type:1}"),
        "trailing": ("JSON and a byte after it", b"{}x"),
        "space": ("a space that no compact JSON has", b'{"v": 1}'),
        "name-twice": ("one name twice", b'{"v":1,"v":1}'),
        "name-of-digits": ("a name that JavaScript would put first", b'{"v":1,"1":1}'),
        "name-escaped": ("a letter written as an escape", b'{"\\u0076":1}'),
        "nested": ("an object in it", b'{"v":{}}'),
        "deep": ("30,000 brackets", b'{"v":' + b"[" * 15000 + b"]" * 15000 + b"}"),
        "null-in-it": ("neither text, number nor truth", b'{"v":null}'),
        "fraction": ("a fraction", b'{"v":1.5}'),
        "whole-fraction": ("a whole number with a point", b'{"v":1.0}'),
        "exponent": ("a number with an exponent", b'{"v":1e3}'),
        "minus-zero": ("a zero with a sign", b'{"v":-0}'),
        "2-53": ("a number that not every reader has exactly", b'{"v":9007199254740992}'),
        "digits": ("a number of 5,000 digits", b'{"v":' + b"9" * 5000 + b"}"),
        "nan": ("a number that JSON does not have", b'{"v":NaN}'),
        "infinity": ("a number that JSON does not have", b'{"v":Infinity}'),
        "byte-order-mark": ("a byte order mark before it", b"\xef\xbb\xbf{}"),
        "utf-16": ("UTF-16", "{}".encode("utf-16-le")),
        "not-utf-8": ("a byte that no UTF-8 has", b'{"v":"\xff"}'),
        "half-character-escaped": ("half a character, written as an escape", b'{"v":"\\ud800"}'),
        "half-character": ("half a character, written in bytes", b'{"v":"\xed\xa0\x80"}'),
    }
    for name, (comment, text) in texts.items():
        vector(f"meta-{name}", "DamagedEnvelope", f"meta is {comment}", holding(plain_of(text)))
    meta: dict[str, object] = {
        "a": '"\\/\b\f\n\r\t\x1f\x7f\u2028 강 江 🌊',
        "least": 1 - 2**53,
        "most_1": 2**53 - 1,
        "yes": True,
    }
    vector("opens-meta-of-every-kind", "opens", "escapes, other scripts, the largest numbers",
           seal(BODY, meta, [KEY.public], "reply"), meta=meta)  # fmt: skip


if __name__ == "__main__":
    make_headers()
    make_stanzas()
    make_payloads()
    make_plains()
    make_metas()

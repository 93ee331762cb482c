"""Custody of one 32-byte key by n people: any k of them open it together, any fewer learn nothing.

Format: docs/formats/custody.md. Vectors: tests/vectors/custody/. Why boxes: docs/decisions/0012-custody.md.

1. The key is boxed once for each k of the n, under a key derived from the shares of exactly these k.
2. A slip is one share on paper. Misread, it is refused; false, it is named by its number and never quoted.
3. The table of boxes is no secret and opens nothing alone, but without it no slip opens anything either.
4. No key and no share is in a `repr` or an error.
"""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import nacl.exceptions
import nacl.secret
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from crypto.errors import (
    FalseSlip,
    ForeignSlip,
    KeyFormatError,
    MalformedTable,
    MisreadSlip,
    NoSuchCustody,
    TooFewSlips,
    WrongTable,
)

KEY: Final = 32
MOST: Final = 7
"""Custodians. At most 35 boxes (4 of 7); and more people than this no small archive can keep meeting."""

MAGIC: Final = b"ONGGICU1"
SET: Final = 4
"""Signs that name a set of slips, so that slips of two sets are not mixed up."""
CHECK, BOX, SUM = 16, KEY + 16, 32
NONCE: Final = bytes(24)
"""Fixed, because a box's key is derived from shares that are used for one key only."""

SIGNS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: no I, L, O or U. Those are read as 1, 1, 0 and V, which they resemble."""
VERSION: Final = "1"
LENGTH: Final = 64
GROUP: Final = 4
TYPED: Final = 1000
"""Characters that are read: more is no slip, however it was typed."""
CHECK_BITS: Final = 34
"""What 64 signs leave beside the head and the share: one misreading in 17 thousand million passes."""

_READ: Final = str.maketrans("ILOU", "110V")
_PASSED_OVER: Final = frozenset("-.,:;·_‐‑‒–—―−")
_TO_PYTHONS: Final = str.maketrans(SIGNS, "0123456789abcdefghijklmnopqrstuv")


@dataclass(frozen=True, repr=False)
class Slip:
    """What one custodian holds: one share of one set. It has no `repr` that could reach a log."""

    set: str
    number: int
    share: bytes

    @classmethod
    def parse(cls, text: str) -> Slip:
        """Read a slip however it was typed or scanned; `MisreadSlip` says where to look again."""
        signs = read_signs(text)
        slip = _whole(signs)
        if slip is None:
            raise _misread(signs)
        return slip

    def text(self) -> str:
        """64 signs in 16 groups. Whoever calls this is answerable for where it goes."""
        number = int.from_bytes(self.share, "big") << CHECK_BITS | _slip_check(self._head, self.share)
        signs = self._head + "".join(SIGNS[number >> 5 * i & 31] for i in reversed(range(LENGTH - 6)))
        return " ".join(signs[i : i + GROUP] for i in range(0, LENGTH, GROUP))

    @property
    def _head(self) -> str:
        return f"{VERSION}{self.number}{self.set}"


@dataclass(frozen=True, repr=False)
class Table:
    """The boxes of one set of slips. Not secret: it travels with each backup of what the key opens."""

    set: str
    need: int
    of: int
    checks: tuple[bytes, ...]
    boxes: tuple[bytes, ...]
    shares: bytes

    @classmethod
    def parse(cls, untrusted: bytes) -> Table:
        """Read what `to_bytes` wrote, or raise `MalformedTable`. Whether it is ours, only slips can show."""
        front = len(MAGIC) + SET + 2
        if not untrusted.startswith(MAGIC) or len(untrusted) < front:
            raise MalformedTable("not a table of slips")
        name, need, of = untrusted[len(MAGIC) : front - 2], untrusted[front - 2], untrusted[front - 1]
        if not set(name) <= set(SIGNS.encode()) or not 1 <= need <= of <= MOST:
            raise MalformedTable("no set of slips has this name, or these numbers")
        boxes = front + of * CHECK
        shares = boxes + len(_subsets(need, of)) * BOX
        end = shares + len(NONCE) + of * KEY + 16
        if len(untrusted) != end + SUM:
            raise MalformedTable("the table was cut short, or something was added to it")
        if hashlib.sha256(untrusted[:end]).digest() != untrusted[end:]:
            raise MalformedTable("the table is damaged; take it from another backup")
        checks = tuple(untrusted[i : i + CHECK] for i in range(front, boxes, CHECK))
        boxed = tuple(untrusted[i : i + BOX] for i in range(boxes, shares, BOX))
        return cls(name.decode(), need, of, checks, boxed, untrusted[shares:end])

    def to_bytes(self) -> bytes:
        front = MAGIC + self.set.encode() + bytes([self.need, self.of])
        table = front + b"".join(self.checks) + b"".join(self.boxes) + self.shares
        return table + hashlib.sha256(table).digest()


def new_key() -> bytes:
    """32 random bytes."""
    return secrets.token_bytes(KEY)


def split(key: bytes, need: int, of: int) -> tuple[Table, tuple[Slip, ...]]:
    """Slips for *of* custodians, any *need* of whom open *key* with the table; `NoSuchCustody` otherwise."""
    if not 1 <= need <= of <= MOST:
        raise NoSuchCustody(f"any K of N people: K is at least 1 and at most N, N at most {MOST}")
    if len(key) != KEY:
        raise KeyFormatError(f"custody is for a key of {KEY} bytes")
    name = "".join(secrets.choice(SIGNS) for _ in range(SET))
    slips = tuple(Slip(name, number, secrets.token_bytes(KEY)) for number in range(1, of + 1))
    return _table(key, need, slips), slips


def combine(table: Table, slips: Iterable[Slip]) -> bytes:
    """The key, if any k of *slips* open it; otherwise the first fact that explains why not.

    `FalseSlip`, `ForeignSlip` and `TooFewSlips` name custodians. More slips than k are welcome: a false one
    among them harms nothing. What is opened is the key that was split, whoever made the table.
    """
    given = sorted(slips, key=lambda slip: slip.number)
    ours = [slip for slip in given if slip.set == table.set]
    boxes = dict(zip(_subsets(table.need, table.of), table.boxes, strict=True))
    for some in combinations(ours, table.need):
        numbers = tuple(slip.number for slip in some)
        if numbers in boxes:
            try:
                return _box(table.set, table.of, some).decrypt(boxes[numbers], NONCE)
            except nacl.exceptions.CryptoError:
                continue
    for slip in given:
        test(table, slip)
    here = sorted({slip.number for slip in ours})
    if len(here) < table.need:
        good = f"custodian{'s'[: len(here) - 1]} {', '.join(map(str, here))}" if here else "none"
        raise TooFewSlips(f"{table.need} slips are needed; good so far: {good}")
    raise WrongTable("these slips are genuine, but the table's boxes are not; take it from another backup")


def test(table: Table, slip: Slip) -> None:
    """Return when *slip* is the one this table was made with; `ForeignSlip` or `FalseSlip` otherwise."""
    if slip.set != table.set:
        raise ForeignSlip(
            f"the slip of custodian {slip.number} is of set {slip.set}; this table is of set {table.set}"
        )
    if slip.number > table.of or table.checks[slip.number - 1] != _table_check(slip):
        raise FalseSlip(
            f"the slip of custodian {slip.number} is not the one that this table knows: it was replaced, "
            "relabelled or forged, or this is an older copy of the table"
        )


def replace(table: Table, key: bytes, number: int) -> tuple[Table, Slip]:
    """A new slip for one custodian, and the table that knows it; the other slips stay as they are.

    Her old slip opens the new table no more. With k-1 others it still opens every **old copy** of the table.
    """
    if not 1 <= number <= table.of:
        raise NoSuchCustody(f"this set has custodians 1 to {table.of}")
    try:
        shares = _box_of_shares(key, table.set).decrypt(table.shares)
    except (nacl.exceptions.CryptoError, ValueError):
        raise WrongTable("this table was not made for this key") from None
    slips = [Slip(table.set, n + 1, shares[n * KEY : n * KEY + KEY]) for n in range(table.of)]
    slips[number - 1] = new = Slip(table.set, number, secrets.token_bytes(KEY))
    return _table(key, table.need, slips), new


def read_signs(text: str) -> str:
    """The signs in *text*, look-alikes and spaces put right; `MisreadSlip` for what no slip has."""
    if len(text) > TYPED:
        raise MisreadSlip("this is longer than any slip")
    plain = unicodedata.normalize("NFKC", text).upper().translate(_READ)
    signs = "".join(c for c in plain if not c.isspace() and c not in _PASSED_OVER)
    for at, sign in enumerate(signs):
        if sign not in SIGNS:
            raise MisreadSlip(f"no slip has the sign in place {at + 1}")
    return signs


def _table(key: bytes, need: int, slips: Sequence[Slip]) -> Table:
    name, of = slips[0].set, len(slips)
    boxes = tuple(
        _box(name, of, some).encrypt(key, NONCE).ciphertext
        for some in ([slips[n - 1] for n in numbers] for numbers in _subsets(need, of))
    )
    shares = bytes(_box_of_shares(key, name).encrypt(b"".join(slip.share for slip in slips)))
    return Table(name, need, of, tuple(map(_table_check, slips)), boxes, shares)


def _subsets(need: int, of: int) -> list[tuple[int, ...]]:
    return list(combinations(range(1, of + 1), need))


def _box(name: str, of: int, some: Sequence[Slip]) -> nacl.secret.SecretBox:
    info = bytes([len(some), of, *(slip.number for slip in some)])
    return _derived(b"".join(slip.share for slip in some), name, b"box" + info)


def _box_of_shares(key: bytes, name: str) -> nacl.secret.SecretBox:
    return _derived(key, name, b"shares")


def _derived(secret: bytes, name: str, info: bytes) -> nacl.secret.SecretBox:
    salt = b"onggi custody v1|" + name.encode()
    return nacl.secret.SecretBox(HKDF(SHA512(), 32, salt, info).derive(secret))


def _table_check(slip: Slip) -> bytes:
    known = slip.set.encode() + bytes([slip.number]) + slip.share
    return hashlib.blake2b(known, digest_size=CHECK, person=b"onggi-cust1 know").digest()


def _slip_check(head: str, share: bytes) -> int:
    digest = hashlib.blake2b(head.encode() + share, digest_size=8, person=b"onggi-cust1 slip").digest()
    return int.from_bytes(digest, "big") >> (64 - CHECK_BITS)


def _whole(signs: str) -> Slip | None:
    if len(signs) != LENGTH or signs[0] != VERSION or signs[1] not in "1234567":
        return None
    number = int(signs[6:].translate(_TO_PYTHONS), 32)
    share, check = (number >> CHECK_BITS).to_bytes(KEY, "big"), number & (1 << CHECK_BITS) - 1
    return Slip(signs[2:6], int(signs[1]), share) if check == _slip_check(signs[:6], share) else None


def _misread(signs: str) -> MisreadSlip:
    """What is wrong with *signs*, and in which group, if one slip of the pen explains it."""
    group = min((at // GROUP + 1 for at, near in _near(signs) if _whole(near)), default=None)
    hint = f"look at group {group}" if group else "read each group once more"
    if len(signs) != LENGTH:
        return MisreadSlip(f"a slip has {LENGTH} signs, and here are {len(signs)}; {hint}", group)
    return MisreadSlip(f"this is not what is printed on a slip; {hint}", group)


def _near(signs: str) -> Iterator[tuple[int, str]]:
    """Each text with one sign put in, left out, changed, or exchanged with the next; and the place of it."""
    for at in range(LENGTH):
        before, after = signs[:at], signs[at + 1 :]
        if len(signs) == LENGTH - 1:
            yield from ((at, before + sign + signs[at:]) for sign in SIGNS)
        elif len(signs) == LENGTH + 1:
            yield at, before + after
        elif len(signs) == LENGTH:
            yield from ((at, before + sign + after) for sign in SIGNS)
            yield at, before + after[:1] + signs[at] + after[1:]

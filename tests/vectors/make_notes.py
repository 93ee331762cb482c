"""Makes the vectors of notes, bundles and acknowledgements once: `python -m tests.vectors.make_notes`.

What exists is never written again.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Final

from crypto.bundle import FIRST, PART
from crypto.keys import SigningKey
from crypto.notes import sign_note
from tests.vectors.make import save

KEY: Final = SigningKey.generate()
OTHER: Final = SigningKey.generate()
NAME: Final = "archive.example/root"
DASH: Final = "\N{EM DASH} "
ORDER: Final = 2**252 + 27742317777372353535851937790883648493
"""Of Ed25519's group: added to a signature's second half it makes another, to a lenient verifier."""


def line(raw: bytes, name: str = NAME) -> str:
    return f"{DASH}{name} {base64.b64encode(raw).decode()}\n"


def key_hash(public: bytes, name: str = NAME) -> bytes:
    return hashlib.sha256(name.encode() + b"\n\1" + public).digest()[:4]


def make_notes() -> None:
    def vector(
        name: str, expect: str, comment: str, note: str, text: str | None = None, **changes: object
    ) -> None:
        known = {
            "expect": expect,
            "comment": comment,
            "name": NAME,
            "key_hex": KEY.public.raw.hex(),
            "note": note,
        }
        save("note", name, known | ({} if text is None else {"text": text}) | changes)

    text = "first line\nsecond line\n"
    good = sign_note(text, NAME, KEY).decode()
    ours = good.rpartition("\n\n")[2]
    raw = base64.b64decode(ours.split(" ")[2])
    strangers = sign_note(text, "witness.example", OTHER).decode().rpartition("\n\n")[2]

    vector("opens", "opens", "one line by the known key", good, text)
    blank = "above\n\nbelow\n"
    vector(
        "opens-empty-line-in-text",
        "opens",
        "the last empty line ends the text",
        sign_note(blank, NAME, KEY).decode(),
        blank,
    )
    foreign = "강을 건넜다 过了江\n"
    vector(
        "opens-other-scripts", "opens", "Hangul and Hanzi", sign_note(foreign, NAME, KEY).decode(), foreign
    )
    vector("opens-signed-twice", "opens", "the same line twice", good + ours, text)
    vector(
        "opens-stranger-first", "opens", "a stranger's line comes first", text + "\n" + strangers + ours, text
    )
    renamed = line(key_hash(OTHER.public.raw) + OTHER.sign(text.encode()))
    vector(
        "opens-our-name-other-key",
        "opens",
        "a second line under our name by another key",
        good + renamed,
        text,
    )
    vector(
        "opens-stranger-short",
        "opens",
        "a stranger's line of three bytes",
        good + line(b"abc", "w.example"),
        text,
    )

    malformed = {
        "no-signature": ("no signature line", text + "\n"),
        "no-empty-line": ("no empty line before the signature", text + ours),
        "no-last-line-feed": ("no line feed at the end", good[:-1]),
        "two-last-line-feeds": ("an empty line at the end", good + "\n"),
        "carriage-returns": ("lines end in CR LF", good.replace("\n", "\r\n")),
        "tab": ("a tab in the text", sign_raw("a\tb\n")),
        "nul": ("a zero byte in the text", sign_raw("a\0b\n")),
        "vertical-tab": ("a vertical tab between signature lines", good[:-1] + "\v" + strangers),
        "line-separator": ("U+2028 between signature lines", good[:-1] + "\u2028" + strangers),
        "hyphen": ("a hyphen for the dash", good.replace("\N{EM DASH}", "-")),
        "two-spaces": ("two spaces before the signature", good.replace(f"{NAME} ", f"{NAME}  ")),
        "last-space": ("a space after the signature", good[:-1] + " \n"),
        "stranger-with-plus": ("a stranger's name with a plus sign", good + line(raw, "a+b")),
        "stranger-not-base64": ("a stranger's line that is no base64", good + f"{DASH}w.example ####\n"),
        "not-padded": ("base64 without its padding", good.replace("=", "")),
        "padded-twice": ("base64 with more padding", good[:-1] + "=\n"),
        "loose-bits": ("base64 whose last letter has bits that say nothing", loosened(good)),
        "url-letters": ("base64 with the letters for addresses", sign_until_plus(text)),
        "another-key": ("signed under our name by another key", sign_note(text, NAME, OTHER).decode()),
        "another-name": (
            "signed by our key under another name",
            sign_note(text, "other.example", KEY).decode(),
        ),
    }
    for name, (comment, note) in malformed.items():
        vector(name, "NoteError", comment, note)

    s = int.from_bytes(raw[36:], "little")
    small = b"\1" + bytes(31)
    top, cut = text + "\n", line(raw[:-1] + b"\0")
    elsewhere = sign_note("x\n", NAME, KEY).decode().split("\n\n")[1]
    added = line(raw[:36] + (s + ORDER).to_bytes(32, "little"))
    false = {
        "text-edited": ("a letter of the text is another", good.replace("first", "fIrst")),
        "text-longer": ("an empty line was added to the text", text + "\n\n" + ours),
        "of-another-text": ("the signature of another text", top + elsewhere),
        "63-bytes": ("a signature of 63 bytes", top + line(raw[:-1])),
        "65-bytes": ("a signature of 65 bytes", top + line(raw + b"\0")),
        "no-bytes": ("a key hash and no signature", top + line(raw[:4])),
        "one-of-two-lies": ("two lines by the known key, the first is false", top + cut + ours),
        "two-of-two-lies": ("two lines by the known key, the second is false", good + cut),
        "added-order": ("the group's order is added to the signature", top + added),
    }
    for name, (comment, note) in false.items():
        vector(name, "BadSignature", comment, note)
    vector("small-order-key", "BadSignature", "the known key is a point of small order",
           text + "\n" + line(key_hash(small) + small + bytes(32)), key_hex=small.hex())  # fmt: skip


def sign_raw(text: str) -> str:
    """A note that our own signer would refuse to sign."""
    return text + "\n" + line(key_hash(KEY.public.raw) + KEY.sign(text.encode()))


def loosened(note: str) -> str:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    return note[:-3] + letters[letters.index(note[-3]) + 1] + note[-2:]


def sign_until_plus(text: str) -> str:
    """The known key's signature has no plus sign in it by chance; a stranger's does, sooner or later."""
    while True:
        encoded = sign_note(text, "w.example", SigningKey.generate()).decode().rpartition(" ")[2]
        if "+" in encoded or "/" in encoded:
            own = sign_note(text, NAME, KEY).decode()
            return own + f"{DASH}w.example {encoded.replace('+', '-').replace('/', '_')}"


def make_bundles() -> None:
    def vector(
        name: str,
        expect: str,
        comment: str,
        manifest: bytes | None,
        parts: dict[str, bytes],
        **changes: object,
    ) -> None:
        save("bundle", name, {
            "expect": expect, "comment": comment, "courier_hex": KEY.public.raw.hex(),
            "manifest": None if manifest is None else manifest.decode(),
            "parts": {n: base64.b64encode(p).decode() for n, p in parts.items()}} | changes)  # fmt: skip

    def signed(*lines: str, key: SigningKey = KEY) -> bytes:
        return sign_note("\n".join(lines) + "\n", "onggi-courier", key)

    one, two = b"one sealed envelope", b"and the second half of it"
    names = [hashlib.sha256(p).hexdigest() for p in (one, two)]
    parts = dict(zip(names, (one, two), strict=True))
    top = ["onggi-bundle", "v1", "number 7", f"previous {FIRST}"]
    first, second = "ab" * 16, "cd" * 16
    listed = [
        f"env {first} {len(one) + len(two)}",
        f"part {names[0]} {len(one)}",
        f"part {names[1]} {len(two)}",
    ]
    more = [*listed, f"env {second} {len(one)}", f"part {names[0]} {len(one)}"]
    whole: dict[str, object] = {"number": 7, "whole": [first, second], "damaged": []}
    vector("opens", "opens", "two envelopes, one in two parts", signed(*top, *more), parts, **whole)
    vector("opens-with-nothing", "opens", "no envelope", signed(*top), {}, number=7, whole=[], damaged=[])
    for name, comment, there in (
        ("part-missing", "a part is missing", {names[0]: one}),
        ("part-changed", "a letter of a part is another", parts | {names[1]: two.replace(b"and", b"And")}),
        ("part-shorter", "a part is cut", parts | {names[1]: two[:-1]}),
        ("part-longer", "a part has a byte more", parts | {names[1]: two + b"\0"}),
        ("parts-swapped", "two parts have each other's name", {names[0]: two, names[1]: one}),
    ):
        left = [second] if there.get(names[0]) == one else []
        vector(f"opens-{name}", "opens", f"{comment}: its envelope is damaged", signed(*top, *more), there,
               number=7, whole=left, damaged=[e for e in (first, second) if e not in left])  # fmt: skip
    vector("no-manifest", "MalformedBundle", "a folder without a manifest", None, parts)
    vector(
        "another-courier",
        "UntrustedBundle",
        "signed by another courier",
        signed(*top, *listed, key=OTHER),
        parts,
    )
    vector(
        "not-signed",
        "UntrustedBundle",
        "the text without its signature",
        "\n".join(top).encode() + b"\n",
        parts,
    )
    edited = signed(*top, *listed).replace(b"number 7", b"number 8")
    vector("edited", "UntrustedBundle", "the number was edited after signing", edited, parts)
    large = f"{PART + 1}"
    flaws = {
        "version-2": ("another version", [top[0], "v2", *top[2:], *listed]),
        "another-kind": ("a note of another kind", ["onggi-board", *top[1:], *listed]),
        "cut-short": ("no previous line", top[:3]),
        "number-with-zero": ("a number that begins with zero", [*top[:2], "number 07", top[3], *listed]),
        "number-negative": ("a negative number", [*top[:2], "number -7", top[3], *listed]),
        "number-too-long": ("a number of 16 digits", [*top[:2], "number " + "1" * 16, top[3], *listed]),
        "number-in-other-digits": ("a number in Arabic digits", [*top[:2], "number \u0667", top[3], *listed]),
        "previous-short": ("a previous hash of 63 digits", [*top[:3], top[3][:-1], *listed]),
        "previous-upper-case": ("a previous hash in capitals", [*top[:3], "previous " + "A" * 64, *listed]),
        "id-upper-case": ("an id in capitals", [*top, listed[0].replace(first, first.upper()), *listed[1:]]),
        "id-short": ("an id of 31 digits", [*top, listed[0].replace(first, first[1:]), *listed[1:]]),
        "sizes-do-not-add-up": ("parts larger than their envelope", [*top, f"env {first} 1", *listed[1:]]),
        "part-first": ("a part before any envelope", [*top, *listed[1:]]),
        "listed-twice": ("one envelope listed twice", [*top, *listed, *listed]),
        "part-too-large": ("a part over 64 MiB", [*top, f"env {first} {large}", f"part {names[0]} {large}"]),
        "part-elsewhere": ("a part named by a path", [*top, f"env {first} 5", f"part ../{names[0][3:]} 5"]),
        "unknown-line": ("a line of unknown kind", [*top, *listed, "note hello"]),
        "last-space": ("a space at the end of a line", [*top, listed[0] + " ", *listed[1:]]),
        "empty-line": ("an empty line among the parts", [*top, *listed[:1], "", *listed[1:]]),
    }  # fmt: skip
    for name, (comment, lines) in flaws.items():
        vector(name, "MalformedBundle", comment, signed(*lines), parts)


def make_acknowledgements() -> None:
    ids, hashed = ["ab" * 16, "cd" * 16], "0123456789abcdef" * 4
    top, signer = ["archive.example/acknowledgement", "v1", f"bundle 7 {hashed}"], "archive.example/desk"

    def vector(name: str, expect: str, comment: str, note: bytes, **changes: object) -> None:
        save("acknowledgement", name, {
            "expect": expect, "comment": comment, "key_hex": KEY.public.raw.hex(), "note": note.decode()
        } | changes)  # fmt: skip

    def signed(*lines: str, name: str = signer, key: SigningKey = KEY) -> bytes:
        return sign_note("\n".join(lines) + "\n", name, key)

    oks = [f"ok {i}" for i in ids]
    vector("opens", "opens", "two envelopes of bundle 7", signed(*top, *oks), number=7, hash=hashed, ids=ids)
    vector("opens-nothing", "opens", "nothing of bundle 7", signed(*top), number=7, hash=hashed, ids=[])
    vector("another-key", "NoteError", "signed by another key", signed(*top, *oks, key=OTHER))
    vector(
        "by-the-courier",
        "NoteError",
        "signed under the courier's name",
        signed(*top, *oks, name="onggi-courier"),
    )
    vector(
        "edited",
        "BadSignature",
        "an id was edited after signing",
        signed(*top, *oks).replace(b"ok ab", b"ok ac"),
    )
    flaws = {
        "version-2": ("another version", [top[0], "v2", top[2], *oks]),
        "another-kind": ("a bundle's manifest", ["onggi-bundle", *top[1:], *oks]),
        "no-bundle": ("it does not say of which bundle", [*top[:2], *oks]),
        "cut-short": ("two lines", top[:2]),
        "hash-short": ("a hash of 63 digits", [*top[:2], top[2][:-1], *oks]),
        "id-short": ("an id of 31 digits", [*top, oks[0][:-1]]),
        "id-missing": ("no id after ok", [*top, "ok"]),
        "not-ok": ("a line of unknown kind", [*top, f"no {ids[0]}"]),
        "two-bundles": ("a second bundle line", [*top, *oks, top[2]]),
        "empty-line": ("an empty line among the ids", [*top, oks[0], "", oks[1]]),
    }
    for name, (comment, lines) in flaws.items():
        vector(name, "MalformedBundle", comment, signed(*lines))


if __name__ == "__main__":
    make_notes()
    make_bundles()
    make_acknowledgements()

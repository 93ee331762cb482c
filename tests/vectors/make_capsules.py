"""Makes the capsule vectors once: `python -m tests.vectors.make_capsules`. Those that exist are kept.

A vector's file is told in pieces, bytes in hexadecimal or a count of zeros: nobody opens what is inside here.
"""

from __future__ import annotations

import json
from pathlib import Path

from crypto.capsule import container
from crypto.envelope import MAGIC
from crypto.stanza import STANZA

HERE = Path(__file__).parent / "capsule"
SIZE = 66_959
"""Bytes of the smallest envelope with one recipient."""


def pieces(
    count: int, *sizes: int, front: bytes = b"", begins: bytes = MAGIC + bytes([1, 1])
) -> list[str | int]:
    """A file that announces *count* envelopes and holds some of these sizes."""
    told: list[str | int] = [(front or container.MAGIC + count.to_bytes(2, "little")).hex()]
    for size in sizes:
        told += [(container.before(size) + begins).hex(), size - len(begins)]
    return told


def save(name: str, expect: str, comment: str, told: list[str | int], **known: object) -> None:
    path = HERE / f"{name}.json"
    path.parent.mkdir(exist_ok=True)
    if not path.exists():
        vector = {"expect": expect, "comment": comment, "pieces": told, **known}
        path.write_text(json.dumps(vector, indent=1) + "\n", "utf-8")


def make() -> None:
    bad, two = "MalformedCapsule", SIZE + STANZA
    save("opens-one", "opens", "a statement alone", pieces(1, SIZE), sizes=[SIZE], cut=False)
    save(
        "opens-two",
        "opens",
        "a file and its statement",
        pieces(2, 153_055, SIZE),
        sizes=[153_055, SIZE],
        cut=False,
    )
    recipients = pieces(1, two, begins=MAGIC + bytes([1, 2]))
    save("opens-two-recipients", "opens", "an envelope with two stanzas", recipients, sizes=[two], cut=False)
    save("cut-between", "opens", "cut where one envelope ends", pieces(2, SIZE), sizes=[SIZE], cut=True)
    inside = [*pieces(2, SIZE, SIZE)[:-1], 1000]
    save("cut-inside", "opens", "cut inside the second envelope", inside, sizes=[SIZE], cut=True)
    save(
        "cut-in-a-size",
        "opens",
        "cut inside the second size",
        [*pieces(2, SIZE), "8f0501"],
        sizes=[SIZE],
        cut=True,
    )
    save(
        "cut-in-the-count",
        "opens",
        "cut inside the count",
        [container.MAGIC.hex() + "01"],
        sizes=[],
        cut=True,
    )
    save("empty", bad, "a file without a byte", [])
    save("magic", bad, "the magic of a later version", pieces(1, SIZE, front=b"ONGGICP2\1\0"))
    save("an-envelope", bad, "an envelope that is in no capsule", [(MAGIC + bytes([1, 1])).hex(), SIZE - 10])
    save("no-envelope", bad, "announces no envelope", pieces(0))
    save("too-many", bad, "announces 202 envelopes", pieces(202, SIZE))
    save("trailing", bad, "a byte after the last envelope", [*pieces(1, SIZE), 1])
    save("one-byte-more", bad, "a size that no padded envelope has", pieces(1, SIZE + 1))
    save("below-the-floor", bad, "padded, but to less than 65,536", pieces(1, 3407))
    save("no-room-for-a-tag", bad, "the last chunk is shorter than its tag", pieces(1, SIZE - 1))
    save("suite", bad, "an envelope of an unknown suite", pieces(1, SIZE, begins=MAGIC + bytes([2, 1])))
    save(
        "not-sealed",
        bad,
        "what is inside is no envelope",
        pieces(1, SIZE, begins=b"\xff\xd8\xff\xe0JFIF\0\1"),
    )
    save("no-recipients", bad, "an envelope for nobody", pieces(1, SIZE, begins=MAGIC + bytes([1, 0])))
    # 2 ** 50 bytes are padded as they are: only the limit of 48 bits refuses this one.
    most = SIZE - 65_536 - 4 * 16 + 2**50 + 2**36 * 16
    huge = pieces(1, most)[:-1]
    save("too-large-a-number", bad, "a size of more than 48 bits", huge)


if __name__ == "__main__":
    make()

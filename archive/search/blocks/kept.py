"""What is kept of a document: JSON's types, and its text, of which only what is read is unpacked.

Four bytes, the length of the JSON; two, how many blocks; a byte, how many a code point of the text takes at
most in UTF-8; four for each block, where it ends behind the first; the JSON; the blocks. Each has `BLOCK`
code points, the last what is left, in UTF-8, packed with zlib.
"""

from __future__ import annotations

import json
import struct
import zlib
from codecs import utf_8_decode
from itertools import accumulate, pairwise
from typing import Any, Final

from archive.search.backend import DAMAGED, EngineError

EFFORT: Final = 4
"""zlib's: 6 takes twice as long, and saves one byte of a hundred."""
BLOCK: Final = 2500
"""Code points: fewer are packed worse, and of more much is unpacked that is not shown."""
HEAD: Final = struct.Struct("<IHB")
PARSE: Final = json.JSONDecoder().decode
"""Half of what `json.loads` takes for so little."""


def packed(body: Any, text: str) -> bytes:
    """What is kept of a document."""
    told = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    blocks = [zlib.compress(text[at : at + BLOCK].encode(), EFFORT) for at in range(0, len(text), BLOCK)]
    ends = [end.to_bytes(4, "little") for end in accumulate(map(len, blocks))]
    widest = len(max(text, default="a").encode())
    return b"".join([HEAD.pack(len(told), len(blocks), widest), *ends, told, *blocks])


def body(kept: memoryview) -> Any:
    """What `packed` was given beside the text; `EngineError` for what nobody here packed."""
    try:
        length, blocks, _ = HEAD.unpack_from(kept)
        begin = HEAD.size + 4 * blocks
        return PARSE(str(kept[begin : begin + length], "utf-8"))
    except (struct.error, ValueError, RecursionError):
        raise EngineError(DAMAGED) from None


def text(kept: memoryview, low: int, high: int) -> str:
    """The text from code point *low* to before *high*, if it has so many; `EngineError` as above."""
    try:
        length, blocks, widest = HEAD.unpack_from(kept)
        first, last = low // BLOCK, min(-(-high // BLOCK), blocks)
        ends = [0, *struct.unpack_from(f"<{blocks}I", kept, HEAD.size)][first : last + 1]
        begin, told = HEAD.size + 4 * blocks + length, []
        for at, (start, end) in enumerate(pairwise(ends), first):
            most = widest * min(high - at * BLOCK, BLOCK)
            some = zlib.decompressobj().decompress(kept[begin + start : begin + end], most or 1)
            told.append(utf_8_decode(some)[0])
    except (struct.error, zlib.error, ValueError):
        raise EngineError(DAMAGED) from None
    return "".join(told)[low - first * BLOCK : high - first * BLOCK]

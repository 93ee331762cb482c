"""What is kept of a document: JSON's types as they are, and its text packed, which is unpacked no further than it
is read.

Four bytes, the length of the JSON; a byte, how many a code point of the text takes at most in UTF-8; the JSON;
the text in UTF-8, packed with zlib.
"""

from __future__ import annotations

import json
import zlib
from codecs import utf_8_decode
from typing import Any, Final

from archive.search.backend import DAMAGED, LARGEST, EngineError

EFFORT: Final = 4
"""zlib's: 6 takes two and a half times as long, and saves two bytes of a hundred."""
HEAD: Final = 5
PARSE: Final = json.JSONDecoder().decode
"""Half of what `json.loads` takes for so little."""


def packed(body: Any, text: str) -> bytes:
    """What is kept of a document."""
    told = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    widest = len(max(text, default="a").encode())
    return b"".join([len(told).to_bytes(4, "little"), bytes([widest]), told, zlib.compress(text.encode(), EFFORT)])


def body(kept: bytes) -> Any:
    """What `packed` was given beside the text; `EngineError` for what nobody here packed."""
    try:
        return PARSE(kept[HEAD : HEAD + int.from_bytes(kept[:4], "little")].decode())
    except (ValueError, RecursionError):
        raise EngineError(DAMAGED) from None


def text(kept: bytes, points: int) -> str:
    """So many code points of the text at least, or all that there are; `EngineError` as above."""
    begin, widest = HEAD + int.from_bytes(kept[:4], "little"), kept[4] if kept else 0
    try:
        told = zlib.decompressobj().decompress(kept[begin:], min(points * widest, LARGEST) or 1)
        return utf_8_decode(told)[0]
    except (zlib.error, ValueError):
        raise EngineError(DAMAGED) from None

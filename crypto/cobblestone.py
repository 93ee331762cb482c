"""Random access to a message sealed with Cobblestone-256, which `cryptography` opens only as a stream.

Spec: c2sp.org/chunked-encryption. A message is a salt, a key commitment, and chunks of 16 KiB of which the
last is always shorter. Tests prove every answer equal to what the library's own stream gives.

1. Opening checks the commitment first and then the last chunk: what was cut is refused before a byte is read.
2. A chunk is verified each time before anything of it is handed out.
3. A chunk that nobody asks for is not verified. Only reading from end to end shows that the whole is whole.
"""

from __future__ import annotations

import io
import os
from hmac import compare_digest
from typing import BinaryIO, Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from crypto.errors import DamagedMessage

CHUNK: Final = 16384
TAG: Final = 16
SALT: Final = 24
PREFIX: Final = SALT + 32
"""Bytes before the first chunk: salt and commitment."""
KEY: Final = 32
NONCE: Final = 12
MOST: Final = 1 << 38
"""Chunks of one message, by the spec."""
RUN: Final = 8
"""Chunks read at once, 128 KiB: fewer cost calls, more cost memory, and neither is faster."""

_INFO: Final = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0"


class Message:
    """A sealed message: all of a *source* from *start* on, which must be able to seek. For one thread."""

    def __init__(self, source: BinaryIO, key: bytes, context: bytes, start: int = 0) -> None:
        """Raises `DamagedMessage` when the key or context is another, or the end is not the sealed one."""
        self._source: Final = source
        self._start: Final = start + PREFIX
        self._last, rest = divmod(source.seek(0, os.SEEK_END) - self._start, CHUNK + TAG)
        if not 0 <= self._last < MOST or rest < TAG:
            raise DamagedMessage("cut short")
        self.size: Final = self._last * CHUNK + rest - TAG
        source.seek(start)
        prefix = source.read(PREFIX)
        keys = HKDFExpand(SHA512(), KEY + NONCE + 32, _INFO + prefix[:SALT] + context).derive(key)
        if not compare_digest(keys[KEY + NONCE :], prefix[SALT:]):
            raise DamagedMessage("sealed under another key or context, or changed since")
        self._aes: Final = AESGCM(keys[:KEY])
        self._nonce: Final = int.from_bytes(keys[KEY : KEY + NONCE], "big")
        self._held: tuple[int, bytes] = (self._last, self._open(self._last, self._sealed(self._last, 1)))

    def read_at(self, offset: int, size: int) -> bytes:
        """*size* bytes from *offset*, fewer only at the end, or `DamagedMessage`."""
        end = min(offset + size, self.size)
        if offset >= end:
            return b""
        first, beyond = offset // CHUNK, (end - 1) // CHUNK + 1
        pieces = [self._run(at, min(at + RUN, beyond)) for at in range(first, beyond, RUN)]
        return b"".join(pieces)[offset - first * CHUNK : end - first * CHUNK]

    def close(self) -> None:
        self._source.close()

    def _run(self, first: int, beyond: int) -> bytes:
        number, chunk = self._held
        if (first, beyond) == (number, number + 1):
            return chunk
        sealed = self._sealed(first, beyond - first)
        chunks = [
            self._open(first + i, sealed[i * (CHUNK + TAG) : (i + 1) * (CHUNK + TAG)])
            for i in range(beyond - first)
        ]
        self._held = (beyond - 1, chunks[-1])
        return b"".join(chunks)

    def _sealed(self, first: int, count: int) -> bytes:
        self._source.seek(self._start + first * (CHUNK + TAG))
        return self._source.read(count * (CHUNK + TAG))

    def _open(self, number: int, sealed: bytes) -> bytes:
        nonce = (self._nonce ^ number).to_bytes(NONCE, "big")
        try:
            return self._aes.decrypt(nonce, sealed, None)
        except (InvalidTag, ValueError):
            raise DamagedMessage("changed after it was sealed") from None


class Readable(Protocol):
    """What a window opens onto: a message, or what was made of one."""

    @property
    def size(self) -> int: ...

    def read_at(self, offset: int, size: int, /) -> bytes: ...

    def close(self) -> None: ...


class Window(io.RawIOBase):
    """*length* bytes of a message from *offset*, as a file to read and seek in. Closing it closes the source.

    Only the chunks that are read are verified: `DamagedMessage` comes from a read, and a part that was read
    before may stand. `read(n)` gives n bytes, fewer only at the end.
    """

    def __init__(self, message: Readable, offset: int = 0, length: int | None = None) -> None:
        self._message, self._offset = message, offset
        self.length: Final = message.size - offset if length is None else length
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        if self.closed:
            raise ValueError("seek in a closed file")
        at = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self.length}[whence] + offset
        if at < 0:
            raise ValueError("before the beginning")
        self._at = at
        return at

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        if self.closed:
            raise ValueError("read from a closed file")
        wanted = max(0, min(len(buffer), self.length - self._at))
        piece = self._message.read_at(self._offset + self._at, wanted)
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def close(self) -> None:
        if not self.closed:
            super().close()
            self._message.close()

"""Sealing a file of any length in constant memory: AES-256-GCM in pieces whose order and end are authenticated.

Layout: version, 32 random bytes of salt, then pieces of 64 KiB with a tag each. The key of a file is derived
(HKDF-SHA256) from the codec's key, the salt and the context, so that a nonce may simply count the pieces; its last
byte says whether a piece is the last one. A piece moved, dropped, repeated, or cut off at the end opens nothing (the
STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár, as in age and Tink). Pure: keys come from the caller.
"""

import errno
import io
import os
from dataclasses import dataclass, field
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = b"\x02"
SALT = 32
HEAD = len(VERSION) + SALT
PIECE = 64 * 1024  # bytes of content in each piece but the last
TAG = 16


class BrokenStreamError(Exception):
    """The bytes aren't what was sealed here: altered, cut, moved from another place, or another key."""


@dataclass(frozen=True)
class StreamCodec:
    """Seals files. `key` has 32 bytes; `context` says where the file belongs: it must match to open it."""

    key: bytes = field(repr=False)
    context: str

    def writer(self, target: BinaryIO) -> "Writer":
        """Return what encrypts into `target`. Its `finish` writes the end: without it nothing can be opened."""
        salt = os.urandom(SALT)
        target.write(VERSION + salt)
        return Writer(target, self._cipher(salt))

    def reader(self, source: BinaryIO) -> BinaryIO:
        """Return the plain content as a file to read and seek in. Raises `BrokenStreamError`, also while reading."""
        source.seek(0)
        head = source.read(HEAD)
        if len(head) != HEAD or head[: len(VERSION)] != VERSION:
            raise BrokenStreamError("Unknown version of the seal.")
        return io.BufferedReader(Reader(source, self._cipher(head[len(VERSION) :])), PIECE)  # type: ignore[return-value]

    def _cipher(self, salt: bytes) -> AESGCM:
        derived = HKDF(algorithm=SHA256(), length=32, salt=salt, info=VERSION + self.context.encode())
        return AESGCM(derived.derive(self.key))


def new_key() -> bytes:
    """Return a fresh random key of 32 bytes."""
    return AESGCM.generate_key(bit_length=256)


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if is_last else b"\x00")


class Writer:
    """Encrypts what is written to it, piece by piece."""

    def __init__(self, target: BinaryIO, cipher: AESGCM) -> None:
        self._target, self._cipher = target, cipher
        self._waiting = bytearray()
        self._number = 0

    def write(self, data: bytes) -> None:
        """Take more of the content. The last piece waits for `finish`, which alone knows that it is the last."""
        self._waiting += data
        while len(self._waiting) > PIECE:
            self._put(bytes(self._waiting[:PIECE]), is_last=False)
            del self._waiting[:PIECE]

    def finish(self) -> None:
        """Write the last piece."""
        self._put(bytes(self._waiting), is_last=True)
        self._waiting.clear()

    def _put(self, plain: bytes, *, is_last: bool) -> None:
        self._target.write(self._cipher.encrypt(_nonce(self._number, is_last=is_last), plain, VERSION))
        self._number += 1


class Reader(io.RawIOBase):
    """The plain content, a piece at a time. The end is checked first: a file cut short isn't even begun."""

    def __init__(self, source: BinaryIO, cipher: AESGCM) -> None:
        super().__init__()
        self._source, self._cipher = source, cipher
        stored = source.seek(0, os.SEEK_END) - HEAD
        self._pieces = max(1, -(-stored // (PIECE + TAG)))
        self._size = stored - self._pieces * TAG
        if self._size < 0:
            raise BrokenStreamError("This isn't what was sealed.")
        self._at = 0
        self._kept = (-1, b"")
        self._piece(self._pieces - 1)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def close(self) -> None:
        """Close the sealed file, too."""
        self._source.close()
        super().close()

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move to a place of the plain content."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise OSError(errno.EINVAL, "There is nothing before the beginning.")
        self._at = base + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill the buffer with what is left of the piece we stand in."""
        if self._at >= self._size:
            return 0
        number, start = divmod(self._at, PIECE)
        part = self._piece(number)[start : start + len(buffer)]
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)

    def _piece(self, number: int) -> bytes:
        if self._kept[0] != number:
            self._source.seek(HEAD + number * (PIECE + TAG))
            sealed = self._source.read(PIECE + TAG)
            try:
                plain = self._cipher.decrypt(_nonce(number, is_last=number == self._pieces - 1), sealed, VERSION)
            except (InvalidTag, ValueError) as error:
                raise BrokenStreamError("This isn't what was sealed.") from error
            self._kept = (number, plain)
        return self._kept[1]

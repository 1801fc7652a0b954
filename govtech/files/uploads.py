"""Uploads on their way in: what a form sends is encrypted before it touches the disk, in a file without a name.

The key is made for the one file, stays in memory and goes with the request. Whatever happens to the process, nothing
that anybody could read or list is left behind.
"""

import io
from collections.abc import Callable
from typing import Any, BinaryIO

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from govtech.files import storage
from govtech.files.checks import MAX_BYTES
from govtech.files.stream import StreamCodec, Writer, new_key


def taking(most: int, allowed: Callable[[Any], bool]) -> Callable[[Any], Any]:
    """Mark a view whose forms may send files of `most` bytes, from a person for whom `allowed(user)` is so."""

    def mark(view: Any) -> Any:
        view.upload_limit = most, allowed
        return view

    return mark


def limit_of(request: Any) -> int:
    """Return how large a file of this request may be: asked as it arrives, before any view runs."""
    view = getattr(getattr(request, "resolver_match", None), "func", None)
    most, allowed = getattr(view, "upload_limit", (MAX_BYTES, None))
    return most if allowed is None or allowed(request.user) else MAX_BYTES


class SealedUpload(UploadedFile):
    """An uploaded file: read and sought in the clear, encrypted on disk."""

    def close(self) -> None:
        """Forget it."""
        if self.file is not None:
            self.file.close()


class SealedUploadHandler(FileUploadHandler):
    """Writes what arrives through a seal. Of a file over the limit only the size is kept: it is refused by that."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file."""
        super().new_file(*args, **kwargs)
        self._codec = StreamCodec(new_key(), "upload")
        self.file: BinaryIO = storage.nameless()
        self._writer: Writer = self._codec.writer(self.file)
        self._kept = 0
        self._most = limit_of(self.request)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Take a piece."""
        if self._kept <= self._most:
            self._writer.write(raw_data)
            self._kept += len(raw_data)

    def file_complete(self, file_size: int) -> SealedUpload:
        """Return the file."""
        self._writer.finish()
        return SealedUpload(
            file=self._codec.reader(self.file),
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )

    def upload_interrupted(self) -> None:
        """Forget what came before the line broke."""
        if hasattr(self, "file"):
            self.file.close()


class Joined(io.RawIOBase):
    """Several pieces, each read by `load(number)`, as one file to read and seek in. One piece is in memory at a time.

    `sizes` are the bytes of each piece.
    """

    def __init__(self, sizes: list[int], load: Any) -> None:
        super().__init__()
        self._ends: list[int] = []
        for size in sizes:
            self._ends.append((self._ends[-1] if self._ends else 0) + size)
        self._load, self._at, self._kept = load, 0, (-1, b"")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to a place of the whole."""
        end = self._ends[-1] if self._ends else 0
        self._at = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: end}[whence] + offset
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill the buffer with what is left of the piece we stand in."""
        number = next((n for n, end in enumerate(self._ends) if self._at < end), None)
        if number is None:
            return 0
        if self._kept[0] != number:
            self._kept = (number, self._load(number))
        begins = self._ends[number - 1] if number else 0
        part = self._kept[1][self._at - begins :][: len(buffer)]
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)

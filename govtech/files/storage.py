"""Bytes on disk below the private folder. A file appears whole or not at all."""

import contextlib
import io
import os
import tempfile
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

UNFINISHED = ".unfinished"


def root() -> Path:
    """Return the private folder."""
    return Path(settings.PRIVATE_FILES_DIR)


@contextlib.contextmanager
def new_file() -> Iterator[tuple[str, BinaryIO]]:
    """Give the path (below the private folder) of a new file and the file to write it to.

    When the block ends it is written to the disk itself and gets its name. Raises `OSError` where the disk refuses;
    nothing is left behind then, nor after any other error in the block.
    """
    name = uuid.uuid4().hex
    path = Path(name[:2]) / name
    target = root() / path
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = target.with_name(name + UNFINISHED)
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            yield str(path), file
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(target)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)


def write(data: bytes) -> str:
    """Write `data` to a new file and return its path. Raises `OSError` as `new_file`."""
    with new_file() as (path, file):
        file.write(data)
    return path


class _File(io.FileIO):
    """A file that closes with its last holder: an answer that nobody reads to its end leaves none open.

    It closes itself and nothing else. An answer that is sent puts its own `close` in the place of its file's, which
    also gives back the thread's connection to the database: run by the garbage collector, that ends a transaction of
    whoever the thread works for by then, or waits for ever for the pool it was called in.
    """

    def __del__(self) -> None:
        super().close()


def nameless() -> BinaryIO:
    """Return a temporary file without a name in any folder: it is gone when it is closed, or the process dies."""
    with tempfile.TemporaryFile(buffering=0) as file:
        return _File(os.dup(file.fileno()), "r+b")  # type: ignore[return-value]


def open_file(path: str) -> BinaryIO:
    """Open the file at `path` for reading."""
    return _File(root() / path)  # type: ignore[return-value]


def read(path: str) -> bytes:
    """Return the bytes of the file at `path`."""
    return (root() / path).read_bytes()


def remove(path: str) -> None:
    """Delete the file at `path`, if it is there."""
    (root() / path).unlink(missing_ok=True)


def files_before(at: datetime) -> Iterator[str]:
    """Yield the path of every file last written before the instant `at`, unfinished ones too."""
    for path in sorted(root().glob("??/*")):
        with contextlib.suppress(FileNotFoundError):
            if path.is_file() and datetime.fromtimestamp(path.stat().st_mtime, UTC) < at:
                yield str(path.relative_to(root()))


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

"""Bytes on disk below the private folder. A file appears whole or not at all."""

import contextlib
import os
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

UNFINISHED = ".unfinished"


def root() -> Path:
    """Return the private folder."""
    return Path(settings.PRIVATE_FILES_DIR)


def write(data: bytes) -> str:
    """Write `data` to a new file and to the disk itself; return its path below the private folder.

    Raises `OSError` where the disk refuses; nothing is left behind then.
    """
    name = uuid.uuid4().hex
    path = Path(name[:2]) / name
    target = root() / path
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = target.with_name(name + UNFINISHED)
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(target)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)
    return str(path)


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

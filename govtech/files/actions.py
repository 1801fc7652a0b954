"""Storing, reading and discarding files."""

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from io import BytesIO
from typing import Any, BinaryIO

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from govtech.errors import LostError, TryAgainError
from govtech.files import checks, scanner, storage
from govtech.files.models import StoredFile
from govtech.files.stream import BrokenStreamError, StreamCodec

logger = logging.getLogger(__name__)

ORPHAN_AGE = timedelta(hours=24)  # longer than any transaction that may still write the row
BLOCK = 256 * 1024  # bytes in memory while a file is copied

_written: ContextVar[list[str] | None] = ContextVar("written", default=None)  # by the block of `all_or_nothing`


class DamagedFileError(LostError):
    """The bytes on disk aren't those that were stored."""


@dataclass(frozen=True)
class Checked:
    """A file that may be kept: its name made harmless, and its type by its content."""

    source: BinaryIO
    name: str
    content_type: str
    size: int


def check(upload: UploadedFile) -> Checked:
    """Check an uploaded file by name, size and content, and have it scanned. It takes its time: hold no lock meanwhile.

    Raises `DomainError(field="file")`, `TryAgainError` where the scanner doesn't answer.
    """
    extension = checks.check_upload(upload.name or "", upload.size or 0)
    source: BinaryIO = upload.file  # type: ignore[assignment]
    content_type = checks.check_content(source, extension, size=upload.size)
    scanner.check(source)
    return Checked(source, checks.clean_name(upload.name or ""), content_type, upload.size or 0)


def check_video(upload: UploadedFile) -> tuple[Checked, int]:
    """Check a video as `check` does any file; return it and how many seconds it lasts."""
    source: BinaryIO = upload.file  # type: ignore[assignment]
    facts = checks.check_video(source, upload.name or "", upload.size or 0)
    scanner.check(source)
    return Checked(source, checks.clean_name(upload.name or ""), facts.content_type, upload.size or 0), facts.seconds


def keep(checked: Checked, *, by: Any, at: datetime, codec: StreamCodec | None = None) -> StoredFile:
    """Keep a file that was checked. Raises `TryAgainError` where the disk refuses."""
    return _keep(checked.source, name=checked.name, content_type=checked.content_type, by=by, at=at, codec=codec)


def store(upload: UploadedFile, *, by: Any, at: datetime, codec: StreamCodec | None = None) -> StoredFile:
    """Check an uploaded file and keep it.

    With a codec the file is encrypted and its row carries no name: the caller keeps `checks.clean_name(upload.name)`
    inside what it seals. Raises `DomainError(field="file")`; a refused file leaves nothing behind.
    """
    return keep(check(upload), by=by, at=at, codec=codec)


@contextmanager
def all_or_nothing() -> Iterator[None]:
    """Take away the bytes kept in the block where it fails: rows roll back by themselves, files don't.

    Put it around the transaction.
    """
    written: list[str] = []
    token = _written.set(written)
    try:
        yield
    except BaseException:
        for path in written:
            storage.remove(path)
        raise
    finally:
        _written.reset(token)


def store_bytes(
    data: bytes, *, name: str, content_type: str, by: Any, at: datetime, codec: StreamCodec | None = None
) -> StoredFile:
    """Keep a document that the portal made itself."""
    return _keep(BytesIO(data), name=checks.clean_name(name), content_type=content_type, by=by, at=at, codec=codec)


def open_stored(stored: StoredFile, codec: StreamCodec | None = None) -> BinaryIO:
    """Return the plain content as a file at its beginning, after it was checked whole, in constant memory.

    The caller closes it. Raises `DamagedFileError` where it isn't what was stored.
    """
    if stored.encrypted and codec is None:
        raise ValueError("This file is sealed: reading it takes its codec.")
    disk = storage.open_file(stored.path)
    try:
        source = codec.reader(disk) if stored.encrypted and codec is not None else disk
        if digest(source) != (stored.sha256, stored.size):
            raise DamagedFileError(f"Stored file {stored.public_id} differs from its SHA-256.")
        source.seek(0)
    except BrokenStreamError as error:
        disk.close()
        raise DamagedFileError(f"Stored file {stored.public_id}: {error}") from error
    except BaseException:
        disk.close()
        raise
    return source


def digest(source: BinaryIO) -> tuple[str, int]:
    """Return SHA-256 and bytes of a file, in constant memory."""
    source.seek(0)
    hasher, size = hashlib.sha256(), 0
    while block := source.read(BLOCK):
        hasher.update(block)
        size += len(block)
    return hasher.hexdigest(), size


def read(stored: StoredFile, codec: StreamCodec | None = None) -> bytes:
    """Return the plain content, whole. Raises `DamagedFileError` where it isn't what was stored."""
    with open_stored(stored, codec) as source:
        return source.read()


@transaction.atomic
def discard(stored: StoredFile) -> None:
    """Delete the row now and the bytes after commit."""
    path = stored.path
    stored.delete()
    transaction.on_commit(partial(storage.remove, path), robust=True)


def sweep_orphans(*, at: datetime) -> int:
    """Delete files that no row names, older than a day; return how many. Left by rolled-back changes and crashes."""
    removed = 0
    for path in storage.files_before(at - ORPHAN_AGE):
        if not StoredFile.objects.filter(path=path).exists():
            storage.remove(path)
            removed += 1
    return removed


def _keep(
    source: BinaryIO, *, name: str, content_type: str, by: Any, at: datetime, codec: StreamCodec | None = None
) -> StoredFile:
    """Write the file first, then its row: a row never names a file that isn't there."""
    try:
        path, sha256, size = _copy(source, codec)
    except OSError as error:
        logger.exception("A file could not be written.")
        raise TryAgainError(
            _(
                "The file could not be saved: there is no room left on our side. Nothing was stored. "
                "Try again later or write to %(email)s."
            )
            % {"email": settings.OFFICE_EMAIL},
            field="file",
        ) from error
    try:
        with transaction.atomic():
            stored = StoredFile.objects.create(
                name="" if codec else name,
                content_type=content_type,
                size=size,
                sha256=sha256,
                path=path,
                encrypted=codec is not None,
                created_at=at,
                created_by=by,
            )
    except BaseException:
        storage.remove(path)
        raise
    written = _written.get()
    if written is not None:
        written.append(path)
    return stored


def _copy(source: BinaryIO, codec: StreamCodec | None) -> tuple[str, str, int]:
    """Copy a file into the store, block by block, through the codec; return its path, SHA-256 and bytes."""
    source.seek(0)
    hasher, size = hashlib.sha256(), 0
    with storage.new_file() as (path, file):
        writer = codec.writer(file) if codec else None
        while block := source.read(BLOCK):
            hasher.update(block)
            size += len(block)
            (writer or file).write(block)
        if writer:
            writer.finish()
    return path, hasher.hexdigest(), size

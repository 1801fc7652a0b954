"""Storing, reading and discarding files."""

import hashlib
import logging
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from govtech.errors import DomainError
from govtech.files import checks, storage
from govtech.files.models import StoredFile

logger = logging.getLogger(__name__)

ORPHAN_AGE = timedelta(hours=24)  # longer than any transaction that may still write the row


class Codec(Protocol):
    """Encrypts what lies on disk. The seal of proposals is one."""

    def encrypt(self, data: bytes) -> bytes:
        """Return the bytes to store."""

    def decrypt(self, data: bytes) -> bytes:
        """Return the bytes that were given."""


class DamagedFileError(Exception):
    """The bytes on disk aren't those that were stored."""


def store(upload: UploadedFile, *, by: Any, at: datetime, codec: Codec | None = None) -> StoredFile:
    """Check an uploaded file by name, size and content, and keep it.

    With a codec the file is encrypted and its row carries no name: the caller keeps `checks.clean_name(upload.name)`
    inside what it seals. Raises `DomainError(field="file")`; a refused file leaves nothing behind.
    """
    name = checks.clean_name(upload.name or "")
    extension = checks.check_upload(name, upload.size or 0)
    upload.seek(0)
    data = upload.read()
    content_type = checks.check_content(data, extension)
    return _keep(data, name=name, content_type=content_type, by=by, at=at, codec=codec)


def store_bytes(
    data: bytes, *, name: str, content_type: str, by: Any, at: datetime, codec: Codec | None = None
) -> StoredFile:
    """Keep a document that the portal made itself."""
    return _keep(data, name=checks.clean_name(name), content_type=content_type, by=by, at=at, codec=codec)


def read(stored: StoredFile, codec: Codec | None = None) -> bytes:
    """Return the plain content. Raises `DamagedFileError` where it isn't what was stored."""
    if stored.encrypted and codec is None:
        raise ValueError("This file is sealed: reading it takes its codec.")
    data = storage.read(stored.path)
    if stored.encrypted and codec is not None:
        data = codec.decrypt(data)
    if hashlib.sha256(data).hexdigest() != stored.sha256:
        raise DamagedFileError(f"Stored file {stored.public_id} differs from its SHA-256.")
    return data


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
    data: bytes, *, name: str, content_type: str, by: Any, at: datetime, codec: Codec | None = None
) -> StoredFile:
    """Write the file first, then its row: a row never names a file that isn't there."""
    try:
        path = storage.write(codec.encrypt(data) if codec else data)
    except OSError as error:
        logger.exception("A file could not be written.")
        raise DomainError(
            _(
                "The file could not be saved: there is no room left on our side. Nothing was stored. "
                "Try again later or write to %(email)s."
            )
            % {"email": settings.OFFICE_EMAIL},
            field="file",
        ) from error
    try:
        with transaction.atomic():
            return StoredFile.objects.create(
                name="" if codec else name,
                content_type=content_type,
                size=len(data),
                sha256=hashlib.sha256(data).hexdigest(),
                path=path,
                encrypted=codec is not None,
                created_at=at,
                created_by=by,
            )
    except BaseException:
        storage.remove(path)
        raise

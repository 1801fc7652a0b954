"""A zip with its index and hashes, made while it travels: never whole in memory or on disk."""

import hashlib
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from govtech.pipe import Pipe

SUMS = "SHA256SUMS"


@dataclass(frozen=True)
class Entry:
    """A file of the archive: where it stands, what it is, and its bytes when their turn comes."""

    path: str
    title: str
    chunks: Callable[[], Iterable[bytes]]


@dataclass(frozen=True)
class Written:
    """A file that is in the archive: its size in bytes and its SHA-256, lower-case hex."""

    path: str
    title: str
    size: int
    sha256: str


def archive(
    entries: Iterable[Entry], *, index: Callable[[list[Written]], Iterable[Entry]], at: datetime
) -> Iterator[bytes]:
    """Yield the bytes of a zip: the entries, then what `index` makes of them, then `SHA256SUMS` of all of these.

    `sha256sum -c SHA256SUMS` checks it wherever it is unpacked. Every file carries the instant `at`.
    """
    pipe: Any = Pipe()
    stamp = timezone.localtime(at).timetuple()[:6]
    written: list[Written] = []
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as made:

        def put(entry: Entry) -> Iterator[bytes]:
            hasher, size = hashlib.sha256(), 0
            info = zipfile.ZipInfo(entry.path, stamp)  # type: ignore[arg-type]
            info.compress_type = zipfile.ZIP_DEFLATED
            with made.open(info, "w", force_zip64=True) as target:
                for chunk in entry.chunks():
                    hasher.update(chunk)
                    size += len(chunk)
                    target.write(chunk)
                    yield from pipe.drain()
            written.append(Written(entry.path, entry.title, size, hasher.hexdigest()))

        for entry in entries:
            yield from put(entry)
        for entry in index(list(written)):
            yield from put(entry)
        lines = "".join(f"{each.sha256}  {each.path}\n" for each in written)
        made.writestr(zipfile.ZipInfo(SUMS, stamp), lines)  # type: ignore[arg-type]
    yield from pipe.drain()

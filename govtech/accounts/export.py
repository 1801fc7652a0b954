"""All that the portal holds of a person, as one zip that is made while it travels: never whole in memory or on disk."""

import json
import logging
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from govtech.accounts import rights
from govtech.accounts.models import User
from govtech.pipe import Pipe

logger = logging.getLogger(__name__)

PIECE = 64 * 1024  # bytes of JSON gathered before they are compressed


T = TypeVar("T")


@dataclass
class _Told:
    """What READ ME says of a part: how much is in it, what couldn't be read, whether it broke off."""

    part: rights.Part
    rows: int = 0
    files: int = 0
    unread: list[str] = field(default_factory=list)
    broke_off: bool = False

    def each(self, found: Iterable[T]) -> Iterator[T]:
        """Yield until the end, or until what is stored can't be read: the rest of the archive goes on."""
        try:
            yield from found
        except Exception:
            logger.exception("The part %s of a download broke off.", self.part.key)
            self.broke_off = True


def archive(user: User, *, at: datetime) -> Iterator[bytes]:
    """Yield the bytes of a zip: a JSON file for each part, its files beside it, and a page that says what is what.

    A part is read row by row and a file piece by piece, each when its turn comes. What can't be read is named in that
    page: the archive is whole all the same.
    """
    pipe: Any = Pipe()  # all that a zip needs of a file
    stamp = timezone.localtime(at).timetuple()[:6]
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as made:
        told: list[_Told] = []
        for part in rights.export:
            said = _Told(part)
            told.append(said)
            with made.open(_entry(f"{part.key}.json", stamp), "w", force_zip64=True) as target:
                for piece, number in _as_json(said.each(part.rows(user))):
                    said.rows = number
                    target.write(piece)
                    yield from pipe.drain()
            for file in said.each(part.files(user) if part.files else ()):
                with made.open(_entry(f"{part.key}/{file.path}", stamp), "w", force_zip64=True) as target:
                    for chunk in _chunks(file, said):
                        target.write(chunk)
                        yield from pipe.drain()
        with made.open(_entry(_("READ ME") + ".txt", stamp), "w") as target:
            target.write(_contents(user, told, at).encode())
    yield from pipe.drain()


def _chunks(file: rights.ExportFile, said: _Told) -> Iterator[bytes]:
    """Yield a file's bytes; where it can't be read, a line that says so."""
    try:
        yield from file.chunks()
    except Exception:
        logger.exception("A file of a download could not be read.")
        said.unread.append(file.path)
        yield _("This file could not be read.").encode()
    else:
        said.files += 1


def _entry(name: str, stamp: Any) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, stamp)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def _as_json(rows: Iterable[dict[str, Any]]) -> Iterator[tuple[bytes, int]]:
    """Yield a JSON list in pieces, each with the number of rows so far."""
    gathered, size, number = ["["], 0, 0
    for row in rows:
        text = json.dumps(row, ensure_ascii=False, indent=1, default=_plain)
        gathered.append(f"{',' if number else ''}\n{text}")
        size, number = size + len(text), number + 1
        if size >= PIECE:
            yield "".join(gathered).encode(), number
            gathered, size = [], 0
    gathered.append("\n]\n")
    yield "".join(gathered).encode(), number


def _plain(value: Any) -> str:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value)


def _contents(user: User, told: list[_Told], at: datetime) -> str:
    lines = [
        _("What the portal holds of %(person)s on %(day)s.")
        % {"person": user.full_name, "day": timezone.localtime(at).isoformat(timespec="minutes")},
        _("Each file is JSON, in UTF-8. Instants carry their zone; amounts are in euros."),
        "",
    ]
    for said in told:
        key, files = said.part.key, f", {said.part.key}/ ({said.files})" if said.files else ""
        lines.append(f"{key}.json: {said.part.label} ({said.rows})" + files)
    missing = [f"{said.part.key}/{path}" for said in told for path in said.unread]
    missing += [_("%(part)s: not to its end") % {"part": said.part.key} for said in told if said.broke_off]
    if missing:
        write = _("This could not be read. Try again later; if it goes on, write to %(email)s:")
        lines += ["", write % {"email": settings.OFFICE_EMAIL}, *missing]
    return "\n".join(lines) + "\n"

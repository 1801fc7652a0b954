"""All that the portal holds of a person, as one zip that is made while it travels: never whole in memory or on disk."""

import json
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from govtech.accounts import rights
from govtech.accounts.models import User

PIECE = 64 * 1024  # bytes of JSON gathered before they are compressed


class _Pipe:
    """What the archive writes to; `drain` hands on what has come so far. It can't be wound back, and needn't."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def drain(self) -> Iterator[bytes]:
        pieces, self._pieces = self._pieces, []
        yield from pieces


def archive(user: User, *, at: datetime) -> Iterator[bytes]:
    """Yield the bytes of a zip: a JSON file for each part, its files beside it, and a page that says what is what.

    A part is read row by row and a file piece by piece, each when its turn comes.
    """
    pipe: Any = _Pipe()  # all that a zip needs of a file
    stamp = timezone.localtime(at).timetuple()[:6]
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as made:
        counted: list[tuple[rights.Part, int, int]] = []
        for part in rights.export:
            rows = files = 0
            with made.open(_entry(f"{part.key}.json", stamp), "w", force_zip64=True) as target:
                for piece, number in _as_json(part.rows(user)):
                    rows = number
                    target.write(piece)
                    yield from pipe.drain()
            for file in part.files(user) if part.files else ():
                files += 1
                with made.open(_entry(f"{part.key}/{file.path}", stamp), "w", force_zip64=True) as target:
                    for chunk in file.chunks():
                        target.write(chunk)
                        yield from pipe.drain()
            counted.append((part, rows, files))
        with made.open(_entry(_("READ ME") + ".txt", stamp), "w") as target:
            target.write(_contents(user, counted, at).encode())
    yield from pipe.drain()


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


def _contents(user: User, counted: list[tuple[rights.Part, int, int]], at: datetime) -> str:
    lines = [
        _("What the portal holds of %(person)s on %(day)s.")
        % {"person": user.full_name, "day": timezone.localtime(at).isoformat(timespec="minutes")},
        _("Each file is JSON, in UTF-8. Instants carry their zone; amounts are in euros."),
        "",
    ]
    for part, rows, files in counted:
        lines.append(f"{part.key}.json: {part.label} ({rows})" + (f", {part.key}/ ({files})" if files else ""))
    return "\n".join(lines) + "\n"

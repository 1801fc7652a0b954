"""Documents as PDF: tagged (PDF/UA-1), made on this machine by typst without network.

    pdf.render("document", {"title": …, "reference": …, "blocks": [pdf.heading("…"), pdf.paragraph(text), …]}, at=at)

What people wrote travels as data: no text is ever read as markup, whatever it holds. The caller writes the words in the
document's language (`translation.override("es")` for what the city signs) and keeps the bytes with `files.store_bytes`.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from django.utils.translation import get_language

FOLDER = Path(settings.BASE_DIR) / "templates" / "pdf"
CONTENT_TYPE = "application/pdf"
REPLACEMENT = "?"
LATIN_END, SIGNS_END, ATTEMPTS = 0x180, 0x2C00, 12


def render(template: str, context: Mapping[str, Any], *, at: datetime | None = None) -> bytes:
    """Return the PDF of `templates/pdf/<template>.typ` with `context` as its data.

    `context`: `title` (needed), `reference`, `eyebrow`, `footer`, `lang`, `blocks`. `at` is the date in the file's
    properties, which else is not stated.
    """
    data = _clean({
        "programme": f"{settings.PROGRAMME_NAME} · {settings.CITY_COUNCIL_NAME}",
        "author": settings.OFFICE_NAME,
        "brand": settings.BRAND_COLOUR,
        "lang": (get_language() or settings.LANGUAGE_CODE).split("-")[0],
        "reference": "",
        "eyebrow": "",
        "footer": settings.OFFICE_NAME,
        "blocks": [],
        **context,
    })  # fmt: skip
    text = json.dumps(data, ensure_ascii=False)
    for _attempt in range(ATTEMPTS):
        try:
            return _compile(template, text, at)
        except typst.TypstError as error:
            missing = re.search(r'the text `"(.+?)"` could not be displayed', str(error))
            if missing is None:
                raise
            text = _without(text, missing[1])
    return _compile(template, "".join(c if ord(c) < LATIN_END else REPLACEMENT for c in text), at)


def _compile(template: str, text: str, at: datetime | None) -> bytes:
    return typst.compile(
        str(FOLDER / f"{template}.typ"),
        root=str(FOLDER),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        format="pdf",
        pdf_standards=["ua-1"],
        sys_inputs={"doc": text},
        timestamp=int(at.timestamp()) if at else 0,
    )


def _without(text: str, missing: str) -> str:
    """Return `text` with letters that no font has as question marks: the tagged file may not hold them.

    A letter of a script that isn't there comes with its neighbours, so all that lie beyond the Latin, Greek and
    Cyrillic ones and the signs go at once when one of them is missing.
    """
    letters = set(re.sub(r"\\u\{([0-9a-f]+)\}", lambda found: chr(int(found[1], 16)), missing))
    far = any(ord(letter) >= SIGNS_END for letter in letters)
    return "".join(REPLACEMENT if c in letters or (far and ord(c) >= SIGNS_END) else c for c in text)


@cache
def _fonts() -> typst.Fonts:
    """Return the fonts inside typst, read once: the same document everywhere."""
    return typst.Fonts(include_system_fonts=False)


def _clean(value: Any) -> Any:
    """Return `value` as plain data whose texts a PDF can hold: no control characters."""
    if isinstance(value, dict):
        return {key: _clean(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_clean(inner) for inner in value]
    return value if isinstance(value, (int, float)) else _text(value)


def _text(value: Any) -> str:
    """Return what is shown of a value. Spaces of other kinds become plain, except the one that keeps words together."""
    text = str(value).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c if c in "\n\xa0" or c.isprintable() else " " if c.isspace() else "" for c in text)


def heading(text: Any, *, level: int = 1) -> dict[str, Any]:
    """Head a part of the document; `level` 1 or 2 below its title."""
    return {"kind": "heading", "text": _text(text), "level": level}


def paragraph(text: Any) -> dict[str, Any]:
    """Write a text; an empty line begins a paragraph."""
    return {"kind": "paragraph", "text": _text(text)}


def note(text: Any) -> dict[str, Any]:
    """Set apart what matters."""
    return {"kind": "note", "text": _text(text)}


def code(text: Any) -> dict[str, Any]:
    """Write hashes and the like in letters of one width."""
    return {"kind": "code", "text": _text(text)}


def items(rows: Iterable[Any]) -> dict[str, Any]:
    """List things."""
    return {"kind": "items", "rows": [_text(row) for row in rows]}


def facts(rows: Iterable[Sequence[Any]]) -> dict[str, Any]:
    """List (label, value); those without a value are left out."""
    return {"kind": "facts", "rows": [[_text(row[0]), _text(row[1])] for row in rows if row[1] not in (None, "")]}


def table(head: Sequence[Any], rows: Iterable[Sequence[Any]], *, numeric: Sequence[int] = ()) -> dict[str, Any]:
    """Write a table with its head; the columns whose places are in `numeric` keep to the right."""
    return {
        "kind": "table",
        "head": [_text(cell) for cell in head],
        "rows": [[_text(cell) for cell in row] for row in rows],
        "numeric": list(numeric),
    }

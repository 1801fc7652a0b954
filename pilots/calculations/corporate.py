"""The corporate ledger's CSV, read; and which of its movements are which of ours. Pure."""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

PHASES = ("RC", "A", "D", "O", "P")
COLUMNS = {
    "document": ("documento", "n documento", "document", "document no"),
    "day": ("fecha", "fecha contable", "date"),
    "phase": ("fase", "phase"),
    "amount": ("importe", "amount"),
    "line": ("linea", "codigo", "line"),
    "text": ("texto", "concepto", "text"),
}
NEEDED = ("document", "day", "phase", "amount")
MOST_ROWS = 20_000
DAYS = 7  # between the day of ours and that of the corporate ledger


class CorporateError(Exception):
    """The file can't be read. `problem` is a name, `line` where, `value` what stood there."""

    def __init__(self, problem: str, *, line: int = 0, value: str = "") -> None:
        super().__init__(problem)
        self.problem, self.line, self.value = problem, line, value


@dataclass(frozen=True)
class Movement:
    """A movement, ours or theirs. `key` names the row."""

    key: int
    document: str
    phase: str
    amount: Decimal
    day: date
    line: str = ""
    text: str = ""


def read(data: bytes) -> list[Movement]:
    """Return the movements of a CSV: `;` or `,`, UTF-8 or Latin-1, decimal comma or point. Raises `CorporateError`."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    if "\0" in text:
        raise CorporateError("not_csv")
    rows = list(csv.reader(io.StringIO(text), delimiter=";" if ";" in text.split("\n", 1)[0] else ","))
    if len(rows) > MOST_ROWS:
        raise CorporateError("too_long", value=str(MOST_ROWS))
    places = _places(rows[0] if rows else [])
    return [
        _movement(number, row, places)
        for number, row in enumerate(rows[1:], start=2)
        if any(cell.strip() for cell in row)
    ]


def plain(text: str) -> str:
    """Return a heading or number without accents, case and marks.

    >>> plain("N.º documento"), plain("Línea")
    ('n documento', 'linea')
    """
    text = text.lower().translate(str.maketrans("áéíóúü", "aeiouu", "º.ª"))
    return " ".join(re.sub(r"[^a-z0-9]+", " ", text).split())


def _places(head: Sequence[str]) -> dict[str, int]:
    names = [plain(cell) for cell in head]
    places = {
        column: names.index(known)
        for column, several in COLUMNS.items()
        for known in reversed(several)
        if known in names
    }
    for column in NEEDED:
        if column not in places:
            raise CorporateError("missing_column", value=COLUMNS[column][0])
    return places


def _movement(number: int, row: Sequence[str], places: dict[str, int]) -> Movement:
    def cell(column: str) -> str:
        place = places.get(column, len(row))
        return row[place].strip() if place < len(row) else ""

    phase, amount = cell("phase").upper().rstrip("/"), _amount(cell("amount"), number)
    if phase not in PHASES:
        raise CorporateError("phase", line=number, value=cell("phase"))
    if cell("phase").endswith("/") and amount > 0:
        amount = -amount
    if not cell("document"):
        raise CorporateError("document", line=number)
    day = _day(cell("day"), number)
    return Movement(number, cell("document")[:40], phase, amount, day, cell("line")[:12], cell("text")[:200])


def _amount(text: str, number: int) -> Decimal:
    plain_text = text.replace(" ", "").replace("\N{NO-BREAK SPACE}", "").replace("€", "")
    if "," in plain_text:
        plain_text = plain_text.replace(".", "").replace(",", ".")
    try:
        amount = Decimal(plain_text)
    except InvalidOperation as error:
        raise CorporateError("amount", line=number, value=text) from error
    if not amount.is_finite() or abs(amount) >= Decimal(10) ** 10 or amount != round(amount, 2) or not amount:
        raise CorporateError("amount", line=number, value=text)
    return round(amount, 2)


def _day(text: str, number: int) -> date:
    for shape in ("%d/%m/%Y", "%Y-%m-%d", "%d.%m.%Y"):
        try:
            return datetime.strptime(text, shape).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise CorporateError("day", line=number, value=text)


def match(theirs: Iterable[Movement], ours: Iterable[Movement]) -> dict[int, int]:
    """Return {key of theirs: key of ours}: same phase, document and amount within a week, the nearest day first.

    What of ours has no document number matches by phase, amount, line and day alone.

    >>> day = date(2026, 3, 2)
    >>> a = Movement(1, "F-1", "O", Decimal("10.00"), day)
    >>> match([a], [Movement(7, "f 1", "O", Decimal("10.00"), day), Movement(8, "F-1", "O", Decimal("9.00"), day)])
    {1: 7}
    """
    free: dict[tuple[str, str, Decimal], list[Movement]] = defaultdict(list)
    for one in ours:
        free[one.phase, plain(one.document), one.amount].append(one)
    found: dict[int, int] = {}
    waiting = list(theirs)
    for with_number in (True, False):
        pairs = []
        for one in waiting:
            document = plain(one.document) if with_number else ""
            for other in free.get((one.phase, document, one.amount), ()):
                apart = abs((one.day - other.day).days)
                if apart <= DAYS and (with_number or not one.line or one.line == other.line):
                    pairs.append((apart, one.key, other.key))
        taken = set(found.values())
        for _apart, key, other_key in sorted(pairs):
            if key not in found and other_key not in taken:
                found[key] = other_key
                taken.add(other_key)
        waiting = [one for one in waiting if one.key not in found]
    return found

"""Tables of open data: what a table and a column are, and their cells in each format."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from django.db.models import QuerySet
from django.utils import timezone

Kind = Literal["text", "integer", "amount", "number", "date", "instant", "list", "address", "boolean"]
FORMULA = ("=", "+", "-", "@", "\t", "\r")
CHUNK = 500  # rows in memory at once


@dataclass(frozen=True)
class Column:
    """A column: its name in every format, what it holds, in words, and how it is read from a row."""

    name: str
    kind: Kind
    words: Any
    of: Callable[[Any], Any]
    codes: tuple[str, ...] = ()  # the values there are, where they are few


@dataclass(frozen=True)
class Table:
    """A table: `rows()` gives what everybody sees, in the order of `order`, whose last column tells rows apart.

    `key` is the lookup by which the API finds one row, with the column that holds it; `filters` are lookups by the name
    of the parameter. `changed` is the lookup of the instant of a row's last change, where it is known.
    """

    name: str
    title: Any
    words: Any
    rows: Callable[[], QuerySet[Any]]
    columns: tuple[Column, ...]
    key: str = ""
    filters: dict[str, str] = field(default_factory=dict)
    changed: str = ""

    @property
    def key_column(self) -> str:
        """The column that names a row: the first."""
        return self.columns[0].name

    def each(self) -> Iterator[Any]:
        """Yield every row, a few at a time: each piece begins after the last, so no cursor is held."""
        rows, last = self.rows().order_by("pk"), 0
        while chunk := list(rows.filter(pk__gt=last)[:CHUNK]):
            yield from chunk
            if len(chunk) < CHUNK:
                return
            last = chunk[-1].pk


def written(value: Any) -> Any:
    """Return a cell as JSON has it: amounts as text with two decimals, instants with their zone."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def csv_cell(column: Column, value: Any) -> str:
    """Return a cell as the city writes CSV: decimal comma, lists with bars, nothing that is taken for a formula."""
    if value is None:
        return ""
    if column.kind in ("amount", "number"):
        return f"{value:f}".replace(".", ",")
    if column.kind == "boolean":
        return "1" if value else "0"
    if column.kind == "list":
        value = "|".join(value)
    text = " ".join(str(written(value)).split())
    return f"'{text}" if text.startswith(FORMULA) and column.kind in ("text", "list", "address") else text

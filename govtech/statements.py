"""Queries that are compiled once. Building a query with the ORM costs many times what asking it costs.

    BY_SLUG = Statement(lambda: Challenge.objects.public().filter(slug=Slot("slug", CharField())))
    BY_SLUG.one(slug="bicis")

The queryset is built at the first call, once a process; what differs between calls stands in it as a `Slot`. So nothing
of a person, a language or a day may be built into one. PostgreSQL keeps the plan where `DATABASE_PREPARES` says so.
"""

import re
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.models import BooleanField, Expression, Field, Func, QuerySet
from django.db.models.query import FlatValuesListIterable, ValuesListIterable
from django.db.transaction import TransactionManagementError
from psycopg import sql

_MARK = re.compile(r"%([s%])")
_given: ContextVar[Mapping[str, Any]] = ContextVar("given")


class Slot(Expression):
    """A value given with each call, of the type of `field`. A list where `field` is an `ArrayField`."""

    def __init__(self, name: str, field: Field) -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:  # noqa: ARG002 - the ORM's signature
        """Stand in the query as itself: `Statement` writes its name where the ORM would write a value."""
        return "%s", [self]


def ask(statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Return the rows of a statement with `%(name)s` in it, bound and planned by the server. One query."""
    wrapper: Any = connections[DEFAULT_DB_ALIAS]
    wrapper.ensure_connection()
    raw: Any = ServerBindingCursor  # bound by the server, which then knows the statement again
    if wrapper.execute_wrappers or wrapper.queries_logged:  # somebody wants to see it
        with wrapper._prepare_cursor(raw(wrapper.connection)) as cursor:  # noqa: SLF001 - the only way to wrap a cursor
            cursor.execute(statement, values)
            return cursor.fetchall()
    wrapper.validate_no_broken_transaction()
    with wrapper.wrap_database_errors:
        cursor = raw(wrapper.connection)
        cursor.execute(statement, values)
        return cursor.fetchall()


def compiled(compiler: Any) -> str:
    """Return the text of a query: its values written out, its slots as `%(name)s` with their type."""
    connection.ensure_connection()
    statement, values = compiler.as_sql()
    rest = iter(values)

    def filled(found: re.Match[str]) -> str:
        if found[1] == "%":
            return "%%"
        value = next(rest)
        if isinstance(value, Slot):
            return f"%({value.name})s::{value.output_field.db_type(connection)}"
        return sql.Literal(value).as_string(connection.connection).replace("%", "%%")

    return _MARK.sub(filled, statement)


class Statement:
    """A queryset compiled at its first use. What it gives are the queryset's own rows: models, tuples, values."""

    def __init__(self, make: Callable[[], QuerySet[Any, Any]], *, is_cut: bool = False) -> None:
        """Remember how it is built. `is_cut`: each call says what it takes (`take`) and skips (`skip`)."""
        self._make = make
        self._end = " LIMIT %(take)s::bigint OFFSET %(skip)s::bigint" if is_cut else ""
        self._queryset: QuerySet[Any, Any] | None = None
        self._text = ""
        self._flat: bool | None = None  # rows are given as the driver gives them: single values, or tuples

    def rows(self, **values: Any) -> list[Any]:
        """Return all rows. One query."""
        queryset = self._queryset
        if queryset is None:
            queryset = self._queryset = self._freeze()
        if queryset.query.select_for_update and connection.get_autocommit():
            raise TransactionManagementError("A lock outside a transaction holds nothing.")
        if self._flat is not None:
            rows = ask(self._text, values)
            return [row[0] for row in rows] if self._flat else rows
        token = _given.set(values)
        try:
            found: Any = queryset._iterable_class(queryset)  # type: ignore[attr-defined]  # noqa: SLF001
            return list(found)
        finally:
            _given.reset(token)

    def text(self) -> str:
        """Return the SQL, to stand in another statement."""
        if self._queryset is None:
            self._queryset = self._freeze()
        return self._text

    def one(self, **values: Any) -> Any:
        """Return the first row, None where there is none. One query: it should ask for no more rows."""
        return next(iter(self.rows(**values)), None)

    def _freeze(self) -> QuerySet[Any, Any]:
        """Build the queryset and let its compiler answer with the text it made now."""
        queryset = self._make()
        compiler = queryset.query.get_compiler(queryset.db)
        text = compiled(compiler) + self._end
        converters = compiler.get_converters([column for column, *_rest in compiler.select[: compiler.col_count]])
        compiler.get_converters = lambda _columns: converters
        compiler.execute_sql = lambda *_args, **_kw: [ask(text, _given.get())]
        self._flat = _is_plain(queryset, converters)
        self._text = text
        queryset.query.get_compiler = lambda *_args, **_kw: compiler  # type: ignore[method-assign]
        return queryset


def in_order(keys: Statement | str, rows: Statement, column: str) -> str:
    """Return SQL for rows whose keys another statement finds, in its order. `rows` takes them as the slot `keys`."""
    wanted = "(SELECT keys FROM wanted)::bigint[]"
    found = rows.text().replace("%(keys)s::bigint[]", wanted)
    asked = keys if isinstance(keys, str) else keys.text()
    return (
        f"WITH wanted AS MATERIALIZED (SELECT ARRAY({asked}) AS keys) {found} "  # noqa: S608 - compiled queries
        f"ORDER BY array_position({wanted}, {column})"
    )


def _is_plain(queryset: QuerySet[Any, Any], converters: Any) -> bool | None:
    """Say whether the driver's rows are the queryset's: True where one value each is wanted. None: they aren't."""
    kind, query = queryset._iterable_class, queryset.query  # type: ignore[attr-defined]  # noqa: SLF001
    if converters or kind not in (ValuesListIterable, FlatValuesListIterable):
        return None
    names = [*query.extra_select, *query.values_select, *query.annotation_select]
    asked = list(queryset._fields or names)  # type: ignore[attr-defined]  # noqa: SLF001
    return kind is FlatValuesListIterable if asked == names else None


class OneOf(Func):
    """Whether a value is among those of an array: `IN` for a list whose length differs from call to call."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    arity = 2
    output_field = BooleanField()

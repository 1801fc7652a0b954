"""What builders of tests write, kept: made once by the real actions, then put back as the rows that they wrote.

Going through an evaluation takes hundreds of actions. The first test of a process that asks for `ranked()` runs them,
and the rows that they wrote are read back; later tests get the same rows written again, with triggers and foreign keys
off: they were on when the rows were made. So it is only where nothing of the test's own could make a difference: the
transaction has written nothing yet, and arguments, clock and settings are the same. Else the actions run.
"""

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, wraps
from typing import Any

from django.conf import settings
from django.db import connection, models, transaction
from django.utils import translation
from psycopg import sql

from govtech.files import storage
from govtech.files.models import StoredFile


@dataclass(frozen=True)
class Table:
    """A table with its columns that can be written, and the one of its primary key."""

    name: str
    columns: tuple[str, ...]
    key: str


@dataclass(frozen=True)
class Snapshot:
    """Rows by table as `COPY` writes them, keys of those that may be there already, files by path, and the result."""

    rows: list[tuple[Table, bytes]]
    there: list[tuple[Table, list[str]]]
    files: dict[str, bytes]
    result: bytes


_kept: dict[Any, Snapshot] = {}


def kept(build: Callable[..., Any]) -> Callable[..., Any]:
    """Make a builder put back what it wrote for the same arguments before. Not where a row is an argument."""

    @wraps(build)
    def builder(*args: Any, **kwargs: Any) -> Any:
        given = [*args, *kwargs.values()]
        if any(isinstance(value, models.Model) for value in given) or not _nothing_written():
            return build(*args, **kwargs)
        key = (build, repr(given), repr([*kwargs]), *_around())
        if key not in _kept:
            _kept[key], result = _made(build, args, kwargs)
            return result
        return _put_back(_kept[key])

    return builder


def _nothing_written() -> bool:
    """Say whether this is a transaction, taken back later, that has written nothing."""
    return connection.in_atomic_block and _asked("SELECT pg_current_xact_id_if_assigned() IS NULL")[0][0]


def _around() -> tuple[str, ...]:
    """Return what a builder depends on beside its arguments."""
    travelled = _asked("SELECT current_setting('portal.now', true)")[0][0]
    sealing = [str(getattr(settings, name)) for name in dir(settings) if name.startswith("SEALING_")]
    places = settings.PRIVATE_FILES_DIR, settings.DATABASES["default"]["NAME"]
    return str(travelled or ""), translation.get_language(), *sealing, *map(str, places)


def _asked(query: Any, parameters: Any = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query if isinstance(query, str) else query.as_string(connection.connection), parameters)
        return cursor.fetchall() if cursor.description else []


@cache
def _tables() -> tuple[Table, ...]:
    """Return all tables; last those with triggers that fire even so, which find what they would add there already."""
    rows = _asked(
        "SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum), min(k.attname::text) FROM pg_class c "
        "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' "
        "JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary "
        "JOIN pg_attribute k ON k.attrelid = c.oid AND k.attnum = i.indkey[0] "
        "WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' GROUP BY c.oid "
        "ORDER BY EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgenabled = 'A'), c.relname"
    )
    return tuple(Table(name, tuple(columns), key) for name, columns, key in rows)


def _made(build: Callable[..., Any], args: Any, kwargs: Any) -> tuple[Snapshot, Any]:
    """Run the builder and read back what it wrote: rows of this transaction are those since its number was given."""
    began = _asked("SELECT pg_current_xact_id()::text::bigint")[0][0]
    full = {table for table in _tables() if _asked(sql.SQL("SELECT 1 FROM {} LIMIT 1").format(_of(table)))}
    result = build(*args, **kwargs)
    rows, there = [], []
    for table in _tables():
        since = sql.SQL("FROM {} WHERE xmin::text::bigint >= {}").format(_of(table), sql.Literal(began))
        columns = sql.SQL(", ").join(map(sql.Identifier, table.columns))
        data = _copied(sql.SQL("COPY (SELECT {} {} ORDER BY {}) TO STDOUT").format(columns, since, _key(table)))
        if data:
            rows.append((table, data))
            if table in full:
                keys = _asked(sql.SQL("SELECT {}::text {}").format(_key(table), since))
                there.append((table, [key for (key,) in keys]))
    files = {path: (storage.root() / path).read_bytes() for path in _paths(began)}
    return Snapshot(rows, there, files, pickle.dumps(result)), result


def _paths(began: int) -> list[str]:
    table = sql.Identifier(StoredFile._meta.db_table)
    query = sql.SQL("SELECT path FROM {} WHERE xmin::text::bigint >= {} AND path <> ''")
    return [path for (path,) in _asked(query.format(table, sql.Literal(began)))]


def _of(table: Table) -> sql.Identifier:
    return sql.Identifier(table.name)


def _key(table: Table) -> sql.Identifier:
    return sql.Identifier(table.key)


def _copied(query: sql.Composed) -> bytes:
    with connection.cursor() as cursor, cursor.cursor.copy(query.as_string(connection.connection)) as copy:
        return b"".join(bytes(piece) for piece in copy)


def _put_back(snapshot: Snapshot) -> Any:
    """Write the rows and the files that are gone, and return what the builder did."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table, keys in snapshot.there:
            query = sql.SQL("DELETE FROM {} WHERE {}::text = ANY(%s)").format(_of(table), _key(table))
            cursor.execute(query.as_string(connection.connection), [keys])
        for table, data in snapshot.rows:
            columns = sql.SQL(", ").join(map(sql.Identifier, table.columns))
            query = sql.SQL("COPY {} ({}) FROM STDIN").format(_of(table), columns)
            with cursor.cursor.copy(query.as_string(connection.connection)) as copy:
                copy.write(data)
        cursor.execute("SET LOCAL session_replication_role = origin")
    for path, data in snapshot.files.items():
        if not (place := storage.root() / path).exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
    return pickle.loads(snapshot.result)

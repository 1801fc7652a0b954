"""The backend: `DATABASES` names the package `govtech.database`, Django looks for `base.DatabaseWrapper` in it."""

import select
import time
from typing import Any

from django.db.backends.postgresql import base
from psycopg_pool import ConnectionPool

RESTED_SECONDS = 10.0  # a connection that was used less long ago is looked at, not asked
_seen = "_portal_seen_at"


def check_connection(conn: Any) -> None:
    """Raise where a connection from the pool doesn't live: what restarts a database closes its side.

    A closed side can be read without asking the server. Who hears nothing at all (a cable, a firewall) is found out by
    asking, which costs a query, and is done where the connection rested.
    """
    now = time.monotonic()
    rested = now - getattr(conn, _seen, 0.0) > RESTED_SECONDS
    if rested or conn.closed or not conn.autocommit or _says_something(conn.fileno()):
        ConnectionPool.check_connection(conn)
    setattr(conn, _seen, now)


def _says_something(descriptor: int) -> bool:
    waiting = select.poll()
    waiting.register(descriptor, select.POLLIN | select.POLLPRI)
    return bool(waiting.poll(0))


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own, with that check."""

    @property
    def pool(self) -> Any:
        """The pool of this process."""
        pool: Any = super().pool
        if pool is not None and pool._check is ConnectionPool.check_connection:  # noqa: SLF001 - Django's, no other
            pool._check = check_connection  # noqa: SLF001
        return pool

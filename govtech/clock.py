"""The one clock: the database's, through the SQL function `portal_now()`.

The web process's own clock decides nothing. A session of the database's owner may set the clock (tests, the
demonstration); the application's role can't, whatever it sets (`audit/sql/0002_chain.sql`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from django.db import connection
from django.db.models import DateTimeField, Func
from django.utils import timezone

from govtech.statements import ask


class PortalNow(Func):
    """`portal_now()` in a query, computed once for the statement."""

    template = "(SELECT portal_now())"
    output_field = DateTimeField()
    arity = 0


def now() -> datetime:
    """Return the present instant, aware, in UTC, as the database has it."""
    return ask("SELECT portal_now()", {})[0][0]


def local_date(at: datetime) -> date:
    """Return the calendar day of the instant `at` in the city's zone."""
    return timezone.localtime(at).date()


@contextmanager
def travel(at: datetime) -> Iterator[None]:
    """Make `portal_now()` answer `at` in this session. Works for the owner of the database only."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('portal.now', true)")
        before = cursor.fetchone()[0] or ""
        cursor.execute("SELECT set_config('portal.now', %s, false)", [at.isoformat()])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('portal.now', %s, false)", [before])

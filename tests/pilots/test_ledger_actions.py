"""Posting, as the application's people meet it."""

from decimal import Decimal

import pytest
from django.db import connection

from challenges.models import Status
from govtech import clock
from govtech.errors import DomainError
from pilots.models import Expenditure, LedgerPhase
from tests.pilots.money import funded_year, line_of, published

pytestmark = pytest.mark.django_db


def flush_deferred() -> None:
    """Have the database check now what it would check at commit."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_published_challenge_has_its_spending_authorised():
    challenge = published()

    flush_deferred()
    expenditure = Expenditure.objects.get(challenge=challenge)
    assert challenge.status == Status.PUBLISHED
    assert sum(row.a for row in expenditure.lines.all()) == Decimal("17545.00")
    assert sum(row.rc for row in expenditure.lines.all()) == 0
    assert challenge.needs_report is not None

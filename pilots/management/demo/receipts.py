"""Receipts in the open: the head of their chain every night; one has an entry in the official register, too."""

from collections.abc import Generator, Iterator
from datetime import datetime, timedelta

from django.db import connection

from pilots.management.demo.calls import Stage
from startups.actions import chain, register
from startups.models import Receipt

Story = Generator[datetime, None, None]
NIGHTS = 400  # more than the oldest receipt is old
LINKED = "startups_receipt_chain"  # the links of a demonstration, loaded at once, would be written at its very end


def all_stories(stage: Stage) -> Iterator[Story]:
    """Yield the stories."""
    yield published_heads(stage)
    yield entered(stage)


def published_heads(stage: Stage) -> Story:
    """Every night the head of the day before is published."""
    day = stage.days.today - timedelta(days=NIGHTS)
    while day <= stage.days.today:
        yield stage.days.at(day, 0, 10)
        with connection.cursor() as cursor:
            cursor.execute(f"SET CONSTRAINTS {LINKED} IMMEDIATE")
            cursor.execute(f"SET CONSTRAINTS {LINKED} DEFERRED")
        chain.publish_heads(at=stage.days.at(day, 0, 10))
        day += timedelta(days=1)


def entered(stage: Stage) -> Story:
    """An organisation that also filed at the official register writes the number on its receipt."""
    at = stage.days.on(-1, 12)
    yield at
    receipt = Receipt.objects.select_related("submission__proposal__organisation").order_by("pk").last()
    if receipt is not None:
        by = receipt.submission.submitted_by
        register.record_entry(receipt, number=f"{at.year}/0457812", by=by, at=at)

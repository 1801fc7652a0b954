"""The worker's doors."""

import logging
from typing import Any

from celery import shared_task
from django.db import DatabaseError

from govtech import clock
from govtech.notifications import actions, digests, reminders

logger = logging.getLogger(__name__)


@shared_task
def send_due_mail(**kwargs: Any) -> int:
    """Nudged after each change, and every half minute by the beat: send what is due. Safe to repeat, many at once."""
    try:
        digests.gather(at=clock.now())
    except DatabaseError:
        logger.exception("News was not gathered; what is written goes out, and the next sweep tries again.")
    return actions.send_due()


@shared_task
def send_reminders(**kwargs: Any) -> int:
    """Hourly: tell people what the clock brings. Safe to repeat."""
    return reminders.send_all(at=clock.now())

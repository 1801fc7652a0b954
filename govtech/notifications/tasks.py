"""The worker's doors."""

from typing import Any

from celery import shared_task

from govtech import clock
from govtech.notifications import actions, reminders


@shared_task
def send_due_mail(**kwargs: Any) -> int:
    """Nudged after each change, and every half minute by the beat: send what is due. Safe to repeat, many at once."""
    return actions.send_due()


@shared_task
def send_reminders(**kwargs: Any) -> int:
    """Hourly: tell people what the clock brings. Safe to repeat."""
    return reminders.send_all(at=clock.now())

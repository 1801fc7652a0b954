"""Sweeping up."""

from typing import Any

from celery import shared_task

from govtech import clock
from govtech.files import actions


@shared_task
def sweep_orphans(**kwargs: Any) -> int:
    """Daily: delete files that no row names. Safe to repeat."""
    return actions.sweep_orphans(at=clock.now())

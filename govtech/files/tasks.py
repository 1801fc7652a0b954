"""Sweeping up."""

from typing import Any

from celery import shared_task

from govtech import clock
from govtech.files import actions, sweeps


@shared_task
def sweep_orphans(**kwargs: Any) -> int:
    """Daily: what apps left lying about, then files that no row names. Safe to repeat."""
    at = clock.now()
    sweeps.run_all(at=at)
    return actions.sweep_orphans(at=at)

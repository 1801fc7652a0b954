"""The worker's door of the retention schedule."""

from typing import Any

from celery import shared_task

from govtech import clock
from govtech.accounts import retention


@shared_task
def keep_to_the_schedule(**kwargs: Any) -> int:
    """Daily: destroy what was announced and is due, then list what comes next. Safe to repeat."""
    done = retention.run(at=clock.now())
    retention.list_due(at=clock.now())
    return sum(each.carried_out + each.swept for each in done)

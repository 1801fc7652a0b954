"""Publishing the head of the chain of receipts."""

from celery import shared_task

from govtech import clock
from startups.actions import chain


@shared_task
def publish_receipt_heads() -> int:
    """Every hour by the beat: publish what has to be published and wasn't yet. Safe to repeat; return how many."""
    return len(chain.publish_heads(at=clock.now()))

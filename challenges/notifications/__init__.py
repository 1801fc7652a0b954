"""Who is told what about challenges."""

from challenges.notifications.audience import bound

__all__ = ["bound"]

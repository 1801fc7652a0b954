"""Who is told what about challenges."""

from challenges.notifications.audience import concerned

__all__ = ["concerned"]

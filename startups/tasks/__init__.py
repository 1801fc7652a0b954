"""What the worker does for organisations and proposals."""

from startups.tasks.chain import publish_receipt_heads

__all__ = ["publish_receipt_heads"]

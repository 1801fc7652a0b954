"""What is said by the clock and not by an action: apps register a function, the worker calls it every hour."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction

logger = logging.getLogger(__name__)

_reminders: list[Callable[..., Any]] = []


def register(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `function(*, at)`. It must be safe to repeat: `notify` with a stable key says a thing once."""
    if function not in _reminders:
        _reminders.append(function)
    return function


def send_all(*, at: datetime) -> int:
    """Call each reminder in its own transaction; return how many failed. One that fails is logged, not in the way."""
    failed = 0
    for function in _reminders:
        try:
            with transaction.atomic():
                function(at=at)
        except Exception:
            failed += 1
            logger.exception("The reminder %s.%s failed.", function.__module__, function.__qualname__)
    return failed

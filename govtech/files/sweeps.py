"""What is swept up daily: apps register what they leave lying about."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

logger = logging.getLogger(__name__)

_sweeps: list[Callable[..., Any]] = []


def register(function: Callable[..., Any]) -> None:
    """Add `function(*, at)`. It must be safe to repeat."""
    if function not in _sweeps:
        _sweeps.append(function)


def run_all(*, at: datetime) -> None:
    """Call each. One that fails is logged, not in the way."""
    for function in _sweeps:
        try:
            function(at=at)
        except Exception:
            logger.exception("The sweep %s.%s failed.", function.__module__, function.__qualname__)

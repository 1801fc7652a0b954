"""How often somebody from outside may ask for something secret. Counted in the shared cache, by address."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest


def is_over(request: HttpRequest, name: str, *, most: int, seconds: int = 60) -> bool:
    """Count one try and say whether this address has had more than `most` in the last `seconds`, roughly."""
    address: Any = get_adapter().get_client_ip(request)
    key = f"limit:{name}:{address}"
    if cache.add(key, 1, seconds):
        return False
    try:
        return cache.incr(key) > most
    except ValueError:  # it expired in between
        return False

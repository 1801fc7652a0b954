"""A cache that outlives its server: without Valkey it goes on in the database, more slowly.

Sign-in limits live in the default cache. A dead cache must neither stop sign-ins nor lift the limits.
"""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def _with_fallback(name: str) -> Callable[..., Any]:
    original = getattr(RedisCache, name)

    @wraps(original)
    def method(self: RedisCache, *args: Any, **kwargs: Any) -> Any:
        try:
            return original(self, *args, **kwargs)
        except RedisError as error:
            logger.warning("The cache server doesn't answer (%s): using the database.", type(error).__name__)
            return getattr(caches["fallback"], name)(*args, **kwargs)

    return method


class ResilientRedisCache(RedisCache):
    """Django's Redis cache; each operation that fails is done by the cache named "fallback" instead."""

    add = _with_fallback("add")
    get = _with_fallback("get")
    set = _with_fallback("set")
    touch = _with_fallback("touch")
    delete = _with_fallback("delete")
    get_many = _with_fallback("get_many")
    has_key = _with_fallback("has_key")
    incr = _with_fallback("incr")
    set_many = _with_fallback("set_many")
    delete_many = _with_fallback("delete_many")
    clear = _with_fallback("clear")

"""Addresses found once: the same path in the same language always leads to the same view."""

from typing import Any

from django.urls import ResolverMatch, URLResolver
from django.urls.resolvers import LocalePrefixPattern
from django.utils.translation import get_language

MOST = 2000  # addresses that a process remembers
LONGEST = 120  # characters; longer ones hold words or keys of somebody's


class KnownAddresses(URLResolver):
    """Patterns that are looked through only where an address wasn't found before."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Know none."""
        super().__init__(*args, **kwargs)
        self._found: dict[tuple[str | None, str], ResolverMatch] = {}

    def resolve(self, path: Any) -> ResolverMatch:
        """Return the view of an address. Raises Resolver404."""
        key = (get_language(), str(path))
        match = self._found.get(key)
        if match is None:
            match = super().resolve(path)
            if len(key[1]) <= LONGEST:
                if len(self._found) >= MOST:
                    self._found.clear()
                self._found[key] = match
        return match


def known_addresses(*patterns: Any) -> list[URLResolver]:
    """Return `i18n_patterns` without a prefix for the city's own language, each address found once."""
    return [KnownAddresses(LocalePrefixPattern(prefix_default_language=False), list(patterns))]

"""Names of entries in feeds."""

from urllib.parse import urlsplit

from django.conf import settings

EPOCH = "2026"  # the year in the names of entries, which never change


def tag(kind: str, public_id: str) -> str:
    """Return the name of an entry, the same in all feeds and languages for ever (RFC 4151)."""
    return f"tag:{urlsplit(settings.SITE_URL).hostname or 'localhost'},{EPOCH}:{kind}:{public_id}"

"""Addresses of this site in each language."""

from django.conf import settings
from django.urls import translate_url
from django.utils import translation


def in_language(path: str, language: str) -> str:
    """Return `path`, given in any of the site's languages, as it is in `language`; itself where it has no twin."""
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            twin = translate_url(path, language)
        if twin != path:
            return twin
    return path


def absolute(path: str, language: str) -> str:
    """Return the whole address of `path` in `language`, for a mail."""
    return settings.SITE_URL.rstrip("/") + in_language(path, language)

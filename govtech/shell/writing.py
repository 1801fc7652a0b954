"""Writing that saves itself (`static/js/writing.js`): what the server does for every page with such a form."""

import base64
import json
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from govtech import clock
from govtech.shell import words

ARRIVED_COOKIE = "saved"
PRESENT = timedelta(minutes=10)  # who opened or saved something since then is said to be at work
_PAGE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def is_background(request: HttpRequest) -> bool:
    """Say whether the page's script asks, and not a person's button."""
    return request.headers.get("X-Requested-With") == "fetch"


def page_of(request: HttpRequest) -> str:
    """Return the name of the open page that saves, made by its script; empty without script."""
    name = request.POST.get("kept", "")
    return name if _PAGE.fullmatch(name) else ""


def turn_of(request: HttpRequest) -> int:
    """Return how many saves that page has sent, this one counted: a late copy of an earlier one is known by it."""
    text = request.POST.get("turn", "")
    return int(text) if len(text) < 10 and text.isdecimal() and text.isascii() else 0  # noqa: PLR2004 - fits a column


def arrived(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Tell the browser that what its page kept has arrived. Read by the next page's script, so not `httponly`."""
    if page := page_of(request):
        response.set_cookie(ARRIVED_COOKIE, page, max_age=60, samesite="Lax", secure=request.is_secure())
    return response


def keep_key(user: Any) -> str:
    """Return the key that seals what this person's browser keeps: nobody else who sits down there reads it."""
    digest = salted_hmac("govtech.shell.writing", str(user.pk), algorithm="sha256").digest()
    return base64.b64encode(digest).decode()


def attributes(request: HttpRequest, *, is_unsaved: bool = False, is_conflict: bool = False) -> SafeString:
    """Return the attributes of a form that saves itself. `is_unsaved`: the page shows what was refused.

    `is_conflict`: it was refused because somebody else saved. The form has the version that stands, for the button; the
    one that the writer had seen goes beside it, so that what the browser keeps never overwrites unasked.
    """
    user: Any = request.user
    marks = format_html(
        ' autocomplete="off" data-autosave data-keep="{}" data-keep-key="{}" data-sign-in="{}?next={}"',
        user.pk, keep_key(user), reverse("account_login"), quote(request.path),
    )  # fmt: skip
    page = page_of(request)
    kept = format_html(' data-kept="{}" data-turn="{}"', page, turn_of(request)) if page else ""
    seen = format_html(' data-seen="{}"', json.dumps(_versions(request))) if is_conflict else ""
    return format_html("{}{}{}{}", marks, kept, SafeString(" data-unsaved") if is_unsaved else "", seen)


def _versions(request: HttpRequest) -> dict[str, str]:
    """Return the versions that a save was written on, by the name of their field."""
    return {
        name: str(value)[:10] for name, value in request.POST.items() if name == "version" or name.endswith("-version")
    }


def saved_words(saved_at: datetime | None, at: datetime) -> str:
    """Return when something was saved: the time today, else the day. Nothing where it never was."""
    if saved_at is None:
        return ""
    if clock.local_date(saved_at) == clock.local_date(at):
        return _("Saved at %(time)s") % {"time": words.clock_time(saved_at)}
    return _("Saved on %(day)s") % {"day": words.formatted(saved_at, "day")}


def differences(stored: Sequence[tuple[Any, str]], mine: Sequence[tuple[Any, str]]) -> list[dict[str, str]]:
    """Return the fields whose texts differ, from (label, text): label, what is stored, what was typed."""
    theirs, typed = ({str(label): text for label, text in texts} for texts in (stored, mine))
    return [
        {"label": label, "stored": theirs.get(label, ""), "mine": typed.get(label, "")}
        for label in dict.fromkeys([*theirs, *typed])
        if theirs.get(label, "") != typed.get(label, "")
    ]


def be_present(place: str, part: str, *, by: Any, at: datetime) -> list[tuple[str, str, datetime]]:
    """Note that `by` is at work on a part of `place`; return who else is: (name, part, last seen), the newest first.

    Kept in the cache only, for some minutes: names and parts, no text. Lost without harm.
    """
    key = f"writing:{place}"
    seen: dict[int, tuple[str, str, datetime]] = {
        pk: row for pk, row in (cache.get(key) or {}).items() if row[2] > at - PRESENT and pk != by.pk
    }
    cache.set(key, {**seen, by.pk: (by.short_name, part, at)}, PRESENT.total_seconds())
    return sorted(seen.values(), key=lambda row: row[2], reverse=True)

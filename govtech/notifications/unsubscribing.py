"""Stopping mail from the mail itself: one click, without signing in (RFC 8058)."""

from datetime import datetime

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_datetime
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from govtech import clock
from govtech.notifications import sources
from govtech.notifications.models import Subscriber

HEADERS = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


@transaction.atomic
def stop(key: str, *, at: datetime) -> bool:
    """Stop the mail that a token names. Again is the same as once; False where what it names is gone."""
    name, _, public_id = key.partition(":")
    if name == sources.EVERYTHING:
        subscriber = Subscriber.objects.select_related("user").filter(public_id=public_id).first()
        for sort in sources.all_sorts() if subscriber else ():
            sort.silence_all(subscriber.user, at)  # type: ignore[union-attr]
        return subscriber is not None
    sort, public_id = sources.of(key)
    return sort.silence(public_id, at)


@transaction.atomic
def restart(key: str, *, since: datetime) -> bool:
    """Undo what was stopped at `since`. False where what the token names is gone."""
    name, _, public_id = key.partition(":")
    if name == sources.EVERYTHING:
        subscriber = Subscriber.objects.select_related("user").filter(public_id=public_id).first()
        for sort in sources.all_sorts() if subscriber else ():
            sort.restore_all(subscriber.user, since)  # type: ignore[union-attr]
        return subscriber is not None
    sort, public_id = sources.of(key)
    return sort.restore(public_id)


def _key(token: str) -> str:
    key = sources.key_in(token)
    if key is None:
        raise Http404
    return key


def _page(request: HttpRequest, token: str, key: str, state: str, since: datetime | None = None) -> HttpResponse:
    """Show one of the page's faces. It names nobody and nothing: who holds the link may not be who got the mail."""
    is_all = key.startswith(f"{sources.EVERYTHING}:")
    context = {"token": token, "state": state, "is_all": is_all, "since": since.isoformat() if since else ""}
    response = render(request, "notifications/unsubscribe.html", context)
    for name, value in HEADERS.items():
        response[name] = value
    return response


@csrf_exempt  # a mail program posts without cookie or page; the signed token is what entitles
@login_not_required
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Stop the mail that the token names: on POST only, since programs that look for viruses open links."""
    key = _key(token)
    if request.method != "POST":
        return _page(request, token, key, "ask")
    at = clock.now()
    return _page(request, token, key, "stopped" if stop(key, at=at) else "gone", at)


@login_not_required
@require_POST
def undo(request: HttpRequest, token: str) -> HttpResponse:
    """Let the mail come again as it did, from the page that says it was stopped."""
    key = _key(token)
    try:
        since = parse_datetime(request.POST.get("since", ""))
    except ValueError:
        since = None
    if since is None or since.tzinfo is None:
        raise Http404
    return _page(request, token, key, "undone" if restart(key, since=since) else "gone")

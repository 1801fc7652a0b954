"""Calendars: the dates of one challenge, or of all that a search finds. Anybody."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from challenges.feeds.answers import answered
from challenges.filters.saved import Searches
from challenges.models import Challenge, Status
from govtech.shell import ics
from govtech.shell.templatetags.components import localised

MOST = 200  # challenges in one calendar, three dates each
BEFORE_CLOSING = timedelta(minutes=30)


def entries(challenges: Iterable[Challenge]) -> Iterator[ics.Entry]:
    """Yield the dates of each: it opens, questions end, it closes. Those of a cancelled call stay, as cancelled."""
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    for challenge in challenges:
        names = {"reference": challenge.reference, "title": localised(challenge, "title")}
        dates: list[tuple[str, datetime | None, str, timedelta]] = [
            ("-opening", challenge.opens_at, _("%(reference)s opens: %(title)s"), timedelta(0)),
            ("-questions", challenge.questions_close_at, _("%(reference)s, last questions: %(title)s"), timedelta(0)),
            ("", challenge.closes_at, _("%(reference)s closes: %(title)s"), timedelta(days=1)),
        ]
        for suffix, instant, summary, reminder in dates:
            if instant is None:
                continue
            is_deadline = suffix != "-opening"
            yield ics.Entry(
                uid=f"{challenge.public_id}{suffix}@{host}",
                sequence=challenge.revision,
                changed_at=changed_at(challenge),
                starts_at=instant - BEFORE_CLOSING if is_deadline else instant,
                ends_at=instant if is_deadline else instant + BEFORE_CLOSING,
                summary=summary % names,
                description=localised(challenge, "summary"),
                url=settings.SITE_URL.rstrip("/") + challenge.get_absolute_url(),
                is_cancelled=challenge.status == Status.CANCELLED,
                reminder=reminder,
            )


def changed_at(challenge: Challenge) -> datetime:
    """Return when the public last saw something new in it."""
    instant = challenge.changed_at or challenge.publish_at
    if instant is None:
        raise Http404
    return instant


def _answer(request: HttpRequest, challenges: list[Challenge], name: str, filename: str) -> HttpResponse:
    data = ics.calendar(
        entries(challenges),
        name=name,
        product=settings.PROGRAMME_NAME,
        language=get_language() or settings.LANGUAGE_CODE,
        zone=ZoneInfo(settings.TIME_ZONE),
    )
    response = answered(request, data, "text/calendar; charset=utf-8", [changed_at(row) for row in challenges])
    response.headers.setdefault("Content-Disposition", f'attachment; filename="{filename}.ics"')
    return response


@login_not_required
@require_safe
def of_search(request: HttpRequest) -> HttpResponse:
    """The dates of what a search of the catalogue finds, the last to close first."""
    searches = Searches()
    filterset = searches.filterset(request.META.get("QUERY_STRING", ""))
    rows = filterset.without().order_by("-closes_at", "-pk")[:MOST]
    words = searches.in_words(request.META.get("QUERY_STRING", ""))
    name = f"{settings.PROGRAMME_NAME} · {words}"
    return _answer(request, list(rows), name, "retos")


@login_not_required
@require_safe
def of_challenge(request: HttpRequest, slug: str) -> HttpResponse:
    """The dates of one challenge, for who sees it."""
    challenge = get_object_or_404(Challenge.objects.visible_to(request.user), slug=slug)
    return _answer(request, [challenge], str(challenge.reference), str(challenge.reference).lower())

"""The published heads of the chain of receipts, for whoever keeps them: JSON and Atom. Anybody."""

import json
from urllib.parse import urljoin

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from challenges.feeds.answers import answered
from govtech.shell.words import formatted
from startups.actions.chain import as_data
from startups.models import PublishedHead

NEWEST = 60  # entries in the feed


def _absolute(name: str) -> str:
    return urljoin(settings.SITE_URL, reverse(name))


@login_not_required
@require_safe
def heads(request: HttpRequest) -> HttpResponse:
    """All published heads, the oldest first."""
    rows = list(PublishedHead.objects.order_by("day"))
    data = {"format": "receipt-heads/1", "portal": settings.SITE_URL, "heads": [as_data(row) for row in rows]}
    text = json.dumps(data, indent=1).encode()
    return answered(request, text, "application/json", [row.published_at for row in rows[-1:]])


@login_not_required
@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """The newest heads, an entry a day: a feed reader keeps them where the city can't reach."""
    rows = list(PublishedHead.objects.order_by("-day")[:NEWEST])
    made = Atom1Feed(
        title=_("%(name)s: heads of the chain of receipts") % {"name": settings.PROGRAMME_NAME},
        link=_absolute("startups:chain"),
        description="",
        language=get_language() or settings.LANGUAGE_CODE,
        author_name=settings.OFFICE_NAME,
        feed_url=_absolute("startups:chain_feed"),
    )
    for row in rows:
        made.add_item(
            title=_("Head of %(day)s") % {"day": formatted(row.day, "day")},
            link=_absolute("startups:chain"),
            description=f"{row.seq} {row.hash}",
            pubdate=row.published_at,
            updateddate=row.published_at,
            unique_id=f"urn:sha256:{row.hash}:{row.day.isoformat()}",
        )
    data = made.writeString("utf-8").encode()
    return answered(request, data, "application/atom+xml; charset=utf-8", [row.published_at for row in rows[:1]])

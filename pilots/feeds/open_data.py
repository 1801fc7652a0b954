"""The page of open data: what there is, in which formats, what each column means, and on which terms. Anybody."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from govtech import clock
from govtech.shell import pages
from govtech.shell.registry import feeds
from pilots.feeds.ocds import LICENCE
from pilots.feeds.tables import TABLES
from pilots.filters import released


@login_not_required
@require_safe
@pages.for_everybody
def page(request: HttpRequest) -> HttpResponse:
    """What is published as data, and how to use it."""
    pages.holds_until(request, clock.now())
    context = {"years": released.years(), "licence": LICENCE, "tables": list(TABLES.values()), "feeds": list(feeds)}
    return render(request, "pilots/open_data.html", context)

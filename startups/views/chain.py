"""The chain of receipts in the open: published heads, the chain to download, the program that checks it."""

import json
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from govtech import clock
from startups.actions.chain import FORMAT, GRACE, as_data, links
from startups.calculations import check_receipts
from startups.calculations.sealing import sha256
from startups.models import PublishedHead

PAGE = 31
PROGRAM = Path(check_receipts.__file__)


@login_not_required
@require_safe
@never_cache
def page(request: HttpRequest) -> HttpResponse:
    """The head of each day, the newest first, and how to check a receipt without trusting the portal."""
    rows = Paginator(PublishedHead.objects.order_by("-day"), PAGE).get_page(request.GET.get("page"))
    for row in rows:
        row.is_late = row.published_at - row.until > GRACE * 24  # later than two hours after midnight
    context = {
        "page": rows,
        "last": PublishedHead.objects.order_by("-day").first(),
        "program_hash": sha256(PROGRAM.read_bytes()),
        "at": clock.now(),
    }
    return render(request, "startups/chain.html", context)


@login_not_required
@require_safe
def data(request: HttpRequest) -> StreamingHttpResponse:
    """The chain up to the last published head: so much is fixed, and nothing of today is told."""
    rows = list(PublishedHead.objects.order_by("day"))
    response = StreamingHttpResponse(_document(rows), content_type="application/json")
    response["Content-Disposition"] = 'attachment; filename="receipt-chain.json"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "public, max-age=300"
    return response


def _document(heads: list[PublishedHead]) -> Iterator[str]:
    begin = {"format": FORMAT, "portal": settings.SITE_URL, "heads": [as_data(head) for head in heads]}
    yield json.dumps(begin)[:-1] + ', "receipts": ['
    for number, link in enumerate(links(heads[-1].seq if heads else 0)):
        yield (",\n" if number else "\n") + json.dumps(link)
    yield "\n]}\n"


@login_not_required
@require_safe
def program(request: HttpRequest) -> HttpResponse:
    """The program: one file, Python without anything else."""
    response = HttpResponse(PROGRAM.read_bytes(), content_type="text/x-python; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{PROGRAM.name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "public, max-age=300"
    return response

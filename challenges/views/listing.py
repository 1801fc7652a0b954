"""Any search of the catalogue for other sites: a list to embed, its bare fragment, and JSON. Public data only."""

from typing import Any

from csp.constants import NONE
from csp.decorators import csp_replace
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from challenges.calculations import structured
from challenges.filters.challenge import PARAMETERS, STATES, ChallengeFilter
from challenges.filters.found import Found
from challenges.models import Challenge, Phase
from challenges.models.instant import next_change
from challenges.views.catalogue import PAGE
from govtech import clock
from govtech.reference.models import District
from govtech.shell.pages import for_everybody_asking, holds_until
from govtech.shell.templatetags.components import localised

VERSION = 1  # of the JSON: new names may come without another number, none goes or changes its meaning
MOST = 100  # challenges of one answer
STATE_OF = {phase: key for key, (_label, phases) in STATES.items() for phase in phases}


def _asked(request: HttpRequest) -> tuple[ChallengeFilter, Page]:
    """Return the search and the page asked for: the same for everybody, whoever asks."""
    filterset = ChallengeFilter(request.GET, user=AnonymousUser())
    size = request.GET.get("limit", "")
    wanted = min(max(int(size), 1), MOST) if size.isascii() and size.isdecimal() and len(size) < 4 else PAGE
    return filterset, Found(filterset, wanted).get_page(request.GET.get("page"))


def _open_to_all(response: HttpResponse) -> HttpResponse:
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _whole(path: str, query: str) -> str:
    return settings.SITE_URL.rstrip("/") + path + (f"?{query}" if query else "")


def _listed(request: HttpRequest, template: str) -> HttpResponse:
    filterset, page = _asked(request)
    at = clock.now()
    holds_until(request, at, next_change())
    context = {
        "rows": list(page.object_list),
        "at": at,
        "total": filterset.total,
        "site": settings.SITE_URL.rstrip("/"),
        "all_url": _whole(reverse("challenges:list"), filterset.query()),
    }
    return _open_to_all(render(request, template, context))


@login_not_required
@require_safe
@for_everybody_asking(*PARAMETERS, "limit", "page")
def fragment(request: HttpRequest) -> HttpResponse:
    """A list without a page around it, for a site that puts it into its own."""
    return _listed(request, "challenges/_embedded.html")


@login_not_required
@require_safe
@xframe_options_exempt
@for_everybody_asking(*PARAMETERS, "limit", "page")
def embed(request: HttpRequest) -> HttpResponse:
    """A small page for a frame on the sites that `EMBED_FRAME_ANCESTORS` names. It has no script and sets no cookie."""
    allowed = csp_replace({"frame-ancestors": settings.EMBED_FRAME_ANCESTORS or [NONE]})
    return allowed(lambda asked: _listed(asked, "challenges/embed.html"))(request)  # type: ignore[arg-type, return-value]


@login_not_required
@require_safe
@for_everybody_asking(*PARAMETERS, "limit", "page")
def as_json(request: HttpRequest) -> HttpResponse:
    """A search as JSON, described in docs/embedding.md."""
    filterset, page = _asked(request)
    holds_until(request, clock.now(), next_change())
    rows = _with_districts(page)
    path = reverse("challenges:json")
    limit = page.paginator.per_page
    kept = f"limit={limit}" if limit != PAGE else ""

    def address(number: int) -> str:
        return _whole(path, "&".join(filter(None, [filterset.query(page=number), kept])))

    text = structured.as_text(
        {
            "version": VERSION,
            "language": get_language(),
            "address": _whole(reverse("challenges:list"), filterset.query()),
            "searched": filterset.searched,
            "total": filterset.total,
            "page": page.number,
            "pages": page.paginator.num_pages,
            "next": address(page.number + 1) if page.has_next() else None,
            "previous": address(page.number - 1) if page.has_previous() else None,
            "challenges": [_as_data(row) for row in rows],
        }
    )
    return _open_to_all(HttpResponse(text, content_type="application/json; charset=utf-8"))


def _with_districts(page: Page) -> list[Any]:
    rows = list(page.object_list)
    places = Challenge.districts.through.objects.filter(challenge__in=[row.pk for row in rows])
    named: dict[int, list[District]] = {}
    for place in places.select_related("district").order_by("district__number"):
        named.setdefault(place.challenge_id, []).append(place.district)
    for row in rows:
        row.places = named.get(row.pk, [])
    return rows


def _as_data(challenge: Any) -> dict[str, Any]:
    phase = Phase(challenge.phase)  # type: ignore[attr-defined]
    return {
        "reference": challenge.reference,
        "title": localised(challenge, "title"),
        "summary": localised(challenge, "summary"),
        "address": _whole(challenge.get_absolute_url(), ""),
        "state": STATE_OF[phase],
        "state_words": str(phase.label),
        "department": {"code": challenge.department.code, "name": str(challenge.department)},
        "policy_area": challenge.policy_area
        and {"key": challenge.policy_area.slug, "name": str(challenge.policy_area)},
        "districts": [{"key": each.slug, "name": each.name} for each in challenge.places],
        "published_at": challenge.publish_at,
        "opens_at": challenge.opens_at,
        "closes_at": challenge.closes_at,
        "max_amount_net": str(challenge.max_amount_net),
        "currency": "EUR",
        "awards_planned": challenge.awards_planned,
        "duration_months": challenge.duration_months,
        "minimum_trl": challenge.minimum_trl,
    }

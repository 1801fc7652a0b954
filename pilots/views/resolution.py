"""The published resolution of a challenge."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from challenges.models import Challenge, Route
from challenges.policies.preflight import estimated_value
from govtech import clock
from govtech.files.views import send_file
from govtech.reference.models import Holiday
from govtech.shell import pages
from pilots.actions import resolution as actions
from pilots.calculations import appeal
from pilots.models import AwardStatus, Resolution, ResolutionKind, ReviewRequest
from startups.actions.terms import partners_of
from startups.models import PanelMember


def _load(request: HttpRequest, slug: str) -> Resolution:
    rows = Resolution.objects.published().select_related("challenge__department", "published_by", "document")
    return get_object_or_404(rows, challenge__slug=slug)


@login_not_required
@pages.for_everybody
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Who was awarded and why, or why nobody was."""
    resolution = _load(request, slug)
    challenge = resolution.challenge
    awards = resolution.awards.filter(status__in=[AwardStatus.APPROVED, AwardStatus.REFUSED])
    awards = awards.select_related("proposal__organisation", "pilot").order_by("pk")
    awards = list(awards)
    partners = partners_of([award.proposal_id for award in awards])
    for award in awards:
        award.partners = partners.get(award.proposal_id, [])
    context = {
        "resolution": resolution,
        "challenge": challenge,
        "is_minor": challenge.route == Route.MINOR,
        "is_award": resolution.kind == ResolutionKind.AWARD,
        "awards": awards,
        "ranking": actions.ranking_of(challenge),
        "appeal": actions.APPEAL,
        "terms": terms_of(resolution),
        "panel": panel_of(challenge),
        "publications": list(resolution.publications.order_by("published_on", "pk")),
        "reviews": ReviewRequest.objects.filter(letter__resolution=resolution).count(),
    }
    return render(request, "pilots/resolution.html", context)


def terms_of(resolution: Resolution) -> appeal.Terms:
    """Return the last days to contest it: from the latest formal notification, else from its publication."""
    served = resolution.letters.filter(served_on__isnull=False).order_by("-served_on")
    start = served.values_list("served_on", flat=True).first() or clock.local_date(resolution.published_at)
    return appeal.terms(start, estimated_value(resolution.challenge), Holiday.objects.dates())


def panel_of(challenge: Challenge) -> list[PanelMember]:
    """Return who judged, with names and posts as the law asks (LCSP art. 63.5)."""
    rows = PanelMember.objects.current().filter(challenge=challenge).select_related("user")
    return list(rows.order_by("named_at", "pk"))


@login_not_required
def document(request: HttpRequest, slug: str) -> HttpResponse:
    """The resolution as it was signed."""
    return send_file(_load(request, slug).document)

"""The published resolution of a challenge."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from govtech.files.views import send_file
from govtech.shell import pages
from pilots.actions import resolution as actions
from pilots.models import AwardStatus, Resolution, ResolutionKind
from startups.actions.terms import partners_of


def _load(request: HttpRequest, slug: str) -> Resolution:
    rows = Resolution.objects.published().select_related("challenge__department", "published_by", "document")
    return get_object_or_404(rows, challenge__slug=slug)


@login_not_required
@pages.for_everybody
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Who was awarded and why, or why nobody was."""
    resolution = _load(request, slug)
    awards = resolution.awards.filter(status__in=[AwardStatus.APPROVED, AwardStatus.REFUSED])
    awards = awards.select_related("proposal__organisation", "pilot").order_by("pk")
    awards = list(awards)
    partners = partners_of([award.proposal_id for award in awards])
    for award in awards:
        award.partners = partners.get(award.proposal_id, [])
    context = {
        "resolution": resolution,
        "challenge": resolution.challenge,
        "is_award": resolution.kind == ResolutionKind.AWARD,
        "awards": awards,
        "ranking": actions.ranking_of(resolution.challenge),
        "appeal": actions.APPEAL,
    }
    return render(request, "pilots/resolution.html", context)


@login_not_required
def document(request: HttpRequest, slug: str) -> HttpResponse:
    """The resolution as it was signed."""
    return send_file(_load(request, slug).document)

"""The published resolution of a challenge."""

from django.contrib.auth.decorators import login_not_required
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from challenges.models import Challenge, Route
from govtech.files.views import send_file
from govtech.shell import pages
from pilots.actions import resolution as actions
from pilots.models import Resolution, ResolutionKind, ReviewRequest
from pilots.policies import term
from startups.actions.terms import partners_of
from startups.models import PanelMember, PanelRole, PitchScore, ScoreSheet


def _load(request: HttpRequest, slug: str) -> Resolution:
    rows = Resolution.objects.published().select_related("challenge__department", "published_by", "document")
    return get_object_or_404(rows, challenge__slug=slug)


@login_not_required
@pages.for_everybody
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Who was awarded and why, or why nobody was."""
    resolution = _load(request, slug)
    challenge = resolution.challenge
    awards = resolution.awards.announced().select_related("proposal__organisation", "pilot").order_by("pk")
    awards = list(awards)
    partners = partners_of([award.proposal_id for award in awards])
    for award in awards:
        award.is_later = award.approved_at != resolution.published_at
        award.partners = partners.get(award.proposal_id, [])
    context = {
        "resolution": resolution,
        "challenge": challenge,
        "is_minor": challenge.route == Route.MINOR,
        "is_award": resolution.kind == ResolutionKind.AWARD,
        "awards": awards,
        "ranking": actions.ranking_of(challenge),
        "appeal": actions.appeal_of(challenge),
        "terms": term.of_resolution(resolution),
        "panel": panel_of(challenge),
        "publications": list(resolution.publications.shown()),
        "reviews": ReviewRequest.objects.filter(letter__resolution=resolution).count(),
    }
    return render(request, "pilots/resolution.html", context)


def panel_of(challenge: Challenge) -> list[PanelMember]:
    """Return who judged, with names and posts of the day they were named (LCSP art. 63.5): not who wasn't called."""
    scored = ScoreSheet.objects.counting().filter(member=OuterRef("pk"))
    heard = PitchScore.objects.counting().filter(member=OuterRef("pk"))
    part = Q(role__in=[PanelRole.CHAIR, PanelRole.SECRETARY]) | Exists(scored) | Exists(heard)
    rows = PanelMember.objects.current().filter(part, challenge=challenge, has_conflict=False).select_related("user")
    return list(rows.order_by("named_at", "pk"))


@login_not_required
def document(request: HttpRequest, slug: str) -> HttpResponse:
    """The resolution as it was signed."""
    return send_file(_load(request, slug).document)

"""The director's page: what was checked, who is awarded and why, what is notified; approve or return.

Approving asks for the password or the code again where it wasn't given in the last minutes.
"""

from datetime import datetime
from functools import partial
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from challenges.models import Challenge
from govtech import clock
from govtech.audit import decisions
from govtech.audit.models import DecisionKind, PreparedDecision
from govtech.policies import allows
from pilots.actions import award as actions
from pilots.actions import letter
from pilots.actions import resolution as resolutions
from pilots.forms.pilot import SendBackForm
from pilots.models import Resolution
from pilots.policies import award as policies
from pilots.policies import contract
from pilots.views.award import address, awards_of, load, ranking_of
from pilots.views.step import changed_meanwhile, press
from startups.models import PanelMember
from startups.models.panel import ConflictDeclaration


def approves(request: HttpRequest) -> bool:
    """Say whether this request binds the city: who only reads or returns isn't asked again."""
    return request.method == "POST" and request.POST.get("answer") == "approve"


@reauthentication_required(enabled=approves)
def approve(request: HttpRequest, slug: str) -> HttpResponse:
    """Decide on the prepared awards: one page that fits a phone."""
    return _decide(request, slug, kind=DecisionKind.AWARD)


@reauthentication_required(enabled=approves)
def approve_void(request: HttpRequest, slug: str) -> HttpResponse:
    """Decide on the end without award."""
    return _decide(request, slug, kind=DecisionKind.VOID)


def _decide(request: HttpRequest, slug: str, *, kind: str) -> HttpResponse:
    challenge, at, user = load(request, slug), clock.now(), request.user
    is_award = kind == DecisionKind.AWARD
    resolution = Resolution.objects.filter(challenge=challenge).first()
    waiting = decisions.open_for(kind, resolution) if resolution else None
    form = SendBackForm(request.POST if request.POST.get("answer") == "return" else None)
    if request.method == "POST":
        back, room = address(challenge), actions if is_award else resolutions
        policies.check_is_director(user)
        if changed_meanwhile(request, waiting):
            return redirect(request.path)
        if request.POST.get("answer") == "approve":
            do = partial(room.approve if is_award else room.approve_void, challenge, by=user, at=at)
            return press(request, do, done=_("Approved and published. Everybody has been told."), back=back)
        if not form.is_bound:
            return redirect(back)
        if form.is_valid():
            send_back = room.send_back if is_award else room.send_back_void
            do = partial(send_back, challenge, by=user, at=at, **form.cleaned_data)
            return press(request, do, done=_("Returned to the officer who prepared it."), back=back)
    context = {
        "challenge": challenge,
        "resolution": resolution,
        "decision": waiting,
        "form": form,
        "can_approve": allows(policies.check_can_approve, resolution, by=user, at=at, kind=kind),
        **(_figures(challenge, resolution, waiting, user, at) if waiting else {}),
    }
    template = "pilots/approve_award.html" if is_award else "pilots/approve_void.html"
    return render(request, template, context, status=422 if form.is_bound else 200)


def _figures(
    challenge: Challenge, resolution: Resolution, waiting: PreparedDecision, user: Any, at: datetime
) -> dict[str, Any]:
    """Return what a director looks at: amounts, ranking, recusals, and what is in order."""
    named = set(waiting.payload.get("awards", []))
    awards = [award for award in awards_of(challenge) if award.public_id in named]
    recused = ConflictDeclaration.objects.filter(member__challenge=challenge, has_conflict=True)
    off = PanelMember.objects.filter(challenge=challenge, has_conflict=True).select_related("user")
    is_award = waiting.kind == DecisionKind.AWARD
    drafts = letter.drafts(challenge, awards) if is_award else letter.drafts_of_end(resolution)
    return {
        "awards": awards,
        "ranking": ranking_of(challenge),
        "recused": list(recused.select_related("member__user", "proposal__organisation").order_by("pk")),
        "off": list(off.order_by("pk")),
        "checks": [finding.row for finding in contract.findings(awards, at=at)],
        "letters": len(drafts),
        "missing": letter.missing_of(drafts),
        "is_own": not allows(policies.check_another_person, waiting, awards, by=user),
    }

"""What if we award these: tick on the ranking and see each line and year fill. Changes nothing."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from govtech import clock
from govtech.policies import allows
from pilots.actions.what_if import what_if
from pilots.policies import award as policies
from pilots.views.award import load, ranking_of


@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """Return the ranking with its boxes and the money; without script, a button works it out again."""
    challenge, at = load(request, slug), clock.now()
    ranking = ranking_of(challenge)
    asked = request.GET.getlist("pick")
    found = what_if(challenge, ranking, set(asked), at=at)
    candidates = policies.candidates(challenge)
    context = {
        "challenge": challenge,
        "found": found,
        "dropped": [row for row in found.rows if row["offer"].key in asked and not row["is_ticked"]],
        "can_propose": bool(candidates)
        and allows(policies.check_can_propose, challenge, candidates[0], by=request.user, at=at),
    }
    return render(request, "pilots/what_if.html", context)

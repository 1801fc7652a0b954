"""Begin a proposal in another call with the texts of one that wasn't selected."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from challenges.models import Challenge
from govtech import clock
from govtech.errors import DomainError
from pilots.policies import again as policies
from pilots.views.letter import load_letter
from startups.actions import second_chance


@require_POST
def again(request: HttpRequest, public_id: str) -> HttpResponse:
    """Make the draft and go to it."""
    letter, at = load_letter(request, public_id), clock.now()
    policies.check_can_begin(letter, by=request.user, at=at)
    challenge = get_object_or_404(Challenge.objects.public(), slug=request.POST.get("challenge", ""))
    try:
        draft = second_chance.again(letter.proposal, challenge, by=request.user, at=at)  # type: ignore[arg-type]
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect(letter)
    messages.success(
        request, _("Your texts are in the new draft. Read them again: they were written for another call.")
    )
    return redirect("startups:proposal", public_id=draft.public_id)

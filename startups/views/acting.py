"""Choosing the organisation one acts for."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from govtech import clock
from govtech.errors import DomainError
from startups.actions import acting as actions
from startups.models import Organisation


@require_POST
def act_for(request: HttpRequest, public_id: str) -> HttpResponse:
    """Act for one of one's organisations; go back to where it was chosen, the desk or the list of them."""
    found = get_object_or_404(Organisation.objects.of_member(request.user), public_id=public_id)
    try:
        actions.choose(found, by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("You act for %(name)s now.") % {"name": found.name})
    return redirect("shell:desk" if "desk" in request.POST else "startups:my_organisations")

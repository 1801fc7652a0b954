"""Hearing of news: of a challenge, planned or published, of a policy area or a department."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from challenges.actions import follow as actions
from challenges.forms.follow import WISH, thing, wished
from challenges.models import Challenge, PlannedChallenge
from govtech import clock
from govtech.errors import DomainError


def _wanted(data: Any, user: Any) -> Any:
    found = thing(data, user)
    if found is None:
        raise Http404
    return found


def _page_of(followed: Any) -> HttpResponse:
    """Go to the page of what is followed, to one's alerts where it has none."""
    if isinstance(followed, Challenge | PlannedChallenge):
        return redirect(followed)
    return redirect("challenges:following")


@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """Follow, or stop. The form says what, and where to go back to."""
    wanted = _wanted(request.POST, request.user)
    if request.POST.get("stop"):
        actions.unfollow(wanted, by=request.user, at=clock.now())
        messages.success(request, _("You won't hear of it any more."))
    else:
        try:
            actions.follow(wanted, by=request.user, at=clock.now())
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Done: you will hear of it here and by e-mail."))
    return redirect("challenges:following") if request.POST.get("list") else _page_of(wanted)


@login_not_required
@require_safe
def after_sign_in(request: HttpRequest) -> HttpResponse:
    """Lead a visitor through signing in and back to what they want to follow, which then is done.

    The wish waits in the visitor's session. A link on another site's page makes no wish.
    """
    wanted = _wanted(request.GET, request.user)
    if request.user.is_authenticated:
        return _page_of(wanted)
    if request.headers.get("Sec-Fetch-Site", "none") in ("same-origin", "none"):
        request.session[WISH] = wished(request.GET)
    return redirect_to_login(_page_of(wanted)["Location"])

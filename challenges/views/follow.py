"""Hearing of news: of a challenge, a policy area or a department."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from challenges.actions import follow as actions
from challenges.models import Challenge, Follow
from govtech import clock
from govtech.reference.models import Department, PolicyArea


@require_safe
def following(request: HttpRequest) -> HttpResponse:
    """What the person follows, and what they may."""
    own = Follow.objects.filter(user=request.user)
    return render(
        request,
        "challenges/following.html",
        {
            "challenges": own.filter(
                Q(challenge__in=Challenge.objects.visible_to(request.user))
            ).select_related("challenge").order_by("-since", "-pk"),
            "areas": _choices(PolicyArea.objects.order_by("order", "pk"), own, "policy_area", "slug"),
            "departments": _choices(
                Department.objects.in_force(clock.local_date(clock.now())).by_name(), own, "department", "code"
            ),
        },
    )  # fmt: skip


def _choices(things: Any, own: Any, column: str, key: str) -> list[dict[str, Any]]:
    followed = set(own.exclude(**{column: None}).values_list(column, flat=True))
    return [{"thing": thing, "key": getattr(thing, key), "followed": thing.pk in followed} for thing in things]


def _thing(request: HttpRequest) -> Any:
    """Return what the form names: one challenge, area or department."""
    wanted = request.POST
    if wanted.get("challenge"):
        return get_object_or_404(Challenge.objects.visible_to(request.user), slug=wanted["challenge"])
    if wanted.get("area"):
        return get_object_or_404(PolicyArea, slug=wanted["area"])
    if wanted.get("department"):
        return get_object_or_404(Department, code=wanted["department"])
    raise Http404


@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """Follow, or stop. The form says what, and where to go back to."""
    thing = _thing(request)
    if request.POST.get("stop"):
        actions.unfollow(thing, by=request.user, at=clock.now())
        messages.success(request, _("You won't hear of it any more."))
    else:
        actions.follow(thing, by=request.user, at=clock.now())
        messages.success(request, _("Done: you will hear of it here and by e-mail."))
    return (
        redirect(thing)
        if isinstance(thing, Challenge) and not request.POST.get("list")
        else redirect("challenges:following")
    )

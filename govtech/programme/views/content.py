"""All that the Office writes to explain the programme, on one page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from govtech.programme.models import Video
from govtech.programme.policies import content as policies


@require_safe
def contents(request: HttpRequest) -> HttpResponse:
    """Videos, with where each stands."""
    policies.check_can_write(by=request.user)
    return render(request, "programme/contents.html", {"videos": list(Video.objects.listed())})

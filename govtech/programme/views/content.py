"""All that the Office writes to explain the programme, on one page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from govtech import clock
from govtech.programme.models import Article, Page, Video
from govtech.programme.policies import content as policies

MOST = 200


@require_safe
def contents(request: HttpRequest) -> HttpResponse:
    """Guides, news, videos and pages, with where each stands."""
    policies.check_can_write(by=request.user)
    context = {
        "at": clock.now(),
        "articles": list(Article.objects.listed()[:MOST]),
        "videos": list(Video.objects.listed()),
        "pages": list(Page.objects.defer("body", "body_en").order_by("title")),
    }
    return render(request, "programme/contents.html", context)

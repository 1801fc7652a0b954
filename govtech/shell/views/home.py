"""The front page, the brand colour, and what robots are told."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from govtech import clock
from govtech.shell import pages
from govtech.shell.colours import shades
from govtech.shell.registry import home as registry


@login_not_required
@require_safe
@pages.for_everybody
def home(request: HttpRequest) -> HttpResponse:
    """What the programme is, what can be done now, what came of it: sections from every app."""
    at = clock.now()
    sections = registry.sections(request.user, at=at)
    pages.holds_until(request, at, *(section.until for section in sections))
    return render(
        request,
        "shell/home.html",
        {
            "hero": [section for section in sections if section.place == "hero"],
            "sections": [section for section in sections if section.place == "body"],
        },
    )


@login_not_required
@require_safe
@cache_control(max_age=3600, public=True)
def brand(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - a view
    """The style sheet with the city's own colour, where it isn't the theme's."""
    colour = shades(settings.BRAND_COLOUR)
    rules = "".join(f"--gt-blue{suffix}:{value};" for suffix, value in colour.items())
    return HttpResponse(
        f":root{{{rules}--bs-primary:var(--gt-blue);--bs-link-color:var(--gt-blue);}}",
        content_type="text/css; charset=utf-8",
    )


@login_not_required
@require_safe
@cache_control(max_age=86400, public=True)
def robots(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - a view
    """Robots may read what is public; pages behind the sign-in are no use to them."""
    lines = ["User-agent: *", "Disallow: /cuenta/", "Disallow: /en/account/", "Disallow: /gestion/"]
    lines += ["", f"Sitemap: {settings.SITE_URL.rstrip('/')}/sitemap.xml", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")

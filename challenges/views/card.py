"""The picture of a challenge for where its address is shared."""

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_safe

from challenges.calculations import card as drawing
from challenges.models import Challenge
from challenges.templatetags.shared_tags import contents

KEPT_SECONDS = 30 * 86_400
FOR_LONG = "public, max-age=31536000, immutable"  # another card has another address


@login_not_required
@require_safe
def card(request: HttpRequest, slug: str, version: str) -> HttpResponse:
    """The card as PNG. An address of before leads to that of today. Anybody who sees the challenge."""
    challenge = get_object_or_404(
        Challenge.objects.visible_to(request.user).select_related("department"), slug=slug, closes_at__isnull=False
    )
    texts = contents(challenge)
    now = drawing.version(*texts.values())
    if version != now:
        response = redirect("challenges:card", slug=slug, version=now)
        response.headers["Cache-Control"] = "no-cache"
        return response
    image = cache.get_or_set(f"card:{now}", lambda: drawing.render(**texts), KEPT_SECONDS)
    return HttpResponse(image, content_type="image/png", headers={"Cache-Control": FOR_LONG})

"""The programme's pages, for everyone."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from govtech.programme.models import Page
from govtech.shell import pages
from govtech.shell.prose import render_markdown


@login_not_required
@require_safe
@pages.for_everybody
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """One page, in the language of the address where it is written, else in Spanish and marked so."""
    found = get_object_or_404(Page, slug=slug)
    is_english = (get_language() or "").startswith("en")
    has_english = bool(found.title_en and found.body_en)
    context = {
        "page": found,
        "title": found.title_en if is_english and has_english else found.title,
        "body": render_markdown(found.body_en if is_english and has_english else found.body, top=1),
        "lang": "es" if is_english and not has_english else "",
    }
    return render(request, "programme/page.html", context)

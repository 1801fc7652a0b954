"""The programme's pages, for everyone, with their versions; the Office's form."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from govtech import clock
from govtech.accounts import roles
from govtech.programme.actions import page as actions
from govtech.programme.forms.article import PageForm
from govtech.programme.models import Page, PageVersion
from govtech.programme.policies import content as policies
from govtech.programme.visitors import VISITORS
from govtech.shell import pages
from govtech.shell.difference import Part, difference
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
        "is_office": roles.is_officer(request.user),
        "visitors": VISITORS if slug in VISITORS else None,
    }
    return render(request, "programme/page.html", context)


def _asked(text: str | None, numbers: list[int]) -> int | None:
    """Return the number of a version, where there is one of that number."""
    return next((number for number in numbers if str(number) == text), None)


@login_not_required
@require_safe
@pages.for_everybody_asking("version")
def history(request: HttpRequest, slug: str) -> HttpResponse:
    """Versions of a page, and what one changed in the one before, word by word."""
    found = get_object_or_404(Page, slug=slug)
    versions = list(found.versions.only("page", "number", "note", "at").order_by("-number"))
    shown = _asked(request.GET.get("version"), [row.number for row in versions])
    shown = shown or (versions[0].number if versions else None)
    two = {row.number: row for row in found.versions.filter(number__in=[shown or 0, (shown or 0) - 1])}
    context = {
        "page": found,
        "versions": versions,
        "shown": two.get(shown or 0),
        "changes": changes(two.get((shown or 0) - 1), two.get(shown or 0)),
        "is_first": shown == 1,
        "is_office": roles.is_officer(request.user),
    }
    return render(request, "programme/page_history.html", context)


def changes(old: PageVersion | None, new: PageVersion | None) -> list[tuple[str, list[Part]]]:
    """Return what differs between two versions: the column's name, its runs of words."""
    if old is None or new is None:
        return []
    names = [
        ("title", _("Title")),
        ("body", _("Text")),
        ("title_en", _("Title in English")),
        ("body_en", _("Text in English")),
    ]
    return [
        (label, shortened(difference(getattr(old, name), getattr(new, name))))
        for name, label in names
        if getattr(old, name) != getattr(new, name)
    ]


def shortened(parts: list[Part], around: int = 220) -> list[Part]:
    """Leave out the middle of long runs that stayed.

    >>> [part.text for part in shortened([Part("same", "a" * 9), Part("added", "b")], around=2)]
    ['aa […] aa', 'b']
    """
    return [
        Part(part.kind, f"{part.text[:around]} […] {part.text[-around:]}")
        if part.kind == "same" and len(part.text) > 2 * around + 4
        else part
        for part in parts
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, slug: str) -> HttpResponse:
    """Change a page: what it said before stays as a version. `from` brings the words of one back into the form."""
    policies.check_can_write(by=request.user)
    found = get_object_or_404(Page, slug=slug)
    if request.method == "POST":
        form = PageForm(request.POST, instance=found)
        if form.is_valid():
            saved = actions.save_page(
                Page.objects.get(pk=found.pk), **form.cleaned_data, by=request.user, at=clock.now()
            )
            messages.success(request, _("The page is saved. What it said before is among its versions."))
            return redirect(saved)
    else:
        form = PageForm(instance=found, initial=_words_of(request, found))
    context = {"form": form, "page": found}
    return render(request, "programme/page_form.html", context, status=422 if form.is_bound else 200)


def _words_of(request: HttpRequest, page: Page) -> dict[str, Any]:
    numbers = list(page.versions.values_list("number", flat=True)) if "from" in request.GET else []
    number = _asked(request.GET.get("from"), numbers)
    if number is None:
        return {}
    row = page.versions.get(number=number)
    return {**{name: getattr(row, name) for name in actions.FIELDS}, "note": _("Back to version %(n)d") % {"n": number}}

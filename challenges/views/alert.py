"""A person's alerts: what they follow, the searches they saved, and how often each writes."""

from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from challenges.actions import alert as actions
from challenges.filters.saved import Searches
from challenges.forms.alert import FrequencyForm, SearchForm
from challenges.models import Alert, Challenge, Follow, Frequency, SavedSearch
from challenges.policies.alert import MOST
from govtech import clock
from govtech.errors import DomainError
from govtech.reference.models import Department, PolicyArea

MOST_EXISTING = 50  # of what is published already, told when asked


@require_safe
def alerts(request: HttpRequest) -> HttpResponse:
    """All of a person's alerts, with what each found last, and what else may be followed."""
    seen = Challenge.objects.visible_to(request.user)
    searches = Searches()
    public = Exists(Challenge.objects.public().filter(pk=OuterRef("last_challenge")))
    saved = list(
        SavedSearch.objects.visible_to(request.user)
        .annotate(last_is_public=public)
        .select_related("last_challenge")
        .order_by("name", "pk")
    )
    for search in saved:
        search.words = searches.in_words(search.query)
    follows = list(
        Follow.objects.visible_to(request.user)
        .filter(Q(challenge=None) | Q(challenge__in=seen))
        .annotate(last_is_public=public)
        .select_related("challenge", "planned", "policy_area", "department", "last_challenge")
        .order_by("-since", "-pk")
    )
    for row in [*saved, *follows]:
        row.last = row.last_challenge if row.last_is_public else None
    today = clock.local_date(clock.now())
    context = {
        "saved": saved,
        "most": MOST,
        "followed": {name: [row for row in follows if getattr(row, f"{name}_id")] for name in SECTIONS},
        "areas": _others(PolicyArea.objects.order_by("order", "pk"), follows, "policy_area"),
        "departments": _others(Department.objects.in_force(today).by_name(), follows, "department"),
        "frequencies": Frequency.choices,
    }
    return render(request, "challenges/alerts.html", context)


SECTIONS = ("challenge", "planned", "policy_area", "department")


def _others(things: Any, follows: list[Follow], column: str) -> list[Any]:
    followed = {getattr(row, f"{column}_id") for row in follows}
    return [thing for thing in things if thing.pk not in followed]


def _own(request: HttpRequest, public_id: str) -> SavedSearch:
    return get_object_or_404(SavedSearch.objects.visible_to(request.user), public_id=public_id)


def _by_key(request: HttpRequest) -> Alert:
    sort, _sep, public_id = request.POST.get("alert", "").partition(":")
    model = actions.SORTS.get(sort)
    if model is None:
        raise Http404
    return get_object_or_404(model.objects.visible_to(request.user), public_id=public_id)  # type: ignore[attr-defined]


@require_POST
def set_frequency(request: HttpRequest) -> HttpResponse:
    """Choose how often one alert writes."""
    alert = _by_key(request)
    form = FrequencyForm(request.POST)
    if form.is_valid():
        actions.set_frequency(alert, by=request.user, at=clock.now(), **form.cleaned_data)
        messages.success(
            request, _("Saved: %(how)s.") % {"how": Frequency(form.cleaned_data["frequency"]).label.lower()}
        )
    else:
        messages.error(request, _("Choose how often from the list."))
    return redirect("challenges:following")


@require_POST
def remove(request: HttpRequest) -> HttpResponse:
    """Take one alert away."""
    actions.remove(_by_key(request), by=request.user, at=clock.now())
    messages.success(request, _("The alert is gone. What it found stays in your inbox."))
    return redirect("challenges:following")


def _name(words: str) -> str:
    """Return a name to begin with, made of what is looked for."""
    plain = words.replace("«", "").replace("»", "")
    return (plain[:1].upper() + plain[1:])[:80].strip()


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Save the search in the address as an alert, new or instead of another."""
    searches = Searches()
    asked = request.POST.get("query", "") if request.method == "POST" else request.META.get("QUERY_STRING", "")
    query = searches.normalised(asked[:2000])
    own = SavedSearch.objects.visible_to(request.user).order_by("name", "pk")
    form = SearchForm(
        request.POST if request.method == "POST" else None,
        own=own,
        initial={"name": _name(searches.in_words(query)) if query else ""},
    )
    if request.method == "POST" and form.is_valid():
        replaced = form.cleaned_data.pop("replaces")
        with_existing = form.cleaned_data.pop("with_existing")
        values = {**form.cleaned_data, "query": query, "by": request.user, "at": clock.now()}
        try:
            if replaced:
                actions.change_search(replaced, **values)
            else:
                found = searches.found_now(query, MOST_EXISTING) if with_existing else []
                actions.save_search(found=found, **values)
        except DomainError as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("Saved: the portal looks for you from now on."))
            return redirect("challenges:following")
    context = {
        "form": form,
        "query": query,
        "words": searches.in_words(query),
        "left_out": searches.left_out(asked[:2000]),
        "count": len(searches.found_now(query, MOST_EXISTING)),
        "most": MOST_EXISTING,
    }
    return render(request, "challenges/alert.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change the name of an alert, how often it writes and of what."""
    search = _own(request, public_id)
    searches = Searches()
    form = SearchForm(request.POST if request.method == "POST" else None, own=None, search=search)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_search(search, query=search.query, by=request.user, at=clock.now(), **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("The alert is changed."))
            return redirect("challenges:following")
    context = {"form": form, "search": search, "query": search.query, "words": searches.in_words(search.query)}
    return render(request, "challenges/alert.html", context, status=422 if request.method == "POST" else 200)

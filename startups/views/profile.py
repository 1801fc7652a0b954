"""What an organisation says of itself: pages of its owners; the logo, of whoever sees the organisation."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from govtech import clock
from govtech.errors import DomainError
from govtech.files.views import send_file
from govtech.shell.words import formatted
from startups.actions import profile as actions
from startups.calculations import emerging
from startups.forms import refusal as refusals
from startups.forms.profile import (
    SIZES,
    BaseRows,
    EmergingForm,
    LogoForm,
    ProfileForm,
    RelatedForm,
    SizeForm,
    WorkForm,
    rows_of,
)
from startups.models import EmergingCompany, Organisation
from startups.policies import organisation as policies
from startups.policies.size import size_of

EMPTY_ROWS = 2
SIZE_REASONS = {
    "figures": gettext_lazy("Staff, and turnover or balance sheet, are needed to know it."),
    "group": gettext_lazy("The companies of its group are missing: list them."),
    "public": gettext_lazy("Because public bodies hold 25 % or more of it (art. 3.4)."),
    "earlier": gettext_lazy("The last year alone says otherwise: a size changes after two years in a row (art. 4.2)."),
    "years": gettext_lazy("Two years differ: figures of the year before and its size until then decide (art. 4.2)."),
    "unsaid": gettext_lazy("If it is autonomous, which nobody has said yet."),
    "": "",
}
CONDITIONS = {
    "young": gettext_lazy("Five years at most since its registration, or seven in some sectors"),
    "is_new": gettext_lazy("New, not born of a merger, split or transformation"),
    "keeps_profits": gettext_lazy("No dividends paid out"),
    "is_unlisted": gettext_lazy("Not listed on a regulated market"),
    "is_in_spain": gettext_lazy("Registered office or permanent establishment in Spain"),
    "staff_in_spain": gettext_lazy("60 % of its people with a contract in Spain"),
    "group_meets": gettext_lazy("Its group meets the conditions, too, if it is in one"),
    "turnover": gettext_lazy("Turnover of 10 million euros at most"),
    "is_innovative": gettext_lazy("Innovative project and scalable model"),
}
VERDICTS = {
    "certified": gettext_lazy("It says that ENISA has certified it; the Office hasn't checked it"),
    "declared": gettext_lazy("It declares to meet the conditions; ENISA hasn't certified it"),
    "no": gettext_lazy("It doesn't meet the conditions"),
    "unsaid": gettext_lazy("Answers are missing"),
}


def size_words(organisation: Organisation) -> tuple[str, str]:
    """Return the size in words, and why where that needs saying."""
    found = size_of(organisation)
    return str(SIZES[found.name]), str(SIZE_REASONS[found.reason])


def emerging_of(organisation: Organisation, at: Any) -> tuple[dict[str, bool | None], str]:
    """Return the conditions of an emerging company by key, and the verdict. One query."""
    kept = EmergingCompany.objects.filter(organisation=organisation).first()
    answers = {name: getattr(kept, name) for name in actions.ANSWERS} if kept else {}
    found = emerging.conditions(
        answers,
        founded_on=organisation.founded_on,
        in_group=organisation.in_group,
        turnover=organisation.turnover,
        on=clock.local_date(at),
    )
    return found, emerging.verdict(found, is_certified=bool(kept and kept.certificate))


def found_certificate(organisation: Organisation) -> str:
    """Return number and day of the certificate that it says it has, so that anybody can ask ENISA for it. One query."""
    kept = EmergingCompany.objects.filter(organisation=organisation).exclude(certificate="").first()
    if kept is None:
        return ""
    return _("certificate %(number)s of %(day)s") % {
        "number": kept.certificate,
        "day": formatted(kept.certified_on, "short_day_year"),
    }


def seen_by(request: HttpRequest) -> str:
    """Return the version of the organisation that the page had when it was opened."""
    return request.POST.get("seen", "")


def shown_version(request: HttpRequest, form: forms.Form, organisation: Organisation) -> str:
    """Return the version for the page: what it saw, until it has been told that there is a newer one."""
    told = isinstance(getattr(form, "refusal", None), policies.ChangedSinceError)
    return organisation.version if told else seen_by(request) or organisation.version


def _open(request: HttpRequest, public_id: str) -> Organisation | HttpResponse:
    """Return the organisation if the person may change it now, else the answer that says why not."""
    found = get_object_or_404(Organisation.objects.of_member(request.user), public_id=public_id)
    try:
        policies.check_can_edit(found, by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect(found)
    return found


def _rows(request: HttpRequest, form: Any, kept: list[dict[str, Any]], prefix: str) -> BaseRows:
    made = rows_of(form, EMPTY_ROWS)
    return made(request.POST, prefix=prefix) if request.method == "POST" else made(initial=kept, prefix=prefix)


def _saved(request: HttpRequest, form: forms.Form, save: Callable[[], Any]) -> bool:
    try:
        save()
    except DomainError as refusal:
        refusals.put(form, refusal)
        return False
    messages.success(request, _("The changes are saved."))
    return True


@require_http_methods(["GET", "HEAD", "POST"])
def size(request: HttpRequest, public_id: str) -> HttpResponse:
    """The figures from which its size is computed."""
    found = _open(request, public_id)
    if isinstance(found, HttpResponse):
        return found
    kept = list(
        found.related_companies.order_by("pk").values(
            "name", "relation", "holder", "share", "staff", "turnover", "balance"
        )
    )
    initial = {name: getattr(found, name) for name in actions.SIZE}
    form = SizeForm(request.POST if request.method == "POST" else None, initial=initial)
    rows = _rows(request, RelatedForm, kept, "r")
    if request.method == "POST" and form.is_valid() and rows.is_valid():
        data, by, at = form.cleaned_data, request.user, clock.now()
        if _saved(
            request,
            form,
            lambda: actions.save_size(found, seen=seen_by(request), related=rows.rows(), **data, by=by, at=at),
        ):
            return redirect("startups:organisation_size", public_id=public_id)
    name, reason = size_words(found)
    context = {"organisation": found, "form": form, "rows": rows, "size": name, "reason": reason, "page": "size"}
    context["seen"] = shown_version(request, form, found)
    bad = request.method == "POST"
    return render(request, "startups/organisation_size.html", context, status=422 if bad else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def emerging_company(request: HttpRequest, public_id: str) -> HttpResponse:
    """The conditions of an emerging company, asked one by one."""
    found = _open(request, public_id)
    if isinstance(found, HttpResponse):
        return found
    kept = EmergingCompany.objects.filter(organisation=found).first()
    initial = {name: getattr(kept, name, None) for name in (*actions.ANSWERS, "certificate", "certified_on")}
    form = EmergingForm(request.POST if request.method == "POST" else None, initial=initial)
    at = clock.now()
    if request.method == "POST" and form.is_valid():
        data, by = form.cleaned_data, request.user
        if _saved(request, form, lambda: actions.save_emerging(found, seen=seen_by(request), **data, by=by, at=at)):
            return redirect("startups:emerging_company", public_id=public_id)
    conditions, verdict = emerging_of(found, at)
    marks = {True: "ok", False: "stop", None: "advice"}
    unsaid = _("not said yet")
    context = {
        "organisation": found,
        "form": form,
        "page": "emerging",
        "seen": shown_version(request, form, found),
        "verdict": VERDICTS[verdict],
        "tone": {"certified": "open", "declared": "open", "no": "closed", "unsaid": "soon"}[verdict],
        "checks": [
            (marks[met], f"{CONDITIONS[key]}: {unsaid}" if met is None else str(CONDITIONS[key]))
            for key, met in conditions.items()
        ],
    }
    return render(request, "startups/organisation_emerging.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest, public_id: str) -> HttpResponse:
    """What the directory shows, if it chooses to be there."""
    found = _open(request, public_id)
    if isinstance(found, HttpResponse):
        return found
    initial = {name: getattr(found, name) for name in ("description", "capabilities", "trl", "is_listed")}
    initial["policy_areas"] = list(found.policy_areas.all())
    form = ProfileForm(request.POST if request.method == "POST" else None, initial=initial)
    kept = list(found.past_work.order_by("pk").values("title", "client", "year", "summary", "url"))
    rows = _rows(request, WorkForm, kept, "w")
    if request.method == "POST" and form.is_valid() and rows.is_valid():
        data, by, at = form.cleaned_data, request.user, clock.now()
        if _saved(
            request,
            form,
            lambda: actions.save_profile(found, works=rows.rows(), seen=seen_by(request), **data, by=by, at=at),
        ):
            return redirect("startups:organisation_profile", public_id=public_id)
    return _profile_page(request, found, form, rows, LogoForm(), bad=request.method == "POST")


def _profile_page(
    request: HttpRequest, found: Organisation, form: Any, rows: Any, logo_form: LogoForm, *, bad: bool
) -> HttpResponse:
    context = {"organisation": found, "form": form, "rows": rows, "logo_form": logo_form, "page": "profile"}
    context["seen"] = shown_version(request, form, found)
    return render(request, "startups/organisation_profile.html", context, status=422 if bad else 200)


@require_POST
def set_logo(request: HttpRequest, public_id: str) -> HttpResponse:
    """Put another logo, or none."""
    found = _open(request, public_id)
    if isinstance(found, HttpResponse):
        return found
    by, at = request.user, clock.now()
    form = LogoForm(request.POST, request.FILES)
    try:
        if "remove" in request.POST:
            actions.remove_logo(found, by=by, at=at)
            messages.success(request, _("The logo isn't shown any more."))
        elif form.is_valid():
            actions.set_logo(found, form.cleaned_data["file"], by=by, at=at)
            messages.success(request, _("This is the logo now."))
        else:
            messages.error(request, " ".join(form.errors["file"]))
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect("startups:organisation_profile", public_id=public_id)


@login_not_required
@require_safe
def logo(request: HttpRequest, public_id: str, file: str) -> HttpResponseBase:
    """The image of an organisation, for whoever may see its page.

    Whoever keeps it asks each time whether it is still to be seen: it goes with the organisation, at once.
    """
    rows = Organisation.objects.visible_to(request.user).select_related("logo")
    found = get_object_or_404(rows, public_id=public_id, logo__public_id=file)
    if not found.is_listed or found.withdrawn_at:
        return send_file(found.logo)  # type: ignore[arg-type]
    etag = f'"{file}"'  # another image has another address
    response = get_conditional_response(request, etag=etag) or send_file(found.logo)  # type: ignore[arg-type]
    response["ETag"], response["Cache-Control"] = etag, "no-cache"
    return response

"""One's own data: seen, downloaded, erased. What is kept and how long, for everybody; the list, for the Office."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from govtech import clock
from govtech.accounts import erasure, export, policies, retention, rights, roles
from govtech.accounts.events import recorded
from govtech.accounts.forms import EraseForm, HoldForm
from govtech.accounts.models import RetentionEntry, User
from govtech.errors import DomainError

PAGE = 50
DONE = 20


@login_not_required
@require_safe
def data_protection(request: HttpRequest) -> HttpResponse:
    """What is asked where and what for, one's rights, and how long each thing is kept."""
    context = {"notices": list(rights.notices), "schedule": list(rights.schedule)}
    return render(request, "accounts/data_protection.html", context)


@require_safe
def my_data(request: HttpRequest) -> HttpResponse:
    """What a person may do with their data."""
    return render(request, "accounts/my_data.html", {"parts": list(rights.export)})


@require_POST
@reauthentication_required
def download(request: HttpRequest) -> StreamingHttpResponse:
    """Send all one's data as a zip that is made while it travels."""
    user: Any = request.user
    at = clock.now()
    recorded.send(sender=User, kind="account.data_downloaded", target=user, by=user, at=at)
    response = StreamingHttpResponse(export.archive(user, at=at), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="mis-datos-{clock.local_date(at):%Y-%m-%d}.zip"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required(allow_get=True)
def erase(request: HttpRequest) -> HttpResponse:
    """Say what would go and what would stay and why; erase on the person's word."""
    user: Any = request.user
    at = clock.now()
    form = EraseForm(request.POST if request.method == "POST" else None, person=user)
    reasons = erasure.obstacles(user, at=at)
    if request.method == "POST" and form.is_valid() and not reasons:
        try:
            made = erasure.erase(user, by=user, at=at)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            logout(request)
            return render(request, "accounts/erased.html", {"erasure": made})
    gone, kept = erasure.plan(user, at=at)
    context = {"form": form, "obstacles": reasons, "gone": gone, "kept": kept}
    return render(request, "accounts/erase.html", context, status=422 if form.is_bound else 200)


@require_safe
def retention_list(request: HttpRequest) -> HttpResponse:
    """The schedule, what it is to destroy next, and what it did last. For the Office, directors and auditors."""
    policies.check_can_see_retention(by=request.user)
    at = clock.now()
    waiting = RetentionEntry.objects.waiting().select_related("held_by").order_by("due_at", "pk")
    page: Any = Paginator(waiting, PAGE).get_page(request.GET.get("page"))
    done = RetentionEntry.objects.exclude(done_at=None).order_by("-done_at", "-pk")[:DONE]
    rules = {rule.key: rule for rule in rights.schedule}
    context = {
        "outlook": retention.outlook(at=at),
        "page": page,
        "rows": [_row(entry, rules) for entry in page],
        "done": [_row(entry, rules) for entry in done],
        "can_hold": roles.is_officer(request.user),
    }
    return render(request, "accounts/retention.html", context)


def _row(entry: RetentionEntry, rules: dict[str, rights.Rule]) -> dict[str, Any]:
    rule = rules.get(entry.rule)
    waits = entry.listed_at + (rule.announced if rule else rights.LISTED)
    return {"entry": entry, "label": rule.label if rule else entry.rule, "on": max(entry.due_at, waits)}


@require_http_methods(["GET", "HEAD", "POST"])
def hold(request: HttpRequest, public_id: str) -> HttpResponse:
    """Keep one thing beyond its time, with a reason."""
    policies.check_can_hold(by=request.user)
    entry = get_object_or_404(RetentionEntry.objects.waiting(), public_id=public_id)
    form = HoldForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            retention.hold(entry, **form.cleaned_data, by=request.user, at=clock.now())  # type: ignore[arg-type]
        except DomainError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("It is held: it stays until somebody releases it."))
            return redirect("accounts:retention")
    row = _row(entry, {rule.key: rule for rule in rights.schedule})
    return render(request, "accounts/hold.html", {"form": form, "row": row}, status=422 if form.errors else 200)


@require_POST
def release(request: HttpRequest, public_id: str) -> HttpResponse:
    """Let the schedule go on with it."""
    policies.check_can_hold(by=request.user)
    entry = get_object_or_404(RetentionEntry.objects.waiting(), public_id=public_id)
    retention.release(entry, by=request.user, at=clock.now())  # type: ignore[arg-type]
    messages.success(request, _("Released: its time of announcement begins again today."))
    return redirect("accounts:retention")

"""The Office's pages on a challenge under review: comments, terms, calendar, what to do with it."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from challenges.actions import challenge as actions
from challenges.actions import review as reviewing
from challenges.calculations.review import age
from challenges.filters.version import changes_since
from challenges.forms.base import texts_of
from challenges.forms.review import CommentForm, ReasonForm, TermsForm
from challenges.forms.step import FORMS
from challenges.models import Challenge, CommentState, Review, Status
from challenges.policies import challenge as policies
from challenges.policies import preflight
from challenges.views.draft import placed, preparing, to_number
from govtech import clock
from govtech.errors import DomainError
from govtech.policies import allows
from govtech.reference.models import Holiday, Rules


def _refuse(form: forms.Form, refusal: DomainError) -> None:
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))


def _reviewing(request: HttpRequest, public_id: str) -> Challenge:
    challenge = preparing(request, public_id)
    policies.check_can_enter_review(challenge, by=request.user)
    if request.method == "POST":
        policies.check_is_officer(by=request.user)
    return challenge


def _checks(request: HttpRequest, challenge: Challenge, found: list[preflight.Check], at: datetime) -> list[Any]:
    """Return the check list with why each rule is there; what the Office must write leads to where it writes it."""
    writes = allows(policies.check_can_review, challenge, by=request.user, at=at)
    terms = reverse("challenges:terms", kwargs={"public_id": challenge.public_id}) if writes else ""
    rows = []
    for check in found:
        is_fine = check.level == preflight.OK
        url = terms if check.step == "terms" and not is_fine else ""
        rows.append((check.level, check.text, url, "" if is_fine else check.reason))
    return rows


@require_safe
def review(request: HttpRequest, public_id: str) -> HttpResponse:
    """Everything about a challenge under review, the Office's comments, and what to do with it."""
    return _page(request, _reviewing(request, public_id))


def _page(request: HttpRequest, challenge: Challenge, *, status: int = 200, **bound: Any) -> HttpResponse:
    at = clock.now()
    found = preflight.checks(challenge, at=at)
    notes = placed(
        challenge, challenge.review_comments.select_related("made_by", "resolved_by").order_by("-made_at", "-pk")
    )
    for note in notes:
        note.is_new = challenge.submitted_at is not None and note.made_at >= challenge.submitted_at  # type: ignore[attr-defined]
    review = Review.objects.select_related("reviewer").filter(challenge=challenge).first()
    today = clock.local_date(at)
    rules = Rules.objects.in_force(today)
    seen_until = review.seen_until if review else None
    context = {
        "challenge": challenge,
        "at": at,
        "status_label": Status(challenge.status).label,
        "checks": _checks(request, challenge, found, at),
        "notes": [note for note in notes if note.closed_at is None],
        "closed_notes": [note for note in notes if note.closed_at is not None],
        "open_notes": sum(note.state == CommentState.OPEN for note in notes),
        "reviewer": review.reviewer if review else None,
        "seen_until": seen_until,
        "changes": changes_since(challenge, at=seen_until) if seen_until else [],
        "seen_now": at.isoformat(),
        "age": age(
            clock.local_date(challenge.submitted_at),
            today,
            days=rules.review_working_days,
            holidays=Holiday.objects.dates(),
        )
        if challenge.submitted_at and challenge.status == Status.SUBMITTED
        else None,
        "can_adjust": allows(policies.check_can_adjust_calendar, challenge, by=request.user, at=at),
        "can_review": allows(policies.check_can_review, challenge, by=request.user, at=at),
        "can_reject": allows(policies.check_can_reject, challenge, by=request.user, at=at),
        "comment_form": CommentForm(),
        "reject_form": ReasonForm(),
        "rules": rules,
        "criteria": challenge.criteria.order_by("position"),
        "districts": list(challenge.districts.order_by("number")),
        "documents": challenge.documents.select_related("file").order_by("pk"),
    }
    return render(request, "challenges/review.html", context | bound, status=status)


@require_POST
def comment(request: HttpRequest, public_id: str) -> HttpResponse:
    """Add a comment on a part or a field; the department reads it when the challenge is returned."""
    challenge = _reviewing(request, public_id)
    form = CommentForm(request.POST)
    if form.is_valid():
        try:
            actions.comment(challenge, **form.comment(), by=request.user, at=clock.now())
        except DomainError as refusal:
            _refuse(form, refusal)
        else:
            messages.success(request, _("Comment added. The department reads it when you return the challenge."))
            return redirect("challenges:review", public_id=public_id)
    return _page(request, challenge, status=422, comment_form=form)


@require_POST
def uncomment(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take back a comment that the department hasn't read."""
    challenge = _reviewing(request, public_id)
    number = request.POST.get("comment", "")
    note = get_object_or_404(challenge.review_comments.select_related("challenge"), pk=to_number(number))
    try:
        actions.discard_comment(note, by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Comment taken back."))
    return redirect("challenges:review", public_id=public_id)


@require_POST
def note_state(request: HttpRequest, public_id: str) -> HttpResponse:
    """Close a comment, or open it again."""
    challenge = _reviewing(request, public_id)
    reopens = "reopen" in request.POST
    number = request.POST.get("reopen" if reopens else "close", "")
    note = get_object_or_404(challenge.review_comments.select_related("challenge"), pk=to_number(number))
    try:
        (reviewing.reopen_comment if reopens else reviewing.close_comment)(note, by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The comment is open again.") if reopens else _("The comment is closed."))
    return redirect("challenges:review", public_id=public_id)


@require_POST
def seen(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say that the changes shown are read."""
    challenge = _reviewing(request, public_id)
    at = clock.now()
    try:
        until = datetime.fromisoformat(request.POST.get("until", ""))
        reviewing.mark_seen(challenge, until=until if until.tzinfo else at, by=request.user, at=at)
    except ValueError:
        messages.error(request, _("That page is old. Reload it and look again."))
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Noted: from now on only what changes later is shown."))
    return redirect("challenges:review", public_id=public_id)


@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: HttpRequest, public_id: str) -> HttpResponse:
    """Move the days of a calendar that slipped while the Office reviewed it."""
    challenge = _reviewing(request, public_id)
    at = clock.now()
    policies.check_is_officer(by=request.user)
    try:
        policies.check_can_adjust_calendar(challenge, by=request.user, at=at)
    except DomainError as refusal:
        messages.warning(request, str(refusal))
        return redirect("challenges:review", public_id=public_id)
    sent = request.POST if request.method == "POST" else None
    form, reason = FORMS["calendar"](sent, challenge=challenge, at=at), ReasonForm(sent)
    status = 200
    if sent is not None:
        status = 422
        if form.is_valid() and reason.is_valid():
            try:
                reviewing.adjust_calendar(
                    challenge,
                    version=to_number(sent.get("version", "")),
                    data=form.cleaned_data,
                    reason=reason.cleaned_data["reason"],
                    by=request.user,
                    at=at,
                )
            except DomainError as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
                status = 409 if isinstance(refusal, actions.StaleError) else 422
            else:
                messages.success(request, _("The calendar is changed. The department has been told."))
                return redirect("challenges:review", public_id=public_id)
        challenge = _fresh(challenge)
    context = {"challenge": challenge, "form": form, "reason": reason, "version": _version(challenge, "calendar")}
    return render(request, "challenges/adjust_calendar.html", context, status=status)


def _version(challenge: Challenge, key: str) -> int:
    return challenge.steps.get(key=key).version


@require_POST
def send_back(request: HttpRequest, public_id: str) -> HttpResponse:
    """Return the challenge with the comments made."""
    challenge = _reviewing(request, public_id)
    try:
        actions.send_back(challenge, comments=[], by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("challenges:review", public_id=public_id)
    messages.success(request, _("Returned. The department has been told."))
    return redirect("challenges:mine")


@require_POST
def reject(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say no, with the reason."""
    challenge = _reviewing(request, public_id)
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            actions.reject(challenge, **form.cleaned_data, by=request.user, at=clock.now())
        except DomainError as refusal:
            _refuse(form, refusal)
        else:
            messages.success(request, _("Rejected. The department has been told why."))
            return redirect("challenges:mine")
    return _page(request, challenge, status=422, reject_form=form)


@require_http_methods(["GET", "HEAD", "POST"])
def terms(request: HttpRequest, public_id: str) -> HttpResponse:
    """Write the Office's terms."""
    challenge = _reviewing(request, public_id)
    at = clock.now()
    if not allows(policies.check_can_review, challenge, by=request.user, at=at):
        policies.check_is_officer(by=request.user)
        messages.warning(request, _("This is only possible while the challenge is under review."))
        return redirect("challenges:review", public_id=public_id)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = TermsForm(*sent, challenge=challenge, asks_report=preflight.needs_legal_report(challenge, at=at))
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_terms(
                challenge,
                **form.cleaned_data,
                version=to_number(request.POST.get("version", "")),
                by=request.user,
                at=at,
            )
        except actions.StaleError as refusal:
            return _terms_conflict(request, challenge, form, str(refusal))
        except DomainError as refusal:
            _refuse(form, refusal)
        else:
            messages.success(request, _("The terms are saved."))
            return redirect("challenges:review", public_id=public_id)
    context = {"challenge": challenge, "form": form, "version": _version(challenge, "terms")}
    return render(request, "challenges/terms.html", context, status=422 if form.is_bound else 200)


def _fresh(challenge: Challenge) -> Challenge:
    """Return what is stored: a form may have left typed values on the object."""
    return Challenge.objects.select_related("department", "cpv").get(pk=challenge.pk)


def _terms_conflict(request: HttpRequest, challenge: Challenge, form: TermsForm, message: str) -> HttpResponse:
    """Show what a colleague saved beside what was typed; saving again writes what is typed."""
    fresh = _fresh(challenge)
    stored = TermsForm(challenge=fresh, asks_report="independent_objects_report" in form.fields)
    both = zip(texts_of(stored), texts_of(form), strict=True)
    differences = [
        {"label": label, "stored": theirs, "mine": mine} for (label, theirs), (_l, mine) in both if theirs != mine
    ]
    row = fresh.steps.select_related("saved_by").get(key="terms")
    context = {
        "challenge": fresh, "form": form, "version": row.version, "conflict": message, "differences": differences,
        "conflict_row": row,
    }  # fmt: skip
    return render(request, "challenges/terms.html", context, status=409)

"""Sessions of training: for everybody to find, for those they are for to take part in."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from govtech import clock
from govtech.accounts import roles
from govtech.errors import DomainError
from govtech.files.views import send_file
from govtech.policies import allows
from govtech.programme.actions import attendance, registration, training
from govtech.programme.actions import certificate as documents
from govtech.programme.forms.training import CodeForm, FeedbackForm, RegisterForm, TextForm
from govtech.programme.models import (
    Attendance,
    Certificate,
    Feedback,
    Registration,
    RegistrationStatus,
    SessionStatus,
    TrainingSession,
)
from govtech.programme.notifications.dates import calendar_of
from govtech.programme.policies import audience
from govtech.programme.policies import training as policies
from govtech.shell.limits import is_over

MOST = 30  # checks in a minute from one address
PAST = 10  # sessions that are over, in the list
SEATED = Count("registrations", filter=Q(registrations__status=RegistrationStatus.REGISTERED))


def sessions_for(user: Any) -> Any:
    """Return the sessions one sees, with their courses and how many seats are taken."""
    return TrainingSession.objects.visible_to(user).select_related("course").annotate(taken=SEATED)


def session_or_404(request: HttpRequest, public_id: str) -> TrainingSession:
    """Return a session that the person sees."""
    return get_object_or_404(sessions_for(request.user), public_id=public_id)


@login_not_required
@require_safe
def training_list(request: HttpRequest) -> HttpResponse:
    """The next sessions, the nearest first, and the last that were held. Whoever is signed in sees their own beside."""
    user, at = request.user, clock.now()
    rows = sessions_for(user).order_by("starts_at", "pk")
    mine = Registration.objects.exclude(status=RegistrationStatus.LEFT).filter(user=user.pk)
    own = dict(mine.values_list("session_id", "status")) if user.is_authenticated else {}
    certificates = Certificate.objects.filter(registration__user=user.pk).select_related(
        "registration__session__course"
    )
    ahead = list(rows.filter(status=SessionStatus.PUBLISHED, ends_at__gt=at))
    for row in ahead:
        row.own = own.get(row.pk, "")
    context = {
        "rows": ahead,
        "past": list(rows.filter(status=SessionStatus.CLOSED).order_by("-starts_at", "-pk")[:PAST]),
        "certificates": list(certificates.order_by("-issued_at", "-pk")) if user.is_authenticated else [],
        "today": clock.local_date(at),
        "is_office": roles.is_officer(user),
        "sees_coverage": roles.is_staff_role(user) or roles.is_delegate(user),
    }
    return render(request, "programme/training_list.html", context)


@login_not_required
@require_safe
def session(request: HttpRequest, public_id: str) -> HttpResponse:
    """One session: what is learnt, when and where; for who has a seat also the link, materials and answers."""
    return _page(request, session_or_404(request, public_id))


def _page(request: HttpRequest, found: TrainingSession, more: Any = None, status: int = 200) -> HttpResponse:
    user, at = request.user, clock.now()
    own = Registration.objects.filter(session=found, user=user.pk).first() if user.is_authenticated else None
    runs = allows(policies.check_can_run, found, by=user)
    has_seat = own is not None and own.status == RegistrationStatus.REGISTERED
    context: dict[str, Any] = {
        "session": found,
        "free": max(found.capacity - found.taken, 0),
        "of_all": _("of %(n)d") % {"n": found.capacity},
        "own": own,
        "has_seat": has_seat,
        "is_waiting": own is not None and own.status == RegistrationStatus.WAITING,
        "can_register": (own is None or own.status == RegistrationStatus.LEFT)
        and allows(policies.check_can_register, found, by=user, at=at),
        "is_for_them": not user.is_authenticated or audience.is_for(found, user),
        "is_open": found.status == SessionStatus.PUBLISHED and at < found.registration_closes_at,
        "can_leave": own is not None and allows(policies.check_can_leave, own, by=user, at=at),
        "runs": runs,
    }
    if has_seat or runs:
        context |= {
            "materials": list(found.materials.select_related("file").order_by("added_at", "pk")),
            "questions": list(found.questions.exclude(answer="").order_by("asked_at", "pk")),
            "link": found.link,
        }
    if has_seat:
        context |= _of_seat(own, found)
    if context["is_waiting"]:
        context["place_in_list"] = found.registrations.waiting().filter(queued_at__lt=own.queued_at).count() + 1
    if context["can_register"]:
        context["register_form"] = RegisterForm(departments=roles.departments_of(user))
    return render(request, "programme/session.html", {**context, **(more or {})}, status=status)


def _of_seat(own: Registration, found: TrainingSession) -> dict[str, Any]:
    came = own.attendance == Attendance.PRESENT and found.status == SessionStatus.CLOSED
    given = Feedback.objects.filter(registration=own).first() if came else None
    initial = {"usefulness": given.usefulness, "clarity": given.clarity, "comment": given.comment} if given else None
    return {
        "certificate": Certificate.objects.filter(registration=own).first(),
        "feedback_form": FeedbackForm(initial=initial) if came else None,
        "has_given": given is not None,
        "question_form": TextForm() if found.status in (SessionStatus.PUBLISHED, SessionStatus.CLOSED) else None,
    }


@require_POST
def register(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take a seat, or a place in the waiting list."""
    found = session_or_404(request, public_id)
    at = clock.now()
    form = RegisterForm(request.POST, departments=roles.departments_of(request.user))
    if request.POST.get("department") and not form.is_valid():
        return _page(request, found, {"register_form": form}, 422)
    chosen = form.cleaned_data.get("department") if form.is_valid() else None
    try:
        row = registration.register(found, department=chosen, by=request.user, at=at)
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request,
            _("You have a seat. We have sent you the date for your calendar.")
            if row.status == RegistrationStatus.REGISTERED
            else _("All seats are taken: you are on the waiting list, and move up by yourself."),
        )
    return redirect(found)


@require_POST
def leave(request: HttpRequest, public_id: str) -> HttpResponse:
    """Free one's own seat, or leave the list."""
    found = session_or_404(request, public_id)
    own = get_object_or_404(Registration.objects.filter(session=found), user=request.user.pk)
    try:
        registration.leave(own, by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Done: you are no longer on the list. Thank you for telling us."))
    return redirect(found)


@require_POST
def ask(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask something of who gives the session."""
    found, form = session_or_404(request, public_id), TextForm(request.POST)
    policies.check_has_seat(found, by=request.user)
    if not form.is_valid():
        return _page(request, found, {"question_form": form}, 422)
    training.ask(found, text=form.cleaned_data["text"], by=request.user, at=clock.now())
    messages.success(request, _("Your question is sent. You will be told when it is answered."))
    return redirect(found)


@require_POST
def feedback(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say what one thought of it."""
    found, form = session_or_404(request, public_id), FeedbackForm(request.POST)
    policies.check_has_seat(found, by=request.user)
    if not form.is_valid():
        return _page(request, found, {"feedback_form": form}, 422)
    values = {name: int(form.cleaned_data[name]) for name in ("usefulness", "clarity")}
    try:
        attendance.give_feedback(found, **values, comment=form.cleaned_data["comment"], by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Thank you: your opinion is kept, without your name."))
    return redirect(found)


@require_safe
def material(request: HttpRequest, public_id: str, material: str) -> HttpResponse:
    """Send a file of a session to who has a seat or runs it."""
    found = session_or_404(request, public_id)
    if not allows(policies.check_can_run, found, by=request.user):
        policies.check_has_seat(found, by=request.user)
    row = get_object_or_404(found.materials.exclude(file=None).select_related("file"), public_id=material)
    return send_file(row.file)


@login_not_required
@require_safe
def calendar(request: HttpRequest, public_id: str) -> HttpResponse:
    """The date of a session for one's own calendar; the link is in it for who has a seat."""
    found = session_or_404(request, public_id)
    has_seat = found.registrations.seated().filter(user=request.user.pk).exists()
    response = HttpResponse(calendar_of([found], with_link=has_seat), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="sesion.ics"'
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def certificate(request: HttpRequest, public_id: str, code: str) -> HttpResponse:
    """A certificate as a document, for its holder and who runs the session."""
    rows = Certificate.objects.visible_to(request.user).select_related(
        "registration__session__course", "registration__user", "registration__department"
    )
    row = get_object_or_404(rows, code=code, registration__session__public_id=public_id, revoked_at=None)
    response = HttpResponse(documents.pdf(row), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{documents.file_name(row)}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@login_not_required
@require_safe
@never_cache
def certificate_form(request: HttpRequest) -> HttpResponse:
    """Ask for the code of a certificate."""
    form = CodeForm(request.GET or None)
    if form.is_bound and form.is_valid():
        code = "".join(c for c in form.cleaned_data["code"].lower() if c.isalnum())
        if is_over(request, "certificate", most=MOST):
            return HttpResponse(_("Too many requests. Wait a minute."), status=429, content_type="text/plain")
        if Certificate.objects.filter(code=code).exists():
            return redirect("programme:certificate_check", code=code)
        form.add_error("code", _("No certificate has this code. Copy it from the foot of the certificate."))
    return render(request, "programme/certificate_form.html", {"form": form})


@login_not_required
@require_safe
@never_cache
def certificate_check(request: HttpRequest, code: str) -> HttpResponse:
    """Whether a certificate is genuine and counts: course, day and hours, and of the name no more than its initials."""
    if is_over(request, "certificate", most=MOST):
        return HttpResponse(_("Too many requests. Wait a minute."), status=429, content_type="text/plain")
    rows = Certificate.objects.select_related("registration__session__course", "registration__user")
    row = get_object_or_404(rows, code=code)
    today = clock.local_date(clock.now())
    context = {
        "certificate": row,
        "session": row.registration.session,
        "holder": row.registration.user.short_name,
        "is_over": row.valid_until is not None and row.valid_until < today,
    }
    return render(request, "programme/certificate_check.html", context)

"""Running a session: what the Office and its trainers do before, on the day and after."""

from typing import Any

from django.contrib import messages
from django.db.models import Avg, Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from govtech import clock
from govtech.accounts import roles
from govtech.errors import DomainError
from govtech.policies import allows
from govtech.programme.actions import attendance, registration, training
from govtech.programme.forms.training import (
    AnswerForm,
    InviteForm,
    MaterialForm,
    ReasonForm,
    SessionForm,
    WalkInForm,
)
from govtech.programme.models import (
    Attendance,
    Certificate,
    Course,
    Feedback,
    Registration,
    RegistrationStatus,
    SessionStatus,
    TrainingSession,
)
from govtech.programme.policies import training as policies
from govtech.programme.views.training import session_or_404


def _mine(request: HttpRequest, public_id: str) -> TrainingSession:
    """Return a session that the person runs."""
    found = session_or_404(request, public_id)
    policies.check_can_run(found, by=request.user)
    return found


def _refuse(form: Any, refusal: DomainError) -> None:
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest, public_id: str) -> HttpResponse:
    """Prepare a session of a course."""
    at = clock.now()
    policies.check_can_manage(by=request.user)
    course = get_object_or_404(Course, public_id=public_id)
    form = SessionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = training.plan(course, **form.cleaned_data, by=request.user, at=at)
        except DomainError as refusal:
            _refuse(form, refusal)
        else:
            messages.success(request, _("The session is prepared. Publish it to take registrations."))
            return redirect("programme:manage", public_id=made.public_id)
    context = {"form": form, "course": course, "session": None}
    return render(request, "programme/session_form.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change a session's date, place, seats or trainers."""
    found, at = session_or_404(request, public_id), clock.now()
    policies.check_can_manage(by=request.user)
    form = SessionForm(request.POST if request.method == "POST" else None, instance=found)
    if request.method == "POST" and form.is_valid():
        try:
            training.change(found, **form.cleaned_data, by=request.user, at=at)
        except DomainError as refusal:
            _refuse(form, refusal)
        else:
            messages.success(request, _("Saved. Who has a seat is told of another date or place."))
            return redirect("programme:manage", public_id=public_id)
    context = {"form": form, "course": found.course, "session": found}
    return render(request, "programme/session_form.html", context, status=422 if form.is_bound else 200)


@require_safe
def manage(request: HttpRequest, public_id: str) -> HttpResponse:
    """All of a session on one page: its list, invitations, materials, questions and opinions."""
    return _page(request, _mine(request, public_id))


def _page(request: HttpRequest, found: TrainingSession, more: Any = None, status: int = 200) -> HttpResponse:
    at = clock.now()
    rows = list(found.registrations.select_related("user", "department", "certificate").order_by("queued_at", "pk"))
    is_office = roles.is_officer(request.user)
    is_live = found.status == SessionStatus.PUBLISHED
    context = {
        "session": found,
        "is_office": is_office,
        "seated": [row for row in rows if row.status == RegistrationStatus.REGISTERED],
        "waiting": [row for row in rows if row.status == RegistrationStatus.WAITING],
        "trainers": list(found.trainers.order_by("full_name", "pk")),
        "invited": found.invitations.count(),
        "materials": list(found.materials.select_related("file").order_by("added_at", "pk")),
        "questions": list(found.questions.order_by("answer", "asked_at", "pk")),
        "opinions": _opinions(found),
        "can_change": allows(policies.check_can_change, found, by=request.user),
        "can_publish": is_office and found.status == SessionStatus.DRAFT,
        "can_mark": allows(policies.check_can_mark, found, by=request.user, at=at),
        "can_close": allows(policies.check_can_close, found, by=request.user, at=at),
        "has_begun": at >= found.starts_at,
        "material_form": MaterialForm(),
        "cancel_form": ReasonForm(),
    }
    if is_office and is_live:
        context["invite_form"] = InviteForm(session=found, today=clock.local_date(at))
    return render(request, "programme/manage.html", {**context, **(more or {})}, status=status)


def _opinions(found: TrainingSession) -> dict[str, Any]:
    """Return what people thought of it: means, how many, and comments in an order that doesn't tell who wrote them."""
    rows = Feedback.objects.filter(registration__session=found)
    means = rows.aggregate(n=Count("pk"), usefulness=Avg("usefulness"), clarity=Avg("clarity"))
    return {**means, "comments": sorted(rows.exclude(comment="").values_list("comment", flat=True))}


def _do(
    request: HttpRequest,
    public_id: str,
    action: Any,
    told: str,
    *,
    to: str = "manage",
    session: TrainingSession | None = None,
    **values: Any,
) -> HttpResponse:
    """Run one action on a session and go back to its page with the outcome in words."""
    found = session or session_or_404(request, public_id)
    try:
        action(found, **values, by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, told)
    return redirect(f"programme:{to}", public_id=public_id)


@require_POST
def publish(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show it to everybody and take registrations."""
    return _do(request, public_id, training.publish, _("It is published and takes registrations. Invite people now."))


@require_POST
def cancel(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say that it won't be held."""
    found, form = session_or_404(request, public_id), ReasonForm(request.POST)
    policies.check_can_manage(by=request.user)
    if not form.is_valid():
        return _page(request, found, {"cancel_form": form}, 422)
    told = _("It is cancelled, and who had a seat or waited is told.")
    return _do(request, public_id, training.cancel, told, session=found, reason=form.cleaned_data["reason"])


@require_POST
def invite(request: HttpRequest, public_id: str) -> HttpResponse:
    """Invite audiences and addresses."""
    found, at = session_or_404(request, public_id), clock.now()
    policies.check_can_manage(by=request.user)
    form = InviteForm(request.POST, session=found, today=clock.local_date(at))
    if not form.is_valid():
        return _page(request, found, {"invite_form": form}, 422)
    try:
        number = training.invite(found, **form.cleaned_data, by=request.user, at=at)
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        text = ngettext("%(n)d invitation sent.", "%(n)d invitations sent.", number) % {"n": number}
        messages.success(request, text if number else _("Everybody you chose had been invited already."))
    return redirect("programme:manage", public_id=public_id)


@require_POST
def add_material(request: HttpRequest, public_id: str) -> HttpResponse:
    """Add a file or an address."""
    found, form = _mine(request, public_id), MaterialForm(request.POST, request.FILES)
    if form.is_valid():
        values = {
            "title": form.cleaned_data["title"],
            "upload": form.cleaned_data["file"],
            "url": form.cleaned_data["url"],
        }
        try:
            training.add_material(found, **values, by=request.user, at=clock.now())
        except DomainError as refusal:
            _refuse(form, refusal)
        else:
            messages.success(request, _("Added. Who has a seat finds it on the page of the session."))
            return redirect("programme:manage", public_id=public_id)
    return _page(request, found, {"material_form": form}, 422)


@require_POST
def remove_material(request: HttpRequest, public_id: str, material: str) -> HttpResponse:
    """Take a material away."""
    row = get_object_or_404(_mine(request, public_id).materials.all(), public_id=material)
    training.remove_material(row, by=request.user, at=clock.now())
    messages.success(request, _("It is taken away."))
    return redirect("programme:manage", public_id=public_id)


@require_POST
def send_materials(request: HttpRequest, public_id: str) -> HttpResponse:
    """Tell who has a seat of new materials."""
    return _do(request, public_id, training.send_materials, _("Who has a seat is told of the new materials."))


@require_POST
def answer(request: HttpRequest, public_id: str, question: str) -> HttpResponse:
    """Answer a question."""
    found, form = _mine(request, public_id), AnswerForm(request.POST)
    row = get_object_or_404(found.questions.all(), public_id=question)
    if not form.is_valid():
        messages.error(request, _("Write the answer, in 3000 letters at most."))
        return redirect("programme:manage", public_id=public_id)
    try:
        training.answer(row, text=form.cleaned_data["text"], by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Answered. Who asked is told, and all who have a seat read it."))
    return redirect("programme:manage", public_id=public_id)


@require_POST
def free(request: HttpRequest, public_id: str, entry: str) -> HttpResponse:
    """Free somebody's seat, as they asked by telephone, for instance."""
    found = session_or_404(request, public_id)
    policies.check_can_manage(by=request.user)
    row = get_object_or_404(Registration.objects.select_related("session"), session=found, public_id=entry)
    try:
        registration.leave(row, by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The seat is free, and who waited first has it."))
    return redirect("programme:manage", public_id=public_id)


@require_http_methods(["GET", "HEAD", "POST"])
def take_attendance(request: HttpRequest, public_id: str) -> HttpResponse:
    """Note who came, on a phone: two large buttons a person, one form, no script needed."""
    found = _mine(request, public_id)
    if request.method == "POST":
        keys = [name.removeprefix("was-") for name in request.POST if name.startswith("was-")]
        seen = {key: (request.POST[f"was-{key}"], request.POST.get(f"came-{key}", "")) for key in keys}
        return _do(
            request, public_id, attendance.mark, _("Attendance is saved."), to="attendance", session=found, seen=seen
        )
    return _sheet(request, found, WalkInForm())


def _sheet(request: HttpRequest, found: TrainingSession, form: WalkInForm, status: int = 200) -> HttpResponse:
    at = clock.now()
    rows = list(found.registrations.seated().select_related("user", "department").order_by("user__full_name", "pk"))
    context = {
        "session": found,
        "rows": rows,
        "came": sum(row.attendance == Attendance.PRESENT for row in rows),
        "left": sum(not row.attendance for row in rows),
        "can_mark": allows(policies.check_can_mark, found, by=request.user, at=at),
        "can_close": allows(policies.check_can_close, found, by=request.user, at=at),
        "walk_in_form": form,
    }
    return render(request, "programme/attendance.html", context, status=status)


@require_POST
def walk_in(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give a seat to somebody who came without one."""
    found, form = _mine(request, public_id), WalkInForm(request.POST)
    if form.is_valid():
        try:
            registration.walk_in(found, person=form.cleaned_data["person"], by=request.user, at=clock.now())
        except DomainError as refusal:
            _refuse(form, refusal)
        else:
            messages.success(request, _("Added to the list: note now that they came."))
            return redirect("programme:attendance", public_id=public_id)
    return _sheet(request, found, form, 422)


@require_POST
def close(request: HttpRequest, public_id: str) -> HttpResponse:
    """End the session: certificates, thanks, and the question what people thought of it."""
    return _do(
        request, public_id, attendance.close, _("Closed. Who came has the certificate and is asked for an opinion.")
    )


@require_POST
def revoke(request: HttpRequest, public_id: str, code: str) -> HttpResponse:
    """Take back a certificate issued by mistake."""
    found, form = session_or_404(request, public_id), ReasonForm(request.POST)
    policies.check_can_manage(by=request.user)
    row = get_object_or_404(Certificate, code=code, registration__session=found)
    if not form.is_valid():
        messages.error(request, _("Give the reason: the check page of the certificate shows that it was taken back."))
        return redirect("programme:manage", public_id=public_id)
    try:
        attendance.revoke(row, reason=form.cleaned_data["reason"], by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The certificate no longer counts."))
    return redirect("programme:manage", public_id=public_id)

"""Courses, for the Office; who is trained and who isn't, by department."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from govtech import clock
from govtech.accounts import roles
from govtech.programme.actions import training
from govtech.programme.forms.training import CourseForm
from govtech.programme.models import Course, SessionStatus
from govtech.programme.policies import coverage as readings
from govtech.programme.policies import training as policies
from govtech.programme.views.training import sessions_for


@require_safe
def courses(request: HttpRequest) -> HttpResponse:
    """What is taught, and the sessions that are prepared or to come."""
    policies.check_can_manage(by=request.user)
    rows = Course.objects.annotate(
        held=Count("sessions", filter=Q(sessions__status=SessionStatus.CLOSED)),
        ahead=Count("sessions", filter=Q(sessions__status__in=[SessionStatus.DRAFT, SessionStatus.PUBLISHED])),
    )
    live = sessions_for(request.user).filter(status__in=[SessionStatus.DRAFT, SessionStatus.PUBLISHED])
    context = {
        "courses": list(rows.order_by("-is_offered", "title", "pk")),
        "sessions": list(live.order_by("starts_at", "pk")),
    }
    return render(request, "programme/courses.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def course_new(request: HttpRequest) -> HttpResponse:
    """Write a new course."""
    policies.check_can_manage(by=request.user)
    return _write(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
def course_change(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change a course."""
    policies.check_can_manage(by=request.user)
    return _write(request, get_object_or_404(Course, public_id=public_id))


def _write(request: HttpRequest, course: Course | None) -> HttpResponse:
    form = CourseForm(request.POST if request.method == "POST" else None, instance=course)
    if request.method == "POST" and form.is_valid():
        stored = Course.objects.get(pk=course.pk) if course else None  # the form wrote on the other
        training.save_course(stored, **form.cleaned_data, by=request.user, at=clock.now())
        messages.success(request, _("The course is saved."))
        return redirect("programme:courses")
    context = {"form": form, "course": course}
    return render(request, "programme/course_form.html", context, status=422 if form.is_bound else 200)


@require_safe
def coverage(request: HttpRequest) -> HttpResponse:
    """By department: which delegates have passed a course and which haven't. Delegates see their own departments."""
    user: Any = request.user
    if not (roles.is_staff_role(user) or roles.is_delegate(user)):
        raise PermissionDenied(_("The coverage is for the city's own people."))
    every = list(Course.objects.order_by("-is_offered", "title", "pk"))
    asked = request.GET.get("course", "")
    course = next((each for each in every if each.public_id == asked), every[0] if every else None)
    today = clock.local_date(clock.now())
    only = None if roles.is_staff_role(user) else roles.departments_of(user)
    rows = readings.of_departments(course, today, only=only) if course else []
    covered = sum(bool(row.trained) for row in rows)
    context = {
        "courses": every,
        "course": course,
        "rows": rows,
        "covered": covered,
        "people": readings.people(rows),
        "of_all": _("of %(n)d") % {"n": len(rows)},
        "is_office": roles.is_officer(user),
    }
    return render(request, "programme/coverage.html", context)

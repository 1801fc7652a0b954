"""Who does what in training, and when."""

from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import BigIntegerField, DateField, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from govtech.accounts import roles
from govtech.accounts.models import DelegateAppointment
from govtech.errors import DomainError
from govtech.policies import check_move
from govtech.programme.models import (
    Certificate,
    Course,
    Registration,
    RegistrationStatus,
    Requirement,
    SessionStatus,
    TrainingSession,
)
from govtech.programme.models.registration import REGISTRATION_TRANSITIONS
from govtech.programme.models.training import SESSION_TRANSITIONS
from govtech.programme.policies import audience
from govtech.statements import Slot, Statement

MARK_FROM = timedelta(hours=1)  # before it begins


def check_can_manage(*, by: Any) -> None:
    """Officers keep courses and sessions."""
    if not roles.is_officer(by):
        raise PermissionDenied(_("Only the Digital Office keeps the training."))


def is_trainer(session: TrainingSession, user: Any) -> bool:
    """Say whether that person gives the session."""
    return user.is_authenticated and session.trainers.filter(pk=user.pk).exists()


def check_can_run(session: TrainingSession, *, by: Any) -> None:
    """Officers and the session's trainers take attendance, add materials and answer questions."""
    if not (roles.is_officer(by) or is_trainer(session, by)):
        raise PermissionDenied(_("Only the Digital Office and the trainers of this session do this."))


def check_can_change(session: TrainingSession, *, by: Any) -> None:
    """Officers change a session until it is held or cancelled."""
    check_can_manage(by=by)
    if session.status not in (SessionStatus.DRAFT, SessionStatus.PUBLISHED):
        raise DomainError(_("This session is over or cancelled: it stays as it is."))


def check_can_move(session: TrainingSession, status: SessionStatus, *, by: Any) -> None:
    """Officers publish and cancel."""
    check_can_manage(by=by)
    check_move(SESSION_TRANSITIONS, SessionStatus(session.status), status)


def check_can_register(session: TrainingSession, *, by: Any, at: datetime) -> None:
    """Those for whom the course is, and those invited, until registration ends. Trainers have no need to."""
    if session.status != SessionStatus.PUBLISHED:
        raise DomainError(_("This session takes no registrations. Look for another date."))
    if at >= session.registration_closes_at:
        raise DomainError(_("Registration for this session has ended. Look for another date."))
    if is_trainer(session, by):
        raise DomainError(_("You give this session: you needn't register."))
    if not audience.is_for(session, by):
        raise PermissionDenied(
            _("This session isn't for your account. If you work for the city, ask the Digital Office to invite you.")
        )


def check_can_leave(registration: Registration, *, by: Any, at: datetime) -> None:
    """One leaves one's own seat or place in the list until the session begins; officers free anybody's."""
    if registration.user_id != by.pk:
        check_can_manage(by=by)
    check_move(REGISTRATION_TRANSITIONS, RegistrationStatus(registration.status), RegistrationStatus.LEFT)
    if at >= registration.session.starts_at or registration.session.status != SessionStatus.PUBLISHED:
        raise DomainError(_("The session has begun or is cancelled: the list stays as it is."))


def check_can_mark(session: TrainingSession, *, by: Any, at: datetime) -> None:
    """Attendance is taken from an hour before the session begins until it is closed."""
    check_can_run(session, by=by)
    if session.status != SessionStatus.PUBLISHED:
        raise DomainError(_("Attendance can't be changed any more."))
    if at < session.starts_at - MARK_FROM:
        raise DomainError(_("Attendance is taken from an hour before it begins."))


def check_can_close(session: TrainingSession, *, by: Any, at: datetime) -> None:
    """Who runs it closes it once it has begun and everybody with a seat is noted."""
    check_can_run(session, by=by)
    check_move(SESSION_TRANSITIONS, SessionStatus(session.status), SessionStatus.CLOSED)
    if at < session.starts_at:
        raise DomainError(_("The session hasn't begun. Cancel it if it won't be held."))
    left = session.registrations.seated().filter(attendance="").count()
    if left:
        raise DomainError(
            _("It isn't noted for everybody whether they came: %(n)d are left. Note them first.") % {"n": left}
        )


def check_has_seat(session: TrainingSession, *, by: Any) -> Registration:
    """Return the person's registration with a seat. Raises PermissionDenied without one."""
    found = session.registrations.seated().filter(user=by.pk).select_related("user").first() if by.pk else None
    if found is None:
        raise PermissionDenied(_("This is for those who have a seat in the session."))
    return found


def passed(course: Any, on: Any) -> QuerySet[Certificate]:
    """Certificates of a course that count on that day; both may be expressions."""
    return Certificate.objects.in_force(on).filter(registration__session__course=course)


def _requirements() -> QuerySet[Course]:
    department, on = Slot("department", BigIntegerField()), Slot("on", DateField())
    named = DelegateAppointment.objects.in_force(on).filter(department=department)
    holders = passed(OuterRef("pk"), on).filter(
        Q(registration__user__in=named.values("user_id")) | Q(registration__user__in=named.values("substitute_id"))
    )
    asked = Course.objects.exclude(requirement=Requirement.NONE).annotate(is_met=Exists(holders))
    return asked.order_by("title", "pk")


_REQUIREMENTS = Statement(_requirements)


def requirements(department: int, on: date) -> list[Course]:
    """Return the courses that the challenges of a department (its key) ask for, each with `is_met`. One query.

    Met: somebody who is delegate or substitute of the department that day holds a certificate in force.
    """
    return _REQUIREMENTS.rows(department=department, on=on)

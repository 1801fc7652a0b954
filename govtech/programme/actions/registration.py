"""Seats: taking one, waiting for one, freeing one. Whoever changes a seat holds the session's lock."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from govtech.accounts import roles
from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.errors import DomainError
from govtech.programme.models import Registration, RegistrationStatus, TrainingSession
from govtech.programme.notifications import training as notifications
from govtech.programme.policies import audience
from govtech.programme.policies import training as policies
from govtech.reference.models import Department


def locked(session: TrainingSession) -> TrainingSession:
    """Return the session with its row locked: seats are taken and freed under this lock only."""
    rows = TrainingSession.objects.select_related("course").select_for_update(of=("self",), no_key=True)
    return rows.get(pk=session.pk)


@transaction.atomic
def register(session: TrainingSession, *, department: Department | None = None, by: User, at: datetime) -> Registration:
    """Take a seat, or a place in the waiting list where all are taken.

    `department`: where the person comes from, one of theirs; the invitation's or their only one where none is given.
    Raises DomainError where they are registered already.
    """
    session = locked(session)
    policies.check_can_register(session, by=by, at=at)
    return _take(session, by, department=_department(session, by, department), by=by, at=at)


def _department(session: TrainingSession, user: User, chosen: Department | None) -> Department | None:
    own = roles.departments_of(user)
    if chosen is not None:
        if chosen.pk not in own:
            raise DomainError(_("Choose one of your departments."), field="department")
        return chosen
    if own:
        return Department.objects.filter(pk__in=own).order_by("name", "pk").first()
    invitation = audience.invitation_of(session, user)
    return invitation.department if invitation else None


def _take(
    session: TrainingSession, user: User, *, department: Department | None, by: User, at: datetime
) -> Registration:
    """Write the registration under the session's lock. A seat only where nobody waits before."""
    row = Registration.objects.filter(session=session, user=user).first()
    if row is not None and row.status != RegistrationStatus.LEFT:
        raise DomainError(_("You are registered already."))
    free = session.capacity - session.registrations.seated().count()
    has_room = free > 0 and not session.registrations.waiting().exists()
    status = RegistrationStatus.REGISTERED if has_room else RegistrationStatus.WAITING
    old = row.status if row else ""
    row = row or Registration(session=session, user=user)
    row.status, row.queued_at, row.department = status, at, department
    row.save()
    audit.record("training.registration_made", target=row, by=by, at=at, old=old, new=status)
    row.session, row.user = session, user
    notifications.registered(row, moved_up=False, at=at)
    return row


@transaction.atomic
def leave(registration: Registration, *, by: User, at: datetime) -> Registration:
    """Free a seat or leave the waiting list. Who waits first gets the seat, in the same transaction."""
    session = locked(registration.session)
    registration = Registration.objects.select_related("session__course", "user").get(pk=registration.pk)
    policies.check_can_leave(registration, by=by, at=at)
    old, registration.status = registration.status, RegistrationStatus.LEFT
    registration.attendance, registration.marked_at, registration.marked_by = "", None, None
    registration.save(update_fields=["status", "attendance", "marked_at", "marked_by"])
    audit.record("training.registration_left", target=registration, by=by, at=at, old=old, new=RegistrationStatus.LEFT)
    fill_seats(session, by=None, at=at)
    return registration


def fill_seats(session: TrainingSession, *, by: User | None, at: datetime) -> int:
    """Give free seats to who waits, the first first; return how many moved up. The caller holds the session's lock.

    Who can't sign in any more is passed over. Once the session has begun nobody is moved: a seat would come too late.
    """
    if at >= session.starts_at:
        return 0
    free = session.capacity - session.registrations.seated().count()
    rows = session.registrations.waiting().filter(user__is_active=True).select_related("user")[: max(free, 0)]
    for row in rows:
        row.status = RegistrationStatus.REGISTERED
        row.save(update_fields=["status"])
        audit.record(
            "training.registration_moved_up",
            target=row,
            by=by,
            at=at,
            old=RegistrationStatus.WAITING,
            new=RegistrationStatus.REGISTERED,
        )
        row.session = session
        notifications.registered(row, moved_up=True, at=at)
    return len(rows)


@transaction.atomic
def walk_in(session: TrainingSession, *, person: User, by: User, at: datetime) -> Registration:
    """Give a seat to somebody who came without one, while there is a seat. For who runs the session, as it begins."""
    session = locked(session)
    policies.check_can_mark(session, by=by, at=at)
    if session.registrations.seated().count() >= session.capacity:
        raise DomainError(_("All seats are taken."), field="person")
    row = Registration.objects.filter(session=session, user=person).first()
    if row is not None and row.status == RegistrationStatus.REGISTERED:
        raise DomainError(_("This person has a seat already."), field="person")
    old = row.status if row else ""
    row = row or Registration(session=session, user=person, department=_department(session, person, None))
    row.status, row.queued_at = RegistrationStatus.REGISTERED, at
    row.save()
    audit.record("training.registration_made", target=row, by=by, at=at, old=old, new=row.status)
    return row

"""Attendance, and what comes of it: certificates, thanks, opinions."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.clock import local_date
from govtech.errors import DomainError
from govtech.programme.models import (
    Attendance,
    Certificate,
    Feedback,
    Registration,
    SessionStatus,
    TrainingSession,
)
from govtech.programme.notifications import training as notifications
from govtech.programme.policies import training as policies
from govtech.reference.calculations.calendar import add_months


@transaction.atomic
def mark(session: TrainingSession, *, seen: Mapping[str, tuple[str, str]], by: User, at: datetime) -> int:
    """Note who came; return how many entries changed.

    `seen`: by public id of each registration, what the page showed and what was chosen. Only what the person changed
    is written, so two trainers with the same list don't undo each other.
    """
    session = TrainingSession.objects.select_for_update(no_key=True).get(pk=session.pk)
    policies.check_can_mark(session, by=by, at=at)
    wanted = {key: chosen for key, (shown, chosen) in seen.items() if shown != chosen}
    if not set(wanted.values()) <= {*Attendance.values, ""}:
        raise DomainError(_("Choose «came» or «didn't come» for each."))
    rows = list(session.registrations.seated().filter(public_id__in=wanted).order_by("pk"))
    for row in rows:
        row.attendance = wanted[row.public_id]
        row.marked_at, row.marked_by = (at, by) if row.attendance else (None, None)
    Registration.objects.bulk_update(rows, ["attendance", "marked_at", "marked_by"])
    if rows:
        audit.record("training.attendance_marked", target=session, by=by, at=at, new=str(len(rows)))
    return len(rows)


@transaction.atomic
def close(session: TrainingSession, *, by: User, at: datetime) -> TrainingSession:
    """End a session: who came gets a certificate, is thanked and asked for an opinion."""
    rows = TrainingSession.objects.select_related("course").select_for_update(of=("self",), no_key=True)
    session = rows.get(pk=session.pk)
    policies.check_can_close(session, by=by, at=at)
    old, session.status = session.status, SessionStatus.CLOSED
    session.save(update_fields=["status"])
    audit.record("training.session_closed", target=session, by=by, at=at, old=old, new=session.status)
    came = session.registrations.seated().filter(attendance=Attendance.PRESENT).select_related("user").order_by("pk")
    until = _valid_until(session)
    made = []
    for row in came:
        row.session = session
        made.append(
            Certificate(registration=row, hours=session.course.hours, issued_at=at, issued_by=by, valid_until=until)
        )
    Certificate.objects.bulk_create(made)
    notifications.thanked(made, at=at)
    return session


def _valid_until(session: TrainingSession) -> date | None:
    months = session.course.valid_months
    return add_months(local_date(session.ends_at), months) if months else None


@transaction.atomic
def revoke(certificate: Certificate, *, reason: str, by: User, at: datetime) -> Certificate:
    """Take back a certificate that was issued by mistake. Its check page says so from then on."""
    certificate = Certificate.objects.select_for_update(no_key=True).get(pk=certificate.pk)
    policies.check_can_manage(by=by)
    if certificate.revoked_at is not None:
        raise DomainError(_("This certificate is revoked already."))
    certificate.revoked_at, certificate.revoked_by, certificate.revoked_reason = at, by, reason
    certificate.save(update_fields=["revoked_at", "revoked_by", "revoked_reason"])
    audit.record("training.certificate_revoked", target=certificate, by=by, at=at, reason=reason)
    return certificate


@transaction.atomic
def give_feedback(
    session: TrainingSession, *, usefulness: int, clarity: int, comment: str, by: User, at: datetime
) -> Feedback:
    """Say what one thought of a session one came to. Said again, it replaces what was said."""
    row = policies.check_has_seat(session, by=by)
    if row.attendance != Attendance.PRESENT or session.status != SessionStatus.CLOSED:
        raise DomainError(_("Who came can give an opinion, once the session is over."))
    feedback, _made = Feedback.objects.update_or_create(
        registration=row,
        defaults={"usefulness": usefulness, "clarity": clarity, "comment": comment, "given_at": at},
    )
    audit.record("training.feedback_given", target=session, by=by, at=at)
    return feedback

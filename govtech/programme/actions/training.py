"""Keeping courses and sessions: what the Office and the trainers do."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.errors import DomainError
from govtech.files.actions import discard, store
from govtech.programme.actions.registration import fill_seats, locked
from govtech.programme.models import (
    Course,
    Invitation,
    Material,
    SessionQuestion,
    SessionStatus,
    TrainingSession,
)
from govtech.programme.notifications import training as notifications
from govtech.programme.policies import audience
from govtech.programme.policies import training as policies
from govtech.reference.models import Department

COURSE = (
    "title", "title_en", "summary", "summary_en", "topic", "audiences", "hours", "requirement", "valid_months",
    "is_offered",
)  # fmt: skip
SESSION = ("starts_at", "ends_at", "registration_closes_at", "place", "link", "capacity", "practical")
TOLD = {"starts_at", "ends_at", "place", "link"}  # who has a seat hears of a change of these


@transaction.atomic
def save_course(course: Course | None, *, by: User, at: datetime, **values: Any) -> Course:
    """Write a course, new where `course` is None. `values`: those of `COURSE`."""
    policies.check_can_manage(by=by)
    if course is None:
        course = Course.objects.create(created_at=at, created_by=by, **values)
        audit.record("training.course_made", target=course, by=by, at=at)
        return course
    course = Course.objects.select_for_update(no_key=True).get(pk=course.pk)
    changed = [name for name in COURSE if name in values and getattr(course, name) != values[name]]
    if changed:
        for name in changed:
            setattr(course, name, values[name])
        course.save(update_fields=changed)
        audit.record("training.course_changed", target=course, by=by, at=at, fields=changed)
    return course


@transaction.atomic
def plan(course: Course, *, trainers: Iterable[User], by: User, at: datetime, **values: Any) -> TrainingSession:
    """Prepare a session: nobody but Office and trainers sees it until it is published. `values`: those of `SESSION`."""
    policies.check_can_manage(by=by)
    if not course.is_offered:
        raise DomainError(_("This course isn't given any more."), field="course")
    _check_dates(values, at)
    session = TrainingSession.objects.create(course=course, created_at=at, created_by=by, changed_at=at, **values)
    session.trainers.set(trainers)
    audit.record("training.session_planned", target=session, by=by, at=at, new=session.status)
    return session


def _check_dates(values: dict[str, Any], at: datetime) -> None:
    if values["starts_at"] <= at:
        raise DomainError(_("It must begin in the future."), field="starts_at")
    if values["ends_at"] <= values["starts_at"]:
        raise DomainError(_("It must end after it begins."), field="ends_at")
    if values["registration_closes_at"] > values["starts_at"]:
        raise DomainError(_("Registration ends before the session begins."), field="registration_closes_at")
    if not values["place"] and not values["link"]:
        raise DomainError(_("Say where it is: a place, a link, or both."), field="place")


@transaction.atomic
def change(
    session: TrainingSession, *, trainers: Iterable[User], by: User, at: datetime, **values: Any
) -> TrainingSession:
    """Change a session. Who has a seat or waits is told of another date or place; more seats go to those who wait.

    Raises DomainError for fewer seats than are taken.
    """
    session = locked(session)
    policies.check_can_change(session, by=by)
    if values["starts_at"] != session.starts_at or session.status == SessionStatus.DRAFT:
        _check_dates(values, at)
    taken = session.registrations.seated().count()
    if values["capacity"] < taken:
        raise DomainError(_("%(n)d seats are taken: there can't be fewer.") % {"n": taken}, field="capacity")
    changed = [name for name in SESSION if getattr(session, name) != values[name]]
    for name in changed:
        setattr(session, name, values[name])
    if TOLD & set(changed):
        session.revision, session.changed_at = session.revision + 1, at
    session.save(update_fields=[*changed, "revision", "changed_at"])
    session.trainers.set(trainers)
    audit.record("training.session_changed", target=session, by=by, at=at, fields=changed)
    if session.status == SessionStatus.PUBLISHED:
        if TOLD & set(changed):
            notifications.changed(session, at=at)
        fill_seats(session, by=by, at=at)
    return session


@transaction.atomic
def publish(session: TrainingSession, *, by: User, at: datetime) -> TrainingSession:
    """Show a session to everybody and take registrations."""
    session = locked(session)
    policies.check_can_move(session, SessionStatus.PUBLISHED, by=by)
    if session.starts_at <= at:
        raise DomainError(_("Its date has passed. Change it first."))
    _move(session, SessionStatus.PUBLISHED, "training.session_published", by=by, at=at)
    return session


@transaction.atomic
def cancel(session: TrainingSession, *, reason: str, by: User, at: datetime) -> TrainingSession:
    """Say that it won't be held, and why. Tells who has a seat or waits."""
    session = locked(session)
    policies.check_can_move(session, SessionStatus.CANCELLED, by=by)
    session.cancelled_reason = reason
    session.revision += 1
    session.changed_at = at
    was_public = session.status == SessionStatus.PUBLISHED
    _move(session, SessionStatus.CANCELLED, "training.session_cancelled", by=by, at=at, reason=reason)
    if was_public:
        notifications.cancelled(session, at=at)
    return session


def _move(
    session: TrainingSession, status: SessionStatus, kind: str, *, by: User, at: datetime, reason: str = ""
) -> None:
    old, session.status = session.status, status
    session.save(update_fields=["status", "cancelled_reason", "revision", "changed_at"])
    audit.record(kind, target=session, by=by, at=at, old=old, new=status, reason=reason)


@transaction.atomic
def invite(
    session: TrainingSession,
    *,
    audiences: Iterable[str] = (),
    addresses: Iterable[str] = (),
    people: Iterable[User] = (),
    department: Department | None = None,
    by: User,
    at: datetime,
) -> int:
    """Invite the people of audiences, single people, and addresses with or without an account; return how many are new.

    Nobody is invited twice to a session. `department` is where those invited by address work.
    """
    session = locked(session)
    policies.check_can_change(session, by=by)
    if session.status != SessionStatus.PUBLISHED:
        raise DomainError(_("Publish the session first: who is invited must be able to see it."))
    wanted: dict[str, Department | None] = {each.strip().lower(): department for each in addresses}
    for each in (*people, *(user for name in audiences for user in audience.people_of(name))):
        wanted.setdefault(each.email.lower(), None)
    known = set(Invitation.objects.filter(session=session).values_list("email", flat=True))
    new = {email: of for email, of in wanted.items() if email and email not in known}
    Invitation.objects.bulk_create(
        Invitation(session=session, email=email, department=of, invited_at=at, invited_by=by)
        for email, of in new.items()
    )
    users = {user.email.lower(): user for user in User.objects.filter(email__in=new, is_active=True)}
    trainers = set(session.trainers.values_list("pk", flat=True))
    notifications.invited(session, [user for user in users.values() if user.pk not in trainers], at=at)
    for email in sorted(new.keys() - users.keys()):
        notifications.invited_by_address(session, email)
    if new:
        audit.record("training.invited", target=session, by=by, at=at, new=str(len(new)))
    return len(new)


@transaction.atomic
def add_material(
    session: TrainingSession, *, title: str, upload: UploadedFile | None = None, url: str = "", by: User, at: datetime
) -> Material:
    """Add a file or the address of a page, for who has a seat."""
    session = locked(session)
    policies.check_can_run(session, by=by)
    if (upload is None) == (not url):
        raise DomainError(_("Give a file or an address, one of the two."), field="file")
    file = store(upload, by=by, at=at) if upload else None
    material = Material.objects.create(session=session, title=title, file=file, url=url, added_at=at, added_by=by)
    audit.record("training.material_added", target=session, by=by, at=at)
    return material


@transaction.atomic
def remove_material(material: Material, *, by: User, at: datetime) -> None:
    """Take a material away."""
    material = Material.objects.select_for_update(of=("self",), no_key=True).get(pk=material.pk)
    policies.check_can_run(material.session, by=by)
    file = material.file
    material.delete()
    if file is not None:
        discard(file)
    audit.record("training.material_removed", target=material.session, by=by, at=at)


@transaction.atomic
def send_materials(session: TrainingSession, *, by: User, at: datetime) -> int:
    """Tell who has a seat of the materials they haven't heard of; return how many those are."""
    session = locked(session)
    policies.check_can_run(session, by=by)
    if session.status not in (SessionStatus.PUBLISHED, SessionStatus.CLOSED):
        raise DomainError(_("Publish the session first."))
    rows = list(session.materials.filter(sent_at=None).order_by("added_at", "pk"))
    if not rows:
        raise DomainError(_("There is nothing that they haven't heard of."))
    session.materials.filter(pk__in=[row.pk for row in rows]).update(sent_at=at)
    notifications.materials(session, [row.title for row in rows], at=at)
    audit.record("training.material_sent", target=session, by=by, at=at, new=str(len(rows)))
    return len(rows)


@transaction.atomic
def ask(session: TrainingSession, *, text: str, by: User, at: datetime) -> SessionQuestion:
    """Ask something of who gives the session. For those with a seat."""
    policies.check_has_seat(session, by=by)
    question = SessionQuestion.objects.create(session=session, text=text, asked_at=at, asked_by=by)
    audit.record("training.question_asked", target=session, by=by, at=at)
    notifications.asked(question, at=at)
    return question


@transaction.atomic
def answer(question: SessionQuestion, *, text: str, by: User, at: datetime) -> SessionQuestion:
    """Answer a question, for all with a seat to read."""
    rows = SessionQuestion.objects.select_related("session__course", "asked_by").select_for_update(
        of=("self",), no_key=True
    )
    question = rows.get(pk=question.pk)
    policies.check_can_run(question.session, by=by)
    if question.answer:
        raise DomainError(_("It has been answered already."))
    question.answer, question.answered_at, question.answered_by = text, at, by
    question.save(update_fields=["answer", "answered_at", "answered_by"])
    audit.record("training.question_answered", target=question.session, by=by, at=at)
    notifications.answered(question, at=at)
    return question

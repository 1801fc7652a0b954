"""What training holds of people: said where it is asked, downloaded, erased, and kept for so long."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from govtech.accounts import rights
from govtech.accounts.models import User
from govtech.programme.actions.registration import leave
from govtech.programme.models import (
    Certificate,
    Feedback,
    Invitation,
    Registration,
    RegistrationStatus,
    SessionQuestion,
    SessionStatus,
)

OPINIONS = timedelta(days=2 * 365)
INVITATIONS = timedelta(days=365)


def register() -> None:
    """Fill the registries."""
    rights.notices.register(
        rights.PrivacyNotice(
            "training",
            _("Training"),
            purpose=_("To give you a seat, know who came, and certify it; to know which departments are trained."),
            basis=_("A task in the public interest (GDPR art. 6.1.e)."),
            kept=_("Certificates, without end: they prove what you learnt. Invitations a year, opinions two years."),
            seen_by=_("The Office and the trainers of your session. Your opinion is read without your name."),
        )
    )
    rights.export.register(rights.Part("training", _("Training: seats, certificates, questions, opinions"), rows))
    rights.erasure.register(rights.Erasing("training", 40, plan, erase))
    rights.schedule.register(
        rights.Rule(
            "training.opinions",
            _("Opinions of training sessions"),
            term=_("Two years"),
            law=_("GDPR art. 5.1.e"),
            then=_("They are deleted."),
            **rights.deleting(old_opinions),
        )
    )
    rights.schedule.register(
        rights.Rule(
            "training.invitations",
            _("Addresses invited to training sessions"),
            term=_("A year after the session"),
            law=_("GDPR art. 5.1.e"),
            then=_("They are deleted."),
            **rights.deleting(old_invitations),
        )
    )


def old_opinions(at: datetime) -> QuerySet[Feedback]:
    """Return opinions over two years old."""
    return Feedback.objects.filter(given_at__lt=at - OPINIONS)


def old_invitations(at: datetime) -> QuerySet[Invitation]:
    """Return invitations to sessions of over a year ago."""
    return Invitation.objects.filter(session__ends_at__lt=at - INVITATIONS)


def rows(user: User) -> Iterator[dict[str, Any]]:
    """Yield registrations with certificate and opinion, then questions, then invitations."""
    found = Registration.objects.filter(user=user).select_related(
        "session__course", "department", "certificate", "feedback"
    )
    for row in found.order_by("pk").iterator():
        certificate, opinion = getattr(row, "certificate", None), getattr(row, "feedback", None)
        yield {
            "what": "registration",
            "course": row.session.course.title,
            "begins": row.session.starts_at,
            "status": row.status,
            "attendance": row.attendance,
            "department": row.department.name if row.department else "",
            "certificate": certificate.code if certificate else "",
            "opinion": [opinion.usefulness, opinion.clarity, opinion.comment] if opinion else [],
        }
    for question in SessionQuestion.objects.filter(asked_by=user).order_by("pk").iterator():
        yield {"what": "question", "at": question.asked_at, "text": question.text, "answer": question.answer}
    for invitation in _invitations(user).select_related("session__course").order_by("pk").iterator():
        yield {"what": "invitation", "at": invitation.invited_at, "course": invitation.session.course.title}


def _invitations(user: User) -> QuerySet[Invitation]:
    return Invitation.objects.filter(email=user.email.lower())


def _ahead(user: User) -> QuerySet[Registration]:
    live = Registration.objects.exclude(status=RegistrationStatus.LEFT).filter(user=user)
    return live.filter(session__status=SessionStatus.PUBLISHED).select_related("session")


def plan(user: User, at: datetime) -> list[rights.Said]:  # noqa: ARG001 - the shape of the registry
    """Say what goes and what stays."""
    certificates = Certificate.objects.filter(registration__user=user).count()
    why = gettext("They prove what the city taught; they stay without your name.")
    return [
        rights.Said(gettext("Seats in training to come"), _ahead(user).count()),
        rights.Said(gettext("Invitations to training"), _invitations(user).count()),
        rights.Said(gettext("Opinions of training"), Feedback.objects.filter(registration__user=user).count()),
        rights.Said(gettext("Certificates of training, without a name"), certificates, why),
    ]


def erase(user: User, at: datetime) -> None:
    """Free seats to come, and delete invitations and opinions."""
    for row in _ahead(user).order_by("pk"):
        if at < row.session.starts_at:
            leave(row, by=user, at=at)
    _invitations(user).delete()
    Feedback.objects.filter(registration__user=user).delete()

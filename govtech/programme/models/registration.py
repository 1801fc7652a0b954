"""Who is invited to a session, who has a seat and who waits for one."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from govtech.accounts import roles
from govtech.ids import public_id
from govtech.programme.models.training import TrainingSession


class Invitation(models.Model):
    """An address that the Office invited to a session, with or without an account: it may register.

    `department` is where the person works, for the coverage of that department; none where it isn't known.
    """

    session = models.ForeignKey(TrainingSession, on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField()
    department = models.ForeignKey("reference.Department", on_delete=models.PROTECT, null=True, related_name="+")
    invited_at = models.DateTimeField()
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("invitation to a session")
        verbose_name_plural = _("invitations to sessions")
        constraints = [
            UniqueConstraint(name="invited_once_to_a_session", fields=["session", "email"]),
            CheckConstraint(
                name="session_invitation_in_small_letters", condition=Q(email=models.functions.Lower("email"))
            ),
        ]

    def __str__(self) -> str:
        return f"invitation #{self.pk}"


class RegistrationStatus(models.TextChoices):
    """Whether somebody has a seat."""

    REGISTERED = "registered", pgettext_lazy("registration", "Has a seat")
    WAITING = "waiting", pgettext_lazy("registration", "Waits")
    LEFT = "left", pgettext_lazy("registration", "Left")


REGISTRATION_TRANSITIONS: dict[RegistrationStatus, set[RegistrationStatus]] = {
    RegistrationStatus.REGISTERED: {RegistrationStatus.LEFT},
    RegistrationStatus.WAITING: {RegistrationStatus.REGISTERED, RegistrationStatus.LEFT},
    RegistrationStatus.LEFT: {RegistrationStatus.REGISTERED, RegistrationStatus.WAITING},
}


class Attendance(models.TextChoices):
    """Whether somebody came, as a trainer noted it."""

    PRESENT = "present", pgettext_lazy("attendance", "Came")
    ABSENT = "absent", pgettext_lazy("attendance", "Didn't come")


class RegistrationQuerySet(models.QuerySet["Registration"]):
    """Readings of registrations."""

    def visible_to(self, user: Any) -> "RegistrationQuerySet":
        """One's own; the Office all; trainers those of their sessions."""
        if roles.is_officer(user):
            return self
        if not user.is_authenticated:
            return self.none()
        given = TrainingSession.trainers.through.objects.filter(user_id=user.pk).values("trainingsession_id")
        return self.filter(Q(user=user.pk) | Q(session__in=given))

    def seated(self) -> "RegistrationQuerySet":
        """Those with a seat."""
        return self.filter(status=RegistrationStatus.REGISTERED)

    def waiting(self) -> "RegistrationQuerySet":
        """Those who wait, the first to move up first."""
        return self.filter(status=RegistrationStatus.WAITING).order_by("queued_at", "pk")


class Registration(models.Model):
    """One person and one session: a seat, a place in the waiting list, or neither any more.

    `queued_at` orders the waiting list. `department` is the one the person comes from, none where they come for the
    Office or as panel members. The database refuses more seats than the session has.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    session = models.ForeignKey(TrainingSession, on_delete=models.PROTECT, related_name="registrations")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="training_registrations")
    department = models.ForeignKey(
        "reference.Department", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("department")
    )
    status = models.CharField(max_length=10, choices=RegistrationStatus)
    queued_at = models.DateTimeField()
    attendance = models.CharField(max_length=10, choices=Attendance, blank=True)
    marked_at = models.DateTimeField(null=True)
    marked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        constraints = [
            UniqueConstraint(name="registered_once_in_a_session", fields=["session", "user"]),
            CheckConstraint(name="registration_status_known", condition=Q(status__in=RegistrationStatus.values)),
            CheckConstraint(
                name="attendance_marked_by_somebody",
                condition=Q(attendance="", marked_at=None, marked_by=None)
                | Q(attendance__in=Attendance.values, marked_at__isnull=False, marked_by__isnull=False),
            ),
            CheckConstraint(
                name="attendance_of_who_has_a_seat",
                condition=Q(attendance="") | Q(status=RegistrationStatus.REGISTERED),
            ),
        ]
        indexes = [models.Index(fields=["session", "status", "queued_at"], name="registration_queue")]

    def __str__(self) -> str:
        return f"registration #{self.pk}"

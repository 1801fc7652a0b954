"""Courses, the sessions in which they are given, and what goes with a session: materials and questions."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import CheckConstraint, F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from govtech.accounts import roles
from govtech.clock import PortalNow
from govtech.ids import public_id
from govtech.reference.models import in_language

MOST_SEATS = 2000


class Audience(models.TextChoices):
    """For whom a course is."""

    DELEGATES = "delegates", _("Digital delegates")
    STAFF = "staff", _("Department staff")
    OFFICE = "office", _("Digital Office")
    REVIEWERS = "reviewers", _("Panel members")


class Topic(models.TextChoices):
    """What a course is about."""

    GOVTECH = "govtech", _("Govtech")
    OPEN_INNOVATION = "open_innovation", _("Open innovation")


class Requirement(models.TextChoices):
    """What it means for a challenge that no delegate of its department has passed the course."""

    NONE = "none", pgettext_lazy("requirement", "Nothing")
    ADVICE = "advice", pgettext_lazy("requirement", "The check list advises it")
    STOP = "stop", pgettext_lazy("requirement", "The challenge can't be sent")


class Course(models.Model):
    """What is taught. Who attends one of its sessions has passed it, for `valid_months` (None: for good).

    `hours` stand on the certificate. English texts are optional.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    title = models.CharField(_("title"), max_length=140)
    title_en = models.CharField(_("title in English"), max_length=140, blank=True)
    summary = models.TextField(_("what is learnt"), max_length=1500)
    summary_en = models.TextField(_("what is learnt, in English"), max_length=1500, blank=True)
    topic = models.CharField(_("subject"), max_length=20, choices=Topic)
    audiences = ArrayField(models.CharField(max_length=10, choices=Audience), verbose_name=_("for whom"))
    hours = models.DecimalField(
        _("hours"), max_digits=4, decimal_places=1, validators=[MinValueValidator(0.5), MaxValueValidator(200)]
    )
    requirement = models.CharField(
        _("if nobody in the department has passed it"), max_length=10, choices=Requirement, default=Requirement.NONE
    )
    valid_months = models.PositiveSmallIntegerField(
        _("months that it counts"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(120)]
    )
    is_offered = models.BooleanField(_("is still given"), default=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")
        constraints = [
            CheckConstraint(name="course_has_hours", condition=Q(hours__gt=0)),
            CheckConstraint(name="course_has_an_audience", condition=Q(audiences__len__gt=0)),
            CheckConstraint(name="course_audiences_known", condition=Q(audiences__contained_by=list(Audience.values))),
            CheckConstraint(name="course_requirement_known", condition=Q(requirement__in=Requirement.values)),
            CheckConstraint(name="course_counts_for_a_time", condition=Q(valid_months=None) | Q(valid_months__gt=0)),
        ]

    def __str__(self) -> str:
        return in_language(self.title, self.title_en)

    @property
    def audience_labels(self) -> list[str]:
        """For whom it is, in words."""
        return [str(Audience(each).label) for each in Audience.values if each in self.audiences]


class SessionStatus(models.TextChoices):
    """Where a session stands."""

    DRAFT = "draft", pgettext_lazy("session", "Being prepared")
    PUBLISHED = "published", pgettext_lazy("session", "Published")
    CANCELLED = "cancelled", pgettext_lazy("session", "Cancelled")
    CLOSED = "closed", pgettext_lazy("session", "Held")

    @property
    def tone(self) -> str:
        """How it is coloured."""
        return {"draft": "plain", "published": "open", "cancelled": "danger", "closed": "closed"}[self.value]


SESSION_TRANSITIONS: dict[SessionStatus, set[SessionStatus]] = {
    SessionStatus.DRAFT: {SessionStatus.PUBLISHED, SessionStatus.CANCELLED},
    SessionStatus.PUBLISHED: {SessionStatus.CANCELLED, SessionStatus.CLOSED},
    SessionStatus.CANCELLED: set(),
    SessionStatus.CLOSED: set(),
}


class TrainingSessionQuerySet(models.QuerySet["TrainingSession"]):
    """Readings of sessions."""

    def visible_to(self, user: Any) -> "TrainingSessionQuerySet":
        """Everybody sees what was published; the Office and its trainers also what is prepared."""
        if roles.is_officer(user):
            return self
        public = self.exclude(status=SessionStatus.DRAFT)
        if not user.is_authenticated:
            return public
        given = TrainingSession.trainers.through.objects.filter(user_id=user.pk).values("trainingsession_id")
        return self.filter(~Q(status=SessionStatus.DRAFT) | Q(pk__in=given))

    def to_come(self) -> "TrainingSessionQuerySet":
        """Published sessions that haven't begun."""
        return self.filter(status=SessionStatus.PUBLISHED, starts_at__gt=PortalNow())


class TrainingSession(models.Model):
    """A course given on a day, at a place or under a link, for as many as there are seats; the others wait.

    `revision` and `changed_at` are those of its date in people's calendars. `link` is for who has a seat. Registration
    ends at `registration_closes_at`, exclusive.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="sessions", verbose_name=_("course"))
    status = models.CharField(max_length=10, choices=SessionStatus, default=SessionStatus.DRAFT, editable=False)
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    registration_closes_at = models.DateTimeField(_("registration ends"))
    place = models.CharField(_("place"), max_length=200, blank=True)
    link = models.URLField(_("link to take part online"), max_length=500, blank=True)
    capacity = models.PositiveSmallIntegerField(
        _("seats"), validators=[MinValueValidator(1), MaxValueValidator(MOST_SEATS)]
    )
    practical = models.TextField(_("practical matters"), max_length=1500, blank=True)
    trainers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="training_given", blank=True, verbose_name=_("trainers")
    )
    revision = models.PositiveIntegerField(default=0, editable=False)
    changed_at = models.DateTimeField(editable=False)
    created_at = models.DateTimeField(editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False)
    cancelled_reason = models.CharField(max_length=500, blank=True, editable=False)

    objects = TrainingSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("training session")
        verbose_name_plural = _("training sessions")
        constraints = [
            CheckConstraint(name="session_status_known", condition=Q(status__in=SessionStatus.values)),
            CheckConstraint(name="session_ends_after_it_begins", condition=Q(ends_at__gt=F("starts_at"))),
            CheckConstraint(
                name="session_registration_ends_before", condition=Q(registration_closes_at__lte=F("starts_at"))
            ),
            CheckConstraint(name="session_has_seats", condition=Q(capacity__gte=1, capacity__lte=MOST_SEATS)),
            CheckConstraint(name="session_is_somewhere", condition=~Q(place="") | ~Q(link="")),
            CheckConstraint(
                name="session_cancelled_with_reason",
                condition=Q(status=SessionStatus.CANCELLED) ^ Q(cancelled_reason=""),
            ),
        ]
        indexes = [models.Index(fields=["status", "starts_at"], name="session_by_date")]

    def __str__(self) -> str:
        return str(self.course)

    def get_absolute_url(self) -> str:
        """Return where everybody reads of it."""
        return reverse("programme:session", kwargs={"public_id": self.public_id})

    @property
    def tone(self) -> str:
        """How its state is coloured."""
        return SessionStatus(self.status).tone

    @property
    def where(self) -> str:
        """The place, or that it is online. The link itself isn't for everybody."""
        return self.place or str(_("Online"))


class Material(models.Model):
    """A paper or a page of a session, for who has a seat. `sent_at`: when they were told of it."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    session = models.ForeignKey(TrainingSession, on_delete=models.PROTECT, related_name="materials")
    title = models.CharField(_("title"), max_length=140)
    file = models.OneToOneField(
        "files.StoredFile", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("file")
    )
    url = models.URLField(_("address"), max_length=500, blank=True)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("material")
        verbose_name_plural = _("materials")
        constraints = [
            CheckConstraint(name="material_is_file_or_address", condition=Q(file=None) ^ Q(url="")),
        ]

    def __str__(self) -> str:
        return self.title


class SessionQuestion(models.Model):
    """What somebody with a seat asks before or after a session. Answered, all who have a seat read it."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    session = models.ForeignKey(TrainingSession, on_delete=models.PROTECT, related_name="questions")
    text = models.TextField(_("question"), max_length=1000)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answer = models.TextField(_("answer"), max_length=3000, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("question of a session")
        verbose_name_plural = _("questions of sessions")
        constraints = [
            CheckConstraint(
                name="session_question_answered_by_somebody",
                condition=Q(answer="", answered_at=None, answered_by=None)
                | (~Q(answer="") & Q(answered_at__isnull=False, answered_by__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"question #{self.pk}"
